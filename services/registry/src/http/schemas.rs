//! `/schemas`: by id, by guid, and all of them.

use serde_json::json;

use super::{
    app::Call,
    body::{AVRO, SchemaBody, SubjectVersionBody, VersionBody},
    query::page_of,
    reply::Reply,
    subjects::{filter, schemas_page, seen, shown_text},
};
use crate::{
    error::Error,
    ops::Stored,
    store::Which,
    subject::{DEFAULT_CONTEXT, SchemaId, SubjectName},
};

/// What every deserialiser in the field asks for; without parameters it is
/// answered from memory.
pub(crate) async fn by_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let id = id_of(id)?;
    let plain = call.query.is_empty();
    let library = call.registry.library();
    if plain && let Some(body) = library.answer(&call.context, id) {
        return Ok(Reply { body });
    }
    let changes = library.changes();
    let (stored, id_max) = find(call, id).await?;
    let text = shown_text(call, &stored).await?;
    let max_id = id_max.filter(|_| call.query.flag("fetchMaxId"));
    let body = SchemaBody::of(&stored)
        .with_schema(&text)
        .with_max_id(max_id);
    let reply = Reply::json(&body)?;
    if plain {
        library.keep_answer(&call.context, id, reply.body.clone(), changes);
    }
    Ok(reply)
}

pub(crate) async fn text_by_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let (stored, _) = find(call, id_of(id)?).await?;
    Ok(Reply::raw(&shown_text(call, &stored).await?))
}

pub(crate) async fn subjects_of_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let mut subjects: Vec<String> = versions(call, id)
        .await?
        .iter()
        .map(|(subject, _)| subject.to_string())
        .collect();
    subjects.dedup();
    Reply::json(&page_of(subjects, call.query.page(i64::MAX)?))
}

pub(crate) async fn versions_of_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let versions = versions(call, id).await?;
    let bodies = versions
        .iter()
        .map(|(subject, version)| SubjectVersionBody::of(subject, *version));
    Reply::json(&page_of(bodies.collect(), call.query.page(i64::MAX)?))
}

pub(crate) async fn by_guid(call: &Call, guid: &str) -> Result<Reply, Error> {
    let ids = call.registry.ids_of_guid(guid).await?;
    let (context, id) = ids
        .first()
        .ok_or_else(|| Error::SchemaIdNotFound(guid.to_owned()))?;
    let (stored, _) = call.registry.schema_by_id(context, *id, None).await?;
    let text = shown_text(call, &stored).await?;
    Reply::json(&SchemaBody::of(&stored).with_schema(&text).without_subject())
}

pub(crate) async fn ids_of_guid(call: &Call, guid: &str) -> Result<Reply, Error> {
    let ids = call.registry.ids_of_guid(guid).await?;
    let bodies = ids
        .iter()
        .map(|(context, id)| json!({"context": context, "id": id}));
    Reply::json(&bodies.collect::<Vec<_>>())
}

pub(crate) async fn list(call: &Call) -> Result<Reply, Error> {
    let Some(filter) = filter(call) else {
        return Reply::json(&[(); 0]);
    };
    let which = if call.query.flag("latestOnly") {
        Which::Latest
    } else {
        Which::Every
    };
    let found = call
        .registry
        .schemas(&filter, which, schemas_page(call)?)
        .await?;
    Reply::json(&found.iter().map(VersionBody::of).collect::<Vec<_>>())
}

pub(crate) fn types() -> Result<Reply, Error> {
    Reply::json(&[AVRO])
}

pub(crate) async fn contexts(call: &Call) -> Result<Reply, Error> {
    let contexts = call.registry.contexts().await?;
    Reply::json(&page_of(contexts, call.query.page(i64::MAX)?))
}

async fn find(call: &Call, id: SchemaId) -> Result<(Stored, Option<SchemaId>), Error> {
    let subject = subject_of(call);
    let context = subject
        .as_ref()
        .map_or(call.context.as_str(), SubjectName::context);
    call.registry
        .schema_by_id(context, id, subject.as_ref())
        .await
}

async fn versions(
    call: &Call,
    id: &str,
) -> Result<Vec<(SubjectName, crate::subject::Version)>, Error> {
    let subject = subject_of(call);
    let context = subject
        .as_ref()
        .map_or(call.context.as_str(), SubjectName::context);
    let mut found = call
        .registry
        .versions_of_id(context, id_of(id)?, seen(call))
        .await?;
    if let Some(subject) = subject
        .as_ref()
        .filter(|subject| !subject.name().is_empty())
    {
        found.retain(|(it, _)| it == subject);
    }
    Ok(found)
}

/// `subject=s` or, for its context only, `subject=:.ctx:`.
fn subject_of(call: &Call) -> Option<SubjectName> {
    let text = call.query.text("subject").filter(|text| !text.is_empty())?;
    let subject = SubjectName::in_context(&call.context, text);
    // What cannot be is in no context either.
    let nowhere = || SubjectName::new(DEFAULT_CONTEXT.to_owned(), String::new());
    Some(if subject.can_exist() {
        subject
    } else {
        nowhere()
    })
}

/// What is no number is another path for Confluent.
fn id_of(text: &str) -> Result<SchemaId, Error> {
    text.parse()
        .map(SchemaId)
        .map_err(|_| Error::ParameterInvalid)
}
