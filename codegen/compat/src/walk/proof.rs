//! The walk beside Java's verdict, and a datum for each change that breaks.

use accordant_schema::Schema;

use super::{
    change::{Change, Route, Site, What, Wire},
    pairs::{Spotted, Walk},
};
use crate::{
    java,
    witness::{Leaf, Proof, Prover},
};

/// Every change that keeps `reader` from reading what `writer` wrote, or from
/// getting its meaning, in the order of the reader's text. There is a change
/// that breaks the wire if Java says that the pair is incompatible, or if a
/// datum shows it.
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
        // Java keeps what followed from an assumption that did not hold.
        (None, true) => {
            prove(reader, writer, &mut spotted);
            spotted.retain(|it| !it.change.what.breaks() || it.change.is_proven());
        }
    }
    spotted.into_iter().map(|it| it.change).collect()
}

/// Java caches an assumption that turned out wrong, or has no answer.
fn only_java_sees<'a>(
    reader: &'a Schema,
    writer: &'a Schema,
    found: &java::Incompatibility,
) -> Change<'a> {
    let (what, proof) = match found.kind {
        java::Kind::AmbiguousAlias => {
            let name = found.path.clone();
            let proof = Prover::new(reader, writer).prove(&[], Leaf::Any);
            (Wire::AmbiguousAlias { name }, proof)
        }
        java::Kind::NameMismatch
        | java::Kind::FixedSizeMismatch
        | java::Kind::MissingEnumSymbols
        | java::Kind::ReaderFieldMissingDefaultValue
        | java::Kind::TypeMismatch
        | java::Kind::MissingUnionBranch
        | java::Kind::TooLarge => {
            let message = found.message.clone();
            (Wire::Other { message }, Proof::Unknown)
        }
    };
    Change {
        what: What::Wire(what),
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
        let leaf = match &change.what {
            What::Wire(Wire::MissingSymbols { symbols, .. }) => {
                symbols.first().map_or(Leaf::Any, |it| Leaf::Symbol(it))
            }
            What::Wire(_) => Leaf::Any,
            What::Value(_) => continue,
        };
        change.steps.proof = prover.prove(hops, leaf);
    }
}
