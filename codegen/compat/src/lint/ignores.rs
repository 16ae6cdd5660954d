//! Findings that a `contract.toml` or the workspace's configuration accepts for
//! a time; an entry that is unknown, has run out or matches nothing is a finding
//! of its own, so that none outlives its reason.

use accordant_schema::{
    Problem, ProblemCode, Span,
    contract::{Contract, ContractName, Version, is_date},
    nearest,
};

use super::{Config, Ignore, Lint, Selection, Set, lint};
use crate::{
    Category, Finding, Severity,
    rules::{self, Rule},
};

pub(super) const UNKNOWN_RULE: Lint = lint(
    Set::Config,
    "L001",
    "unknown-rule",
    include_str!("L001.md"),
    |_| Vec::new(),
);
pub(super) const IGNORE_UNUSED: Lint = lint(
    Set::Config,
    "L002",
    "ignore-unused",
    include_str!("L002.md"),
    |_| Vec::new(),
);
pub(super) const IGNORE_EXPIRED: Lint = lint(
    Set::Config,
    "L003",
    "ignore-expired",
    include_str!("L003.md"),
    |_| Vec::new(),
);

/// Every ignore of a folder, and whether it matched.
#[derive(Debug, Default)]
pub(crate) struct Ignores<'a> {
    entries: Vec<Entry<'a>>,
    today: Option<&'a str>,
    /// Where the workspace's entries are from.
    file: &'a str,
}

#[derive(Debug)]
struct Entry<'a> {
    /// As written.
    text: &'a str,
    rule: Option<&'static Rule>,
    scope: Scope<'a>,
    reason: &'a str,
    until: &'a str,
    matched: bool,
}

#[derive(Debug)]
enum Scope<'a> {
    /// From a `contract.toml`.
    Contract {
        name: &'a ContractName,
        /// The newest one, which is to blame for what its file says.
        version: Version,
        span: Span,
    },
    /// From the workspace's configuration, with its place in the list.
    Workspace { entry: &'a Ignore, index: usize },
}

/// What an ignore makes of a finding.
#[derive(Debug)]
pub(crate) enum Applied {
    /// Nothing ignores it.
    Kept(Finding),
    /// One does, for this reason, until this day.
    Ignored {
        finding: Finding,
        reason: String,
        until: String,
    },
}

impl<'a> Ignores<'a> {
    /// The entries of a folder's contracts, then those of the workspace.
    pub(crate) fn new(
        contracts: impl Iterator<Item = &'a Contract>,
        config: Option<&'a Config>,
        today: Option<&'a str>,
    ) -> Ignores<'a> {
        let mut entries = Vec::new();
        for contract in contracts {
            for (code, it) in &contract.config.ignore {
                entries.push(Entry {
                    text: code,
                    rule: rules::find(code),
                    scope: Scope::Contract {
                        name: &contract.name,
                        version: contract.latest().version,
                        span: it.span,
                    },
                    reason: &it.reason,
                    until: &it.until,
                    matched: false,
                });
            }
        }
        for (index, entry) in config.iter().flat_map(|it| &it.ignore).enumerate() {
            entries.push(Entry {
                text: &entry.code,
                rule: rules::find(&entry.code),
                scope: Scope::Workspace { entry, index },
                reason: &entry.reason,
                until: &entry.until,
                matched: false,
            });
        }
        Ignores {
            entries,
            today,
            file: config.map_or("", |it| &it.file),
        }
    }

    /// Applies the first entry that fits and has not run out.
    pub(crate) fn apply(&mut self, mut finding: Finding) -> Applied {
        let today = self.today;
        let mut ended = None;
        for entry in self.entries.iter_mut().filter(|it| it.fits(&finding)) {
            entry.matched = true;
            if entry.has_ended(today) {
                ended = Some(entry.until);
                continue;
            }
            return Applied::Ignored {
                finding,
                reason: entry.reason.to_owned(),
                until: entry.until.to_owned(),
            };
        }
        if let Some(until) = ended {
            let note = format!(" (it was ignored until {until})");
            finding.fix.push_str(&note);
        }
        Applied::Kept(finding)
    }

    /// What is wrong with the entries, when every finding has been applied:
    /// findings in a contract, problems in the workspace's file. Of a part of a
    /// folder nobody can say which of the workspace's match nothing.
    pub(crate) fn leftovers(
        mut self,
        selection: &Selection,
        is_part: bool,
    ) -> (Vec<Finding>, Vec<Problem>) {
        let (mut findings, mut problems) = (Vec::new(), Vec::new());
        for entry in &mut self.entries {
            entry.matched |= is_part && matches!(entry.scope, Scope::Workspace { .. });
            let Some(wrong) = entry.wrong(self.today, selection) else {
                continue;
            };
            match entry.scope {
                Scope::Contract {
                    name,
                    version,
                    span,
                } => findings.push(wrong.finding(entry.text, name, version, span)),
                Scope::Workspace { entry, index } => {
                    problems.push(wrong.problem(self.file, entry.span, index));
                }
            }
        }
        (findings, problems)
    }
}

impl Entry<'_> {
    fn fits(&self, finding: &Finding) -> bool {
        let is_rule = self.rule.is_some_and(|rule| rule.code == finding.code);
        is_rule
            && match &self.scope {
                Scope::Contract { name, .. } => **name == finding.contract,
                Scope::Workspace { entry, .. } => {
                    let is_in = |pattern: &Option<String>, text: &str| {
                        pattern.as_deref().is_none_or(|it| is_like(it, text))
                    };
                    is_in(&entry.contract, finding.contract.as_str())
                        && is_in(&entry.path, &finding.path)
                }
            }
    }

    fn has_ended(&self, today: Option<&str>) -> bool {
        today.is_some_and(|today| today > self.until)
    }

    fn wrong(&self, today: Option<&str>, selection: &Selection) -> Option<Wrong> {
        let text = self.text;
        if self.rule.is_none() {
            let known = rules::ALL.iter().flat_map(|it| [it.code, it.name]);
            let near = nearest(text, known).unwrap_or_default();
            return Some(Wrong {
                code: ProblemCode(UNKNOWN_RULE.rule.code),
                rule: UNKNOWN_RULE.rule,
                message: format!("there is no rule {text:?} to ignore; the nearest is {near:?}"),
                means: "nothing is ignored, and whoever reads the file believes that it is",
                fix: format!("did you mean {near:?}?"),
            });
        }
        // A contract.toml that lacks these does not load.
        if self.reason.trim().is_empty() || !is_date(self.until) {
            return Some(Wrong {
                code: ProblemCode::BAD_VALUE,
                rule: IGNORE_UNUSED.rule,
                message: format!("the ignored finding {text:?} needs a reason and an end"),
                means: "nobody will know why, or take it out",
                fix: "add reason = \"...\" and until = \"YYYY-MM-DD\"".to_owned(),
            });
        }
        if self.has_ended(today) {
            return Some(Wrong {
                code: ProblemCode(IGNORE_EXPIRED.rule.code),
                rule: IGNORE_EXPIRED.rule,
                message: format!("the ignore of {text} ended on {}", self.until),
                means: "what it was to bridge is still there, or the entry is left over",
                fix: format!("repair what {text} finds and remove the entry, or give it a new end"),
            });
        }
        let why = match self.rule {
            Some(rule) if !selection.runs(rule) => ": the rule does not run",
            Some(_) | None => "",
        };
        (!self.matched).then(|| Wrong {
            code: ProblemCode(IGNORE_UNUSED.rule.code),
            rule: IGNORE_UNUSED.rule,
            message: format!("the ignore of {text} matches no finding{why}"),
            means: "the next finding of its kind would be ignored for a reason that is not its own",
            fix: "remove the entry".to_owned(),
        })
    }
}

/// What is wrong with an entry.
struct Wrong {
    code: ProblemCode,
    rule: Rule,
    message: String,
    means: &'static str,
    fix: String,
}

impl Wrong {
    fn finding(self, text: &str, name: &ContractName, version: Version, span: Span) -> Finding {
        Finding {
            code: self.rule.code,
            name: self.rule.name,
            category: Category::Lint,
            // `contract.toml` is never frozen: this can always be repaired.
            severity: Severity::Error,
            contract: name.clone(),
            version,
            against: Vec::new(),
            path: format!("ignore.{text}"),
            file: format!("{name}/contract.toml"),
            span: Some(span),
            other: None,
            message: self.message,
            means: self.means.to_owned(),
            witness: None,
            fix: self.fix,
        }
    }

    fn problem(self, file: &str, span: Option<Span>, index: usize) -> Problem {
        Problem {
            code: self.code,
            file: file.to_owned(),
            span,
            path: format!("lint.ignore[{index}]"),
            message: self.message,
            fix: self.fix,
        }
    }
}

/// Whether a text is like a pattern, in which `*` stands for any text.
fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_text() {
        #[track_caller]
        fn check(pattern: &str, text: &str, expected: bool) {
            assert_eq!(is_like(pattern, text), expected, "{pattern} {text}");
        }
        check("shop.Order", "shop.Order", true);
        check("shop.Order", "shop.OrderPlaced", false);
        check("shop.*", "shop.Order", true);
        check("shop.*", "shopping.Order", false);
        check("*Changed", "shop.OrderChanged", true);
        check("shop.*Changed", "shop.OrderChanged", true);
        check("*", "", true);
        check("a*a", "a", false);
        check("a*bc*c", "abc", false);
        check("a*bc*c", "axbcxc", true);
        check("a*x*b", "acb", false);
        check("a*x*b", "axcxb", true);
        check("*.price*.amount", "Order.prices[].amount", true);
    }
}
