//! Every version of every contract with every other one of its own, on random
//! data: the generated decoder, the plan and Avro Java give the same datum.

use std::sync::Arc;

use accordant_schema::{Schema, contract::ContractVersion};
use accordant_wire::{Limits, dynamic::Plan};

use super::{
    Judge, Rng, check_java_s_json,
    corpus::{in_range, vary},
    datum,
    folder::{contracts, schema, whole_text},
    fresh_seed, hex, judge,
};
use crate::generated::{Generated, generated};

const DATA_A_SEED: usize = 100;
const FIXED_SEED: u64 = 1;
/// So many data at least are read.
const READ_MIN: usize = 100;

/// What there is of a pair of versions.
struct Pair<'a> {
    reader: &'a Generated,
    writer: &'a ContractVersion,
    own: Arc<Schema>,
    plan: Plan,
}

impl Pair<'_> {
    /// Whether the datum was read, by every way.
    #[track_caller]
    fn check(&self, bytes: &[u8], judge: Option<&mut Judge>) -> bool {
        let pair = (
            self.reader.contract,
            self.writer.version,
            self.reader.version,
        );
        let mut planned = Vec::new();
        let limits = Limits::default();
        self.plan.apply(bytes, limits, &mut planned).unwrap();
        if let Some(judge) = judge {
            let texts = (whole_text(&self.own), whole_text(&self.writer.schema));
            let theirs = judge.decode(&texts.0, &texts.1, &hex(bytes));
            assert_eq!(theirs["hex"], hex(&planned), "{pair:?}: {theirs}");
            check_java_s_json(&self.own, theirs["json"].as_str().unwrap(), &planned);
        }
        let by_type = self.reader.read(self.writer.version, bytes);
        let again = self.reader.read_by(&self.plan, bytes);
        match (by_type, again) {
            (Ok(by_type), Ok(again)) => {
                assert_eq!(hex(&by_type), hex(&planned), "{pair:?}: {bytes:x?}");
                assert_eq!(hex(&again), hex(&planned), "{pair:?}: {bytes:x?}");
                true
            }
            // What a logical type has no value for.
            (Err(_), Err(_)) => false,
            (by_type, again) => panic!("{pair:?}: {bytes:x?} {by_type:?} {again:?}"),
        }
    }
}

#[test]
fn every_version_reads_every_other() {
    let contracts = contracts();
    let mut judge = judge();
    let seeds = [FIXED_SEED, fresh_seed()];
    for reader in generated() {
        let contract = contracts.get(reader.contract).unwrap();
        for writer in &contract.versions {
            if !reader.reads(writer.version) {
                continue;
            }
            let own = schema(contract, reader.version);
            let pair = Pair {
                plan: Plan::new(&writer.schema, &own).unwrap(),
                reader: &reader,
                writer,
                own,
            };
            let mut read = 0;
            for seed in seeds {
                let mut rng = Rng::new(seed);
                for _ in 0..DATA_A_SEED {
                    let Some(mut value) = datum(&mut rng, &writer.schema) else {
                        continue;
                    };
                    vary(&mut rng, &mut value);
                    in_range(&mut rng, &writer.schema, writer.schema.root, &mut value);
                    let bytes = value.encode(&writer.schema).unwrap();
                    read += usize::from(pair.check(&bytes, judge.as_deref_mut()));
                }
            }
            let pair = (reader.contract, writer.version, reader.version);
            assert!(read > READ_MIN, "{pair:?}: {read}");
        }
    }
}
