"""Write stancelib/data/actors.tsv, the table of known political actors, from public facts and our own additions.

    python tools/build_gazetteer.py FACTS_FOLDER

FACTS_FOLDER holds ``factbook-government.jsonl`` (CIA World Factbook, CC0: names, capitals, nationalities of
states) and ``country-codes.csv`` (Open Knowledge country codes, PDDL: ISO 3166-1). They give a first row for each
state. ``tools/actors_curated.tsv``, which people edit, has the same columns and corrects and extends these rows:

- a row with the id of a generated state adds its values to that state; ``-Value`` takes a generated one away, and
  a filled ``name`` replaces the usual English one;
- any other row is a new actor; an empty id becomes a slug of the name (``vladimir-putin``).

Columns (several values stand with ``|`` between them): ``names`` always mean the actor; ``demonyms`` are
adjectives and nationality nouns; ``seats`` are capitals and seats of government, which mean the government only in
some contexts; ``cautious`` names count only beside a title, or when a plainer name of the actor stands in the same
text; ``offices`` are those of a person with their years ("Prime Minister 2003-2014; President 2014-"), for whoever
reads or looks up: general knowledge, at most the three most important, empty where unsure. Rows of kind ``none``
are names that contain an actor's name and mean something else ("New Mexico"). Where several actors share a name,
the upper row is the likelier one.
"""

from __future__ import annotations

import csv
import html
import json
import re
import sys
from pathlib import Path
from typing import Any

from stancelib.gazetteer import COLUMNS, LISTS, read_table, slug

ROOT = Path(__file__).resolve().parents[1]
CURATED = ROOT / "tools" / "actors_curated.tsv"
TABLE = ROOT / "stancelib" / "data" / "actors.tsv"
# Not independent by the codes, yet actors in the news; Kosovo has no ISO code, XKX is the one in general use.
ALSO = frozenset({"TWN", "PSE", "ESH", "HKG", "MAC", "PRI", "GRL"})
KOSOVO = {"file": "kv", "code": "XKX"}
REMARK = re.compile(r"\([^()]*\)|[;,] note\b.*| in Romanian\b")
SEPARATOR = re.compile(r"[;,/]| or ")

Row = dict[str, str]


def main(facts: Path) -> None:
    """Build the table and print how many rows of each kind it has."""
    rows = merge(states(facts), read_table(CURATED.read_text(encoding="utf-8")))
    with TABLE.open("w", encoding="utf-8", newline="") as out:
        out.write("\t".join(COLUMNS) + "\n")
        out.writelines("\t".join(row[c] for c in COLUMNS) + "\n" for row in rows)
    kinds = [row["kind"] for row in rows]
    print(f"{TABLE.name}: " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)))


def states(facts: Path) -> dict[str, Row]:
    """A row for each state that the codes call independent, and for a few others, by alpha-3 code."""
    codes = {KOSOVO["file"].upper(): {"ISO3166-1-Alpha-3": KOSOVO["code"], "CLDR display name": "Kosovo"}}
    with (facts / "country-codes.csv").open(encoding="utf-8", newline="") as file:
        for code in csv.DictReader(file):
            if code["is_independent"] == "Yes" or code["ISO3166-1-Alpha-3"] in ALSO:
                codes[_factbook_code(code)] = code
    rows = {}
    for line in (facts / "factbook-government.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        letters = Path(entry["file"]).stem.upper()
        if letters in codes:
            rows[codes[letters]["ISO3166-1-Alpha-3"]] = state(codes[letters], entry)
    return rows


def state(code: Row, entry: dict[str, Any]) -> Row:
    """The generated row of one state."""
    names = entry["country_name"]
    short, long = (_plain(names.get(f"conventional {form} form")) for form in ("short", "long"))
    display = code["CLDR display name"].replace("’", "'")
    nationality = entry.get("nationality") or {}
    demonyms = [f for field in ("noun", "adjective") for f in forms(nationality.get(field) or "")]
    capitals = [_plain(part) for part in re.split(r"[;,]", _plain(entry.get("capital"))) if "note" not in part]
    iso = code["ISO3166-1-Alpha-3"]
    head = {"id": iso, "name": short or display, "kind": "country", "country": iso, "cautious": "", "offices": ""}
    return {**head, "names": _join([short, long, display]), "demonyms": _join(demonyms), "seats": _join(capitals)}


def forms(nationality: str) -> list[str]:
    """The words in the Factbook's shorthand: "Turk(s)" is Turk and Turks."""
    text = REMARK.sub("", html.unescape(nationality).replace("(s)", "+s"))
    words = [w.strip() for w in SEPARATOR.split(text) if w.strip() and w.lower() not in ("na", "none")]
    return [form for w in words for form in ([w[:-2], w[:-2] + "s"] if w.endswith("+s") else [w])]


def merge(rows: dict[str, Row], curated: list[Row]) -> list[Row]:
    """The states by name, then the curated rows in their own order."""
    for row in curated:
        row["id"] = row["id"] or slug(row["name"])
        base = rows.get(row["id"])
        if base is None:
            rows[row["id"]] = {**row, **{c: _join(row[c].split("|")) for c in LISTS}}
            continue
        if row["name"]:
            base["name"] = row["name"]
        for column in LISTS:
            base[column] = _changed(base[column], row[column])
    countries = [row for row in rows.values() if row["kind"] == "country"]
    return sorted(countries, key=lambda row: row["name"]) + [r for r in rows.values() if r["kind"] != "country"]


def _changed(values: str, changes: str) -> str:
    """``values`` with those of ``changes`` added, or taken away where they begin with a hyphen."""
    away = {c[1:] for c in changes.split("|") if c.startswith("-")}
    return _join([v for v in values.split("|") if v not in away] + [c for c in changes.split("|") if c[:1] != "-"])


def _factbook_code(code: Row) -> str:
    """The two letters that name a state's Factbook file."""
    return {"PSE": "WE", "SRB": "RI"}.get(code["ISO3166-1-Alpha-3"], code["FIPS"])


def _plain(value: str | None) -> str:
    text = " ".join(REMARK.sub("", html.unescape(value or "")).split())
    return "" if text.lower() in ("none", "na") else text


def _join(values: list[str]) -> str:
    return "|".join(dict.fromkeys(v for v in values if v))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
