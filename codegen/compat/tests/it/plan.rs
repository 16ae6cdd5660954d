//! The run-time plan beside the reading of a proof, which is held against Avro
//! Java: the same datum, or an error of both.

use accordant_compat::witness::{ReadError, decode};
use accordant_schema::{Schema, parse};
use accordant_wire::{Decode, DecodeError, Limits, Reader, dynamic::Plan};

use crate::generate::{Rng, datum, pair};

const PAIRS: usize = 3_000;
const DATA_A_PAIR: usize = 3;

/// A datum as it is, whatever it is.
struct Raw(Vec<u8>);

impl Decode for Raw {
    fn decode(reader: &mut Reader<'_>) -> Result<Raw, DecodeError> {
        reader
            .take(reader.remaining())
            .map(|bytes| Raw(bytes.to_vec()))
    }
}

/// Whether both give the same; what differs is the error.
pub(crate) fn compare(reader: &Schema, writer: &Schema, bytes: &[u8]) -> Result<(), String> {
    let proof = decode(reader, writer, bytes);
    let planned = planned(reader, writer, bytes);
    match (&proof, &planned) {
        (Err(ReadError::TooLarge), _) | (Err(_), Err(_)) => Ok(()),
        // Compared as texts, where NaN is NaN.
        (Ok(value), Ok(out)) => {
            let again = decode(reader, reader, out);
            let (value, again) = (format!("Ok({value:?})"), format!("{again:?}"));
            (value == again)
                .then_some(())
                .ok_or_else(|| format!("{bytes:x?}: plan {out:x?} {again}\n  proof {value}"))
        }
        _ => Err(format!("{bytes:x?}: plan {planned:?}\n  proof {proof:?}")),
    }
}

/// What the plan makes of a datum.
fn planned(reader: &Schema, writer: &Schema, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let plan = Plan::new(writer, reader).map_err(|error| error.to_string())?;
    let mut out = vec![7];
    let applied = plan.apply(bytes, Limits::default(), &mut out);
    let applied = applied.map(|()| out.split_off(1));
    let read = plan.decode(bytes, Limits::default(), &mut Vec::new());
    is_read_alike(reader, &applied, read);
    applied.map_err(|error| error.to_string())
}

/// Who decodes at once gets the same bytes, or ones that no reader takes.
fn is_read_alike(
    reader: &Schema,
    applied: &Result<Vec<u8>, DecodeError>,
    read: Result<Raw, DecodeError>,
) {
    match (applied, read) {
        (Ok(bytes), Ok(Raw(read))) if *bytes == read => {}
        (Err(error), Err(read)) if *error == read => {}
        (Err(_), Ok(Raw(read))) if decode(reader, reader, &read).is_err() => {}
        (applied, read) => {
            let read = read.map(|it| it.0);
            panic!("applied {applied:x?}, and read {read:x?}")
        }
    }
}

#[test]
fn the_plan_reads_what_the_proof_reads() {
    let mut rng = Rng::new(1);
    let mut compared = 0;
    for _ in 0..PAIRS {
        let seed = rng.next();
        let texts = pair(seed);
        let (Ok(reader), Ok(writer)) = (parse(&texts.reader), parse(&texts.writer)) else {
            continue;
        };
        let mut rng = Rng::new(seed);
        for _ in 0..DATA_A_PAIR {
            let Some(datum) = datum(&mut rng, &writer) else {
                continue;
            };
            let bytes = datum.encode(&writer).expect("the datum is of the schema");
            if let Err(difference) = compare(&reader, &writer, &bytes) {
                panic!("{difference}\n  of seed {seed}: {texts:#?}");
            }
            compared += 1;
            // However it is damaged, there is an answer, and one only.
            let cut = rng.below(bytes.len() + 1);
            let _ = planned(&reader, &writer, &bytes[..cut]);
            let mut damaged = bytes;
            if let Some(byte) = damaged.get_mut(cut) {
                *byte ^= 1 << rng.below(8);
                let _ = planned(&reader, &writer, &damaged);
            }
        }
    }
    assert!(compared > PAIRS, "{compared} data");
}

#[test]
fn what_is_given_up_half_done_is_an_error_of_both() {
    // While `a.Node` is tried for a `b.Node`, it is met once more within itself.
    let link = r#"{"type": "record", "name": "Link", "fields": [
        {"name": "back", "type": ["null", "a.Node"]}]}"#;
    let reader = format!(
        r#"[{{"type": "record", "name": "a.Node", "fields": [
                {{"name": "link", "type": {link}}}, {{"name": "more", "type": "int"}}]}},
            {{"type": "record", "name": "b.Node", "fields": [
                {{"name": "link", "type": "a.Link"}}]}}]"#
    );
    let writer = r#"{"type": "record", "name": "b.Node", "fields": [{"name": "link", "type":
        {"type": "record", "name": "a.Link", "fields": [
            {"name": "back", "type": ["null", "b.Node"]}]}}]}"#;
    let schema = |text: &str| parse(text).expect("the schema of a test case parses");
    let (reader, writer) = (schema(&reader), schema(writer));
    for bytes in [&[0][..], &[2, 0], &[2, 2, 0]] {
        compare(&reader, &writer, bytes).expect("the plan does as the proof does");
    }
    assert!(decode(&reader, &writer, &[0]).is_ok());
    assert!(decode(&reader, &writer, &[2, 0]).is_err());
}
