"""Where a span begins and ends: edges without marks, by the annotation guide."""

from __future__ import annotations

import re

_LEADING_THAT = re.compile(r"that\b[\s,“\"‘'`]*", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?:^|[^\w.])(?:\w\.)+\w$")
_EDGE = frozenset("\u200b\ufeff“”„‟\"‘’‚‛'`«»‹›.,;:!?…-–—()[]{}")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """``start`` and ``end`` without quotation marks, punctuation and white space at the edges.

    The full stop of an abbreviation ("the U.S."), the bracket that closes one inside the span and the apostrophe
    of a plural ("the states’") stay. A span of marks only shrinks to nothing (start == end).
    """
    while start < end and _is_edge(text[start]):
        start += 1
    stop = end
    while end > start and _is_edge(text[end - 1]):
        end -= 1
    if end < stop and text[end] == "." and _ABBREVIATION.search(text, max(start, end - 24), end):
        return start, end + 1
    if end < stop and text[end] in _PAIRS and _PAIRS[text[end]] in text[start:end]:
        return start, end + 1
    return start, end


def _is_edge(character: str) -> bool:
    return character in _EDGE or character.isspace()


def trim_content(text: str, start: int, end: int) -> tuple[int, int]:
    """``trim``, and no leading "that" either."""
    start, end = trim(text, start, end)
    match = _LEADING_THAT.match(text, start, end)
    if match and match.end() < end:
        return trim(text, match.end(), end)
    return start, end
