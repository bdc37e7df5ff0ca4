//! The production application on a free port, with a clock and a store of the test's own.

use std::future::Future;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use exhibit::cli::assemble;
use exhibit::config::{Secret, Settings};
use exhibit::web::{self, App};
use futures_util::FutureExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use tempfile::TempDir;

use super::clock::TestClock;
use super::postgres;
use super::store::{ACCESS_KEY, BUCKET, SECRET_KEY, TestStore};

/// The two ways the service is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// SQLite and disk.
    Embedded,
    /// PostgreSQL and S3.
    Replicated,
}

/// A running service.
pub struct TestApp {
    pub app: App,
    pub address: String,
    pub clock: TestClock,
    pub settings: Settings,
    /// The S3 server, of the replicated backend.
    pub store: Option<Arc<TestStore>>,
    pub folder: Arc<TempDir>,
    handle: actix_web::dev::ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
    database: Option<String>,
}

/// Runs a test on a started application, and leaves nothing behind whatever comes of it.
pub fn run<F: Future<Output = ()>>(backend: Backend, change: impl Fn(&mut Settings), test: impl Fn(TestAppRef) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let app = Arc::new(TestApp::start(backend, change).await);
        let outcome = AssertUnwindSafe(test(Arc::clone(&app))).catch_unwind().await;
        let app = Arc::into_inner(app);
        if let Some(app) = app {
            app.stop().await;
        }
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    });
}

/// The application as tests hold it.
pub type TestAppRef = Arc<TestApp>;

impl TestApp {
    pub async fn start(backend: Backend, change: impl Fn(&mut Settings)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut settings = Settings::defaults();
        let (store, database) = match backend {
            Backend::Embedded => {
                embed(&mut settings, folder.path());
                (None, None)
            }
            Backend::Replicated => {
                let store = TestStore::start(&folder.path().join("s3")).await;
                let (name, url) = postgres::create().await;
                replicate(&mut settings, folder.path(), &store, url);
                (Some(Arc::new(store)), Some(name))
            }
        };
        // This process is the tests themselves.
        settings.inspection.program = Some(env!("CARGO_BIN_EXE_exhibit").into());
        settings.mail.url = Secret::new(format!("folder:{}", folder.path().join("mail").display()));
        change(&mut settings);
        Self::over(settings, TestClock::new(), folder, store, database).await
    }

    /// A further process of the same service: the same database, store and clock. Stop it with [`TestApp::stop`].
    pub async fn replica(&self) -> Self {
        let (folder, store) = (Arc::clone(&self.folder), self.store.clone());
        Self::over(self.settings.clone(), self.clock.clone(), folder, store, None).await
    }

    async fn over(
        settings: Settings,
        clock: TestClock,
        folder: Arc<TempDir>,
        store: Option<Arc<TestStore>>,
        database: Option<String>,
    ) -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let app = assemble::app(&settings, clock.clock(), recorder.handle()).await.expect("the application assembles");
        let (address, handle, thread) = serve(app.clone());
        Self { app, address, clock, settings, store, folder, handle, thread: Some(thread), database }
    }

    /// Every stored object, by its key, sorted; also those that no row names.
    pub async fn stored(&self) -> Vec<String> {
        let (mut keys, mut cursor) = (Vec::new(), None);
        loop {
            let (found, next) = self.app.storage.list(cursor).await.unwrap();
            keys.extend(found.iter().filter_map(|object| object.key).map(|key| key.to_string()));
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        keys.sort();
        keys
    }

    /// How many uploads left something that was never sealed: temporary files, or parts of multipart uploads.
    pub fn unsealed(&self) -> usize {
        match &self.store {
            Some(store) => store.unfinished(),
            None => std::fs::read_dir(self.folder.path().join("objects/staging")).unwrap().count(),
        }
    }

    /// How many uploads are being gathered now. With S3 their files have no name, and only this process's open
    /// files tell of them.
    pub fn gathering(&self) -> usize {
        if self.store.is_none() {
            return self.unsealed();
        }
        let open =
            std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| entry.unwrap().path().read_link().ok());
        open.filter(|file| file.parent() == Some(self.folder.path())).count()
    }

    /// Stops it, and removes its database unless it is a replica.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
        self.app.db.close().await;
        if let Some(name) = &self.database {
            postgres::drop(name).await;
        }
    }
}

/// SQLite and disk under a folder.
pub fn embed(settings: &mut Settings, folder: &Path) {
    settings.database.url = Secret::new(format!("sqlite://{}", folder.join("exhibit.db").display()));
    settings.storage.url = format!("disk:{}", folder.join("objects").display());
}

/// A PostgreSQL database and a bucket of an S3 server.
pub fn replicate(settings: &mut Settings, folder: &Path, store: &TestStore, database: String) {
    settings.database.url = Secret::new(database);
    settings.storage.url = format!("s3://{BUCKET}/under/a/prefix");
    settings.storage.endpoint = Some(store.endpoint.clone());
    settings.storage.access_key_id = Some(ACCESS_KEY.to_owned());
    settings.storage.secret_access_key = Some(Secret::new(SECRET_KEY.to_owned()));
    settings.storage.spool = Some(folder.to_owned());
}

fn serve(app: App) -> (String, actix_web::dev::ServerHandle, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = web::serve(app, listener, Duration::from_secs(5)).unwrap();
            send.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (address, receive.recv().unwrap(), thread)
}
