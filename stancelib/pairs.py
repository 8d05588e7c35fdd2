"""Which words a stance is read from: index arrays of (holder, content, target) over the states of many texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from stancelib.attribution import Bools, WordSpan
from stancelib.encoding import Ints

NEAR = 4  # words beside a span of a statement: its cue, a title, a negation
NEAR_BARE = 16  # words beside two spans that no statement holds together
REACH = 64  # words of the content on each side of a mention of the target: bounds the work in a page-long quote

Rows = tuple[Ints, Ints]  # rows of the states, and which pair each belongs to


@dataclass(frozen=True, slots=True)
class Triple:
    """Word spans of a holder, of what it says and of the target; ``content`` empty for two spans in a sentence."""

    holder: tuple[WordSpan, ...]
    content: tuple[WordSpan, ...]
    target: tuple[WordSpan, ...]

    @property
    def spans(self) -> tuple[WordSpan, ...]:
        """All three parts."""
        return self.holder + self.content + self.target

    def scope(self, first: int, stop: int) -> Ints:
        """The words between ``first`` and ``stop`` that tell the stance, in order."""
        near = NEAR if self.content else NEAR_BARE
        ranges = [(a - near, b + near) for a, b in self.holder + self.target]
        for a, b in self.content:
            for low, high in self.target:
                ranges.append((max(a - NEAR, low - REACH), min(b + NEAR, high + REACH)))
        words = set(chain.from_iterable(range(max(first, a), min(stop, b)) for a, b in ranges))
        return np.array(sorted(words), np.int64)


@dataclass(frozen=True)
class PairIndex:
    """P triples as rows of the states [R, H] of their texts. ``has`` [P, 2]: holder and content are there."""

    holder: Rows
    content: Rows
    target: Rows
    scope: Rows
    has: Bools

    def compact(self) -> tuple[Ints, PairIndex]:
        """The rows that any pair reads, sorted, and the same index over these rows alone."""
        parts = (self.holder, self.content, self.target, self.scope)
        used = np.unique(np.concatenate([rows for rows, _ in parts]))
        holder, content, target, scope = ((np.searchsorted(used, rows), owner) for rows, owner in parts)
        return used, PairIndex(holder, content, target, scope, self.has)


def index_pairs(items: Sequence[tuple[Triple, int, tuple[int, int]]]) -> PairIndex:
    """Index of (triple, the row of its text's word 0, the words of its text that may be read)."""
    shifts = [shift for _, shift, _ in items]
    triples = [triple for triple, _, _ in items]
    return PairIndex(
        holder=_span_rows([t.holder for t in triples], shifts),
        content=_span_rows([t.content for t in triples], shifts),
        target=_span_rows([t.target for t in triples], shifts),
        scope=_rows([t.scope(*words) for t, _, words in items], shifts),
        has=np.array([(bool(t.holder), bool(t.content)) for t in triples], bool).reshape(-1, 2),
    )


def span_rows(spans: Sequence[WordSpan]) -> Ints:
    """All words of some spans."""
    return np.concatenate([np.arange(a, b) for a, b in spans]) if spans else np.zeros(0, np.int64)


def _span_rows(parts: Sequence[Sequence[WordSpan]], shifts: Sequence[int]) -> Rows:
    return _rows([span_rows(spans) for spans in parts], shifts)


def _rows(words: Sequence[Ints], shifts: Sequence[int]) -> Rows:
    if not words:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    sizes = [len(w) for w in words]
    rows = np.concatenate([w + shift for w, shift in zip(words, shifts, strict=True)])
    return rows, np.repeat(np.arange(len(words)), sizes)
