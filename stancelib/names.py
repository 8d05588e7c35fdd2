"""Names of persons in a text, and which of them are one person."""

from __future__ import annotations

from dataclasses import dataclass

from stancelib.types import Span


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A person's name as it stands, without titles ("Putin"); ``name`` is the fullest one in the document.

    ``country`` is the ISO 3166-1 alpha-3 code of the state that title, apposition or common knowledge gives.
    """

    span: Span
    name: str
    country: str | None = None
