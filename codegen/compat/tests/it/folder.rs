//! Contracts folders that tests write down in a few lines.

use accordant_compat::{Report, gate, render};
use accordant_schema::{
    Limits,
    contract::{Contracts, LOCK_FILE},
};

/// `contract.toml` of a change whose key is `id`.
pub(crate) const EVENT: &str = r#"kind = "event"
description = "An order."
owner = "shop"
topic = "orders.placed"
key = ["id"]
partitions = 6
"#;

/// A contracts folder in memory.
#[derive(Default)]
pub(crate) struct Folder {
    pub(crate) files: render::FileMap,
}

impl Folder {
    /// The contract `shop.Order` with these fields a version.
    pub(crate) fn orders(versions: &[&str]) -> Folder {
        let mut folder = Folder::default().with("shop.Order/contract.toml", EVENT);
        for (at, fields) in versions.iter().enumerate() {
            folder = folder.with(&format!("shop.Order/v{}.avsc", at + 1), &order(fields));
        }
        folder
    }

    pub(crate) fn with(mut self, file: &str, text: &str) -> Folder {
        self.files.insert(file.to_owned(), text.as_bytes().to_vec());
        self
    }

    /// Freezes the versions up to one of `shop.Order`, and every shared type.
    pub(crate) fn released(self, up_to: u32) -> Folder {
        let (contracts, _) = self.load();
        let mut lock = contracts.lock.clone();
        for contract in contracts.contracts.values() {
            let shared = contract.name.as_str() != "shop.Order";
            for version in &contract.versions {
                if shared || version.version.0 <= up_to {
                    lock.insert(contract.lock_line(version));
                }
            }
        }
        self.with(LOCK_FILE, &lock.to_text())
    }

    pub(crate) fn load(&self) -> (Contracts, Vec<accordant_schema::Problem>) {
        Contracts::load(&self.files, &Limits::default())
    }

    pub(crate) fn check(&self) -> Report {
        let (contracts, problems) = self.load();
        gate::check(&contracts, &problems)
    }

    pub(crate) fn text(&self) -> String {
        render::text(&self.check(), &self.files)
    }
}

/// The schema of `shop.Order`: its id and these fields.
pub(crate) fn order(fields: &str) -> String {
    let id = r#"{ "name": "id", "type": "string" }"#;
    let separator = if fields.is_empty() { "" } else { ",\n    " };
    format!(
        r#"{{
  "type": "record", "name": "shop.Order",
  "fields": [
    {id}{separator}{fields}
  ]
}}
"#
    )
}
