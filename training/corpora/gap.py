"""GAP (Webster et al. 2018), of which only the names are used: two persons in each passage of Wikipedia.

``gap/gap-development.tsv`` and ``gap-validation.tsv``; the test part is what ``training.gap`` reports on.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.corpora.crossner import named_row
from training.corpora.schema import Corpus, Row, name
from training.corpora.silver import silver_names


def read(data: Path, split: str) -> Corpus:
    """The passages of both parts; ``split`` is train."""
    files = [data / "gap" / f"gap-{part}.tsv" for part in ("development", "validation")]
    return Corpus.of("gap", split, (row for file in files for row in _rows(file)), Counter())


def _rows(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8", newline="") as lines:
        for record in csv.DictReader(lines, delimiter="\t"):
            text = record["Text"]
            starts = [(int(record[f"{k}-offset"]), record[k]) for k in ("A", "B")]
            persons = [name(at, at + len(said), "person") for at, said in starts]
            yield named_row(record["ID"], text, [*silver_names(text), *persons])
