//! `accordant new`: a contract to begin with, or the next version of one.

use std::process::ExitCode;

use accordant_schema::{
    FullName,
    contract::{Contract, ContractKind, Outline, State},
};
use anyhow::bail;
use clap::{Args, ValueEnum};

use super::{
    files,
    folder::{Folder, FolderArgs, Missing},
};
use crate::output;

/// What `new` takes.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The Avro full name, such as orders.OrderPlaced; of a contract that is
    /// there, the next version is begun
    #[arg(value_name = "CONTRACT")]
    name: String,
    /// What it describes
    #[arg(long, value_enum, default_value_t = Kind::Event)]
    kind: Kind,
    /// The owning team [default: the first part of the name]
    #[arg(long)]
    owner: Option<String>,
    /// The topic [default: made from the name]
    #[arg(long)]
    topic: Option<String>,
    #[command(flatten)]
    folder: FolderArgs,
}

/// A contract's kind, as the command line has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Taken in over HTTP, decided by a processor
    Submission,
    /// Taken in over HTTP, decided by nobody
    Event,
    /// Published by a processor after every completed change
    Change,
    /// A shared named type, without a topic
    Type,
}

/// Writes the files of a draft; none of them replaces one that is there.
///
/// # Errors
/// The name is not one, there is a draft already, or a file cannot be written.
pub(crate) fn new(args: &NewArgs) -> anyhow::Result<ExitCode> {
    let name = match FullName::new(&args.name) {
        Ok(name) if args.name.contains('.') => name,
        Ok(_) => bail!(
            "the name {:?} has no namespace\nfix: write it in full, such as orders.{}",
            args.name,
            args.name
        ),
        Err(error) => bail!("{:?} is no Avro full name: {error}", args.name),
    };
    let folder = Folder::open_or(&args.folder, Missing::Empty)?;
    let files = match folder.contracts.get(name.as_str()) {
        Some(contract) => vec![next_version(&folder, contract)?],
        None => first_version(&name, args),
    };
    files::create(&folder.path, &files)?;
    for (file, _) in &files {
        let head = output::bold(&format!("{:>12}", "Created"));
        output::result_line(&format!("{head} {}", folder.path.join(file).display()))?;
    }
    output::talk("edit it, then: accordant check");
    Ok(ExitCode::SUCCESS)
}

/// The latest version once more, under the next number.
fn next_version(folder: &Folder, contract: &Contract) -> anyhow::Result<(String, String)> {
    let name = &contract.name;
    let Some(latest) = contract.versions.last() else {
        bail!("{name} has no version that loads\nfix: accordant check");
    };
    if latest.state == State::Draft {
        bail!(
            "{name} {} is a draft already; there is one at a time\nfix: edit {}, or release it first",
            latest.version,
            folder.path.join(&latest.file).display()
        );
    }
    let next = format!("{name}/v{}.avsc", latest.version.0 + 1);
    Ok((next, latest.text.to_string()))
}

fn first_version(name: &FullName, args: &NewArgs) -> Vec<(String, String)> {
    let (namespace, short) = name
        .as_str()
        .rsplit_once('.')
        .unwrap_or(("", name.as_str()));
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let owner = args
        .owner
        .as_deref()
        .unwrap_or_else(|| namespace.split('.').next().unwrap_or(namespace));
    let topic = args
        .topic
        .clone()
        .unwrap_or_else(|| topic_of(namespace, short));
    let (kind, about) = match args.kind {
        Kind::Submission => (ContractKind::Submission, "What somebody wants."),
        Kind::Event => (ContractKind::Event, "What has happened."),
        Kind::Change => (
            ContractKind::Change,
            "The entity after every completed change.",
        ),
        Kind::Type => (ContractKind::Type, "A value that several events share."),
    };
    let outline = Outline {
        kind,
        description: about,
        owner,
        topic: &topic,
        key: "id",
    };
    let mut fields = String::new();
    let mut example = String::new();
    let field = |name: &str, ty: &str, doc: &str| {
        format!("    {{ \"name\": \"{name}\", \"type\": {ty}, \"doc\": \"{doc}\" }}")
    };
    let uuid = "{ \"type\": \"string\", \"logicalType\": \"uuid\" }";
    let time = "{ \"type\": \"long\", \"logicalType\": \"timestamp-millis\" }";
    let mut all = Vec::new();
    match args.kind {
        Kind::Type => {
            all.push(field("value", "\"string\"", "Say what it is."));
            example.push_str("\"value\": \"a value\"");
        }
        Kind::Submission | Kind::Event | Kind::Change => {
            all.push(field("id", uuid, "Whose it is."));
            all.push(field("occurred_at", time, "When it happened."));
            example.push_str(
                "\"id\": \"6f0c2b0e-5d0f-4c1e-9a53-1d2b3c4d5e6f\",\n  \
                 \"occurred_at\": \"2026-01-01T12:00:00.000Z\"",
            );
        }
    }
    if args.kind == Kind::Change {
        all.push(field(
            "version",
            "\"long\"",
            "Counts the entity's changes, from 1.",
        ));
        all.push(field(
            "deleted",
            "\"boolean\"",
            "Whether the entity is gone.",
        ));
        example.push_str(",\n  \"version\": 1,\n  \"deleted\": false");
    }
    fields.push_str(&all.join(",\n"));
    let schema = format!(
        "{{\n  \"type\": \"record\",\n  \"name\": \"{short}\",\n  \"namespace\": \"{namespace}\",\n  \
         \"doc\": {},\n  \"fields\": [\n{fields}\n  ]\n}}\n",
        quoted(about)
    );
    vec![
        (format!("{name}/contract.toml"), outline.to_toml()),
        (format!("{name}/v1.avsc"), schema),
        (
            format!("{name}/examples/first.json"),
            format!("{{\n  {example}\n}}\n"),
        ),
    ]
}

/// `orders.OrderPlaced` becomes `orders.order-placed`.
fn topic_of(namespace: &str, short: &str) -> String {
    let mut topic = format!("{namespace}.");
    for (at, letter) in short.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            topic.push('-');
        }
        topic.push(letter.to_ascii_lowercase());
    }
    topic
}
