//! "Keep for ever" means what it means in Kafka: `retention.ms=-1`.
//!
//! The broker crate's clean-up compares each record's age with the configured
//! number as it stands, so -1 deletes every record at the next start or within
//! ten minutes. Triggers in its database turn a negative number into the
//! largest one, whichever client sets it.

use std::path::Path;

use anyhow::Context;

/// The largest retention that Kafka takes: 292 million years.
const FOREVER_MS: i64 = i64::MAX;

/// Installs the triggers and repairs what an earlier start let through. The
/// tables must exist, and the broker must not serve yet.
///
/// # Errors
///
/// The database cannot be changed, or has not the tables that this broker
/// crate's version makes.
pub(crate) async fn keep_forever_means_forever(database: &Path) -> anyhow::Result<()> {
    let context = "the guard against deleting records that are kept for ever failed";
    let database = libsql::Builder::new_local(database)
        .build()
        .await
        .context(context)?;
    let connection = database.connect().context(context)?;
    connection.execute_batch(&guard()).await.context(context)?;
    Ok(())
}

fn guard() -> String {
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
