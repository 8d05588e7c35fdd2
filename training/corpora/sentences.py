"""Our labels of real sentences and press releases: stand-off, joined to the user's copies of their corpora.

``training/annotations/sentence-*.jsonl`` (their README is the data card) have no text, only an object a text: the
corpus that it is from (dse, newsmtsc or plv: a sentence of the same split; re3d: a document), the digest of its
text, and labels with offsets. ``sentence-stance`` has all statements of a text with their actors and stances by
our guide; ``sentence-light`` the light in which a text puts the entities that DSE marks, as in NewsMTSC;
``sentence-pairs`` what two entities in sentences of NewsMTSC are toward each other, as in DSE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from training.corpora import dse, newsmtsc, plv, re3d
from training.corpora.jsonl import read_objects
from training.corpora.polnear_stance import ANNOTATIONS, digest
from training.corpora.schema import Corpus, Row, pair

STANCE = {split: ANNOTATIONS / f"sentence-stance{part}.jsonl" for split, part in (("train", ""), ("dev", "-dev"))}
LIGHT = ANNOTATIONS / "sentence-light.jsonl"
PAIRS = ANNOTATIONS / "sentence-pairs.jsonl"
_TEXTS = {"dse": dse.read, "newsmtsc": newsmtsc.read, "plv": plv.read, "re3d": re3d.read}


def read_stance(data: Path, split: str) -> Corpus:
    """What is marked, and that nothing else in these texts is a statement."""
    left_out: Counter[str] = Counter()
    joined = _join(STANCE[split], data, split, left_out)
    rows = [_stance_row(name, text, labels["statements"], left_out) for name, text, labels in joined]
    return Corpus.of("sentence-stance", split, rows, left_out)


def read_light(data: Path, split: str) -> Corpus:
    """Sentiment of each target; for training alone."""
    left_out: Counter[str] = Counter()
    joined = _join(LIGHT, data, split, left_out)
    rows = [_bare_row(name, text, _lights(labels)) for name, text, labels in joined]
    return Corpus.of("sentence-light", split, rows, left_out)


def read_pairs(data: Path, split: str) -> Corpus:
    """Stance of p toward q and of q toward p; for training alone."""
    left_out: Counter[str] = Counter()
    joined = _join(PAIRS, data, split, left_out)
    rows = [_bare_row(name, text, _directed(labels)) for name, text, labels in joined]
    return Corpus.of("sentence-pairs", split, rows, left_out)


def _join(
    path: Path, data: Path, split: str, left_out: Counter[str]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Id and text of each labelled text that ``data`` has, with its labels."""
    records = [record for _, record in read_objects(path)]
    texts = {
        (corpus, digest(row["text"])): (row["id"], row["text"])
        for corpus in sorted({record["corpus"] for record in records})
        for row in _TEXTS[corpus](data, split).examples
    }
    for record in records:
        found = texts.get((record["corpus"], record["digest"]))
        if found is None:
            left_out["text that is not in the corpus"] += 1
        else:
            yield *found, record


def _stance_row(name: str, text: str, statements: list[Row], left_out: Counter[str]) -> Row:
    left_out["place-only mention"] += sum(a["place"] for s in statements for a in s["actors"])
    return {
        "id": name,
        "text": text,
        "annotated": True,
        "statements": [{role: s[role] for role in ("content", "cue", "source")} for s in statements],
        "pairs": [
            pair("stance", actor["mentions"], actor["stance"], holder=s["source"], content=s["content"])
            for s in statements
            for actor in s["actors"]
            if not actor["place"]
        ],
    }


def _bare_row(name: str, text: str, pairs: list[Row]) -> Row:
    return {"id": name, "text": text, "annotated": False, "statements": [], "pairs": pairs}


def _lights(labels: Mapping[str, Any]) -> list[Row]:
    return [pair("sentiment", [target["mention"]], target["sentiment"]) for target in labels["targets"]]


def _directed(labels: Mapping[str, Any]) -> list[Row]:
    found = []
    for labelled in labels["pairs"]:
        p, q = labelled["p"], labelled["q"]
        forth, back = dse.CLASSES[labelled["class"]]
        found += [pair("stance", [q], forth, holder=[p]), pair("stance", [p], back, holder=[q])]
    return found
