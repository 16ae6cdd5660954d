//! What a build script chooses, as it says it. What that means for contracts
//! stands in `choices`.

/// The library of dates, times of day, and timestamps.
///
/// Its feature of `accordant-wire` must be on: `chrono` is, `time` is not
/// unless somebody asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateLibrary {
    /// `NaiveDate`, `NaiveTime`, `DateTime<Utc>` and `NaiveDateTime` of chrono.
    #[default]
    Chrono,
    /// `Date`, `Time`, `OffsetDateTime` and `PrimitiveDateTime` of time.
    Time,
}

/// The type of decimals.
///
/// Its feature of `accordant-wire` must be on: `rust_decimal` is, `bigdecimal`
/// is not unless somebody asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecimalType {
    /// `rust_decimal::Decimal` up to the 28 digits that it holds; beyond, the
    /// bytes of the unscaled value.
    #[default]
    RustDecimal,
    /// `rust_decimal::Decimal` up to 28 digits, `bigdecimal::BigDecimal` beyond.
    RustDecimalOrBigDecimal,
    /// `bigdecimal::BigDecimal` for all.
    BigDecimal,
}

/// Everything that was chosen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) dates: DateLibrary,
    pub(crate) decimals: DecimalType,
    /// In the order in which they were given.
    pub(crate) rules: Vec<Rule>,
}

/// A choice for the places that a path matches.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) kind: RuleKind,
    pub(crate) path: String,
    /// An attribute or a Rust path; nothing for the others.
    pub(crate) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleKind {
    TypeAttribute,
    FieldAttribute,
    Boxed,
    ExternPath,
    BTreeMap,
    HashMap,
}

impl Rule {
    /// As the build script has it, for errors.
    pub(crate) fn call(&self) -> String {
        let Rule { kind, path, text } = self;
        match kind {
            RuleKind::TypeAttribute => format!("type_attribute({path:?}, {text:?})"),
            RuleKind::FieldAttribute => format!("field_attribute({path:?}, {text:?})"),
            RuleKind::Boxed => format!("boxed({path:?})"),
            RuleKind::ExternPath => format!("extern_path({path:?}, {text:?})"),
            RuleKind::BTreeMap => format!("btree_map([{path:?}])"),
            RuleKind::HashMap => format!("hash_map([{path:?}])"),
        }
    }

    /// Whether the rule is about a place, by the place's path: `.` is about
    /// everything, a leading dot about what begins with these segments, any
    /// other path about what ends with them.
    pub(crate) fn matches(&self, path: &str) -> bool {
        matches(&self.path, path)
    }
}

fn matches(rule: &str, path: &str) -> bool {
    if rule == "." {
        return true;
    }
    match rule.starts_with('.') {
        true => path
            .strip_prefix(rule)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
        false => path
            .strip_suffix(rule)
            .is_some_and(|rest| !rule.is_empty() && rest.ends_with('.')),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[track_caller]
    fn check(rule: &str, expected: &[&str]) {
        const PATHS: [&str; 6] = [
            ".shop.Price",
            ".shop.Price.amount",
            ".shop.PriceList",
            ".shop.PriceList.Price",
            ".shoppers.Price",
            ".Price",
        ];
        let found: Vec<&str> = PATHS
            .into_iter()
            .filter(|path| matches(rule, path))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_dot_is_everything() {
        check(
            ".",
            &[
                ".shop.Price",
                ".shop.Price.amount",
                ".shop.PriceList",
                ".shop.PriceList.Price",
                ".shoppers.Price",
                ".Price",
            ],
        );
    }

    #[test]
    fn a_leading_dot_is_a_prefix_of_whole_segments() {
        check(".shop.Price", &[".shop.Price", ".shop.Price.amount"]);
        check(
            ".shop",
            &[
                ".shop.Price",
                ".shop.Price.amount",
                ".shop.PriceList",
                ".shop.PriceList.Price",
            ],
        );
        check(".Price", &[".Price"]);
    }

    #[test]
    fn anything_else_is_a_suffix_of_whole_segments() {
        check("amount", &[".shop.Price.amount"]);
        check("shop.Price", &[".shop.Price"]);
        check(
            "Price",
            &[
                ".shop.Price",
                ".shop.PriceList.Price",
                ".shoppers.Price",
                ".Price",
            ],
        );
        check("rice", &[]);
        check("", &[]);
    }
}
