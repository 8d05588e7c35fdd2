"""DSE (Park, Pan and Joo 2021): directed sentiment between two entities of a sentence.

Each row gives two pairs, p toward q and q toward p, in this order; rows that share a sentence are one example.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from training.corpora.marked import unmark
from training.corpora.schema import Corpus, Row, pair

_BRACKET = re.compile(r"[\[\]]")
# class → stance of p toward q, and of q toward p
CLASSES = {
    "0": ("neutral", "neutral"),
    "1": ("favor", "neutral"),
    "2": ("neutral", "favor"),
    "3": ("against", "neutral"),
    "4": ("neutral", "against"),
}


def read(data: Path, split: str) -> Corpus:
    """``dse/{train,dev}.txt``, CSV with tabs: sentence with [p] and [q] in brackets, p, q, class."""
    left_out: Counter[str] = Counter()
    rows: dict[str, Row] = {}
    with (data / "dse" / f"{split}.txt").open(encoding="utf-8", newline="") as lines:
        for fields in csv.reader(lines, delimiter="\t"):
            parsed = _parse(fields, left_out)
            if parsed is None:
                continue
            text, pairs = parsed
            empty = {"id": f"dse-{split}-{len(rows)}", "annotated": False, "statements": []}
            rows.setdefault(text, {**empty, "text": text, "pairs": []})["pairs"].extend(pairs)
    return Corpus.of("dse", split, rows.values(), left_out)


def _parse(fields: Sequence[str], left_out: Counter[str]) -> tuple[str, list[Row]] | None:
    if len(fields) != 4 or fields[3] not in CLASSES:
        left_out["malformed line"] += 1
        return None
    sentence, p, q, label = fields
    text, marks = unmark(sentence, _BRACKET)
    spans = [_strip(text, a, b) for (open_, a), (close, b) in pairwise(marks) if open_ + close == "[]"]
    at_p = next((s for s in spans if text[slice(*s)] == p.strip()), None)
    at_q = next((s for s in spans if text[slice(*s)] == q.strip() and s != at_p), None)
    if not (at_p and at_q and p.strip() and q.strip()):
        left_out["p or q not in brackets"] += 1
        return None
    forth, back = CLASSES[label]
    return text, [pair("stance", [at_q], forth, holder=[at_p]), pair("stance", [at_p], back, holder=[at_q])]


def _strip(text: str, start: int, end: int) -> list[int]:
    """Without the white space that some brackets take in."""
    inside = text[start:end]
    return [end - len(inside.lstrip()), start + len(inside.rstrip())]
