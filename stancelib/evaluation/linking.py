"""The link heads by themselves: which cue and source a content gets where all spans are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stancelib.attribution import Attribution, Floats, decode_all
from stancelib.encoding import Ints
from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.tasks import Share
from stancelib.modeling import ROLES
from stancelib.reading import read_texts
from stancelib.tagger import StanceTagger
from stancelib.tuning.targets import Link, build_example

_SURE = 50.0  # a logit that no other outweighs
_NO_TRANSITIONS = np.zeros((len(ROLES), 3, 3), np.float32)


def link_tasks(tagger: StanceTagger, rows: Sequence[Mapping[str, Any]]) -> dict[str, Share]:
    """How often a piece of content gets its own cue, and its own source, among the gold spans of its text."""
    reads = read_texts([tagger.encoder.encode(row["text"]) for row in rows], tagger.encoder, tagger.engine)
    examples = [build_example(row, tagger.encoder, Counter()) for row in rows]
    decoded = decode_all(
        [read.words for read in reads],
        [_given(example.tags) for example in examples],
        [read.states for read in reads],
        tagger.engine,
        _NO_TRANSITIONS,
        tagger.config.no_link,
    )
    return {
        f"{role}_linked": Share(
            {
                row["id"]: _count(role, example.links, attributions)
                for row, example, attributions in zip(rows, examples, decoded, strict=True)
            }
        )
        for role in ("source", "cue")
    }


def _given(tags: Ints) -> Floats:
    """Logits [words, roles, 3] by which decoding finds just these tags [words, roles]."""
    logits: Floats = _SURE * np.eye(3, dtype=np.float32)[tags]
    return logits


def _count(role: str, links: Sequence[Link], attributions: Sequence[Attribution]) -> Counts:
    """Pieces of content whose cue or source (``role``) is the gold one; none counts where the gold is none."""
    given = {
        piece[0]: attribution.source if role == "source" else attribution.cue
        for attribution in attributions
        for piece in attribution.content
    }
    asked = [link for link in links if link.head == ("content", role) and link.query[0] in given]
    return Counts(sum(given[link.query[0]] == link.key for link in asked), len(asked), len(asked))
