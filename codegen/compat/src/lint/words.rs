//! A name as words, and the forms that it is written in. The boundaries are
//! those of the emitter, so that a collision here is one there.

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|it: char| !it.is_alphanumeric()) {
        let chars: Vec<char> = part.chars().collect();
        let mut word = String::new();
        let mut case = Case::None;
        for (at, char) in chars.iter().enumerate() {
            let next = chars.get(at + 1);
            let is_last_of_upper = case == Case::Upper
                && char.is_uppercase()
                && next.is_some_and(|it| it.is_lowercase());
            if is_last_of_upper {
                words.push(std::mem::take(&mut word));
            }
            word.extend(char.to_lowercase());
            case = match *char {
                it if it.is_lowercase() => Case::Lower,
                it if it.is_uppercase() => Case::Upper,
                _ => case,
            };
            if case == Case::Lower && next.is_some_and(|it| it.is_uppercase()) {
                words.push(std::mem::take(&mut word));
                case = Case::None;
            }
        }
        words.push(word);
    }
    words.retain(|it| !it.is_empty());
    words
}

/// The case of the letters before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    None,
    Lower,
    Upper,
}

/// `article_id`
pub(super) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `ARTICLE_ID`
pub(super) fn upper_snake(name: &str) -> String {
    snake(name).to_uppercase()
}

/// `ArticleId`
pub(super) fn upper_camel(name: &str) -> String {
    words(name).iter().map(|it| capital(it)).collect()
}

/// `articleId`
pub(super) fn lower_camel(name: &str) -> String {
    let words = words(name);
    let mut words = words.iter();
    let first = words.next().cloned().unwrap_or_default();
    words.fold(first, |name, word| name + &capital(word))
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, snake_name: &str, camel_name: &str) {
        assert_eq!(snake(name), snake_name);
        assert_eq!(upper_camel(name), camel_name);
    }

    #[test]
    fn names_fall_into_the_words_that_the_emitter_sees() {
        check("article_id", "article_id", "ArticleId");
        check("runningMinutes", "running_minutes", "RunningMinutes");
        check("fooBar2", "foo_bar2", "FooBar2");
        check("foo2Bar", "foo2_bar", "Foo2Bar");
        check("foo2BAR", "foo2_bar", "Foo2Bar");
        check("FOO_BAR", "foo_bar", "FooBar");
        check("XMLHttpRequest", "xml_http_request", "XmlHttpRequest");
        check("MD5", "md5", "Md5");
        check("_id", "id", "Id");
        check("__", "", "");
    }

    #[test]
    fn the_other_forms() {
        assert_eq!(lower_camel("article_id"), "articleId");
        assert_eq!(upper_snake("articleId"), "ARTICLE_ID");
    }
}
