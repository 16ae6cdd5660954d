//! Reads a contracts folder and writes its code, over and over: the least time
//! of each is printed in milliseconds.
//!
//!     generator CONTRACTS OUT ROUNDS

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use accordant_build::{Config, Output};
use accordant_compat::render::Style;
use anyhow::{Context, Result};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [contracts, out, rounds] = arguments.as_slice() else {
        anyhow::bail!("usage: generator CONTRACTS OUT ROUNDS");
    };
    let (contracts, out) = (Path::new(contracts), PathBuf::from(out));
    let rounds: u32 = rounds.parse().context("ROUNDS is a number")?;
    let mut files = BTreeMap::new();
    read(contracts, "", &mut files)?;
    let (mut memory, mut whole) = (f64::MAX, f64::MAX);
    for _ in 0..rounds {
        let begin = Instant::now();
        Output::new(&files, &Style::default(), &out)?;
        memory = memory.min(begin.elapsed().as_secs_f64() * 1e3);
        // As a build script's: nothing has been written yet.
        let _ = fs::remove_file(out.join("contracts.rs"));
        let begin = Instant::now();
        Config::new().out_dir(&out).compile(contracts)?;
        whole = whole.min(begin.elapsed().as_secs_f64() * 1e3);
    }
    println!("measured {memory:.0} {whole:.0}");
    Ok(())
}

fn read(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let file = path
            .file_name()
            .and_then(|it| it.to_str())
            .context("a name")?;
        let inner = format!("{name}{file}");
        match path.is_dir() {
            true => read(&path, &format!("{inner}/"), files)?,
            false => drop(files.insert(inner, fs::read(&path)?)),
        }
    }
    Ok(())
}
