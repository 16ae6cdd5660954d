//! Takes a partition over and brings its store up to its logs.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{
    Position, Processor, ProcessorError, Range, Record,
    adoption::Adoption,
    append::LogEnds,
    error::{Trouble, again},
    fold::{Progress, fold, read_tails},
    worker::{BATCH_RECORDS_MAX, Partition, Session},
};
use crate::{config::Processing, store::Checkpoint};

/// The stretches of the own logs that are not in the store.
pub(super) struct Logs {
    pub(super) outbound: Range,
    pub(super) outcomes: Range,
}

/// Fences whoever had the partition, folds what the logs have, and returns a
/// session that stands at the first event to decide.
pub(super) async fn take_over<P: Processor>(
    partition: &Partition<P>,
) -> Result<Session<P>, Trouble> {
    let appender = partition.appender().await?;
    let checkpoint = partition
        .store()
        .take_over(partition.name(), partition.number())
        .await?;
    let names = partition.names();
    let number = partition.number();
    let reader = partition.reader();
    let committed = reader
        .committed(&names.sources, number)
        .await
        .map_err(again)?;
    // After the fence: nobody else appends any more.
    let outbound = own_range(partition, &names.outbound, checkpoint.outbound_next).await?;
    let outcomes = own_range(partition, &names.outcomes, checkpoint.outcome_next).await?;
    let logs = Logs { outbound, outcomes };
    let mut start = BTreeMap::new();
    let mut lows = BTreeMap::new();
    for topic in &names.sources {
        let ends = reader.ends(topic, number).await.map_err(again)?;
        lows.insert(topic.to_string(), ends);
        let position = checkpoint.positions.get(&**topic).copied();
        let position = match (position, checkpoint.is_first()) {
            (Some(position), _) => position,
            (None, true) => committed.get(&**topic).copied().unwrap_or(ends.low),
            (None, false) => {
                return Err(Trouble::from(ProcessorError::PositionMissing {
                    application: partition.name().to_owned(),
                    partition: number,
                    topic: topic.to_string(),
                }));
            }
        };
        start.insert(topic.to_string(), position);
    }
    let is_first = checkpoint.is_first();
    let mut session = Session {
        appender,
        ends: LogEnds {
            outbound: logs.outbound.to,
            outcomes: logs.outcomes.to,
        },
        checkpoint,
        adoption: Adoption::none(),
    };
    match partition.guarantee() {
        Processing::ExactlyOnce => {
            adopt_all(partition, &mut session, &logs, start, &committed).await?;
        }
        Processing::AtLeastOnce => {
            walk(partition, &mut session, &logs, start, is_first).await?;
        }
    }
    for (topic, position) in &session.checkpoint.positions {
        let Some(ends) = lows.get(topic) else {
            continue;
        };
        // The end may have moved on since it was read, never back.
        if *position < ends.low
            || (*position > ends.high && is_beyond(partition, topic, *position).await?)
        {
            return Err(Trouble::from(ProcessorError::OutsideLog {
                application: partition.name().to_owned(),
                topic: topic.clone(),
                partition: number,
                position: *position,
                low: ends.low,
                high: ends.high,
            }));
        }
    }
    Ok(session)
}

async fn is_beyond<P: Processor>(
    partition: &Partition<P>,
    topic: &str,
    position: i64,
) -> Result<bool, Trouble> {
    let ends = partition
        .reader()
        .ends(&topic.into(), partition.number())
        .await
        .map_err(again)?;
    Ok(position > ends.high)
}

/// Exactly once: appends and offsets are one transaction, so whatever is not in
/// the logs was not decided.
async fn adopt_all<P: Processor>(
    partition: &Partition<P>,
    session: &mut Session<P>,
    logs: &Logs,
    start: BTreeMap<String, i64>,
    committed: &BTreeMap<String, i64>,
) -> Result<(), Trouble> {
    // Nothing is decided again, so nothing needs to be remembered.
    let never = start
        .keys()
        .map(|topic| (topic.clone(), i64::MAX))
        .collect();
    let checkpoint = &mut session.checkpoint;
    let folded = fold(partition, checkpoint, logs, &never, Progress::Kept).await?;
    let mut positions = start;
    for (topic, next) in committed.iter().chain(&folded.adopted_next) {
        if let Some(position) = positions.get_mut(topic) {
            *position = (*next).max(*position);
        }
    }
    checkpoint.positions = positions;
    finish(partition, checkpoint, logs).await
}

/// At least once: outcomes may be missing for what is in the outbound topic, so
/// the source is walked once more from the checkpoint. What has a change is
/// adopted; the rest meets the very state that it met before, and may end
/// rejected or dead-lettered, but never with a change.
async fn walk<P: Processor>(
    partition: &Partition<P>,
    session: &mut Session<P>,
    logs: &Logs,
    start: BTreeMap<String, i64>,
    is_first: bool,
) -> Result<(), Trouble> {
    session.adoption = if is_first {
        // An empty store, and logs that may be long.
        let checkpoint = &mut session.checkpoint;
        fold(partition, checkpoint, logs, &start, Progress::Restarts)
            .await?
            .adoption
    } else {
        read_tails(partition, &session.checkpoint, logs).await?
    };
    session.checkpoint.positions = start;
    let records = in_log_order(partition, session).await?;
    let mut records = records.into_iter();
    loop {
        let chunk: Vec<Record> = records.by_ref().take(BATCH_RECORDS_MAX).collect();
        if chunk.is_empty() {
            break;
        }
        partition.process(session, chunk).await?;
    }
    if session.adoption.is_settled() {
        return finish(partition, &mut session.checkpoint, logs).await;
    }
    Ok(())
}

/// Checkpoints that the logs are folded up to their captured ends.
async fn finish<P: Processor>(
    partition: &Partition<P>,
    checkpoint: &mut Checkpoint,
    logs: &Logs,
) -> Result<(), Trouble> {
    let at_least = |next: Option<i64>, end: i64| Some(next.map_or(end, |next| next.max(end)));
    checkpoint.outbound_next = at_least(checkpoint.outbound_next, logs.outbound.to);
    checkpoint.outcome_next = at_least(checkpoint.outcome_next, logs.outcomes.to);
    let batch = crate::store::Batch {
        checkpoint: checkpoint.clone(),
        ..partition.batch()
    };
    partition.apply(&batch).await
}

/// The source records up to the last one with a change, in the order in which
/// the outbound topic has their changes.
async fn in_log_order<P: Processor>(
    partition: &Partition<P>,
    session: &mut Session<P>,
) -> Result<Vec<Record>, Trouble> {
    let mut queues: BTreeMap<Arc<str>, VecDeque<Record>> = BTreeMap::new();
    for (topic, to) in session.adoption.floors() {
        let topic: Arc<str> = topic.as_str().into();
        let from = session
            .checkpoint
            .positions
            .get(&*topic)
            .copied()
            .unwrap_or_default();
        let range = Range {
            topic: Arc::clone(&topic),
            partition: partition.number(),
            from,
            to: *to,
        };
        let queue = queues.entry(topic).or_default();
        let mut chunks = partition.read(&range);
        while let Some(chunk) = chunks.recv().await {
            queue.extend(chunk.map_err(again)?);
        }
    }
    let mut records = Vec::new();
    for position in session.adoption.order() {
        let Some(queue) = queues.get_mut(&position.topic) else {
            continue;
        };
        let is_before = |queue: &VecDeque<Record>, offset: i64| {
            queue
                .front()
                .is_some_and(|record| record.position.offset < offset)
        };
        while is_before(queue, position.offset) {
            records.extend(queue.pop_front());
        }
        let is_here = queue
            .front()
            .is_some_and(|it| it.position.offset == position.offset);
        match is_here {
            true => records.extend(queue.pop_front()),
            // Taken already (an event may have several changes), or compacted
            // away: then its change stands alone.
            false if records.iter().any(|it| it.position == position) => {}
            false => {
                session.adoption.add_outcome(position.clone());
                records.push(stand_in(position));
            }
        }
    }
    Ok(records)
}

/// A record in the place of one that the source no longer has.
fn stand_in(position: Position) -> Record {
    Record {
        position,
        timestamp_ms: 0,
        key: None,
        value: None,
        headers: Vec::new(),
    }
}

/// From where the store has an own log to the log's end.
async fn own_range<P: Processor>(
    partition: &Partition<P>,
    topic: &Arc<str>,
    next: Option<i64>,
) -> Result<Range, Trouble> {
    let number = partition.number();
    let ends = partition
        .reader()
        .ends(topic, number)
        .await
        .map_err(again)?;
    let from = next.unwrap_or(ends.low);
    if from < ends.low || from > ends.high {
        return Err(Trouble::from(ProcessorError::OutsideLog {
            application: partition.name().to_owned(),
            topic: topic.to_string(),
            partition: number,
            position: from,
            low: ends.low,
            high: ends.high,
        }));
    }
    Ok(Range {
        topic: Arc::clone(topic),
        partition: number,
        from,
        to: ends.high,
    })
}
