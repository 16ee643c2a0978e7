//! Why a body is not what QuickBooks writes, apart from the reading of one (`body.rs`, `parse.rs`).

/// Why a body is not what QuickBooks writes. Never quotes the body, which may hold personal data, but for the code and
/// type of a fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// There is nothing in it, or blanks alone.
    #[error("the body is empty; whoever answered, it was not QuickBooks' service")]
    Empty,
    /// It is not UTF-8.
    #[error("the body is not utf-8 from byte {offset}")]
    NotUtf8 {
        /// The first byte that is not.
        offset: usize,
    },
    /// It is a web page, as a proxy or a gateway sends.
    #[error("the body is html; a proxy or gateway answered for QuickBooks")]
    Html,
    /// It is XML.
    #[error("the body is xml{}; ask for application/json", .fault.as_ref().map(XmlFault::shown).unwrap_or_default())]
    Xml {
        /// The fault in it, when there is one.
        fault: Option<XmlFault>,
    },
    /// It is a text of another kind.
    #[error("the body is neither json nor xml nor html")]
    OtherText,
    /// It begins as JSON and ends before it is complete.
    #[error("json ends after {bytes} bytes, before it is complete; ask again")]
    CutShort {
        /// How much there is.
        bytes: usize,
    },
    /// It begins as JSON and is not.
    #[error("json expects {expected} at byte {offset}")]
    Syntax {
        /// Where, counted from 0.
        offset: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// One object has the same name twice, so that its meaning is open.
    #[error("json has the same name twice in one object, at byte {offset}")]
    NameTwice {
        /// Where the second one begins.
        offset: usize,
    },
    /// It is nested deeper than any answer of QuickBooks.
    #[error("json is nested deeper than {deepest} levels")]
    TooDeep {
        /// The limit.
        deepest: usize,
    },
    /// It is JSON, but no answer, notice or entity of QuickBooks.
    #[error("json is {found} and no answer, report, notice or entity of QuickBooks")]
    UnknownShape {
        /// What it is.
        found: &'static str,
    },
}

impl BodyError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty-body",
            Self::NotUtf8 { .. } => "not-utf-8",
            Self::Html => "html-body",
            Self::Xml { .. } => "xml-body",
            Self::OtherText => "not-json",
            Self::CutShort { .. } => "cut-short",
            Self::Syntax { .. } => "not-json",
            Self::NameTwice { .. } => "name-twice",
            Self::TooDeep { .. } => "too-deep",
            Self::UnknownShape { .. } => "unknown-shape",
        }
    }
}

/// What an XML fault says: `<Fault type="SERVICE"><Error code="3001">`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlFault {
    /// `SERVICE`, `ValidationFault` and so on; empty when not told.
    pub kind: String,
    /// The code of each error, in order: `3001`.
    pub codes: Vec<String>,
}

impl XmlFault {
    fn shown(&self) -> String {
        format!(" with a fault {} {}", self.kind, self.codes.join(", "))
    }
}
