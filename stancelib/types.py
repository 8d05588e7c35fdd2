"""What stancelib returns: frozen results, whose fields are the JSON of the contract.

Offsets are half-open character offsets into the text exactly as given: ``text[span.start:span.end]``
is always ``span.text``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from stancelib.errors import InvalidInputError
from stancelib.label_names import MEANINGS, polarity

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1

StatementKind = Literal["direct", "mixed", "indirect"]
SpeakerKind = Literal["person", "country", "organization", "group", "unnamed", "none"]
ActorKind = Literal["country", "igo", "organization", "group", "person"]

STANCE_LABELS = MEANINGS
SENTIMENT_LABELS = ("positive", "neutral", "negative")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text: characters ``start`` (included) to ``end`` (excluded), and what stands there."""

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """The span of ``text`` between two offsets."""
        return cls(start, end, text[start:end])


@dataclass(frozen=True, slots=True)
class Actor:
    """A political actor.

    ``id`` is the ISO 3166-1 alpha-3 code of a country, the usual acronym of an international organisation,
    a stable slug for anybody else. ``country`` is the alpha-3 code of the state the actor is or belongs to.
    """

    id: str
    name: str
    kind: ActorKind
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who makes a statement.

    ``name`` is the fullest name in the document, or the usual name of a state or organisation, the noun phrase
    in lower case for an unnamed source, and ``""`` for nobody. ``mention`` is what the text has at that place
    ("he"), or None. ``country`` is the ISO 3166-1 alpha-3 code of the state the speaker belongs to by text or
    common knowledge, else of the one that most states named in the document are (see coreference.py), or None.
    ``description`` is what the document says of a named person, as title or apposition ("Foreign Minister",
    "a Middle East analyst at the Institute of World Affairs"), or None; the JSON has it only where there is one.
    """

    name: str
    kind: SpeakerKind
    country: str | None = None
    mention: Span | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Stance:
    """Attitude of a speaker toward an actor: the likeliest label, and the probability of each."""

    label: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The light in which a text puts a target: the likeliest label, and the probability of each."""

    label: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ActorStance:
    """Stance of a statement's speaker toward one actor that its content mentions."""

    actor: Actor
    mentions: tuple[Span, ...]
    label: str
    probabilities: Mapping[str, float]

    @property
    def score(self) -> float:
        """P(favor) − P(against), or of labels that mean the same: from −1 to 1.

        Raises InvalidInputError where no label means one of the two.
        """
        if (found := polarity(self.probabilities)) is None:
            raise InvalidInputError(
                f"no score: of the labels {', '.join(map(repr, self.probabilities))} "
                "none means in favor, or none against"
            )
        return found


@dataclass(frozen=True, slots=True)
class Statement:
    """Content that the text attributes to a speaker, and the speaker's stance toward the actors in it.

    ``content`` has one span per contiguous piece, without enclosing quotation marks; ``cue`` the reporting words.
    ``probability`` says how sure the model is that this is a statement with these borders.
    """

    id: int
    kind: StatementKind
    probability: float
    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    speaker: Speaker
    stances: tuple[ActorStance, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """All statements of one text, in the order in which they appear.

    ``warnings`` names whatever a limit left out. A text of a batch that could not be read has no statements and
    says why in ``warnings``.
    """

    statements: tuple[Statement, ...] = ()
    id: str | None = None
    model: str = ""
    warnings: tuple[str, ...] = ()
    schema_version: int = field(default=SCHEMA_VERSION)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the contract, made of dicts, lists, strings and numbers only."""
        head = {"schema_version": self.schema_version, "id": self.id, "model": self.model}
        statements = [_plain(_object(s)) for s in self.statements]
        return {**head, "statements": statements, "warnings": list(self.warnings)}

    def to_json(self, *, indent: int | None = None) -> str:
        """``to_dict`` as a JSON string, not escaped beyond what JSON needs."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Document:
        """Read what ``to_dict`` wrote.

        Raises InvalidInputError for another ``schema_version`` and for a missing or unknown field.
        """
        if not isinstance(data, Mapping):
            raise InvalidInputError(f"a Document is read from a dict, not from {type(data).__name__}")
        if unknown := sorted(set(data) - {f.name for f in fields(cls)}):
            raise InvalidInputError(f"unknown key {', '.join(map(repr, unknown))} in a Document")
        version = data.get("schema_version")
        if version != SCHEMA_VERSION:
            raise InvalidInputError(
                f"schema_version is {version!r}, this stancelib reads {SCHEMA_VERSION}: "
                "score the text again, or use the stancelib that wrote it"
            )
        try:
            return cls(
                statements=tuple(_statement(s) for s in data["statements"]),
                id=data["id"],
                model=data["model"],
                warnings=tuple(data["warnings"]),
            )
        except (KeyError, TypeError) as error:
            raise InvalidInputError(
                f"not the JSON of a stancelib Document: {error}; expected what Document.to_dict() writes"
            ) from error

    def matrix(
        self, *, roll_up: Literal["country"] | None = None, values: Mapping[str, float] | None = None
    ) -> pd.DataFrame:
        """Speaker × actor table of mean P(favor) − P(against); NaN where a speaker never speaks of an actor.

        ``roll_up="country"`` folds persons, agencies and groups into their country, on both sides; whoever has no
        country keeps the own name. Statements without a speaker are left out. ``values`` says what each label
        counts, for a model whose labels are others: {"support": 1, "neither": 0, "oppose": -1}.
        """
        import pandas as pd

        if roll_up not in (None, "country"):
            raise InvalidInputError(f"roll_up is {roll_up!r}: use None or 'country'")
        rows = [
            (_row_name(s.speaker, roll_up), _column_name(t.actor, roll_up), _mean_value(t, values))
            for s in self.statements
            if s.speaker.kind != "none"
            for t in s.stances
        ]
        frame = pd.DataFrame(rows, columns=["speaker", "actor", "score"])
        table: pd.DataFrame = frame.pivot_table(index="speaker", columns="actor", values="score", aggfunc="mean")
        return table


def _mean_value(stance: ActorStance, values: Mapping[str, float] | None) -> float:
    if values is None:
        return stance.score
    if missing := [label for label in stance.probabilities if label not in values]:
        raise InvalidInputError(f"values says nothing of the label {missing[0]!r}: give each label a number")
    return sum(p * values[label] for label, p in stance.probabilities.items())


def _row_name(speaker: Speaker, roll_up: str | None) -> str:
    return speaker.country or speaker.name if roll_up else speaker.name


def _column_name(actor: Actor, roll_up: str | None) -> str:
    return actor.country or actor.name if roll_up else actor.name


def _object(statement: Statement) -> dict[str, Any]:
    data = asdict(statement)
    if statement.speaker.description is None:
        del data["speaker"]["description"]
    return data


def _plain(value: Any) -> Any:
    """Tuples to lists, as JSON would read them back."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _spans(items: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(**item) for item in items)


def _speaker(data: Mapping[str, Any]) -> Speaker:
    mention = data["mention"]
    return Speaker(**{**data, "mention": Span(**mention) if mention is not None else None})


def _stance(data: Mapping[str, Any]) -> ActorStance:
    fields = {**data, "actor": Actor(**data["actor"]), "mentions": _spans(data["mentions"])}
    return ActorStance(**fields)


def _statement(data: Mapping[str, Any]) -> Statement:
    parts: dict[str, Any] = {
        "content": _spans(data["content"]),
        "cue": _spans(data["cue"]),
        "speaker": _speaker(data["speaker"]),
        "stances": tuple(_stance(s) for s in data["stances"]),
    }
    return Statement(**{**data, **parts})
