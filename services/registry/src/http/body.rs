//! Bodies of requests and answers, in the order in which Confluent writes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    content::{Form, Reference},
    error::Error,
    ops::{Candidate, Stored},
    subject::{SchemaId, SubjectName, Version},
};

/// The body of a registration, a look-up or a check. Unknown keys are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaRequest {
    schema: Option<String>,
    schema_type: Option<String>,
    references: Option<Vec<ReferenceRequest>>,
    metadata: Option<Value>,
    rule_set: Option<Value>,
    id: Option<i32>,
    version: Option<i32>,
}

#[derive(Debug, Deserialize)]
struct ReferenceRequest {
    name: Option<String>,
    subject: Option<String>,
    version: Option<i32>,
}

impl SchemaRequest {
    /// Only Avro is taken.
    pub(crate) fn candidate(self, form: Form) -> Result<Candidate, Error> {
        match self.schema_type.as_deref() {
            None | Some("" | "AVRO") => {}
            Some(other) => {
                return Err(Error::SchemaInvalid(format!("Invalid schema type {other}")));
            }
        }
        let mut references = Vec::new();
        for reference in self.references.unwrap_or_default() {
            let (Some(name), Some(subject), Some(version)) =
                (reference.name, reference.subject, reference.version)
            else {
                return Err(Error::schema_invalid(
                    "a reference needs a name, a subject and a version",
                ));
            };
            references.push(Reference {
                name,
                subject,
                version,
            });
        }
        Ok(Candidate {
            text: self.schema.unwrap_or_default(),
            references,
            form,
            metadata: self.metadata,
            rule_set: self.rule_set,
            id: self.id.filter(|id| *id >= 0),
            version: self.version,
        })
    }
}

/// The answer to a registration.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterBody<'a> {
    id: SchemaId,
    version: Version,
    guid: &'a str,
    schema_type: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    references: &'a [Reference],
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_set: Option<&'a Value>,
    schema: &'a str,
}

impl<'a> RegisterBody<'a> {
    pub(crate) fn of(stored: &'a Stored) -> RegisterBody<'a> {
        let identity = &stored.content.identity;
        RegisterBody {
            id: stored.row.id,
            version: stored.row.version,
            guid: &stored.content.guid,
            schema_type: AVRO,
            references: &identity.references,
            metadata: identity.metadata.as_ref(),
            rule_set: identity.rule_set.as_ref(),
            schema: &identity.text,
        }
    }
}

/// A version of a subject. A look-up leaves out the last two.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VersionBody<'a> {
    subject: String,
    version: Version,
    id: SchemaId,
    guid: &'a str,
    schema_type: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    references: &'a [Reference],
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_set: Option<&'a Value>,
    schema: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
}

impl<'a> VersionBody<'a> {
    pub(crate) fn of(stored: &'a Stored) -> VersionBody<'a> {
        let identity = &stored.content.identity;
        VersionBody {
            subject: stored.row.subject_name().to_string(),
            version: stored.row.version,
            id: stored.row.id,
            guid: &stored.content.guid,
            schema_type: AVRO,
            references: &identity.references,
            metadata: identity.metadata.as_ref(),
            rule_set: identity.rule_set.as_ref(),
            schema: &identity.text,
            ts: Some(stored.row.created_ms),
            deleted: Some(stored.row.deleted),
        }
    }

    /// With another form of the same schema.
    pub(crate) fn with_schema(self, schema: &'a str) -> VersionBody<'a> {
        VersionBody { schema, ..self }
    }

    /// As a look-up answers.
    pub(crate) fn lookup(stored: &'a Stored) -> VersionBody<'a> {
        VersionBody {
            ts: None,
            deleted: None,
            ..VersionBody::of(stored)
        }
    }
}

/// A schema by its id; by its guid without subject and version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Version>,
    guid: &'a str,
    schema_type: &'static str,
    schema: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    references: &'a [Reference],
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_set: Option<&'a Value>,
    ts: i64,
    deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_id: Option<SchemaId>,
}

impl<'a> SchemaBody<'a> {
    pub(crate) fn of(stored: &'a Stored) -> SchemaBody<'a> {
        let identity = &stored.content.identity;
        SchemaBody {
            subject: Some(stored.row.subject_name().to_string()),
            version: Some(stored.row.version),
            guid: &stored.content.guid,
            schema_type: AVRO,
            schema: &identity.text,
            references: &identity.references,
            metadata: identity.metadata.as_ref(),
            rule_set: identity.rule_set.as_ref(),
            ts: stored.row.created_ms,
            deleted: stored.row.deleted,
            max_id: None,
        }
    }

    /// With another form of the same schema.
    pub(crate) fn with_schema(self, schema: &'a str) -> SchemaBody<'a> {
        SchemaBody { schema, ..self }
    }

    pub(crate) fn with_max_id(self, max_id: Option<SchemaId>) -> SchemaBody<'a> {
        SchemaBody { max_id, ..self }
    }

    pub(crate) fn without_subject(self) -> SchemaBody<'a> {
        SchemaBody {
            subject: None,
            version: None,
            ..self
        }
    }
}

/// The answer to a check.
#[derive(Debug, Serialize)]
pub(crate) struct CheckBody {
    pub(crate) is_compatible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) messages: Option<Vec<String>>,
}

/// One of an id's versions.
#[derive(Debug, Serialize)]
pub(crate) struct SubjectVersionBody {
    subject: String,
    version: Version,
}

impl SubjectVersionBody {
    pub(crate) fn of(subject: &SubjectName, version: Version) -> SubjectVersionBody {
        SubjectVersionBody {
            subject: subject.to_string(),
            version,
        }
    }
}

/// The one schema type.
pub(crate) const AVRO: &str = "AVRO";
