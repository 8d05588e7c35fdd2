"""What a run of scoring has counted so far; tallies of parts add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stancelib.label_names import polarity
from stancelib.types import Document

# A million articles name more speakers than anybody reads: beyond this many, the rarest are forgotten, so that
# memory stays flat (lossy counting); those at the top are exact for all practical purposes.
_KEPT = 20_000


@dataclass
class Tally:
    """Documents and rows with errors; statements by speaker; by actor, stances and the sum of their scores.

    ``unscored`` are stances whose labels have no for and against.
    """

    documents: int = 0
    errors: int = 0
    statements: int = 0
    stances: int = 0
    unscored: int = 0
    speakers: Counter[str] = field(default_factory=Counter)
    actors: Counter[str] = field(default_factory=Counter)
    scores: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, documents: Iterable[Document], *, errors: int) -> Tally:
        """What some documents count."""
        tally = cls(errors=errors)
        for document in documents:
            tally.documents += 1
            for statement in document.statements:
                tally.statements += 1
                if statement.speaker.kind not in ("none", "unnamed"):
                    tally.speakers[statement.speaker.name] += 1
                for stance in statement.stances:
                    tally.stances += 1
                    tally.actors[stance.actor.name] += 1
                    score = polarity(stance.probabilities)
                    tally.scores[stance.actor.name] += score or 0.0  # type: ignore[assignment]
                    tally.unscored += score is None
        return tally

    def add(self, other: Tally) -> None:
        """Count ``other`` too."""
        self.documents += other.documents
        self.errors += other.errors
        self.statements += other.statements
        self.stances += other.stances
        self.unscored += other.unscored
        self.speakers.update(other.speakers)
        self.actors.update(other.actors)
        self.scores.update(other.scores)
        if len(self.speakers) > 2 * _KEPT:
            self.speakers = Counter(dict(self.speakers.most_common(_KEPT)))
        if len(self.actors) > 2 * _KEPT:
            self.actors = Counter(dict(self.actors.most_common(_KEPT)))
            self.scores = Counter({name: self.scores[name] for name in self.actors})

    def top_speakers(self, count: int = 5) -> list[tuple[str, int]]:
        """Those with most statements."""
        return self.speakers.most_common(count)

    def top_actors(self, count: int = 5) -> list[tuple[str, int, float | None]]:
        """Those of whom is spoken most: name, stances, mean of P(favor) − P(against) if the labels have it."""
        return [
            (name, n, None if self.unscored else self.scores[name] / n)
            for name, n in self.actors.most_common(count)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and dicts, for JSON."""
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Tally:
        """Read what ``to_dict`` wrote."""
        numbers: dict[str, Any] = {k: Counter(v) if isinstance(v, Mapping) else v for k, v in data.items()}
        return cls(**numbers)
