//! An upload that stands still in the middle of its file until the test lets it go on.

use std::convert::Infallible;

use futures_util::{StreamExt, stream};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::client::Upload;
use super::{Answer, Client, TestApp, eventually};

/// The upload, admitted and not yet whole.
pub struct Held {
    release: oneshot::Sender<()>,
    answer: JoinHandle<Answer>,
}

impl Held {
    /// Begins an upload and answers once the service gathers its bytes, so that it was admitted.
    pub async fn begin(app: &TestApp, client: &Client, showcase: &str, upload: Upload) -> Self {
        let before = app.gathering();
        let (release, released) = oneshot::channel::<()>();
        let Upload { fields, file, key, .. } = upload;
        let (name, bytes) = file.expect("a file to hold");
        let (first, rest) = bytes.split_at(bytes.len() / 2);
        let (first, rest) = (first.to_vec(), rest.to_vec());
        let rest = stream::once(async move {
            released.await.ok();
            Ok::<_, Infallible>(rest)
        });
        let body = Body::wrap_stream(stream::iter([Ok(first)]).chain(rest));
        let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
        let form = form.part("file", Part::stream(body).file_name(name));
        let mut request = client.request(Method::POST, &format!("/api/v1/showcases/{showcase}/pieces"));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.multipart(form);
        let answer = tokio::spawn(Answer::of(request));
        eventually("the upload is admitted", || app.gathering() > before).await;
        Self { release, answer }
    }

    /// Sends the rest.
    pub async fn finish(self) -> Answer {
        self.release.send(()).ok();
        self.answer.await.expect("the upload is answered")
    }
}
