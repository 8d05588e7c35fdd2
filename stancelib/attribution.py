"""From tag and link scores to attributions: which content, cue and source belong together. NumPy only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stancelib.calibration import softmax
from stancelib.encoding import Ints, Words
from stancelib.links import LinkVectors, distance_buckets, in_reach
from stancelib.quotes import Quotation
from stancelib.spans import trim
from stancelib.viterbi import best_tags

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
WordSpan = tuple[int, int]

SHORTEST_SECTION, LONGEST_SECTION = 1500, 6000  # words
_OUTSIDE, _BEGIN, _INSIDE = range(3)
_SOURCE, _CUE, _CONTENT = range(3)
_IS_CONTENT = np.arange(3)[:, None] == _CONTENT
_SURELY_OUTSIDE = np.array([1, 0, 0], np.float32)


class LinkScorer(Protocol):
    """What decoding needs of an engine."""

    def link(self, query: str, key: str, queries: Floats, keys: Floats) -> LinkVectors:
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
    best = best_tags(list(map(_cut_by_cues, probabilities)), transitions)
    cut = [
        _cut(words, found, state, 1 - sure[:, _CONTENT, _OUTSIDE])
        for words, found, sure, state in zip(texts, best, probabilities, states, strict=True)
    ]
    linked = iter(_link([section for of_text in cut for section in of_text], scorer, no_link))
    return [[a for section in of_text for a in _join(section, next(linked))] for of_text in cut]


def _cut_by_cues(probabilities: Floats) -> Floats:
    """The same [words, 3, 3], with words outside a content for sure that are rather outside, and rather a cue.

    Else the path through a relative clause ("a plan with Assad, who thanked Moscow for …") is one content: leaving
    and beginning again for one verb costs more than staying in.
    """
    outside = probabilities[..., _OUTSIDE]
    cut = (outside[:, _CUE] < 0.5) & (outside[:, _CONTENT] > 0.5)
    return np.where(cut[:, None, None] & _IS_CONTENT, _SURELY_OUTSIDE, probabilities)


@dataclass(frozen=True)
class _Section:
    """A piece of a text between which and the others nothing is linked; ``inside`` is P(content) of every word."""

    words: Words
    states: Floats
    inside: Floats
    contents: Sequence[WordSpan]
    cues: Sequence[WordSpan]
    sources: Sequence[WordSpan]


@dataclass(frozen=True)
class _Links:
    """Log-probabilities [N, 1 + M] of every link within a section, column 0 for none."""

    to_cue: Floats
    to_source: Floats
    cue_to_source: Floats


def _cut(words: Words, tags: Ints, states: Floats, inside: Floats) -> list[_Section]:
    """The sections of a text, from its tags [words, roles], that have any content."""
    sources, cues, contents = (spans_of(tags[:, role]) for role in (_SOURCE, _CUE, _CONTENT))
    contents = complete_quotes(contents, words)
    parts = ([_between(spans, *bounds) for spans in (contents, cues, sources)] for bounds in sections(words))
    return [_Section(words, states, inside, *part) for part in parts if part[0]] if contents else []


def _link(cut: Sequence[_Section], scorer: LinkScorer, no_link: float) -> list[_Links]:
    """The links of all sections; each head is asked once for all of them."""
    if not cut:
        return []
    contents, cues, sources = ([getattr(s, role) for s in cut] for role in ("contents", "cues", "sources"))
    near_cues = [_near(s.contents, s.cues, s.words) for s in cut]
    near_sources = [_near(s.contents, s.sources, s.words) for s in cut]
    reach = [in_reach(_array(s.cues), _array(s.sources)) for s in cut]
    states = [s.states for s in cut]
    tables = (
        _link_scores(scorer, "content", "cue", states, contents, cues, near_cues, no_link),
        _link_scores(scorer, "content", "source", states, contents, sources, near_sources, no_link),
        _link_scores(scorer, "cue", "source", states, cues, sources, reach, no_link),
    )
    return [_Links(*of_section) for of_section in zip(*tables, strict=True)]


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


def _join(section: _Section, links: _Links) -> list[Attribution]:
    """The attributions of one section."""
    contents, cues, sources = section.contents, section.cues, section.sources
    found = []
    nearest_cue = links.to_cue.argmax(axis=1) - 1
    for pieces, cue in _group(contents, nearest_cue, section.words):
        # A quote that goes on for paragraphs is far from its source: ask the pieces that stand by the cue.
        beside = [i for i in pieces if nearest_cue[i] == cue]
        scores = links.to_source[beside].mean(axis=0) + (links.cue_to_source[cue] if cue >= 0 else 0)
        source = int(np.argmax(scores)) - 1
        spans = tuple(contents[i] for i in pieces)
        sure = float(np.mean(np.concatenate([section.inside[a:b] for a, b in spans])))
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
    """Which keys may belong to each content [N, M]: those of its paragraph, or for a quotation of an earlier.

    Of PolNeAR's plain contents next to none has its cue in another paragraph (1 of 2,708 in every sixth training
    article), and of the quoted ones next to none in a later paragraph (1 of 1,124). A quotation goes back to the
    last paragraph that has any key, its own if that has, and never past it.
    """
    a, b = _array(contents), _array(keys)
    places = np.concatenate([a[:, 0], a[:, 1] - 1, b[:, 0]])
    first = int(places.min())
    paragraph = np.cumsum(words.surface[first : places.max() + 1, 2])
    begins, ends, of_key = (paragraph[at - first] for at in (a[:, 0], a[:, 1] - 1, b[:, 0]))
    after_all, before_all = of_key[None, :] - ends[:, None], begins[:, None] - of_key[None, :]
    # By how many paragraphs the content comes after the key; it may itself go over several.
    later = np.where(after_all > 0, -after_all, np.maximum(before_all, 0))
    in_quotation = np.array([bool(words.surface[i:j, 1].all()) for i, j in contents])[:, None]
    near: Bools = in_reach(a, b) & ((later == 0) | in_quotation & (later > 0))
    back = np.where(near, later, np.iinfo(np.int64).max)
    nearest: Bools = near & (back == back.min(axis=1, keepdims=True, initial=np.iinfo(np.int64).max))
    return nearest


def _array(spans: Sequence[WordSpan]) -> Ints:
    return np.array(spans, np.int64).reshape(-1, 2)


def _link_scores(
    scorer: LinkScorer,
    query: str,
    key: str,
    states: Sequence[Floats],
    queries: Sequence[Sequence[WordSpan]],
    keys: Sequence[Sequence[WordSpan]],
    allowed: Sequence[Bools],
    no_link: float,
) -> list[Floats]:
    """By section, log-probabilities [N, 1 + M] of each key that is allowed, and of none in column 0."""
    spans = [(_array(a), _array(b)) for a, b in zip(queries, keys, strict=True)]
    vectors = scorer.link(
        query,
        key,
        np.concatenate([_ends(state, a) for state, (a, _) in zip(states, spans, strict=True)]),
        np.concatenate([_ends(state, b) for state, (_, b) in zip(states, spans, strict=True)]),
    )
    rows = pairwise([0, *accumulate(len(a) for a, _ in spans)])
    columns = pairwise([0, *accumulate(len(b) for _, b in spans)])
    tables = []
    for (a, b), row, column, may in zip(spans, rows, columns, allowed, strict=True):
        scores = vectors.scores(slice(*row), slice(*column), distance_buckets(a, b))
        scores[:, 1:][~may] = -np.inf
        scores[:, 0] += no_link
        tables.append(np.log(np.maximum(softmax(scores), 1e-9)))
    return tables


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
