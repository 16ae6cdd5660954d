//! Which branch of a union a JSON value means, and the reading of it.

use accordant_schema::NodeId;

use super::{
    encode::{Encoder, Halt, Mode, Result},
    fit::Fit,
    program::UnionType,
    scan::JsonKind,
};
use crate::write;

/// What a JSON value means in a union.
#[derive(Debug)]
enum Meaning {
    /// A branch's plain value.
    Plain(usize),
    /// `{"full.Name": value}`
    Tagged(usize, Fit),
    /// No branch accepts it.
    Nothing,
    /// These branches accept it.
    Ambiguous(Vec<usize>),
}

impl<'p> Encoder<'p, '_> {
    /// Reads a union's value, which is of this kind.
    pub(super) fn union(
        &mut self,
        union: &'p UnionType,
        kind: JsonKind,
        out: &mut Vec<u8>,
    ) -> Result<Fit> {
        let tag = self.tag(union, kind)?;
        let candidates = union.of_kind(kind);
        if tag.is_none()
            && let [only] = candidates.accepting.as_slice()
            && candidates.alike == candidates.accepting
        {
            // Nothing else can be meant: its errors are the union's.
            return self.branch(union, *only, out);
        }
        match self.meaning(union, kind, tag, out)? {
            Meaning::Plain(at) => self.branch(union, at, out),
            Meaning::Tagged(at, fit) => self.tagged(union, at, out).map(|_| fit),
            Meaning::Nothing | Meaning::Ambiguous(_) if self.mode == Mode::Look => {
                Err(Halt::Misfit)
            }
            Meaning::Nothing => self.no_branch(union, kind, tag, out),
            Meaning::Ambiguous(fitting) => {
                let names = fitting.iter().map(|at| &union.branches[*at].name);
                let names: Vec<_> = names.map(|name| format!("{{\"{name}\": ...}}")).collect();
                let names = names.join(" or ");
                self.misfit("ambiguous", &format!("the branch's name as well: {names}"))
            }
        }
    }

    fn meaning(
        &mut self,
        union: &'p UnionType,
        kind: JsonKind,
        tag: Option<usize>,
        out: &mut Vec<u8>,
    ) -> Result<Meaning> {
        if let Some(at) = tag
            && let Some(fit) = self.fits_tagged(union, at, out)?
        {
            return Ok(Meaning::Tagged(at, fit));
        }
        let (mut natural, mut other) = (Vec::new(), Vec::new());
        for at in &union.of_kind(kind).accepting {
            match self.look(union.branches[*at].ty, out)? {
                Some((Fit::Natural, _)) => natural.push(*at),
                Some((Fit::Other, _)) => other.push(*at),
                None => {}
            }
        }
        Ok(match (natural.as_slice(), other.as_slice()) {
            ([at], _) | ([], [at]) => Meaning::Plain(*at),
            ([], []) => Meaning::Nothing,
            ([], _) => Meaning::Ambiguous(other),
            _ => Meaning::Ambiguous(natural),
        })
    }

    /// The branch that an object's first key names.
    fn tag(&mut self, union: &UnionType, kind: JsonKind) -> Result<Option<usize>> {
        if kind != JsonKind::Object {
            return Ok(None);
        }
        let (at, open) = (self.scan.at, self.scan.open);
        self.scan.enter()?;
        let tag = match self.scan.is_empty(b'}') {
            true => None,
            false => union.place(&self.scan.key()?),
        };
        (self.scan.at, self.scan.open) = (at, open);
        Ok(tag)
    }

    /// Whether the object here has one entry, and its value fits the branch.
    fn fits_tagged(
        &mut self,
        union: &UnionType,
        branch: usize,
        out: &mut Vec<u8>,
    ) -> Result<Option<Fit>> {
        let (at, open) = (self.scan.at, self.scan.open);
        self.scan.enter()?;
        self.scan.key()?;
        self.scan.kind()?;
        let mut fits = None;
        if let Some((fit, end)) = self.look(union.branches[branch].ty, out)? {
            self.scan.at = end;
            if self.scan.ends_object()? {
                fits = Some(fit);
            }
        }
        (self.scan.at, self.scan.open) = (at, open);
        Ok(fits)
    }

    /// Whether the object here has one entry.
    fn is_single(&mut self) -> Result<bool> {
        let (at, open) = (self.scan.at, self.scan.open);
        self.scan.enter()?;
        self.scan.key()?;
        let mode = std::mem::replace(&mut self.mode, Mode::Look);
        let passed = self.pass_over();
        self.mode = mode;
        passed?;
        let is_single = self.scan.ends_object()?;
        (self.scan.at, self.scan.open) = (at, open);
        Ok(is_single)
    }

    fn branch(&mut self, union: &'p UnionType, at: usize, out: &mut Vec<u8>) -> Result<Fit> {
        // A schema has fewer branches than an i64 has numbers.
        write::long(at as i64, out);
        self.value(union.branches[at].ty, out)
    }

    /// Reads `{"full.Name": value}`.
    fn tagged(&mut self, union: &'p UnionType, at: usize, out: &mut Vec<u8>) -> Result<Fit> {
        self.scan.enter()?;
        self.scan.key()?;
        let before = self.report.len();
        let fit = self.branch(union, at, out)?;
        if self.report.len() > before {
            self.report
                .within(before, union.branches[at].name.clone(), 0);
        }
        self.scan.ends_object()?;
        Ok(fit)
    }

    /// Where only one branch can have been meant, its errors are the union's.
    fn no_branch(
        &mut self,
        union: &'p UnionType,
        kind: JsonKind,
        tag: Option<usize>,
        out: &mut Vec<u8>,
    ) -> Result<Fit> {
        let before = self.report.len();
        if let Some(at) = tag
            && self.is_single()?
        {
            return self.tagged(union, at, out);
        }
        let start = self.scan.at;
        if let [only] = union.of_kind(kind).alike.as_slice() {
            let fit = self.branch(union, *only, out)?;
            if self.report.len() > before || self.report.is_full() {
                return Ok(fit);
            }
            self.scan.at = start;
        }
        self.misfit("union", &union.expected())
    }

    /// Whether the value here is one of the type, and where it ends. Nothing
    /// moves: neither the place in the text nor `out`.
    pub(super) fn look(&mut self, id: NodeId, out: &mut Vec<u8>) -> Result<Option<(Fit, usize)>> {
        self.scan.kind()?;
        let start = self.scan.at;
        if let Some(known) = self.known.get(&(start, id)) {
            return Ok(*known);
        }
        let (open, depth, length) = (self.scan.open, self.depth, out.len());
        let mode = std::mem::replace(&mut self.mode, Mode::Look);
        let program = self.program;
        let found = self.walk(id, program.ty(id), out);
        self.mode = mode;
        let end = std::mem::replace(&mut self.scan.at, start);
        (self.scan.open, self.depth) = (open, depth);
        out.truncate(length);
        let known = match found {
            Ok(fit) => Some((fit, end)),
            Err(Halt::Misfit) => None,
            Err(Halt::NoJson) => return Err(Halt::NoJson),
        };
        self.known.insert((start, id), known);
        Ok(known)
    }
}
