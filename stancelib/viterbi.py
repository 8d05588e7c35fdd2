"""The likeliest tags of many texts at once (Viterbi 1967). NumPy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stancelib.calibration import Floats
from stancelib.encoding import Ints

_OUTSIDE, _INSIDE = 0, 2


def best_tags(probabilities: Sequence[Floats], transitions: Floats) -> list[Ints]:
    """The likeliest tags [words, roles] of each text, where inside never follows outside.

    ``probabilities`` [words, roles, 3] of each text; ``transitions`` [roles, 3, 3]: log-weights from tag to tag.
    The texts go side by side, the longest first, since a step in Python costs the same for one and for hundreds.
    """
    lengths = np.array([len(p) for p in probabilities], np.int64)
    if not lengths.sum():
        return [np.zeros((0, len(transitions)), np.int64) for _ in probabilities]
    order = np.argsort(-lengths, kind="stable")
    place = np.concatenate([np.arange(lengths[i]) for i in order])
    by_place = np.argsort(place, kind="stable")  # first the word 0 of every text, then the words 1 …
    logs = np.log(np.maximum(np.concatenate([probabilities[i] for i in order])[by_place], 1e-9))
    in_steps = np.empty(logs.shape[:2], np.int64)
    in_steps[by_place] = _steps(logs.transpose(2, 1, 0), np.bincount(place), transitions)
    ends = np.cumsum(lengths[order])
    found = {int(i): in_steps[end - lengths[i] : end] for i, end in zip(order, ends, strict=True)}
    return [found[i] for i in range(len(lengths))]


def _steps(emissions: Floats, counts: Ints, transitions: Floats) -> Ints:
    """Tags [words, roles] of words in order of their place; ``counts`` texts have a word at each place.

    Arrays are by tag, role and word, so that NumPy works along the words: ``emissions`` is [3, roles, words].
    """
    allowed = transitions.transpose(1, 2, 0)[..., None].copy()  # from, to, role, text
    allowed[_OUTSIDE, _INSIDE] = -np.inf
    first = np.concatenate([[0], np.cumsum(counts)])
    came_from = np.zeros(emissions.shape, np.int8)
    score = np.ascontiguousarray(emissions[:, :, : counts[0]])
    score[_INSIDE] = -np.inf
    for i in range(1, len(counts)):
        here = slice(first[i], first[i + 1])
        paths = score[:, None, :, : counts[i]] + allowed
        later = paths[1] > paths[0]
        best = np.maximum(paths[0], paths[1])
        last = paths[2] > best
        came_from[:, :, here] = np.where(last, 2, later)
        score[:, :, : counts[i]] = np.maximum(best, paths[2]) + emissions[:, :, here]
    tags = np.empty((emissions.shape[2], emissions.shape[1]), np.int64)
    current = score.argmax(axis=0)  # [roles, texts], of the last word of each text
    for i in range(len(counts) - 1, -1, -1):
        here = slice(first[i], first[i + 1])
        now = current[:, : counts[i]]
        tags[here] = now.T
        if i:
            now[...] = np.take_along_axis(came_from[:, :, here], now[None], axis=0)[0]
    return tags
