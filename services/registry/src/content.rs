//! A schema's content: what makes its identity, and what it parses to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use accordant_schema::{Limits, Schema, java_text, parse_with};
use axum::body::Bytes;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    equivalence::equivalence_text, error::Error, normalize::normalized, store::SchemaRow,
    subject::SchemaId, tags::TagChange,
};

/// A reference as it is stored and served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reference {
    /// The full name that the schema uses; Avro does not need it.
    pub(crate) name: String,
    /// A subject, in the referring schema's context unless qualified.
    pub(crate) subject: String,
    pub(crate) version: i32,
}

/// Everything that makes a schema's identity in its context.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Identity {
    pub(crate) text: String,
    pub(crate) references: Vec<Reference>,
    pub(crate) metadata: Option<Value>,
    pub(crate) rule_set: Option<Value>,
}

/// A stored content; never changes under its id.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) id: SchemaId,
    pub(crate) guid: String,
    pub(crate) identity: Identity,
    /// Filled by the first who needs it.
    parsed: OnceLock<Arc<Parsed>>,
    answers: Mutex<Answers>,
}

/// Bodies that show a content, by what was asked besides its id. They are gone
/// from memory with it.
#[derive(Debug, Default)]
struct Answers {
    bodies: BTreeMap<String, Bytes>,
    bytes: usize,
}

/// A parsed schema and the texts that are made from it.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) schema: Schema,
    /// Avro Java's text, references left short.
    pub(crate) text: String,
    /// Equal for schemas that a look-up takes for each other.
    pub(crate) equivalence: String,
}

impl Identity {
    /// The MD5 digest of all parts, as a UUID: the same in every registry.
    pub(crate) fn guid(&self) -> String {
        let mut digest = Md5::new();
        digest.update(self.text.as_bytes());
        for reference in &self.references {
            digest.update(reference.name.as_bytes());
            digest.update(reference.subject.as_bytes());
            digest.update(reference.version.to_be_bytes());
        }
        for part in [&self.metadata, &self.rule_set].into_iter().flatten() {
            digest.update([1]);
            digest.update(part.to_string().as_bytes());
        }
        uuid::Uuid::from_bytes(digest.finalize().into()).to_string()
    }

    pub(crate) fn row(&self, id: SchemaId, guid: String) -> Result<SchemaRow, Error> {
        let schema_refs = serde_json::to_string(&self.references)
            .map_err(|error| Error::Internal(format!("references of id {id}: {error}")))?;
        Ok(SchemaRow {
            id,
            guid,
            schema_text: self.text.clone(),
            schema_refs,
            metadata: self.metadata.as_ref().map(Value::to_string),
            rule_set: self.rule_set.as_ref().map(Value::to_string),
        })
    }
}

impl Content {
    pub(crate) fn from_row(row: SchemaRow) -> Result<Content, Error> {
        let broken = |what: &str, error: &serde_json::Error| {
            Error::Internal(format!("stored {what} of id {}: {error}", row.id))
        };
        let references =
            serde_json::from_str(&row.schema_refs).map_err(|error| broken("references", &error))?;
        let value = |text: &Option<String>, what| {
            text.as_deref()
                .map(serde_json::from_str)
                .transpose()
                .map_err(|error| broken(what, &error))
        };
        let metadata = value(&row.metadata, "metadata")?;
        let rule_set = value(&row.rule_set, "rules")?;
        Ok(Content {
            id: row.id,
            guid: row.shown_guid().to_owned(),
            identity: Identity {
                text: row.schema_text,
                references,
                metadata,
                rule_set,
            },
            parsed: OnceLock::new(),
            answers: Mutex::default(),
        })
    }

    pub(crate) fn parsed(&self) -> Option<Arc<Parsed>> {
        self.parsed.get().cloned()
    }

    /// Keeps what the content parsed to; whoever came first wins.
    pub(crate) fn keep_parsed(&self, parsed: Arc<Parsed>) -> Arc<Parsed> {
        Arc::clone(self.parsed.get_or_init(|| parsed))
    }

    /// The body for what was asked besides the id.
    pub(crate) fn answer(&self, asked: &str) -> Option<Bytes> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.bodies.get(asked).cloned()
    }

    /// Keeps a body, in place of all others where they would be too many.
    pub(crate) fn keep_answer(&self, asked: String, body: Bytes) {
        let bytes = asked.len() + body.len();
        let bytes_max = self.answers_bytes_max();
        if bytes > bytes_max {
            return;
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.bytes + bytes > bytes_max {
            *answers = Answers::default();
        }
        answers.bytes += bytes;
        answers.bodies.insert(asked, body);
    }

    fn answers_bytes_max(&self) -> usize {
        4_096 + 2 * self.identity.text.len()
    }

    /// An estimate of the memory that it takes, parsed schema and answers
    /// included.
    pub(crate) fn weight_bytes(&self) -> u32 {
        const PER_TEXT_BYTE: usize = 12;
        const FIXED: usize = 1_024;
        let meta = |value: &Option<Value>| value.as_ref().map_or(0, |it| it.to_string().len());
        let bytes = FIXED
            + self.answers_bytes_max()
            + self.identity.text.len() * PER_TEXT_BYTE
            + self.identity.references.len() * 256
            + meta(&self.identity.metadata)
            + meta(&self.identity.rule_set);
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }
}

/// In which form a schema is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    AsSent,
    Normalized,
}

/// Parses a schema over the texts of its references, each after those that it
/// needs, and changes its tags.
pub(crate) fn parse(
    text: &str,
    references: &[&str],
    limits: &Limits,
    form: Form,
    tags: &TagChange,
) -> Result<Parsed, String> {
    let mut schema =
        parse_with(text, references, limits).map_err(|problems| details(text, &problems))?;
    tags.apply(&mut schema)?;
    let schema = match form {
        Form::AsSent => schema,
        Form::Normalized => normalized(schema),
    };
    let text = java_text(&schema, false);
    let equivalence = equivalence_text(&schema);
    Ok(Parsed {
        schema,
        text,
        equivalence,
    })
}

/// The first problems with their places, in one line.
fn details(text: &str, problems: &[accordant_schema::Problem]) -> String {
    const SHOWN_MAX: usize = 5;
    let mut shown: Vec<String> = problems
        .iter()
        .take(SHOWN_MAX)
        .map(|problem| match problem.span {
            Some(span) => {
                let at = accordant_schema::position(text, span.start);
                format!(
                    "{} (line {}, column {})",
                    problem.message, at.line, at.column
                )
            }
            None => problem.message.clone(),
        })
        .collect();
    if problems.len() > SHOWN_MAX {
        shown.push(format!("{} more", problems.len() - SHOWN_MAX));
    }
    shown.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(text: &str) -> Identity {
        Identity {
            text: text.to_owned(),
            references: vec![],
            metadata: None,
            rule_set: None,
        }
    }

    #[test]
    fn the_guid_is_the_digest_of_the_text_as_other_registries_make_it() {
        assert_eq!(
            identity("\"string\"").guid(),
            "095d71cf-1255-6b9d-5e33-0ad575b3df5d"
        );
    }

    #[test]
    fn answers_in_memory_have_a_bound() {
        let row = identity("\"int\"").row(SchemaId(1), String::new()).unwrap();
        let content = Content::from_row(row).unwrap();
        let body = Bytes::from(vec![b'x'; 1_000]);
        for number in 0..4 {
            content.keep_answer(number.to_string(), body.clone());
        }
        assert_eq!(content.answer("0"), Some(body.clone()));
        content.keep_answer("4".to_owned(), body.clone());
        assert_eq!(
            (content.answer("0"), content.answer("4")),
            (None, Some(body))
        );
        content.keep_answer("large".to_owned(), Bytes::from(vec![b'x'; 5_000]));
        assert_eq!(content.answer("large"), None);
    }

    #[test]
    fn each_part_changes_the_guid() {
        let reference = |version| Reference {
            name: "M".to_owned(),
            subject: "m".to_owned(),
            version,
        };
        let mut guids = vec![identity("\"int\"").guid()];
        for (references, metadata, rule_set) in [
            (vec![reference(1)], None, None),
            (vec![reference(2)], None, None),
            (
                vec![],
                Some(serde_json::json!({"properties": {"a": "b"}})),
                None,
            ),
            (vec![], None, Some(serde_json::json!({"domainRules": []}))),
        ] {
            guids.push(
                Identity {
                    references,
                    metadata,
                    rule_set,
                    ..identity("\"int\"")
                }
                .guid(),
            );
        }
        let count = guids.len();
        guids.sort();
        guids.dedup();
        assert_eq!(guids.len(), count);
    }
}
