//! Parameters behind the question mark.

use percent_encoding::percent_decode_str;

use crate::{
    content::Form,
    error::Error,
    store::{Page, Visibility},
};

/// The parameters of a request; of repeated ones the first counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn of(text: Option<&str>) -> Query {
        let pairs = text
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty());
        let decode = |text: &str| {
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        let pairs = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        Query { pairs }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Everything that was asked, where nothing but `names` was: requests of
    /// one such text have one answer.
    pub(crate) fn only(&self, names: &[&str]) -> Option<String> {
        let known = |(name, _): &(String, String)| names.contains(&name.as_str());
        if !self.pairs.iter().all(known) {
            return None;
        }
        let pairs = self
            .pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        Some(pairs.collect::<Vec<_>>().join("\n"))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }

    /// Gives a parameter another text.
    pub(crate) fn set(&mut self, name: &str, text: String) {
        if let Some(pair) = self.pairs.iter_mut().find(|(it, _)| it == name) {
            pair.1 = text;
        }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }

    /// `true` in any case; everything else is false.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// `deleted` and `deletedOnly`; the second wins.
    pub(crate) fn visibility(&self) -> Visibility {
        match (self.flag("deletedOnly"), self.flag("deleted")) {
            (true, _) => Visibility::DeletedOnly,
            (false, true) => Visibility::All,
            (false, false) => Visibility::Live,
        }
    }

    /// `normalize`.
    pub(crate) fn form(&self) -> Form {
        if self.flag("normalize") {
            Form::Normalized
        } else {
            Form::AsSent
        }
    }

    /// `offset` and `limit`; a negative limit is the greatest one.
    pub(crate) fn page(&self, limit_max: usize) -> Result<Page, Error> {
        let limit_max = i64::try_from(limit_max).unwrap_or(i64::MAX);
        let number = |name: &str| match self.text(name) {
            None | Some("") => Ok(None),
            Some(text) => text
                .parse::<i32>()
                .map(Some)
                .map_err(|_| Error::ParameterInvalid),
        };
        let offset = number("offset")?.map_or(0, |it| i64::from(it.max(0)));
        let limit = number("limit")?
            .filter(|it| *it >= 0)
            .map_or(limit_max, i64::from)
            .min(limit_max);
        Ok(Page { offset, limit })
    }
}

/// A part of a list in memory.
pub(crate) fn page_of<T>(items: Vec<T>, page: Page) -> Vec<T> {
    let size = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    items
        .into_iter()
        .skip(size(page.offset))
        .take(size(page.limit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let query = Query::of(Some("a=1&b=x%20y+z&c&a=2&=v"));
        assert_eq!(query.text("a"), Some("1"));
        assert_eq!(query.text("b"), Some("x y z"));
        assert_eq!(query.text("c"), Some(""));
        assert_eq!(query.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert!(Query::of(Some("deleted=TRUE")).flag("deleted"));
        assert!(!Query::of(Some("deleted=1")).flag("deleted"));
    }

    #[test]
    fn a_text_of_known_parameters_says_everything() {
        let only = |text| Query::of(Some(text)).only(&["a", "b"]);
        assert_eq!(only("a=1&b=x%0Ay").as_deref(), Some("a=1\nb=x\ny"));
        assert_eq!(only("a=1&c=2"), None);
        assert_eq!(only("").as_deref(), Some(""));
    }

    #[test]
    fn a_page_has_defaults() {
        let page = |text| {
            Query::of(Some(text))
                .page(7)
                .ok()
                .map(|page| (page.offset, page.limit))
        };
        assert_eq!(page(""), Some((0, 7)));
        assert_eq!(page("offset=2&limit=3"), Some((2, 3)));
        assert_eq!(page("offset=-2&limit=-1"), Some((0, 7)));
        assert_eq!(page("limit=x"), None);
        assert_eq!(
            page_of(
                vec![1, 2, 3],
                Page {
                    offset: 1,
                    limit: 1
                }
            ),
            [2]
        );
    }
}
