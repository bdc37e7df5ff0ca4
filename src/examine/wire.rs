//! What goes between the service and a worker: one JSON text a message over a socket that keeps messages apart, and
//! with a request the file's descriptor. A message that does not fit is an error, never a part of one.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use serde::{Deserialize, Serialize};

use super::walls::InForce;
use crate::domain::finding::Verdict;
use crate::inspect::{Claim, Rules};

/// The longest message either side takes.
pub const LONGEST: usize = 64 * 1024;

/// What a worker is asked about the file that comes with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    pub claim: Claim,
    pub rules: Rules,
}

/// What a worker says: the first once, when its walls stand, then one of the others a request.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    Ready(InForce),
    Judged(Verdict),
    /// The file could not be read, by the number of the system's error.
    Unreadable(Option<i32>),
}

/// The two ends of a new connection.
pub fn connection() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// Sends one message, with a descriptor or without.
pub fn send(socket: impl AsFd, message: &[u8], file: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let files: Vec<BorrowedFd<'_>> = file.into_iter().collect();
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&files)) {
        return Err(io::Error::other("a descriptor does not fit beside a message"));
    }
    if message.len() > LONGEST {
        return Err(io::Error::other("the message is too long"));
    }
    sendmsg(socket, &[IoSlice::new(message)], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Takes one message, or nothing when the other side is gone. `patience` is how long to wait for it, at most.
pub fn receive(socket: impl AsFd, patience: Option<Duration>) -> io::Result<Option<(Vec<u8>, Option<OwnedFd>)>> {
    set_patience(&socket, patience)?;
    let mut message = vec![0; LONGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let mut into = [IoSliceMut::new(&mut message)];
        match recvmsg(&socket, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
            Err(rustix::io::Errno::CONNRESET) => return Ok(None),
            other => break other?,
        }
    };
    let file = control.drain().find_map(|item| match item {
        RecvAncillaryMessage::ScmRights(mut files) => files.next(),
        _ => None,
    });
    if received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        return Err(io::Error::other("the message is too long"));
    }
    message.truncate(received.bytes);
    Ok((received.bytes > 0).then_some((message, file)))
}

/// Without a patience nothing is set: a worker may not set anything any more.
fn set_patience(socket: impl AsFd, patience: Option<Duration>) -> io::Result<()> {
    if patience.is_some() {
        set_socket_timeout(socket, Timeout::Recv, patience)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn a_message_arrives_whole_and_with_its_file() {
        let (ours, theirs) = connection().unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"content").unwrap();
        send(&ours, b"one", Some(file.reopen().unwrap().as_fd())).unwrap();
        send(&ours, b"two", None).unwrap();
        let (message, received) = receive(&theirs, None).unwrap().unwrap();
        let mut content = String::new();
        File::from(received.unwrap()).read_to_string(&mut content).unwrap();
        assert_eq!((message.as_slice(), content.as_str()), (b"one".as_slice(), "content"));
        let (message, received) = receive(&theirs, None).unwrap().unwrap();
        assert_eq!(message, b"two");
        assert!(received.is_none());
        drop(ours);
        assert!(receive(&theirs, None).unwrap().is_none());
    }

    #[test]
    fn what_does_not_come_or_does_not_fit_is_an_error() {
        let (ours, theirs) = connection().unwrap();
        let waited = receive(&theirs, Some(Duration::from_millis(1)));
        assert_eq!(waited.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(send(&ours, &vec![b' '; LONGEST + 1], None).is_err());
        send(&ours, &vec![b' '; LONGEST], None).unwrap();
        assert_eq!(receive(&theirs, None).unwrap().unwrap().0.len(), LONGEST);
        rustix::net::send(&ours, &vec![b' '; LONGEST + 1], SendFlags::NOSIGNAL).unwrap();
        assert!(receive(&theirs, None).is_err());
    }
}
