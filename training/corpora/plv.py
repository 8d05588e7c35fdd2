"""PLV (Hu et al. 2024, ZSP): who does what to whom in international news, by PLOVER codes.

Cooperation → favor, conflict → against, consultation → neutral: acts, not only statements.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from training.corpora.marked import unmark
from training.corpora.schema import Corpus, Row, pair

_TAG = re.compile(r"</?[st]>")
_STANCES = {"1": "favor", "2": "favor", "3": "against", "4": "against"}


def read(data: Path, split: str) -> Corpus:
    """``plv/train.tsv``; a tenth of its sentences, by their hash, is dev, since no dev split is published."""
    left_out: Counter[str] = Counter()
    return Corpus.of("plv", split, _rows(data / "plv" / "train.tsv", split, left_out), left_out)


def is_dev(text: str) -> bool:
    """Whether a sentence belongs to dev."""
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16) % 10 == 0


def _rows(path: Path, split: str, left_out: Counter[str]) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        for number, record in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)):
            text, marks = unmark(record["marked_sentence"] or "", _TAG)
            if is_dev(text) != (split == "dev"):
                continue
            spans, stance = _spans(marks, left_out), _stance(record)
            if stance is None:
                left_out["no gold code"] += 1
            elif spans is not None:
                found = pair("stance", [spans[1]], stance, holder=[spans[0]])
                yield {"id": f"plv-{number}", "text": text, "annotated": False, "statements": [], "pairs": [found]}


def _spans(marks: list[tuple[str, int]], left_out: Counter[str]) -> tuple[list[int], list[int]] | None:
    """Source and target, where each is marked once."""
    places = dict(marks)
    if len(marks) > len(places):
        left_out["source or target marked twice"] += 1
        return None
    source, target = ([places.get(f"<{x}>", 0), places.get(f"</{x}>", 0)] for x in "st")
    if source[0] < source[1] and target[0] < target[1]:
        return source, target
    left_out["source or target not marked"] += 1
    return None


def _stance(record: Mapping[str, str | None]) -> str | None:
    if record["gold_root"] == "CONSULT":
        return "neutral"
    return _STANCES.get((record["gold_penta"] or "")[:1])
