//! The body of a request with several holders. While one holds it, the framework closes the connection behind a refusal;
//! if all let go of a chunked body, it would wait for the rest, and for ever if none comes.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest as _, Sha256};

use crate::domain::digest::Digest;

/// By when a refusal is written.
const WRITTEN: Duration = Duration::from_secs(2);

/// Bytes as they arrive; what one holder has read, no other reads.
#[derive(Clone)]
pub struct Body(Rc<RefCell<Source>>);

struct Source {
    payload: Payload,
    hasher: Option<Sha256>,
    over: bool,
}

impl Body {
    pub fn new(payload: Payload, is_hashed: bool) -> Self {
        let over = matches!(payload, Payload::None);
        Self(Rc::new(RefCell::new(Source { payload, hasher: is_hashed.then(Sha256::new), over })))
    }

    /// Takes hold of a request's body beside whoever reads it.
    pub fn of(request: &mut ServiceRequest) -> Self {
        let body = Self::new(request.take_payload(), false);
        if !body.0.borrow().over {
            request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
        }
        body
    }

    /// Of all that was read.
    pub fn digest(&self) -> Option<Digest> {
        self.0.borrow().hasher.clone().map(Digest::from_hasher)
    }

    /// Holds a body that was not read to its end until its refusal is written.
    pub fn hold(self) {
        if !self.0.borrow().over {
            actix_web::rt::spawn(async move {
                tokio::time::sleep(WRITTEN).await;
                drop(self);
            });
        }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut source = self.0.borrow_mut();
        if source.over {
            return Poll::Ready(None);
        }
        let next = source.payload.poll_next_unpin(cx);
        match &next {
            Poll::Ready(Some(Ok(bytes))) => {
                if let Some(hasher) = &mut source.hasher {
                    hasher.update(bytes);
                }
            }
            Poll::Ready(Some(Err(_)) | None) => source.over = true,
            Poll::Pending => {}
        }
        next
    }
}
