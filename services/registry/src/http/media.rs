//! Content types: what is taken, and what is given for an `Accept`.

use axum::http::{HeaderMap, header};

use crate::error::Error;

/// What is given, best first.
const GIVEN: [&str; 3] = [
    "application/vnd.schemaregistry.v1+json",
    "application/vnd.schemaregistry+json",
    "application/json",
];

/// Of errors, and of everything that nobody asked to have otherwise.
pub(crate) const DEFAULT: &str = GIVEN[0];

/// What a request may be, besides what is given.
const OCTETS: &str = "application/octet-stream";

/// The content type to answer with.
pub(crate) fn negotiate(headers: &HeaderMap) -> Result<&'static str, Error> {
    let mut ranges = Vec::new();
    for value in headers.get_all(header::ACCEPT) {
        let text = value.to_str().map_err(|_| Error::NotAcceptable)?;
        ranges.extend(
            text.split(',')
                .map(str::trim)
                .filter(|range| !range.is_empty()),
        );
    }
    if ranges.is_empty() {
        return Ok(DEFAULT);
    }
    let quality = |given: &str| {
        let weights = ranges.iter().filter_map(|range| weight(range, given));
        // The most exact range decides, then the higher weight.
        weights.max().map_or(0, |(_, quality)| quality)
    };
    let mut best = (0, DEFAULT);
    for given in GIVEN {
        let quality = quality(given);
        if quality > best.0 {
            best = (quality, given);
        }
    }
    if best.0 == 0 {
        Err(Error::NotAcceptable)
    } else {
        Ok(best.1)
    }
}

/// How exactly a range of `Accept` means a type, and its quality in thousandths.
fn weight(range: &str, given: &str) -> Option<(u8, u32)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let exactness = if name.eq_ignore_ascii_case(given) {
        2
    } else if name.eq_ignore_ascii_case("application/*") {
        1
    } else if name == "*/*" || name == "*" {
        0
    } else {
        return None;
    };
    let quality = parts
        .find_map(|part| part.strip_prefix("q="))
        .map_or(1_000, |text| {
            // Out of range or no number: as if it were not there.
            let quality = text
                .parse::<f32>()
                .ok()
                .filter(|it| (0.0..=1.0).contains(it));
            quality.map_or(1_000, |it| (it * 1_000.0).round() as u32)
        });
    Some((exactness, quality))
}

/// Refuses a body of another type than JSON; without a type it is taken.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), Error> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().map_err(|_| Error::UnsupportedMediaType)?;
    let name = text.split(';').next().unwrap_or_default().trim();
    let taken = GIVEN
        .iter()
        .chain(&[OCTETS])
        .any(|it| it.eq_ignore_ascii_case(name));
    if taken {
        Ok(())
    } else {
        Err(Error::UnsupportedMediaType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        assert_eq!(negotiate(&headers).ok(), expected, "{accept}");
    }

    #[test]
    fn the_best_type_that_is_accepted_is_given() {
        check("*/*", Some(DEFAULT));
        check("application/*", Some(DEFAULT));
        check("application/json", Some("application/json"));
        check("application/json, */*;q=0.1", Some("application/json"));
        check(
            "application/json; q=0.5, application/vnd.schemaregistry+json",
            Some(GIVEN[1]),
        );
        check("text/html, text/plain;q=0.5", None);
        check("application/json;q=0", None);
        check("", Some(DEFAULT));
        check(
            "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
            Some(DEFAULT),
        );
    }

    #[test]
    fn a_body_is_json_or_untyped() {
        for (name, taken) in [
            ("application/json; charset=utf-8", true),
            ("application/vnd.schemaregistry.v1+json", true),
            ("application/octet-stream", true),
            ("text/plain", false),
            ("application/xml", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, name.parse().unwrap());
            assert_eq!(check_content_type(&headers).is_ok(), taken, "{name}");
        }
        assert!(check_content_type(&HeaderMap::new()).is_ok());
    }
}
