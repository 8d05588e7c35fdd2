"""Statements written for this project: ``hard`` on what articles rarely have, ``news`` as agencies write.

Hard are conditional harm, negation, irony, several actors. News is for training alone. hard-statements.txt and
news-statements.txt in ``training/annotations`` are plain text, one example a line. Lines that stand together are a
minimal pair (or triple), an empty line ends them, ``# name`` begins the lines of one phenomenon::

    # conditional harm
    [s:The envoy] [v:warned] [c:that {-KEN:Kenya} would pay if {=KEN:Nairobi} closed the port] on Monday.

``[s:source]``, ``[v:cue]``, ``[c:content]``; in the content the first mention of an actor, with stance and id:
``{+ID:words}`` favor, ``{0ID:words}`` neutral, ``{-ID:words}`` against, ``{pID:words}`` only a place; a later
mention is ``{=ID:words}``. A line without any mark reports nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from training.corpora.polnear_stance import ANNOTATIONS
from training.corpora.schema import Corpus, CorpusError, Row, pair

FILE = ANNOTATIONS / "hard-statements.txt"
NEWS = ANNOTATIONS / "news-statements.txt"
DEV_EVERY = 8  # every eighth group is dev, so that minimal pairs stay together
_MARK = re.compile(r"\[(?P<role>[svc]):|\{(?P<sign>[-+0p=])(?P<id>[^\[\]{}:]+):|[\[\]{}]")
_ROLES = {"s": "source", "v": "cue", "c": "content"}
_LABELS = {"+": "favor", "0": "neutral", "-": "against"}


class ActorSpan(NamedTuple):
    """A marked mention: ``sign`` as in the file."""

    id: str
    sign: str
    start: int
    end: int


@dataclass(frozen=True)
class HardExample:
    """One line. ``group`` numbers the minimal pairs of the file; spans are (start, end) by role."""

    text: str
    phenomenon: str
    group: int
    spans: dict[str, list[list[int]]]
    actors: tuple[ActorSpan, ...]

    def stances(self) -> dict[str, tuple[list[list[int]], str]]:
        """Id of each actor → its mentions and stance; places are left out."""
        found: dict[str, tuple[list[list[int]], str]] = {}
        for actor in self.actors:
            if actor.sign in _LABELS:
                found[actor.id] = ([], _LABELS[actor.sign])
            if actor.id in found:
                found[actor.id][0].append([actor.start, actor.end])
        return found

    def places(self) -> set[str]:
        """Ids of the actors that are only a place here."""
        return {a.id for a in self.actors if a.sign == "p"}


def read(data: Path, split: str) -> Corpus:
    """Train or dev; ``data`` is not read, the file lies beside this package."""
    left_out: Counter[str] = Counter()
    chosen = [e for e in read_examples(FILE) if is_dev(e) == (split == "dev")]
    return Corpus.of("hard", split, _rows("hard", chosen, left_out), left_out)


def read_news(data: Path, split: str) -> Corpus:
    """Train; ``data`` is not read, the file lies beside this package."""
    left_out: Counter[str] = Counter()
    return Corpus.of("news", split, _rows("news", read_examples(NEWS), left_out), left_out)


def is_dev(example: HardExample) -> bool:
    """Whether an example is for development, never for training."""
    return example.group % DEV_EVERY == 0


def read_examples(path: Path) -> Iterator[HardExample]:
    """All lines of a file. Raises CorpusError with the line number for what is not in the format."""
    phenomenon, group = "", 0
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("#"):
            phenomenon = line[1:].strip()
        elif not line.strip():
            group += 1
        else:
            try:
                yield parse(line, phenomenon, group)
            except ValueError as error:
                raise CorpusError(f"{path}, line {number}: {error}") from error


def parse(line: str, phenomenon: str = "", group: int = 0) -> HardExample:
    """One marked line. Raises ValueError for brackets that do not pair, and for actors outside the content."""
    text, position = "", 0
    opened: list[tuple[re.Match[str], int]] = []
    spans: dict[str, list[list[int]]] = {role: [] for role in _ROLES.values()}
    actors: list[ActorSpan] = []
    for mark in _MARK.finditer(line):
        text += line[position : mark.start()]
        position = mark.end()
        if mark["role"] or mark["id"]:
            opened.append((mark, len(text)))
            continue
        if mark[0] in "[{" or not opened or (mark[0] == "]") != bool(opened[-1][0]["role"]):
            raise ValueError(f"{mark[0]} at column {mark.start() + 1} does not fit")
        begin, start = opened.pop()
        if begin["role"]:
            spans[_ROLES[begin["role"]]].append([start, len(text)])
        else:
            actors.append(ActorSpan(begin["id"], begin["sign"], start, len(text)))
    if opened:
        raise ValueError(f"{opened[-1][0][0]} is not closed")
    text += line[position:]
    example = HardExample(text, phenomenon, group, spans, tuple(actors))
    _check(example)
    return example


def _check(example: HardExample) -> None:
    marked = any(example.spans.values()) or example.actors
    if (marked and not example.spans["content"]) or len(example.spans["source"]) > 1:
        raise ValueError("a statement needs content and has one source at most")
    known: set[str] = set()
    for actor in example.actors:
        if not any(a <= actor.start and actor.end <= b for a, b in example.spans["content"]):
            raise ValueError(f"{actor.id} is not in the content")
        if (actor.sign == "=") != (actor.id in known):
            raise ValueError(f"{actor.id} has two labels, or {{={actor.id}:…}} comes first")
        known.add(actor.id)


def _rows(corpus: str, examples: Iterable[HardExample], left_out: Counter[str]) -> list[Row]:
    return [_row(f"{corpus}-{n}", example, left_out) for n, example in enumerate(examples)]


def _row(name: str, example: HardExample, left_out: Counter[str]) -> Row:
    left_out["place-only mention"] += len(example.places())
    holder, content = example.spans["source"], example.spans["content"]
    return {
        "id": name,
        "text": example.text,
        "annotated": True,
        "statements": [example.spans] if example.spans["content"] else [],
        "pairs": [
            pair("stance", mentions, label, holder=holder, content=content)
            for mentions, label in example.stances().values()
        ],
    }
