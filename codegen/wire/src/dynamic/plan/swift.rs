//! The same steps over bytes that are as nearly all bytes are, for a decoder
//! that reads the result at once: no text is validated twice, nothing is
//! allocated but the result, and there are no errors. Whatever is unusual is
//! left to the steps that can say what is wrong.

use super::op::{Leaf, Mode, Number, Piece, Program, Step, Symbols};
use crate::{Limits, reader::unzigzag, write};

/// Records, arrays and maps within each other.
const FRAMES_MAX: usize = 16;
/// Parts of records whose fields change places.
const MARKS_MAX: usize = 24;
/// Bytes of what is read, and of what is written.
const BYTES_MAX: usize = u32::MAX as usize;

/// Writes what one whole datum becomes behind what is in `out`; `None` where the
/// bytes are unusual or wrong. `out` then has a part of it.
pub(super) fn run(
    program: &Program,
    bytes: &[u8],
    limits: Limits,
    out: &mut Vec<u8>,
) -> Option<()> {
    if bytes.len() > BYTES_MAX {
        return None;
    }
    let output_end = out.len().saturating_add(limits.allocation_bytes_max);
    // Small, since it is made anew for each datum.
    let mut run = Run {
        bytes,
        rest: bytes,
        pending: bytes,
        output_end: output_end.min(BYTES_MAX),
        out,
        frames: [Frame { back: 0, left: 0 }; FRAMES_MAX],
        entered: 0,
        entered_max: limits.depth_max.min(FRAMES_MAX),
        marks: [Mark::default(); MARKS_MAX],
        marked: 0,
    };
    run.steps(program)
}

/// What is entered and not left yet.
#[derive(Clone, Copy)]
struct Frame {
    /// A record's way back.
    back: u32,
    /// Items that are left of an array's or map's block.
    left: u32,
}

struct Run<'a, 'o> {
    bytes: &'a [u8],
    rest: &'a [u8],
    /// What is not copied yet, and all behind it.
    pending: &'a [u8],
    out: &'o mut Vec<u8>,
    output_end: usize,
    frames: [Frame; FRAMES_MAX],
    entered: usize,
    entered_max: usize,
    marks: [Mark; MARKS_MAX],
    marked: usize,
}

/// How far a record has come: what lies between two marks is one part of it.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// How much is written.
    written: u32,
    /// Where the part stands in what is read, if nothing of it is written: from
    /// and to, as what is left there.
    from: u32,
    to: u32,
    is_source: bool,
}

impl Run<'_, '_> {
    fn steps(&mut self, program: &Program) -> Option<()> {
        let mut at = 0;
        loop {
            // Most steps are these, so they come first and close together.
            loop {
                match program.leaves.get(at)? {
                    Leaf::Bytes => self.skip_bytes()?,
                    Leaf::Number => self.skip_long()?,
                    Leaf::Fixed(size) => self.skip(*size as usize)?,
                    Leaf::None => break,
                }
                at += 1;
            }
            let step = program.steps.get(at)?;
            at += 1;
            match step {
                // A fixed that no leaf can hold: the careful steps can.
                Step::Boolean
                | Step::Int
                | Step::Long
                | Step::Bytes
                | Step::Text
                | Step::Fixed(_)
                | Step::Fail(_) => return None,
                Step::Number(number) => self.number(*number)?,
                Step::Symbol(symbols) => self.symbol(symbols)?,
                Step::Emit(bytes) => {
                    self.flush(self.rest)?;
                    self.append(bytes)?;
                }
                Step::Flush => self.flush(self.rest)?,
                Step::Drop => self.pending = self.rest,
                Step::Begin => self.begin()?,
                Step::Mark => self.end()?,
                Step::Gather(pieces, marked) => self.gather(pieces, *marked)?,
                Step::Branch(arms) => {
                    let start = self.rest;
                    let arm = arms.get(usize::try_from(self.long()?).ok()?)?;
                    match arm.mode {
                        Mode::Copy => {}
                        Mode::Pass => {
                            self.flush(start)?;
                            self.pending = self.rest;
                        }
                    }
                    at = arm.at;
                }
                Step::Enter => self.enter(0)?,
                Step::Next {
                    bytes_min,
                    is_map,
                    end,
                    ..
                } => {
                    if !self.next(*bytes_min)? {
                        at = *end;
                    } else if *is_map {
                        self.skip_bytes()?;
                    }
                }
                Step::Jump(to) => at = *to,
                Step::Call(to) => {
                    self.enter(at)?;
                    at = *to;
                }
                Step::Return if self.entered == 0 => {
                    return match self.rest {
                        [] => self.flush(self.rest),
                        _ => None,
                    };
                }
                Step::Return => {
                    self.entered -= 1;
                    at = self.frames[self.entered].back as usize;
                }
            }
        }
    }

    fn enter(&mut self, back: usize) -> Option<()> {
        if self.entered >= self.entered_max {
            return None;
        }
        let back = u32::try_from(back).ok()?;
        *self.frames.get_mut(self.entered)? = Frame { back, left: 0 };
        self.entered += 1;
        Some(())
    }

    /// Goes to the next item or entry; `false` behind the last.
    fn next(&mut self, bytes_min: usize) -> Option<bool> {
        let at = self.entered.checked_sub(1)?;
        if self.frames.get(at)?.left == 0 {
            // A block that says its length is another block in the result.
            let count = usize::try_from(self.long()?).ok()?;
            if count == 0 {
                self.entered = at;
                return Some(false);
            }
            // Of items without bytes there may be any number.
            if bytes_min == 0 || count > self.rest.len() {
                return None;
            }
            self.frames.get_mut(at)?.left = u32::try_from(count).ok()?;
        }
        self.frames.get_mut(at)?.left -= 1;
        Some(true)
    }

    #[inline]
    fn skip(&mut self, count: usize) -> Option<()> {
        self.rest = self.rest.get(count..)?;
        Some(())
    }

    #[inline]
    fn skip_long(&mut self) -> Option<()> {
        if let [..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Some(());
        }
        self.long().map(drop)
    }

    #[inline]
    fn skip_bytes(&mut self) -> Option<()> {
        let count = usize::try_from(self.long()?).ok()?;
        self.skip(count)
    }

    /// A number of up to eight bytes; longer ones are left to others.
    #[inline]
    fn long(&mut self) -> Option<i64> {
        if let [byte @ ..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Some(unzigzag(u64::from(*byte)));
        }
        let mut value = 0u64;
        for (index, byte) in self.rest.iter().take(8).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                self.rest = self.rest.get(index + 1..)?;
                return Some(unzigzag(value));
            }
        }
        None
    }

    fn number(&mut self, number: Number) -> Option<()> {
        self.flush(self.rest)?;
        match number {
            Number::IntToFloat => {
                let value = i32::try_from(self.long()?).ok()? as f32;
                self.append(&value.to_le_bytes())?;
            }
            Number::IntToDouble => {
                let value = f64::from(i32::try_from(self.long()?).ok()?);
                self.append(&value.to_le_bytes())?;
            }
            Number::LongToFloat => {
                let value = self.long()? as f32;
                self.append(&value.to_le_bytes())?;
            }
            Number::LongToDouble => {
                let value = self.long()? as f64;
                self.append(&value.to_le_bytes())?;
            }
            Number::FloatToDouble => {
                let (bytes, rest) = self.rest.split_first_chunk()?;
                self.rest = rest;
                let value = f64::from(f32::from_le_bytes(*bytes));
                self.append(&value.to_le_bytes())?;
            }
        }
        self.pending = self.rest;
        Some(())
    }

    fn symbol(&mut self, symbols: &Symbols) -> Option<()> {
        let start = self.rest;
        let written = usize::try_from(self.long()?).ok()?;
        let symbol = (*symbols.numbers.get(written)?)?;
        if symbol == written {
            return Some(());
        }
        self.flush(start)?;
        self.pending = self.rest;
        write::long(symbol as i64, self.out);
        (self.out.len() <= self.output_end).then_some(())
    }

    /// Begins the first part of a record.
    fn begin(&mut self) -> Option<()> {
        self.flush(self.rest)?;
        self.mark(Mark::default())
    }

    /// Ends a part of a record.
    fn end(&mut self) -> Option<()> {
        let before = self.marks.get(self.marked.checked_sub(1)?)?;
        if before.written as usize == self.out.len() {
            let (from, to) = (self.pending.len() as u32, self.rest.len() as u32);
            self.pending = self.rest;
            return self.mark(Mark {
                from,
                to,
                is_source: true,
                ..Mark::default()
            });
        }
        self.flush(self.rest)?;
        self.mark(Mark::default())
    }

    fn mark(&mut self, mark: Mark) -> Option<()> {
        let written = self.out.len() as u32;
        *self.marks.get_mut(self.marked)? = Mark { written, ..mark };
        self.marked += 1;
        Some(())
    }

    /// Puts the parts into the reader's order, behind what was written of them,
    /// which then goes.
    fn gather(&mut self, pieces: &[Piece], marked: usize) -> Option<()> {
        let first = self.marked.checked_sub(marked + 1)?;
        let (start, end) = (self.marks.get(first)?.written as usize, self.out.len());
        for piece in pieces {
            match piece {
                Piece::Marked(at) => {
                    let (from, to) = (self.marks.get(first + at)?, self.marks.get(first + at + 1)?);
                    if to.is_source {
                        let place = |left: u32| self.bytes.len() - left as usize;
                        let part = self.bytes.get(place(to.from)..place(to.to))?;
                        self.append(part)?;
                    } else {
                        let (from, to) = (from.written as usize, to.written as usize);
                        self.room_for(to - from)?;
                        self.out.extend_from_within(from..to);
                    }
                }
                Piece::Default(bytes) => self.append(bytes)?,
            }
        }
        if start < end {
            self.out.drain(start..end);
        }
        self.marked = first;
        Some(())
    }

    /// Copies what is pending up to a place.
    #[inline]
    fn flush(&mut self, place: &[u8]) -> Option<()> {
        let count = self.pending.len().checked_sub(place.len())?;
        let run = self.pending.get(..count)?;
        self.pending = self.pending.get(count..)?;
        self.append(run)
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) -> Option<()> {
        self.room_for(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Some(())
    }

    #[inline]
    fn room_for(&self, bytes: usize) -> Option<()> {
        (bytes <= self.output_end.saturating_sub(self.out.len())).then_some(())
    }
}
