//! Changes that decode and mean something else. Java sees none of them.

use accordant_schema::{Kind, Logical, Node};

use super::change::{Value, logical_name};

/// What changes in the meaning of a value when `reader` reads what `writer`
/// wrote. Both are of one type, or the reader's promotes the writer's.
pub(super) fn value_change(reader: &Node, writer: &Node) -> Option<Value> {
    match (reader.logical, writer.logical) {
        (None, None) => promotion(&reader.kind, &writer.kind),
        (Some(reader_logical), Some(writer_logical)) => logical(reader_logical, writer_logical),
        (reader, writer) => Some(Value::Logical {
            reader: reader.map(logical_name),
            writer: writer.map(logical_name),
        }),
    }
}

fn logical(reader: Logical, writer: Logical) -> Option<Value> {
    if let (
        Logical::Decimal {
            precision: reader_precision,
            scale: reader_scale,
        },
        Logical::Decimal {
            precision: writer_precision,
            scale: writer_scale,
        },
    ) = (reader, writer)
    {
        if reader_scale != writer_scale {
            return Some(Value::Scale {
                reader: reader_scale,
                writer: writer_scale,
            });
        }
        return (reader_precision < writer_precision).then_some(Value::Precision {
            reader: reader_precision,
            writer: writer_precision,
        });
    }
    if reader == writer {
        return None;
    }
    match (unit(reader), unit(writer)) {
        (Some((reader_family, reader_unit)), Some((writer_family, writer_unit)))
            if reader_family == writer_family =>
        {
            Some(Value::TimeUnit {
                reader: reader_unit,
                writer: writer_unit,
            })
        }
        _ => Some(Value::Logical {
            reader: Some(logical_name(reader)),
            writer: Some(logical_name(writer)),
        }),
    }
}

/// Family and unit of a logical type that counts time.
fn unit(logical: Logical) -> Option<(&'static str, &'static str)> {
    match logical {
        Logical::TimeMillis => Some(("time", "milliseconds")),
        Logical::TimeMicros => Some(("time", "microseconds")),
        Logical::TimestampMillis => Some(("timestamp", "milliseconds")),
        Logical::TimestampMicros => Some(("timestamp", "microseconds")),
        Logical::TimestampNanos => Some(("timestamp", "nanoseconds")),
        Logical::LocalTimestampMillis => Some(("local-timestamp", "milliseconds")),
        Logical::LocalTimestampMicros => Some(("local-timestamp", "microseconds")),
        Logical::LocalTimestampNanos => Some(("local-timestamp", "nanoseconds")),
        Logical::Decimal { .. }
        | Logical::BigDecimal
        | Logical::Uuid
        | Logical::Date
        | Logical::Duration => None,
    }
}

fn promotion(reader: &Kind, writer: &Kind) -> Option<Value> {
    match (reader, writer) {
        (Kind::Float, Kind::Int) => Some(Value::Precise {
            reader: "float",
            writer: "int",
        }),
        (Kind::Float, Kind::Long) => Some(Value::Precise {
            reader: "float",
            writer: "long",
        }),
        (Kind::Double, Kind::Long) => Some(Value::Precise {
            reader: "double",
            writer: "long",
        }),
        (Kind::String, Kind::Bytes) => Some(Value::BytesAsString),
        _ => None,
    }
}
