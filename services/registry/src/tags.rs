//! Tags inside of a schema's text: the attribute `confluent:tags` of a record
//! or a field.

use std::collections::BTreeMap;

use accordant_schema::{
    Kind, Schema,
    json::{Json, Value},
};
use serde::{Deserialize, Serialize};

const ATTRIBUTE: &str = "confluent:tags";

/// Tags of one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tagged {
    pub(crate) schema_entity: Entity,
    pub(crate) tags: Vec<String>,
}

/// A place in a schema: a record's full name, or that and a field's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entity {
    pub(crate) entity_path: String,
    pub(crate) entity_type: EntityType,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum EntityType {
    #[serde(rename = "sr_record", alias = "SR_RECORD")]
    Record,
    #[serde(rename = "sr_field", alias = "SR_FIELD")]
    Field,
}

/// Which tags come and which go; who is in both goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TagChange {
    pub(crate) add: Vec<Tagged>,
    pub(crate) remove: Vec<Tagged>,
}

impl TagChange {
    pub(crate) fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// Changes the tags of a schema's own types; says which place is not there.
    pub(crate) fn apply(&self, schema: &mut Schema) -> Result<(), String> {
        for (entity, removes) in self.entities() {
            let Some(attributes) = attributes_of(schema, entity) else {
                return Err(format!(
                    "No matching path '{}' found in the schema",
                    entity.entity_path
                ));
            };
            let mut tags = tags_of(attributes);
            let of = |list: &'_ [Tagged]| -> Vec<String> {
                let mine = list.iter().filter(|it| it.schema_entity == *entity);
                mine.flat_map(|it| it.tags.iter().cloned()).collect()
            };
            for tag in of(&self.add) {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
            let gone = if removes { of(&self.remove) } else { vec![] };
            tags.retain(|tag| !gone.contains(tag));
            set_tags(attributes, tags);
        }
        Ok(())
    }

    /// Each place once, and whether something goes there.
    fn entities(&self) -> BTreeMap<&Entity, bool> {
        let mut entities = BTreeMap::new();
        for it in &self.add {
            entities.insert(&it.schema_entity, false);
        }
        for it in &self.remove {
            entities.insert(&it.schema_entity, true);
        }
        entities
    }
}

/// Every tag of the schema's own types, in the order of the text.
pub(crate) fn tags_in(schema: &Schema) -> Vec<Tagged> {
    let mut found = Vec::new();
    let mut add = |path: String, entity_type, attributes: &[(String, Json)]| {
        let tags = tags_of(attributes);
        if !tags.is_empty() {
            let schema_entity = Entity {
                entity_path: path,
                entity_type,
            };
            found.push(Tagged {
                schema_entity,
                tags,
            });
        }
    };
    for node in schema.nodes.iter().filter(|node| node.source == 0) {
        let Kind::Record(record) = &node.kind else {
            continue;
        };
        let name = record.name.as_str();
        add(name.to_owned(), EntityType::Record, &node.props);
        for field in &record.fields {
            let path = format!("{name}.{}", field.name);
            add(path, EntityType::Field, &field.props);
        }
    }
    found
}

/// The attributes at a place. The namespace may be left out.
fn attributes_of<'a>(
    schema: &'a mut Schema,
    entity: &Entity,
) -> Option<&'a mut Vec<(String, Json)>> {
    let (record_path, field_name) = match entity.entity_type {
        EntityType::Record => (entity.entity_path.as_str(), None),
        EntityType::Field => {
            let (record, field) = entity.entity_path.rsplit_once('.')?;
            (record, Some(field))
        }
    };
    for node in schema.nodes.iter_mut().filter(|node| node.source == 0) {
        let Kind::Record(record) = &mut node.kind else {
            continue;
        };
        if record.name.as_str() != record_path && record.name.name() != record_path {
            continue;
        }
        return match field_name {
            None => Some(&mut node.props),
            Some(name) => {
                let field = record.fields.iter_mut().find(|it| it.name == name)?;
                Some(&mut field.props)
            }
        };
    }
    None
}

fn tags_of(attributes: &[(String, Json)]) -> Vec<String> {
    let found = attributes.iter().find(|(name, _)| name == ATTRIBUTE);
    let items = found
        .and_then(|(_, json)| json.as_array())
        .unwrap_or_default();
    let mut tags = Vec::new();
    for tag in items.iter().filter_map(Json::as_str) {
        if !tags.iter().any(|it| it == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn set_tags(attributes: &mut Vec<(String, Json)>, tags: Vec<String>) {
    let nowhere = accordant_schema::Span { start: 0, end: 0 };
    let json = |value| Json {
        value,
        span: nowhere,
    };
    let at = attributes.iter().position(|(name, _)| name == ATTRIBUTE);
    if tags.is_empty() {
        if let Some(at) = at {
            attributes.remove(at);
        }
        return;
    }
    let items = tags.into_iter().map(|tag| json(Value::String(tag)));
    let list = json(Value::Array(items.collect()));
    match at {
        Some(at) => attributes[at].1 = list,
        None => attributes.push((ATTRIBUTE.to_owned(), list)),
    }
}

#[cfg(test)]
mod tests {
    use accordant_schema::{java_text, parse};

    use super::*;

    fn tagged(path: &str, entity_type: EntityType, tags: &[&str]) -> Tagged {
        Tagged {
            schema_entity: Entity {
                entity_path: path.to_owned(),
                entity_type,
            },
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        }
    }

    const PLAIN: &str =
        r#"{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int"}]}"#;

    #[track_caller]
    fn check(change: &TagChange, expected: Result<&str, &str>) {
        let mut schema = parse(PLAIN).unwrap();
        let found = change
            .apply(&mut schema)
            .map(|()| java_text(&schema, false));
        assert_eq!(found.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn tags_stand_at_their_place() {
        let add = vec![
            tagged("n.R", EntityType::Record, &["PII"]),
            tagged("R.a", EntityType::Field, &["x", "y"]),
        ];
        let remove = vec![tagged("R.a", EntityType::Field, &["y"])];
        let with_both = r#"{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"int","confluent:tags":["x"]}],"confluent:tags":["PII"]}"#;
        check(&TagChange { add, remove }, Ok(with_both));
        let found = tags_in(&parse(with_both).unwrap());
        let expected = [
            tagged("n.R", EntityType::Record, &["PII"]),
            tagged("n.R.a", EntityType::Field, &["x"]),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_place_that_is_not_there_is_named() {
        for path in ["R.b", "x.R.a", "a"] {
            let change = TagChange {
                add: vec![tagged(path, EntityType::Field, &["x"])],
                remove: vec![],
            };
            let message = format!("No matching path '{path}' found in the schema");
            check(&change, Err(&message));
        }
    }
}
