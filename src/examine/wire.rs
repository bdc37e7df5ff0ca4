//! What goes between the service and a worker, over a socket that keeps messages apart: JSON texts, and the bytes that
//! a worker asked for. A message that does not fit is an error, never a part of one.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendFlags, SocketFlags,
    SocketType, recvmsg, sendmsg, socketpair,
};
use serde::{Deserialize, Serialize};

use super::walls::InForce;
use crate::domain::finding::Verdict;
use crate::inspect::Claim;

/// The longest message either side takes.
pub const LONGEST: usize = 64 * 1024;
/// The most bytes of a file that go in one message: its first byte says that they are bytes.
pub const MOST: usize = LONGEST - 1;

/// What a worker is asked about a file, whose bytes it then asks for itself. What it holds files against, it was told
/// before the first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    pub claim: Claim,
    /// Of the file, in bytes.
    pub len: u64,
}

/// What a worker says: the first once, when its walls stand, then for each request as many `Read` as it likes and one of
/// the others.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    Ready(InForce),
    /// Asks for bytes of the file.
    Read {
        at: u64,
        len: usize,
    },
    Judged(Verdict),
    /// The file could not be read, by the number of the system's error.
    Unreadable(Option<i32>),
}

/// The two ends of a new connection.
pub fn connection() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// Sends one message.
pub fn send(socket: impl AsFd, message: &[u8]) -> io::Result<()> {
    if message.len() > LONGEST {
        return Err(io::Error::other("the message is too long"));
    }
    sendmsg(socket, &[IoSlice::new(message)], &mut SendAncillaryBuffer::default(), SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Takes one message into `buffer`, or nothing when the other side is gone.
pub fn receive(socket: impl AsFd, buffer: &mut Vec<u8>) -> io::Result<Option<&[u8]>> {
    buffer.resize(LONGEST, 0);
    let received = loop {
        let mut into = [IoSliceMut::new(buffer)];
        match recvmsg(&socket, &mut into, &mut RecvAncillaryBuffer::default(), RecvFlags::empty()) {
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
            Err(rustix::io::Errno::CONNRESET) => return Ok(None),
            other => break other?,
        }
    };
    if received.flags.contains(ReturnFlags::TRUNC) {
        return Err(io::Error::other("the message is too long"));
    }
    Ok((received.bytes > 0).then(|| &buffer[..received.bytes]))
}

/// How long a message is waited for, at most. Not for workers, which may not set anything any more.
pub fn set_patience(socket: impl AsFd, patience: Duration) -> io::Result<()> {
    Ok(set_socket_timeout(socket, Timeout::Recv, Some(patience))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_whole() {
        let (ours, theirs) = connection().unwrap();
        send(&ours, b"one").unwrap();
        send(&ours, b"three").unwrap();
        let mut buffer = Vec::new();
        assert_eq!(receive(&theirs, &mut buffer).unwrap().unwrap(), b"one");
        assert_eq!(receive(&theirs, &mut buffer).unwrap().unwrap(), b"three");
        drop(ours);
        assert!(receive(&theirs, &mut buffer).unwrap().is_none());
    }

    #[test]
    fn what_does_not_come_or_does_not_fit_is_an_error() {
        let (ours, theirs) = connection().unwrap();
        let mut buffer = Vec::new();
        set_patience(&theirs, Duration::from_millis(1)).unwrap();
        assert_eq!(receive(&theirs, &mut buffer).unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(send(&ours, &vec![b' '; LONGEST + 1]).is_err());
        send(&ours, &vec![b' '; LONGEST]).unwrap();
        assert_eq!(receive(&theirs, &mut buffer).unwrap().unwrap().len(), LONGEST);
        rustix::net::send(&ours, &vec![b' '; LONGEST + 1], SendFlags::NOSIGNAL).unwrap();
        assert!(receive(&theirs, &mut buffer).is_err());
    }
}
