//! What Avro Java's parser takes, ours takes, and both understand the same:
//! schemas with one thing wrong. Where we are stricter, it is on purpose and
//! stands in one list.

use std::collections::BTreeSet;

use accordant_schema::{Problem, ProblemCode, canonical_form, java_text, parse};

use super::{Judge, SHOWN_MAX, seeds};
use crate::generate::{Rng, damage, pair};

/// Something that Java takes and we refuse.
struct Stricter {
    code: ProblemCode,
    /// A part of our message; empty: any with a letter beyond ASCII.
    message: &'static str,
    /// A schema that shows it.
    example: &'static str,
}

const STRICTER: &[Stricter] = &[
    // Java takes the last one, other parsers the first.
    Stricter {
        code: ProblemCode::DUPLICATE_KEY,
        message: "stands twice in one object",
        example: r#"{"type":"int","type":"long"}"#,
    },
    // Java ignores what is no text.
    Stricter {
        code: ProblemCode::WRONG_ATTRIBUTE,
        message: "must be a string, not",
        example: r#"{"type":"fixed","name":"F","size":1,"doc":5}"#,
    },
    // Java keeps an alias that no type can have as its name.
    Stricter {
        code: ProblemCode::BAD_NAME,
        message: "the alias",
        example: r#"{"type":"fixed","name":"F","size":1,"aliases":["n..A"]}"#,
    },
    // Java takes any text as the default of an enum, a fixed and bytes, and
    // fails, cuts or pads where it is used.
    Stricter {
        code: ProblemCode::BAD_DEFAULT,
        message: "one of the enum's symbols",
        example: r#"{"type":"record","name":"R","fields":[{"name":"f","default":"X","type":
            {"type":"enum","name":"E","symbols":["A"]}}]}"#,
    },
    Stricter {
        code: ProblemCode::BAD_DEFAULT,
        message: "code points 0 to 255",
        example: r#"{"type":"record","name":"R","fields":[{"name":"f","default":"","type":
            {"type":"fixed","name":"F","size":1}}]}"#,
    },
    Stricter {
        code: ProblemCode::BAD_DEFAULT,
        message: "one of the union's branches",
        example: r#"{"type":"record","name":"R","fields":[{"name":"f","default":"","type":
            [{"type":"fixed","name":"F","size":1}]}]}"#,
    },
    // Java takes a second definition that equals the first.
    Stricter {
        code: ProblemCode::REDEFINED,
        message: "is defined a second time",
        example: r#"[{"type":"array","items":{"type":"fixed","name":"F","size":1}},
            {"type":"map","values":{"type":"fixed","name":"F","size":1}}]"#,
    },
    // Names are ASCII, as the specification says; Java takes every letter.
    Stricter {
        code: ProblemCode::BAD_NAME,
        message: "",
        example: r#"{"type":"fixed","name":"Größe","size":1}"#,
    },
];

/// Something that we take and Java refuses.
struct Laxer {
    /// A part of Java's message.
    message: &'static str,
    /// A schema that shows it.
    example: &'static str,
}

const LAXER: &[Laxer] = &[
    // A type of the null namespace, used in another one before it is complete.
    Laxer {
        message: "Undefined schema: ",
        example: r#"{"type":"record","name":"A","fields":[{"name":"f","type":
            {"type":"record","name":"n.B","fields":[{"name":"g","type":["null","A"]}]}}]}"#,
    },
    // A default of a type that is only defined further on.
    Laxer {
        message: "UnresolvedSchema_",
        example: r#"{"type":"record","name":"R","fields":[
            {"name":"f","type":"E","default":"A"},
            {"name":"g","type":{"type":"enum","name":"E","symbols":["A"]}}]}"#,
    },
    // A default that a record's own branch is tried for.
    Laxer {
        message: "Schema fields not set yet",
        example: r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},
            {"name":"f","type":["R","null",{"type":"map","values":"int"}],"default":{}}]}"#,
    },
];

impl Stricter {
    fn explains(&self, problem: &Problem) -> bool {
        let says_so = if self.message.is_empty() {
            !problem.message.is_ascii()
        } else {
            problem.message.contains(self.message)
        };
        problem.code == self.code && says_so
    }
}

/// Whether Java's refusal of what we take is known.
pub(super) fn is_known_refusal(message: &str) -> bool {
    LAXER.iter().any(|it| message.contains(it.message))
}

/// Whether our refusal of what Java takes is known; of defaults, only those are
/// that have a text in them.
pub(super) fn is_known_problem(problem: &Problem, text: &str) -> bool {
    let part = problem.span.and_then(|it| text.get(it.start..it.end));
    let has_text = part.is_some_and(|it| it.contains('"'));
    let is_default = problem.code == ProblemCode::BAD_DEFAULT;
    (has_text || !is_default) && STRICTER.iter().any(|it| it.explains(problem))
}

#[test]
fn the_known_differences_are_real() {
    let Some(mut judge) = Judge::start() else {
        return;
    };
    for it in STRICTER {
        assert_eq!(judge.refusal(it.example), None, "{}", it.example);
        let problems = parse(it.example).expect_err("we are stricter");
        assert!(
            problems.iter().all(|problem| it.explains(problem)),
            "{problems:?}"
        );
    }
    for it in LAXER {
        assert!(parse(it.example).is_ok(), "{}", it.example);
        let refusal = judge.refusal(it.example).expect("Java is stricter");
        assert!(refusal.contains(it.message), "{refusal}");
    }
}

#[test]
fn java_takes_no_more() {
    let Some(mut judge) = Judge::start() else {
        return;
    };
    let (mut taken, mut refused, mut known) = (0, 0, 0);
    let mut differences = BTreeSet::new();
    for seed in seeds() {
        let text = damage(&mut Rng::new(seed), &pair(seed).reader);
        let theirs = judge.canonical(&text);
        let refusal = theirs.get("exception").map(|_| &theirs["message"]);
        let difference = match (parse(&text), refusal) {
            (Ok(ours), None) => {
                taken += 1;
                let same = theirs["canonical"] == canonical_form(&ours)
                    && theirs["text"] == java_text(&ours, true);
                (!same).then(|| format!("ours {}\n  {theirs}", java_text(&ours, true)))
            }
            (Err(_), Some(_)) => {
                refused += 1;
                None
            }
            (Ok(_), Some(why)) => {
                known += 1;
                let is_known = why.as_str().is_some_and(is_known_refusal);
                (!is_known).then(|| format!("Java refuses: {why}"))
            }
            (Err(problems), None) => {
                known += 1;
                let is_known = problems.iter().all(|it| is_known_problem(it, &text));
                (!is_known).then(|| format!("Java takes it, and we say {problems:?}"))
            }
        };
        if let Some(difference) = difference {
            differences.insert(format!("{difference}\n  {text}"));
            if differences.len() >= SHOWN_MAX {
                break;
            }
        }
    }
    println!("taken {taken}, refused {refused}, known differences {known}");
    let differences: Vec<String> = differences.into_iter().collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
