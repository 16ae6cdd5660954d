//! The contracts folder: every problem, with its file, its place and its fix.

use accordant_schema::{Limits, contract::Contracts};

use crate::contracts::{
    CHANGE_TOML, Files, MONEY, PRICE, TYPE_TOML, files, money_and_price, release,
};

/// Loads a folder; the problems come as `file: code place message | fix`.
#[track_caller]
fn check(files: &Files, expected: &[&str]) -> Contracts {
    let (contracts, problems) = Contracts::load(files, &Limits::default());
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| {
            let text = files.get(&problem.file).map_or(&[][..], Vec::as_slice);
            let text = String::from_utf8_lossy(text);
            format!("{}: {}", problem.file, crate::line(&text, problem))
        })
        .collect();
    assert_eq!(lines, expected);
    contracts
}

/// The folder of [`money_and_price`] with one file changed or added.
fn with(path: &str, text: &str) -> Files {
    let mut files = money_and_price();
    files.insert(path.to_owned(), text.as_bytes().to_vec());
    files
}

fn without(path: &str) -> Files {
    let mut files = money_and_price();
    files.remove(path).expect("the file was there");
    files
}

#[track_caller]
fn check_toml(toml: &str, expected: &[&str]) {
    let files = with("pricing.Price/contract.toml", toml);
    let expected: Vec<String> = expected
        .iter()
        .map(|line| format!("pricing.Price/contract.toml: {line}"))
        .collect();
    check(
        &files,
        &expected.iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

#[test]
fn a_contract_needs_its_toml_and_a_version() {
    let contracts = check(
        &without("pricing.Price/contract.toml"),
        &[
            "pricing.Price/contract.toml: F001 - the contract pricing.Price has no contract.toml | add one with kind, description, owner and, for all but a type, topic, key and partitions",
        ],
    );
    assert_eq!(contracts.contracts.len(), 1);
    check(
        &without("pricing.Price/v1.avsc"),
        &[
            "pricing.Price: F007 - the contract pricing.Price has no version | add the schema as v1.avsc",
        ],
    );
}

#[test]
fn an_unknown_key_names_the_nearest() {
    check_toml(
        &format!("{CHANGE_TOML}retension = \"7d\"\n"),
        &[
            "F003 8:1 contract.toml has no key \"retension\"; the nearest is \"retention\" | did you mean \"retention\"? known are kind, description, owner, audience, topic, key, partition_by, version, deleted, partitions, cleanup, retention, compatibility, compatibility_reason, unknown_fields, subject, retired, ignore",
        ],
    );
    check_toml(
        &format!("{CHANGE_TOML}[ignore.C104]\nreasn = \"x\"\nuntil = \"2027-01-31\"\n"),
        &[
            "F005 8:1 the ignored finding \"C104\" needs a reason and an end | add reason = \"...\" and until = \"YYYY-MM-DD\"",
            "F003 9:1 an ignored finding has no key \"reasn\"; the nearest is \"reason\" | did you mean \"reason\"? known are reason, until",
        ],
    );
}

#[test]
fn missing_keys_come_all_at_once() {
    check_toml(
        "kind = \"change\"\n",
        &[
            "F004 - \"version\" is missing | add version = \"the long field that counts an entity's changes\"",
            "F004 - \"key\" is missing | add key = [\"the field that identifies the entity\"]",
            "F004 - \"description\" is missing | add description = \"What it tells, in one sentence.\"",
            "F004 - \"owner\" is missing | add owner = \"the owning team\"",
            "F004 - \"topic\" is missing | add topic = \"the Kafka topic\"",
            "F004 - \"partitions\" is missing | add partitions = 6",
        ],
    );
}

#[test]
fn values_are_checked() {
    let toml = CHANGE_TOML
        .replace("\"change\"", "\"changes\"")
        .replace("pricing.price", "pricing price")
        .replace("[\"id\"]", "[\"id\", 3, \"id\"]")
        .replace("partitions = 6", "partitions = 0\nretention = \"a week\"\ncompatibility = \"none\"\nretired = [0]\ncleanup = 1");
    check_toml(
        &toml,
        &[
            "F005 1:8 kind cannot be \"changes\" | use one of \"submission\", \"event\", \"change\", \"type\"",
            "F005 4:9 \"pricing price\" is no topic name | use 1 to 249 letters, digits, dots, underscores and hyphens",
            "F005 5:14 \"key\" must be an array of field paths, not of type integer",
            "F005 5:17 key names \"id\" twice | remove one",
            "F005 7:14 a topic cannot have 0 partitions | use 1 to 10000",
            "F005 8:13 \"a week\" is no duration | write a number and a unit, such as \"7d\", \"12h\", \"30m\" or \"45s\", or \"forever\"",
            "F005 9:17 compatibility \"none\" needs a reason | add compatibility_reason = \"...\", or choose a level",
            "F005 10:12 \"retired\" lists version numbers, each from 1 and once",
            "F005 11:11 \"cleanup\" must be a string, not of type integer",
        ],
    );
    check_toml(
        "kind = ",
        &["F002 1:8 this is no TOML: string values must be quoted, expected literal string"],
    );
}

#[test]
fn a_kind_has_its_own_keys() {
    check_toml(
        &CHANGE_TOML.replace("\"change\"", "\"event\""),
        &[
            "F005 6:11 \"version\" has no meaning here: only a contract of kind \"change\" has it | remove \"version\", or change \"kind\"",
        ],
    );
    check(
        &with(
            "common.Money/contract.toml",
            &format!("{TYPE_TOML}topic = \"money\"\n"),
        ),
        &[
            "common.Money/contract.toml: F005 4:9 \"topic\" has no meaning here: a contract of kind \"type\" has no topic | remove \"topic\", or change \"kind\"",
        ],
    );
}

#[test]
fn field_paths_are_checked_against_the_schema() {
    let toml = CHANGE_TOML
        .replace("[\"id\"]", "[\"ID\", \"price\", \"id.x\", \"price.cents\"]")
        .replace("\"version\"", "\"price.cents\"\ndeleted = \"id\"");
    check_toml(
        &toml,
        &[
            "F018 5:8 \"ID\" in v1: Price has no field \"ID\"",
            "F018 5:14 \"price\" in v1: the field is a record | name a string, int, long, uuid or enum that is never null",
            "F018 5:23 \"id.x\" in v1: nothing is named \"x\" in a string | a path goes through records only, and none may be null",
            "F018 6:11 \"price.cents\" in v1: the field lies inside another one | name a field of the event itself",
            "F018 7:11 \"id\" in v1: the field is a string | name a boolean",
        ],
    );
    let nullable = PRICE.replace(
        "\"id\",\"type\":\"string\"",
        "\"id\",\"type\":[\"null\",\"string\"]",
    );
    check(
        &with("pricing.Price/v1.avsc", &nullable),
        &[
            "pricing.Price/contract.toml: F018 5:8 \"id\" in v1: the field is a union | name a string, int, long, uuid or enum that is never null",
        ],
    );
}

#[test]
fn files_without_a_meaning_are_reported() {
    let mut files = money_and_price();
    for path in [
        "notes.txt",
        "common.Money/schema.avsc",
        "common.Money/v01.avsc",
        "common.Money/v02.avsc",
        "common.Money/examples/a.txt",
        "common.Money/old/v1.json",
    ] {
        files.insert(path.to_owned(), MONEY.into());
    }
    let fix = "a contract has contract.toml, v1.avsc and so on, and examples/*.json";
    check(
        &files,
        &[
            &format!("common.Money/examples/a.txt: F006 - this file has no meaning here | {fix}"),
            &format!("common.Money/old/v1.json: F006 - this file has no meaning here | {fix}"),
            "common.Money/schema.avsc: F006 - the file's name is no version | versions are v1.avsc, v2.avsc and so on",
            "common.Money/v01.avsc: F009 - a second file for v1: v1.avsc is there too | remove one of them",
            "common.Money/v02.avsc: F006 - the file's name is no version | rename it to v2.avsc",
            &format!("notes.txt: F006 - this file has no meaning here | {fix}"),
        ],
    );
}

#[test]
fn broken_texts_are_reported_once() {
    let money = MONEY.replace('}', "}\n<<<<<<< HEAD\n");
    check(
        &with("common.Money/v1.avsc", &money),
        &[
            "common.Money/v1.avsc: F013 2:1 the file has git's conflict markers | finish the merge",
            "pricing.Price/v1.avsc: F026 2:91 common.Money has no version that can be read | solve the problem there first",
        ],
    );
    let mut files = money_and_price();
    files.insert("common.Money/examples/a.json".to_owned(), b"{".to_vec());
    files.insert(
        "common.Money/examples/b.json".to_owned(),
        vec![b'"', 0xff, b'"'],
    );
    check(
        &files,
        &[
            "common.Money/examples/a.json: F025 1:2 the example is no JSON: the text ends inside an object",
            "common.Money/examples/b.json: F014 - the file is not UTF-8: byte 1 begins no character | save it as UTF-8",
        ],
    );
}

#[test]
fn a_schemas_problem_has_its_file_and_place() {
    let contracts = check(
        &with(
            "common.Money/v1.avsc",
            &MONEY.replace("\"long\"", "\"lang\""),
        ),
        &[
            "common.Money/v1.avsc: S007 1:73 Money.cents: no type \"lang\" is known here | did you mean \"long\"?",
            "pricing.Price/v1.avsc: F026 - it uses common.Money v1, which has problems of its own | solve the problem there first",
        ],
    );
    assert!(contracts.contracts.is_empty());
}

#[test]
fn the_full_name_is_the_folders() {
    let fix = "write \"type\": \"record\", \"name\": \"Money\", \"namespace\": \"common\"";
    check(
        &files(&[
            ("common.Money/contract.toml", TYPE_TOML),
            ("common.Money/v1.avsc", &MONEY.replace("common.", "comon.")),
        ]),
        &[&format!(
            "common.Money/v1.avsc: F011 1:1 the schema is named comon.Money, and its folder common.Money | {fix}"
        )],
    );
    check(
        &files(&[
            ("common.Money/contract.toml", TYPE_TOML),
            ("common.Money/v1.avsc", "\"int\""),
        ]),
        &[],
    );
    check(
        &files(&[
            ("pricing.Price/contract.toml", CHANGE_TOML),
            ("pricing.Price/v1.avsc", "[\"int\", \"null\"]"),
        ]),
        &[
            "pricing.Price/v1.avsc: F011 1:1 the schema's top-level type has no name | write \"type\": \"record\", \"name\": \"Price\", \"namespace\": \"pricing\"",
        ],
    );
    check(
        &files(&[("a-b.C/contract.toml", TYPE_TOML)]),
        &[
            "a-b.C: F010 - the folder \"a-b.C\" is not named by an Avro full name | name it by its schema's namespace and name",
        ],
    );
    let event = r#"{"type":"enum","name":"pricing.Price","symbols":["A"]}"#;
    check(
        &files(&[
            ("pricing.Price/contract.toml", CHANGE_TOML),
            ("pricing.Price/v1.avsc", event),
        ]),
        &[
            "pricing.Price/v1.avsc: F011 1:1 an event must be a record | write \"type\": \"record\", \"name\": \"Price\", \"namespace\": \"pricing\"",
        ],
    );
}

#[test]
fn versions_have_no_gap_and_one_draft() {
    let contracts = check(
        &with("common.Money/v2.avsc", MONEY),
        &[
            "common.Money/v1.avsc: F012 - common.Money v1 is not released, and v2 is there already | release v1 (accordant release), or fold it into v2: only the highest version may be a draft",
        ],
    );
    // Both load, so that they can be released one after the other.
    assert_eq!(
        contracts.get("common.Money").map(|it| it.versions.len()),
        Some(2)
    );
    let mut files = money_and_price();
    release(&mut files);
    files.insert("common.Money/v4000000000.avsc".to_owned(), MONEY.into());
    check(
        &files,
        &[
            "common.Money/v4000000000.avsc: F008 - common.Money has v4000000000, and no v2 | number the versions without a gap: rename it to v2.avsc",
        ],
    );
}

#[test]
fn what_is_released_stays() {
    let mut files = money_and_price();
    release(&mut files);
    let mut changed = files.clone();
    changed.insert(
        "common.Money/v1.avsc".to_owned(),
        format!("{MONEY} ").into(),
    );
    let contracts = check(
        &changed,
        &[
            "common.Money/v1.avsc: F017 - common.Money v1 is released, and its file has changed since | restore the file from git, and make the change as a new version",
        ],
    );
    assert_eq!(contracts.contracts.len(), 2);
    files.remove("pricing.Price/v1.avsc");
    check(
        &files,
        &[
            "contracts.lock: F016 - pricing.Price v1 is released, and its file is gone | restore pricing.Price/v1.avsc from git: old records outlive deployments",
            "pricing.Price: F007 - the contract pricing.Price has no version | add the schema as v1.avsc",
        ],
    );
    files.remove("pricing.Price/contract.toml");
    check(
        &files,
        &[
            "contracts.lock: F016 - pricing.Price v1 is released, and its contract is gone | restore pricing.Price/v1.avsc from git: old records outlive deployments",
        ],
    );
    check(
        &with(
            "common.Money/contract.toml",
            &format!("{TYPE_TOML}retired = [1]\n"),
        ),
        &[
            "common.Money/contract.toml: F023 4:12 v1 is not released, so it cannot be retired | remove it from \"retired\"",
        ],
    );
}

#[test]
fn a_lock_that_cannot_be_read_says_which_line() {
    let mut files = money_and_price();
    release(&mut files);
    let lock = String::from_utf8(files["contracts.lock"].clone()).expect("UTF-8");
    let price = lock
        .lines()
        .find(|line| line.starts_with("pricing"))
        .expect("a line");
    let fix = "restore it from git; only `accordant release` writes this file";
    let mut check_line = |line: &str, what: &str| {
        let text = format!("{}\n{line}\n", lock.trim_end());
        files.insert("contracts.lock".to_owned(), text.into_bytes());
        check(
            &files,
            &[&format!(
                "contracts.lock: F015 5:1 this line cannot be read: {what} | {fix}"
            )],
        );
    };
    check_line("common.Money", "it has no version");
    check_line("common-Money v2", "\"common-Money\" is no contract's name");
    check_line("common.Money 2", "\"2\" is no version");
    check_line("common.Money v02", "\"v02\" is no version");
    check_line("common.Money v2 sha256=00", "\"00\" is no SHA-256");
    check_line(
        &price.replace("topic=", "tpic="),
        "\"topic\" is missing in its place",
    );
    check_line(
        &price.replace("partitions=6", "partitions=six"),
        "\"six\" is no number",
    );
    check_line(
        &price.replace("@v1", ""),
        "\"common.Money\" is no reference",
    );
    check_line(&format!("{price} more=1"), "\"more=1\" is too much");
    files.insert(
        "contracts.lock".to_owned(),
        format!("{lock}{price}\n").into_bytes(),
    );
    check(
        &files,
        &[
            "contracts.lock: F015 - pricing.Price v1 has two lines | keep the line that was released first",
        ],
    );
}

#[test]
fn references_lead_to_released_versions_of_types() {
    let mut files = money_and_price();
    release(&mut files);
    let lock = String::from_utf8(files["contracts.lock"].clone()).expect("UTF-8");
    let mut check_pins = |references: &str, expected: &str| {
        let text = lock.replace("references=common.Money@v1", references);
        files.insert("contracts.lock".to_owned(), text.into_bytes());
        check(&files, &[expected]);
    };
    check_pins(
        "references=",
        "pricing.Price/v1.avsc: F021 2:91 pricing.Price v1 uses common.Money, and its lock line pins no version of that | restore the lock line from git",
    );
    check_pins(
        "references=common.Money@v7",
        "pricing.Price/v1.avsc: F021 2:91 pricing.Price v1 is pinned to common.Money v7, which is not there | restore that version's file from git",
    );
    let order =
        r#"{"type":"record","name":"shop.Order","fields":[{"name":"p","type":"pricing.Price"}]}"#;
    let mut files = money_and_price();
    files.insert("shop.Order/contract.toml".to_owned(), TYPE_TOML.into());
    files.insert("shop.Order/v1.avsc".to_owned(), order.into());
    check(
        &files,
        &[
            "shop.Order/v1.avsc: F019 1:67 pricing.Price is no shared type, so another contract cannot use it | move what both need into a contract of kind \"type\"",
        ],
    );
}

#[test]
fn contracts_in_a_circle_are_refused() {
    let ty = |name: &str, other: &str| {
        format!(
            r#"{{"type":"record","name":"{name}","fields":[{{"name":"f","type":["null","{other}"]}}]}}"#
        )
    };
    let (a, b, c) = (ty("n.A", "n.B"), ty("n.B", "n.C"), ty("n.C", "n.B"));
    let files = files(&[
        ("n.A/contract.toml", TYPE_TOML),
        ("n.A/v1.avsc", &a),
        ("n.B/contract.toml", TYPE_TOML),
        ("n.B/v1.avsc", &b),
        ("n.C/contract.toml", TYPE_TOML),
        ("n.C/v1.avsc", &c),
    ]);
    check(
        &files,
        &[
            "n.B/v1.avsc: F020 - contracts refer to each other in a circle: n.B v1 -> n.C v1 -> n.B v1 | put the types that need each other into one schema",
        ],
    );
}

#[test]
fn a_type_reached_in_two_versions_is_refused() {
    let wallet =
        r#"{"type":"record","name":"common.Wallet","fields":[{"name":"m","type":"Money"}]}"#;
    let mut files = files(&[
        ("common.Money/contract.toml", TYPE_TOML),
        ("common.Money/v1.avsc", MONEY),
        ("common.Wallet/contract.toml", TYPE_TOML),
        ("common.Wallet/v1.avsc", wallet),
    ]);
    release(&mut files);
    let both = PRICE.replace("\"common.Money\"", r#"["common.Money","common.Wallet"]"#);
    for (path, text) in [
        ("common.Money/v2.avsc", MONEY),
        ("pricing.Price/contract.toml", CHANGE_TOML),
        ("pricing.Price/v1.avsc", &both),
    ] {
        files.insert(path.to_owned(), text.into());
    }
    check(
        &files,
        &[
            "pricing.Price/v1.avsc: F027 - it reaches common.Money both as v2 and as v1 | release a new version of the types that still use the older common.Money",
        ],
    );
}

#[test]
fn a_subject_has_one_contract() {
    let mut files = money_and_price();
    files.insert("pricing.Cost/contract.toml".to_owned(), CHANGE_TOML.into());
    files.insert(
        "pricing.Cost/v1.avsc".to_owned(),
        PRICE.replace("pricing.Price", "pricing.Cost").into(),
    );
    check(
        &files,
        &[
            "pricing.Price/contract.toml: F022 - pricing.Price and pricing.Cost share the registry subject \"pricing.price-value\" | give it another topic, or subject = \"record\" in both",
        ],
    );
}
