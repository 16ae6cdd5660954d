//! `check` of some contracts instead of all.

use crate::repository::{Repository, TOML};

/// `shop.Order` with a v2 that breaks, `shop.Cart` that is fine.
fn two_contracts() -> Repository {
    let title = r#",
    { "name": "title", "type": "string" }"#;
    let repository = Repository::with_git(&[""]);
    let toml = TOML.replace("orders.placed", "carts.filled");
    repository.write("shop.Cart/contract.toml", &toml);
    let cart = r#"{ "type": "record", "name": "shop.Cart", "fields": [
    { "name": "id", "type": "string" }
] }
"#;
    repository.write("shop.Cart/v1.avsc", cart);
    repository.run(&["release"], 0);
    repository.commit();
    repository.version(2, title);
    repository
}

#[test]
fn a_name_a_file_or_a_folder_is_a_contract() {
    let repository = two_contracts();
    for (argument, code) in [
        ("shop.Cart", 0),
        ("shop.Order", 1),
        ("contracts/shop.Cart", 0),
        ("contracts/shop.Order/v2.avsc", 1),
        ("./contracts/../contracts/shop.Cart/contract.toml", 0),
        // These stand for everything.
        ("contracts", 1),
        ("contracts/contracts.lock", 1),
    ] {
        let text = repository.run(&["check", argument], code);
        let is_all = text.contains("shop.Cart v1") && text.contains("shop.Order v1");
        assert_eq!(is_all, !argument.contains("shop."), "{argument}: {text}");
    }
    let both = repository.run(&["check", "shop.Cart", "shop.Order"], 1);
    assert!(both.contains("2 contracts"), "{both}");
    let text = repository.run(&["check", "shop.Cart"], 0);
    insta::assert_snapshot!("check_only", text);
}

#[test]
fn what_is_neither_contract_nor_file_is_refused() {
    let repository = two_contracts();
    repository.write("../elsewhere.avsc", "{}");
    for argument in [
        "shop.Ordr",
        "elsewhere.avsc",
        "contracts/shop.Order/../gone.avsc",
    ] {
        let mut command = repository.accordant(&["check", argument]);
        let output = command.output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(2), "{argument}");
        let talk = String::from_utf8_lossy(&output.stderr);
        let expected = format!("{argument:?} is neither a contract nor a file in contracts");
        assert!(talk.contains(&expected), "{talk}");
    }
}

#[test]
fn a_comparison_with_elsewhere_stays_in_the_part() {
    let repository = two_contracts();
    let head = ["check", "shop.Cart", "--against", "HEAD"];
    repository.run(&head, 0);
    let repository_without = two_contracts();
    repository_without.git(&["checkout", "-q", "-b", "less"]);
    let gone = repository_without.path().join("contracts/shop.Order");
    std::fs::remove_dir_all(gone).expect("it is there");
    // It is gone, and nobody asked for it.
    let args = ["check", "shop.Cart", "--against", "HEAD"];
    let text = repository_without.run(&args, 0);
    assert!(!text.contains("C308"), "{text}");
}
