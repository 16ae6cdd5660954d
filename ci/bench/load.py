#!/usr/bin/env python3
"""Posts events at a fixed rate and says how long each took: an open loop.

    python3 ci/bench/load.py --url http://127.0.0.1:8080 \\
        --contract catalog.ArticleSubmitted --file ci/sample/articles.ndjson \\
        --rate 1000 --warmup-s 5 --seconds 30

One event a request, each at its own moment, whether the ones before have been
answered or not.  A latency runs from the moment at which the event was due, so a
server that stalls pays for everybody who had to wait, and so does this program
if it is late itself; `late_ms` tells how much of it was its own doing.

The lines of the file go round.  The result is JSON on standard output.  Exit
codes: 0 measured, 1 an answer other than 2xx or a connection lost, 2 wrong
usage, 3 not measured (nobody there).  Where the rate was not held, it says so.

It must not become a test: it has no opinion on what is fast.  It needs nothing
but the standard library.
"""

import argparse
import asyncio
import collections
import gc
import itertools
import json
import pathlib
import selectors
import sys
import time
import urllib.parse

CONNECTIONS_MAX = 256
DRAIN_TIMEOUT_S = 10
# Later than this, and the rate was not held: the figures would be this program's.
LATE_P99_MS_MAX = 5.0


class Connection(asyncio.Protocol):
    """A kept-alive connection with at most one request under way."""

    def __init__(self, load):
        self.load = load
        self.transport = None
        self.buffer = b""
        self.due = None

    def connection_made(self, transport):
        """It can be used from now on."""
        self.transport = transport

    def send(self, due, request):
        """Writes a request that was due at that moment."""
        self.due = due
        self.transport.write(request)

    def data_received(self, data):
        """Collects an answer, and hands it over when it is whole."""
        self.buffer += data
        status = whole_answer(self.buffer)
        if status is not None:
            self.buffer = b""
            due, self.due = self.due, None
            self.load.answered(self, due, status)

    def connection_lost(self, exc):
        """Whoever waited for an answer here will not get one."""
        self.load.lost(self, self.due)


class Load:
    """Sends what is due, and writes down what came of it."""

    def __init__(self, chosen, requests):
        self.chosen = chosen
        self.requests = requests
        self.idle = []
        self.opened = 0
        self.waiting = collections.deque()
        self.open_count = 0
        self.begin = 0.0
        self.latencies = []
        self.lateness = []
        self.statuses = collections.Counter()

    async def run(self):
        """Warms up, measures, waits for the last answers."""
        loop = asyncio.get_running_loop()
        host, port = self.chosen.url.hostname, self.chosen.url.port or 80
        for _ in range(min(self.chosen.connections, CONNECTIONS_MAX)):
            _, connection = await loop.create_connection(lambda: Connection(self), host, port)
            self.idle.append(connection)
        self.opened = len(self.idle)
        count = int(self.chosen.rate * (self.chosen.warmup_s + self.chosen.seconds))
        start = time.perf_counter() + 0.1
        self.begin = start + self.chosen.warmup_s
        for index, request in zip(range(count), self.requests):
            due = start + index / self.chosen.rate
            while (left := due - time.perf_counter()) > 0:
                await asyncio.sleep(left)
            if due >= self.begin:
                self.lateness.append(time.perf_counter() - due)
            self.open_count += 1
            self.waiting.append((due, request))
            self.dispatch()
            if index % 16 == 0:
                await asyncio.sleep(0)
        deadline = time.perf_counter() + DRAIN_TIMEOUT_S
        while self.open_count and time.perf_counter() < deadline and self.opened:
            await asyncio.sleep(0.01)

    def dispatch(self):
        """Gives waiting requests to idle connections, the oldest first."""
        while self.waiting and self.idle:
            self.idle.pop().send(*self.waiting.popleft())

    def answered(self, connection, due, status):
        """Writes an answer down and uses its connection again."""
        now = time.perf_counter()
        self.idle.append(connection)
        if due is not None:
            self.open_count -= 1
            if due >= self.begin:
                self.latencies.append(now - due)
                self.statuses[str(status)] += 1
        self.dispatch()

    def lost(self, connection, due):
        """Writes down that a connection broke."""
        self.opened -= 1
        if connection in self.idle:
            self.idle.remove(connection)
        if due is not None:
            self.open_count -= 1
            self.statuses["connection_lost"] += 1

    def result(self):
        """What was measured, as plain values."""
        if self.open_count:
            self.statuses["unanswered"] += self.open_count
        return {
            "rate": self.chosen.rate,
            "seconds": self.chosen.seconds,
            "connections": self.chosen.connections,
            "answers": dict(sorted(self.statuses.items())),
            "latency_ms": spread(self.latencies),
            "late_ms": spread(self.lateness),
        }


def whole_answer(buffer):
    """The status of a whole HTTP/1.1 answer; nothing while some is missing."""
    head, end, body = buffer.partition(b"\r\n\r\n")
    if not end:
        return None
    lines = head.lower().split(b"\r\n")
    status = int(lines[0].split(b" ", 2)[1])
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return status if len(body) >= int(value) else None
        if name == b"transfer-encoding" and value.strip() == b"chunked":
            return status if body.endswith(b"0\r\n\r\n") else None
    return status


def spread(seconds):
    """Percentiles in milliseconds, of the values themselves."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    points = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
    last = len(ordered) - 1
    return {it: round(ordered[int(last * share)] * 1000, 3) for it, share in points.items()}


def requests_of(chosen):
    """The requests, round and round."""
    path = f"{chosen.url.path.rstrip('/')}/v1/events/{chosen.contract}"
    requests = []
    for line in pathlib.Path(chosen.file).read_bytes().splitlines():
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {chosen.url.netloc}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(line)}\r\n\r\n"
        )
        requests.append(head.encode() + line)
    return itertools.cycle(requests)


def parse_arguments(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(prog="load.py", description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--url", type=urllib.parse.urlsplit, required=True, help="ingest, http://HOST:PORT")
    add("--contract", required=True)
    add("--file", required=True, help="NDJSON")
    add("--rate", type=float, default=1000, help="events a second (default: %(default)s)")
    add("--seconds", type=float, default=30, help="measured (default: %(default)s)")
    add("--warmup-s", type=float, default=5, help="before that (default: %(default)s)")
    add("--connections", type=int, default=64, help="(default: %(default)s)")
    return parser.parse_args(arguments)


def main(arguments):
    """Measures, prints, and answers with an exit code."""
    chosen = parse_arguments(arguments)
    # select() waits in microseconds; epoll, which asyncio takes, in milliseconds.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    try:
        load = Load(chosen, requests_of(chosen))
        # A collection takes longer than what is measured here.
        gc.disable()
        loop.run_until_complete(load.run())
    except OSError as error:
        print(f"load.py: {error}", file=sys.stderr)
        return 3
    result = load.result()
    print(json.dumps(result, indent=2))
    if result["late_ms"] is None or result["late_ms"]["p99"] > LATE_P99_MS_MAX:
        print("load.py: the rate was not held: part of it is this program", file=sys.stderr)
    return 0 if all(it.startswith("2") for it in result["answers"]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
