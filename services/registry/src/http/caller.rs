//! Who sends a request, and what it says of its reason. Nothing is proved
//! here: whoever checks passwords stands before the registry.

use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_STANDARD};

/// Characters of a name or a client that are kept.
const NAME_CHARS_MAX: usize = 200;
/// Characters of a reason that are kept.
const REASON_CHARS_MAX: usize = 1_000;

/// The user of basic authentication, else `X-Change-Author`.
pub(crate) fn author(headers: &HeaderMap) -> Option<String> {
    user(headers).or_else(|| text(headers, "x-change-author", NAME_CHARS_MAX))
}

/// `X-Change-Reason`.
pub(crate) fn reason(headers: &HeaderMap) -> Option<String> {
    text(headers, "x-change-reason", REASON_CHARS_MAX)
}

/// The user where there is one, else what the client's software calls itself.
pub(crate) fn client(headers: &HeaderMap) -> String {
    let named = |name| text(headers, name, NAME_CHARS_MAX);
    user(headers)
        .or_else(|| named("x-client-id"))
        .or_else(|| named("confluent-client-version"))
        .or_else(|| named("user-agent"))
        .unwrap_or_else(|| "unknown".to_owned())
}

fn user(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let login = String::from_utf8(BASE64_STANDARD.decode(token.trim()).ok()?).ok()?;
    let (name, _) = login.split_once(':')?;
    cleaned(name, NAME_CHARS_MAX)
}

/// A header's text; UTF-8 is taken, also where HTTP would not have it.
fn text(headers: &HeaderMap, name: &str, chars_max: usize) -> Option<String> {
    let value = headers.get(name)?;
    cleaned(&String::from_utf8_lossy(value.as_bytes()), chars_max)
}

/// Without control characters, cut off, and `None` where nothing is left.
fn cleaned(text: &str, chars_max: usize) -> Option<String> {
    let plain = text.chars().filter(|it| !it.is_control());
    let cut: String = plain.take(chars_max).collect();
    let cut = cut.trim();
    (!cut.is_empty()).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sent: &[(&'static str, &str)], expected: (Option<&str>, &str)) {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.insert(*name, value.parse().unwrap());
        }
        let found = (author(&headers), client(&headers));
        assert_eq!((found.0.as_deref(), found.1.as_str()), expected);
    }

    #[test]
    fn a_user_comes_before_what_software_says() {
        check(&[], (None, "unknown"));
        check(&[("user-agent", "curl/8")], (None, "curl/8"));
        check(
            &[("x-change-author", "me"), ("user-agent", "x")],
            (Some("me"), "x"),
        );
        let basic = ("authorization", "Basic bWU6c2VjcmV0");
        check(&[basic, ("x-change-author", "you")], (Some("me"), "me"));
        check(
            &[("authorization", "Bearer bWU6c2VjcmV0")],
            (None, "unknown"),
        );
        check(&[("authorization", "Basic ???")], (None, "unknown"));
    }

    #[test]
    fn texts_are_cut_and_hold_no_control_characters() {
        assert_eq!(cleaned(" a\u{1b}[31m\n ", 10).as_deref(), Some("a[31m"));
        assert_eq!(
            cleaned(&"\u{5d0}".repeat(300), 200).map(|it| it.chars().count()),
            Some(200)
        );
        assert_eq!(cleaned("\n\t ", 10), None);
    }
}
