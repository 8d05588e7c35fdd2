"""Where a span begins and ends: edges without marks, by the annotation guide; targets that a user names."""

from __future__ import annotations

import re
from numbers import Integral

from stancelib.errors import InvalidInputError, InvalidTypeError

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


def find_span(text: str, target: object) -> tuple[int, int]:
    """Offsets of ``target`` in ``text``: offsets are checked, a string is searched, as a whole word if possible.

    Raises InvalidTypeError or InvalidInputError where it is neither, or not there, or blank.
    """
    if isinstance(target, str):
        start, end = _search(text, target)
    elif isinstance(target, tuple | list) and len(target) == 2 and all(isinstance(x, Integral) for x in target):
        start, end = int(target[0]), int(target[1])
        if not 0 <= start < end <= len(text):
            raise InvalidInputError(
                f"offsets ({start}, {end}) are not in the text: 0 <= start < end <= {len(text)} is needed"
            )
    else:
        raise InvalidTypeError(f"{target!r} is no target: give a substring of the text, or (start, end) offsets")
    if not text[start:end].strip():
        raise InvalidInputError(
            f"at offsets ({start}, {end}) the text has only white space: give a name or a phrase"
        )
    return start, end


def _search(text: str, target: str) -> tuple[int, int]:
    if not target.strip():
        raise InvalidInputError(f"the target {target!r} is empty: give a substring of the text")
    first = at = text.find(target)
    while at >= 0:
        end = at + len(target)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            return at, end
        at = text.find(target, at + 1)
    if first < 0:
        raise InvalidInputError(f"the target {target!r} is not in the text: give a substring of it, or offsets")
    return first, first + len(target)
