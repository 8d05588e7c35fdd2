"""International news annotated for this project by the annotation guide: statements, speakers, actors, stance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from training.corpora.jsonl import read_objects
from training.corpora.schema import Corpus, Row, pair


def read_train(data: Path, split: str) -> Corpus:
    """``intl-train/intl-train.jsonl``: the beginnings of PolNeAR training articles."""
    return _read("intl-train", data, split)


def read_dev(data: Path, split: str) -> Corpus:
    """``intl-dev/intl-dev.jsonl``: for development, never for training."""
    return _read("intl-dev", data, split)


def read_documents(name: str, data: Path) -> list[dict[str, Any]]:
    """The annotation as it is, with speakers and actors."""
    return [document for _, document in read_objects(data / name / f"{name}.jsonl")]


def _read(name: str, data: Path, split: str) -> Corpus:
    left_out: Counter[str] = Counter()
    rows = [_row(document, left_out) for document in read_documents(name, data)]
    return Corpus.of(name, split, rows, left_out)


def _row(document: dict[str, Any], left_out: Counter[str]) -> Row:
    statements = [{role: s[role] for role in ("content", "cue", "source")} for s in document["statements"]]
    pairs = []
    for s in document["statements"]:
        for actor in s["actors"]:
            if actor["place"]:
                left_out["place-only mention"] += 1
                continue
            pairs.append(
                pair("stance", [actor["mention"]], actor["stance"], holder=s["source"], content=s["content"])
            )
    return {
        "id": document["id"],
        "text": document["text"],
        "annotated": True,
        "statements": statements,
        "pairs": pairs,
    }
