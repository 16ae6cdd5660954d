#!/usr/bin/env python3
"""Turns the films of the npm package vega-datasets into submissions.

    python3 ci/sample/convert.py package/data/movies.json ci/sample

writes articles.ndjson (catalog.ArticleSubmitted) and prices.ndjson
(pricing.PriceSubmitted), one event a line, in the order of the source.

The same source gives the same bytes: no clock, no random number.
The dirt stays wherever the contract has words for it: a missing title, films
that came out in 2046 or on the last day of 1969, titles that were once in
another character set, a box office of nothing.  What the source does not say
is left out, never guessed.  SOURCE.md tells where the films come from.

It must not repair anything, and needs nothing but the standard library.
"""

import base64
import datetime
import hashlib
import json
import pathlib
import re
import sys
import uuid

SOURCE_URL = "https://cdn.jsdelivr.net/npm/vega-datasets@3.2.1/data/movies.json"
SOURCE_SHA256 = "e63c499759e3b07b49563e036f55290f87feb56def8703ec049ca305ab1523d3"

# Everybody whose distributor the source does not name sells under this name.
MERCHANT_UNKNOWN = "unknown"

# What the contract has no field for goes into `attributes` under these names.
ATTRIBUTES = {
    "MPAA Rating": "mpaa",
    "Source": "source",
    "US Gross": "us_gross_dollars",
    "Worldwide Gross": "worldwide_gross_dollars",
    "US DVD Sales": "us_dvd_sales_dollars",
    "Production Budget": "production_budget_dollars",
    "Rotten Tomatoes Rating": "rotten_tomatoes",
    "IMDB Votes": "imdb_votes",
}


def main(arguments):
    """Converts one file into a folder and says how much there was of what."""
    if len(arguments) != 2:
        sys.exit("usage: convert.py MOVIES_JSON OUT_FOLDER")
    source, folder = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    content = source.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(
            f"{source} is not the file that the sample is made of: "
            f"sha256 {found}, expected {SOURCE_SHA256}"
        )
    films = json.loads(content)
    articles = [article(row, film) for row, film in enumerate(films, start=1)]
    prices = [price(it, film) for it, film in zip(articles, films) if is_priced(film)]
    write(folder / "articles.ndjson", articles)
    write(folder / "prices.ndjson", prices)
    print(f"{len(articles)} articles, {len(prices)} prices", file=sys.stderr)


def article(row, film):
    """The catalog.ArticleSubmitted of the film in that row, counted from 1."""
    distributor = film["Distributor"]
    merchant = slug(distributor) if distributor else MERCHANT_UNKNOWN
    event = {
        "article_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SOURCE_URL}#{row}")),
        "merchant_id": merchant,
        "sku": f"{merchant[:3].upper()}-{row:04}",
        "title": text(film["Title"]),
    }
    genres = [film[name] for name in ("Major Genre", "Creative Type") if film[name]]
    if genres:
        event["genres"] = genres
    if contributors := contributors_of(film):
        event["contributors"] = contributors
    event["attributes"] = attributes_of(film)
    if film["Running Time min"] is not None:
        event["format"] = {"running_minutes": film["Running Time min"]}
    event["released_on"] = day(film["Release Date"])
    event["checksum"] = checksum(film)
    if film["IMDB Rating"] is not None:
        event["rating"] = film["IMDB Rating"]
    return event


def contributors_of(film):
    """Whom the source names, with the part that they had."""
    parts = (("Director", "DIRECTOR"), ("Distributor", "DISTRIBUTOR"))
    return [{"name": film[it], "role": role} for it, role in parts if film[it]]


def attributes_of(film):
    """The rest of the record: texts and numbers as they are, and one truth."""
    known = {name: film[it] for it, name in ATTRIBUTES.items() if film[it] is not None}
    if film["Source"] is not None:
        known["original_screenplay"] = film["Source"] == "Original Screenplay"
    return known


def is_priced(film):
    """A film that nobody has rated yet has no price: its offer is incomplete."""
    return film["IMDB Rating"] is not None


def price(event, film):
    """The pricing.PriceSubmitted of a film.

    The source knows no shop prices, so this is a rule: 4.99 dollars, a dollar
    more for every full point of its rating above five, and five dollars more
    for a film that cost a hundred million.
    """
    cents = 499 + 100 * max(0, int(film["IMDB Rating"]) - 5)
    if (film["Production Budget"] or 0) >= 100_000_000:
        cents += 500
    return {
        "article_id": event["article_id"],
        "merchant_id": event["merchant_id"],
        "price": {"amount": f"{cents // 100}.{cents % 100:02}", "currency": "USD"},
        "reason": "first price",
    }


def slug(name):
    """A merchant's id: `Paramount Pictures` is `paramount-pictures`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def text(title):
    """Nine titles of the source are numbers; the contract knows texts only."""
    return None if title is None else str(title)


def day(written):
    """`Aug 07 1998` as 1998-08-07, however odd the year."""
    return datetime.datetime.strptime(written, "%b %d %Y").date().isoformat()


def checksum(film):
    """MD5 of the record as compact UTF-8 JSON, its fields in the source's order."""
    record = json.dumps(film, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(hashlib.md5(record.encode()).digest()).decode()


def write(path, events):
    """One event a line, in UTF-8, with a line feed at the end of each."""
    lines = (json.dumps(it, ensure_ascii=False, separators=(",", ":")) for it in events)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
