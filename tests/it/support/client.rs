//! A person's HTTP client. An answer that nobody looks at is a test that asserts nothing, so it must be used.

use std::convert::Infallible;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, RequestBuilder, StatusCode};
use serde_json::Value;

use super::TestApp;

/// Someone with a token, or with none.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    token: Option<String>,
    /// The person's id; empty for nobody.
    pub id: String,
}

/// What came back.
#[must_use = "look at the answer"]
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// An upload of a piece, with everything it needs unless taken away.
#[derive(Clone)]
pub struct Upload {
    pub fields: Vec<(&'static str, String)>,
    pub file: Option<(String, Vec<u8>)>,
    pub declared: Option<&'static str>,
    pub key: Option<String>,
    /// Send the file without its length, in chunks.
    pub chunked: bool,
}

impl Upload {
    pub fn new(name: &str, bytes: Vec<u8>) -> Self {
        let fields = [
            ("title", "A piece"),
            ("kind", "work_product"),
            ("claims", ""),
            ("confidentiality", "not_applicable"),
            ("authentic", "true"),
        ];
        Self {
            fields: fields.map(|(name, value)| (name, value.to_owned())).to_vec(),
            file: Some((name.to_owned(), bytes)),
            declared: None,
            key: None,
            chunked: false,
        }
    }

    /// Sets a field in place of its usual value.
    pub fn with(mut self, field: &'static str, value: &str) -> Self {
        self.fields.retain(|(name, _)| *name != field);
        self.fields.push((field, value.to_owned()));
        self
    }

    pub fn without(mut self, field: &str) -> Self {
        self.fields.retain(|(name, _)| *name != field);
        self
    }

    pub fn declared(mut self, media_type: &'static str) -> Self {
        self.declared = Some(media_type);
        self
    }

    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// The title, by which a test knows its pieces apart.
    pub fn titled(self, title: &str) -> Self {
        self.with("title", title)
    }

    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    fn form(self) -> Form {
        let mut form = Form::new();
        for (name, value) in self.fields {
            form = form.text(name, value);
        }
        if let Some((name, bytes)) = self.file {
            let part = if self.chunked { Part::stream(stream(&bytes)) } else { Part::bytes(bytes) };
            let mut part = part.file_name(name);
            if let Some(declared) = self.declared {
                part = part.mime_str(declared).unwrap();
            }
            form = form.part("file", part);
        }
        form
    }
}

impl Client {
    pub fn new(app: &TestApp, id: String, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, address: app.address.clone(), token, id }
    }

    /// The same person at another replica.
    pub fn at(&self, app: &TestApp) -> Self {
        Self { address: app.address.clone(), ..self.clone() }
    }

    /// The same person at a service of this address.
    pub fn through(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// The person's token; empty for nobody.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// A request of this person, to change before it is sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        Answer::of(self.request(Method::GET, path).headers(header_map(headers))).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::HEAD, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// An answer that may not come whole.
    pub async fn try_get(&self, path: &str) -> reqwest::Result<Answer> {
        Answer::tried(self.request(Method::GET, path)).await
    }

    /// A deletion by a service that may not live to answer it.
    pub async fn try_delete(&self, path: &str) -> reqwest::Result<Answer> {
        Answer::tried(self.request(Method::DELETE, path)).await
    }

    pub async fn upload(&self, showcase: &str, upload: Upload) -> Answer {
        Answer::of(self.upload_request(showcase, upload)).await
    }

    /// An upload to a service that may not live to answer it.
    pub async fn try_upload(&self, showcase: &str, upload: Upload) -> reqwest::Result<Answer> {
        Answer::tried(self.upload_request(showcase, upload)).await
    }

    /// An upload, to change before it is sent.
    pub fn upload_request(&self, showcase: &str, upload: Upload) -> RequestBuilder {
        let mut request = self.request(Method::POST, &format!("/api/v1/showcases/{showcase}/pieces"));
        if let Some(key) = &upload.key {
            request = request.header("Idempotency-Key", key);
        }
        request.multipart(upload.form())
    }

    pub async fn upload_document(&self, showcase: &str, kind: &str, name: &str, bytes: Vec<u8>) -> Answer {
        let form =
            Form::new().text("kind", kind.to_owned()).part("file", Part::bytes(bytes).file_name(name.to_owned()));
        let request = self.request(Method::POST, &format!("/api/v1/showcases/{showcase}/gateway/documents"));
        Answer::of(request.multipart(form)).await
    }
}

/// A body of several chunks and no stated length.
fn stream(bytes: &[u8]) -> Body {
    let chunks: Vec<_> = bytes.chunks(64 * 1024).map(|chunk| Ok::<_, Infallible>(chunk.to_vec())).collect();
    Body::wrap_stream(futures_util::stream::iter(chunks))
}

fn header_map(headers: &[(&str, &str)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap()))
        .collect()
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        Self::tried(request).await.expect("the service answers, and the answer is whole")
    }

    /// The answer, if there is one and it is whole.
    pub async fn tried(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?.to_vec();
        Ok(Self { status, headers, body })
    }

    /// The JSON of an answer of this status.
    #[track_caller]
    pub fn json(self, status: u16) -> Value {
        self.expect(status);
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Makes sure of the status.
    #[track_caller]
    pub fn expect(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem document of a refusal with this status and code; checks what every refusal has.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", String::from_utf8_lossy(&self.body));
        let request_id = self.header("x-request-id").to_owned();
        let problem = self.json(status);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/api/problems#{code}"));
        assert_eq!(problem["request_id"], request_id.as_str());
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.ends_with('.') && detail.len() > 30, "says what to do: {detail}");
        problem
    }
}

/// The `id` of a JSON body.
#[track_caller]
pub fn id(body: &Value) -> String {
    body["id"].as_str().expect("an id").to_owned()
}
