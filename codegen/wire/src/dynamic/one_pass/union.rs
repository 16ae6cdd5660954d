//! Which branch of a union a value means, and the reading of it.

use std::borrow::Cow;

use accordant_schema::NodeId;

use super::{Encoder, Mode, Result, Unfit, length};
use crate::{
    dynamic::{
        fit::Fit,
        leaf::Token,
        program::{Spelling, UnionStep},
        scan::JsonKind,
    },
    write,
};

impl<'p, 't> Encoder<'p, 't> {
    pub(super) fn union(&mut self, union: &'p UnionStep, out: &mut Vec<u8>) -> Result<Fit> {
        let kind = self.scan.kind()?;
        let accepting = match self.program.spelling {
            Spelling::Plain => union.accepting(kind),
            Spelling::Avro if kind == JsonKind::Null => union.accepting(kind),
            Spelling::Avro => &[],
        };
        if kind == JsonKind::Object
            && let Some(fit) = self.tagged(union, accepting, out)?
        {
            return Ok(fit);
        }
        match accepting {
            [] => Err(Unfit),
            [only] => self.branch(union, *only, out),
            several if kind == JsonKind::Object => self.several(union, several, out),
            several => self.scalars(union, several, kind, out),
        }
    }

    fn branch(&mut self, union: &UnionStep, at: usize, out: &mut Vec<u8>) -> Result<Fit> {
        write::long(length(at), out);
        self.value(union.branches[at], out)
    }

    /// The value of an object of one entry that names a branch; `None` where it
    /// is no such object.
    fn tagged(
        &mut self,
        union: &UnionStep,
        accepting: &[usize],
        out: &mut Vec<u8>,
    ) -> Result<Option<Fit>> {
        let (at, open) = (self.scan.at, self.scan.open);
        self.scan.enter()?;
        let named = match self.scan.is_empty(b'}') {
            true => None,
            false => union.place(&self.scan.key()?),
        };
        let Some(place) = named else {
            (self.scan.at, self.scan.open) = (at, open);
            return Ok(None);
        };
        self.scan.kind()?;
        let fit = if accepting.is_empty() || self.mode == Mode::Encode {
            // Where a plain object was meant after all, the way that looks for
            // errors finds that out.
            Some(self.branch(union, place, out)?)
        } else {
            self.fit_of(union.branches[place], out)?.map(|(fit, end)| {
                self.scan.at = end;
                fit
            })
        };
        if let Some(fit) = fit {
            if self.scan.ends_object()? {
                return Ok(Some(fit));
            }
            if accepting.is_empty() || self.mode == Mode::Encode {
                return Err(Unfit);
            }
        }
        (self.scan.at, self.scan.open) = (at, open);
        Ok(None)
    }

    /// One of several branches that are written alike, for a value that holds
    /// no others.
    fn scalars(
        &mut self,
        union: &UnionStep,
        several: &[usize],
        kind: JsonKind,
        out: &mut Vec<u8>,
    ) -> Result<Fit> {
        let text: Cow<'t, str> = match kind {
            JsonKind::Number => self.scan.number()?.into(),
            JsonKind::String => self.scan.string()?,
            JsonKind::Null | JsonKind::Boolean | JsonKind::Array | JsonKind::Object => {
                // Each of these has one branch at most.
                return Err(Unfit);
            }
        };
        let token = match kind {
            JsonKind::Number => Token::Number(&text),
            _ => Token::String(&text),
        };
        let start = out.len();
        let mut choice = Choice::default();
        for at in several {
            let fit = self.leaf_of(union.branches[*at], token, out);
            choice.add(*at, fit.ok().map(|fit| (fit, 0)));
            out.truncate(start);
        }
        let (at, _) = choice.chosen().ok_or(Unfit)?;
        write::long(length(at), out);
        self.leaf_of(union.branches[at], token, out)
            .map_err(|_| Unfit)
    }

    /// One of several records and a map.
    fn several(&mut self, union: &UnionStep, several: &[usize], out: &mut Vec<u8>) -> Result<Fit> {
        let mut choice = Choice::default();
        for at in several {
            choice.add(*at, self.fit_of(union.branches[*at], out)?);
        }
        let (at, (fit, end)) = choice.chosen().ok_or(Unfit)?;
        match self.mode {
            Mode::Encode => self.branch(union, at, out),
            Mode::Try => {
                self.scan.at = end;
                Ok(fit)
            }
        }
    }

    /// How the value that begins here fits a type, and where it ends; found once.
    fn fit_of(&mut self, id: NodeId, out: &mut Vec<u8>) -> Result<Option<(Fit, usize)>> {
        let at = self.scan.at;
        if let Some(known) = self.tried.get(&(at, id)) {
            return Ok(*known);
        }
        let before = (self.scan.open, self.depth, self.mode, self.room);
        let lengths = (out.len(), self.slots.len(), self.entries.len());
        self.mode = Mode::Try;
        let fit = self.value(id, out).ok().map(|fit| (fit, self.scan.at));
        self.scan.at = at;
        (self.scan.open, self.depth, self.mode, self.room) = before;
        out.truncate(lengths.0);
        self.slots.truncate(lengths.1);
        self.entries.truncate(lengths.2);
        if self.is_hopeless && fit.is_none() {
            return Err(Unfit);
        }
        self.tried.insert((at, id), fit);
        Ok(fit)
    }
}

/// The branches that accept a value.
#[derive(Debug, Default)]
struct Choice {
    natural: Accepting,
    other: Accepting,
}

#[derive(Debug, Default)]
enum Accepting {
    #[default]
    Nobody,
    One(usize, (Fit, usize)),
    Several,
}

impl Choice {
    fn add(&mut self, at: usize, fit: Option<(Fit, usize)>) {
        let Some(fit) = fit else {
            return;
        };
        let accepting = match fit.0 {
            Fit::Natural => &mut self.natural,
            Fit::Other => &mut self.other,
        };
        *accepting = match accepting {
            Accepting::Nobody => Accepting::One(at, fit),
            Accepting::One(..) | Accepting::Several => Accepting::Several,
        };
    }

    /// The branch that is meant, unless there is none or more than one.
    fn chosen(self) -> Option<(usize, (Fit, usize))> {
        match (self.natural, self.other) {
            (Accepting::One(at, fit), _) | (Accepting::Nobody, Accepting::One(at, fit)) => {
                Some((at, fit))
            }
            (Accepting::Several, _)
            | (Accepting::Nobody, Accepting::Nobody | Accepting::Several) => None,
        }
    }
}
