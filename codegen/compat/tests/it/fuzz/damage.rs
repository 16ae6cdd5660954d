//! Bytes from bytes: a few small changes, as a fuzzer makes them.

use crate::generate::Rng;

/// What changes a schema's meaning more often than a random byte does.
const WORDS: [&str; 24] = [
    "null",
    "\"null\"",
    "\"int\"",
    "\"long\"",
    "\"bytes\"",
    "\"string\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"default\":",
    "\"type\":",
    "\"aliases\":[\"a\"],",
    "\"name\":\"a\",",
    "\"namespace\":\"\",",
    "\"logicalType\":\"decimal\",\"precision\":4,",
    "\"order\":\"ignore\",",
    "\"size\":",
    "-1",
    "1e999",
    "\"\\u0000\"",
    "\0",
    "\u{1f600}",
];
const CHANGES_MAX: usize = 4;

pub(crate) fn damaged(rng: &mut Rng, mut bytes: Vec<u8>, others: &[Vec<u8>]) -> Vec<u8> {
    for _ in 0..=rng.below(CHANGES_MAX) {
        let (start, end) = stretch(rng, bytes.len());
        match rng.below(6) {
            0 if !bytes.is_empty() => {
                let at = rng.below(bytes.len());
                bytes[at] ^= 1 << rng.below(8);
            }
            1 => _ = bytes.drain(start..end),
            2 => {
                let copy = bytes[start..end].to_vec();
                bytes.splice(end..end, copy);
            }
            3 => {
                let other = rng.pick(others).clone();
                let (from, to) = stretch(rng, other.len());
                bytes.splice(start..end, other[from..to].iter().copied());
            }
            4 => {
                bytes.push(0);
                let other = rng.pick(others).clone();
                bytes.extend(other);
            }
            _ => {
                let word = rng.pick(&WORDS).bytes();
                bytes.splice(start..start, word);
            }
        }
    }
    bytes
}

/// A place and a later one, not far from it.
fn stretch(rng: &mut Rng, len: usize) -> (usize, usize) {
    let start = rng.below(len + 1);
    let most = (len - start).min(64);
    (start, start + rng.below(most + 1))
}
