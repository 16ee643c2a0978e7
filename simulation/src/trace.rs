//! The digest of everything that happened in a night, in order: two plays of one seed have the same.

use std::sync::Mutex;

use sha2::{Digest, Sha256};

use crate::time::held;

/// Takes in what happens.
#[derive(Debug, Default)]
pub(crate) struct Trace(Mutex<Sha256>);

impl Trace {
    /// Takes in one thing that happened, in words.
    pub(crate) fn note(&self, words: &[&str]) {
        let mut digest = held(&self.0);
        for word in words {
            digest.update(word.as_bytes());
            digest.update([0]);
        }
        digest.update([1]);
    }

    /// Returns the digest so far, in hexadecimal digits.
    pub(crate) fn digest(&self) -> String {
        held(&self.0).clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
