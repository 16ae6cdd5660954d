//! What the database needs before the broker serves from it.
//!
//! **Keep for ever** means what it means in Kafka, `retention.ms=-1`. The broker
//! crate's clean-up compares each record's age with the configured number as it
//! stands, so -1 deletes every record at the next start or within ten minutes.
//! Triggers turn a negative number into the largest one, whichever client sets
//! it.
//!
//! **Headers have an index**, see [`HEADERS_INDEX`].
//!
//! **Groups are empty.** No connection outlives a broker's end, and what comes
//! back joins again by itself. A member that was killed together with the broker
//! does not come back, and the others would wait for its session to time out.
//! The groups' offsets stay.

use std::path::Path;

use anyhow::Context;

/// The largest retention that Kafka takes: 292 million years.
const FOREVER_MS: i64 = i64::MAX;
/// The broker crate looks a record's headers up one record at a time, in a table
/// that it gave no index: without this one each look-up reads every header.
const HEADERS_INDEX: &str =
    "create index if not exists accordant_headers on header (topition, offset_id);";
/// Nobody is a member of any group.
const EMPTY_GROUPS: &str = "delete from consumer_group_detail;";

/// Prepares the database. Its tables must exist, and the broker must not serve
/// yet.
///
/// # Errors
///
/// The database cannot be changed, or has not the tables that this version of
/// the broker crate makes.
pub(crate) async fn prepare(database: &Path) -> anyhow::Result<()> {
    let context = "the broker's data could not be prepared";
    let database = libsql::Builder::new_local(database)
        .build()
        .await
        .context(context)?;
    let connection = database.connect().context(context)?;
    let statements = format!("{} {HEADERS_INDEX} {EMPTY_GROUPS}", keep_forever());
    connection
        .execute_batch(&statements)
        .await
        .context(context)?;
    Ok(())
}

/// Triggers, and the repair of what was there before them.
fn keep_forever() -> String {
    let is_forever = "name = 'retention.ms' and cast(value as integer) < 0";
    let repair =
        format!("update topic_configuration set value = '{FOREVER_MS}' where {is_forever}");
    let trigger = |name: &str, event: &str| {
        format!(
            "create trigger if not exists {name} after {event} on topic_configuration \
             when new.name = 'retention.ms' and cast(new.value as integer) < 0 \
             begin {repair}; end;"
        )
    };
    format!(
        "{} {} {repair};",
        trigger("accordant_forever_insert", "insert"),
        trigger("accordant_forever_update", "update of value"),
    )
}
