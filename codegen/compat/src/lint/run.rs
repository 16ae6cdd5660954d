//! The chosen rules over the versions of a contract.

use std::collections::BTreeSet;

use accordant_schema::{
    Problem, ProblemCode, Span,
    contract::{Contract, ContractVersion, Contracts, State},
    json::{self, Json},
    nearest,
};

use super::{Config, LINTS, Lint, SETS, Selector, Set, Versions, ignores, types::Own};
use crate::{
    Finding, Severity,
    rules::{self, Rule},
};

/// What a rule does: all of its findings in one version.
pub(crate) type Check = fn(&Subject<'_>) -> Vec<Hit>;

/// One version and what is around it.
pub(crate) struct Subject<'a> {
    pub(super) config: &'a Config,
    pub(super) contracts: &'a Contracts,
    pub(super) contract: &'a Contract,
    pub(super) version: &'a ContractVersion,
    /// The version before it that is not retired.
    pub(super) previous: Option<&'a ContractVersion>,
    /// The types that its own text defines.
    pub(super) own: Own<'a>,
}

/// What a rule says, apart from its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(super) at: At,
    pub(super) message: String,
    pub(super) means: String,
    pub(super) fix: String,
}

/// Where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    /// In the schema, with the path in words.
    Schema { path: String, span: Span },
    /// A key of `contract.toml`.
    Key(&'static str),
}

impl At {
    pub(super) fn hit(
        self,
        message: impl Into<String>,
        means: impl Into<String>,
        fix: impl Into<String>,
    ) -> Hit {
        Hit {
            at: self,
            message: message.into(),
            means: means.into(),
            fix: fix.into(),
        }
    }
}

impl<'a> Subject<'a> {
    fn new(
        config: &'a Config,
        contracts: &'a Contracts,
        contract: &'a Contract,
        version: &'a ContractVersion,
    ) -> Subject<'a> {
        let previous = contract
            .versions
            .iter()
            .rfind(|it| it.version < version.version && it.state != State::Retired);
        Subject {
            config,
            contracts,
            contract,
            version,
            previous,
            own: Own::of(&version.schema),
        }
    }

    /// The place of a type's attribute, or of the type where it has none.
    pub(super) fn attribute(&self, span: Span, name: &str) -> Span {
        let found = self.definition(span);
        let found = found.as_ref().and_then(|it| it.get(name));
        found.map_or(span, |it| shifted(it.span, span))
    }

    /// The place of a text in a type's or field's list, such as a symbol.
    pub(super) fn item(&self, span: Span, list: &str, text: &str) -> Span {
        let definition = self.definition(span);
        let items = definition.as_ref().and_then(|it| it.get(list)?.as_array());
        let found = items.and_then(|it| it.iter().find(|it| it.as_str() == Some(text)));
        found.map_or(span, |it| shifted(it.span, span))
    }

    /// The JSON at a place of the version's own text; its spans start there.
    fn definition(&self, span: Span) -> Option<Json> {
        let text = self.version.text.get(span.start..span.end)?;
        json::parse(text, json::DEPTH_CEILING).ok()
    }
}

fn shifted(span: Span, by: Span) -> Span {
    Span {
        start: span.start + by.start,
        end: span.end + by.start,
    }
}

/// The rules that a configuration chooses.
#[derive(Debug)]
pub(crate) struct Selection {
    codes: BTreeSet<&'static str>,
    /// What it names and nobody has.
    pub(crate) problems: Vec<Problem>,
}

impl Selection {
    pub(crate) fn of(config: &Config) -> Selection {
        let mut selection = Selection {
            codes: BTreeSet::new(),
            problems: Vec::new(),
        };
        for selector in &config.uses {
            selection.choose(config, selector);
        }
        for selector in &config.except {
            match lint_of(&selector.text) {
                Some(lint) if lint.rule.set == Some(Set::Config) => selection.problem(
                    config,
                    selector,
                    "except",
                    format!("{} cannot be left out", lint.rule.code),
                    "remove it: it watches over the configuration itself".to_owned(),
                ),
                Some(lint) => {
                    selection.codes.remove(lint.rule.code);
                }
                None => {
                    let known = LINTS.iter().flat_map(|it| [it.rule.code, it.rule.name]);
                    selection.unknown(config, selector, "except", known);
                }
            }
        }
        let config_rules = LINTS.iter().filter(|it| it.rule.set == Some(Set::Config));
        selection.codes.extend(config_rules.map(|it| it.rule.code));
        selection
    }

    /// Whether a rule runs; those that are no lint always do.
    pub(super) fn runs(&self, rule: &Rule) -> bool {
        rule.set.is_none() || self.codes.contains(rule.code)
    }

    fn choose(&mut self, config: &Config, selector: &Selector) {
        let set = SETS.iter().find(|set| set.as_str() == selector.text);
        match (set, lint_of(&selector.text)) {
            (Some(set), _) => {
                let is_in =
                    |lint: &&Lint| lint.rule.set.is_some_and(|it| set.includes().contains(&it));
                self.codes
                    .extend(LINTS.iter().filter(is_in).map(|it| it.rule.code));
            }
            (None, Some(lint)) => {
                self.codes.insert(lint.rule.code);
            }
            (None, None) => {
                let sets = SETS.iter().map(|set| set.as_str());
                let rules = LINTS.iter().flat_map(|it| [it.rule.code, it.rule.name]);
                self.unknown(config, selector, "use", sets.chain(rules));
            }
        }
    }

    fn unknown<'c>(
        &mut self,
        config: &Config,
        selector: &Selector,
        key: &str,
        known: impl Iterator<Item = &'c str>,
    ) {
        let near = nearest(&selector.text, known).unwrap_or_default();
        let what = if key == "use" {
            "set or lint rule"
        } else {
            "lint rule"
        };
        self.problem(
            config,
            selector,
            key,
            format!(
                "there is no {what} {:?}; the nearest is {near:?}",
                selector.text
            ),
            format!("did you mean {near:?}?"),
        );
    }

    fn problem(
        &mut self,
        config: &Config,
        selector: &Selector,
        key: &str,
        message: String,
        fix: String,
    ) {
        self.problems.push(Problem {
            code: ProblemCode(ignores::UNKNOWN_RULE.rule.code),
            file: config.file.clone(),
            span: selector.span,
            path: format!("lint.{key}"),
            message,
            fix,
        });
    }
}

fn lint_of(text: &str) -> Option<&'static Lint> {
    let code = rules::find(text)?.code;
    LINTS.iter().find(|lint| lint.rule.code == code)
}

/// Every finding of the chosen rules in a contract, by place.
pub(crate) fn findings(
    contracts: &Contracts,
    config: &Config,
    selection: &Selection,
    contract: &Contract,
) -> Vec<Finding> {
    let latest = contract.latest().version;
    let linted = contract.versions.iter().filter(|it| match config.versions {
        Versions::Latest => it.version == latest,
        Versions::All => true,
    });
    let mut findings = Vec::new();
    for version in linted.filter(|it| it.state != State::Retired) {
        let subject = Subject::new(config, contracts, contract, version);
        let released = match version.state {
            State::Draft => contract.latest_released(),
            State::Released | State::Retired => None,
        };
        let released = released.map(|it| Subject::new(config, contracts, contract, it));
        for lint in LINTS
            .iter()
            .filter(|it| selection.codes.contains(it.rule.code))
        {
            let hits = (lint.check)(&subject);
            let inherited = match &released {
                Some(released) if !hits.is_empty() => (lint.check)(released),
                Some(_) | None => Vec::new(),
            };
            for hit in hits {
                let since = released.as_ref().map(|it| it.version);
                let since = since.filter(|_| inherited.iter().any(|it| it.is_same(&hit)));
                findings.push(finding(&subject, lint, hit, since));
            }
        }
    }
    findings.sort_by_key(|it| (it.version, it.severity, it.file.clone(), it.span, it.code));
    findings
}

impl Hit {
    /// The same finding in another version: the place in the text may differ.
    fn is_same(&self, other: &Hit) -> bool {
        let place = |hit: &Hit| match &hit.at {
            At::Schema { path, .. } => Ok(path.clone()),
            At::Key(key) => Err(*key),
        };
        place(self) == place(other) && self.message == other.message
    }
}

fn finding(
    subject: &Subject<'_>,
    lint: &Lint,
    hit: Hit,
    since: Option<&ContractVersion>,
) -> Finding {
    let name = &subject.contract.name;
    let (path, file, span) = match hit.at {
        At::Schema { path, span } => (path, subject.version.file.clone(), Some(span)),
        At::Key(key) => (key.to_owned(), format!("{name}/contract.toml"), None),
    };
    let severity = match (subject.version.state, since) {
        (State::Draft, None) => lint.rule.severity,
        (State::Draft, Some(_)) | (State::Released | State::Retired, _) => Severity::Warning,
    };
    let means = match since {
        Some(released) => format!("{} ({} was released so)", hit.means, released.version),
        None => hit.means,
    };
    Finding {
        code: lint.rule.code,
        name: lint.rule.name,
        category: lint.rule.category,
        severity,
        contract: name.clone(),
        version: subject.version.version,
        against: Vec::new(),
        path,
        file,
        span,
        other: None,
        message: hit.message,
        means,
        witness: None,
        fix: hit.fix,
    }
}
