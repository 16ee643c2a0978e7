//! A request to end: SIGINT (Ctrl-C) or SIGTERM. The first one lets the request in flight end, and then the run, with its
//! report; the second ends the program at once, which is as safe as being killed.

use std::future::Future;
use std::io;
use std::pin::pin;

use exchange::Exit;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for requests to end.
pub struct Stop {
    interrupts: Signal,
    terminations: Signal,
    request: exchange::Stop,
}

impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system does not let this process listen.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupts: signal(SignalKind::interrupt())?,
            terminations: signal(SignalKind::terminate())?,
            request: exchange::Stop::new(),
        })
    }

    /// Returns the request, for a run: made when a signal comes.
    #[must_use]
    pub fn request(&self) -> exchange::Stop {
        self.request.clone()
    }

    /// Returns whether a request to end has come.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.request.is_asked()
    }

    /// Does this work to its end, and notes requests that come meanwhile.
    pub async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = self.interrupts.recv() => self.note(),
                _ = self.terminations.recv() => self.note(),
            }
        }
    }

    #[allow(clippy::exit, reason = "ends at once, as asked: the posting log holds what the next run needs")]
    fn note(&self) {
        if self.request.is_asked() {
            eprintln!("ended at once; run it again to go on");
            std::process::exit(i32::from(Exit::Incomplete.code()));
        }
        self.request.ask();
        eprintln!("ends after the request in flight; once more ends it at once");
    }
}
