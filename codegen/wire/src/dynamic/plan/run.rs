//! Doing the steps. The stack is a list, so that neither bytes nor schemas make
//! the thread's stack grow.

use super::op::{At, Mode, Number, Piece, Program, Step, Symbols};
use crate::{DecodeError, DecodeErrorKind, Limits, Reader, Segment, write};

type Result<T> = std::result::Result<T, DecodeError>;

pub(super) fn run(
    program: &Program,
    bytes: &[u8],
    limits: Limits,
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut run = Run {
        program,
        bytes,
        reader: Reader::new(bytes, limits),
        output_end: out.len().saturating_add(limits.allocation_bytes_max),
        limits,
        out,
        run_start: 0,
        at: 0,
        frames: Vec::new(),
        marks: Vec::new(),
    };
    match run.steps() {
        Ok(()) => run.reader.finish(),
        Err(error) => Err(run.located(error)),
    }
}

/// What is entered and not left yet.
enum Frame {
    Record {
        back: At,
    },
    Items {
        left: usize,
        index: usize,
        /// Where the entry's key stands.
        key: Option<(usize, usize)>,
        is_inside: bool,
    },
}

struct Run<'p, 'a, 'o> {
    program: &'p Program,
    bytes: &'a [u8],
    reader: Reader<'a>,
    limits: Limits,
    out: &'o mut Vec<u8>,
    output_end: usize,
    /// From here to the reader's position nothing is copied yet.
    run_start: usize,
    /// The step behind the one that is done.
    at: At,
    frames: Vec<Frame>,
    marks: Vec<usize>,
}

impl Run<'_, '_, '_> {
    fn steps(&mut self) -> Result<()> {
        let program = self.program;
        loop {
            let step = &program.steps[self.at];
            self.at += 1;
            match step {
                Step::Boolean => drop(self.reader.boolean()?),
                Step::Int => drop(self.reader.int()?),
                Step::Long => drop(self.reader.long()?),
                Step::Bytes => drop(self.reader.bytes_ref()?),
                Step::Text => drop(self.reader.str_ref()?),
                Step::Fixed(size) => self.reader.skip(*size)?,
                Step::Number(number) => self.number(*number)?,
                Step::Symbol(symbols) => self.symbol(symbols)?,
                Step::Emit(bytes) => {
                    self.flush(self.reader.position())?;
                    self.append(bytes)?;
                }
                Step::Flush => self.flush(self.reader.position())?,
                Step::Drop => self.run_start = self.reader.position(),
                Step::Begin | Step::Mark => self.mark()?,
                Step::Gather(pieces, marked) => self.gather(pieces, *marked)?,
                Step::Branch(arms) => {
                    let start = self.reader.position();
                    let arm = &arms[self.reader.branch(arms.len())?];
                    match arm.mode {
                        Mode::Copy => {}
                        Mode::Pass => {
                            self.flush(start)?;
                            self.run_start = self.reader.position();
                        }
                    }
                    self.at = arm.at;
                }
                Step::Enter => {
                    self.reader.enter()?;
                    self.frames.push(Frame::Items {
                        left: 0,
                        index: 0,
                        key: None,
                        is_inside: false,
                    });
                }
                Step::Next {
                    bytes_min,
                    is_map,
                    end,
                    mode,
                } => {
                    if !self.next(*bytes_min, *is_map, *mode)? {
                        self.at = *end;
                    }
                }
                Step::Jump(at) => self.at = *at,
                Step::Call(at) => {
                    self.reader.enter()?;
                    self.frames.push(Frame::Record { back: self.at });
                    self.at = *at;
                }
                Step::Return => match self.frames.pop() {
                    Some(Frame::Record { back }) => {
                        self.reader.leave();
                        self.at = back;
                    }
                    Some(Frame::Items { .. }) | None => {
                        return self.flush(self.reader.position());
                    }
                },
                Step::Fail(why) => {
                    return Err(self.reader.error(DecodeErrorKind::Unresolved(why.clone())));
                }
            }
        }
    }

    /// Goes to the next item or entry; `false` behind the last.
    fn next(&mut self, bytes_min: usize, is_map: bool, mode: Mode) -> Result<bool> {
        let Some(Frame::Items {
            left,
            index,
            is_inside,
            ..
        }) = self.frames.last_mut()
        else {
            return Ok(false);
        };
        if *left > 0 {
            *index += 1;
        } else {
            let was_inside = std::mem::replace(is_inside, false);
            if mode == Mode::Pass {
                pass_sized_blocks(self.bytes, &mut self.reader)?;
            }
            let start = self.reader.position();
            let has_size = has_size(self.bytes, start);
            let Some(count) = self.reader.block(bytes_min, 0)? else {
                self.reader.leave();
                self.frames.pop();
                return Ok(false);
            };
            (*left, *is_inside) = (count, true);
            *index += usize::from(was_inside);
            if has_size && mode == Mode::Copy {
                // The size is that of the writer's items, if it is right at all.
                self.flush(start)?;
                self.run_start = self.reader.position();
                let mut head = Vec::new();
                write::long(count as i64, &mut head);
                self.append(&head)?;
            }
        }
        let Some(Frame::Items {
            left,
            key,
            is_inside,
            ..
        }) = self.frames.last_mut()
        else {
            return Ok(false);
        };
        *left -= 1;
        if is_map {
            // An error in the key is not one of its value.
            *is_inside = false;
            let text = match mode {
                Mode::Copy => self.reader.str_ref()?.len(),
                Mode::Pass => self.reader.bytes_ref()?.len(),
            };
            let end = self.reader.position();
            (*key, *is_inside) = (Some((end - text, end)), true);
        }
        Ok(true)
    }

    fn number(&mut self, number: Number) -> Result<()> {
        self.flush(self.reader.position())?;
        match number {
            Number::IntToFloat => {
                let value = self.reader.int()? as f32;
                self.append(&value.to_le_bytes())?;
            }
            Number::IntToDouble => {
                let value = f64::from(self.reader.int()?);
                self.append(&value.to_le_bytes())?;
            }
            Number::LongToFloat => {
                let value = self.reader.long()? as f32;
                self.append(&value.to_le_bytes())?;
            }
            Number::LongToDouble => {
                let value = self.reader.long()? as f64;
                self.append(&value.to_le_bytes())?;
            }
            Number::FloatToDouble => {
                let value = f64::from(self.reader.float()?);
                self.append(&value.to_le_bytes())?;
            }
        }
        self.run_start = self.reader.position();
        Ok(())
    }

    fn symbol(&mut self, symbols: &Symbols) -> Result<()> {
        let start = self.reader.position();
        let written = self.reader.symbol(symbols.numbers.len())?;
        match symbols.numbers[written] {
            Some(symbol) if symbol == written => Ok(()),
            Some(symbol) => {
                self.flush(start)?;
                self.run_start = self.reader.position();
                let mut index = Vec::new();
                write::long(symbol as i64, &mut index);
                self.append(&index)
            }
            None => {
                let why = format!("the reader has no symbol {:?}", symbols.names[written]);
                Err(DecodeError::new(DecodeErrorKind::Unresolved(why), start))
            }
        }
    }

    fn mark(&mut self) -> Result<()> {
        self.flush(self.reader.position())?;
        if self.marks.len() >= self.limits.allocation_bytes_max / size_of::<usize>() {
            return Err(self.too_large());
        }
        self.marks.push(self.out.len());
        Ok(())
    }

    fn gather(&mut self, pieces: &[Piece], marked: usize) -> Result<()> {
        let first = self.marks.len().saturating_sub(marked + 1);
        let (start, end) = (self.marks[first], self.out.len());
        // Behind themselves in the reader's order, then the first ones go.
        self.output_end = self.output_end.saturating_add(end - start);
        for piece in pieces {
            match piece {
                Piece::Marked(at) => {
                    let (from, to) = (self.marks[first + at], self.marks[first + at + 1]);
                    self.room_for(to - from)?;
                    self.out.extend_from_within(from..to);
                }
                Piece::Default(bytes) => self.append(bytes)?,
            }
        }
        self.out.drain(start..end);
        self.output_end -= end - start;
        self.marks.truncate(first);
        Ok(())
    }

    fn flush(&mut self, end: usize) -> Result<()> {
        let bytes = self.bytes;
        let run = &bytes[self.run_start..end];
        self.run_start = end;
        self.append(run)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.room_for(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn room_for(&self, bytes: usize) -> Result<()> {
        if bytes > self.output_end.saturating_sub(self.out.len()) {
            return Err(self.too_large());
        }
        Ok(())
    }

    #[cold]
    fn too_large(&self) -> DecodeError {
        let allocation_bytes_max = self.limits.allocation_bytes_max;
        self.reader.error(DecodeErrorKind::TooLarge {
            allocation_bytes_max,
        })
    }

    /// The error with its path: from the step that failed outwards.
    #[cold]
    fn located(&self, mut error: DecodeError) -> DecodeError {
        let field = |at: At| {
            let name = self.program.fields[at - 1].clone();
            name.map(|name| Segment::Field(name.into()))
        };
        let mut at = self.at;
        for frame in self.frames.iter().rev() {
            match frame {
                Frame::Record { back } => {
                    error = field(at).into_iter().fold(error, DecodeError::within);
                    at = *back;
                }
                Frame::Items {
                    is_inside: false, ..
                } => {}
                Frame::Items {
                    key: Some((start, end)),
                    ..
                } => {
                    let key = String::from_utf8_lossy(&self.bytes[*start..*end]);
                    error = error.within(Segment::Key(key.into_owned()));
                }
                Frame::Items { index, .. } => error = error.within(Segment::Index(*index)),
            }
        }
        field(at).into_iter().fold(error, DecodeError::within)
    }
}

/// Whether the block at a position says its length: its count is below zero.
fn has_size(bytes: &[u8], position: usize) -> bool {
    bytes.get(position).is_some_and(|byte| byte & 1 == 1)
}

/// Passes over every block that says its length, as generated decoders and
/// Avro Java do with what nobody reads.
fn pass_sized_blocks(bytes: &[u8], reader: &mut Reader<'_>) -> Result<()> {
    while has_size(bytes, reader.position()) {
        reader.skip_long()?;
        let start = reader.position();
        let length = reader.long()?;
        let length = usize::try_from(length)
            .map_err(|_| DecodeError::new(DecodeErrorKind::NegativeLength(length), start))?;
        reader.skip(length)?;
    }
    Ok(())
}
