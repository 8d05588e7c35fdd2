"""Quotation marks: where quotations open and close in a text.

A character scanner with a stack, linear in the text. News mixes “curly”, "straight", ‘single’, ``TeX'' and
«angle» marks, nests them, forgets to close them, and reopens them at each paragraph of a long quote; apostrophes
look like closing marks. Paragraph ends therefore close whatever is still open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence, Set
from dataclasses import dataclass

from stancelib.types import Span, StatementKind

_BREAK = r"(?:\r\n|\n|\r(?!\n))"
_PARAGRAPH = re.compile(
    rf"{_BREAK}[^\S\r\n]*(?:{_BREAK}\s*|(?=[“\"‘«`']))|(?<=[.!?:;”\"’»…]){_BREAK}",
)
_DECADE = re.compile(r"\d\ds\b")
_MARK = re.compile(r"``|''|[“”„‟«»\"‘’‚‹›']")
_OPENERS = {"“": "”", "„": "”", "‟": "”", "«": "»", "``": "''", "‘": "’", "‚": "’", "‹": "›"}
_CLOSERS = frozenset("”»’›")
_DOUBLE_CLOSERS = frozenset(("”", '"', "''"))
_DEEPEST = 8  # nobody nests deeper, and a bounded stack keeps a page of opening marks linear
_SINGLE = frozenset("’'")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with its marks: ``start`` at the opening mark, ``end`` after the closing one.

    ``inner_start`` and ``inner_end`` leave the marks out. ``closed`` is False where the paragraph ended first (a
    quote that goes on in the next paragraph, or a forgotten mark); then ``end`` is the end of the paragraph.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    """A quotation mark, and the characters on both sides of it in its paragraph (a space at the edges)."""

    text: str
    start: int
    end: int
    before: str
    after: str

    @classmethod
    def of(cls, match: re.Match[str], text: str, start: int, end: int) -> _Mark:
        a, b = match.span()
        before = text[a - 1] if a > start else " "
        after = text[b] if b < end else " "
        return cls(match.group(), a, b, before, after)


@dataclass(frozen=True, slots=True)
class _Open:
    closer: str
    start: int
    inner: int


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Offsets of the paragraphs of ``text``, which leave out the white space between them.

    A blank line ends a paragraph; a single line break does so only after the end of a sentence or before an
    opening quotation mark, since many archives wrap their lines.
    """
    spans, start = [], 0
    for match in _PARAGRAPH.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return [(a, b) for a, b in spans if text[a:b].strip()]


def quotations(text: str) -> list[Quotation]:
    """The outermost quotations of ``text`` in order; they never overlap and never cross a paragraph."""
    found: list[Quotation] = []
    for start, end in paragraphs(text):
        found.extend(_outermost(_scan(text, start, end)))
    return found


def statement_kind(content: Sequence[Span], quoted: Sequence[Quotation]) -> StatementKind:
    """direct: all of the content stands inside quotation marks; mixed: part of it; indirect: none.

    ``quoted`` are the quotations of the text, in order.
    """
    inside, touched = [], []
    for span in content:
        after = bisect_right(quoted, span.start, key=lambda q: q.start)
        before = quoted[after - 1] if after else None
        following = quoted[after] if after < len(quoted) else None
        inside.append(before is not None and span.end <= before.end)
        touched.append(
            (before is not None and span.start < before.end)
            or (following is not None and following.start < span.end)
        )
    return "direct" if all(inside) else "mixed" if any(touched) else "indirect"


def _outermost(items: Sequence[Quotation]) -> list[Quotation]:
    kept: list[Quotation] = []
    for item in sorted(items, key=lambda q: (q.start, -q.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def _scan(text: str, start: int, end: int) -> list[Quotation]:
    """Quotations of one paragraph, nested ones included."""
    marks = [_Mark.of(m, text, start, end) for m in _MARK.finditer(text, start, end)]
    single_closers = _single_closers(text, marks)
    last_single = max(single_closers, default=-1)
    stack: list[_Open] = []
    found: list[Quotation] = []
    for mark in marks:
        closer = _opened_by(text, mark, stack)
        if closer is not None:
            if closer not in _SINGLE or mark.end <= last_single:  # else an apostrophe: 'em
                del stack[: max(0, len(stack) - _DEEPEST)]
                stack.append(_Open(closer, mark.start, mark.end))
        elif (depth := _depth_closed(mark, stack, single_closers)) is not None:
            opened = stack[depth]
            del stack[depth:]
            found.append(Quotation(opened.start, mark.end, opened.inner, mark.start, closed=True))
    # A single mark still open was an apostrophe; a double one still open runs to the end of the paragraph.
    found.extend(Quotation(o.start, end, o.inner, end, closed=False) for o in stack if o.closer not in _SINGLE)
    return found


def _opened_by(text: str, mark: _Mark, stack: Sequence[_Open]) -> str | None:
    """The closing mark that ``mark`` waits for if it opens a quotation, else None."""
    if mark.text in _CLOSERS:
        return None
    if mark.text in _OPENERS:
        apostrophe = mark.text == "‘" and (mark.before.isalnum() or _DECADE.match(text, mark.end))
        return None if apostrophe else _OPENERS[mark.text]
    if any(o.closer == mark.text for o in stack):
        return None
    faces_right = not mark.before.isalnum() and mark.before not in ".,!?;:%)]…" and not mark.after.isspace()
    if mark.text == "'":
        opens = faces_right and mark.after.isalnum() and not _DECADE.match(text, mark.end)
        return mark.text if opens else None
    return mark.text if faces_right or not mark.after.isspace() else None


def _depth_closed(mark: _Mark, stack: Sequence[_Open], single_closers: Set[int]) -> int | None:
    """Index in ``stack`` of the quotation that ``mark`` closes; None for an apostrophe or a stray mark."""
    if mark.text in _SINGLE and mark.start not in single_closers:
        return None
    for depth in range(len(stack) - 1, -1, -1):
        waits_for = stack[depth].closer
        # “text" and ``text” are closed by whatever double mark comes.
        if waits_for == mark.text or {waits_for, mark.text} <= _DOUBLE_CLOSERS:
            return depth
    return None


def _single_closers(text: str, marks: Sequence[_Mark]) -> set[int]:
    """Offsets at which ’ or ' can close a quotation: after a non-space, before no letter or digit.

    After "s" it may as well be a plural's apostrophe ("the states’ leaders"), which is believed where a lower-case
    word follows and a clearer closing mark comes later in the paragraph.
    """
    singles = [m for m in marks if m.text in _SINGLE and not m.before.isspace() and not m.after.isalnum()]
    doubtful = {
        m.start
        for m in singles
        if m.before in "sS" and m.after.isspace() and text[m.end + 1 : m.end + 2].islower()
    }
    last_sure = max((m.start for m in singles if m.start not in doubtful), default=-1)
    return {m.start for m in singles if m.start not in doubtful or m.start > last_sure}
