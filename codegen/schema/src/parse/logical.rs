//! Logical types. One that is unknown or on the wrong base is ignored, as the
//! specification says; its attributes stay props.

use crate::{
    Kind, Logical, Node,
    json::{Json, Value},
};

/// The logical type of a node whose kind and props are complete.
pub(super) fn logical(node: &Node) -> Option<Logical> {
    let prop = |name: &str| {
        node.props
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, json)| json)
    };
    let name = prop("logicalType")?.as_str()?;
    let logical = match (name, &node.kind) {
        ("decimal", Kind::Bytes) => decimal(prop("precision"), prop("scale"), u64::MAX)?,
        ("decimal", Kind::Fixed(fixed)) => {
            decimal(prop("precision"), prop("scale"), digits_max(fixed.size))?
        }
        ("big-decimal", Kind::Bytes) => Logical::BigDecimal,
        ("uuid", Kind::String) => Logical::Uuid,
        ("uuid", Kind::Fixed(fixed)) if fixed.size == 16 => Logical::Uuid,
        ("date", Kind::Int) => Logical::Date,
        ("time-millis", Kind::Int) => Logical::TimeMillis,
        ("time-micros", Kind::Long) => Logical::TimeMicros,
        ("timestamp-millis", Kind::Long) => Logical::TimestampMillis,
        ("timestamp-micros", Kind::Long) => Logical::TimestampMicros,
        ("timestamp-nanos", Kind::Long) => Logical::TimestampNanos,
        ("local-timestamp-millis", Kind::Long) => Logical::LocalTimestampMillis,
        ("local-timestamp-micros", Kind::Long) => Logical::LocalTimestampMicros,
        ("local-timestamp-nanos", Kind::Long) => Logical::LocalTimestampNanos,
        ("duration", Kind::Fixed(fixed)) if fixed.size == 12 => Logical::Duration,
        _ => return None,
    };
    Some(logical)
}

fn decimal(precision: Option<&Json>, scale: Option<&Json>, digits_max: u64) -> Option<Logical> {
    let precision = whole(precision?)?;
    let scale = match scale {
        Some(scale) => whole(scale)?,
        None => 0,
    };
    let is_valid = precision >= 1 && scale <= precision && u64::from(precision) <= digits_max;
    is_valid.then_some(Logical::Decimal { precision, scale })
}

/// A whole number that Java's `int` holds.
fn whole(json: &Json) -> Option<u32> {
    let Value::Number(text) = &json.value else {
        return None;
    };
    text.parse::<i32>()
        .ok()
        .and_then(|number| u32::try_from(number).ok())
}

/// Decimal digits that two's complement of so many bytes holds in any case:
/// floor(log10(2^(8 * size - 1) - 1)).
fn digits_max(size: usize) -> u64 {
    if size == 0 {
        return 0;
    }
    // No power of two is a power of ten, so subtracting one changes nothing.
    ((8.0 * size as f64 - 1.0) * std::f64::consts::LOG10_2).floor() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Logical>) {
        let schema = crate::parse(text).expect("the schema itself is valid");
        assert_eq!(schema.root().logical, expected);
        // Valid or not, nothing is lost.
        assert!(
            schema
                .root()
                .props
                .iter()
                .any(|(key, _)| key == "logicalType")
        );
    }

    #[test]
    fn a_logical_type_needs_its_base_type() {
        check(
            r#"{"type":"int","logicalType":"date"}"#,
            Some(Logical::Date),
        );
        check(r#"{"type":"long","logicalType":"date"}"#, None);
        check(
            r#"{"type":"string","logicalType":"uuid"}"#,
            Some(Logical::Uuid),
        );
        check(r#"{"type":"int","logicalType":"uuid"}"#, None);
        check(
            r#"{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}"#,
            Some(Logical::Uuid),
        );
        check(
            r#"{"type":"fixed","name":"F","size":15,"logicalType":"uuid"}"#,
            None,
        );
        check(
            r#"{"type":"fixed","name":"F","size":12,"logicalType":"duration"}"#,
            Some(Logical::Duration),
        );
        check(r#"{"type":"long","logicalType":"moon-phase"}"#, None);
        check(r#"{"type":"long","logicalType":3}"#, None);
    }

    #[test]
    fn a_decimal_needs_digits_that_fit() {
        let bytes = |rest: &str| format!(r#"{{"type":"bytes","logicalType":"decimal"{rest}}}"#);
        let decimal = |precision, scale| Some(Logical::Decimal { precision, scale });
        check(&bytes(r#","precision":4,"scale":2"#), decimal(4, 2));
        check(&bytes(r#","precision":4"#), decimal(4, 0));
        check(&bytes(r#","precision":4,"scale":4"#), decimal(4, 4));
        check(&bytes(r#","precision":4,"scale":5"#), None);
        check(&bytes(r#","precision":4,"scale":-1"#), None);
        check(&bytes(r#","precision":0"#), None);
        check(&bytes(r#","precision":4.0"#), None);
        check(&bytes(r#","precision":"4""#), None);
        check(&bytes(""), None);
        let fixed = |size: usize, precision: u32| {
            format!(
                r#"{{"type":"fixed","name":"F","size":{size},"logicalType":"decimal","precision":{precision}}}"#
            )
        };
        check(&fixed(1, 2), decimal(2, 0));
        check(&fixed(1, 3), None);
        check(&fixed(4, 9), decimal(9, 0));
        check(&fixed(4, 10), None);
        check(&fixed(16, 38), decimal(38, 0));
        check(&fixed(16, 39), None);
    }
}
