//! Single-object encoding: two marker bytes, the Rabin fingerprint of the
//! writer's schema in eight bytes, the datum.
//!
//! It is Avro's own framing, for where no registry hands out ids: the schema is
//! found by what it says. The fingerprint is that of the parsing canonical
//! form: versions that differ in defaults, aliases or logical types alone share
//! it, and what one of them wrote is read like what the others wrote.

use crate::WriterVersion;

pub use crate::frame::FrameError;

/// The first two bytes of every framed value.
pub const MARKER: [u8; 2] = [0xc3, 0x01];

/// Bytes before the datum.
pub const HEADER_BYTES: usize = 10;

/// Appends the header; the datum comes after it.
///
/// ```
/// use accordant_wire::{single_object, write};
///
/// let mut out = Vec::new();
/// single_object::frame(0x7275_d51a_3f39_5c8f, &mut out);
/// write::int(3, &mut out);
/// assert_eq!(out, [0xc3, 1, 0x8f, 0x5c, 0x39, 0x3f, 0x1a, 0xd5, 0x75, 0x72, 6]);
/// let (rabin, datum) = single_object::split(&out)?;
/// assert_eq!((rabin, datum), (0x7275_d51a_3f39_5c8f, &[6][..]));
/// # Ok::<(), single_object::FrameError>(())
/// ```
pub fn frame(rabin: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&MARKER);
    out.extend_from_slice(&rabin.to_le_bytes());
}

/// The Rabin fingerprint of the writer's schema and the datum of a framed value.
///
/// # Errors
/// It has no such header.
pub fn split(bytes: &[u8]) -> Result<(u64, &[u8]), FrameError> {
    match bytes.split_first_chunk::<HEADER_BYTES>() {
        Some(([0xc3, 0x01, rabin @ ..], datum)) => Ok((u64::from_le_bytes(*rabin), datum)),
        Some(([first, second, ..], _)) => Err(FrameError::Marker([*first, *second])),
        None => match bytes {
            [first, second, ..] if [*first, *second] != MARKER => {
                Err(FrameError::Marker([*first, *second]))
            }
            _ => Err(FrameError::TooShort {
                bytes: bytes.len(),
                header_bytes: HEADER_BYTES,
            }),
        },
    }
}

/// The version with a fingerprint, of those that a type decodes
/// ([`crate::Event::VERSIONS`]); the first of several.
pub fn version_of(versions: &[WriterVersion], rabin: u64) -> Option<&WriterVersion> {
    versions.iter().find(|it| it.rabin == rabin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_splits_into_what_it_was_made_of() {
        let mut out = Vec::new();
        frame(0x0102_0304_0506_0708, &mut out);
        out.extend_from_slice(b"datum");
        assert_eq!(out[..HEADER_BYTES], [0xc3, 1, 8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(split(&out), Ok((0x0102_0304_0506_0708, &b"datum"[..])));
        assert_eq!(
            split(&out[..HEADER_BYTES]),
            Ok((0x0102_0304_0506_0708, &[][..]))
        );
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(split(bytes).unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_value_without_a_header_is_refused() {
        check(&[], "a value of 0 bytes is shorter than the header of 10");
        check(
            &[0xc3],
            "a value of 1 bytes is shorter than the header of 10",
        );
        check(
            &[0xc3, 1, 0, 0, 0, 0, 0, 0, 0],
            "a value of 9 bytes is shorter than the header of 10",
        );
        check(
            &[0xc3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            "the first bytes are 0xc3 0x02, not the marker 0xc3 0x01",
        );
        check(
            &[0, 0, 0, 0, 7, 1],
            "the first bytes are 0x00 0x00, not the marker 0xc3 0x01",
        );
    }

    #[test]
    fn a_version_is_found_by_its_fingerprint() {
        let version = |version, rabin| WriterVersion {
            version,
            schema: "\"int\"",
            references: &[],
            fingerprint: [0; 32],
            rabin,
            md5: [0; 16],
        };
        let versions = [version(1, 7), version(2, 9), version(3, 9)];
        let found = |rabin| version_of(&versions, rabin).map(|it| it.version);
        assert_eq!((found(7), found(9), found(8)), (Some(1), Some(2), None));
    }
}
