//! Every change, written down in the transaction that makes it: who, why, and
//! in which order. From here other instances learn what they may forget.

use super::{Registry, now_ms};
use crate::{
    error::Error,
    store::{ChangeRow, Tx, VersionRow},
    subject::{SubjectName, VersionSelector},
};

/// The target of the audit log: a line of JSON for each change that was made.
const AUDIT: &str = "accordant_registry::audit";

/// Who asks for a change, why, and whether it is meant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Action {
    pub(crate) author: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) run: Run,
}

/// Whether what an action does stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Run {
    #[default]
    Real,
    /// Everything is done and answered, and taken back.
    Dry,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Registered,
    /// Softly.
    Deleted,
    /// For good.
    Removed,
    Undeleted,
    ConfigSet,
    ConfigRemoved,
    ModeSet,
    ModeRemoved,
    ContextRemoved,
}

impl ChangeKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            ChangeKind::Registered => "registered",
            ChangeKind::Deleted => "deleted",
            ChangeKind::Removed => "removed",
            ChangeKind::Undeleted => "undeleted",
            ChangeKind::ConfigSet => "config-set",
            ChangeKind::ConfigRemoved => "config-removed",
            ChangeKind::ModeSet => "mode-set",
            ChangeKind::ModeRemoved => "mode-removed",
            ChangeKind::ContextRemoved => "context-removed",
        }
    }

    /// A version's change.
    pub(crate) fn of_version(self, row: &VersionRow, guid: &str) -> ChangeRow {
        ChangeRow {
            version: Some(row.version),
            id: Some(row.id),
            guid: Some(guid.to_owned()),
            ..self.of(&row.context, &row.subject)
        }
    }

    /// A change of a subject's settings, or of everybody's.
    pub(crate) fn of_scope(self, subject: Option<&SubjectName>) -> ChangeRow {
        match subject {
            Some(subject) => self.of(subject.context(), subject.name()),
            None => self.of("", ""),
        }
    }

    fn of(self, context: &str, subject: &str) -> ChangeRow {
        ChangeRow {
            seq: 0,
            kind: self.name().to_owned(),
            context: context.to_owned(),
            subject: subject.to_owned(),
            version: None,
            id: None,
            guid: None,
            author: None,
            reason: None,
            at_ms: now_ms(),
        }
    }
}

impl Registry {
    /// Ends a transaction: writes its changes down, commits, and lets everybody
    /// here know. A dry run is taken back instead.
    pub(crate) async fn commit(
        &self,
        mut tx: Tx,
        action: &Action,
        mut changes: Vec<ChangeRow>,
    ) -> Result<(), Error> {
        if action.run == Run::Dry {
            return Ok(());
        }
        for change in &mut changes {
            change.author.clone_from(&action.author);
            change.reason.clone_from(&action.reason);
        }
        tx.record(&mut changes).await?;
        tx.commit().await?;
        for change in &changes {
            self.library().forget(change);
            tracing::info!(target: AUDIT, "{}", line_of(change));
        }
        if let Some(last) = changes.last() {
            self.feed().announce(last.seq);
        }
        Ok(())
    }

    /// Changes after a number, at most `limit`.
    pub(crate) async fn changes_after(
        &self,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<ChangeRow>, Error> {
        let mut tx = self.store().read().await?;
        Ok(tx.changes_after(seq, limit).await?)
    }

    /// Changes of a subject, or of one of its versions and of it as a whole.
    pub(crate) async fn changes_of(
        &self,
        subject: &SubjectName,
        selector: Option<VersionSelector>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ChangeRow>, Error> {
        let version = match selector {
            None => None,
            Some(VersionSelector::Number(version)) => Some(version),
            Some(latest @ VersionSelector::Latest) => {
                let visibility = crate::store::Visibility::All;
                let stored = self.version(subject, latest, visibility).await?;
                Some(stored.row.version)
            }
        };
        let mut tx = self.store().read().await?;
        Ok(tx.changes_of(subject, version, after, limit).await?)
    }
}

/// A change as the feed and the audit log show it.
pub(crate) fn shown(change: &ChangeRow) -> serde_json::Value {
    let mut shown = serde_json::Map::new();
    let mut put = |key: &str, value: serde_json::Value| {
        if !value.is_null() {
            shown.insert(key.to_owned(), value);
        }
    };
    put("seq", change.seq.into());
    put("change", change.kind.as_str().into());
    let everything = change.context.is_empty() && change.subject.is_empty();
    put(
        "subject",
        match everything {
            true => serde_json::Value::Null,
            false => change.subject_name().to_string().into(),
        },
    );
    put("version", change.version.map(|it| it.0).into());
    put("id", change.id.map(|it| it.0).into());
    put("guid", change.guid.as_deref().into());
    put("author", change.author.as_deref().into());
    put("reason", change.reason.as_deref().into());
    put("ts", change.at_ms.into());
    serde_json::Value::Object(shown)
}

/// JSON escapes whatever could end or colour a line, but for these.
fn line_of(change: &ChangeRow) -> String {
    let mut line = String::new();
    for c in shown(change).to_string().chars() {
        let breaks = c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if breaks {
            line.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            line.push(c);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_audit_log_stays_one_line() {
        let mut change = ChangeKind::Deleted.of_scope(Some(&SubjectName::parse("a\u{202e}b")));
        change.reason = Some("x\n\u{1b}[31m \"forged\": 1\u{85}\u{2028}".to_owned());
        change.at_ms = 7;
        assert_eq!(
            line_of(&change),
            r#"{"seq":0,"change":"deleted","subject":"a\u202eb","reason":"x\n\u001b[31m \"forged\": 1\u0085\u2028","ts":7}"#
        );
    }
}
