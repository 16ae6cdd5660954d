//! From the text of a `contract.toml` to its values, all problems at once.

use std::{collections::BTreeMap, time::Duration};

use toml::de::DeTable;

use super::{
    Cleanup, Compatibility, ContractConfig, ContractKind, IgnoreRule,
    config_reader::{Reader, integer, span_of},
    config_value::{
        CLEANUPS, KINDS, LEVELS, SUBJECTS, UNKNOWN_FIELDS, is_date, is_topic, parse_duration,
    },
};
use crate::{Problem, ProblemCode, Span, problem::shorten};

/// The keys of `contract.toml`.
const KEYS: [&str; 18] = [
    "kind",
    "description",
    "owner",
    "audience",
    "topic",
    "key",
    "partition_by",
    "version",
    "deleted",
    "partitions",
    "cleanup",
    "retention",
    "compatibility",
    "compatibility_reason",
    "unknown_fields",
    "subject",
    "retired",
    "ignore",
];
/// Keys that a type, which has no topic, must not have.
const TOPIC_KEYS: [&str; 10] = [
    "topic",
    "key",
    "partition_by",
    "version",
    "deleted",
    "partitions",
    "cleanup",
    "retention",
    "unknown_fields",
    "subject",
];
const IGNORE_KEYS: [&str; 2] = ["reason", "until"];

/// Kafka deletes after a week unless told otherwise; so does a contract.
const RETENTION_DEFAULT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// What one broker's controller still handles; a typing error is larger.
const PARTITIONS_MAX: i64 = 10_000;

/// A configuration together with the places of what it says, for problems that
/// show only against the schema.
#[derive(Debug, Clone)]
pub(super) struct ConfigText {
    pub(super) config: ContractConfig,
    /// The place of each key's value, and of each item as `key[0]`.
    pub(super) spans: BTreeMap<String, Span>,
}

/// Reads a `contract.toml`; no configuration comes back where a value that
/// cannot be guessed is missing or wrong.
pub(super) fn read_config(text: &str, file: &str) -> (Option<ConfigText>, Vec<Problem>) {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let message = format!("this is no TOML: {}", error.message().replace('\n', ", "));
            let problem = Problem::new(ProblemCode::CONFIG_SYNTAX, message).in_file(file);
            let problem = match error.span() {
                Some(span) => problem.at(Span {
                    start: span.start,
                    end: span.end,
                }),
                None => problem,
            };
            return (None, vec![problem]);
        }
    };
    let mut reader = Reader {
        file,
        table: table.get_ref(),
        problems: Vec::new(),
        spans: BTreeMap::new(),
    };
    reader.check_keys(reader.table, &KEYS, "contract.toml");
    let config = reader.config();
    let Reader {
        mut problems,
        spans,
        ..
    } = reader;
    problems.sort_by_key(|problem| problem.span);
    let config = config.filter(|_| problems.is_empty());
    (config.map(|config| ConfigText { config, spans }), problems)
}

impl Reader<'_> {
    fn config(&mut self) -> Option<ContractConfig> {
        let kind = self.choice("kind", &KINDS);
        if kind.is_none() && !self.has("kind") {
            self.missing(
                "kind",
                "kind = \"change\" (or \"submission\", \"event\", \"type\")",
            );
        }
        let is_type = kind == Some(ContractKind::Type);
        self.check_kind_keys(kind);
        let description = self.required_text(
            "description",
            "description = \"What it tells, in one sentence.\"",
        );
        let owner = self.required_text("owner", "owner = \"the owning team\"");
        let audience = self
            .text("audience")
            .unwrap_or_else(|| "company".to_owned());
        let topic = self.topic(is_type);
        let key = self.paths("key");
        let partition_by = if self.has("partition_by") {
            self.paths("partition_by")
        } else {
            key.clone()
        };
        let version = self.text("version");
        let deleted = self.text("deleted");
        let partitions = self.partitions(is_type);
        let cleanup = self.choice("cleanup", &CLEANUPS).unwrap_or_default();
        let retention = self.retention(cleanup);
        let (compatibility, compatibility_reason) = self.compatibility();
        let unknown_fields = self
            .choice("unknown_fields", &UNKNOWN_FIELDS)
            .unwrap_or_default();
        let subject = self.choice("subject", &SUBJECTS).unwrap_or_default();
        let retired = self.retired();
        let ignore = self.ignore();
        Some(ContractConfig {
            kind: kind?,
            description,
            owner,
            audience,
            topic,
            key,
            partition_by,
            version,
            deleted,
            partitions,
            cleanup,
            retention,
            compatibility,
            compatibility_reason,
            unknown_fields,
            subject,
            retired,
            ignore,
        })
    }

    /// The keys that a kind needs, and those that it must not have.
    fn check_kind_keys(&mut self, kind: Option<ContractKind>) {
        let Some(kind) = kind else { return };
        let why = "a contract of kind \"type\" has no topic";
        match kind {
            ContractKind::Type => return self.refuse_keys(&TOPIC_KEYS, why),
            ContractKind::Submission | ContractKind::Event => {
                let why = "only a contract of kind \"change\" has it";
                self.refuse_keys(&["version", "deleted"], why);
            }
            ContractKind::Change if !self.has("version") => {
                let example = "version = \"the long field that counts an entity's changes\"";
                self.missing("version", example);
            }
            ContractKind::Change => {}
        }
        if !self.has("key") {
            self.missing("key", "key = [\"the field that identifies the entity\"]");
        }
    }

    fn topic(&mut self, is_type: bool) -> String {
        let topic = self.text("topic");
        match &topic {
            Some(name) if !is_topic(name) => {
                let message = format!("{:?} is no topic name", shorten(name));
                let fix = "use 1 to 249 letters, digits, dots, underscores and hyphens";
                self.bad_value("topic", message, fix);
            }
            None if !is_type && !self.has("topic") => {
                self.missing("topic", "topic = \"the Kafka topic\"");
            }
            Some(_) | None => {}
        }
        topic.unwrap_or_default()
    }

    fn partitions(&mut self, is_type: bool) -> u32 {
        if !self.has("partitions") {
            if !is_type {
                self.missing("partitions", "partitions = 6");
            }
            return 0;
        }
        match self.number("partitions") {
            Some(count @ 1..=PARTITIONS_MAX) => count as u32,
            Some(count) => {
                let message = format!("a topic cannot have {count} partitions");
                self.bad_value("partitions", message, format!("use 1 to {PARTITIONS_MAX}"));
                0
            }
            None => 0,
        }
    }

    fn retention(&mut self, cleanup: Cleanup) -> Option<Duration> {
        let default = match cleanup {
            Cleanup::Delete | Cleanup::CompactDelete => Some(RETENTION_DEFAULT),
            Cleanup::Compact => None,
        };
        let Some(text) = self.text("retention") else {
            return default;
        };
        if text == "forever" {
            return None;
        }
        let duration = parse_duration(&text);
        if duration.is_none() {
            let message = format!("{:?} is no duration", shorten(&text));
            let fix = "write a number and a unit, such as \"7d\", \"12h\", \"30m\" or \"45s\", or \"forever\"";
            self.bad_value("retention", message, fix);
        }
        duration
    }

    fn compatibility(&mut self) -> (Compatibility, Option<String>) {
        let level = self.choice("compatibility", &LEVELS).unwrap_or_default();
        let reason = self.text("compatibility_reason");
        if level == Compatibility::None && reason.as_deref().is_none_or(|it| it.trim().is_empty()) {
            let message = "compatibility \"none\" needs a reason".to_owned();
            let fix = "add compatibility_reason = \"...\", or choose a level";
            self.bad_value("compatibility", message, fix);
        }
        (level, reason)
    }

    fn retired(&mut self) -> Vec<u32> {
        let mut retired = Vec::new();
        for (index, item) in self
            .array("retired", "an array of version numbers")
            .iter()
            .enumerate()
        {
            self.spans
                .insert(format!("retired[{index}]"), span_of(item));
            match integer(item.get_ref()).and_then(|number| u32::try_from(number).ok()) {
                Some(number) if number >= 1 && !retired.contains(&number) => retired.push(number),
                Some(_) | None => {
                    let message =
                        "\"retired\" lists version numbers, each from 1 and once".to_owned();
                    self.report(ProblemCode::BAD_VALUE, span_of(item), message, "");
                }
            }
        }
        retired.sort_unstable();
        retired
    }

    fn ignore(&mut self) -> BTreeMap<String, IgnoreRule> {
        let mut rules = BTreeMap::new();
        let Some(value) = self.value("ignore") else {
            return rules;
        };
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type("ignore", value, "a table of finding codes");
            return rules;
        };
        for (code, rule) in table {
            let Some(rule_table) = rule.get_ref().as_table() else {
                self.wrong_type(
                    code.get_ref(),
                    rule,
                    "a table with \"reason\" and \"until\"",
                );
                continue;
            };
            self.check_keys(rule_table, &IGNORE_KEYS, "an ignored finding");
            let text = |key: &str| {
                rule_table
                    .get(key)
                    .and_then(|value| value.get_ref().as_str())
            };
            let (reason, until) = (text("reason").unwrap_or(""), text("until").unwrap_or(""));
            if reason.trim().is_empty() || !is_date(until) {
                let code = shorten(code.get_ref());
                let message = format!("the ignored finding {code:?} needs a reason and an end");
                let fix = "add reason = \"...\" and until = \"YYYY-MM-DD\"";
                self.report(ProblemCode::BAD_VALUE, span_of(rule), message, fix);
                continue;
            }
            let rule = IgnoreRule {
                reason: reason.to_owned(),
                until: until.to_owned(),
                span: Span {
                    start: code.span().start,
                    end: code.span().end,
                },
            };
            rules.insert(code.get_ref().to_string(), rule);
        }
        rules
    }
}
