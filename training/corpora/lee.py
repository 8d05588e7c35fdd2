"""Lee (Lee, Pincombe and Welsh 2005): 350 short articles of news, most of 2001, half of them not domestic.

``lee/lee_background.cor`` (UTF-8) and ``lee/lee.cor`` (Windows-1252), an article a line. Nothing is labelled
there; ``lee-stance`` (sentences.py) has our labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.corpora.schema import Corpus, Row

ENCODINGS = {"lee_background": "utf-8", "lee": "cp1252"}


def read(data: Path, split: str) -> Corpus:
    """All articles; ``split`` is train, there is no other."""
    rows = (row for part, code in ENCODINGS.items() for row in _rows(data / "lee" / f"{part}.cor", code))
    return Corpus.of("lee", split, rows, Counter())


def _rows(file: Path, encoding: str) -> Iterator[Row]:
    for number, line in enumerate(file.read_text(encoding=encoding).split("\n"), 1):
        if text := line.strip():
            yield {"id": f"{file.stem}-{number}", "text": text, "annotated": False, "statements": [], "pairs": []}
