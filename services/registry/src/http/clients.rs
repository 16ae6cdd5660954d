//! Who still reads a schema: its clients and when each fetched it last.

use serde_json::json;

use super::{
    app::Call,
    reply::Reply,
    schemas::{id_of, subject_of},
    subjects::seen,
};
use crate::{
    error::Error,
    subject::{SchemaId, SubjectName, VersionSelector},
};

pub(crate) async fn of_id(call: &Call, id: &str) -> Result<Reply, Error> {
    let id = id_of(id)?;
    let subject = subject_of(call);
    let context = subject
        .as_ref()
        .map_or(call.context.as_str(), SubjectName::context);
    // A schema that is not there is said so.
    call.registry
        .schema_by_id(context, id, subject.as_ref())
        .await?;
    clients(call, context, id).await
}

pub(crate) async fn of_version(
    call: &Call,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let selector = VersionSelector::parse(version)?;
    let stored = call.registry.version(subject, selector, seen(call)).await?;
    clients(call, &stored.row.context, stored.row.id).await
}

async fn clients(call: &Call, context: &str, id: SchemaId) -> Result<Reply, Error> {
    let limit = call.page()?.limit;
    let rows = call.registry.fetches_of(context, id, limit).await?;
    let bodies = rows
        .iter()
        .map(|row| json!({"client": row.client, "id": row.id, "lastFetch": row.last_ms}));
    Reply::json(&bodies.collect::<Vec<_>>())
}
