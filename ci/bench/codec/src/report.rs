//! Tables in Markdown, on standard output.

use crate::rounds::Measured;

/// A figure that two measurements give, beside what it should be.
pub(crate) struct Ratio<'m> {
    pub(crate) what: &'static str,
    pub(crate) slow: &'m Measured,
    pub(crate) fast: &'m Measured,
    pub(crate) wanted: &'static str,
}

pub(crate) fn heading(name: &str, encoded: &[Vec<u8>]) {
    let bytes = encoded.iter().map(Vec::len).sum::<usize>() / encoded.len();
    println!("\n## {name}, {} data of {bytes} bytes\n", encoded.len());
}

pub(crate) fn table(measured: &[Measured]) {
    println!("| operation | ns | MB/s | allocations |\n|---|---:|---:|---:|");
    for it in measured {
        let megabytes = it.bytes * 1_000.0 / it.ns;
        // Another process's are not counted.
        let allocations = match it.allocations.is_nan() {
            true => "-".to_owned(),
            false => format!("{:.1}", it.allocations),
        };
        println!(
            "| {} | {:.1} | {megabytes:.0} | {allocations} |",
            it.name, it.ns
        );
    }
    println!();
}

pub(crate) fn ratios(ratios: &[Ratio<'_>]) {
    println!("| ratio | measured | wanted |\n|---|---:|---:|");
    for it in ratios {
        let ratio = it.slow.ns / it.fast.ns;
        println!("| {} | {ratio:.2} | {} |", it.what, it.wanted);
    }
    println!();
}
