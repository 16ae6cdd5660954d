//! One submission after the other, by hand.

use std::io::Write;

use serde_json::{Value, json};

use super::harness::{Backend, Pipeline};

const ARTICLE: &str = "3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21";
const OTHER: &str = "77777777-6b0e-4f0e-9d3c-0a4b1c9d7e21";

fn file(pipeline: &Pipeline, name: &str, lines: &[Value]) -> std::path::PathBuf {
    let path = pipeline.folder.path().join(name);
    let mut file = std::fs::File::create(&path).expect("the folder is ours");
    for line in lines {
        writeln!(file, "{line}").expect("the folder is ours");
    }
    path
}

fn article(id: &str, sku: &str, title: &str) -> Value {
    json!({"article_id": id, "merchant_id": "m", "sku": sku, "title": title})
}

fn price(id: &str, amount: &str) -> Value {
    json!({"article_id": id, "merchant_id": "m", "price": {"amount": amount, "currency": "EUR"}})
}

/// Result and reason codes of every outcome of a contract, in the order of the log.
fn outcomes(pipeline: &Pipeline, contract: &str) -> Vec<(String, Vec<String>)> {
    let output = pipeline.run(&[
        "tail",
        contract,
        "--outcomes",
        "--from-beginning",
        "--until-end",
    ]);
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text
        .lines()
        .map(|it| serde_json::from_str::<Value>(it).expect("a line is JSON"));
    let code = |reason: &Value| {
        reason["code"]
            .as_str()
            .expect("a reason has a code")
            .to_owned()
    };
    lines
        .map(|line| {
            let event = &line["event"];
            let result = event["result"]
                .as_str()
                .expect("an outcome has a result")
                .to_owned();
            let reasons = event["reasons"].as_array().expect("reasons are a list");
            (result, reasons.iter().map(code).collect())
        })
        .collect()
}

fn applied() -> (String, Vec<String>) {
    ("APPLIED".to_owned(), Vec::new())
}

fn rejected(code: &str) -> (String, Vec<String>) {
    ("REJECTED".to_owned(), vec![code.to_owned()])
}

#[test]
fn submissions_become_an_offer_and_survive_a_restart() {
    let pipeline = Pipeline::new(Backend::default());
    let up = pipeline.up();
    for service in ["registry", "ingest", "admin"] {
        assert_eq!(pipeline.get(service, "/readyz").0, 200, "{service}");
    }

    let articles = [
        json!({"article_id": ARTICLE, "merchant_id": "m", "sku": "1", "operation": "RETIRE"}),
        article(ARTICLE, "1", "A Film"),
        article(OTHER, "1", "Another with its number"),
        article(ARTICLE, "1", "A Film, restored"),
    ];
    let articles = file(&pipeline, "articles.ndjson", &articles);
    assert_eq!(
        pipeline.send("catalog.ArticleSubmitted", &articles)["accepted"],
        4
    );
    let prices = [price(ARTICLE, "-1.00"), price(ARTICLE, "12.99")];
    let prices = file(&pipeline, "prices.ndjson", &prices);
    assert_eq!(
        pipeline.send("pricing.PriceSubmitted", &prices)["accepted"],
        2
    );
    let invalid = [json!({"article_id": "no", "merchant_id": 7, "colour": "red"})];
    let invalid = file(&pipeline, "invalid.ndjson", &invalid);
    assert_eq!(
        pipeline.send("catalog.ArticleSubmitted", &invalid)["rejected"],
        1
    );
    let errors = &pipeline.sent(&invalid, "rejected")[0]["errors"];
    let mut pointers: Vec<&str> = errors
        .as_array()
        .expect("errors are a list")
        .iter()
        .map(|error| error["pointer"].as_str().expect("an error has a pointer"))
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/article_id", "/colour", "/merchant_id", "/sku"]);

    let report = pipeline.verify();
    let expected = [applied(), rejected("sku_taken"), applied()];
    let found = outcomes(&pipeline, "catalog.ArticleSubmitted");
    assert_eq!(found[0], rejected("article_unknown"));
    assert_eq!(found[1..], expected);
    let found = outcomes(&pipeline, "pricing.PriceSubmitted");
    assert_eq!(found, [rejected("price_negative"), applied()]);

    let offers = pipeline.tail("shop.OfferChanged");
    let last = &offers.last().expect("there is an offer")["event"];
    assert_eq!(last["status"], "AVAILABLE");
    assert_eq!(last["title"], "A Film, restored");
    assert_eq!(last["price"], json!({"amount": "12.99", "currency": "EUR"}));
    up.stop();

    let up = pipeline.up();
    assert_eq!(pipeline.verify(), report);
    assert_eq!(pipeline.tail("shop.OfferChanged"), offers);
    up.stop();
}
