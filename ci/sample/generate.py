#!/usr/bin/env python3
"""Multiplies the sample into a stream of any length.

    python3 ci/sample/generate.py --articles articles.ndjson \\
        --prices prices.ndjson --summary summary.json --events 100000 --seed 7

Every line is one event of a shop's day: an article is offered, changed or
withdrawn, a price is set or changed.  About two lines in a hundred break their
contract and must be refused at the door (`schema_invalid` in the summary); of
the rest, about one in a hundred breaks a rule of the business and must be
rejected by the application that decides it (`business_invalid`).

`--events` counts the lines of both files together.  `-` is standard output, for
one of the two; the one that is left out is made and thrown away, so that the
other is the same to the byte.  The same seed gives the same bytes.  Memory
stays flat: what is on the shelf at a time is bounded (SHELF_MAX), and an
article that falls off it is left alone for ever.

The numbers in the summary hold if each file is sent once, in its order, into an
empty system.  It needs nothing but the standard library.
"""

import argparse
import datetime
import json
import os
import pathlib
import random
import sys
import uuid
from collections import Counter

FOLDER = pathlib.Path(__file__).resolve().parent
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "accordant:sample")
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
STEP_MS = 250

SHELF_MAX = 5_000
SCHEMA_INVALID_SHARE = 0.02
BUSINESS_INVALID_SHARE = 0.01

# How often what happens, of a thousand.
OFFER, CHANGE, WITHDRAW = 300, 170, 30

REASONS = ("summer sale", "clearance", "new agreement", "index", "Ausverkauf – nur heute")
DESCRIPTIONS = (
    "Newly mastered.",
    "With a booklet of sixteen pages.",
    "Nur solange der Vorrat reicht: „letzte Stücke“.",
    "4K, HDR ✓\nSubtitles: English, français, 日本語.",
    "",
)


class Dice(random.Random):
    """Draws that are the same in every Python: only `random()` promises that."""

    def below(self, count):
        """A whole number from 0, below `count`."""
        return int(self.random() * count)

    def one_of(self, choices):
        """One of them."""
        return choices[self.below(len(choices))]

    def hits(self, share):
        """Whether something with this probability happens."""
        return self.random() < share


class Article:
    """What has to be remembered of an article on the shelf."""

    __slots__ = ("body", "cents", "currency", "first_price")

    def __init__(self, body, first_price):
        self.body = body
        self.first_price = first_price
        self.cents = None
        self.currency = None


class Catalogue:
    """The films, again and again: first as they are, then as later editions."""

    def __init__(self, folder):
        self.articles = read(folder / "articles.ndjson")
        self.prices = {it["article_id"]: it for it in read(folder / "prices.ndjson")}
        self.taken = 0

    def take(self, dice):
        """The next article that nobody has offered yet."""
        edition, row = divmod(self.taken, len(self.articles))
        self.taken += 1
        film = self.articles[row]
        price = self.prices.get(film["article_id"])
        if edition == 0:
            return Article(dict(film), price)
        body = dict(film)
        body["article_id"] = str(uuid.uuid5(NAMESPACE, f"{film['article_id']}/{edition}"))
        body["sku"] = f"{film['sku']}-{edition}"
        if film["title"] is not None:
            body["title"] = f"{film['title']} (edition {edition + 1})"
        if dice.hits(0.2):
            body["format"] = {"weight_grams": 85 + dice.below(60)}
        if price is not None:
            price = {**price, "article_id": body["article_id"]}
        return Article(body, price)


class Generator:
    """Makes one event after the other and keeps the books."""

    def __init__(self, catalogue, seed):
        self.catalogue = catalogue
        self.dice = Dice(seed)
        self.shelf = []
        self.step = 0
        self.counts = {name: Counter() for name in ("articles", "prices")}
        self.schema_invalid = {name: Counter() for name in self.counts}
        self.business_invalid = {name: Counter() for name in self.counts}

    def next(self):
        """The next line: `articles` or `prices`, and its text."""
        self.step += 1
        draw = self.dice.below(1000)
        if not self.shelf or draw < OFFER:
            name, kind, event, commit = self.offer()
        elif draw < OFFER + CHANGE:
            name, kind, event, commit = self.change()
        elif draw < OFFER + CHANGE + WITHDRAW:
            name, kind, event, commit = self.withdraw()
        else:
            name, kind, event, commit = self.set_price()

        if self.dice.hits(SCHEMA_INVALID_SHARE):
            trouble, line = spoil(self.dice, name, event)
            self.schema_invalid[name][trouble] += 1
            return name, line
        if self.shelf and self.dice.hits(BUSINESS_INVALID_SHARE):
            trouble, event = self.offend(name, event)
            self.business_invalid[name][trouble] += 1
            return name, write(event)
        self.counts[name][kind] += 1
        commit()
        return name, write(event)

    def offer(self):
        """A new article; one without a title is the catalogue's to reject."""
        article = self.catalogue.take(self.dice)

        def commit():
            if article.body["title"] is None:
                self.counts["articles"]["offered"] -= 1
                self.business_invalid["articles"]["title_missing"] += 1
                return
            if len(self.shelf) == SHELF_MAX:
                self.remove(self.dice.below(SHELF_MAX))
            self.shelf.append(article)

        return "articles", "offered", self.stamped(article.body), commit

    def change(self):
        """An article's text, rating or sales have changed since."""
        article = self.dice.one_of(self.shelf)
        body = dict(article.body)
        attributes = dict(body["attributes"])
        attributes["edits"] = attributes.get("edits", 0) + 1
        body["attributes"] = attributes
        what = self.dice.below(3)
        if what == 0:
            body["description"] = self.dice.one_of(DESCRIPTIONS)
        elif what == 1:
            body["rating"] = self.dice.below(101) / 10
        else:
            attributes["imdb_votes"] = attributes.get("imdb_votes", 0) + 1 + self.dice.below(500)

        def commit():
            article.body = body

        return "articles", "changed", self.stamped(body), commit

    def withdraw(self):
        """An article goes off the shelf for good."""
        index = self.dice.below(len(self.shelf))
        event = retirement(self.shelf[index].body)
        return "articles", "withdrawn", self.stamped(event), lambda: self.remove(index)

    def set_price(self):
        """A first price, or another one."""
        article = self.dice.one_of(self.shelf)
        if article.cents is None and article.first_price is not None:
            event = dict(article.first_price)
            cents = int(event["price"]["amount"].replace(".", ""))
            currency = event["price"]["currency"]
            kind = "first"
        else:
            kind = "first" if article.cents is None else "changed"
            cents = 99 + 50 * self.dice.below(60)
            if cents == article.cents:
                cents += 1
            currency = article.currency or self.dice.one_of(("EUR", "USD", "GBP", "CHF"))
            event = price_of(article.body, cents, currency)
            event["reason"] = self.dice.one_of(REASONS)

        def commit():
            article.cents, article.currency = cents, currency

        if self.dice.hits(0.1):
            # A number is as good as a text where it is exact.
            event["price"] = {**event["price"], "amount": cents / 100}
        return "prices", kind, self.stamped(event), commit

    def offend(self, name, event):
        """An event that keeps its contract and breaks a rule of the business."""
        if name == "prices":
            below_zero = price_of(event, -1 - self.dice.below(2000), "EUR")
            return "price_negative", self.stamped(below_zero)
        stranger = str(uuid.uuid5(NAMESPACE, f"stranger/{self.step}"))
        if self.dice.hits(0.5):
            unknown = {**retirement(event), "article_id": stranger, "sku": f"NEVER-{self.step}"}
            return "article_unknown", self.stamped(unknown)
        twin = {**self.dice.one_of(self.shelf).body, "article_id": stranger}
        return "sku_taken", self.stamped(twin)

    def remove(self, index):
        """Takes an article off the shelf; its place goes to the last one."""
        self.shelf[index] = self.shelf[-1]
        self.shelf.pop()

    def stamped(self, event):
        """With the time at which it was sent, as text or as a raw number."""
        at = START + datetime.timedelta(milliseconds=self.step * STEP_MS)
        if self.dice.hits(0.1):
            sent = int(at.timestamp() * 1000)
        else:
            sent = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {**event, "submitted_at": sent}

    def summary(self, events, seed):
        """What was made, and what has to become of it."""
        files = {}
        for name, kinds in self.counts.items():
            refused = self.schema_invalid[name].total()
            rejected = self.business_invalid[name].total()
            applied = kinds.total()
            files[name] = {
                "lines": applied + refused + rejected,
                "refused_by_ingest": refused,
                "accepted_by_ingest": applied + rejected,
                "rejected_by_application": rejected,
                "applied": applied,
                "applied_by_kind": sorted_dict(kinds),
                "schema_invalid": sorted_dict(self.schema_invalid[name]),
                "business_invalid": sorted_dict(self.business_invalid[name]),
            }
        articles, prices = self.counts["articles"], self.counts["prices"]
        files["articles"]["keys"] = articles["offered"]
        files["articles"]["keys_deleted"] = articles["withdrawn"]
        files["prices"]["keys"] = prices["first"]
        # Only what is on the shelf is priced: an offer for every article.
        files["offers"] = {"keys": articles["offered"]}
        return {"events": events, "seed": seed, **files}


def spoil(dice, name, event):
    """A line that its contract does not allow, and what is wrong with it."""
    troubles = [missing_field, wrong_type, unknown_field, bad_uuid, broken_json]
    if name == "prices":
        troubles += [bad_scale, unknown_symbol]
    else:
        troubles += [bad_date, unknown_symbol]
    return dice.one_of(troubles)(dice, name, event)


def missing_field(dice, name, event):
    """A field without a default is not there."""
    required = {"articles": ("article_id", "merchant_id", "sku")}
    gone = dice.one_of(required.get(name, ("article_id", "merchant_id", "price")))
    return "missing_field", write({it: event[it] for it in event if it != gone})


def wrong_type(dice, name, event):
    """A number where a text belongs: so the films have it, `1776`."""
    field = dice.one_of(("merchant_id", "title" if name == "articles" else "reason"))
    return "wrong_type", write({**event, field: 1776})


def unknown_field(_dice, _name, event):
    """A field that the contract has never heard of."""
    return "unknown_field", write({**event, "colour": "red"})


def bad_uuid(_dice, _name, event):
    """An id that lost its last character on the way."""
    return "bad_uuid", write({**event, "article_id": event["article_id"][:-1]})


def broken_json(dice, _name, event):
    """A line that was cut off."""
    line = write(event)
    return "broken_json", line[: 1 + dice.below(len(line) // 2)]


def bad_scale(dice, _name, event):
    """A tenth of a cent."""
    amount = f"{dice.below(20)}.{dice.below(100):02}5"
    return "bad_scale", write({**event, "price": {**event["price"], "amount": amount}})


def bad_date(_dice, _name, event):
    """A day as the films write it."""
    return "bad_date", write({**event, "released_on": "Dec 31 1969"})


def unknown_symbol(_dice, name, event):
    """A currency or an operation that is in no list."""
    if name == "prices":
        return "unknown_symbol", write({**event, "price": {**event["price"], "currency": "PLN"}})
    return "unknown_symbol", write({**event, "operation": "DELETE"})


def retirement(body):
    """An article's withdrawal."""
    return {
        "article_id": body["article_id"],
        "merchant_id": body["merchant_id"],
        "sku": body["sku"],
        "operation": "RETIRE",
    }


def price_of(body, cents, currency):
    """A price for an article."""
    sign = "-" if cents < 0 else ""
    amount = f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
    return {
        "article_id": body["article_id"],
        "merchant_id": body["merchant_id"],
        "price": {"amount": amount, "currency": currency},
    }


def sorted_dict(counter):
    """Its counts by name, without those that are zero."""
    return {name: counter[name] for name in sorted(counter) if counter[name]}


def read(path):
    """The events of a file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write(event):
    """An event as a line, without its line feed."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def open_output(path):
    """A file to write lines to; nothing for nothing."""
    if path is None:
        return None
    if path == "-":
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        return sys.stdout
    return open(path, "w", encoding="utf-8", newline="\n")


def parse_arguments(arguments):
    """The command line."""
    summary = __doc__.split("\n", maxsplit=1)[0]
    parser = argparse.ArgumentParser(prog="generate.py", description=summary)
    parser.add_argument("--articles", metavar="FILE", help="catalog.ArticleSubmitted, - for stdout")
    parser.add_argument("--prices", metavar="FILE", help="pricing.PriceSubmitted, - for stdout")
    parser.add_argument("--summary", metavar="FILE", help="counts as JSON, - for stdout (default: stderr)")
    parser.add_argument("--events", type=int, default=100_000, help="lines (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="(default: %(default)s)")
    chosen = parser.parse_args(arguments)
    if chosen.articles is None and chosen.prices is None:
        parser.error("nothing to write: give --articles, --prices or both")
    if chosen.articles == chosen.prices:
        parser.error("--articles and --prices cannot go to the same place")
    if chosen.events < 0:
        parser.error("--events cannot be negative")
    return chosen


def main(arguments):
    """Writes the files, then the summary."""
    chosen = parse_arguments(arguments)
    outputs = {"articles": open_output(chosen.articles), "prices": open_output(chosen.prices)}
    generator = Generator(Catalogue(FOLDER), chosen.seed)
    for _ in range(chosen.events):
        name, line = generator.next()
        if output := outputs[name]:
            output.write(line)
            output.write("\n")
    for output in outputs.values():
        if output:
            output.flush()
    text = json.dumps(generator.summary(chosen.events, chosen.seed), indent=2) + "\n"
    if summary := open_output(chosen.summary):
        summary.write(text)
        summary.flush()
    else:
        sys.stderr.write(text)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BrokenPipeError:
        # The reader has seen enough; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        sys.exit(f"generate.py: {error}")
