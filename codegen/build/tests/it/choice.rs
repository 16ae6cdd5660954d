//! The options that `tests/options` is generated with.

use accordant_build::{Config, DateLibrary, DecimalType};

pub(crate) fn config() -> Config {
    Config::new()
        .date_library(DateLibrary::Time)
        .decimal_type(DecimalType::RustDecimalOrBigDecimal)
        .type_attribute(".options.State", "#[derive(Default)]")
        .field_attribute("State.OPEN", "#[default]")
        .field_attribute("Chosen.state", "#[doc(alias = \"status\")]")
        .type_attribute("Chosen.many", "#[doc(alias = \"pieces\")]")
        .field_attribute("Chosen.many.Part", "#[doc(alias = \"piece\")]")
        .hash_map([".options.Chosen"])
        .btree_map(["ordered"])
        .extern_path(".shared.Point", "crate::golden::shared::point::v1::Point")
        .extern_path("Hash", "crate::options::Hash")
        .boxed("Chosen.money")
        .boxed("maybe_money")
        .boxed(".options.Chosen.part")
        .boxed("maybe_part")
        .boxed("either.Part")
        .boxed("Chosen.whole")
        .boxed("many.Point")
        .boxed("new_money")
        .boxed("new_hash")
        .boxed("new_part")
        .boxed("new_either.Part")
        .boxed("new_whole")
}
