//! A client that knows nothing of us reads what we wrote: Python's
//! confluent-kafka with its own registry client and Avro deserialiser.

use std::process::Command;

use serde_json::Value;

use super::{
    harness::{Backend, Pipeline, root},
    live::setting,
    sample::committed,
};

/// Reads `catalog.article` with Python and with `tail`: the same records with the same values.
#[track_caller]
pub(super) fn check(pipeline: &Pipeline) {
    let Some(python) = setting("ACCORDANT_TEST_PYTHON") else {
        return;
    };
    let ours = pipeline.tail("catalog.ArticleChanged");
    let output = Command::new(python)
        .arg(root().join("compat-tests/python/consume.py"))
        .args(["--kafka", &pipeline.address("broker")])
        .args([
            "--registry",
            &format!("http://{}", pipeline.address("registry")),
        ])
        .args(["--topic", "catalog.article", "--timeout-s", "300"])
        .output()
        .expect("python starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the Python client says: {talk}");
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"));
    let mut theirs: Vec<Value> = lines.collect();
    let place = |line: &Value| (line["partition"].as_i64(), line["offset"].as_i64());
    let mut ours = ours;
    ours.sort_by_key(place);
    theirs.sort_by_key(place);
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(place(ours), place(theirs));
        assert_eq!(ours["key"], theirs["key"]);
        assert_eq!(ours["event"], theirs["value"], "{}", ours["key"]);
    }
}

#[test]
fn python_reads_the_same_values() {
    if setting("ACCORDANT_TEST_PYTHON").is_none() {
        return;
    }
    let pipeline = Pipeline::new(Backend::default());
    let up = pipeline.up();
    pipeline.send("catalog.ArticleSubmitted", &committed().articles);
    pipeline.verify();
    check(&pipeline);
    up.stop();
}
