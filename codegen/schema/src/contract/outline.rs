//! The `contract.toml` that a contract begins with.

use super::ContractKind;
use crate::json::write_string;

/// What is known of a contract that is about to be written down.
#[derive(Debug, Clone)]
pub struct Outline<'o> {
    /// What it describes.
    pub kind: ContractKind,
    /// In one sentence.
    pub description: &'o str,
    /// The owning team.
    pub owner: &'o str,
    /// The topic; not used by a type.
    pub topic: &'o str,
    /// The field that is the key; not used by a type.
    pub key: &'o str,
}

impl Outline<'_> {
    /// The text of its `contract.toml`, with what is usual for its kind.
    ///
    /// ```
    /// use accordant_schema::contract::{ContractKind, Outline};
    ///
    /// let outline = Outline {
    ///     kind: ContractKind::Type,
    ///     description: "An amount.",
    ///     owner: "platform",
    ///     topic: "",
    ///     key: "",
    /// };
    /// assert_eq!(
    ///     outline.to_toml(),
    ///     "kind = \"type\"\ndescription = \"An amount.\"\nowner = \"platform\"\n\
    ///      compatibility = \"full-transitive\"\n"
    /// );
    /// ```
    pub fn to_toml(&self) -> String {
        let Outline {
            description,
            owner,
            topic,
            key,
            ..
        } = self;
        let (kind, cleanup) = match self.kind {
            ContractKind::Submission => {
                ("submission", "cleanup = \"delete\"\nretention = \"7d\"\n")
            }
            ContractKind::Event => ("event", "cleanup = \"delete\"\nretention = \"7d\"\n"),
            ContractKind::Change => ("change", "cleanup = \"compact\"\n"),
            ContractKind::Type => ("type", ""),
        };
        let mut toml = format!(
            "kind = \"{kind}\"\ndescription = {}\nowner = {}\n",
            quoted(description),
            quoted(owner)
        );
        if self.kind != ContractKind::Type {
            let (topic, key) = (quoted(topic), quoted(key));
            toml.push_str(&format!(
                "audience = \"company\"\ntopic = {topic}\nkey = [{key}]\n"
            ));
            if self.kind == ContractKind::Change {
                toml.push_str("version = \"version\"\ndeleted = \"deleted\"\n");
            }
            toml.push_str("partitions = 6\n");
            toml.push_str(cleanup);
        }
        toml.push_str("compatibility = \"full-transitive\"\n");
        toml
    }
}

/// A basic string of TOML; JSON's strings are ones.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}
