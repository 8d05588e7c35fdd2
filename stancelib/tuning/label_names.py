"""Which labels of two sets mean the same, as far as their names tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stancelib.config import ModelConfig
from stancelib.errors import InvalidInputError
from stancelib.types import AGAINST, FAVOR, NEUTRAL

LIKE = {
    FAVOR: ("favour", "for", "pro", "support", "supports", "supportive", "positive", "approve", "approves"),
    NEUTRAL: ("none", "neither", "other", "no stance", "mixed", "unclear"),
    AGAINST: ("anti", "con", "oppose", "opposes", "opposed", "critical", "negative", "disapprove", "disapproves"),
}


def like(label: str, known: Sequence[str]) -> str | None:
    """The label of ``known`` that means what ``label`` means; None where no name tells."""
    if label in known:
        return label
    mine = _meaning(label)
    return next((k for k in known if mine is not None and _meaning(k) == mine), None)


def rank(label: str) -> tuple[int, str]:
    """Sorts labels from for to against, then those of unknown meaning by name."""
    meaning = _meaning(label)
    return (list(LIKE).index(meaning) if meaning else len(LIKE), label)


def _meaning(label: str) -> str | None:
    plain = label.casefold()
    return next((meaning for meaning, names in LIKE.items() if plain in (meaning, *names)), None)


def answering(config: ModelConfig, stances: Sequence[str], sentiments: Sequence[str]) -> ModelConfig:
    """The configuration of a model that calls its labels by the names of others that mean the same.

    Raises InvalidInputError for a label that the model has not, under no name.
    """
    named = []
    for had, wanted in ((config.stance_labels, stances), (config.sentiment_labels, sentiments)):
        meant = {like(label, had): label for label in wanted}
        if None in meant or len(meant) < len(wanted):
            raise InvalidInputError(
                f"{config.title} gives the labels {', '.join(had)}, and not those asked for: {', '.join(wanted)}"
            )
        named.append(tuple(meant.get(label, label) for label in had))
    return replace(config, stance_labels=named[0], sentiment_labels=named[1])
