//! JSON bodies: an object, of the right type, small, and nothing in it that the call does not know.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::{Code, Problem};

/// A JSON object read into `T`. No body at all is an empty object, so that a call whose fields are all optional
/// can be made without one. An array is never taken for an object, which serde alone would do.
pub struct Object<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Object<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().is_ok_and(is_json));
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|error| unreadable(&error))?;
            match is_json {
                None if bytes.is_empty() => object(b"{}"),
                Some(true) => object(&bytes),
                None | Some(false) => {
                    Err(Problem::new(Code::UnsupportedMediaType, "Send the body as application/json."))
                }
            }
        })
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<Object<T>, Problem> {
    let fields: Map<String, Value> = serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            Problem::invalid("The body is JSON, but not an object. Send one object with the fields of this call.")
        } else {
            Problem::new(Code::BadRequest, format!("The body is no JSON: {error}."))
        }
    })?;
    let value = T::deserialize(Value::Object(fields));
    value.map(Object).map_err(|error| Problem::invalid(format!("The body is not as it should be: {error}.")))
}

fn unreadable(error: &actix_web::Error) -> Problem {
    if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(Code::TooLarge, "The body is larger than 64 KiB, more than this call takes. Send less.");
    }
    Problem::new(Code::BadRequest, "The body cannot be read. Send it again.")
}
