//! What must hold for any bytes at all. A schema, or two with a zero byte
//! between them: a reader and a writer.
//!
//! `ci/fuzz` compiles this file too.

use accordant_compat::{diff, java, witness::witness};
use accordant_schema::{Problem, Schema, canonical_form, format, parse, position};

/// # Panics
/// Something does not hold.
pub(crate) fn schema(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (reader, writer) = text.split_once('\0').unwrap_or((text, text));
    let (reader, writer) = (alone(reader), alone(writer));
    if let (Some(reader), Some(writer)) = (reader, writer) {
        together(&reader, &writer);
        together(&writer, &reader);
    }
}

fn alone(text: &str) -> Option<Schema> {
    let laid_out = format(text);
    if let Ok(laid_out) = &laid_out {
        let again = format(laid_out).expect("a layout can be laid out");
        assert_eq!(&again, laid_out, "laid out twice");
    }
    let schema = match parse(text) {
        Ok(schema) => schema,
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            problems.iter().for_each(|it| points_into(text, it));
            return None;
        }
    };
    let canonical = canonical_form(&schema);
    let laid_out = laid_out.expect("what is a schema can be laid out");
    let again = parse(&laid_out).expect("a layout is a schema still");
    assert_eq!(canonical_form(&again), canonical, "laid out");
    // Nothing is lost; only the order of attributes is the layout's own.
    if let Ok(values) = serde_json::from_str::<serde_json::Value>(text) {
        let laid_out: serde_json::Value = serde_json::from_str(&laid_out).expect("it is JSON");
        assert_eq!(laid_out, values, "laid out");
    }
    // A name without a namespace takes that of the type around it when it is
    // read again: the form has no way to say otherwise.
    let mut names = schema.names.keys();
    if names.all(|it| it.as_str().contains('.')) {
        let bare = parse(&canonical).expect("a canonical form is a schema");
        assert_eq!(canonical_form(&bare), canonical, "canonical twice");
    }
    let found = java::check(&schema, &schema);
    let differs = found.iter().find(|it| !it.kind.is_exception());
    assert!(differs.is_none(), "against itself: {differs:?}");
    // Aliases that are ambiguous are so against any schema.
    if found.is_empty() {
        assert_eq!(diff(&schema, &schema), [], "against itself");
    }
    Some(schema)
}

/// Both ways end, whatever they say; what says "no" can show it.
fn together(reader: &Schema, writer: &Schema) {
    let _verdict = java::check(reader, writer);
    let _changes = diff(writer, reader);
    if let Some(witness) = witness(reader, writer) {
        let read = accordant_compat::witness::decode(reader, writer, &witness.bytes);
        assert!(read.is_err(), "the witness {} was read", witness.hex());
    }
}

fn points_into(text: &str, problem: &Problem) {
    if let Some(span) = problem.span {
        assert!(
            span.start <= span.end && span.end <= text.len(),
            "{problem:?}"
        );
        let at = position(text, span.start);
        assert!(at.line >= 1 && at.column >= 1, "{problem:?}");
    }
}
