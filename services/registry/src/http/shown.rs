//! A schema as an answer shows it, and what is remembered of the answer.

use super::{app::Call, caller, reply::Reply};
use crate::{
    content::Reference,
    error::Error,
    library::{Answer, AnswerKey},
    ops::Stored,
    subject::{DEFAULT_CONTEXT, SubjectName},
    tags::Tagged,
};

/// The text of a schema as `format` wants it.
pub(crate) async fn shown_text(call: &Call, stored: &Stored) -> Result<String, Error> {
    if call.query.text("format") == Some("resolved") {
        return call
            .registry
            .resolved_text(&stored.row.context, &stored.content)
            .await;
    }
    Ok(stored.content.identity.text.clone())
}

/// The references as `referenceFormat` wants them: outside of the default
/// context `qualified` ones say in which context they are.
pub(crate) fn shown_references(call: &Call, stored: &Stored) -> Vec<Reference> {
    let mut references = stored.content.identity.references.clone();
    let context = &stored.row.context;
    if context != DEFAULT_CONTEXT && call.query.text("referenceFormat") == Some("qualified") {
        for reference in &mut references {
            let subject = SubjectName::in_context(context, &reference.subject);
            reference.subject = subject.to_string();
        }
    }
    references
}

/// The places in the schema with a tag that `findTags` names, `*` being any.
/// `None` where nobody asks.
pub(crate) async fn found_tags(call: &Call, stored: &Stored) -> Result<Option<Vec<Tagged>>, Error> {
    let wanted: Vec<&str> = call.query.all("findTags").collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let mut found = call
        .registry
        .tags(&stored.row.context, &stored.content)
        .await?;
    if !wanted.contains(&"*") {
        found.retain(|it| it.tags.iter().any(|tag| wanted.contains(&tag.as_str())));
    }
    Ok(Some(found))
}

/// An answer in memory, as if it had been fetched from the database.
pub(crate) fn kept(call: &Call, key: &AnswerKey) -> Option<Reply> {
    let answer = call.registry.library().answer(key)?;
    let client = caller::client(&call.headers);
    call.registry
        .note_fetch(&answer.context, answer.id, &client);
    Some(Reply::of(answer.body))
}

/// Keeps an answer in memory.
pub(crate) fn keep(call: &Call, key: &AnswerKey, stored: &Stored, reply: &Reply, changes: u64) {
    let answer = Answer {
        body: reply.body.clone(),
        context: stored.row.context.as_str().into(),
        id: stored.row.id,
    };
    call.registry.library().keep_answer(key, answer, changes);
}

/// A client was given this schema.
pub(crate) fn fetched(call: &Call, stored: &Stored) {
    let client = caller::client(&call.headers);
    call.registry
        .note_fetch(&stored.row.context, stored.row.id, &client);
}
