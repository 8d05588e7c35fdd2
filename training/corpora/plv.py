"""PLV (Hu et al. 2024, ZSP): who does what to whom in international news, by PLOVER codes.

Cooperation → favor, conflict → against, consultation → neutral: acts, not only statements.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.corpora.marked import unmark
from training.corpora.schema import Corpus, Row, pair

_TAG = re.compile(r"</?[st]>")
_STANCES = {"1": "favor", "2": "favor", "3": "against", "4": "against"}


def read(data: Path, split: str) -> Corpus:
    """``plv/train.tsv``; a tenth of its sentences, by their hash, is dev, since no dev split is published."""
    left_out: Counter[str] = Counter()
    rows = (r for r in _rows(data / "plv" / "train.tsv", left_out) if is_dev(r["text"]) == (split == "dev"))
    return Corpus.of("plv", split, rows, left_out)


def is_dev(text: str) -> bool:
    """Whether a sentence belongs to dev."""
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16) % 10 == 0


def _rows(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        for number, record in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)):
            text, marks = unmark(record["marked_sentence"] or "", _TAG)
            if [m for m, _ in sorted(marks, key=lambda m: (m[0].strip("</>"), m[1]))] != [
                "<s>",
                "</s>",
                "<t>",
                "</t>",
            ]:
                left_out["source or target not marked"] += 1
                continue
            places = dict(marks)
            stance = (
                "neutral" if record["gold_root"] == "CONSULT" else _STANCES.get((record["gold_penta"] or "")[:1])
            )
            if stance is None:
                left_out["no gold code"] += 1
                continue
            holder, target = [places["<s>"], places["</s>"]], [places["<t>"], places["</t>"]]
            found = pair("stance", [target], stance, holder=[holder])
            yield {"id": f"plv-{number}", "text": text, "annotated": False, "statements": [], "pairs": [found]}
