//! One datum from one form to another.

use std::{collections::BTreeMap, sync::Arc};

use accordant_kit::registry_client::RegistryClient;
use accordant_schema::{Schema, contract::UnknownFields};
use accordant_wire::{
    Limits, SchemaId, confluent,
    dynamic::{AvroJson, FieldError, JsonCodec, Plan, to_json},
};
use anyhow::{Context, bail};

use super::{ConvertArgs, Form, schemas::SchemaFile};

/// What is wrong with a datum, a line each.
#[derive(Debug)]
pub(super) struct Bad(Vec<String>);

impl Bad {
    pub(super) fn new(line: impl std::fmt::Display) -> Bad {
        Bad(vec![line.to_string()])
    }

    fn of_fields(errors: &[FieldError]) -> Bad {
        let line = |it: &FieldError| {
            let FieldError {
                pointer,
                rule,
                expected,
                found,
            } = it;
            let pointer = if pointer.is_empty() {
                "the datum"
            } else {
                pointer
            };
            format!("{pointer}: {rule}: expected {expected}, found {found}")
        };
        Bad(errors.iter().map(line).collect())
    }

    pub(super) fn lines(&self) -> &[String] {
        &self.0
    }
}

/// Why a datum was not converted.
pub(super) enum Failure {
    /// It is bad; the next one may be good.
    Bad(Bad),
    /// No other one will fare better.
    Stop(anyhow::Error),
}

impl From<Bad> for Failure {
    fn from(bad: Bad) -> Failure {
        Failure::Bad(bad)
    }
}

/// The way from one form to the other.
pub(super) struct Converter {
    from: Form,
    to: Form,
    registry: Option<RegistryClient>,
    reader: Option<Arc<Schema>>,
    /// The id of what is written, where that is known from the start.
    reader_id: Option<SchemaId>,
    /// The way of data whose writer is known from the start.
    fixed: Option<Route>,
    /// By the id of the writer.
    by_id: BTreeMap<SchemaId, Route>,
}

impl Converter {
    /// A converter of what the arguments say.
    ///
    /// # Errors
    /// A schema is missing, or the two do not resolve.
    pub(super) async fn new(
        args: &ConvertArgs,
        writer: Option<SchemaFile>,
        reader: Option<SchemaFile>,
        registry: Option<RegistryClient>,
    ) -> anyhow::Result<Converter> {
        let is_looked_up = args.from == Form::Confluent && writer.is_none();
        match (is_looked_up, &writer, &registry) {
            (true, _, None) => bail!(
                "the writer's schema is not known\nfix: add --registry URL to look up its id, or --writer FILE"
            ),
            (false, None, _) => bail!("the writer's schema is not known\nfix: add --writer FILE"),
            _ => {}
        }
        let output = reader.as_ref().or(writer.as_ref());
        let reader_id = match (args.to, output, &registry) {
            (Form::Confluent, _, None) => {
                bail!("an id comes from a registry\nfix: add --registry URL")
            }
            (Form::Confluent, Some(output), Some(registry)) => {
                Some(output.id(registry, args.subject.as_deref()).await?)
            }
            // That of the input, whose schema is written again.
            (Form::Confluent, None, Some(_)) | (Form::Json | Form::AvroJson | Form::Avro, _, _) => {
                None
            }
        };
        let reader = reader.map(|it| it.schema);
        let fixed = match &writer {
            Some(it) => Some(Route::new(
                Arc::clone(&it.schema),
                it.unknown_fields,
                reader.as_ref(),
                args.from,
            )?),
            None => None,
        };
        Ok(Converter {
            from: args.from,
            to: args.to,
            registry,
            reader,
            reader_id,
            fixed,
            by_id: BTreeMap::new(),
        })
    }

    /// One datum in the other form.
    ///
    /// # Errors
    /// It is bad, or nothing more can be done.
    pub(super) async fn convert(&mut self, datum: &[u8]) -> Result<Vec<u8>, Failure> {
        let (id, datum) = match self.from {
            Form::Confluent => {
                let (id, datum) = confluent::split(datum).map_err(Bad::new)?;
                (Some(id), datum)
            }
            Form::Json | Form::AvroJson | Form::Avro => (None, datum),
        };
        let (from, to, known_id) = (self.from, self.to, self.reader_id);
        let route = match (&self.fixed, id) {
            (Some(route), _) => route,
            (None, Some(id)) => self.route_of(id).await?,
            (None, None) => {
                let error = anyhow::anyhow!("the writer's schema is not known");
                return Err(Failure::Stop(error));
            }
        };
        let avro = route.read(from, datum)?;
        let bytes = match to {
            Form::Json => to_json(&route.written, &avro, Limits::default())
                .map_err(Bad::new)?
                .into_bytes(),
            Form::AvroJson => (route.avro_json.decode(&avro, Limits::default()))
                .map_err(Bad::new)?
                .into_bytes(),
            Form::Avro => avro,
            Form::Confluent => {
                let id = known_id.or(id);
                let id = id.ok_or_else(|| Bad::new("its schema has no id"))?;
                let mut framed = Vec::with_capacity(confluent::HEADER_BYTES + avro.len());
                confluent::frame(id, &mut framed);
                framed.extend_from_slice(&avro);
                framed
            }
        };
        Ok(bytes)
    }

    /// The way of a writer that the registry knows, looked up once.
    async fn route_of(&mut self, id: SchemaId) -> Result<&Route, Failure> {
        if !self.by_id.contains_key(&id) {
            let Some(registry) = &self.registry else {
                return Err(Bad::new("there is no registry to look its schema up").into());
            };
            let schema = match registry.schema(id).await {
                Ok(schema) => schema,
                Err(error) if error.is_retryable() => return Err(Failure::Stop(error.into())),
                Err(error) => return Err(Bad::new(error).into()),
            };
            let reader = self.reader.as_ref();
            let route = Route::new(schema, UnknownFields::Refuse, reader, self.from);
            let route = route.map_err(|error| Bad::new(format!("schema {}: {error:#}", id.0)))?;
            self.by_id.insert(id, route);
        }
        match self.by_id.get(&id) {
            Some(route) => Ok(route),
            None => Err(Bad::new("its schema is not known").into()),
        }
    }
}

/// The way of one writer's data.
struct Route {
    json: JsonCodec,
    avro_json_in: AvroJson,
    /// Also where both schemas are the same: it looks at every byte.
    plan: Option<Plan>,
    /// The schema that the output has.
    written: Arc<Schema>,
    avro_json: AvroJson,
}

impl Route {
    fn new(
        writer: Arc<Schema>,
        unknown_fields: UnknownFields,
        reader: Option<&Arc<Schema>>,
        from: Form,
    ) -> anyhow::Result<Route> {
        let written = Arc::clone(reader.unwrap_or(&writer));
        let plan = match from.is_text() && reader.is_none() {
            true => None,
            false => {
                let plan = Plan::new(&writer, &written);
                Some(plan.context("the writer's data cannot be read with the reader's schema")?)
            }
        };
        Ok(Route {
            json: JsonCodec::new(Arc::clone(&writer), unknown_fields),
            avro_json_in: AvroJson::new(writer, unknown_fields),
            plan,
            avro_json: AvroJson::new(Arc::clone(&written), unknown_fields),
            written,
        })
    }

    /// The datum as one of the schema that is written.
    fn read(&self, from: Form, datum: &[u8]) -> Result<Vec<u8>, Bad> {
        let mut avro = Vec::new();
        match from {
            Form::Json => {
                let encoded = self.json.encode(datum, &mut avro);
                encoded.map_err(|errors| Bad::of_fields(&errors))?;
            }
            Form::AvroJson => {
                let encoded = self.avro_json_in.encode(datum, &mut avro);
                encoded.map_err(|errors| Bad::of_fields(&errors))?;
            }
            Form::Avro | Form::Confluent => avro.extend_from_slice(datum),
        }
        let Some(plan) = &self.plan else {
            return Ok(avro);
        };
        let mut resolved = Vec::new();
        plan.apply(&avro, Limits::default(), &mut resolved)
            .map_err(Bad::new)?;
        Ok(resolved)
    }
}
