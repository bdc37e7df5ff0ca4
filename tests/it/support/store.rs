//! A real S3 server in this process, with a place in front of it where a test can make it fail.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const BUCKET: &str = "evidence";
pub const ACCESS_KEY: &str = "test-access-key";
pub const SECRET_KEY: &str = "test-secret-key";

/// How the store fails one request.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// 503 `SlowDown`; nothing was done.
    SlowDown,
    /// 500 `InternalError`; nothing was done.
    Broken,
    /// The request was done, and the answer says it was not.
    LostAnswer,
    /// 200, with an error for a body; nothing was done.
    ErrorInBody,
    /// The answer's head and half of its body, then the connection breaks.
    CutShort,
}

/// What a fault is decided on: method, path and query, and how many requests came since it was armed.
#[derive(Debug)]
pub struct Seen<'a> {
    pub method: &'a Method,
    pub target: &'a str,
    pub number: u32,
}

type Decision = Box<dyn Fn(&Seen<'_>) -> Option<Fault> + Send + Sync>;

/// The running server.
pub struct TestStore {
    pub endpoint: String,
    root: PathBuf,
    faults: Arc<Faults>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Faults {
    decide: Mutex<Option<Decision>>,
    count: AtomicU32,
}

impl TestStore {
    pub async fn start(root: &Path) -> Self {
        std::fs::create_dir_all(root.join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(root).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let faults = Arc::new(Faults::default());
        let task = tokio::spawn(accept(listener, service, Arc::clone(&faults)));
        Self { endpoint, root: root.to_owned(), faults, task }
    }

    /// From now on every request is put before `decide`.
    pub fn fail(&self, decide: impl Fn(&Seen<'_>) -> Option<Fault> + Send + Sync + 'static) {
        self.faults.count.store(0, Ordering::SeqCst);
        *self.faults.decide.lock().unwrap() = Some(Box::new(decide));
    }

    /// The store is well again; answers how many requests it saw since it was made to fail.
    pub fn heal(&self) -> u32 {
        *self.faults.decide.lock().unwrap() = None;
        self.faults.count.load(Ordering::SeqCst)
    }

    /// How many files of unfinished multipart uploads the server keeps.
    pub fn unfinished(&self) -> usize {
        let names = std::fs::read_dir(&self.root).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".upload")).count()
    }

    /// The file in which the server keeps an object.
    pub fn file_of(&self, path: &str) -> PathBuf {
        self.root.join(BUCKET).join(path)
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, service: S3Service, faults: Arc<Faults>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { return };
        socket.set_nodelay(true).ok();
        let (service, faults) = (service.clone(), Arc::clone(&faults));
        tokio::spawn(async move {
            let answer = service_fn(move |request| answer(service.clone(), Arc::clone(&faults), request));
            auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), answer).await.ok();
        });
    }
}

async fn answer(
    service: S3Service,
    faults: Arc<Faults>,
    request: Request<Incoming>,
) -> Result<Response<s3s::Body>, Infallible> {
    let fault = {
        let number = faults.count.fetch_add(1, Ordering::SeqCst);
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let decide = faults.decide.lock().unwrap();
        decide.as_ref().and_then(|decide| decide(&Seen { method: request.method(), target, number }))
    };
    match fault {
        None => Ok(done(service, request).await),
        Some(Fault::SlowDown) => Ok(error(503, "SlowDown")),
        Some(Fault::Broken) => Ok(error(500, "InternalError")),
        Some(Fault::ErrorInBody) => Ok(error(200, "InternalError")),
        Some(Fault::CutShort) => Ok(cut_short(done(service, request).await).await),
        Some(Fault::LostAnswer) => {
            done(service, request).await;
            Ok(error(503, "ServiceUnavailable"))
        }
    }
}

async fn done(service: S3Service, request: Request<Incoming>) -> Response<s3s::Body> {
    service.call(request.map(s3s::Body::from)).await.unwrap_or_else(|_| error(500, "InternalError"))
}

async fn cut_short(response: Response<s3s::Body>) -> Response<s3s::Body> {
    let (head, body) = response.into_parts();
    let whole = BodyExt::collect(body).await.unwrap().to_bytes();
    let half = Frame::data(whole.slice(..whole.len() / 2));
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let frames = futures_util::stream::iter([Ok(half), Err(broken)]);
    Response::from_parts(head, s3s::Body::http_body_unsync(StreamBody::new(frames)))
}

fn error(status: u16, code: &str) -> Response<s3s::Body> {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>made to fail</Message></Error>");
    let response = Response::builder().status(status).header("content-type", "application/xml");
    response.body(s3s::Body::from(body)).unwrap()
}
