//! Measuring in turns, and the least of many rounds.

use std::{path::PathBuf, time::Instant};

use anyhow::bail;

use crate::peers::java::{Figures, Java};

/// How long one turn of one operation takes at least.
const TURN_NS: u128 = 50_000;

/// How often everything is measured.
pub(crate) struct Rounds {
    count: usize,
    /// The judge of `ci/java.sh`, beside which Avro Java's jars are.
    judge: Option<PathBuf>,
}

/// Something that is measured: it goes once over all data.
pub(crate) struct Operation<'a> {
    pub(crate) name: &'static str,
    /// Data that one pass goes over.
    pub(crate) data: usize,
    /// Their encoded bytes.
    pub(crate) bytes: usize,
    pub(crate) pass: Box<dyn FnMut() + 'a>,
}

/// What one operation takes a datum.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) ns: f64,
    pub(crate) bytes: f64,
    pub(crate) allocations: f64,
}

impl Rounds {
    pub(crate) fn from_args(mut args: impl Iterator<Item = String>) -> anyhow::Result<Rounds> {
        let mut rounds = Rounds {
            count: 2_000,
            judge: None,
        };
        while let Some(arg) = args.next() {
            match (arg.as_str(), arg.strip_prefix("JAVA_JUDGE=")) {
                ("--quick", _) => rounds.count = 20,
                (_, Some(judge)) => rounds.judge = Some(judge.into()),
                _ => bail!("usage: accordant-bench-codec [--quick] [JAVA_JUDGE=COMMAND]"),
            }
        }
        Ok(rounds)
    }

    /// Fewer rounds for data of that many items, whose turns are longer.
    pub(crate) fn fewer(&self, items: u64) -> Rounds {
        Rounds {
            count: (self.count / (1 + items as usize / 400)).max(10),
            judge: None,
        }
    }

    /// The same by Avro Java, if it is there.
    pub(crate) fn measure_java(
        &self,
        schema: &str,
        encoded: &[Vec<u8>],
    ) -> anyhow::Result<Option<Figures>> {
        let Some(judge) = &self.judge else {
            return Ok(None);
        };
        let java = Java::of_judge(judge)?;
        java.measure(schema, encoded, self.count).map(Some)
    }

    /// Every operation in every round, one after the other.
    pub(crate) fn measure(&self, mut operations: Vec<Operation<'_>>) -> Vec<Measured> {
        let mut measured: Vec<Measured> = Vec::new();
        let mut passes: Vec<u32> = Vec::new();
        for operation in &mut operations {
            // Once for caches and for the buffers that grow.
            (operation.pass)();
            let allocations = allocation_counter::measure(|| (operation.pass)()).count_total;
            let start = Instant::now();
            (operation.pass)();
            let once = start.elapsed().as_nanos().max(1);
            passes.push(TURN_NS.div_ceil(once) as u32);
            measured.push(Measured {
                name: operation.name,
                ns: f64::INFINITY,
                bytes: operation.bytes as f64 / operation.data as f64,
                allocations: allocations as f64 / operation.data as f64,
            });
        }
        for _ in 0..self.count {
            for (at, operation) in operations.iter_mut().enumerate() {
                let start = Instant::now();
                for _ in 0..passes[at] {
                    (operation.pass)();
                }
                let ns = start.elapsed().as_nanos() as f64;
                let ns = ns / f64::from(passes[at]) / operation.data as f64;
                measured[at].ns = measured[at].ns.min(ns);
            }
        }
        measured
    }
}

impl<'a> Operation<'a> {
    /// An operation on each of the encoded data.
    pub(crate) fn on_bytes(
        name: &'static str,
        encoded: &'a [Vec<u8>],
        mut each: impl FnMut(&'a [u8]) + 'a,
    ) -> Operation<'a> {
        Operation {
            name,
            data: encoded.len(),
            bytes: encoded.iter().map(Vec::len).sum(),
            pass: Box::new(move || encoded.iter().for_each(|bytes| each(bytes))),
        }
    }
}
