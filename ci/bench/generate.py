#!/usr/bin/env python3
"""Times generating and compiling many contracts, beside prost's types.

    python3 ci/bench/generate.py

It makes a folder of contracts of fifteen fields each (an enum, a nested record, an
array, a map, optional fields), has their code generated over and over, writes the
same types as prost's derive wants them, and compiles both crates over and over.
What prost's own generator takes is not measured: it needs protoc.

`--quick` only tries whether it still works: few contracts, no release build.
The least of the rounds counts, by the clock and by the processor: the latter says
more where others work too.  It must not judge: a slow machine is no failure.
Exit codes: 0 measured, 1 not.  It needs nothing but the standard library and cargo.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent / "generate"
# Beside all else that is built, where git does not look.
TARGET = str(HERE.parent.parent.parent / "target" / "bench")

CONFIG = """kind = "event"
description = "Something that has happened in the bench."
owner = "bench"
audience = "company"
topic = "bench.event-{number}"
key = ["id"]
partitions = 6
cleanup = "delete"
retention = "7d"
"""

# Name, Avro's type, and prost's attribute and type.
FIELDS = [
    ("id", "string", "string", "String"),
    ("tenant", "string", "string", "String"),
    ("occurred_at", "long", "int64", "i64"),
    ("count", "int", "int32", "i32"),
    ("ratio", "double", "double", "f64"),
    ("is_open", "boolean", "bool", "bool"),
    ("payload", "bytes", "bytes", "Vec<u8>"),
    ("title", "string", "string", "String"),
    ("note", ["null", "string"], "string, optional", "Option<String>"),
    ("weight", ["null", "double"], "double, optional", "Option<f64>"),
    ("parent", ["null", "long"], "int64, optional", "Option<i64>"),
    ("labels", {"type": "map", "values": "string"}, "map", "::std::collections::BTreeMap<String, String>"),
]

# Types of Avro in each contract: the event, its enum, its line.
TYPES = 3


def schema(number):
    """A record of fifteen fields."""
    fields = [{"name": name, "type": ty, "doc": "What it is."} for name, ty, _, _ in FIELDS]
    for field in fields:
        if isinstance(field["type"], list):
            field["default"] = None
    line = {
        "type": "record",
        "name": "Line",
        "fields": [
            {"name": "sku", "type": "string", "doc": "What."},
            {"name": "quantity", "type": "int", "doc": "How many."},
            {"name": "price", "type": "long", "doc": "How much."},
        ],
    }
    state = {
        "type": "enum",
        "name": "State",
        "symbols": ["UNKNOWN", "OPEN", "CLOSED"],
        "default": "UNKNOWN",
    }
    fields.append({"name": "state", "type": state, "doc": "How it stands."})
    fields.append({"name": "first", "type": line, "doc": "The first one."})
    lines = {"type": "array", "items": f"bench.e{number}.Line"}
    fields.append({"name": "lines", "type": lines, "doc": "One by one."})
    record = {
        "type": "record",
        "name": "Happened",
        "namespace": f"bench.e{number}",
        "doc": "Something that has happened.",
        "fields": fields,
    }
    return json.dumps(record, indent=2) + "\n"


def message(number):
    """The same types, as prost's generator writes them. Its codec is generic over the
    buffer and compiled where it is used, so it is used once: ours is compiled here."""
    fields = []
    for tag, (name, _, attribute, ty) in enumerate(FIELDS, 1):
        attribute = {
            "map": 'btree_map = "string, string"',
            "bytes": 'bytes = "vec"',
        }.get(attribute, attribute)
        fields.append(f'        #[prost({attribute}, tag = "{tag}")]\n        pub {name}: {ty},\n')
    return f"""
pub mod e{number} {{
    #[derive(Clone, PartialEq, ::prost::Message)]
    pub struct Happened {{
{"".join(fields)}        #[prost(enumeration = "State", tag = "13")]
        pub state: i32,
        #[prost(message, optional, tag = "14")]
        pub first: Option<Line>,
        #[prost(message, repeated, tag = "15")]
        pub lines: Vec<Line>,
    }}
    #[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
    pub struct Line {{
        #[prost(string, tag = "1")]
        pub sku: String,
        #[prost(int32, tag = "2")]
        pub quantity: i32,
        #[prost(int64, tag = "3")]
        pub price: i64,
    }}
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]
    #[repr(i32)]
    pub enum State {{
        Unknown = 0,
        Open = 1,
        Closed = 2,
    }}
    pub fn through(bytes: &[u8], out: &mut Vec<u8>) -> bool {{
        match <Happened as ::prost::Message>::decode(bytes) {{
            Ok(it) => ::prost::Message::encode(&it, out).is_ok(),
            Err(_) => false,
        }}
    }}
}}
"""


def make(folder, contracts):
    """Writes the contracts, and prost's code."""
    for number in range(contracts):
        here = folder / "contracts" / f"bench.e{number}.Happened"
        here.mkdir(parents=True)
        (here / "contract.toml").write_text(CONFIG.format(number=number))
        (here / "v1.avsc").write_text(schema(number))
    code = folder / "code"
    code.mkdir()
    (code / "prost.rs").write_text("".join(message(number) for number in range(contracts)))
    return code


def cargo(arguments, code, capture=subprocess.PIPE):
    """Runs cargo in the bench's workspace."""
    done = subprocess.run(
        ["cargo", *arguments],
        cwd=HERE,
        env={"CARGO_TARGET_DIR": TARGET, **os.environ, "BENCH_CODE": str(code)},
        stdout=capture,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(f"generate.py: cargo {' '.join(arguments)} says:\n{done.stderr}")
    return done.stdout


def compile_seconds(package, command, code, rounds):
    """The least seconds to compile one crate, whose dependencies are there: by the
    clock, and by the processor."""
    source = HERE / package / "src" / "lib.rs"
    arguments = [*command, "-q", "-p", f"accordant-bench-{package}"]
    cargo(arguments, code)
    clock, processor = [], []
    for _ in range(rounds):
        source.touch()
        begin, before = time.perf_counter(), processor_seconds()
        cargo(arguments, code)
        clock.append(time.perf_counter() - begin)
        processor.append(processor_seconds() - before)
    return min(clock), min(processor)


def processor_seconds():
    """Of all children so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(arguments):
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(prog="generate.py", description=__doc__.split("\n")[0])
    parser.add_argument("--contracts", type=int, default=200, help="contracts (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="whether it still works")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.contracts, chosen.rounds = 2, 1
    release = [] if chosen.quick else ["--release"]
    with tempfile.TemporaryDirectory(prefix="accordant-generate-") as name:
        folder = pathlib.Path(name)
        code = make(folder, chosen.contracts)
        run = ["run", "-q", *release, "-p", "accordant-bench-generator", "--"]
        told = cargo([*run, str(folder / "contracts"), str(code), str(chosen.rounds)], code)
        measured = next(line for line in told.splitlines() if line.startswith("measured "))
        memory, whole = measured.split()[1:]
        lines = {
            "ours": (code / "contracts.rs").read_text().count("\n"),
            "prost": (code / "prost.rs").read_text().count("\n"),
        }
        print("| what | measured |\n|---|---|", flush=True)
        print(f"| generator, {chosen.contracts} contracts, gate included | {memory} ms |")
        print(f"| the same with the folder read and the file written | {whole} ms |")
        types = chosen.contracts * TYPES
        commands = [("check", ["check"]), ("debug build", ["build"])]
        if not chosen.quick:
            commands.append(("release build", ["build", "--release"]))
        for words, command in commands:
            for package in ["ours", "prost"]:
                clock, processor = compile_seconds(package, command, code, chosen.rounds)
                each = processor * 1000 / types
                print(
                    f"| {package}, {words} | {clock:.2f} s, of the processor {processor:.2f} s"
                    f" or {each:.1f} ms a type |",
                    flush=True,
                )
        print(f"| lines of code, ours and for prost's derive | {lines['ours']} and {lines['prost']} |")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        sys.exit(f"generate.py: {error}")
