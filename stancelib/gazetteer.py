"""Known political actors: one table of names, and a matcher that finds them in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

from stancelib.errors import InvalidInputError
from stancelib.places import is_place, is_somebody_else, has_title
from stancelib.types import Actor, ActorKind, Span
from stancelib.words import Words, fold

COLUMNS = ("id", "name", "kind", "country", "names", "demonyms", "seats", "cautious")
LISTS = ("names", "demonyms", "seats", "cautious")


@dataclass(frozen=True, slots=True)
class ActorMention:
    """A name of a known actor in a text; ``place`` where it only says where something is or goes."""

    actor: Actor
    span: Span
    place: bool = False
