//! Compressed request bodies, which QuickBooks takes: gzip and deflate, never more than a body may have.
//!
//! Knows bytes, not requests. Neighbours: `server` calls it before anything else reads a body.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Why a body was not inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotInflated {
    /// It would be larger than a body may be.
    TooLarge,
    /// It is not of the form its header says, or of a form that is not taken.
    Malformed,
}

/// Returns the body that was meant, of at most `most` bytes.
pub(crate) fn inflate(body: Vec<u8>, encoding: &str, most: usize) -> Result<Vec<u8>, NotInflated> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(body.as_slice()), most),
        // By the standard it is zlib's form; some clients send it bare.
        "deflate" => match read(ZlibDecoder::new(body.as_slice()), most) {
            Err(NotInflated::Malformed) => read(DeflateDecoder::new(body.as_slice()), most),
            other => other,
        },
        _ => Err(NotInflated::Malformed),
    }
}

fn read(source: impl Read, most: usize) -> Result<Vec<u8>, NotInflated> {
    let mut out = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    source.take(limit).read_to_end(&mut out).map_err(|_| NotInflated::Malformed)?;
    if out.len() > most { Err(NotInflated::TooLarge) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    #[test]
    fn takes_the_forms_clients_send_up_to_the_limit() {
        let body = b"{\"Line\":[]}".repeat(100);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        let sources: [&mut dyn Write; 3] = [&mut gzip, &mut zlib, &mut bare];
        for source in sources {
            source.write_all(&body).unwrap();
        }
        let (gzip, zlib, bare) = (gzip.finish().unwrap(), zlib.finish().unwrap(), bare.finish().unwrap());
        for (sent, encoding) in
            [(&gzip, " GZip"), (&zlib, "deflate"), (&bare, "deflate"), (&body, "identity")]
        {
            assert_eq!(inflate(sent.clone(), encoding, body.len()), Ok(body.clone()), "{encoding}");
        }
        assert_eq!(inflate(gzip.clone(), "gzip", body.len() - 1), Err(NotInflated::TooLarge));
        assert_eq!(inflate(gzip[..20].to_vec(), "gzip", 9999), Err(NotInflated::Malformed));
        assert_eq!(inflate(b"{}".to_vec(), "br", 9999), Err(NotInflated::Malformed));
    }
}
