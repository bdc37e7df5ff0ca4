//! A bad network between clients and the service: it breaks connections at bytes that a seed chooses, in either
//! direction, and sometimes only the client's end, so that the service still waits for one who is gone.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the head of a request or an answer has about, in bytes.
const HEAD: u64 = 600;

/// A seed of its own for each run, printed when a test fails, or the one that is to be repeated.
pub fn seed() -> u64 {
    let given = std::env::var_os("EXHIBIT_TEST_SEED");
    let given = given.map(|seed| seed.to_str().and_then(|seed| seed.parse().ok()).expect("the seed is a number"));
    let seed = given.unwrap_or_else(|| getrandom::u64().unwrap());
    println!("EXHIBIT_TEST_SEED={seed} repeats this");
    seed
}

/// Random numbers that a seed determines (`SplitMix64`).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Where a connection breaks: after so many bytes in one direction or in the other.
#[derive(Clone, Copy, Debug)]
struct Break {
    up: u64,
    down: u64,
    /// The service is not told.
    half: bool,
}

impl Break {
    const NEVER: Self = Self { up: u64::MAX, down: u64::MAX, half: false };
}

struct Faults {
    dice: Dice,
    /// Connections that are still to be broken.
    breaks: u32,
    /// Bytes upwards among which a break is chosen.
    span: u64,
    last_answer_lost: bool,
}

impl Faults {
    /// Where the next connection breaks.
    fn draw(&mut self) -> Break {
        // The answer that is asked for again is to be whole: Python takes one that breaks off in its head for whole, too.
        if self.breaks == 0 || self.last_answer_lost {
            return Break::NEVER;
        }
        let span = if self.dice.below(4) == 0 { HEAD } else { self.span };
        let up = 1 + self.dice.below(span);
        let down = if self.dice.below(3) == 0 { self.dice.below(HEAD) } else { u64::MAX };
        Break { up, down, half: self.dice.below(3) == 0 }
    }

    /// Whether this answer is the one to be lost: the first that names a piece.
    fn loses(&mut self, answer: &[u8]) -> bool {
        let is_last = answer.to_ascii_lowercase().windows(16).any(|bytes| bytes == b"\npiece-location:");
        let loses = is_last && !self.last_answer_lost;
        self.last_answer_lost |= is_last;
        loses
    }
}

/// The running network.
pub struct Faulty {
    pub address: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    servers: Vec<String>,
    turn: Mutex<usize>,
    faults: Mutex<Faults>,
    /// Bytes that went up so far.
    carried: watch::Sender<u64>,
    /// Ends of connections whose service was not told.
    held: Mutex<Vec<TcpStream>>,
}

impl Faulty {
    /// Puts itself before these servers, `HOST:PORT` each, which take turns. Breaks the first `breaks` connections that
    /// carry `span` bytes, and shorter ones here and there, and loses the first answer that names a piece.
    pub async fn before(servers: Vec<String>, seed: u64, breaks: u32, span: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let faults = Mutex::new(Faults { dice: Dice::new(seed), breaks, span, last_answer_lost: false });
        let (carried, turn, held) = (watch::Sender::new(0), Mutex::default(), Mutex::default());
        let state = Arc::new(State { servers, turn, faults, carried, held });
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Self { address, state, task }
    }

    /// Waits until this many bytes went up.
    pub async fn carried(&self, bytes: u64) {
        self.state.carried.subscribe().wait_for(|carried| *carried >= bytes).await.unwrap();
    }

    /// Makes sure that every fault came about that was planned.
    #[track_caller]
    pub fn is_spent(&self) {
        let faults = self.state.faults.lock().unwrap();
        assert_eq!(
            (faults.breaks, faults.last_answer_lost),
            (0, true),
            "breaks that are left; the last answer was lost"
        );
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        client.set_nodelay(true).ok();
        let state = Arc::clone(&state);
        tokio::spawn(async move { state.carry(client).await });
    }
}

impl State {
    async fn carry(&self, mut client: TcpStream) {
        let Ok(mut server) = TcpStream::connect(self.next_server()).await else { return };
        server.set_nodelay(true).ok();
        let at = self.faults.lock().unwrap().draw();
        if self.breaks_off(&mut client, &mut server, at).await.is_some() {
            let mut faults = self.faults.lock().unwrap();
            faults.breaks = faults.breaks.saturating_sub(1);
            if at.half {
                self.held.lock().unwrap().push(server);
            }
        }
    }

    fn next_server(&self) -> &str {
        let mut turn = self.turn.lock().unwrap();
        *turn += 1;
        &self.servers[*turn % self.servers.len()]
    }

    /// Carries bytes both ways; `None` once an end hangs up or an answer is lost, before it came to the break.
    async fn breaks_off(&self, client: &mut TcpStream, server: &mut TcpStream, at: Break) -> Option<()> {
        let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        let (mut sent, mut answered) = (0, 0);
        while sent < at.up && answered < at.down {
            tokio::select! {
                read = client.read(&mut up) => {
                    let bytes = some(&up, read)?;
                    let bytes = &bytes[..most(at.up - sent, bytes.len())];
                    server.write_all(bytes).await.ok()?;
                    sent += bytes.len() as u64;
                    self.carried.send_modify(|carried| *carried += bytes.len() as u64);
                }
                read = server.read(&mut down) => {
                    let bytes = some(&down, read)?;
                    if self.faults.lock().unwrap().loses(bytes) {
                        return None;
                    }
                    let bytes = &bytes[..most(at.down - answered, bytes.len())];
                    client.write_all(bytes).await.ok()?;
                    answered += bytes.len() as u64;
                }
            }
        }
        Some(())
    }
}

/// What was read, unless that is nothing.
fn some(buffer: &[u8], read: std::io::Result<usize>) -> Option<&[u8]> {
    read.ok().filter(|len| *len > 0).map(|len| &buffer[..len])
}

fn most(left: u64, len: usize) -> usize {
    usize::try_from(left).map_or(len, |left| left.min(len))
}
