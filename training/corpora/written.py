"""Sentences written for this project, for training alone, a line each.

``acts`` are about what two actors do to each other: ``training/annotations/acts.txt``, after what p is toward q
and q toward p (``+`` favor, ``0`` neutral, ``-`` against, ``?`` not labelled)::

    -0 [p:Tokyo] expelled [q:two Belarusian diplomats].
    0+ [p:The minister], whom [q:Congress] praised, resigned.

``portrayals`` put targets into a light: ``training/annotations/portrayals.txt``, ``+`` positive, ``0`` neutral,
``-`` negative::

    {+:Hale} was thanked for undoing what {-:the old board} had done to {0:the ferry}.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from training.corpora.marked import SENTIMENTS, STANCES, parse_line, unmark
from training.corpora.polnear_stance import ANNOTATIONS
from training.corpora.schema import Corpus, Row, pair

ACTS = ANNOTATIONS / "acts.txt"
PORTRAYALS = ANNOTATIONS / "portrayals.txt"
_ACT = re.compile(r"(?!\?\?)(?P<forth>[-+0?])(?P<back>[-+0?]) (?P<sentence>.+)")
_BRACKET = re.compile(r"\[[pq]:|[\[\]]")
_BRACE = re.compile(r"\{[-+0]:|[{}]")


def read_acts(data: Path, split: str) -> Corpus:
    """Train; ``data`` is not read, the file lies beside this package."""
    return Corpus.of("acts", split, _rows("acts", ACTS, _act), Counter())


def read_portrayals(data: Path, split: str) -> Corpus:
    """Train; ``data`` is not read, the file lies beside this package."""
    return Corpus.of("portrayals", split, _rows("portrayals", PORTRAYALS, _portrayal), Counter())


def _rows(corpus: str, path: Path, parse: Callable[[str], tuple[str, list[Row]]]) -> Iterator[Row]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            text, pairs = parse_line(parse, line, path, number)
            name = f"{corpus}-{number}"
            yield {"id": name, "text": text, "annotated": False, "statements": [], "pairs": pairs}


def _act(line: str) -> tuple[str, list[Row]]:
    found = _ACT.fullmatch(line)
    text, marks = unmark(found["sentence"], _BRACKET) if found else ("", [])
    if found is None or [mark for mark, _ in marks] != ["[p:", "]", "[q:", "]"]:
        raise ValueError("not two labels, then a sentence with one [p:…] and a later [q:…]")
    p, q = [marks[0][1], marks[1][1]], [marks[2][1], marks[3][1]]
    asked = ((found["forth"], p, q), (found["back"], q, p))
    return text, [pair("stance", [to], STANCES[sign], holder=[of]) for sign, of, to in asked if sign in STANCES]


def _portrayal(line: str) -> tuple[str, list[Row]]:
    text, marks = unmark(line, _BRACE)
    begins, ends = marks[::2], marks[1::2]
    if not marks or any(len(mark) != 3 for mark, _ in begins) or [mark for mark, _ in ends] != ["}"] * len(begins):
        raise ValueError("not a sentence with {+:…}, {0:…} or {-:…} in it")
    spans = zip(begins, ends, strict=True)
    return text, [pair("sentiment", [[a, b]], SENTIMENTS[mark[1]]) for (mark, a), (_, b) in spans]
