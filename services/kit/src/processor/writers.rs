//! What the writer of a datum is to a contract: one of its released versions,
//! another schema of the same name that its type can read by a plan, or
//! nothing.

use std::sync::Arc;

use accordant_schema::{Fingerprint, Limits as SchemaLimits, Schema, canonical_form, parse_with};
use accordant_wire::{DecodeError, Event, Limits, WriterVersion, dynamic::Plan};

/// The versions of a contract that can be decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) contract: &'static str,
    /// The version of the type that is read.
    pub(super) version: u32,
    pub(super) subject: &'static str,
    pub(super) versions: &'static [WriterVersion],
}

/// Who wrote a datum.
#[derive(Debug, Clone)]
pub(super) enum Writer {
    /// A version that has a decoder.
    Version(u32),
    /// A schema that is none of them, brought into the type's own version.
    Planned(Arc<Plan>),
    /// Nothing of the contract.
    Foreign,
}

impl Known {
    pub(super) fn of<E: Event>() -> Known {
        Known {
            contract: E::CONTRACT,
            version: E::VERSION,
            subject: E::SUBJECT,
            versions: E::VERSIONS,
        }
    }

    /// Who writes with a schema. A plan is made only for a schema of the
    /// contract's name: resolution itself would let another contract's events
    /// pass wherever the type has defaults.
    pub(super) fn writer(&self, schema: &Schema) -> Writer {
        let fingerprint = Fingerprint::of(&canonical_form(schema)).0;
        let mut versions = self.versions.iter();
        if let Some(known) = versions.find(|it| it.fingerprint == fingerprint) {
            return Writer::Version(known.version);
        }
        let name = schema.name_of(schema.root).map(|it| it.as_str());
        if name != Some(self.contract) {
            return Writer::Foreign;
        }
        let plan = self
            .own_schema()
            .and_then(|own| Plan::new(schema, &own).ok());
        plan.map_or(Writer::Foreign, |plan| Writer::Planned(Arc::new(plan)))
    }

    fn own_schema(&self) -> Option<Schema> {
        let own = self.versions.iter().find(|it| it.version == self.version)?;
        let references: Vec<&str> = own.references.iter().map(|it| it.schema).collect();
        parse_with(own.schema, &references, &SchemaLimits::default()).ok()
    }
}

/// A planned writer's datum in the form of the type's own version.
pub(super) fn planned(plan: &Plan, datum: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::with_capacity(datum.len());
    plan.apply(datum, Limits::default(), &mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;

    /// The outcome's schema with one text replaced.
    fn changed(from: &str, to: &str) -> Schema {
        let text = Outcome::SCHEMA.replacen(from, to, 1);
        assert_ne!(text, Outcome::SCHEMA);
        accordant_schema::parse(&text).unwrap()
    }

    fn outcome(writer: &Schema, bytes: &[u8]) -> Outcome {
        let Writer::Planned(plan) = Known::of::<Outcome>().writer(writer) else {
            panic!("no plan");
        };
        let datum = planned(&plan, bytes).unwrap();
        Outcome::from_avro(Outcome::VERSION, &datum, Limits::default()).unwrap()
    }

    const FIRST: &str = r#""fields": ["#;

    #[test]
    fn a_released_version_has_its_decoder() {
        let own = accordant_schema::parse(Outcome::SCHEMA).unwrap();
        let writer = Known::of::<Outcome>().writer(&own);
        assert!(matches!(writer, Writer::Version(1)), "{writer:?}");
    }

    /// A field in front that nobody here knows.
    #[test]
    fn a_schema_of_the_name_is_read_by_a_plan() {
        let writer = changed(FIRST, r#""fields": [{"name": "later", "type": "string"},"#);
        let mut bytes = vec![2, b'?'];
        for text in ["id", "app", "contract", "key"] {
            bytes.push(2 * text.len() as u8);
            bytes.extend_from_slice(text.as_bytes());
        }
        // APPLIED, no version, no reasons, an empty topic's first place, no
        // duplicate, the first millisecond.
        bytes.extend_from_slice(&[2, 0, 0, 0, 0, 0, 0, 2]);
        let read = outcome(&writer, &bytes);
        assert_eq!((&*read.event_id, &*read.key), ("id", "key"));
        assert_eq!(read.decided_at.timestamp_millis(), 1);
    }

    #[test]
    fn another_name_or_a_missing_field_is_foreign() {
        let known = Known::of::<Outcome>();
        let named = changed(r#""name": "Outcome""#, r#""name": "Income""#);
        let missing = changed(r#""name": "application""#, r#""name": "applied_by""#);
        for schema in [named, missing] {
            let writer = known.writer(&schema);
            assert!(matches!(writer, Writer::Foreign), "{writer:?}");
        }
    }
}
