//! Folds the own logs into the store, in chunks: what was decided is adopted.

use std::collections::BTreeMap;

use super::{
    Processor, Range,
    adoption::{AdoptedChange, Adoption},
    batch::adopt,
    error::{Trouble, again},
    read_range,
    recover::Logs,
    view::BatchState,
    worker::Partition,
};
use crate::{
    outcome::{Outcome, Ruling},
    store::{AuditRow, Batch, Checkpoint, DedupKey, DedupRow, Wanted},
};

/// Whether the checkpoint moves with each chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// A crash resumes behind the last chunk.
    Kept,
    /// A crash begins again, so that all of it is seen once more.
    Restarts,
}

/// What folding found out.
pub(super) struct Folded<C> {
    /// By source topic, the offset after the last event with a change.
    pub(super) adopted_next: BTreeMap<String, i64>,
    /// What concerns source events at or after the start positions.
    pub(super) adoption: Adoption<C>,
}

/// Folds the outbound and outcome logs. The decisions about source events at or
/// after `from` are returned as well.
pub(super) async fn fold<P: Processor>(
    partition: &Partition<P>,
    checkpoint: &mut Checkpoint,
    logs: &Logs,
    from: &BTreeMap<String, i64>,
    progress: Progress,
) -> Result<Folded<P::Change>, Trouble> {
    let mut folded = Folded {
        adopted_next: BTreeMap::new(),
        adoption: Adoption::none(),
    };
    let mut chunks = partition.read(&logs.outbound);
    while let Some(chunk) = chunks.recv().await {
        let mut changes = Vec::new();
        for record in chunk.map_err(again)? {
            let change = partition.change(&record).await?;
            let next = folded
                .adopted_next
                .entry(change.source.topic.to_string())
                .or_default();
            *next = (change.source.offset + 1).max(*next);
            if is_at_or_after(from, &change) {
                folded.adoption.add_change(change.clone());
            }
            changes.push(change);
        }
        let after = changes.last().map(|it| it.offset + 1);
        let mut batch = effects_of(partition, changes).await?;
        if progress == Progress::Kept {
            checkpoint.outbound_next = after.or(checkpoint.outbound_next);
        }
        batch.checkpoint = checkpoint.clone();
        partition.apply(&batch).await?;
    }
    let mut chunks = partition.read(&logs.outcomes);
    while let Some(chunk) = chunks.recv().await {
        let chunk = chunk.map_err(again)?;
        let after = chunk.last().map(|record| record.position.offset + 1);
        let mut dedup = BTreeMap::new();
        for record in &chunk {
            let outcome = partition.outcome(record).await?;
            if let Some(row) = dedup_row(&outcome) {
                dedup.insert(row.id.clone(), row);
            }
            let source = position_of(&outcome);
            if from
                .get(&*source.topic)
                .is_none_or(|from| source.offset >= *from)
            {
                folded.adoption.add_outcome(source);
            }
        }
        if progress == Progress::Kept {
            checkpoint.outcome_next = after.or(checkpoint.outcome_next);
        }
        let batch = Batch {
            dedup: dedup.into_values().collect(),
            checkpoint: checkpoint.clone(),
            ..partition.batch()
        };
        partition.apply(&batch).await?;
    }
    Ok(folded)
}

/// Reads the tails of both logs into memory without applying changes.
pub(super) async fn read_tails<P: Processor>(
    partition: &Partition<P>,
    checkpoint: &Checkpoint,
    logs: &Logs,
) -> Result<Adoption<P::Change>, Trouble> {
    let from = &checkpoint.positions;
    let mut adoption = Adoption::none();
    let mut chunks = partition.read(&logs.outbound);
    while let Some(chunk) = chunks.recv().await {
        let mut late = Vec::new();
        for record in chunk.map_err(again)? {
            let change = partition.change(&record).await?;
            match is_at_or_after(from, &change) {
                true => adoption.add_change(change),
                // A copy that landed late: the fold passes over it.
                false => late.push(change),
            }
        }
        let batch = effects_of(partition, late).await?;
        partition
            .apply(&Batch {
                checkpoint: checkpoint.clone(),
                ..batch
            })
            .await?;
    }
    let mut chunks = partition.read(&logs.outcomes);
    while let Some(chunk) = chunks.recv().await {
        let mut dedup = BTreeMap::new();
        for record in &chunk.map_err(again)? {
            let outcome = partition.outcome(record).await?;
            if let Some(row) = dedup_row(&outcome) {
                dedup.insert(row.id.clone(), row);
            }
            let source = position_of(&outcome);
            if from
                .get(&*source.topic)
                .is_none_or(|from| source.offset >= *from)
            {
                adoption.add_outcome(source);
            }
        }
        let batch = Batch {
            dedup: dedup.into_values().collect(),
            checkpoint: checkpoint.clone(),
            ..partition.batch()
        };
        partition.apply(&batch).await?;
    }
    Ok(adoption)
}

/// The effects of changes on the store, without a checkpoint.
async fn effects_of<P: Processor>(
    partition: &Partition<P>,
    changes: Vec<AdoptedChange<P::Change>>,
) -> Result<Batch, Trouble> {
    let processor = partition.processor();
    let keys = changes.iter().map(|it| it.entity.row.key.clone()).collect();
    let wanted = Wanted {
        keys,
        ..Wanted::default()
    };
    let loaded = partition.load(&wanted).await?;
    let mut state = BatchState::new(&wanted, loaded)?;
    let mut audit = Vec::with_capacity(changes.len());
    for change in changes {
        audit.push(AuditRow {
            key: change.entity.row.key.clone(),
            version: change.entity.row.version,
            event_id: change.cause.clone(),
            source: change.source.to_string(),
            at_ms: change.at_ms,
        });
        adopt(processor, &mut state, change)?;
    }
    let effects = state.into_effects(processor);
    Ok(Batch {
        rows: effects.rows,
        index_removed: effects.index_removed,
        index_added: effects.index_added,
        audit,
        ..partition.batch()
    })
}

fn is_at_or_after<C>(from: &BTreeMap<String, i64>, change: &AdoptedChange<C>) -> bool {
    from.get(&*change.source.topic)
        .is_none_or(|from| change.source.offset >= *from)
}

fn position_of(outcome: &Outcome) -> super::Position {
    super::Position {
        topic: outcome.source.topic.as_str().into(),
        partition: outcome.source.partition,
        offset: outcome.source.offset,
    }
}

/// The dedup entry that an outcome stands for; duplicates have none.
fn dedup_row(outcome: &Outcome) -> Option<DedupRow> {
    let ruling = Ruling::of_outcome(outcome)?;
    if ruling.duplicate_of.is_some() {
        return None;
    }
    Some(DedupRow {
        id: DedupKey {
            contract: outcome.contract.clone(),
            key: outcome.key.clone(),
            event_id: outcome.event_id.clone(),
        },
        at_ms: outcome.decided_at.timestamp_millis(),
        topic: outcome.source.topic.clone(),
        offset: outcome.source.offset,
        outcome: ruling.to_bytes(),
    })
}

/// A stretch of one of the application's own logs.
pub(super) fn read<P: Processor>(
    partition: &Partition<P>,
    range: &Range,
) -> tokio::sync::mpsc::Receiver<Result<Vec<super::Record>, super::ProcessorError>> {
    read_range(
        partition.bootstrap(),
        &partition.names().application,
        range.clone(),
    )
}
