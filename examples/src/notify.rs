//! Tells somebody that a run did not end with 0: a command of the operator's gets the summary's JSON on its standard input.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a command may take: mail and chat answer within seconds, and a timer waits for the run.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Why nobody may have been told. The run is what it was.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// There is no shell, or no process can be started.
    #[error("--notify: the command cannot be started")]
    Unstarted(#[source] io::Error),
    /// It ended with an error.
    #[error("--notify: the command ended with {0}; nobody may have been told")]
    Failed(ExitStatus),
    /// It did not end, and was ended with everything it had started.
    #[error("--notify: the command did not end within {} seconds and was ended; nobody may have been told", .0.as_secs())]
    TooSlow(Duration),
    /// It ended well without reading everything: what it told is not known.
    #[error("--notify: the command did not take the summary whole; what it told may not be whole")]
    Unread(#[source] io::Error),
}

/// Runs a command by `sh -c`, with this text on its standard input, for so long at most. What it prints goes to standard
/// error.
///
/// # Errors
/// [`NotifyError`].
pub fn notify(command: &str, text: &str, limit: Duration) -> Result<(), NotifyError> {
    let mut shell = Command::new("sh");
    // A group of its own, so that all of it can be ended.
    shell.arg("-c").arg(command).process_group(0);
    shell.stdin(Stdio::piped()).stdout(io::stderr()).stderr(Stdio::inherit());
    let mut child = shell.spawn().map_err(NotifyError::Unstarted)?;
    let input = child.stdin.take();
    let text = text.to_owned();
    // A thread of its own: a command that reads nothing must not hold this one.
    let writer = thread::spawn(move || input.map_or(Ok(()), |mut input| input.write_all(text.as_bytes())));
    let Some(status) = wait(&mut child, limit).map_err(NotifyError::Unstarted)? else {
        end(&mut child);
        return Err(NotifyError::TooSlow(limit));
    };
    if !status.success() {
        return Err(NotifyError::Failed(status));
    }
    // It has ended, so nothing reads any more, unless what it has started does.
    match writer.is_finished().then(|| writer.join()) {
        Some(Ok(Err(error))) => Err(NotifyError::Unread(error)),
        _ => Ok(()),
    }
}

fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() >= limit {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends the command and what it has started. What cannot be ended has ended.
fn end(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn the_command_gets_the_whole_text() {
        let path = std::env::temp_dir().join(format!("notified-{}", std::process::id()));
        let text = "x".repeat(1_000_000);
        let told = notify(&format!("cat > {}", path.display()), &text, SOON);
        assert!(told.is_ok(), "{told:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text);
        let _ = std::fs::remove_file(path);
    }

    /// Command, and what is said of it.
    #[test]
    fn a_command_that_fails_is_said() {
        for (command, expected) in [
            ("exit 3", "ended with exit status: 3"),
            ("no-such-command-here 2> /dev/null", "ended with exit status: 127"),
            ("kill -TERM $$", "ended with signal: 15"),
        ] {
            let said = notify(command, "{}", SOON).map_err(|error| error.to_string());
            assert!(said.as_ref().is_err_and(|said| said.contains(expected)), "{command}: {said:?}");
        }
        let said = notify("exec 0<&-; sleep 0.3", &"x".repeat(1_000_000), SOON);
        assert!(matches!(said, Err(NotifyError::Unread(_))), "{said:?}");
    }

    #[test]
    fn a_command_that_does_not_end_is_ended_with_what_it_started() {
        let begun = Instant::now();
        let said = notify("sleep 600 & sleep 600", "{}", Duration::from_millis(300));
        assert!(matches!(said, Err(NotifyError::TooSlow(_))), "{said:?}");
        assert!(begun.elapsed() < SOON);
    }
}
