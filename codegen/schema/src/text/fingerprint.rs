//! Fingerprints of texts: the three that the specification names.

use std::fmt;

use md5::Md5;
use sha2::{Digest, Sha256};

/// SHA-256 over a text, shown as hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of any text.
    pub fn of(text: &str) -> Fingerprint {
        Fingerprint::of_bytes(text.as_bytes())
    }

    /// Of any bytes.
    pub fn of_bytes(bytes: &[u8]) -> Fingerprint {
        Fingerprint(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// MD5 over a text: the 16-byte fingerprint of the specification, for tools that
/// know a schema by it. It does not withstand forgery; use [`Fingerprint`] where
/// that matters.
///
/// ```
/// let md5 = accordant_schema::md5("\"int\"");
/// assert_eq!(md5[..4], [0xef, 0x52, 0x4e, 0xa1]);
/// ```
pub fn md5(text: &str) -> [u8; 16] {
    Md5::digest(text.as_bytes()).into()
}

/// The seed of CRC-64-AVRO, as the specification gives it.
const RABIN_EMPTY: u64 = 0xc15d_213a_a4d7_a795;

/// CRC-64-AVRO (Rabin) over a text: the fingerprint of single-object encoding.
///
/// ```
/// // The specification's own vector.
/// assert_eq!(accordant_schema::rabin("\"int\""), 0x7275_d51a_3f39_5c8f);
/// ```
pub fn rabin(text: &str) -> u64 {
    text.bytes().fold(RABIN_EMPTY, |fingerprint, byte| {
        (fingerprint >> 8) ^ RABIN_TABLE[usize::from((fingerprint as u8) ^ byte)]
    })
}

const RABIN_TABLE: [u64; 256] = rabin_table();

const fn rabin_table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u64;
        let mut bit = 0;
        while bit < 8 {
            value = (value >> 1) ^ (RABIN_EMPTY & (value & 1).wrapping_neg());
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rabin_expected: u64, md5_expected: u128, sha256_expected: &str) {
        assert_eq!(rabin(text), rabin_expected, "{:x}", rabin(text));
        assert_eq!(u128::from_be_bytes(md5(text)), md5_expected);
        assert_eq!(Fingerprint::of(text).to_string(), sha256_expected);
    }

    /// Vectors of Avro's `schema-tests.txt`, and `md5sum` and `sha256sum` of the
    /// same texts.
    #[test]
    fn fingerprints_equal_the_published_vectors() {
        check(
            "\"null\"",
            7_195_948_357_588_979_594,
            0x9b41_ef67_651c_1848_8a8b_08bb_67c7_5699,
            "f072cbec3bf8841871d4284230c5e983dc211a56837aed862487148f947d1a1f",
        );
        check(
            "\"int\"",
            8_247_732_601_305_521_295,
            0xef52_4ea1_b91e_7317_3d93_8ade_36c1_db32,
            "3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45",
        );
    }
}
