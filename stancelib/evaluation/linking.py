"""Linking by itself: which cue and source a content gets where all spans are given."""

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
from stancelib.tuning.targets import Example, Link, build_example

LINKED = ("source", "cue")
_CHUNK = 16  # texts whose states are held at a time
_SURE = 50.0  # a logit that no other outweighs
_NO_TRANSITIONS = np.zeros((len(ROLES), 3, 3), np.float32)


def link_tasks(tagger: StanceTagger, rows: Sequence[Mapping[str, Any]]) -> dict[str, Share]:
    """How often a piece of content gets its own cue, and its own source, among the gold spans of its text.

    No cue is the right answer where the gold has none. Texts without any gold span of a role are not asked for it.
    """
    counts: dict[str, dict[str, Counts]] = {role: {} for role in LINKED}
    for i in range(0, len(rows), _CHUNK):
        some = rows[i : i + _CHUNK]
        examples = [build_example({**row, "pairs": []}, tagger.encoder, Counter()) for row in some]
        for row, example, found in zip(some, examples, _decode(tagger, examples), strict=True):
            for role in LINKED:
                count = _count(role, example.links, found)
                if count.gold:
                    counts[role][row["id"]] = counts[role].get(row["id"], Counts()) + count
    return {f"{role}_linked": Share(units) for role, units in counts.items()}


def _decode(tagger: StanceTagger, examples: Sequence[Example]) -> list[list[Attribution]]:
    reads = read_texts([example.encoded for example in examples], tagger.encoder, tagger.engine)
    return decode_all(
        [read.words for read in reads],
        [_given(example.tags) for example in examples],
        [read.states for read in reads],
        tagger.engine,
        _NO_TRANSITIONS,
        tagger.config.no_link,
    )


def _given(tags: Ints) -> Floats:
    """Logits [words, roles, 3] by which decoding finds just these tags [words, roles]."""
    logits: Floats = _SURE * np.eye(3, dtype=np.float32)[tags]
    return logits


def _count(role: str, links: Sequence[Link], attributions: Sequence[Attribution]) -> Counts:
    """Pieces of content whose cue or source (``role``) is the gold one."""
    asked = [link for link in links if link.head == ("content", role)]
    if not any(link.key for link in asked):
        return Counts()
    given = {
        word: attribution.source if role == "source" else attribution.cue
        for attribution in attributions
        for piece in attribution.content  # decoding may have moved its border to a quotation mark
        for word in range(*piece)
    }
    return Counts(sum(given.get(link.query[0]) == link.key for link in asked), len(asked), len(asked))
