"""From tag and link scores to attributions: which content, cue and source belong together. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stancelib.calibration import softmax
from stancelib.encoding import Ints, Words
from stancelib.links import distance_buckets, in_reach
from stancelib.quotes import Quotation
from stancelib.spans import trim

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
WordSpan = tuple[int, int]

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


def decode(
    words: Words, tags: Floats, states: Floats, scorer: LinkScorer, transitions: Floats, no_link: float = 0.0
) -> list[Attribution]:
    """Attributions of a text, in order of their content.

    ``tags`` [words, 3, 3] are logits by role (source, cue, content) and by outside, begin, inside; ``states`` is
    [words, H]; ``transitions`` [3, 3, 3] are log-weights from tag to tag by role, ``no_link`` what is added to
    the score of no link.
    """
    probabilities = softmax(tags)
    best = best_tags(probabilities, transitions)
    sources, cues, contents = (spans_of(best[:, role]) for role in (_SOURCE, _CUE, _CONTENT))
    contents = complete_quotes(contents, words)
    if not contents:
        return []
    near_cues, near_sources = _near(contents, cues, words), _near(contents, sources, words)
    reach = in_reach(_array(cues), _array(sources))
    to_cue = _link_scores("content", "cue", contents, cues, states, scorer, near_cues, no_link)
    to_source = _link_scores("content", "source", contents, sources, states, scorer, near_sources, no_link)
    cue_to_source = _link_scores("cue", "source", cues, sources, states, scorer, reach, no_link)
    inside = 1 - probabilities[:, _CONTENT, _OUTSIDE]
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


def best_tags(probabilities: Floats, transitions: Floats) -> Ints:
    """The likeliest tags [words, roles], where inside never follows outside (Viterbi 1967).

    ``probabilities`` [words, roles, 3], ``transitions`` [roles, 3, 3]: log-weights from one tag to the next.
    """
    allowed = transitions.copy()
    allowed[:, _OUTSIDE, _INSIDE] = -np.inf
    emissions = np.log(np.maximum(probabilities, 1e-9))
    came_from = np.zeros((len(emissions), *emissions.shape[1:]), np.int64)
    score = emissions[0].copy()
    score[:, _INSIDE] = -np.inf
    for i in range(1, len(emissions)):
        paths = score[:, :, None] + allowed
        came_from[i] = paths.argmax(axis=1)
        score = paths.max(axis=1) + emissions[i]
    tags = np.zeros(emissions.shape[:2], np.int64)
    tags[-1] = score.argmax(axis=1)
    roles = np.arange(emissions.shape[1])
    for i in range(len(emissions) - 1, 0, -1):
        tags[i - 1] = came_from[i, roles, tags[i]]
    return tags


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
    inner = np.array([_inner_words(q, words) for q in words.quotations if q.closed], np.int64).reshape(-1, 2)
    inner = inner[inner[:, 0] < inner[:, 1]]
    completed: list[WordSpan] = []
    for (start, stop), following in zip(contents, [*(a for a, _ in contents[1:]), len(words)], strict=True):
        before = completed[-1][1] if completed else 0
        if (at := _quotation_of(inner, start)) is not None and before <= inner[at, 0]:
            start = int(inner[at, 0])
        if (at := _quotation_of(inner, stop - 1)) is not None and following >= inner[at, 1]:
            stop = int(inner[at, 1])
        completed.append((start, stop))
    return completed


def _inner_words(quotation: Quotation, words: Words) -> WordSpan:
    start, end = trim(words.text, quotation.inner_start, quotation.inner_end)
    return words.covering(start, end) if start < end else (0, 0)


def _quotation_of(inner: NDArray[np.int64], word: int) -> int | None:
    at = int(np.searchsorted(inner[:, 0], word, side="right")) - 1
    return at if at >= 0 and word < inner[at, 1] else None


def _near(contents: Sequence[WordSpan], keys: Sequence[WordSpan], words: Words) -> Bools:
    """Which keys may belong to each content [N, M]: those of its paragraph, and earlier ones if it is a quotation.

    In PolNeAR's training articles 1 of 2,700 plain contents has its cue in another paragraph, and 1 of 1,100
    quoted ones in a later paragraph.
    """
    paragraph = np.cumsum(words.surface[:, 2])
    quoted = words.surface[:, 1] > 0
    a, b = _array(contents), _array(keys)
    later = paragraph[a[:, 0]][:, None] - paragraph[b[:, 0]][None, :]
    in_quotation = np.array([bool(quoted[i:j].all()) for i, j in contents])[:, None]
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
    quotes = list(words.quotations)
    starts = [q.start for q in quotes]
    for i, span in enumerate(contents):
        start, end = words.offsets(*span)
        at = int(np.searchsorted(starts, start, side="right")) - 1
        if at < 0 or end > quotes[at].end:
            continue
        if at - 1 in open_before and words.surface[words.covering(*_mark(quotes[at]))[0], 2]:
            chained[i] = open_before[at - 1]
        if not quotes[at].closed:
            open_before[at] = i
    return chained


def _mark(quotation: Quotation) -> tuple[int, int]:
    return quotation.start, quotation.inner_start
