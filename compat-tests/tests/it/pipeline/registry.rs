//! The gate's commands that talk to a registry, against a running one.

use std::{fs, path::Path, process::Command};

use super::harness::{Backend, Pipeline, binary, root};

/// Runs a command on a contracts folder; exit code, result and talk.
fn run(pipeline: &Pipeline, contracts: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    pipeline.tell(&mut command);
    command
        .args(args)
        .arg("--contracts")
        .arg(contracts)
        .env_remove("CI")
        .current_dir(pipeline.folder.path());
    let output = command.output().expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    (output.status.code(), said)
}

fn copy(pipeline: &Pipeline) -> std::path::PathBuf {
    let copied = pipeline.folder.path().join("contracts");
    let status = Command::new("cp")
        .arg("-r")
        .args([&root().join("contracts"), &copied])
        .status();
    assert!(status.expect("cp starts").success());
    copied
}

#[test]
fn plan_push_pull_and_check_agree_with_the_registry() {
    let pipeline = Pipeline::new(Backend::default());
    let up = pipeline.up();
    let contracts = copy(&pipeline);
    let registry = format!("http://{}", pipeline.address("registry"));

    // `up` has pushed everything: nothing is left to do.
    let (code, said) = run(&pipeline, &contracts, &["plan"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("0 to register, 8 registered already; 0 topics to create"),
        "{said}"
    );
    let (code, said) = run(&pipeline, &contracts, &["check", "--against", &registry]);
    assert_eq!(code, Some(0), "{said}");

    // A new contract is planned, pushed, and then no longer planned.
    run(&pipeline, &contracts, &["new", "orders.OrderPlaced"]);
    let (code, said) = run(&pipeline, &contracts, &["release", "orders.OrderPlaced"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, planned) = run(&pipeline, &contracts, &["plan"]);
    assert_eq!(code, Some(1), "{planned}");
    assert!(planned.contains("Register orders.OrderPlaced v1 (orders.order-placed-value)"));
    assert!(
        planned.contains("Create topic orders.order-placed"),
        "{planned}"
    );
    let (code, said) = run(&pipeline, &contracts, &["push"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&pipeline, &contracts, &["plan"]);
    assert_eq!(code, Some(0), "{said}");

    // It comes back from the registry as it went in.
    let other = pipeline.folder.path().join("pulled");
    fs::create_dir(&other).expect("the folder is ours");
    let subject = "orders.order-placed-value";
    let (code, said) = run(&pipeline, &other, &["pull", subject]);
    assert_eq!(code, Some(0), "{said}");
    let file = "orders.OrderPlaced/v1.avsc";
    let pulled = fs::read_to_string(other.join(file)).expect("it was pulled");
    let pushed = fs::read_to_string(contracts.join(file)).expect("it was made");
    let parse = |text: &str| accordant_schema::parse(text).expect("it is a schema");
    let canonical = |text: &str| accordant_schema::canonical_form(&parse(text));
    assert_eq!(canonical(&pulled), canonical(&pushed));
    // What was pulled and released is what the registry has.
    let again = pipeline.folder.path().join("pulled-again");
    fs::create_dir(&again).expect("the folder is ours");
    run(&pipeline, &again, &["pull", subject]);
    let (code, said) = run(&pipeline, &again, &["release", "orders.OrderPlaced"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&pipeline, &again, &["plan"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&pipeline, &other, &["pull", subject]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("there is a contract orders.OrderPlaced already"),
        "{said}"
    );
    let (code, said) = run(&pipeline, &other, &["pull", "orders.order-palced-value"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("the nearest one is \"orders.order-placed-value\""),
        "{said}"
    );

    // What the registry has binds a draft that knows nothing of it.
    let broken = pushed.replace("\"occurred_at\"", "\"happened_at\"");
    let other_draft = other.join(file);
    #[expect(
        clippy::disallowed_methods,
        reason = "nobody else reads the folder yet"
    )]
    fs::write(other_draft, broken).expect("the folder is ours");
    let (code, said) = run(&pipeline, &other, &["check", "--against", &registry]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("v1 of {registry}: ")), "{said}");
    assert!(said.contains("[C102"), "{said}");
    let old = format!("{registry}/subjects/{subject}/versions/latest");
    let (code, said) = run(&pipeline, &other, &["diff", &old, "orders.OrderPlaced"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("- field OrderPlaced.occurred_at"), "{said}");
    up.stop();

    // Away is not a finding.
    let (code, said) = run(&pipeline, &other, &["check", "--against", &registry]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("does not answer"), "{said}");
}
