//! Settings: which source wins, and what a wrong one is told.

use std::{collections::BTreeMap, path::Path};

use accordant_kit::config::{Config, ConfigError, Flags, Processing};
use insta::assert_snapshot;

fn load(file: &str, flags: &Flags, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("accordant.toml");
    tempfile::NamedTempFile::new_in(folder.path())
        .and_then(|mut it| {
            std::io::Write::write_all(&mut it, file.as_bytes())?;
            it.persist(&path).map_err(|error| error.error)
        })
        .expect("the file can be written");
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let environment: BTreeMap<String, String> = environment.iter().map(owned).collect();
    Config::load_from(Some(&path), flags, &environment)
}

#[track_caller]
fn refused(file: &str, environment: &[(&str, &str)]) -> String {
    let error = load(file, &Flags::default(), environment).expect_err("it is wrong");
    // The file stands in a temporary folder: only its name matters.
    let text = error.to_string();
    let start = text.find("/").filter(|_| text.contains("/accordant.toml"));
    match (start, text.find("accordant.toml")) {
        (Some(start), Some(end)) => format!("{}{}", &text[..start], &text[end..]),
        _ => text,
    }
}

#[test]
fn flags_win_over_environment_over_file_over_default() {
    let file = "kafka = 'file:1'\nlog = 'file'\ndata_dir = 'file'\n[limits]\npage_max = 7\n";
    let environment = [
        ("ACCORDANT_LOG", "environment"),
        ("ACCORDANT_DATA_DIR", "environment"),
        ("ACCORDANT_LIMITS_EVENT_BYTES_MAX", "9"),
    ];
    let flags = Flags {
        data_dir: Some("flag".into()),
        ..Flags::default()
    };
    let config = load(file, &flags, &environment).expect("all of it is right");
    assert_eq!(config.kafka.as_deref(), Some("file:1"));
    assert_eq!(config.log, "environment");
    assert_eq!(config.data_dir, Path::new("flag"));
    assert_eq!(
        (config.limits.page_max, config.limits.event_bytes_max),
        (7, 9)
    );
    assert_eq!(config.limits.batch_events_max, 1_000);
    let origin = |key: &str| {
        let table = config.origin_table();
        let setting = table
            .iter()
            .find(|it| it.key == key)
            .expect("every key is in the table");
        let origin = &setting.origin;
        if origin.ends_with("accordant.toml") {
            "the file".to_owned()
        } else {
            origin.clone()
        }
    };
    assert_eq!(origin("kafka"), "the file");
    assert_eq!(origin("limits.page_max"), "the file");
    assert_eq!(origin("log"), "ACCORDANT_LOG");
    assert_eq!(
        origin("limits.event_bytes_max"),
        "ACCORDANT_LIMITS_EVENT_BYTES_MAX"
    );
    assert_eq!(origin("data_dir"), "--data-dir");
    assert_eq!(origin("contracts"), "default");
}

#[test]
fn applications_have_settings_of_their_own() {
    let file = "[app.articles]\nprocessing = 'exactly-once'\n";
    let environment = [("ACCORDANT_APP_PRICES_PROCESSING", "at-least-once")];
    let config = load(file, &Flags::default(), &environment).expect("all of it is right");
    assert_eq!(
        config.app["articles"].processing,
        Some(Processing::ExactlyOnce)
    );
    assert_eq!(
        config.app["prices"].processing,
        Some(Processing::AtLeastOnce)
    );
}

#[test]
fn secrets_are_not_shown() {
    let file = "registry_url = 'https://user:pass@registry'\nregistry_token = 'pass'\n";
    let environment = [("ACCORDANT_DATABASE", "postgres://user:pass@db/accordant")];
    let config = load(file, &Flags::default(), &environment).expect("all of it is right");
    assert_eq!(config.registry_token.as_deref(), Some("pass"));
    for setting in config.origin_table() {
        assert!(!setting.value.contains("pass"), "{setting:?}");
    }
}

#[test]
fn addresses_lead_to_urls_that_clients_can_use() {
    let environment = [
        ("ACCORDANT_REGISTRY_ADDR", "0.0.0.0:18081"),
        ("ACCORDANT_BROKER_ADDR", "localhost:19092"),
    ];
    let config = load("", &Flags::default(), &environment).expect("all of it is right");
    assert_eq!(config.registry_url(), "http://127.0.0.1:18081");
    assert!(
        config.bootstrap().ends_with(":19092"),
        "{}",
        config.bootstrap()
    );
    assert_eq!(config.database_url("shop"), "sqlite://.accordant/shop.db");
}

#[test]
fn a_password_is_not_in_the_table() {
    let environment = [("ACCORDANT_DATABASE", "postgres://me:secret@db:5432/shop")];
    let config = load("", &Flags::default(), &environment).expect("all of it is right");
    assert_eq!(
        config.database_url("shop"),
        "postgres://me:secret@db:5432/shop"
    );
    let values: Vec<&str> = config
        .origin_table()
        .iter()
        .map(|it| it.value.as_str())
        .collect();
    assert!(
        values.contains(&"postgres://me:***@db:5432/shop"),
        "{values:?}"
    );
}

#[test]
fn variables_of_others_and_of_tests_are_passed_over() {
    let environment = [
        ("PATH", "/bin"),
        ("ACCORDANT_TEST_KAFKA", "x"),
        ("ACCORDANT_CONFIG", "y"),
    ];
    assert!(load("", &Flags::default(), &environment).is_ok());
}

#[test]
fn an_unknown_key_names_the_nearest_one() {
    assert_snapshot!(refused("registry_adr = 'x'", &[]), @r#"
    unknown setting "registry_adr" in accordant.toml
    fix: did you mean "registry_addr"?
    "#);
    assert_snapshot!(refused("[limits]\nevent_byte_max = 1", &[]), @r#"
    unknown setting "limits.event_byte_max" in accordant.toml
    fix: did you mean "limits.event_bytes_max"?
    "#);
    assert_snapshot!(refused("[app.articles]\nprocesing = 'exactly-once'", &[]), @r#"
    unknown setting "app.articles.procesing" in accordant.toml
    fix: did you mean "app.articles.processing"?
    "#);
    assert_snapshot!(refused("", &[("ACCORDANT_INGEST_ADR", "x")]), @r#"
    unknown setting "ACCORDANT_INGEST_ADR" in the environment
    fix: did you mean "ACCORDANT_INGEST_ADDR"?
    "#);
}

#[test]
fn a_wrong_value_says_where_it_stands() {
    assert_snapshot!(refused("", &[("ACCORDANT_LIMITS_PAGE_MAX", "many")]), @r#"setting "limits.page_max" in ACCORDANT_LIMITS_PAGE_MAX: "many" is not a whole number"#);
    assert_snapshot!(refused("[app.a]\nprocessing = 'twice'", &[]), @r#"setting "app.a.processing" in accordant.toml: unknown variant: found `twice`, expected `exactly-once` or `at-least-once`"#);
    assert_snapshot!(refused("drafts = 3", &[]), @r#"setting "drafts" in accordant.toml: invalid type: found signed int `3`, expected a boolean"#);
    assert_snapshot!(refused("", &[("ACCORDANT_INGEST_ADDR", "8080")]), @r#"setting "ingest_addr" in ACCORDANT_INGEST_ADDR: "8080" is no address of the form HOST:PORT (invalid socket address)"#);
    // The rest is the TOML parser's words.
    assert!(refused("kafka = ", &[]).starts_with("accordant.toml is not valid TOML: "));
}

#[test]
fn a_named_file_must_be_there() {
    let missing = Path::new("/nowhere/accordant.toml");
    let result = Config::load_from(Some(missing), &Flags::default(), &BTreeMap::new());
    assert!(
        matches!(result, Err(ConfigError::Read { .. })),
        "{result:?}"
    );
}
