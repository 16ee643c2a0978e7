//! Who says something, and why: what an auditor reads later.

/// Who says something, and why.
///
/// ```
/// let by = exchange::By::new("Pat", "the wrong file was sent");
/// assert_eq!(by.because, "the wrong file was sent");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct By {
    /// A name, not empty.
    pub who: String,
    /// The reason, not empty.
    pub because: String,
}

impl By {
    /// Returns what `who` says.
    pub fn new(who: impl Into<String>, because: impl Into<String>) -> Self {
        Self { who: who.into(), because: because.into() }
    }

    /// Returns which of the two is missing, in words.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        let parts = [(&self.who, "who says so"), (&self.because, "why")];
        parts.into_iter().find(|(text, _)| text.trim().is_empty()).map(|(_, what)| what)
    }
}
