//! Why a certificate is not what was made.

use pos_model::Money;

/// What is wrong with a certificate's file. The books are not touched by any check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// It does not end as a certificate does.
    #[error("{file}: this is no certificate, or its end was cut off or changed; get the file from a backup")]
    NotACertificate {
        /// The file.
        file: String,
    },
    /// Its text is not the one that was hashed.
    #[error(
        "{file}: it was changed after it was made: its SHA-256 is {computed}, and it says {stated}; get the file from a backup"
    )]
    Changed {
        /// The file.
        file: String,
        /// The hash in the file.
        stated: String,
        /// The hash of its text.
        computed: String,
    },
    /// A later version of this program made it.
    #[error("{file}: it has schema version {found}, this program knows {known}; use a newer program")]
    NewerVersion {
        /// The file.
        file: String,
        /// Its version.
        found: u32,
        /// The version known.
        known: u32,
    },
    /// Its hash is right, and its text cannot be read: another program wrote it.
    #[error("{file}: its hash is right, and its text cannot be read: {problem}; another program made it")]
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// Its hash is right, and its figures do not add up: another program wrote it, or this one has a fault.
    #[error("{file}: {what} add up to {found}, and it says {stated}")]
    Sum {
        /// The file.
        file: String,
        /// What was added up.
        what: String,
        /// The sum that the file states.
        stated: Money,
        /// The sum of its parts.
        found: Money,
    },
    /// The same of a count.
    #[error("{file}: it counts {found} {what}, and it says {stated}")]
    Count {
        /// The file.
        file: String,
        /// What was counted.
        what: String,
        /// The count that the file states.
        stated: u64,
        /// The count of its parts.
        found: u64,
    },
    /// Its verdict is not what its figures say.
    #[error("{file}: its verdict is that the books {stated}, and its figures say otherwise")]
    Verdict {
        /// The file.
        file: String,
        /// The verdict in words.
        stated: &'static str,
    },
    /// It names a certificate before it that is not among the files.
    #[error("{file}: the certificate before it, {previous}, is not among these files; check them together")]
    Missing {
        /// The file.
        file: String,
        /// The hash.
        previous: String,
    },
    /// Two certificates name the same one before them.
    #[error("{file} and {other} both follow the certificate {previous}: one of them is not of this chain")]
    Fork {
        /// The file.
        file: String,
        /// The other.
        other: String,
        /// The hash.
        previous: String,
    },
    /// A day of a period is another one than the period names.
    #[error("{file}: its day {day} is not {sha256} any more; get the day's file from a backup")]
    Page {
        /// The file of the period.
        file: String,
        /// The day's file.
        day: String,
        /// The hash that the period names.
        sha256: String,
    },
    /// A day of a period is not among the files.
    #[error("{file}: its day {day} is not among these files; check them together")]
    NoPage {
        /// The file of the period.
        file: String,
        /// The day's file.
        day: String,
    },
}

impl CertificateFault {
    /// A stable word for this fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotACertificate { .. } => "not-a-certificate",
            Self::Changed { .. } => "certificate-changed",
            Self::NewerVersion { .. } => "certificate-newer-version",
            Self::Unreadable { .. } => "certificate-unreadable",
            Self::Sum { .. } | Self::Count { .. } | Self::Verdict { .. } => "certificate-sums",
            Self::Missing { .. } | Self::Fork { .. } => "certificate-chain",
            Self::Page { .. } | Self::NoPage { .. } => "certificate-pages",
        }
    }
}
