"""From tag and link scores to attributions: which content, cue and source belong together. NumPy only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stancelib.calibration import softmax
from stancelib.encoding import Ints, Words
from stancelib.links import distance_buckets, in_reach
from stancelib.quotes import Quotation
from stancelib.spans import trim
from stancelib.viterbi import best_tags

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
WordSpan = tuple[int, int]

SHORTEST_SECTION, LONGEST_SECTION = 1500, 6000  # words
_OUTSIDE, _BEGIN, _INSIDE = range(3)
_SOURCE, _CUE, _CONTENT = range(3)


class LinkScorer(Protocol):
    """What decoding needs of an engine."""

    def link(self, query: str, key: str, queries: Floats, keys: Floats, distances: Ints) -> Floats:
        """See TorchEngine.link."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One act of reporting, in word spans; ``probability`` is the mean over the content's words."""

    content: tuple[WordSpan, ...]
    cue: WordSpan | None
    source: WordSpan | None
    probability: float


def decode_all(
    texts: Sequence[Words],
    tags: Sequence[Floats],
    states: Sequence[Floats],
    scorer: LinkScorer,
    transitions: Floats,
    no_link: float = 0.0,
) -> list[list[Attribution]]:
    """Attributions of each text, in order of their content.

    ``tags`` [words, 3, 3] are logits by role (source, cue, content) and by outside, begin, inside; ``states`` is
    [words, H]; ``transitions`` [3, 3, 3] are log-weights from tag to tag by role, ``no_link`` what is added to
    the score of no link.
    """
    probabilities = [softmax(t) for t in tags]
    best = best_tags(probabilities, transitions)
    return [
        _decode(words, found, 1 - sure[:, _CONTENT, _OUTSIDE], state, scorer, no_link)
        for words, found, sure, state in zip(texts, best, probabilities, states, strict=True)
    ]


def _decode(
    words: Words, tags: Ints, inside: Floats, states: Floats, scorer: LinkScorer, no_link: float
) -> list[Attribution]:
    """Attributions of one text from its tags [words, roles]; ``inside`` is P(content) of every word."""
    sources, cues, contents = (spans_of(tags[:, role]) for role in (_SOURCE, _CUE, _CONTENT))
    contents = complete_quotes(contents, words)
    if not contents:
        return []
    found: list[Attribution] = []
    for first, stop in sections(words):
        here = _between(contents, first, stop)
        if here:
            near = _between(cues, first, stop), _between(sources, first, stop)
            found += _join(here, *near, words, states, scorer, inside, no_link)
    return found


def sections(words: Words) -> list[WordSpan]:
    """Pieces of a text between which nothing is linked: without them links would cost the square of its length.

    A section ends before a paragraph that opens no quotation, or where it has become too long in spite of that.
    """
    opens = (words.surface[:, 2] == 1) & (words.surface[:, 1] == 0)
    cuts, last = [0], 0
    for start in np.flatnonzero(opens).tolist():
        while start - last > LONGEST_SECTION:
            last += LONGEST_SECTION
            cuts.append(last)
        if start - last >= SHORTEST_SECTION:
            last = start
            cuts.append(last)
    cuts += range(last + LONGEST_SECTION, len(words), LONGEST_SECTION)
    return list(pairwise([*cuts, len(words)]))


def _between(spans: Sequence[WordSpan], first: int, stop: int) -> Sequence[WordSpan]:
    return spans[bisect_left(spans, (first, 0)) : bisect_left(spans, (stop, 0))]


def _join(
    contents: Sequence[WordSpan],
    cues: Sequence[WordSpan],
    sources: Sequence[WordSpan],
    words: Words,
    states: Floats,
    scorer: LinkScorer,
    inside: Floats,
    no_link: float,
) -> list[Attribution]:
    """The attributions of one section; ``inside`` is P(content) of every word of the text."""
    near_cues, near_sources = _near(contents, cues, words), _near(contents, sources, words)
    reach = in_reach(_array(cues), _array(sources))
    to_cue = _link_scores("content", "cue", contents, cues, states, scorer, near_cues, no_link)
    to_source = _link_scores("content", "source", contents, sources, states, scorer, near_sources, no_link)
    cue_to_source = _link_scores("cue", "source", cues, sources, states, scorer, reach, no_link)
    found = []
    nearest_cue = to_cue.argmax(axis=1) - 1
    for pieces, cue in _group(contents, nearest_cue, words):
        # A quote that goes on for paragraphs is far from its source: ask the pieces that stand by the cue.
        beside = [i for i in pieces if nearest_cue[i] == cue]
        scores = to_source[beside].mean(axis=0) + (cue_to_source[cue] if cue >= 0 else 0)
        source = int(np.argmax(scores)) - 1
        spans = tuple(contents[i] for i in pieces)
        sure = float(np.mean(np.concatenate([inside[a:b] for a, b in spans])))
        found.append(
            Attribution(spans, cues[cue] if cue >= 0 else None, sources[source] if source >= 0 else None, sure)
        )
    return found


def spans_of(tags: Ints) -> list[WordSpan]:
    """The spans that tags [words] of one role mark: each from a begin to the next word that is not inside."""
    starts = np.flatnonzero(tags == _BEGIN)
    stops = np.flatnonzero(np.append(tags != _INSIDE, True))
    ends = stops[np.searchsorted(stops, starts, side="right")]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def complete_quotes(contents: Sequence[WordSpan], words: Words) -> list[WordSpan]:
    """Contents whose border falls inside a closed quotation reach to its marks, or to the next content in it."""
    if not contents:
        return []
    quoted = (_inner_words(q, words) for q in words.quotations if q.closed)
    inner = [span for span in quoted if span[0] < span[1]]
    completed: list[WordSpan] = []
    for (start, stop), following in zip(contents, [*(a for a, _ in contents[1:]), len(words)], strict=True):
        before = completed[-1][1] if completed else 0
        if (at := _quotation_of(inner, start)) is not None and before <= inner[at][0]:
            start = int(inner[at][0])
        if (at := _quotation_of(inner, stop - 1)) is not None and following >= inner[at][1]:
            stop = int(inner[at][1])
        completed.append((start, stop))
    return completed


def _inner_words(quotation: Quotation, words: Words) -> WordSpan:
    start, end = trim(words.text, quotation.inner_start, quotation.inner_end)
    return words.covering(start, end) if start < end else (0, 0)


def _quotation_of(inner: Sequence[WordSpan], word: int) -> int | None:
    at = bisect_right(inner, word, key=lambda span: span[0]) - 1
    return at if at >= 0 and word < inner[at][1] else None


def _near(contents: Sequence[WordSpan], keys: Sequence[WordSpan], words: Words) -> Bools:
    """Which keys may belong to each content [N, M]: those of its paragraph, and earlier ones if it is a quotation.

    Of PolNeAR's plain contents next to none has its cue in another paragraph (1 of 2,708 in every sixth training
    article), and of the quoted ones next to none in a later paragraph (1 of 1,124).
    """
    a, b = _array(contents), _array(keys)
    starts = np.concatenate([a[:, 0], b[:, 0]])
    first = int(starts.min())
    paragraph = np.cumsum(words.surface[first : starts.max() + 1, 2])
    later = paragraph[a[:, 0] - first][:, None] - paragraph[b[:, 0] - first][None, :]
    in_quotation = np.array([bool(words.surface[i:j, 1].all()) for i, j in contents])[:, None]
    near: Bools = in_reach(a, b) & ((later == 0) | in_quotation & (later > 0))
    return near


def _array(spans: Sequence[WordSpan]) -> Ints:
    return np.array(spans, np.int64).reshape(-1, 2)


def _link_scores(
    query: str,
    key: str,
    queries: Sequence[WordSpan],
    keys: Sequence[WordSpan],
    states: Floats,
    scorer: LinkScorer,
    allowed: Bools,
    no_link: float,
) -> Floats:
    """Log-probabilities [N, 1 + M] of each key that is allowed, and of none in column 0."""
    a, b = _array(queries), _array(keys)
    scores = scorer.link(query, key, _ends(states, a), _ends(states, b), distance_buckets(a, b))
    scores[:, 1:][~allowed] = -np.inf
    scores[:, 0] += no_link
    logs: Floats = np.log(np.maximum(softmax(scores), 1e-9))
    return logs


def _ends(states: Floats, spans: Ints) -> Floats:
    return np.concatenate([states[spans[:, 0]], states[spans[:, 1] - 1]], axis=1).astype(np.float32)


def _group(contents: Sequence[WordSpan], cues: Ints, words: Words) -> list[tuple[list[int], int]]:
    """Pieces that share a cue, or a quote that goes on in the next paragraph, are one statement: (pieces, cue)."""
    chain = _continued(contents, words)
    groups: dict[tuple[str, int], list[int]] = {}
    key_of: dict[int, tuple[str, int]] = {}
    for i, cue in enumerate(cues.tolist()):
        if i in chain and (cue < 0 or cue == key_of[chain[i]][1]):
            key = key_of[chain[i]]
        else:
            key = ("cue", cue) if cue >= 0 else ("alone", -1 - i)
        key_of[i] = key
        groups.setdefault(key, []).append(i)
    return [(pieces, key[1] if key[0] == "cue" else -1) for key, pieces in groups.items()]


def _continued(contents: Sequence[WordSpan], words: Words) -> dict[int, int]:
    """Pieces of content that reopen a quotation which the paragraph before left open: piece → piece before."""
    chained = {}
    open_before: dict[int, int] = {}
    quotes = words.quotations
    for i, span in enumerate(contents):
        start, end = words.offsets(*span)
        at = bisect_right(quotes, start, key=lambda q: q.start) - 1
        if at < 0 or end > quotes[at].end:
            continue
        if at - 1 in open_before and words.surface[words.covering(*_mark(quotes[at]))[0], 2]:
            chained[i] = open_before[at - 1]
        if not quotes[at].closed:
            open_before[at] = i
    return chained


def _mark(quotation: Quotation) -> tuple[int, int]:
    return quotation.start, quotation.inner_start
