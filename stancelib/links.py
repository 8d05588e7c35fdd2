"""Spans as the link heads see them: distances in words, and which spans may belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.calibration import Floats
from stancelib.encoding import Ints

_EDGES = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128])
REACH = 200  # words: no source stands farther from its content


def distance_buckets(queries: Ints, keys: Ints) -> Ints:
    """Signed gap in words between spans [N, 2] and [M, 2], in 32 buckets [N, M].

    0–14: the key stands after the query; 16–30: before it; 15: they overlap.
    """
    after = keys[None, :, 0] - queries[:, None, 1]
    before = queries[:, None, 0] - keys[None, :, 1]
    result = np.full(after.shape, 15, np.int64)
    result = np.where(after >= 0, np.searchsorted(_EDGES, after, side="right"), result)
    return np.where(before >= 0, 16 + np.searchsorted(_EDGES, before, side="right"), result)


def in_reach(queries: Ints, keys: Ints) -> NDArray[np.bool_]:
    """Which keys [M, 2] stand near enough to each query [N, 2] to belong to it: [N, M]."""
    gap = np.maximum(keys[None, :, 0] - queries[:, None, 1], queries[:, None, 0] - keys[None, :, 1])
    near: NDArray[np.bool_] = gap <= REACH
    return near


@dataclass(frozen=True)
class LinkVectors:
    """What one link head makes of many spans: ``queries`` [N, D], ``keys`` [M, D], scores of no link ``none`` [N].

    ``distance`` [32] is what each distance bucket adds.
    """

    queries: Floats
    keys: Floats
    none: Floats
    distance: Floats

    def scores(self, queries: slice, keys: slice, distances: Ints) -> Floats:
        """Scores [n, 1 + m] of some keys for some queries, at ``distances`` [n, m]; column 0 stands for none."""
        near = self.queries[queries] @ self.keys[keys].T + self.distance[distances]
        return np.concatenate([self.none[queries, None], near], axis=1)
