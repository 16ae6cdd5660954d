//! A page for every code of a problem: what it is, why, an example, the safe way.

use super::ProblemCode;

/// Code, name and page, sorted by code.
const PAGES: [(&str, &str, &str); 45] = [
    ("F001", "no-config", include_str!("F001.md")),
    ("F002", "config-syntax", include_str!("F002.md")),
    ("F003", "unknown-key", include_str!("F003.md")),
    ("F004", "missing-key", include_str!("F004.md")),
    ("F005", "bad-value", include_str!("F005.md")),
    ("F006", "unknown-file", include_str!("F006.md")),
    ("F007", "no-version", include_str!("F007.md")),
    ("F008", "version-gap", include_str!("F008.md")),
    ("F009", "duplicate-version", include_str!("F009.md")),
    ("F010", "folder-name", include_str!("F010.md")),
    ("F011", "wrong-full-name", include_str!("F011.md")),
    ("F012", "two-drafts", include_str!("F012.md")),
    ("F013", "conflict-markers", include_str!("F013.md")),
    ("F014", "not-utf8", include_str!("F014.md")),
    ("F015", "bad-lock-line", include_str!("F015.md")),
    ("F016", "released-file-gone", include_str!("F016.md")),
    ("F017", "released-file-changed", include_str!("F017.md")),
    ("F018", "bad-field-path", include_str!("F018.md")),
    ("F019", "not-a-type", include_str!("F019.md")),
    ("F020", "reference-cycle", include_str!("F020.md")),
    ("F021", "pin-gone", include_str!("F021.md")),
    ("F022", "shared-subject", include_str!("F022.md")),
    ("F023", "retired-unreleased", include_str!("F023.md")),
    ("F024", "too-many-references", include_str!("F024.md")),
    ("F025", "bad-example", include_str!("F025.md")),
    ("F026", "reference-broken", include_str!("F026.md")),
    ("F027", "reference-clash", include_str!("F027.md")),
    ("S001", "syntax", include_str!("S001.md")),
    ("S002", "text-size", include_str!("S002.md")),
    ("S003", "text-depth", include_str!("S003.md")),
    ("S004", "schema-size", include_str!("S004.md")),
    ("S005", "duplicate-key", include_str!("S005.md")),
    ("S006", "no-schema", include_str!("S006.md")),
    ("S007", "unknown-type", include_str!("S007.md")),
    ("S008", "missing-attribute", include_str!("S008.md")),
    ("S009", "wrong-attribute", include_str!("S009.md")),
    ("S010", "bad-name", include_str!("S010.md")),
    ("S011", "redefined", include_str!("S011.md")),
    ("S012", "primitive-name", include_str!("S012.md")),
    ("S013", "duplicate-field", include_str!("S013.md")),
    ("S014", "bad-default", include_str!("S014.md")),
    ("S015", "nested-union", include_str!("S015.md")),
    ("S016", "duplicate-branch", include_str!("S016.md")),
    ("S017", "duplicate-symbol", include_str!("S017.md")),
    ("S018", "bad-enum-default", include_str!("S018.md")),
];

impl ProblemCode {
    /// What the code is called, such as `unknown-type`.
    ///
    /// ```
    /// use accordant_schema::parse;
    ///
    /// let problems = parse(r#""strin""#).unwrap_err();
    /// assert_eq!((problems[0].code.0, problems[0].code.name()), ("S007", "unknown-type"));
    /// ```
    pub fn name(self) -> &'static str {
        PAGES
            .iter()
            .find(|(code, ..)| *code == self.0)
            .map_or("", |(_, name, _)| name)
    }
}

/// The page of a problem's code or name, such as `S007` or `unknown-type`, in
/// any case.
///
/// ```
/// let page = accordant_schema::explain("s007").unwrap();
/// assert!(page.starts_with("# S007 unknown-type\n"));
/// assert_eq!(accordant_schema::explain("S999"), None);
/// ```
pub fn explain(code: &str) -> Option<&'static str> {
    pages()
        .find(|(known, name, _)| {
            known.eq_ignore_ascii_case(code) || name.eq_ignore_ascii_case(code)
        })
        .map(|(_, _, page)| page)
}

/// Every problem's code, name and page, sorted by code.
pub fn pages() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PAGES.into_iter()
}
