//! The progress bar of the main job: documents, their rate, the time left, and what the run waits for, so that a bar that
//! stands still says why.
//!
//! It refuses to know what a document is: it hears of finished ones from the run, and of held requests from the client.

use std::fmt::{self, Write};
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use exchange::{EntryReport, Observer, Waiting, WaitingFor};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use qb_client::Client;

/// How often it is drawn while nothing happens.
const TICK: Duration = Duration::from_millis(250);

/// A progress bar; gone when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    waits: Waits,
}

impl Progress {
    /// Returns the bar of a run of so many documents by this client; nothing is shown where standard error is no terminal.
    #[must_use]
    pub fn new(documents: usize, client: &Client) -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self::on(target, documents, client)
    }

    fn on(target: ProgressDrawTarget, documents: usize, client: &Client) -> Self {
        let is_shown = !target.is_hidden();
        let (waits, client) = (Waits::default(), client.clone());
        let told = waits.clone();
        let say = move |_: &ProgressState, out: &mut dyn Write| {
            // What cannot be drawn now is drawn at the next tick.
            let _ = told.say(client.is_held_back(), Instant::now(), out);
        };
        let template = "{bar:30} {pos}/{len} documents, {per_sec}, {eta} left{waits}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(documents as u64), target)
            .with_style(style.with_key("waits", say));
        if is_shown {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, waits }
    }

    /// Returns what a run tells of itself.
    #[must_use]
    pub fn observer(&self) -> impl Observer + use<> {
        Watch { bar: self.bar.clone(), waits: self.waits.clone() }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

struct Watch {
    bar: ProgressBar,
    waits: Waits,
}

impl Observer for Watch {
    fn finished(&self, entry: &EntryReport) {
        if entry.identity.is_some() {
            self.bar.inc(1);
        }
    }

    fn waiting(&self, waiting: &Waiting) {
        self.waits.begin(waiting.what, Instant::now() + waiting.duration);
    }
}

/// Until when the run waits, by what for.
#[derive(Clone, Default)]
struct Waits(Arc<Mutex<Vec<(WaitingFor, Instant)>>>);

impl Waits {
    fn begin(&self, what: WaitingFor, until: Instant) {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.retain(|(other, _)| *other != what);
        waits.push((what, until));
    }

    /// The wait that ends last stands for all: while it goes on, the bar may stand still.
    fn say(&self, is_held_back: bool, now: Instant, out: &mut dyn Write) -> fmt::Result {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waits.retain(|(_, until)| *until > now);
        let longest = waits.iter().max_by_key(|(_, until)| *until).copied();
        let words = |what| match what {
            WaitingFor::Limit => "held by QuickBooks' limits",
            WaitingFor::Quarantine => "waits until nobody can doubt a lost answer",
            _ => "QuickBooks is asked again",
        };
        match longest {
            Some((what, until)) if !is_held_back || what == WaitingFor::Limit => {
                let left = until.saturating_duration_since(now).as_secs() + 1;
                write!(out, ", {} for {left} s", words(what))
            }
            _ if is_held_back => write!(out, ", {}", words(WaitingFor::Limit)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use indicatif::TermLike;
    use qb_client::{AccessToken, BaseUrl, Limits, RealmId, StaticToken};

    use super::*;

    /// A terminal that keeps what was written since it was last looked at.
    #[derive(Clone, Debug, Default)]
    struct Paper(Arc<Mutex<String>>);

    impl Paper {
        fn take(&self) -> String {
            std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            120
        }

        fn move_cursor_up(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> std::io::Result<()> {
            Ok(())
        }

        fn write_line(&self, line: &str) -> std::io::Result<()> {
            self.write_str(line)
        }

        fn write_str(&self, text: &str) -> std::io::Result<()> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> std::io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn said(waits: &Waits, is_held_back: bool, now: Instant) -> String {
        let mut text = String::new();
        waits.say(is_held_back, now, &mut text).unwrap_or_default();
        text
    }

    #[test]
    fn each_wait_has_its_words_and_ends() {
        let (waits, now) = (Waits::default(), Instant::now());
        let after = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(said(&waits, false, now), "");
        assert_eq!(said(&waits, true, now), ", held by QuickBooks' limits");
        waits.begin(WaitingFor::Limit, after(58));
        assert_eq!(said(&waits, false, after(1)), ", held by QuickBooks' limits for 58 s");
        waits.begin(WaitingFor::Quarantine, after(165));
        assert_eq!(said(&waits, false, after(60)), ", waits until nobody can doubt a lost answer for 106 s");
        assert_eq!(
            said(&waits, true, after(60)),
            ", held by QuickBooks' limits",
            "what happens now comes first"
        );
        waits.begin(WaitingFor::AnotherTry, after(170));
        assert_eq!(said(&waits, false, after(166)), ", QuickBooks is asked again for 5 s");
        assert_eq!(said(&waits, false, after(171)), "");
    }

    /// A second request finds no room: the bar says so, and no longer when the first has ended.
    #[tokio::test]
    async fn a_request_that_the_limits_hold_back_is_seen_on_the_bar() -> Result<(), Box<dyn std::error::Error>>
    {
        let tokens = StaticToken::new(AccessToken::new("t")?);
        let client = Client::builder(BaseUrl::Sandbox, RealmId::new("9130")?, tokens);
        let client = client.limits(Limits::DOCUMENTED.at_once(1)).build()?;
        let paper = Paper::default();
        let progress = Progress::on(ProgressDrawTarget::term_like(Box::new(paper.clone())), 186, &client);
        let shown = || {
            paper.take();
            progress.bar.force_draw();
            paper.take()
        };
        let at_first = shown();
        assert!(at_first.contains("0/186 documents") && !at_first.contains("held"), "{at_first}");
        let first = client.admit().await;
        let second = async { client.admit().await.is_ok() };
        let seen = async {
            // The other one is polled first, and waits.
            tokio::task::yield_now().await;
            let shown = shown();
            drop(first);
            shown
        };
        let (is_admitted, seen) = tokio::join!(second, seen);
        assert!(is_admitted && seen.contains("left, held by QuickBooks' limits"), "{seen}");
        let at_last = shown();
        assert!(at_last.contains("documents") && !at_last.contains("held"), "{at_last}");
        Ok(())
    }
}
