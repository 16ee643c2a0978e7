//! A certificate as a text with its hash. The hash is over the text's own bytes, all that stand before it: no byte can be
//! changed unseen, and nobody need know how JSON is written to check it.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use sha2::{Digest, Sha256};

use super::fault::CertificateFault;
use super::value::{CERTIFICATE_SCHEMA_VERSION, Certificate};

/// What stands between the hashed bytes and the hash, and behind it.
const BEFORE: &str = ",\n\"sha256\":\"";
const BEHIND: &str = "\"\n}\n";
const DIGITS: usize = 64;

/// A certificate's text and its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    text: String,
    sha256: String,
}

impl std::fmt::Debug for Sealed {
    /// Without the text, which names people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed").field("sha256", &self.sha256).finish_non_exhaustive()
    }
}

impl Sealed {
    /// Writes a certificate and seals it.
    ///
    /// # Errors
    /// [`serde_json::Error`]: none of a certificate's values brings it about.
    pub fn new(certificate: &Certificate) -> Result<Self, serde_json::Error> {
        let mut bytes = Vec::new();
        certificate.serialize(&mut Serializer::with_formatter(&mut bytes, Lines::default()))?;
        let mut text = String::from_utf8(bytes).map_err(serde::ser::Error::custom)?;
        // The end of the object, which the hash stands before.
        if let Some(body) = text.strip_suffix("\n}") {
            text.truncate(body.len());
        }
        let sha256 = digest(text.as_bytes());
        text.push_str(BEFORE);
        text.push_str(&sha256);
        text.push_str(BEHIND);
        Ok(Self { text, sha256 })
    }

    /// Reads a certificate, and checks its hash.
    ///
    /// # Errors
    /// [`CertificateFault`], with the file named as it is here.
    pub fn read(file: &str, bytes: &[u8]) -> Result<(Certificate, Self), CertificateFault> {
        let file = || file.to_owned();
        let no_certificate = || CertificateFault::NotACertificate { file: file() };
        let text = str::from_utf8(bytes).map_err(|_| no_certificate())?;
        let body = text.strip_suffix(BEHIND).ok_or_else(no_certificate)?;
        let end = body.len().checked_sub(DIGITS).filter(|end| body.is_char_boundary(*end));
        let (body, stated) = body.split_at(end.ok_or_else(no_certificate)?);
        let body = body.strip_suffix(BEFORE).ok_or_else(no_certificate)?;
        let computed = digest(body.as_bytes());
        if stated != computed {
            return Err(CertificateFault::Changed { file: file(), stated: stated.to_owned(), computed });
        }
        let unreadable = |error: serde_json::Error| CertificateFault::Unreadable {
            file: file(),
            problem: error.to_string(),
        };
        let body = format!("{body}\n}}");
        let version: Version = serde_json::from_str(&body).map_err(unreadable)?;
        if version.schema_version > CERTIFICATE_SCHEMA_VERSION {
            let (found, known) = (version.schema_version, CERTIFICATE_SCHEMA_VERSION);
            return Err(CertificateFault::NewerVersion { file: file(), found, known });
        }
        let certificate = serde_json::from_str(&body).map_err(unreadable)?;
        Ok((certificate, Self { text: text.to_owned(), sha256: computed }))
    }

    /// The text, JSON with a line for each member and each element of a list.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The SHA-256 of the text before the hash, in hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// JSON with a line for each member of the certificate and for each element of its lists, and none within one.
#[derive(Default)]
struct Lines {
    depth: usize,
}

impl Formatter for Lines {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"\n}" } else { b"}" })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b"," })?;
        writer.write_all(if self.depth == 1 { b"\n" } else { b"" })
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b"," })?;
        writer.write_all(if self.depth == 2 { b"\n" } else { b"" })
    }
}
