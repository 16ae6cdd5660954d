//! Random sequences of verbs beside a model that does in lists and maps what
//! the registry does in tables.

use std::collections::BTreeMap;

use accordant_registry::{Registry, Settings};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{Api, record};

const SUBJECTS: usize = 3;
const SCHEMAS: usize = 4;
const VERSIONS: i32 = 5;
const STEPS: usize = 40;

#[derive(Debug, Clone)]
enum Step {
    Register {
        subject: usize,
        schema: usize,
    },
    LookUp {
        subject: usize,
        schema: usize,
    },
    DeleteVersion {
        subject: usize,
        version: i32,
        permanent: bool,
    },
    DeleteSubject {
        subject: usize,
        permanent: bool,
    },
    Undelete {
        subject: usize,
        version: i32,
    },
    /// Everything that can be read.
    Read,
}

#[derive(Debug, Clone, PartialEq)]
struct Version {
    version: i32,
    schema: usize,
    deleted: bool,
}

/// A registry without a database.
#[derive(Debug, Default)]
struct Model {
    subjects: BTreeMap<usize, Vec<Version>>,
    ids: BTreeMap<usize, i32>,
    last_id: i32,
}

/// A status, and a body or an error's code.
type Expected = (u16, Value);

fn refused(code: i32) -> Expected {
    (u16::try_from(code / 100).unwrap_or(0), json!(code))
}

impl Model {
    fn versions(&self, subject: usize) -> &[Version] {
        self.subjects.get(&subject).map_or(&[], Vec::as_slice)
    }

    fn live(&self, subject: usize) -> Vec<i32> {
        let live = self.versions(subject).iter().filter(|it| !it.deleted);
        live.map(|it| it.version).collect()
    }

    /// The newest live version of a schema.
    fn find(&self, subject: usize, schema: usize) -> Option<i32> {
        let mut versions = self.versions(subject).iter().rev();
        versions
            .find(|it| !it.deleted && it.schema == schema)
            .map(|it| it.version)
    }

    fn register(&mut self, subject: usize, schema: usize) -> Expected {
        let version = self.find(subject, schema).unwrap_or_else(|| {
            let versions = self.subjects.entry(subject).or_default();
            let next = versions.last().map_or(1, |it| it.version + 1);
            versions.retain(|it| !(it.deleted && it.schema == schema));
            versions.push(Version {
                version: next,
                schema,
                deleted: false,
            });
            next
        });
        let id = *self.ids.entry(schema).or_insert_with(|| {
            self.last_id += 1;
            self.last_id
        });
        (200, json!({"id": id, "version": version}))
    }

    fn delete_version(&mut self, subject: usize, version: i32, permanent: bool) -> Expected {
        let Some(versions) = self.subjects.get_mut(&subject) else {
            return refused(40401);
        };
        let Some(at) = versions.iter().position(|it| it.version == version) else {
            return refused(40402);
        };
        match (permanent, versions[at].deleted) {
            (false, true) => return refused(40406),
            (true, false) => return refused(40407),
            (false, false) => versions[at].deleted = true,
            (true, true) => {
                versions.remove(at);
            }
        }
        self.forget_unused();
        (200, json!(version))
    }

    fn delete_subject(&mut self, subject: usize, permanent: bool) -> Expected {
        let live = self.live(subject);
        let Some(versions) = self.subjects.get_mut(&subject) else {
            return refused(40401);
        };
        let gone = match (permanent, live.is_empty()) {
            (false, true) => return refused(40404),
            (true, false) => return refused(40405),
            (false, false) => {
                versions.iter_mut().for_each(|it| it.deleted = true);
                live
            }
            (true, true) => versions.drain(..).map(|it| it.version).collect(),
        };
        self.forget_unused();
        (200, json!(gone))
    }

    fn undelete(&mut self, subject: usize, version: i32) -> Expected {
        let Some(versions) = self.subjects.get_mut(&subject) else {
            return refused(40401);
        };
        match versions.iter_mut().find(|it| it.version == version) {
            None => refused(40402),
            Some(it) => {
                it.deleted = false;
                (200, json!(version))
            }
        }
    }

    /// A subject without versions is none; a content without versions has no id.
    fn forget_unused(&mut self) {
        self.subjects.retain(|_, versions| !versions.is_empty());
        let used = |schema: &usize| {
            self.subjects
                .values()
                .flatten()
                .any(|it| it.schema == *schema)
        };
        self.ids.retain(|schema, _| used(schema));
    }
}

fn text(schema: usize) -> String {
    record(&[(&format!("f{schema}"), "\"int\"")])
}

/// The status, and of the body what a step is about.
async fn ask(api: &Api, line: &str, body: Value, keys: &[&str]) -> Expected {
    let answer = api.send(line, body).await;
    let body = answer.json();
    if answer.status != 200 {
        return (answer.status, body["error_code"].clone());
    }
    match keys {
        [] => (200, body),
        [key] => (200, body[*key].clone()),
        keys => (
            200,
            keys.iter()
                .map(|key| ((*key).to_owned(), body[*key].clone()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        ),
    }
}

async fn step(api: &Api, model: &mut Model, step: &Step) {
    let (found, expected) = match *step {
        Step::Register { subject, schema } => {
            let line = format!("POST /subjects/s{subject}/versions");
            let found = ask(
                api,
                &line,
                json!({"schema": text(schema)}),
                &["id", "version"],
            )
            .await;
            (found, model.register(subject, schema))
        }
        Step::LookUp { subject, schema } => {
            let line = format!("POST /subjects/s{subject}");
            let found = ask(api, &line, json!({"schema": text(schema)}), &["version"]).await;
            let expected = match (model.live(subject).is_empty(), model.find(subject, schema)) {
                (true, _) => refused(40401),
                (false, None) => refused(40403),
                (false, Some(version)) => (200, json!(version)),
            };
            (found, expected)
        }
        Step::DeleteVersion {
            subject,
            version,
            permanent,
        } => {
            let line =
                format!("DELETE /subjects/s{subject}/versions/{version}?permanent={permanent}");
            let found = ask(api, &line, Value::Null, &[]).await;
            (found, model.delete_version(subject, version, permanent))
        }
        Step::DeleteSubject { subject, permanent } => {
            let line = format!("DELETE /subjects/s{subject}?permanent={permanent}");
            let found = ask(api, &line, Value::Null, &[]).await;
            (found, model.delete_subject(subject, permanent))
        }
        Step::Undelete { subject, version } => {
            let line = format!("POST /subjects/s{subject}/versions/{version}/undelete");
            let found = ask(api, &line, Value::Null, &["version"]).await;
            (found, model.undelete(subject, version))
        }
        Step::Read => return read(api, model).await,
    };
    assert_eq!(found, expected, "{step:?}");
}

async fn read(api: &Api, model: &Model) {
    let live: Vec<String> = (0..SUBJECTS)
        .filter(|it| !model.live(*it).is_empty())
        .map(|it| format!("s{it}"))
        .collect();
    assert_eq!(
        ask(api, "GET /subjects", Value::Null, &[]).await,
        (200, json!(live))
    );
    for subject in 0..SUBJECTS {
        let all: Vec<i32> = model
            .versions(subject)
            .iter()
            .map(|it| it.version)
            .collect();
        for (query, versions) in [("", model.live(subject)), ("?deleted=true", all)] {
            let line = format!("GET /subjects/s{subject}/versions{query}");
            let expected = match versions.is_empty() {
                true => refused(40401),
                false => (200, json!(versions)),
            };
            assert_eq!(ask(api, &line, Value::Null, &[]).await, expected, "{line}");
        }
        for it in model.versions(subject) {
            let line = format!("GET /subjects/s{subject}/versions/{}", it.version);
            let expected = match (it.deleted, model.live(subject).is_empty()) {
                (true, true) => refused(40401),
                (true, false) => refused(40402),
                (false, _) => (200, json!(text(it.schema))),
            };
            assert_eq!(
                ask(api, &line, Value::Null, &["schema"]).await,
                expected,
                "{line}"
            );
        }
    }
    for id in 1..=model.last_id {
        let schema = model
            .ids
            .iter()
            .find(|(_, it)| **it == id)
            .map(|(schema, _)| *schema);
        let expected = schema.map_or(refused(40403), |schema| (200, json!(text(schema))));
        let line = format!("GET /schemas/ids/{id}");
        assert_eq!(
            ask(api, &line, Value::Null, &["schema"]).await,
            expected,
            "{line}"
        );
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![
        4 => (0..SUBJECTS, 0..SCHEMAS).prop_map(|(subject, schema)| Step::Register { subject, schema }),
        1 => (0..SUBJECTS, 0..SCHEMAS).prop_map(|(subject, schema)| Step::LookUp { subject, schema }),
        3 => (0..SUBJECTS, 1..=VERSIONS, any::<bool>())
            .prop_map(|(subject, version, permanent)| Step::DeleteVersion { subject, version, permanent }),
        2 => (0..SUBJECTS, any::<bool>())
            .prop_map(|(subject, permanent)| Step::DeleteSubject { subject, permanent }),
        2 => (0..SUBJECTS, 1..=VERSIONS).prop_map(|(subject, version)| Step::Undelete { subject, version }),
        2 => Just(Step::Read),
    ];
    prop::collection::vec(one, 1..STEPS)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sequence_ends_as_in_the_model(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let api = Api::of(Registry::in_memory(Settings::default()).await.unwrap());
            api.send("PUT /config", json!({"compatibility": "NONE"})).await;
            let mut model = Model::default();
            for it in &steps {
                step(&api, &mut model, it).await;
            }
            read(&api, &model).await;
        });
    }
}
