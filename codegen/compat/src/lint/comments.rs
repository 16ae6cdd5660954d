//! The set `comments`: documentation that says something.
//!
//! Avro has no place for a symbol's documentation, so there is no rule for it:
//! an enum's own `doc` speaks of its symbols.

use super::{
    Lint, Set, lint,
    run::{At, Hit, Subject},
    words::words,
};

pub(super) const TYPE_WITHOUT_DOC: Lint = lint(
    Set::Comments,
    "L401",
    "type-without-doc",
    include_str!("L401.md"),
    type_without_doc,
);
pub(super) const FIELD_WITHOUT_DOC: Lint = lint(
    Set::Comments,
    "L402",
    "field-without-doc",
    include_str!("L402.md"),
    field_without_doc,
);
pub(super) const DOC_REPEATS_NAME: Lint = lint(
    Set::Comments,
    "L403",
    "doc-repeats-name",
    include_str!("L403.md"),
    doc_repeats_name,
);
pub(super) const DOC_PLACEHOLDER: Lint = lint(
    Set::Comments,
    "L404",
    "doc-placeholder",
    include_str!("L404.md"),
    doc_placeholder,
);
pub(super) const DESCRIPTION_THIN: Lint = lint(
    Set::Comments,
    "L405",
    "description-thin",
    include_str!("L405.md"),
    description_thin,
);
pub(super) const OWNER_UNCLEAR: Lint = lint(
    Set::Comments,
    "L406",
    "owner-unclear",
    include_str!("L406.md"),
    owner_unclear,
);

fn is_empty(doc: Option<&str>) -> bool {
    doc.is_none_or(|it| it.trim().is_empty())
}

fn type_without_doc(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        if is_empty(named.doc) {
            hits.push(subject.name_of(at).hit(
                format!("the {} {} has no doc", named.word, named.name.name()),
                "a reader asks its owner what it stands for, or guesses",
                "add a \"doc\" that says what it stands for",
            ));
        }
    }
    hits
}

fn field_without_doc(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        if is_empty(at.field.doc.as_deref()) {
            hits.push(at.named().hit(
                format!("the field {:?} has no doc", at.field.name),
                "a reader asks its owner what it means, or guesses",
                "add a \"doc\" that says what it means, in which unit, and when it is absent",
            ));
        }
    }
    hits
}

/// A documented thing: what it is, its name, its doc, and the doc's place.
type Documented<'s> = (&'static str, &'s str, &'s str, At);

fn documented<'s>(subject: &'s Subject<'_>) -> Vec<Documented<'s>> {
    let types = subject.own.named().filter_map(|(at, named)| {
        let doc = named.doc.filter(|it| !is_empty(Some(it)))?;
        Some((named.word, named.name.name(), doc, at.at(subject, "doc")))
    });
    let fields = subject.own.fields.iter().filter_map(|at| {
        let doc = at.field.doc.as_deref().filter(|it| !is_empty(Some(it)))?;
        let span = subject.attribute(at.field.span, "doc");
        Some(("field", at.field.name.as_str(), doc, at.at(span)))
    });
    types.chain(fields).collect()
}

/// Words that add nothing to a name.
const FILLERS: [&str; 7] = ["a", "an", "field", "for", "of", "the", "this"];

fn doc_repeats_name(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (word, name, doc, at) in documented(subject) {
        let (own, said) = (words(name), words(doc));
        let is_new = |it: &String| !own.contains(it) && !FILLERS.contains(&it.as_str());
        // A name of one word may be all there is to say: "The title."
        let is_repeated =
            own.len() > 1 && own.iter().all(|it| said.contains(it)) && !said.iter().any(is_new);
        if is_repeated {
            hits.push(at.hit(
                format!("the doc of the {word} {name:?} only repeats its name"),
                "it looks documented, and tells nobody anything",
                "say what it means, in which unit, and when it is absent",
            ));
        }
    }
    hits
}

/// Words that stand where a text is still to come.
const PLACEHOLDERS: [&str; 6] = ["fixme", "lorem", "placeholder", "tbd", "todo", "xxx"];

fn is_placeholder(text: &str) -> bool {
    let mut words = text.split(|it: char| !it.is_alphanumeric());
    words.any(|it| PLACEHOLDERS.contains(&it.to_lowercase().as_str()))
        || !text.contains(char::is_alphanumeric)
}

fn doc_placeholder(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (word, name, doc, at) in documented(subject) {
        if is_placeholder(doc) {
            hits.push(at.hit(
                format!("the doc of the {word} {name:?} is a placeholder"),
                "a release freezes it, and it stays so for as long as the version is read",
                "write it before the release",
            ));
        }
    }
    hits
}

/// Words below which a description is a title.
const DESCRIPTION_WORDS_MIN: usize = 3;

fn description_thin(subject: &Subject<'_>) -> Vec<Hit> {
    let description = &subject.contract.config.description;
    let many = description.split_whitespace().count();
    if many >= DESCRIPTION_WORDS_MIN && !is_placeholder(description) {
        return Vec::new();
    }
    vec![At::Key("description").hit(
        format!("the description {description:?} says too little"),
        "whoever looks for an event in the list of contracts passes it over",
        "say in a sentence what the event tells, and when it is written",
    )]
}

/// Words that name nobody.
const NOBODY: [&str; 8] = ["-", "?", "me", "n/a", "nobody", "none", "team", "unknown"];

fn owner_unclear(subject: &Subject<'_>) -> Vec<Hit> {
    let owner = &subject.contract.config.owner;
    let is_nobody = NOBODY.contains(&owner.trim().to_lowercase().as_str());
    if !is_nobody && !is_placeholder(owner) {
        return Vec::new();
    }
    vec![At::Key("owner").hit(
        format!("the owner {owner:?} is nobody"),
        "a reader that breaks at night has nobody to call",
        "name the team that answers for the contract",
    )]
}
