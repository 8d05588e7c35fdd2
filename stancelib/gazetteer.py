"""Known political actors: one table of names, and a matcher that finds them in a text."""

from __future__ import annotations

from dataclasses import dataclass

from stancelib.types import Actor, Span


@dataclass(frozen=True, slots=True)
class ActorMention:
    """A name of a known actor in a text; ``place`` where it only says where something is or goes."""

    actor: Actor
    span: Span
    place: bool = False
