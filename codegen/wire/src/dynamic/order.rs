//! The fields of a record in the order of its schema, whatever the order of
//! the text: the usual order costs nothing.

use std::ops::Range;

use super::program::RecordType;

/// The encoded fields of one record, while they come in.
#[derive(Debug)]
pub(super) struct Assembly {
    record_start: usize,
    /// The run of fields that stand one after the other, up to the last one.
    run: Range<usize>,
    run_start: usize,
    /// The runs before that, with their bytes.
    runs: Vec<(Range<usize>, Range<usize>)>,
    /// Once a field came late: which ones have been here.
    seen: Option<Vec<bool>>,
}

/// How a field comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    First,
    Again,
}

impl Assembly {
    pub(super) fn new(out: &[u8]) -> Assembly {
        Assembly {
            record_start: out.len(),
            run: 0..0,
            run_start: out.len(),
            runs: Vec::new(),
            seen: None,
        }
    }

    /// The field that comes next in the usual order.
    pub(super) fn next(&self) -> usize {
        self.run.end
    }

    /// A field is about to be written. Those that were passed over take their
    /// defaults at once, which a late field then undoes.
    pub(super) fn arrive(&mut self, at: usize, record: &RecordType, out: &mut Vec<u8>) -> Arrival {
        if self.is_seen(at) {
            return Arrival::Again;
        }
        if at != self.run.end {
            self.end_run(out.len());
            let skipped = record.fields.get(self.run.end..at);
            let defaults = skipped.and_then(|fields| {
                fields
                    .iter()
                    .map(|it| it.default.as_deref())
                    .collect::<Option<Vec<_>>>()
            });
            match defaults {
                Some(defaults) if self.seen.is_none() => {
                    defaults.iter().for_each(|it| out.extend_from_slice(it));
                }
                _ => self.lose_order(record.fields.len()),
            }
            self.run = at..at;
            self.run_start = out.len();
        }
        self.run.end = at + 1;
        if let Some(seen) = &mut self.seen {
            seen[at] = true;
        }
        Arrival::First
    }

    /// Ends the record: the fields that are absent and have no default, or
    /// none, and then the bytes are in order.
    pub(super) fn finish(mut self, record: &RecordType, out: &mut Vec<u8>) -> Vec<usize> {
        if self.seen.is_none() {
            let rest = &record.fields[self.run.end..];
            if rest.iter().all(|field| field.default.is_some()) {
                let defaults = rest.iter().filter_map(|field| field.default.as_deref());
                defaults.for_each(|it| out.extend_from_slice(it));
                return Vec::new();
            }
        }
        self.end_run(out.len());
        self.runs.sort_by_key(|(fields, _)| fields.start);
        let mut missing = Vec::new();
        let mut bytes = Vec::with_capacity(out.len() - self.record_start);
        let mut next = 0;
        let end = (record.fields.len()..record.fields.len(), 0..0);
        for (fields, part) in self.runs.iter().chain([&end]) {
            for at in next..fields.start {
                match &record.fields[at].default {
                    Some(default) => bytes.extend_from_slice(default),
                    None => missing.push(at),
                }
            }
            bytes.extend_from_slice(&out[part.clone()]);
            next = fields.end;
        }
        out.truncate(self.record_start);
        out.extend_from_slice(&bytes);
        missing
    }

    fn is_seen(&self, at: usize) -> bool {
        match &self.seen {
            Some(seen) => seen[at],
            None if at >= self.run.end => false,
            None if at >= self.run.start => true,
            None => {
                let after = self.runs.partition_point(|(fields, _)| fields.start <= at);
                after
                    .checked_sub(1)
                    .is_some_and(|it| self.runs[it].0.contains(&at))
            }
        }
    }

    fn end_run(&mut self, end: usize) {
        if !self.run.is_empty() {
            self.runs.push((self.run.clone(), self.run_start..end));
        }
    }

    fn lose_order(&mut self, count: usize) {
        if self.seen.is_none() {
            let mut seen = vec![false; count];
            for (fields, _) in &self.runs {
                seen[fields.clone()].fill(true);
            }
            self.seen = Some(seen);
        }
    }
}
