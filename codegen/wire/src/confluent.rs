//! Confluent's framing: a zero byte, the schema's id in four bytes, the datum.

use crate::SchemaId;

pub use crate::frame::FrameError;

/// The first byte of every framed value.
pub const MAGIC: u8 = 0;

/// Bytes before the datum.
pub const HEADER_BYTES: usize = 5;

/// Appends the header; the datum comes after it.
pub fn frame(id: SchemaId, out: &mut Vec<u8>) {
    out.push(MAGIC);
    out.extend_from_slice(&id.0.to_be_bytes());
}

/// The schema's id and the datum of a framed value.
///
/// # Errors
/// It has no such header.
pub fn split(bytes: &[u8]) -> Result<(SchemaId, &[u8]), FrameError> {
    match bytes {
        [MAGIC, a, b, c, d, datum @ ..] => {
            Ok((SchemaId(i32::from_be_bytes([*a, *b, *c, *d])), datum))
        }
        [first, ..] if *first != MAGIC => Err(FrameError::Magic(*first)),
        _ => Err(FrameError::TooShort {
            bytes: bytes.len(),
            header_bytes: HEADER_BYTES,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_splits_into_what_it_was_made_of() {
        let mut out = Vec::new();
        frame(SchemaId(0x0102_0304), &mut out);
        out.extend_from_slice(b"datum");
        assert_eq!(out[..5], [0, 1, 2, 3, 4]);
        assert_eq!(split(&out), Ok((SchemaId(0x0102_0304), &b"datum"[..])));
    }

    #[test]
    fn a_value_without_a_header_is_refused() {
        let too_short = |bytes| FrameError::TooShort {
            bytes,
            header_bytes: 5,
        };
        assert_eq!(split(&[]), Err(too_short(0)));
        assert_eq!(split(&[0, 0, 0, 1]), Err(too_short(4)));
        assert_eq!(split(b"{\"a\":1}"), Err(FrameError::Magic(b'{')));
    }
}
