//! `accordant convert`: data between JSON and Avro's forms, by a schema.

mod route;
mod schemas;

use std::{
    io::{self, BufRead, Read},
    path::PathBuf,
    process::ExitCode,
};

use accordant_kit::registry_client::RegistryClient;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use crate::{EXIT_NO, args::ServiceArgs, output, settings};
use route::{Bad, Converter, Failure};
use schemas::SchemaFile;

/// Bytes of one line, or of the whole raw input: more than any event has, and
/// less than would fill the memory.
const INPUT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What `convert` takes.
#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// What standard input holds; text and hexadecimal one datum a line
    #[arg(long, value_enum, value_name = "FORM")]
    from: Form,
    /// What standard output gets
    #[arg(long, value_enum, value_name = "FORM")]
    to: Form,
    /// The schema that the input was written with: a file, or a contract's version
    #[arg(long, value_name = "FILE")]
    writer: Option<PathBuf>,
    /// The schema that the output is to have [default: the writer's]
    #[arg(long, value_name = "FILE")]
    reader: Option<PathBuf>,
    /// Where schemas of the confluent form are looked up; nothing is registered
    #[arg(long, value_name = "URL")]
    registry: Option<String>,
    /// The subject to look a plain schema file up under, for --to confluent
    #[arg(long, value_name = "SUBJECT", requires = "registry")]
    subject: Option<String>,
    /// Binary forms are hexadecimal, one datum a line, instead of one raw datum
    #[arg(long)]
    hex: bool,
}

/// What a datum is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Readable JSON: the form of ingest, tail and examples
    Json,
    /// The specification's JSON encoding, as Avro Java writes it
    AvroJson,
    /// The bare datum in binary
    Avro,
    /// A zero byte, the schema's id in four bytes, the datum
    Confluent,
}

impl Form {
    pub(crate) fn is_text(self) -> bool {
        match self {
            Form::Json | Form::AvroJson => true,
            Form::Avro | Form::Confluent => false,
        }
    }
}

/// Converts standard input to standard output: 0 where all of it was good, 1
/// where a datum was bad.
///
/// # Errors
/// Nothing can be done: a schema cannot be had, or input or output fails.
pub(crate) async fn convert(args: &ConvertArgs) -> anyhow::Result<ExitCode> {
    let registry = match &args.registry {
        Some(url) => {
            let config = settings::load(&ServiceArgs {
                registry_url: Some(url.clone()),
                ..ServiceArgs::default()
            })?;
            Some(RegistryClient::of(&config))
        }
        None => None,
    };
    let open = |path: &Option<PathBuf>| path.as_deref().map(SchemaFile::open).transpose();
    let (writer, reader) = (open(&args.writer)?, open(&args.reader)?);
    let mut converter = Converter::new(args, writer, reader, registry).await?;
    let mut printer = Printer { args, raw: 0 };
    let is_lines = args.from.is_text() || args.hex;
    let mut input = io::stdin().lock();
    let mut number = 0_u64;
    let mut is_bad = false;
    loop {
        let mut datum = Vec::new();
        let mut rest = (&mut input).take(INPUT_BYTES_MAX + 1);
        let read = match is_lines {
            true => rest.read_until(b'\n', &mut datum),
            false => rest.read_to_end(&mut datum),
        };
        let read = read.context("standard input cannot be read")?;
        number += 1;
        if read as u64 > INPUT_BYTES_MAX {
            bail!("line {number} has more than {INPUT_BYTES_MAX} bytes");
        }
        if is_lines && read == 0 {
            break;
        }
        let is_blank = is_lines && datum.trim_ascii().is_empty();
        if !is_blank {
            let bytes = match is_lines {
                true => datum.trim_ascii(),
                false => &datum,
            };
            let converted = match args.from.is_text() || !args.hex {
                true => converter.convert(bytes).await,
                false => match unhex(bytes) {
                    Ok(bytes) => converter.convert(&bytes).await,
                    Err(bad) => Err(bad.into()),
                },
            };
            match converted {
                Ok(datum) => printer.print(&datum)?,
                Err(Failure::Bad(bad)) => {
                    is_bad = true;
                    let place = match is_lines {
                        true => format!("line {number}"),
                        false => "standard input".to_owned(),
                    };
                    for line in bad.lines() {
                        output::talk(&format!("{place}: {line}"));
                    }
                }
                Err(Failure::Stop(error)) => return Err(error),
            }
        }
        if !is_lines {
            break;
        }
    }
    Ok(ExitCode::from(if is_bad { EXIT_NO } else { 0 }))
}

struct Printer<'a> {
    args: &'a ConvertArgs,
    /// Raw data that were printed.
    raw: usize,
}

impl Printer<'_> {
    fn print(&mut self, datum: &[u8]) -> anyhow::Result<()> {
        if self.args.to.is_text() {
            output::result_line(&String::from_utf8_lossy(datum))?;
            return Ok(());
        }
        if self.args.hex {
            output::result_line(&hex(datum))?;
            return Ok(());
        }
        if self.raw > 0 {
            bail!(
                "raw output holds one datum, and here is another\nfix: add --hex, one datum a line"
            );
        }
        self.raw += 1;
        output::result_bytes(datum)?;
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes any text");
    }
    text
}

fn unhex(text: &[u8]) -> Result<Vec<u8>, Bad> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes: Option<Vec<u8>> = text
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect();
    bytes.ok_or_else(|| {
        Bad::new("no hexadecimal: an even number of the digits 0 to 9 and a to f is needed")
    })
}
