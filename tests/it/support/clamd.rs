//! The malware scanner: the real one that `tests/clamd` starts, and ones of the test's own that fail as real ones do.

use std::path::Path;

use exhibit::config::ClamdAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// The scanner's two addresses, by Unix socket and by TCP.
fn addresses() -> Vec<ClamdAddress> {
    let given = std::env::var_os("EXHIBIT_TEST_CLAMD")
        .expect("EXHIBIT_TEST_CLAMD is set: `make test` does, or see tests/clamd");
    given.to_str().unwrap().split(' ').map(|address| address.parse().unwrap()).collect()
}

pub fn by_socket() -> ClamdAddress {
    addresses().into_iter().find(|address| matches!(address, ClamdAddress::Unix(_))).expect("a Unix socket")
}

pub fn by_tcp() -> ClamdAddress {
    addresses().into_iter().find(|address| matches!(address, ClamdAddress::Tcp(_))).expect("a port")
}

/// The text that every scanner knows, and that stands nowhere in one piece, so that none complains about this source.
pub fn eicar() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-", "TEST-FILE!$H+H*"].concat()
}

/// How a scanner fails that takes connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It says nothing, ever.
    Hangs,
    /// It says that it is there, and nothing once it has the file.
    HangsOnFiles,
    /// It says that it is there, and is gone in the midst of the file.
    HangsUp,
    /// It says that it is there, and of the file what means nothing.
    Babbles,
}

/// A scanner that fails so, until the test's runtime ends.
pub fn failing(folder: &Path, failure: Failure) -> ClamdAddress {
    let path = folder.join("failing.socket");
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            held.extend(answer(socket, failure).await);
        }
    });
    ClamdAddress::Unix(path)
}

/// One connection; given back if it stays open.
async fn answer(mut socket: UnixStream, failure: Failure) -> Option<UnixStream> {
    if failure == Failure::Hangs {
        return Some(socket);
    }
    let mut command = [0; 6];
    socket.read_exact(&mut command).await.ok()?;
    if &command == b"zPING\0" {
        socket.write_all(b"PONG\0").await.ok()?;
        return None;
    }
    match failure {
        Failure::Hangs | Failure::HangsOnFiles => Some(socket),
        Failure::HangsUp => None,
        Failure::Babbles => {
            socket.write_all(b"stream: perhaps\0").await.ok()?;
            None
        }
    }
}
