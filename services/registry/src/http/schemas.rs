//! `/schemas`: by id, by guid, and all of them.

use serde_json::json;

use super::{
    app::Call,
    body::{AVRO, SchemaBody, SubjectVersionBody, VersionBody},
    caller,
    query::page_of,
    reply::Reply,
    shown::{fetched, found_tags, keep, kept, shown_references, shown_text},
    subjects::{filter, seen},
};
use crate::{
    error::Error,
    library::AnswerKey,
    ops::Stored,
    store::Which,
    subject::{DEFAULT_CONTEXT, SchemaId, SubjectName},
};

/// What every deserialiser in the field asks for; without parameters it is
/// answered from memory.
pub(crate) async fn by_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let id = id_of(id)?;
    let key = AnswerKey::Id(call.context.clone(), id);
    let plain = call.query.is_empty();
    if plain && let Some(reply) = kept(call, &key) {
        return Ok(reply);
    }
    // As stock clients ask: with the subject, and with what changes nothing.
    let asked = call.query.only(&["subject", "deleted", "fetchMaxId"]);
    let asked = asked.filter(|_| !plain && !call.query.flag("fetchMaxId"));
    let context = context_of(call);
    let library = call.registry.library();
    if let Some(asked) = &asked
        && let Some(body) = library.variant(&context, id, asked)
    {
        let client = caller::client(&call.headers);
        call.registry.note_fetch(&context, id, &client);
        return Ok(Reply::of(body));
    }
    let changes = library.changes();
    let (stored, id_max) = find(call, id).await?;
    let text = shown_text(call, &stored).await?;
    let references = shown_references(call, &stored);
    let max_id = id_max.filter(|_| call.query.flag("fetchMaxId"));
    let body = SchemaBody::of(&stored)
        .with_schema(&text)
        .with_references(&references)
        .with_tags(found_tags(call, &stored).await?)
        .with_max_id(max_id);
    let reply = Reply::json(&body)?;
    fetched(call, &stored);
    if plain {
        keep(call, &key, &stored, &reply, changes);
    } else if let Some(asked) = asked.filter(|_| stored.row.context == context) {
        library.keep_variant(&stored.content, asked, reply.body.clone(), changes);
    }
    Ok(reply)
}

pub(crate) async fn text_by_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let (stored, _) = find(call, id_of(id)?).await?;
    fetched(call, &stored);
    Ok(Reply::raw(&shown_text(call, &stored).await?))
}

pub(crate) async fn subjects_of_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let mut subjects: Vec<String> = versions(call, id)
        .await?
        .iter()
        .map(|(subject, _)| subject.to_string())
        .collect();
    subjects.dedup();
    Reply::json(&page_of(subjects, call.page()?))
}

pub(crate) async fn versions_of_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let versions = versions(call, id).await?;
    let bodies = versions
        .iter()
        .map(|(subject, version)| SubjectVersionBody::of(subject, *version));
    Reply::json(&page_of(bodies.collect(), call.page()?))
}

pub(crate) async fn by_guid(call: &Call, guid: &str) -> Result<Reply, Error> {
    let key = AnswerKey::Guid(guid.to_owned());
    let plain = call.query.is_empty();
    if plain && let Some(reply) = kept(call, &key) {
        return Ok(reply);
    }
    let changes = call.registry.library().changes();
    let ids = call.registry.ids_of_guid(guid).await?;
    let (context, id) = ids
        .first()
        .ok_or_else(|| Error::SchemaIdNotFound(guid.to_owned()))?;
    let (stored, _) = call.registry.schema_by_id(context, *id, None).await?;
    let text = shown_text(call, &stored).await?;
    let reply = Reply::json(&SchemaBody::of(&stored).with_schema(&text).without_subject())?;
    fetched(call, &stored);
    // Under the name that it is stored by: another spelling is looked up again.
    if plain && stored.content.guid == guid {
        keep(call, &key, &stored, &reply, changes);
    }
    Ok(reply)
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
    let rule_type = call.query.text("ruleType").filter(|it| !it.is_empty());
    let found = call
        .registry
        .schemas(&filter, which, call.schemas_page()?, rule_type)
        .await?;
    let mut bodies = Vec::with_capacity(found.len());
    for stored in &found {
        let aliases = match call.query.flag("aliases") {
            true => Some(call.registry.aliases_of(&stored.row.subject_name()).await?),
            false => None,
        };
        bodies.push(VersionBody::of(stored).with_aliases(aliases));
    }
    Reply::json(&bodies)
}

pub(crate) fn types() -> Result<Reply, Error> {
    Reply::json(&[AVRO])
}

pub(crate) async fn contexts(call: &Call) -> Result<Reply, Error> {
    let prefix = call.query.text("contextPrefix").unwrap_or_default();
    let contexts = call.registry.contexts(prefix).await?;
    Reply::json(&page_of(contexts, call.page()?))
}

pub(crate) async fn delete_context(call: &Call, context: &str) -> Result<Reply, Error> {
    call.registry
        .delete_context(context, &call.action())
        .await?;
    Ok(Reply::nothing())
}

/// The context of the subject that was asked for, else the path's.
fn context_of(call: &Call) -> String {
    let subject = subject_of(call);
    subject.map_or_else(|| call.context.clone(), |it| it.context().to_owned())
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
pub(crate) fn subject_of(call: &Call) -> Option<SubjectName> {
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
pub(crate) fn id_of(text: &str) -> Result<SchemaId, Error> {
    text.parse()
        .map(SchemaId)
        .map_err(|_| Error::ParameterInvalid)
}
