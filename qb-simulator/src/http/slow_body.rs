//! A body that arrives in pieces, with a pause before each.
//!
//! Knows bytes and real time, not what they say. Neighbours: `server` sends it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use http_body::Frame;
use tokio::time::{Sleep, sleep};

/// The body.
pub(crate) struct SlowBody {
    left: Bytes,
    piece: usize,
    every: Duration,
    pause: Pin<Box<Sleep>>,
}

impl SlowBody {
    /// Returns a body in pieces of so many bytes, at least one, each after a pause.
    pub(crate) fn new(body: Vec<u8>, piece: usize, every: Duration) -> SlowBody {
        SlowBody { left: Bytes::from(body), piece: piece.max(1), every, pause: Box::pin(sleep(every)) }
    }
}

impl HttpBody for SlowBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.pause.as_mut().poll(context));
        self.pause = Box::pin(sleep(self.every));
        let piece = self.piece.min(self.left.len());
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(piece)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    #[tokio::test]
    async fn gives_its_bytes_in_pieces() {
        let mut drip = SlowBody::new(b"abcdefgh".to_vec(), 3, Duration::from_millis(1));
        let mut pieces = Vec::new();
        while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut drip).poll_frame(context)).await {
            pieces.extend(frame.into_data());
        }
        assert_eq!(pieces, [&b"abc"[..], b"def", b"gh"]);
    }
}
