//! `/subjects` and what lies below.

use super::{
    app::{Call, Payload},
    body::{RegisterBody, SchemaRequest, TagRequest, VersionBody},
    query::page_of,
    reply::Reply,
    shown::{fetched, found_tags, keep, kept, shown_references, shown_text},
};
use crate::{
    error::Error,
    library::AnswerKey,
    ops::{Check, Deletion, Run, Stored, VersionsShown, metadata_property},
    store::{Page, SubjectFilter, Visibility},
    subject::{DEFAULT_CONTEXT, SubjectName, VersionSelector},
};

/// What stands for "the contexts, all of them" in a prefix.
const ALL_CONTEXTS: &str = ":*:";

pub(crate) async fn list(call: &Call) -> Result<Reply, Error> {
    let Some(filter) = filter(call) else {
        return Reply::json(&[(); 0]);
    };
    let found = call.registry.subjects(&filter, call.page()?).await?;
    Reply::json(&found.iter().map(ToString::to_string).collect::<Vec<_>>())
}

pub(crate) async fn register(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
) -> Result<Reply, Error> {
    let candidate = payload
        .json::<SchemaRequest>(call)?
        .candidate(call.query.form(), check_wanted(call))?;
    let stored = call
        .registry
        .register(subject, candidate, &call.action())
        .await?;
    // What a dry run registered is nowhere to be written out from.
    let text = match call.action().run {
        Run::Dry => stored.content.identity.text.clone(),
        Run::Real => shown_text(call, &stored).await?,
    };
    Reply::json(&RegisterBody::of(&stored).with_schema(&text))
}

pub(crate) async fn lookup(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
) -> Result<Reply, Error> {
    let candidate = payload
        .json::<SchemaRequest>(call)?
        .candidate(call.query.form(), Check::Compared)?;
    let stored = call
        .registry
        .lookup(subject, &candidate, seen(call))
        .await?;
    let text = shown_text(call, &stored).await?;
    Reply::json(&VersionBody::lookup(&stored).with_schema(&text))
}

pub(crate) async fn versions(call: &Call, subject: &SubjectName) -> Result<Reply, Error> {
    let (shown, visibility) = match call.query.flag("deletedAsNegative") {
        true => (VersionsShown::DeletedNegative, Visibility::All),
        false => (VersionsShown::Plain, call.query.visibility()),
    };
    let versions = call.registry.versions(subject, visibility, shown).await?;
    Reply::json(&page_of(versions, call.page()?))
}

pub(crate) async fn version(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let selector = VersionSelector::parse(version)?;
    // A live version by its number stays what it is until it is deleted.
    let key = match selector {
        VersionSelector::Number(number) if call.query.is_empty() => {
            Some(AnswerKey::Version(subject.clone(), number))
        }
        VersionSelector::Number(_) | VersionSelector::Latest => None,
    };
    if let Some(reply) = key.as_ref().and_then(|key| kept(call, key)) {
        return Ok(reply);
    }
    let changes = call.registry.library().changes();
    let stored = find(call, subject, version).await?;
    let text = shown_text(call, &stored).await?;
    let references = shown_references(call, &stored);
    let body = VersionBody::of(&stored)
        .with_schema(&text)
        .with_references(&references)
        .with_tags(found_tags(call, &stored).await?);
    let reply = Reply::json(&body)?;
    fetched(call, &stored);
    // What was found elsewhere is forgotten under another name.
    if let Some(key) = key.filter(|_| stored.row.subject_name() == *subject) {
        keep(call, &key, &stored, &reply, changes);
    }
    Ok(reply)
}

pub(crate) async fn version_schema(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let stored = find(call, subject, version).await?;
    fetched(call, &stored);
    Ok(Reply::raw(&shown_text(call, &stored).await?))
}

/// Registers the version again with other tags, metadata and rules.
pub(crate) async fn tag(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let selector = VersionSelector::parse(version)?;
    let tagging = payload.json::<TagRequest>(call)?.tagging()?;
    let stored = call
        .registry
        .tag(subject, selector, tagging, &call.action())
        .await?;
    Reply::json(&RegisterBody::of(&stored))
}

/// Takes a soft deletion back.
pub(crate) async fn undelete(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let selector = VersionSelector::parse(version)?;
    let stored = call
        .registry
        .undelete(subject, selector, check_wanted(call), &call.action())
        .await?;
    Reply::json(&VersionBody::of(&stored))
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
    Reply::json(&page_of(ids, call.page()?))
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
        if wanted
            .iter()
            .all(|(key, value)| metadata_property(metadata, key) == Some(value))
        {
            let text = shown_text(call, &stored).await?;
            return Reply::json(&VersionBody::of(&stored).with_schema(&text));
        }
    }
    Err(Error::SchemaNotFound)
}

pub(crate) async fn delete(call: &Call, subject: &SubjectName) -> Result<Reply, Error> {
    Reply::json(
        &call
            .registry
            .delete_subject(subject, deletion(call), &call.action())
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
            .delete_version(subject, selector, deletion(call), &call.action())
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

/// `deleted` alone: the list of all or of the live ones.
pub(crate) fn seen(call: &Call) -> Visibility {
    if call.query.flag("deleted") {
        Visibility::All
    } else {
        Visibility::Live
    }
}

impl Call {
    /// The part of a list that is wanted.
    pub(crate) fn page(&self) -> Result<Page, Error> {
        self.query.page(self.registry.settings().page_max)
    }

    /// The part of a list of schemas that is wanted.
    pub(crate) fn schemas_page(&self) -> Result<Page, Error> {
        self.query.page(self.registry.settings().schemas_page_max)
    }
}

/// `force` leaves the comparison out.
fn check_wanted(call: &Call) -> Check {
    if call.query.flag("force") {
        Check::Skipped
    } else {
        Check::Compared
    }
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
