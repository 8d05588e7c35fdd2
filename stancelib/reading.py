"""Running the encoder over texts: windows in, the states and tags of whole texts out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from stancelib.attribution import Floats, WordSpan
from stancelib.calibration import softmax
from stancelib.encoding import Encoded, TextEncoder, Window, Words
from stancelib.engine import TorchEngine
from stancelib.name_kinds import NameKinds

BATCH_TOKENS = 8192  # padded tokens of one forward pass


@dataclass(frozen=True)
class ReadText:
    """A text that the encoder has read: tag logits [words, 3, 3], and its place in ``shared``.

    ``shared`` [R, H] has the states of all texts that were read together, ``row`` is that of this text's word 0.
    """

    encoded: Encoded
    tags: Floats
    shared: Floats
    row: int

    @property
    def words(self) -> Words:
        """The words of the text."""
        return self.encoded.words

    @property
    def states(self) -> Floats:
        """States [words, H] of this text."""
        return self.shared[self.row : self.row + len(self.words)]


def read_texts(
    texts: Sequence[Encoded],
    encoder: TextEncoder,
    engine: TorchEngine,
    *,
    windows: Sequence[Sequence[Window]] | None = None,
) -> list[ReadText]:
    """Run the encoder over all windows of all texts, like lengths together, and join each text's states.

    ``windows`` restricts the reading to some windows of each text; words outside them keep zeros.
    """
    chosen = windows if windows is not None else [encoder.windows(t) for t in texts]
    rows = [0, *accumulate(len(t.words) for t in texts)]
    states = np.zeros((rows[-1], encoder.config.hidden_size), np.float32)
    tags = np.zeros((rows[-1], 3, 3), np.float32)
    reads = [ReadText(t, tags[a:b], states, a) for t, (a, b) in zip(texts, pairwise(rows), strict=True)]
    jobs = sorted(((i, w) for i, found in enumerate(chosen) for w in found), key=lambda job: _length(job[1]))
    for batch in _by_budget(jobs):
        found, scores = engine.encode(encoder.collate([(texts[i], w) for i, w in batch]))
        for n, (i, w) in enumerate(batch):
            core = slice(w.core[0] + rows[i], w.core[1] + rows[i])
            local = slice(w.core[0] - w.words[0], w.core[1] - w.words[0])
            states[core] = found[n, local]
            tags[core] = scores[n, local]
    return reads


def _length(window: Window) -> int:
    return window.tokens[1] - window.tokens[0]


def _by_budget(jobs: Sequence[tuple[int, Window]]) -> Iterator[list[tuple[int, Window]]]:
    """Batches of windows, sorted by length, of at most BATCH_TOKENS padded tokens."""
    batch: list[tuple[int, Window]] = []
    for job in jobs:
        longest = _length(job[1])
        if batch and longest * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


def name_kinds(reads: Sequence[ReadText], engine: TorchEngine) -> list[NameKinds]:
    """What the words of each text, all read together, are: from one call of the head."""
    if not reads:
        return []
    rows = softmax(engine.names(reads[0].shared))
    of_texts = (rows[read.row : read.row + len(read.words)] for read in reads)
    places = ((read.words.starts.tolist(), read.words.ends.tolist()) for read in reads)
    return [NameKinds(*place, of_text) for place, of_text in zip(places, of_texts, strict=True)]


def pool(states: Floats, spans: Sequence[WordSpan]) -> Floats:
    """Mean of the states [words, H] of all words of ``spans`` → [H]; zeros for none."""
    if not spans:
        return np.zeros(states.shape[1], np.float32)
    mean: Floats = np.concatenate([states[a:b] for a, b in spans]).mean(axis=0)
    return mean
