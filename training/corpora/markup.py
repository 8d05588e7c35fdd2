"""The marks of the statements written for this project (hard.py, news.py).

    [s:The envoy] [v:warned] [c:that {-KEN:Kenya} would pay if {=KEN:Nairobi} closed the port] on Monday.

``[s:source]``, ``[v:cue]``, ``[c:content]``; in the content the first mention of an actor, with stance and id:
``{+ID:words}`` favor, ``{0ID:words}`` neutral, ``{-ID:words}`` against, ``{pID:words}`` only a place; a later
mention is ``{=ID:words}``. Further statements of a line are numbered: ``[s2:…] [v2:…] [c2:…]``, to 9 at most;
``[s12:…]`` is the source of the first and of the second. What has no mark reports nothing. Brackets and braces are
always marks, never text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from training.corpora.marked import STANCES
from training.corpora.schema import Row, pair

_MARK = re.compile(r"\[(?P<role>[svc])(?P<number>(?<=s)\d*|\d?):|\{(?P<sign>[-+0p=])(?P<id>[^\[\]{}:]+):|[\[\]{}]")
_ROLES = {"s": "source", "v": "cue", "c": "content"}


class ActorSpan(NamedTuple):
    """A marked mention: ``sign`` as in the file."""

    id: str
    sign: str
    start: int
    end: int


@dataclass(frozen=True)
class MarkedStatement:
    """Spans (start, end) by role, and the actors in the content."""

    spans: Mapping[str, list[list[int]]]
    actors: tuple[ActorSpan, ...]

    def stances(self) -> dict[str, tuple[list[list[int]], str]]:
        """Id of each actor → its mentions and stance; places are left out."""
        found: dict[str, tuple[list[list[int]], str]] = {}
        for actor in self.actors:
            if actor.sign in STANCES:
                found[actor.id] = ([], STANCES[actor.sign])
            if actor.id in found:
                found[actor.id][0].append([actor.start, actor.end])
        return found

    def places(self) -> set[str]:
        """Ids of the actors that are only a place here."""
        return {a.id for a in self.actors if a.sign == "p"}

    def shifted(self, by: int) -> MarkedStatement:
        """The same statement in a text with ``by`` more characters before it."""
        spans = {role: [[a + by, b + by] for a, b in found] for role, found in self.spans.items()}
        return MarkedStatement(spans, tuple(a._replace(start=a.start + by, end=a.end + by) for a in self.actors))


def parse(line: str) -> tuple[str, tuple[MarkedStatement, ...]]:
    """The text of a marked line, and its statements.

    Raises ValueError for brackets that do not pair or hold nothing; statements that are not numbered from 2 on, or
    overlap, have no content or two sources; actors outside a content or with two labels.
    """
    text, marks = _scan(line)
    numbered: dict[int, list[tuple[str, list[int]]]] = {}
    actors = []
    for mark, start, end in marks:
        if mark["role"]:
            for number in mark["number"] or "1":
                numbered.setdefault(int(number), []).append((_ROLES[mark["role"]], [start, end]))
        else:
            actors.append(ActorSpan(mark["id"], mark["sign"], start, end))
    if sorted(numbered) != list(range(1, len(numbered) + 1)):
        raise ValueError(f"the statements have the numbers {sorted(numbered)}: leave out 1, then count 2, 3 …")
    statements = tuple(_statement(numbered[number], actors) for number in sorted(numbered))
    if lost := [a.id for a in actors if not any(a in s.actors for s in statements)]:
        raise ValueError(f"{lost[0]} is not in the content")
    return text, statements


def _scan(line: str) -> tuple[str, list[tuple[re.Match[str], int, int]]]:
    """The text without its marks, and for each the span that it opens; spans of statements do not overlap."""
    text, position = "", 0
    opened: list[tuple[re.Match[str], int]] = []
    closed: list[tuple[re.Match[str], int, int]] = []
    for mark in _MARK.finditer(line):
        text += line[position : mark.start()]
        position = mark.end()
        if mark["id"] or (mark["role"] and not opened):
            opened.append((mark, len(text)))
            continue
        pairs = bool(opened) and (mark[0], bool(opened[-1][0]["role"])) in (("]", True), ("}", False))
        if not pairs or opened[-1][1] == len(text):
            raise ValueError(
                f"{mark[0]} at column {mark.start() + 1} does not fit, or there is nothing in the mark"
            )
        closed.append((*opened.pop(), len(text)))
    if opened:
        raise ValueError(f"{opened[-1][0][0]} is not closed")
    return text + line[position:], closed


def _statement(marks: Sequence[tuple[str, list[int]]], actors: Sequence[ActorSpan]) -> MarkedStatement:
    spans = {role: [span for r, span in marks if r == role] for role in _ROLES.values()}
    if not spans["content"] or len(spans["source"]) > 1:
        raise ValueError("a statement needs content and has one source at most")
    inside = [a for a in actors if any(start <= a.start and a.end <= end for start, end in spans["content"])]
    known: set[str] = set()
    for actor in inside:
        if (actor.sign == "=") != (actor.id in known):
            raise ValueError(f"{actor.id} has two labels, or {{={actor.id}:…}} comes first")
        known.add(actor.id)
    return MarkedStatement(spans, tuple(inside))


def to_row(name: str, text: str, statements: Sequence[MarkedStatement], left_out: Counter[str]) -> Row:
    """The row of a text all of whose statements are marked."""
    left_out["place-only mention"] += sum(len(s.places()) for s in statements)
    return {
        "id": name,
        "text": text,
        "annotated": True,
        "statements": [dict(s.spans) for s in statements],
        "pairs": [
            pair("stance", mentions, label, holder=s.spans["source"], content=s.spans["content"])
            for s in statements
            for mentions, label in s.stances().values()
        ],
    }
