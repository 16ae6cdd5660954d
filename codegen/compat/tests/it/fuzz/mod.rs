//! A short run of the fuzz target: what `ci/fuzz` has kept, every schema of this
//! repository, and what comes of them when they are damaged. `ci/fuzz/run.sh`
//! has the long one.

mod damage;
mod target;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::generate::{Rng, pair};

const DAMAGED: usize = 3_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Files below a folder that are an input.
fn inputs(folder: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            inputs(&path, found);
        } else if path.extension().is_none_or(|it| it == "avsc") {
            found.push(fs::read(&path).expect("the file can be read"));
        }
    }
}

#[test]
fn what_was_kept_and_every_schema_here_holds() {
    let mut found = Vec::new();
    for folder in ["ci/fuzz/corpus/schema", "contracts", "codegen/build/tests"] {
        inputs(&root().join(folder), &mut found);
    }
    assert!(found.len() > 20, "{}", found.len());
    found.iter().for_each(|it| target::schema(it));
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "a failing test shows its seed and its input"
)]
fn damaged_schemas_hold() {
    let mut found = Vec::new();
    for folder in ["ci/fuzz/corpus/schema", "contracts"] {
        inputs(&root().join(folder), &mut found);
    }
    let fresh = Rng::fresh_seed();
    println!("seed {fresh}");
    for seed in [7, fresh] {
        let mut rng = Rng::new(seed);
        for _ in 0..DAMAGED / 2 {
            let texts = pair(rng.next());
            let both = format!("{}\0{}", texts.reader, texts.writer);
            let base = match rng.coin() {
                true => both.into_bytes(),
                false => rng.pick(&found).clone(),
            };
            let input = damage::damaged(&mut rng, base, &found);
            if let Err(panic) = std::panic::catch_unwind(|| target::schema(&input)) {
                println!("{}", String::from_utf8_lossy(&input));
                std::panic::resume_unwind(panic);
            }
        }
    }
}
