//! Bodies of requests and answers, in the order in which Confluent writes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    compatibility::Remark,
    content::{Form, Reference},
    error::Error,
    ops::{Candidate, Check, InheritedTags, Stored, Tagging, canonical_metadata},
    subject::{SchemaId, SubjectName, Version},
    tags::{TagChange, Tagged},
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
    schema_tags_to_add: Option<Vec<Tagged>>,
    schema_tags_to_remove: Option<Vec<Tagged>>,
    #[serde(default)]
    propagate_schema_tags: bool,
}

/// The body of `POST /subjects/{subject}/versions/{version}/tags`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TagRequest {
    new_version: Option<i32>,
    tags_to_add: Option<Vec<Tagged>>,
    tags_to_remove: Option<Vec<Tagged>>,
    metadata: Option<Value>,
    rule_set: Option<Value>,
    rules_to_merge: Option<Value>,
    rules_to_remove: Option<Vec<String>>,
}

impl TagRequest {
    pub(crate) fn tagging(self) -> Result<Tagging, Error> {
        Ok(Tagging {
            new_version: self.new_version,
            tags: TagChange {
                add: self.tags_to_add.unwrap_or_default(),
                remove: self.tags_to_remove.unwrap_or_default(),
            },
            metadata: metadata(self.metadata.as_ref())?,
            rule_set: self.rule_set,
            rules_to_merge: self.rules_to_merge,
            rules_to_remove: self.rules_to_remove,
        })
    }
}

#[derive(Debug, Deserialize)]
struct ReferenceRequest {
    name: Option<String>,
    subject: Option<String>,
    version: Option<i32>,
}

impl SchemaRequest {
    /// Only Avro is taken.
    pub(crate) fn candidate(self, form: Form, check: Check) -> Result<Candidate, Error> {
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
            metadata: metadata(self.metadata.as_ref())?,
            rule_set: self.rule_set,
            id: self.id.filter(|id| *id >= 0),
            version: self.version.map_or(0, |it| it.max(-1)),
            tags: TagChange {
                add: self.schema_tags_to_add.unwrap_or_default(),
                remove: self.schema_tags_to_remove.unwrap_or_default(),
            },
            inherited_tags: match self.propagate_schema_tags {
                true => InheritedTags::All,
                false => InheritedTags::None,
            },
            check,
        })
    }
}

fn metadata(sent: Option<&Value>) -> Result<Option<Value>, Error> {
    sent.map_or(Ok(None), canonical_metadata)
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

    /// With another form of the same schema.
    pub(crate) fn with_schema(self, schema: &'a str) -> RegisterBody<'a> {
        RegisterBody { schema, ..self }
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
    schema_tags: Option<Vec<Tagged>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aliases: Option<Vec<String>>,
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
            schema_tags: None,
            ts: Some(stored.row.created_ms),
            deleted: Some(stored.row.deleted),
            aliases: None,
        }
    }

    /// With another form of the same schema.
    pub(crate) fn with_schema(self, schema: &'a str) -> VersionBody<'a> {
        VersionBody { schema, ..self }
    }

    pub(crate) fn with_references(self, references: &'a [Reference]) -> VersionBody<'a> {
        VersionBody { references, ..self }
    }

    pub(crate) fn with_tags(self, schema_tags: Option<Vec<Tagged>>) -> VersionBody<'a> {
        VersionBody {
            schema_tags,
            ..self
        }
    }

    pub(crate) fn with_aliases(self, aliases: Option<Vec<String>>) -> VersionBody<'a> {
        VersionBody { aliases, ..self }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_tags: Option<Vec<Tagged>>,
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
            schema_tags: None,
            ts: stored.row.created_ms,
            deleted: stored.row.deleted,
            max_id: None,
        }
    }

    /// With another form of the same schema.
    pub(crate) fn with_schema(self, schema: &'a str) -> SchemaBody<'a> {
        SchemaBody { schema, ..self }
    }

    pub(crate) fn with_references(self, references: &'a [Reference]) -> SchemaBody<'a> {
        SchemaBody { references, ..self }
    }

    pub(crate) fn with_tags(self, schema_tags: Option<Vec<Tagged>>) -> SchemaBody<'a> {
        SchemaBody {
            schema_tags,
            ..self
        }
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
    /// What our rules say besides; never part of the verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) findings: Option<Vec<Remark>>,
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
