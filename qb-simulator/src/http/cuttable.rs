//! Connections that can be cut: before the first byte of an answer, or inside its body.
//!
//! Knows sockets, not requests. Neighbours: `server` accepts through [`CuttableListener`] and cuts through [`Cut`].

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

/// How far an answer may still go.
#[derive(Debug, Clone, Copy, Default)]
enum Passage {
    #[default]
    Open,
    /// The head, and so many bytes of the body.
    Body(usize),
    /// So many bytes.
    Bytes(usize),
}

/// The handle of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    passage: Arc<Mutex<Passage>>,
    /// Who is at the other end.
    pub(crate) peer: SocketAddr,
}

impl Cut {
    /// Nothing more is written; the connection ends.
    pub(crate) fn now(&self) {
        self.set(Passage::Bytes(0));
    }

    /// The next answer ends after so many bytes of its body.
    pub(crate) fn after(&self, bytes: usize) {
        self.set(Passage::Body(bytes));
    }

    fn set(&self, passage: Passage) {
        *self.passage.lock().unwrap_or_else(PoisonError::into_inner) = passage;
    }
}

/// A listener whose connections can be cut.
pub(crate) struct CuttableListener {
    source: Source,
    address: SocketAddr,
}

/// Where connections come from.
enum Source {
    Plain(TcpListener),
    #[cfg(feature = "tls")]
    Secured(tokio::sync::mpsc::Receiver<(Box<TlsStream<TcpStream>>, SocketAddr)>),
}

impl CuttableListener {
    /// Takes connections as they come.
    pub(crate) fn plain(listener: TcpListener, address: SocketAddr) -> CuttableListener {
        CuttableListener { source: Source::Plain(listener), address }
    }

    /// Takes connections that have agreed on keys.
    #[cfg(feature = "tls")]
    pub(crate) fn secured(
        listener: TcpListener,
        address: SocketAddr,
        keys: crate::http::tls::Keys,
    ) -> CuttableListener {
        CuttableListener { source: Source::Secured(keys.accept(listener)), address }
    }
}

impl Listener for CuttableListener {
    type Io = Cuttable;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Cuttable, SocketAddr) {
        let (stream, peer) = match &mut self.source {
            Source::Plain(listener) => {
                let (stream, peer) = Listener::accept(listener).await;
                (Stream::Plain(stream), peer)
            }
            #[cfg(feature = "tls")]
            Source::Secured(ready) => match ready.recv().await {
                Some((stream, peer)) => (Stream::Secured(stream), peer),
                // The accepting task ends only after this listener.
                None => std::future::pending().await,
            },
        };
        (Cuttable { stream, cut: Cut { passage: Arc::default(), peer } }, peer)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        Ok(self.address)
    }
}

/// A connection below the gate.
enum Stream {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Secured(Box<TlsStream<TcpStream>>),
}

/// Does the same with either kind of connection.
macro_rules! with_stream {
    ($gate:expr, $stream:ident => $work:expr) => {
        match &mut $gate.stream {
            Stream::Plain($stream) => $work,
            #[cfg(feature = "tls")]
            Stream::Secured($stream) => $work,
        }
    };
}

impl Connected<IncomingStream<'_, CuttableListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Cut {
        stream.io().cut.clone()
    }
}

/// A connection with its handle.
pub(crate) struct Cuttable {
    stream: Stream,
    cut: Cut,
}

impl AsyncRead for Cuttable {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        with_stream!(self, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        let passage = *self.cut.passage.lock().unwrap_or_else(PoisonError::into_inner);
        let left = match passage {
            Passage::Open => return with_stream!(self, stream => Pin::new(stream).poll_write(cx, buf)),
            Passage::Bytes(left) => left,
            // The head arrives in one piece: the buffer is hyper's, and vectored writes are off.
            Passage::Body(bytes) => buf
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
                .map_or(0, |at| at + 4)
                .saturating_add(bytes),
        };
        if left == 0 {
            return Poll::Ready(Err(Error::from(ErrorKind::ConnectionAborted)));
        }
        let part = &buf[..left.min(buf.len())];
        let written = with_stream!(self, stream => Pin::new(stream).poll_write(cx, part));
        if let Poll::Ready(Ok(count)) = written {
            self.cut.set(Passage::Bytes(left - count));
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        with_stream!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        with_stream!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
