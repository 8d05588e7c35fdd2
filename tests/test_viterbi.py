"""The likeliest tags: what may follow what, and that texts side by side do not disturb each other."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, product

import numpy as np
import pytest

from stancelib.attribution import Floats
from stancelib.viterbi import best_tags

FREE = np.zeros((3, 3, 3), np.float32)


def tags_of(rows: list[list[float]], transitions: Floats = FREE) -> list[int]:
    """Best tags where all three roles have the same probabilities."""
    (found,) = best_tags([np.repeat(np.array(rows, np.float32)[:, None], 3, axis=1)], transitions)
    assert (found[:, :1] == found).all()
    return [int(t) for t in found[:, 0]]


def test_a_span_never_begins_with_inside() -> None:
    assert tags_of([[0.5, 0.1, 0.4], [0.1, 0.2, 0.7], [0.9, 0.05, 0.05]]) == [0, 1, 0]
    assert tags_of([[0.4, 0.35, 0.25], [0.02, 0.03, 0.95], [0.9, 0.05, 0.05]]) == [1, 2, 0]
    assert tags_of([[0.1, 0.2, 0.7]]) == [1]


def test_transitions_hold_a_span_together() -> None:
    rows = [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.5, 0.1, 0.4], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]]
    sticky = np.tile(
        np.log(np.array([[0.9, 0.1, 1], [0.1, 0.01, 0.89], [0.1, 0.01, 0.89]], np.float32)), (3, 1, 1)
    )
    assert tags_of(rows, sticky) == [1, 2, 2, 2, 0]


def brute_force(probabilities: Floats, transitions: Floats) -> list[list[int]]:
    """The best of all sequences of tags, by role."""

    def score(tags: tuple[int, ...], role: int) -> float:
        if any(b == 2 and a == 0 for a, b in pairwise((0, *tags))):
            return -np.inf
        steps = sum(float(transitions[role, a, b]) for a, b in pairwise(tags))
        return steps + sum(float(np.log(probabilities[i, role, t])) for i, t in enumerate(tags))

    sequences = list(product(range(3), repeat=len(probabilities)))
    return [list(max(sequences, key=partial(score, role=role))) for role in range(3)]


@pytest.mark.parametrize("seed", range(5))
def test_texts_side_by_side_have_the_best_of_all_sequences(seed: int) -> None:
    random = np.random.default_rng(seed)
    texts = [random.dirichlet([1, 1, 1], (n, 3)).astype(np.float32) for n in (4, 6, 1, 6, 5)]
    transitions = random.normal(size=(3, 3, 3)).astype(np.float32)
    found = [tags.T.tolist() for tags in best_tags(texts, transitions)]
    assert found == [brute_force(text, transitions) for text in texts]


def test_a_text_without_words_has_no_tags() -> None:
    words = np.full((2, 3, 3), 1 / 3, np.float32)
    assert [t.shape for t in best_tags([words[:0], words, words[:0]], FREE)] == [(0, 3), (2, 3), (0, 3)]
    assert [t.shape for t in best_tags([words[:0]], FREE)] == [(0, 3)]
    assert best_tags([], FREE) == []
