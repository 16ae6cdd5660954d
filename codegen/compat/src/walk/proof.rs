//! The walk beside Java's verdict, and a datum for each change that breaks.

use accordant_schema::Schema;

use super::{
    change::{Change, Route, Site, What},
    pairs::{Spotted, Walk},
};
use crate::{
    java,
    witness::{Leaf, Proof, Prover, witness},
};

/// Every change that keeps `reader` from reading what `writer` wrote, or from
/// getting its meaning, in the order of the reader's text. There is a change
/// that breaks the wire exactly if Java says that the pair is incompatible.
pub(crate) fn changes<'a>(reader: &'a Schema, writer: &'a Schema) -> Vec<Change<'a>> {
    let verdict = java::check(reader, writer);
    let mut walk = Walk::new(reader, writer);
    walk.run();
    let mut spotted = walk.changes;
    let breaks = spotted.iter().any(|it| it.change.what.breaks());
    match (verdict.first(), breaks) {
        (Some(_), true) => prove(reader, writer, &mut spotted),
        (None, false) => {}
        (Some(first), false) => spotted.push(Spotted {
            change: only_java_sees(reader, writer, first),
            hops: Vec::new(),
        }),
        (None, true) => spotted.retain(|it| !it.change.what.breaks()),
    }
    spotted.into_iter().map(|it| it.change).collect()
}

/// Java caches an assumption that turned out wrong, or has no answer.
fn only_java_sees<'a>(
    reader: &'a Schema,
    writer: &'a Schema,
    found: &java::Incompatibility,
) -> Change<'a> {
    let what = match found.kind {
        java::Kind::AmbiguousAlias => What::AmbiguousAlias {
            name: found.path.clone(),
        },
        java::Kind::NameMismatch
        | java::Kind::FixedSizeMismatch
        | java::Kind::MissingEnumSymbols
        | java::Kind::ReaderFieldMissingDefaultValue
        | java::Kind::TypeMismatch
        | java::Kind::MissingUnionBranch => What::Other {
            message: format!("{}: {} at {}", found.kind, found.message, found.location),
        },
        java::Kind::TooLarge => What::Other {
            message: found.message.clone(),
        },
    };
    let proof = if found.kind == java::Kind::TooLarge {
        Proof::Unknown
    } else {
        match witness(reader, writer) {
            Some(witness) => Proof::Fails(Box::new(witness)),
            None => Prover::new(reader, writer).prove(&[], Leaf::Any),
        }
    };
    Change {
        what,
        steps: Route {
            steps: Vec::new(),
            proof,
        },
        reader: Site {
            span: found.reader_span,
            source: found.reader_source,
        },
        writer: Site {
            span: found.writer_span,
            source: found.writer_source,
        },
    }
}

/// Sends a datum to every change that breaks the wire.
fn prove(reader: &Schema, writer: &Schema, spotted: &mut [Spotted<'_>]) {
    let mut prover = Prover::new(reader, writer);
    for Spotted { change, hops } in spotted {
        if change.what.breaks() {
            let leaf = match &change.what {
                What::MissingSymbols { symbols, .. } => {
                    symbols.first().map_or(Leaf::Any, |it| Leaf::Symbol(it))
                }
                What::Type { .. }
                | What::MissingField { .. }
                | What::MissingBranch { .. }
                | What::Name { .. }
                | What::Size { .. }
                | What::AmbiguousAlias { .. }
                | What::Other { .. }
                | What::Scale { .. }
                | What::Precision { .. }
                | What::TimeUnit { .. }
                | What::Logical { .. }
                | What::Precise { .. }
                | What::BytesAsString => Leaf::Any,
            };
            change.steps.proof = prover.prove(hops, leaf);
        }
    }
}
