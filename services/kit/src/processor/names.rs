//! The topics of an application, by the names that every application uses.

use std::sync::Arc;

use accordant_wire::Event;

use super::{Input, Processor};
use crate::push::AppTopics;

/// The topics of a processor, as `push` creates them.
pub fn topics_of<P: Processor>() -> AppTopics {
    AppTopics {
        app: P::NAME.to_owned(),
        sources: P::Input::sources()
            .iter()
            .map(|source| source.topic.to_owned())
            .collect(),
        outbound: P::Change::TOPIC.to_owned(),
    }
}

/// Names of topics, shared by all who handle records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) application: String,
    pub(crate) sources: Vec<Arc<str>>,
    pub(crate) outbound: Arc<str>,
    pub(crate) outcomes: Arc<str>,
}

impl Names {
    pub(crate) fn of(topics: &AppTopics) -> Names {
        let outcomes = match topics.sources.as_slice() {
            [source] => format!("{source}.outcomes"),
            _ => format!("{}.outcomes", topics.app),
        };
        Names {
            application: topics.app.clone(),
            sources: topics.sources.iter().map(|it| it.as_str().into()).collect(),
            outbound: topics.outbound.as_str().into(),
            outcomes: outcomes.into(),
        }
    }

    /// The dead-letter topic of a source.
    pub(crate) fn dead(&self, source: &str) -> String {
        format!("{source}.{}.dead", self.application)
    }

    /// Every topic whose partition count must be the first source's.
    pub(crate) fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = self.sources.iter().map(|it| it.to_string()).collect();
        all.push(self.outbound.to_string());
        all.push(self.outcomes.to_string());
        all.extend(self.sources.iter().map(|source| self.dead(source)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sources: &[&str], expected: &[&str]) {
        let names = Names::of(&AppTopics {
            app: "app".to_owned(),
            sources: sources.iter().map(|it| (*it).to_owned()).collect(),
            outbound: "out".to_owned(),
        });
        assert_eq!(names.all(), expected);
    }

    #[test]
    fn topics_are_named_after_the_source_or_the_application() {
        check(&["in"], &["in", "out", "in.outcomes", "in.app.dead"]);
        check(
            &["a", "b"],
            &["a", "b", "out", "app.outcomes", "a.app.dead", "b.app.dead"],
        );
    }
}
