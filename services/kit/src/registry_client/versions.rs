//! Looking up the versions of contracts: those of generated types, and those of
//! a contracts folder. References are found by their texts first, because a
//! registry counts versions for itself.

use std::collections::BTreeMap;

use accordant_schema::{
    contract::{Contract, ContractVersion, Contracts},
    json::{self, Json, Value},
};
use accordant_wire::{SchemaId, SchemaReference, WriterVersion};

use super::{Reference, RegistryClient, RegistryError};

/// Nesting of a schema's JSON, generously.
const JSON_DEPTH_MAX: usize = 512;

/// A schema and what its text needs, each after those that it needs itself.
struct Texts<'a> {
    subject: &'a str,
    text: &'a str,
    needed: Vec<Needed<'a>>,
}

struct Needed<'a> {
    name: &'a str,
    subject: String,
    text: &'a str,
}

impl RegistryClient {
    /// The id of a version that a generated type can decode (its own included);
    /// `None` when it, or a type that it refers to, is not registered.
    ///
    /// # Errors
    /// The registry does not answer, or refuses the question.
    pub async fn id_of_writer(
        &self,
        subject: &str,
        writer: &WriterVersion,
    ) -> Result<Option<SchemaId>, RegistryError> {
        let needed = |it: &'static SchemaReference| Needed {
            name: it.name,
            subject: it.subject.to_owned(),
            text: it.schema,
        };
        let needed = writer.references.iter().map(needed).collect();
        self.id_of_texts(&Texts {
            subject,
            text: writer.schema,
            needed,
        })
        .await
    }

    /// The id of a version of a contract; `None` when it, or a type that it
    /// refers to, is not registered.
    ///
    /// # Errors
    /// The registry does not answer, or refuses the question.
    pub async fn id_of_version(
        &self,
        contracts: &Contracts,
        contract: &Contract,
        version: &ContractVersion,
    ) -> Result<Option<SchemaId>, RegistryError> {
        match self.references_of_version(contracts, version).await? {
            Some(references) => {
                self.id_of(&contract.subject(), &version.text, &references)
                    .await
            }
            None => Ok(None),
        }
    }

    /// The references of a version's text as this registry knows them; `None`
    /// when one is not registered.
    ///
    /// # Errors
    /// The registry does not answer, or refuses the question.
    pub(crate) async fn references_of_version(
        &self,
        contracts: &Contracts,
        version: &ContractVersion,
    ) -> Result<Option<Vec<Reference>>, RegistryError> {
        let mut needed = Vec::new();
        collect_needed(contracts, version, &mut needed);
        let known = self.registered_of(&needed).await?;
        Ok(known.and_then(|known| direct(&version.text, &known)))
    }

    async fn id_of_texts(&self, texts: &Texts<'_>) -> Result<Option<SchemaId>, RegistryError> {
        let known = self.registered_of(&texts.needed).await?;
        match known.and_then(|known| direct(texts.text, &known)) {
            Some(references) => self.id_of(texts.subject, texts.text, &references).await,
            None => Ok(None),
        }
    }

    /// Looks the needed types up in order; `None` when one is not registered.
    async fn registered_of(
        &self,
        needed: &[Needed<'_>],
    ) -> Result<Option<BTreeMap<String, Reference>>, RegistryError> {
        let mut known = BTreeMap::new();
        for Needed {
            name,
            subject,
            text,
        } in needed
        {
            let Some(own) = direct(text, &known) else {
                return Ok(None);
            };
            let Some(found) = self.lookup(subject, text, &own).await? else {
                return Ok(None);
            };
            let reference = Reference {
                name: (*name).to_owned(),
                subject: subject.clone(),
                version: found.version,
            };
            known.insert((*name).to_owned(), reference);
        }
        Ok(Some(known))
    }
}

/// The types that a version needs, transitively, those that others need first.
fn collect_needed<'a>(
    contracts: &'a Contracts,
    version: &'a ContractVersion,
    needed: &mut Vec<Needed<'a>>,
) {
    for reference in &version.references {
        let Some(contract) = contracts.get(reference.name.as_str()) else {
            continue;
        };
        let Some(its_version) = contract.version(reference.version) else {
            continue;
        };
        if needed.iter().any(|it| it.name == contract.name.as_str()) {
            continue;
        }
        // Loading has refused cycles and bounded the depth.
        collect_needed(contracts, its_version, needed);
        needed.push(Needed {
            name: contract.name.as_str(),
            subject: contract.subject(),
            text: &its_version.text,
        });
    }
}

/// Those of the known types that a text names itself, sorted by name; `None`
/// when the text is no JSON.
fn direct(text: &str, known: &BTreeMap<String, Reference>) -> Option<Vec<Reference>> {
    if known.is_empty() {
        return Some(Vec::new());
    }
    let root = json::parse(text, JSON_DEPTH_MAX).ok()?;
    let mut names = Vec::new();
    let mut pending = vec![(&root, "")];
    while let Some((json, namespace)) = pending.pop() {
        push_names(json, namespace, &mut names, &mut pending);
    }
    let is_named = |name: &String| names.iter().any(|it| it == name);
    Some(
        known
            .iter()
            .filter(|(name, _)| is_named(name))
            .map(|(_, it)| it.clone())
            .collect(),
    )
}

/// The type names that stand at one place of a schema, and the places below it.
fn push_names<'a>(
    json: &'a Json,
    namespace: &'a str,
    names: &mut Vec<String>,
    pending: &mut Vec<(&'a Json, &'a str)>,
) {
    match &json.value {
        Value::String(name) if name.contains('.') || namespace.is_empty() => {
            names.push(name.clone())
        }
        Value::String(name) => names.push(format!("{namespace}.{name}")),
        Value::Array(branches) => pending.extend(branches.iter().map(|it| (it, namespace))),
        Value::Object(_) => {
            let own = json.get("namespace").and_then(Json::as_str);
            let of_name = json
                .get("name")
                .and_then(Json::as_str)
                .and_then(|it| it.rsplit_once('.'));
            let namespace = match (of_name, own) {
                (Some((of_name, _)), _) => of_name,
                (None, Some(own)) => own,
                (None, None) => namespace,
            };
            let below = ["type", "items", "values"]
                .into_iter()
                .filter_map(|key| json.get(key));
            pending.extend(below.map(|it| (it, namespace)));
            let fields = json.get("fields").map(|fields| &fields.value);
            if let Some(Value::Array(fields)) = fields {
                let types = fields.iter().filter_map(|field| field.get("type"));
                pending.extend(types.map(|it| (it, namespace)));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
