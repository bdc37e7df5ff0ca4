//! A connection to clamd on which its last words are heard. Over its size limit it replies and hangs up while the file
//! is still being sent; what is sent after that goes nowhere, so that the reply is read and not lost.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use clamav_client::tokio::TransportProtocol;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use crate::config::ClamdAddress;

/// Where clamd listens.
#[derive(Clone, Debug)]
pub struct Clamd(pub ClamdAddress);

impl TransportProtocol for Clamd {
    type Stream = Connection;

    async fn connect(&self) -> io::Result<Connection> {
        let stream: Box<dyn Stream> = match &self.0 {
            ClamdAddress::Unix(path) => Box::new(UnixStream::connect(path).await?),
            ClamdAddress::Tcp(address) => Box::new(TcpStream::connect(address).await?),
        };
        Ok(Connection { stream })
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl Stream for UnixStream {}
impl Stream for TcpStream {}

/// An open connection.
pub struct Connection {
    stream: Box<dyn Stream>,
}

fn hung_up(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

/// The same, with what it is worth when the other side is gone.
fn unless_gone<T>(result: Poll<io::Result<T>>, gone: T) -> Poll<io::Result<T>> {
    match result {
        Poll::Ready(Err(error)) if hung_up(&error) => Poll::Ready(Ok(gone)),
        other => other,
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        unless_gone(Pin::new(&mut self.stream).poll_read(cx, into), ())
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        unless_gone(Pin::new(&mut self.stream).poll_write(cx, bytes), bytes.len())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        unless_gone(Pin::new(&mut self.stream).poll_flush(cx), ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        unless_gone(Pin::new(&mut self.stream).poll_shutdown(cx), ())
    }
}
