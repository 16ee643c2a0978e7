//! Everything that happened in a night, in order: its digest, which two plays of one seed share, and on request the words.

use std::sync::Mutex;

use sha2::{Digest, Sha256};

use crate::time::held;

/// Takes in what happens.
#[derive(Debug, Default)]
pub(crate) struct Trace(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    digest: Sha256,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// Returns a trace that keeps the words too, or the digest alone.
    pub(crate) fn new(keeps_words: bool) -> Self {
        Self(Mutex::new(Kept { digest: Sha256::default(), lines: keeps_words.then(Vec::new) }))
    }

    /// Takes in one thing that happened, in words.
    pub(crate) fn note(&self, words: &[&str]) {
        let mut kept = held(&self.0);
        for word in words {
            kept.digest.update(word.as_bytes());
            kept.digest.update([0]);
        }
        kept.digest.update([1]);
        if let Some(lines) = &mut kept.lines {
            lines.push(words.join(" "));
        }
    }

    /// Returns the digest so far, in hexadecimal digits.
    pub(crate) fn digest(&self) -> String {
        held(&self.0).digest.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Takes the words that were kept.
    pub(crate) fn take_lines(&self) -> Vec<String> {
        held(&self.0).lines.take().unwrap_or_default()
    }
}
