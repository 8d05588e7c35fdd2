"""re3d (Dstl 2017): names in statements of governments on Syria and Iraq, as offsets.

``re3d/*/documents.jsonl`` and ``entities.jsonl``. "We" and offices ("Minister for …") are entities there, too: if
a span is no bare name, its kind stays what the rules say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stancelib.gazetteer import load_gazetteer
from stancelib.lexicon import OFFICE, ROLES
from training.corpora.crossner import named_row
from training.corpora.jsonl import read_objects
from training.corpora.schema import Corpus, Row, name
from training.corpora.silver import silver_names

KINDS = {"Person": "person", "Organisation": "organization", "Location": "other", "Nationality": "other"}
PRONOUNS = frozenset(("we", "our", "us", "they", "it", "he", "she", "i"))
SURE = 0.5  # least confidence of the annotators


def read(data: Path, split: str) -> Corpus:
    """All documents; ``split`` is train, there is no other."""
    left_out: Counter[str] = Counter()
    folders = sorted(p.parent for p in (data / "re3d").glob("*/documents.jsonl"))
    if not folders:
        raise FileNotFoundError(2, "no documents", str(data / "re3d"))
    rows = (row for folder in folders for row in _rows(folder, left_out))
    return Corpus.of("re3d", split, rows, left_out)


def _rows(folder: Path, left_out: Counter[str]) -> Iterator[Row]:
    entities: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, entity in read_objects(folder / "entities.jsonl"):
        entities[entity["documentId"]].append(entity)
    for _, document in read_objects(folder / "documents.jsonl"):
        text = document["text"]
        found = [n for e in entities[document["_id"]] for n in _name(e, text, left_out)]
        yield named_row(f"re3d-{document['_id']}", text, [*silver_names(text), *found])


def _name(entity: dict[str, Any], text: str, left_out: Counter[str]) -> list[Row]:
    start, end = entity["begin"], entity["end"]
    words = text[start:end].split()
    if entity["type"] not in KINDS or entity["confidence"] < SURE:
        return []
    if text[start:end] != entity["value"]:
        left_out["entity whose text is not at its offsets"] += 1
        return []
    no_names = ROLES | OFFICE | PRONOUNS
    plain = all(w[0].isupper() and w.lower() not in no_names for w in words)
    actor = load_gazetteer().lookup(entity["value"])
    if not plain or (actor and actor.kind == "country"):
        left_out["entity that is no bare name, or a country"] += 1
        return []
    return [name(start, end, KINDS[entity["type"]])]
