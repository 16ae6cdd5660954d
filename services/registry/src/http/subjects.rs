//! `/subjects` and what lies below.

use super::{
    app::{Call, Payload},
    body::{RegisterBody, SchemaRequest, VersionBody},
    query::page_of,
    reply::Reply,
};
use crate::{
    error::Error,
    ops::{Deletion, Stored, VersionsShown},
    store::{Page, SubjectFilter, Visibility},
    subject::{DEFAULT_CONTEXT, SubjectName, VersionSelector},
};

/// What stands for "the contexts, all of them" in a prefix.
const ALL_CONTEXTS: &str = ":*:";

pub(crate) async fn list(call: &Call) -> Result<Reply, Error> {
    let Some(filter) = filter(call) else {
        return Reply::json(&[(); 0]);
    };
    let found = call
        .registry
        .subjects(&filter, call.query.page(i64::MAX)?)
        .await?;
    Reply::json(&found.iter().map(ToString::to_string).collect::<Vec<_>>())
}

pub(crate) async fn register(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
) -> Result<Reply, Error> {
    let candidate = payload
        .json::<SchemaRequest>(&call.registry)
        .await?
        .candidate(call.query.form())?;
    let stored = call.registry.register(subject, candidate).await?;
    Reply::json(&RegisterBody::of(&stored))
}

pub(crate) async fn lookup(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
) -> Result<Reply, Error> {
    let candidate = payload
        .json::<SchemaRequest>(&call.registry)
        .await?
        .candidate(call.query.form())?;
    let stored = call
        .registry
        .lookup(subject, &candidate, seen(call))
        .await?;
    Reply::json(&VersionBody::lookup(&stored))
}

pub(crate) async fn versions(call: &Call, subject: &SubjectName) -> Result<Reply, Error> {
    let (shown, visibility) = match call.query.flag("deletedAsNegative") {
        true => (VersionsShown::DeletedNegative, Visibility::All),
        false => (VersionsShown::Plain, call.query.visibility()),
    };
    let versions = call.registry.versions(subject, visibility, shown).await?;
    Reply::json(&page_of(versions, call.query.page(i64::MAX)?))
}

pub(crate) async fn version(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let stored = find(call, subject, version).await?;
    let text = shown_text(call, &stored).await?;
    Reply::json(&VersionBody::of(&stored).with_schema(&text))
}

pub(crate) async fn version_schema(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let stored = find(call, subject, version).await?;
    Ok(Reply::raw(&shown_text(call, &stored).await?))
}

pub(crate) async fn referenced_by(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let selector = VersionSelector::parse(version)?;
    let ids = call
        .registry
        .referenced_by(subject, selector, seen(call))
        .await?;
    Reply::json(&page_of(ids, call.query.page(i64::MAX)?))
}

/// The newest version whose metadata has all the properties asked for.
pub(crate) async fn by_metadata(call: &Call, subject: &SubjectName) -> Result<Reply, Error> {
    let wanted: Vec<(&str, &str)> = call.query.all("key").zip(call.query.all("value")).collect();
    let visibility = seen(call);
    let versions = call
        .registry
        .versions(subject, visibility, VersionsShown::Plain)
        .await?;
    for version in versions.iter().rev() {
        let selector = VersionSelector::parse(&version.to_string())?;
        let stored = call.registry.version(subject, selector, visibility).await?;
        let metadata = stored.content.identity.metadata.as_ref();
        let property = |key: &str| metadata?.get("properties")?.get(key)?.as_str();
        if wanted
            .iter()
            .all(|(key, value)| property(key) == Some(value))
        {
            return Reply::json(&VersionBody::of(&stored));
        }
    }
    Err(Error::SchemaNotFound)
}

pub(crate) async fn delete(call: &Call, subject: &SubjectName) -> Result<Reply, Error> {
    Reply::json(
        &call
            .registry
            .delete_subject(subject, deletion(call))
            .await?,
    )
}

pub(crate) async fn delete_version(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let selector = VersionSelector::parse(version)?;
    Reply::json(
        &call
            .registry
            .delete_version(subject, selector, deletion(call))
            .await?,
    )
}

/// Which subjects `subjectPrefix` means; `None` where there can be none.
pub(crate) fn filter(call: &Call) -> Option<SubjectFilter> {
    let visibility = call.query.visibility();
    let default = if call.context == DEFAULT_CONTEXT {
        ALL_CONTEXTS
    } else {
        ""
    };
    let text = call.query.text("subjectPrefix").unwrap_or(default);
    if let Some(prefix) = text.strip_prefix(ALL_CONTEXTS) {
        let subject = SubjectName::parse(prefix);
        let prefix = prefix.to_owned();
        return subject.can_exist().then_some(SubjectFilter {
            context: None,
            prefix,
            visibility,
        });
    }
    let subject = SubjectName::in_context(&call.context, text);
    let (context, prefix) = (
        Some(subject.context().to_owned()),
        subject.name().to_owned(),
    );
    subject.can_exist().then_some(SubjectFilter {
        context,
        prefix,
        visibility,
    })
}

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

/// `deleted` alone: the list of all or of the live ones.
pub(crate) fn seen(call: &Call) -> Visibility {
    if call.query.flag("deleted") {
        Visibility::All
    } else {
        Visibility::Live
    }
}

/// The part of a list of schemas where nobody says otherwise.
pub(crate) fn schemas_page(call: &Call) -> Result<Page, Error> {
    const SCHEMAS_MAX: i64 = 1_000;
    let page = call.query.page(SCHEMAS_MAX)?;
    Ok(Page {
        limit: page.limit.min(SCHEMAS_MAX),
        ..page
    })
}

async fn find(call: &Call, subject: &SubjectName, version: &str) -> Result<Stored, Error> {
    let selector = VersionSelector::parse(version)?;
    call.registry.version(subject, selector, seen(call)).await
}

fn deletion(call: &Call) -> Deletion {
    if call.query.flag("permanent") {
        Deletion::Permanent
    } else {
        Deletion::Soft
    }
}
