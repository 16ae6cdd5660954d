//! Values of any size in a datum of few and chosen ones.

use accordant_compat::witness::Value;

use super::Rng;

/// So many of its values are changed, in a hundred.
const CHANGED_IN_100: usize = 60;
const TEXT_CHARACTERS_MAX: usize = 40;
const BYTES_MAX: usize = 70;
/// From ASCII, Latin-1, the rest of the first plane without surrogates, and
/// what needs four bytes.
const CHARACTERS: [(u32, u32); 4] = [
    (0, 0x7f),
    (0x80, 0xff),
    (0x100, 0xd7ff),
    (0x1_0000, 0x1_f9ff),
];

/// Recursive on the datum, which its generator bounds.
pub(in crate::codec) fn vary(rng: &mut Rng, value: &mut Value) {
    match value {
        Value::Array(values) | Value::Record(values) => {
            values.iter_mut().for_each(|it| vary(rng, it));
        }
        Value::Map(entries) => {
            for (at, (key, value)) in entries.iter_mut().enumerate() {
                if rng.coin() {
                    // The number keeps keys apart.
                    *key = format!("{at}{}", text(rng));
                }
                vary(rng, value);
            }
            // As our encoders write them; Java keeps their order.
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        Value::Union(_, value) => vary(rng, value),
        leaf => {
            if rng.below(100) < CHANGED_IN_100 {
                change(rng, leaf);
            }
        }
    }
}

fn change(rng: &mut Rng, leaf: &mut Value) {
    match leaf {
        Value::Int(it) => *it = (rng.next() as i32) >> rng.below(32),
        Value::Long(it) => *it = (rng.next() as i64) >> rng.below(64),
        // Of NaN there is one only that every language keeps.
        Value::Float(it) => {
            *it = Some(f32::from_bits(rng.next() as u32))
                .filter(|it| !it.is_nan())
                .unwrap_or(0.1);
        }
        Value::Double(it) => {
            *it = Some(f64::from_bits(rng.next()))
                .filter(|it| !it.is_nan())
                .unwrap_or(0.1);
        }
        Value::Bytes(it) => {
            *it = (0..rng.below(BYTES_MAX))
                .map(|_| rng.below(256) as u8)
                .collect();
        }
        Value::String(it) => *it = text(rng),
        Value::Null
        | Value::Boolean(_)
        | Value::Fixed(_)
        | Value::Enum(_)
        | Value::Array(_)
        | Value::Map(_)
        | Value::Record(_)
        | Value::Union(..) => {}
    }
}

fn text(rng: &mut Rng) -> String {
    let characters = (0..rng.below(TEXT_CHARACTERS_MAX)).map(|_| {
        let (first, last) = *rng.pick(&CHARACTERS);
        let code = first + rng.below((last - first + 1) as usize) as u32;
        char::from_u32(code).expect("no surrogate is among them")
    });
    characters.collect()
}
