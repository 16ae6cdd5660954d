//! What a processor is: the one type that a team writes.

use std::fmt::{self, Debug};

use accordant_wire::{DecodeError, Event, Reader, WriterVersion};

use super::{Position, View};

/// An application that decides.
///
/// `decide` must be a function of its arguments alone: no clock, no random
/// number, no state of its own. After a crash an event whose decision is not in
/// the logs is decided again.
pub trait Processor: Send + Sync + 'static {
    /// What it reads: an event, or an enum over the events of several sources.
    type Input: Input;
    /// What it publishes: the change that counts an entity's versions.
    type Change: Event;
    /// The application's name: its consumer group, and a part of topic names.
    const NAME: &'static str;

    /// What `decide` will look at; it sees nothing else.
    fn reads(&self, input: &Self::Input) -> Vec<Read>;

    /// The entries under which an entity is found: (index, text).
    fn indexes(&self, change: &Self::Change) -> Vec<(&'static str, String)> {
        let _none_by_default = change;
        Vec::new()
    }

    /// Decides about one event. A change's version must be that of the entity
    /// in the view plus one.
    ///
    /// # Errors
    /// [`Failure`], where it cannot decide.
    fn decide(
        &self,
        ctx: &Context,
        input: &Self::Input,
        view: &View<Self::Change>,
    ) -> Result<Decision<Self::Change>, Failure>;
}

/// What a processor reads. Every [`Event`] is one; a join hand-implements it
/// for an enum:
///
/// ```ignore
/// impl Input for OfferInput {
///     fn sources() -> Vec<Source<OfferInput>> {
///         vec![Source::of(OfferInput::Article), Source::of(OfferInput::Price)]
///     }
/// }
/// ```
pub trait Input: Sized + Send + Sync + 'static {
    /// Its sources, one topic each.
    fn sources() -> Vec<Source<Self>>;
}

impl<E: Event> Input for E {
    fn sources() -> Vec<Source<E>> {
        vec![Source::of(|event| event)]
    }
}

/// One source topic and how its events become the input.
pub struct Source<I> {
    /// The contract.
    pub contract: &'static str,
    /// The topic.
    pub topic: &'static str,
    /// The registry subject.
    pub subject: &'static str,
    /// The version of the event's type.
    pub version: u32,
    /// The contract's versions that can be decoded.
    pub versions: &'static [WriterVersion],
    decode: DecodeInput<I>,
}

type DecodeInput<I> = Box<dyn Fn(u32, &mut Reader<'_>) -> Result<I, DecodeError> + Send + Sync>;

impl<I> Source<I> {
    /// The source of an event, wrapped into the input.
    pub fn of<E: Event>(wrap: fn(E) -> I) -> Source<I>
    where
        I: 'static,
    {
        Source {
            contract: E::CONTRACT,
            topic: E::TOPIC,
            subject: E::SUBJECT,
            version: E::VERSION,
            versions: E::VERSIONS,
            decode: Box::new(move |version, reader| E::decode_version(version, reader).map(wrap)),
        }
    }

    /// Decodes what a version of the contract wrote.
    ///
    /// # Errors
    /// The decoder's.
    pub fn decode(&self, version: u32, reader: &mut Reader<'_>) -> Result<I, DecodeError> {
        (self.decode)(version, reader)
    }
}

impl<I> Debug for Source<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("contract", &self.contract)
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

/// Something that `decide` looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// The entity with this key.
    Key(String),
    /// Every entity with this entry in an index.
    Index {
        /// Index.
        name: &'static str,
        /// Indexed text.
        value: String,
    },
}

/// Which event is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Where it is.
    pub source: Position,
    /// Its id (`ce_id`), or its position where it has none.
    pub event_id: String,
    /// Its Kafka key, as text.
    pub key: String,
    /// When the log took it, in milliseconds since 1970: the only time that a
    /// decision may depend on.
    pub log_time_ms: i64,
}

/// What becomes of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision<C> {
    /// It is applied: these changes are published, in this order.
    Apply(Vec<C>),
    /// A rule refuses it.
    Reject(Vec<Reason>),
    /// It is right, and changes nothing.
    Nothing,
}

/// Why an event was not applied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
    /// JSON pointer to the field at fault.
    pub pointer: Option<String>,
}

impl Reason {
    /// A reason without a field at fault.
    pub fn new(code: &str, message: impl Into<String>) -> Reason {
        Reason {
            code: code.to_owned(),
            message: message.into(),
            pointer: None,
        }
    }

    /// A reason about one field.
    pub fn at(code: &str, pointer: &str, message: impl Into<String>) -> Reason {
        Reason {
            code: code.to_owned(),
            message: message.into(),
            pointer: Some(pointer.to_owned()),
        }
    }
}

/// Why a processor could not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may work later: the batch waits and is tried again.
    Retry(String),
    /// This event will never work: it goes to the dead-letter topic.
    Poison(Reason),
    /// Nothing is right any more: the partition stops.
    Fatal(String),
}
