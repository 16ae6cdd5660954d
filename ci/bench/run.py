#!/usr/bin/env python3
"""Measures the whole system on this machine and prints a table for README.md.

    python3 ci/bench/run.py
    python3 ci/bench/run.py --quick    # does it still work? Debug build, few events

It builds for release, starts a real Kafka (ci/kafka.sh) and `accordant up` on
it, each on ports and in a folder of its own, and stops both when it is done:

- start: from the command to "Ready", on a data folder that was there before;
- memory at rest: resident size of `up` and its children, ten seconds later;
- POST: one event a request at a fixed rate, open loop (load.py), to ingest with
  the three applications on the same machine and to ingest alone;
- end to end: the generator's events through ingest and three applications,
  from the first line sent until `verify` finds rows and logs equal;
- start and memory once more, with the embedded broker.

It must not judge: a slow machine is no failure.  Exit codes: 0 measured, 1 not.
It needs nothing but the standard library.
"""

import argparse
import json
import os
import pathlib
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "ci" / "sample"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
STOP_TIMEOUT_S = 30
REST_S = 10
READY_TIMEOUT_S = 30


class Up:
    """A running `accordant up`, from its start to its end."""

    def __init__(self, binary, folder, kafka=None):
        self.binary = binary
        names = ("registry", "ingest", "broker", "admin")
        self.address = dict(zip(names, free_addresses(len(names))))
        self.flags = ["--data-dir", str(folder / "data"), "--contracts", str(ROOT / "contracts")]
        for name, address in self.address.items():
            self.flags += [f"--{name}-addr", address]
        if kafka:
            self.flags += ["--kafka", kafka]
        self.log = folder / "up.log"
        self.child = None

    def start(self):
        """Seconds from the command to "Ready"."""
        begin = time.perf_counter()
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [self.binary, "up", *self.flags], stdout=subprocess.PIPE, stderr=log, text=True
            )
        for line in self.child.stdout:
            if line.startswith("Ready"):
                return time.perf_counter() - begin
        self.child.wait()
        sys.exit(f"run.py: `up` ended before it was ready; {self.log} says:\n{tail(self.log)}")

    def stop(self):
        """Ctrl-C, and whatever it takes."""
        if self.child is None:
            return
        self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()
        self.child = None

    def resident_mib(self):
        """Resident size of the process and its children, in MiB."""
        return sum(resident_kib(it) for it in family(self.child.pid)) / 1024

    def run(self, *arguments):
        """Another command against it, started."""
        command = [self.binary, *arguments, *self.flags]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Alone:
    """The registry and ingest of an `up` that has stopped, without applications."""

    def __init__(self, up):
        self.up = up
        self.children = []

    def __enter__(self):
        try:
            for name in ("registry", "ingest"):
                self.children.append(self.up.run(name))
                self.wait_for(name)
        except BaseException:
            self.__exit__()
            raise
        return self.up.address["ingest"]

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.terminate()
            child.communicate()

    def wait_for(self, name):
        """Until the service says that it is ready."""
        url = f"http://{self.up.address[name]}/readyz"
        deadline = time.monotonic() + READY_TIMEOUT_S
        while True:
            try:
                with urllib.request.urlopen(url, timeout=READY_TIMEOUT_S):
                    return
            except OSError as error:
                if time.monotonic() > deadline or self.children[-1].poll() is not None:
                    sys.exit(f"run.py: {name} is not ready: {error}")
                time.sleep(0.05)


def main(arguments):
    """Measures everything and prints the table."""
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.split("\n")[0])
    parser.add_argument("--rate", type=int, default=1000, help="POSTs a second (%(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="of POSTs (%(default)s)")
    # A Java machine that has just started is busy compiling itself.
    parser.add_argument("--warmup-s", type=int, default=30, help="before them (%(default)s)")
    parser.add_argument("--events", type=int, default=100_000, help="end to end (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="a debug build and few events")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.rate, chosen.seconds, chosen.events, chosen.warmup_s = 100, 2, 1000, 1
        # The build that the tests have made.
        build, profile = ["cargo", "build", "--workspace", "--all-targets"], "debug"
    else:
        build = ["cargo", "build", "--release", "-p", "accordant", "-p", "accordant-broker"]
        profile = "release"
    subprocess.run(build, cwd=ROOT, check=True)
    binary = TARGET / profile / "accordant"
    rows = []
    with tempfile.TemporaryDirectory(prefix="accordant-bench-") as name:
        folder = pathlib.Path(name)
        (folder / "real").mkdir()
        (folder / "embedded").mkdir()
        with Kafka(folder / "kafka") as kafka:
            rows += on_kafka(Up(binary, folder / "real", kafka), folder, chosen)
        rows += start_and_rest(Up(binary, folder / "embedded"), "embedded broker")
    print_table(rows)
    return 0


class Kafka:
    """A real Kafka for as long as it takes."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        return self.script("start").stdout.strip().removeprefix("KAFKA=")

    def __exit__(self, *_):
        self.script("stop")

    def script(self, command):
        """Runs ci/kafka.sh."""
        command = [ROOT / "ci" / "kafka.sh", command, "--dir", self.folder]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)


def on_kafka(up, folder, chosen):
    """The rows that need a real Kafka."""
    rows = start_and_rest(up, "real Kafka")
    up.start()
    try:
        rows += posts(up.address["ingest"], "", chosen)
        rows += end_to_end(up, folder, chosen)
    finally:
        up.stop()
    with Alone(up) as address:
        rows += posts(address, ", ingest alone", chosen)
    return rows


def start_and_rest(up, where):
    """Start time of a second start, and memory when nothing happens."""
    try:
        up.start()
        up.stop()
        seconds = up.start()
        time.sleep(REST_S)
        resident = up.resident_mib()
    finally:
        up.stop()
    return [
        (f"start to ready, {where}", f"{seconds:.2f} s"),
        (f"memory at rest, {where}", f"{resident:.0f} MiB"),
    ]


def posts(address, where, chosen):
    """POST latencies at a fixed rate."""
    what = f"POST at {chosen.rate} a second{where}"
    command = [sys.executable, ROOT / "ci" / "bench" / "load.py"]
    command += ["--url", f"http://{address}", "--contract", "catalog.ArticleSubmitted"]
    command += ["--file", SAMPLE / "articles.ndjson"]
    command += ["--rate", str(chosen.rate), "--seconds", str(chosen.seconds)]
    command += ["--warmup-s", str(chosen.warmup_s)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout:
        sys.exit("run.py: load.py did not measure")
    result = json.loads(done.stdout)
    answers = ", ".join(f"{count} × {status}" for status, count in result["answers"].items())
    rows = [(f"{what}, answers", answers)]
    for point, value in result["latency_ms"].items():
        rows.append((f"{what}, {point}", f"{value:.1f} ms"))
    rows.append(("the load generator's own lateness, p99", f"{result['late_ms']['p99']:.1f} ms"))
    return rows


def end_to_end(up, folder, chosen):
    """The generator's events, from the first line sent until all is equal."""
    articles, prices = folder / "articles.ndjson", folder / "prices.ndjson"
    generator = [sys.executable, SAMPLE / "generate.py", "--events", str(chosen.events)]
    generator += ["--articles", articles, "--prices", prices, "--summary", folder / "summary.json"]
    subprocess.run(generator, check=True)
    begin = time.perf_counter()
    files = {"catalog.ArticleSubmitted": articles, "pricing.PriceSubmitted": prices}
    sent = [up.run("send", contract, str(file), "--json") for contract, file in files.items()]
    summaries = [json.loads(it.communicate()[0]) for it in sent]
    sent_s = time.perf_counter() - begin
    verify = up.run("verify", "--json", "--timeout", "600")
    report, talk = verify.communicate()
    seconds = time.perf_counter() - begin
    if verify.returncode != 0:
        sys.exit(f"run.py: verify says: {report}{talk}")
    accepted = sum(it["accepted"] for it in summaries)
    rejected = sum(it["rejected"] for it in summaries)
    return [
        ("events sent, accepted and rejected", f"{accepted} and {rejected}"),
        ("ingest, both files at once", f"{accepted / sent_s:.0f} events a second"),
        ("end to end, until `verify` is equal", f"{accepted / seconds:.0f} events a second"),
    ]


def free_addresses(count):
    """Addresses that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{it.getsockname()[1]}" for it in sockets]
    for it in sockets:
        it.close()
    return addresses


def family(pid):
    """A process and everything below it."""
    found = [pid]
    for tasks in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in tasks.read_text().split():
            found += family(int(child))
    return found


def resident_kib(pid):
    """A process's resident size."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def tail(path):
    """A log's last lines."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-20:])


def print_table(rows):
    """As README.md holds it, with the machine and the commit."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    load = os.getloadavg()[2]
    print(f"{time.strftime('%Y-%m-%d')}, commit {commit.stdout.strip() or 'unknown'}, ", end="")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"load of the last 15 minutes {load:.1f}.\n")
    print("| what | measured |\n|---|---|")
    for what, measured in rows:
        print(f"| {what} | {measured} |")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"run.py: {error}")
