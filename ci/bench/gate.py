#!/usr/bin/env python3
"""Times `accordant check` on many contracts: whole processes, minimum of rounds.

    python3 ci/bench/gate.py

It builds for release, makes a folder of contracts with several released versions
each (a shared type, enums, decimals, unions; every version adds an optional
field), and measures the full transitive check, once as it is, once with one file
edited, and once of that file's contract alone.  Nothing is cached between runs.

It must not judge: a slow machine is no failure.  Exit codes: 0 measured, 1 not.
It needs nothing but the standard library.
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

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

CONFIG = """kind = "event"
description = "Something that has happened in the bench."
owner = "bench"
audience = "company"
topic = "bench.event-{number}"
key = ["id"]
partitions = 6
cleanup = "delete"
retention = "7d"
compatibility = "full-transitive"
"""


def schema(number, version):
    """A record of twelve fields and one more for each version after the first."""
    fields = [
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}, "doc": "Whose it is."},
        {
            "name": "occurred_at",
            "type": {"type": "long", "logicalType": "timestamp-millis"},
            "doc": "When it happened.",
        },
        {
            "name": "state",
            "type": {
                "type": "enum",
                "name": "State",
                "symbols": ["UNKNOWN", "OPEN", "CLOSED"],
                "default": "UNKNOWN",
            },
            "doc": "How it stands.",
        },
        {
            "name": "amount",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2},
            "doc": "How much.",
        },
        {
            "name": "lines",
            "type": {
                "type": "array",
                "items": {
                    "type": "record",
                    "name": "Line",
                    "fields": [
                        {"name": "sku", "type": "string", "doc": "What."},
                        {"name": "quantity", "type": "int", "doc": "How many."},
                        {"name": "note", "type": ["null", "string"], "default": None, "doc": "Why."},
                    ],
                },
            },
            "doc": "One by one.",
        },
        {"name": "labels", "type": {"type": "map", "values": "string"}, "doc": "By name."},
    ]
    fields += [
        {"name": f"extra_{at}", "type": ["null", "string"], "default": None, "doc": "More."}
        for at in range(6 + version - 1)
    ]
    record = {
        "type": "record",
        "name": f"Event{number}Happened",
        "namespace": "bench",
        "doc": "Something that has happened.",
        "fields": fields,
    }
    return json.dumps(record, indent=2) + "\n"


def make(folder, contracts, versions):
    """Writes the folder, every version a draft yet."""
    for number in range(contracts):
        here = folder / f"bench.Event{number}Happened"
        here.mkdir(parents=True)
        (here / "contract.toml").write_text(CONFIG.format(number=number))
        for version in range(1, versions + 1):
            (here / f"v{version}.avsc").write_text(schema(number, version))


def measure(command, rounds):
    """The least seconds of some rounds, and the most memory in MiB."""
    least = None
    for _ in range(rounds):
        begin = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        seconds = time.perf_counter() - begin
        if done.returncode != 0:
            sys.exit(f"gate.py: {' '.join(map(str, command))} says:\n{done.stderr}")
        least = seconds if least is None else min(least, seconds)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return least, peak


def main(arguments):
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(prog="gate.py", description=__doc__.split("\n")[0])
    parser.add_argument("--contracts", type=int, default=1000, help="contracts (%(default)s)")
    parser.add_argument("--versions", type=int, default=5, help="of each (%(default)s)")
    parser.add_argument("--rounds", type=int, default=10, help="rounds (%(default)s)")
    parser.add_argument("--binary", type=pathlib.Path, help="a built one")
    chosen = parser.parse_args(arguments)
    binary = chosen.binary
    if binary is None:
        subprocess.run(["cargo", "build", "--release", "-p", "accordant"], cwd=ROOT, check=True)
        binary = TARGET / "release" / "accordant"
    with tempfile.TemporaryDirectory(prefix="accordant-gate-") as name:
        folder = pathlib.Path(name) / "contracts"
        make(folder, chosen.contracts, chosen.versions)
        flags = ["--contracts", str(folder)]
        done = subprocess.run([binary, "release", *flags], stdout=subprocess.PIPE, check=True)
        released = len(done.stdout.splitlines())
        if released != chosen.contracts * chosen.versions:
            sys.exit(f"gate.py: {released} versions were released")
        check = [binary, "check", "--allow-shallow", *flags]
        cold, peak = measure(check, chosen.rounds)
        edited = folder / "bench.Event0Happened" / f"v{chosen.versions + 1}.avsc"
        edited.write_text(schema(0, chosen.versions + 1))
        again, peak = measure(check, chosen.rounds)
        alone, _ = measure([*check, str(edited)], chosen.rounds)
    what = f"{chosen.contracts} contracts with {chosen.versions} versions"
    print("| what | measured |\n|---|---|")
    print(f"| `check`, {what} | {cold * 1000:.0f} ms |")
    print(f"| `check`, the same and one file edited | {again * 1000:.0f} ms |")
    print(f"| `check FILE`, the edited file alone | {alone * 1000:.0f} ms |")
    print(f"| memory at most | {peak:.0f} MiB |")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"gate.py: {error}")
