//! What must hold for any writer, reader and bytes: a writer's schema, a zero
//! byte, a reader's, a zero byte, a datum.
//!
//! `ci/fuzz` compiles this file too.

use std::sync::Arc;

use accordant_compat::witness::{self, ReadError};
use accordant_schema::{Schema, contract::UnknownFields, parse};
use accordant_wire::{
    DecodeError, DecodeErrorKind, Limits,
    dynamic::{AvroJson, Plan, PlanError, to_json},
};

/// Small, so that many inputs come near them.
const SMALL: Limits = Limits {
    allocation_bytes_max: 1 << 12,
    depth_max: 20,
    empty_items_max: 300,
};

/// # Panics
/// Something does not hold.
pub(crate) fn check(input: &[u8]) {
    let mut parts = input.splitn(3, |byte| *byte == 0);
    let (Some(writer), Some(reader)) = (schema(parts.next()), schema(parts.next())) else {
        return;
    };
    let bytes = parts.next().unwrap_or_default();
    let plan = match Plan::new(&writer, &reader) {
        Ok(plan) => plan,
        Err(PlanError::TooLarge) => return,
        Err(error) => {
            let proof = witness::decode(&reader, &writer, bytes);
            assert!(proof.is_err(), "{error}, and yet {proof:?}");
            return;
        }
    };
    let small = apply(&plan, bytes, SMALL);
    let large = apply(&plan, bytes, Limits::default());
    if let Ok(small) = &small {
        assert!(small.len() <= SMALL.allocation_bytes_max, "{}", small.len());
        assert_eq!(Ok(small), large.as_ref(), "limits change no datum");
    }
    if let Ok(out) = &large {
        is_of_reader(&reader, out);
    }
    if is_written(&writer, bytes) {
        is_proved(&reader, &writer, bytes, large);
    }
}

fn schema(text: Option<&[u8]>) -> Option<Schema> {
    let text = std::str::from_utf8(text?).ok()?;
    parse(text).ok()
}

/// An error leaves nothing behind.
fn apply(plan: &Plan, bytes: &[u8], limits: Limits) -> Result<Vec<u8>, DecodeError> {
    let mut out = vec![7];
    match plan.apply(bytes, limits, &mut out) {
        Ok(()) => Ok(out.split_off(1)),
        Err(error) => {
            assert_eq!(out, [7], "{error}");
            Err(error)
        }
    }
}

/// What comes out is a datum of the reader, and the same when it is read again.
fn is_of_reader(reader: &Schema, out: &[u8]) {
    let again = Plan::new(reader, reader).map(|plan| apply(&plan, out, Limits::default()));
    // A schema may be ambiguous in its own aliases.
    if let Ok(again) = again {
        match again {
            Ok(again) => assert_eq!(again, out, "read again"),
            Err(error) => assert!(is_limit(&error), "read again: {error}"),
        }
    }
    let codec = AvroJson::new(Arc::new(reader.clone()), UnknownFields::Refuse);
    if let Err(error) = codec.decode(out, Limits::default()) {
        assert!(is_limit(&error), "as JSON: {error}");
    }
    if let Err(error) = to_json(reader, out, Limits::default()) {
        let is_value = matches!(error.kind(), DecodeErrorKind::InvalidLogical { .. });
        assert!(is_value || is_limit(&error), "as plain JSON: {error}");
    }
}

/// Whether an encoder writes it so. What is passed over is only measured, by a
/// block's size where it has one, so that other bytes may be read as anything.
fn is_written(writer: &Schema, bytes: &[u8]) -> bool {
    let value = witness::decode(writer, writer, bytes).ok();
    let again = value.and_then(|it| it.encode(writer).ok());
    again.as_deref() == Some(bytes)
}

/// The reading that is held against Avro Java says the same.
fn is_proved(
    reader: &Schema,
    writer: &Schema,
    bytes: &[u8],
    planned: Result<Vec<u8>, DecodeError>,
) {
    let proof = witness::decode(reader, writer, bytes);
    match (proof, planned) {
        (Err(ReadError::TooLarge), _) => {}
        (Ok(value), Ok(out)) => {
            let again = witness::decode(reader, reader, &out);
            if again != Err(ReadError::Aliases) && again != Err(ReadError::TooLarge) {
                // Compared as texts, where NaN is NaN.
                let again = format!("{:?}", again.expect("a datum of the reader"));
                assert_eq!(again, format!("{value:?}"), "plan and proof");
            }
        }
        (Ok(value), Err(error)) => assert!(is_limit(&error), "{error}, and yet {value:?}"),
        (Err(error), Ok(out)) => panic!("{error}, and yet {out:x?}"),
        (Err(_), Err(_)) => {}
    }
}

fn is_limit(error: &DecodeError) -> bool {
    matches!(
        error.kind(),
        DecodeErrorKind::TooDeep { .. }
            | DecodeErrorKind::TooLarge { .. }
            | DecodeErrorKind::TooManyEmptyItems { .. }
    )
}
