//! Stands between the service and PostgreSQL, and can break every connection at a moment that a test chooses.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use exhibit::config::{Secret, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of the connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Open,
    /// Those that were there are broken, and new ones are closed at once.
    Cut,
    /// Those that were there are broken, and new ones are never answered.
    Silent,
}

/// How the line is cut when the trap catches a message to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The database never gets the message.
    Before,
    /// The database has done what it says, and the answer is lost.
    After,
}

type Trap = Box<dyn FnMut(u32, &[u8]) -> Option<Cut> + Send>;

/// A running proxy.
pub struct Proxy {
    line: watch::Sender<Line>,
    trap: Mutex<Option<Trap>>,
    count: AtomicU32,
    server: String,
}

impl Proxy {
    /// Puts itself before the database of these settings. PostgreSQL must be reached by TCP.
    pub fn before(settings: &mut Settings) -> Arc<Self> {
        let url = settings.database.url.expose().to_owned();
        let (_, rest) = url.split_once("//").expect("a URL");
        let (authority, _) = rest.split_once('/').expect("a URL of a database");
        let server = authority.rsplit('@').next().expect("an authority has a last part").to_owned();
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        settings.database.url = Secret::new(url.replacen(&server, &address.to_string(), 1));
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let (line, count) = (watch::Sender::new(Line::Open), AtomicU32::new(0));
        let proxy = Arc::new(Self { line, trap: Mutex::new(None), count, server });
        tokio::spawn(Arc::clone(&proxy).accept(listener));
        proxy
    }

    pub fn cut(&self) {
        self.line.send_replace(Line::Cut);
    }

    pub fn silence(&self) {
        self.line.send_replace(Line::Silent);
    }

    /// From now on everything goes through; answers how many messages the trap has seen.
    pub fn restore(&self) -> u32 {
        let mut trap = self.trap.lock().unwrap();
        *trap = None;
        self.line.send_replace(Line::Open);
        self.count.load(Ordering::SeqCst)
    }

    /// Has every message to the database, with its number, put before `trap`.
    pub fn trap(&self, trap: impl FnMut(u32, &[u8]) -> Option<Cut> + Send + 'static) {
        self.count.store(0, Ordering::SeqCst);
        *self.trap.lock().unwrap() = Some(Box::new(trap));
    }

    /// Whether the trap has cut the line.
    pub fn is_cut(&self) -> bool {
        *self.line.borrow() == Line::Cut
    }

    async fn accept(self: Arc<Self>, listener: TcpListener) {
        loop {
            let Ok((client, _)) = listener.accept().await else { return };
            client.set_nodelay(true).ok();
            tokio::spawn(Arc::clone(&self).carry(client));
        }
    }

    /// Ends with the connection: one that was there when the line changed does not outlive that.
    async fn carry(self: Arc<Self>, client: TcpStream) {
        let mut line = self.line.subscribe();
        let state = *line.borrow_and_update();
        match state {
            Line::Cut => {}
            Line::Silent => drop(line.changed().await),
            Line::Open => tokio::select! {
                _ = line.changed() => {}
                () = self.talk(client) => {}
            },
        }
    }

    async fn talk(&self, mut client: TcpStream) {
        let Ok(mut server) = TcpStream::connect(&self.server).await else { return };
        server.set_nodelay(true).ok();
        let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        loop {
            let done = tokio::select! {
                read = client.read(&mut up) => match read {
                    Ok(len @ 1..) => self.forward(&mut server, &up[..len], &mut down).await,
                    _ => None,
                },
                read = server.read(&mut down) => match read {
                    Ok(len @ 1..) => client.write_all(&down[..len]).await.ok(),
                    _ => None,
                },
            };
            if done.is_none() {
                return;
            }
        }
    }

    /// Gives a message to the database, unless the trap says otherwise; `None` when the line is cut.
    async fn forward(&self, server: &mut TcpStream, message: &[u8], answer: &mut [u8]) -> Option<()> {
        match self.caught(message) {
            None => server.write_all(message).await.ok(),
            Some(cut) => {
                if cut == Cut::After {
                    server.write_all(message).await.ok()?;
                    let answered = server.read(answer).await.ok()?;
                    assert!(answered > 0, "the database answers");
                }
                // Not if the test has gone on in the meantime.
                let trap = self.trap.lock().unwrap();
                if trap.is_some() {
                    self.cut();
                }
                None
            }
        }
    }

    fn caught(&self, message: &[u8]) -> Option<Cut> {
        let mut trap = self.trap.lock().unwrap();
        let trap = trap.as_mut()?;
        trap(self.count.fetch_add(1, Ordering::SeqCst), message)
    }
}
