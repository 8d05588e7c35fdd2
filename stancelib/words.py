"""The words of a text with their offsets, accents folded, and the characters between them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"\w[\w\u0300-\u036f]*")
_MARKS = re.compile(r"[\u0300-\u036f]+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_HYPHENS = frozenset("-‐‑–")
_APOSTROPHES = frozenset("'’‘ʼ`")


def word_set(words: str) -> frozenset[str]:
    """The words of a list written with spaces between them."""
    return frozenset(words.split())


class _Folding(dict[int, str]):
    """Each character without its accent, always one for one, so that offsets stay what they are."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        base = unicodedata.normalize("NFD", char)[0]
        self[code] = base if base.isascii() else char
        return self[code]


_FOLDING = _Folding(zip(map(ord, "ıİøØłŁđĐ"), "iIoOlLdD", strict=True))


@dataclass(frozen=True, slots=True)
class Words:
    """Word ``i`` is ``text[starts[i]:ends[i]]``; ``keys[i]`` is the same without accents."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    keys: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Words:
        """Split ``text`` into runs of letters and digits."""
        folded = text if text.isascii() else text.translate(_FOLDING)
        spans = [m.span() for m in _WORD.finditer(folded)]
        keys = (folded[start:end] for start, end in spans)
        plain = tuple(k if k.isascii() else _MARKS.sub("", k) for k in keys)
        return cls(text, tuple(s for s, _ in spans), tuple(e for _, e in spans), plain)

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, index: int) -> str:
        """The word at ``index``, or nothing beyond either end."""
        return self.keys[index] if 0 <= index < len(self.keys) else ""

    def gap(self, index: int) -> str:
        """What stands between word ``index`` and the next, in one spelling: " ", "-", "'", ".", ". ", or as it is.

        Beyond either end of the text, and over a blank line, it is "\\n".
        """
        if not 0 <= index < len(self.keys) - 1:
            return "\n"
        gap = self.text[self.ends[index] : self.starts[index + 1]]
        if gap == " ":
            return gap
        if len(gap) > 20 or _BLANK_LINE.search(gap):
            return "\n"
        if len(gap) == 1 and gap in _HYPHENS:
            return "-"
        if len(gap) == 1 and gap in _APOSTROPHES:
            return "'"
        return re.sub(r"\s+", " ", gap)
