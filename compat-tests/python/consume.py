#!/usr/bin/env python3
"""Reads a topic as any Python team would: with Confluent's own client.

    python3 consume.py --kafka 127.0.0.1:9092 --registry http://127.0.0.1:8081 \\
        --topic catalog.article [--expected expected.json] [--timeout-s 30]

It reads every partition from its beginning to where it ends at the start of the
run, committed records only, and prints a JSON line for each: partition, offset,
schema id, event id, key, and the value in plain JSON (decimals, uuids, dates and
times as text, bytes as base64).

`expected.json` is an array of `{"key": ..., "value": {...}}`.  For each key in
it the topic must hold these values, all of them, in this order; keys that it
does not name may be there too, and a field that an expected value leaves out is
not compared.  Differences go to standard error.

Exit codes: 0 read (and as expected), 1 not as expected, 2 wrong usage, 3 Kafka
or the registry away or too slow, 4 a record that cannot be read.

It must use nothing of ours, and no setting of the client but addresses: what it
tests is that a stock client needs none.
"""

import argparse
import base64
import datetime
import decimal
import json
import pathlib
import sys
import time
import uuid

import httpx2
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext, StringDeserializer

DIFFERENT, AWAY, UNREADABLE = 1, 3, 4


class Away(Exception):
    """Kafka or the registry does not answer, or not in time."""


class Unreadable(Exception):
    """A record that the stock deserialiser refuses."""


def main(arguments):
    """Prints the topic, compares it, and answers with an exit code."""
    chosen = parse_arguments(arguments)
    seen = {}
    try:
        for record in records_of(chosen):
            seen.setdefault(record["key"], []).append(record["value"])
            schema = record.pop("schema")
            value = plain(record["value"], schema)
            print(json.dumps({**record, "value": value}, ensure_ascii=False))
    except Away as error:
        print(f"consume.py: {error}", file=sys.stderr)
        return AWAY
    except Unreadable as error:
        print(f"consume.py: {error}", file=sys.stderr)
        return UNREADABLE
    differences = list(differences_of(seen, chosen.expected))
    for difference in differences:
        print(f"consume.py: {difference}", file=sys.stderr)
    return DIFFERENT if differences else 0


def records_of(chosen):
    """The records of a topic up to its end, partition by partition in order."""
    key_of = StringDeserializer("utf_8")
    registry = SchemaRegistryClient({"url": chosen.registry})
    value_of = AvroDeserializer(registry)
    deadline = time.monotonic() + chosen.timeout_s
    consumer = Consumer(
        {
            "bootstrap.servers": chosen.kafka,
            "group.id": "accordant-compat-tests",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )
    try:
        waiting = assign_all(consumer, chosen.topic, chosen.timeout_s)
        while waiting:
            message = consumer.poll(max(0.0, min(1.0, deadline - time.monotonic())))
            if message is None:
                if time.monotonic() >= deadline:
                    left = sorted(waiting)
                    raise Away(f"{chosen.topic}{left} not read to the end in {chosen.timeout_s} s")
            elif message.error() is None:
                record = record_of(message, key_of, value_of)
                # Answered from the client's memory: it has just needed it.
                schema = registry.get_schema(record["schema_id"], f"{chosen.topic}-value")
                yield {**record, "schema": json.loads(schema.schema_str)}
            elif message.error().code() == KafkaError._PARTITION_EOF:
                waiting.discard(message.partition())
            else:
                raise Away(f"{chosen.topic}: {message.error().str()}")
    except KafkaException as error:
        raise Away(f"{chosen.kafka}: {error.args[0].str()}") from error
    finally:
        consumer.close()


def assign_all(consumer, topic, timeout_s):
    """Takes every partition from its beginning; no group, nothing committed."""
    metadata = consumer.list_topics(topic, timeout=timeout_s).topics[topic]
    if metadata.error is not None:
        raise Away(f"{topic}: {metadata.error.str()}")
    partitions = set(metadata.partitions)
    consumer.assign([TopicPartition(topic, it, OFFSET_BEGINNING) for it in sorted(partitions)])
    return partitions


def record_of(message, key_of, value_of):
    """A record with its key and value deserialised."""
    topic, where = message.topic(), f"{message.topic()}[{message.partition()}]@{message.offset()}"
    framed, headers = message.value(), message.headers() or []
    try:
        key = key_of(message.key(), SerializationContext(topic, MessageField.KEY, headers))
        value = value_of(framed, SerializationContext(topic, MessageField.VALUE, headers))
    except httpx2.TransportError as error:
        raise Away(f"{where}: the registry is away: {error}") from error
    except SchemaRegistryError as error:
        failure = Away if error.http_status_code >= 500 else Unreadable
        raise failure(f"{where}: the registry says: {error}") from error
    except Exception as error:  # Whatever the client raises, the record is at fault.
        raise Unreadable(f"{where}: {type(error).__name__}: {error}") from error
    event_id = dict(headers).get("ce_id")
    return {
        "partition": message.partition(),
        "offset": message.offset(),
        "schema_id": int.from_bytes(framed[1:5], "big") if framed else None,
        "event_id": event_id.decode() if event_id else None,
        "key": key,
        "value": value,
    }


def plain(value, schema=None):
    """A value of the client's as plain JSON; its schema tells how fine a time is."""
    branches = [it for it in as_list(schema) if isinstance(it, dict)]
    match value:
        case dict():
            return {name: plain(it, inner(branches, name)) for name, it in value.items()}
        case list():
            items = [it["items"] for it in branches if it["type"] == "array"]
            return [plain(it, items[0] if items else None) for it in value]
        case bytes():
            return base64.b64encode(value).decode()
        case decimal.Decimal() | uuid.UUID():
            return str(value)
        case datetime.datetime() | datetime.time():
            is_fine = any(it.get("logicalType", "").endswith("-micros") for it in branches)
            precision = "microseconds" if is_fine or value.microsecond % 1000 else "milliseconds"
            return value.isoformat(timespec=precision).replace("+00:00", "Z")
        case datetime.date():
            return value.isoformat()
        case _:
            return value


def inner(branches, name):
    """The schema of a record's field or of a map's value."""
    for branch in branches:
        if branch["type"] == "map":
            return branch["values"]
        for field in branch.get("fields", ()):
            if field["name"] == name:
                return field["type"]
    return None


def as_list(schema):
    """A union's branches, or the one schema."""
    return schema if isinstance(schema, list) else [schema]


def differences_of(seen, expected):
    """Each way in which the topic is not what was expected, in words."""
    wanted = {}
    for record in expected:
        wanted.setdefault(record["key"], []).append(record["value"])
    for key, values in wanted.items():
        found = seen.get(key, [])
        if len(found) != len(values):
            yield f"key {key}: records expected {len(values)}, found {len(found)}"
        for index, (actual, value) in enumerate(zip(found, values)):
            yield from compare(actual, value, f"key {key} record {index}: ")


def compare(actual, expected, path):
    """The differences between a value of the client's and plain JSON."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, it in expected.items():
            if name in actual:
                yield from compare(actual[name], it, f"{path}/{name}")
            else:
                yield f"{path}/{name}: expected, not there"
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(actual) != len(expected):
            yield f"{path}: items expected {len(expected)}, found {len(actual)}"
        for index, (found, it) in enumerate(zip(actual, expected)):
            yield from compare(found, it, f"{path}/{index}")
    elif not is_same(actual, expected):
        yield f"{path}: expected {expected!r}, found {plain(actual)!r}"


def is_same(actual, expected):
    """Whether they mean the same; a time may be written with more zeros."""
    if isinstance(actual, datetime.datetime) and isinstance(expected, str):
        try:
            return actual == datetime.datetime.fromisoformat(expected.replace("Z", "+00:00"))
        except (ValueError, TypeError):
            return False
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    return plain(actual) == expected


def parse_arguments(arguments):
    """The command line, with the expected values read."""
    parser = argparse.ArgumentParser(prog="consume.py", description=__doc__.split("\n")[0])
    parser.add_argument("--kafka", required=True, metavar="HOST:PORT", help="bootstrap address")
    parser.add_argument("--registry", required=True, metavar="URL", help="schema registry")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--expected", metavar="FILE", help="records to compare with")
    parser.add_argument("--timeout-s", type=float, default=30, help="in all (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        text = pathlib.Path(chosen.expected).read_text("utf-8") if chosen.expected else "[]"
        chosen.expected = json.loads(text)
    except (OSError, ValueError) as error:
        parser.error(f"--expected: {error}")
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
