"""Documents as rows, nested (one a document) or flat (one a statement or a stance), and their Arrow schemas."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from stancelib.types import SCHEMA_VERSION, Document, Span, Statement

ROW_KINDS = ("documents", "statements", "stances")
JOINED = " … "  # between the pieces of a content

_SPAN = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string())])
_ACTOR = [("id", pa.string()), ("name", pa.string()), ("kind", pa.string()), ("country", pa.string())]
_SPEAKER = [
    ("name", pa.string()),
    ("kind", pa.string()),
    ("country", pa.string()),
    ("mention", _SPAN),
    ("description", pa.string()),
]
_STATEMENT_COLUMNS = [
    ("id", pa.string()),
    ("row", pa.int64()),
    ("statement", pa.int32()),
    ("kind", pa.string()),
    ("probability", pa.float64()),
    ("speaker", pa.string()),
    ("speaker_kind", pa.string()),
    ("speaker_country", pa.string()),
    ("speaker_description", pa.string()),
    ("speaker_mention", pa.string()),
    ("speaker_start", pa.int64()),
    ("speaker_end", pa.int64()),
    ("cue", pa.string()),
    ("cue_start", pa.int64()),
    ("cue_end", pa.int64()),
    ("content", pa.string()),
    ("content_start", pa.int64()),
    ("content_end", pa.int64()),
]
_STANCE_COLUMNS = [
    ("actor_id", pa.string()),
    ("actor", pa.string()),
    ("actor_kind", pa.string()),
    ("actor_country", pa.string()),
    ("actor_mention", pa.string()),
    ("actor_start", pa.int64()),
    ("actor_end", pa.int64()),
    ("label", pa.string()),
]


def schema(rows: str, labels: Sequence[str], carry: Sequence[str], *, model: str) -> pa.Schema:
    """Columns of one of ROW_KINDS for a model with these stance ``labels``; metadata names version and model."""
    if rows == "documents":
        fields = _document_fields(labels)
        if carry:
            fields.append(("carried", pa.struct([(name, pa.string()) for name in carry])))
    else:
        fields = list(_STATEMENT_COLUMNS)
        if rows == "stances":
            fields += [*_STANCE_COLUMNS, *((f"p_{label}", pa.float64()) for label in labels)]
        taken = {name for name, _ in fields}
        fields += [(_carried_name(name, taken), pa.string()) for name in carry]
    metadata = {"stancelib.schema_version": str(SCHEMA_VERSION), "stancelib.model": model, "stancelib.rows": rows}
    return pa.schema(fields, metadata=metadata)


def _carried_name(name: str, taken: Container[str]) -> str:
    """A carried column that is called like one of ours gets an underscore behind."""
    return f"{name}_" if name in taken else name


def _document_fields(labels: Sequence[str]) -> list[tuple[str, pa.DataType]]:
    stance = pa.struct(
        [
            ("actor", pa.struct(_ACTOR)),
            ("mentions", pa.list_(_SPAN)),
            ("label", pa.string()),
            ("probabilities", pa.struct([(label, pa.float64()) for label in labels])),
        ]
    )
    statement = pa.struct(
        [
            ("id", pa.int64()),
            ("kind", pa.string()),
            ("probability", pa.float64()),
            ("content", pa.list_(_SPAN)),
            ("cue", pa.list_(_SPAN)),
            ("speaker", pa.struct(_SPEAKER)),
            ("stances", pa.list_(stance)),
        ]
    )
    return [
        ("schema_version", pa.int64()),
        ("id", pa.string()),
        ("model", pa.string()),
        ("statements", pa.list_(statement)),
        ("warnings", pa.list_(pa.string())),
    ]


def to_rows(
    document: Document, rows: str, *, number: int, carried: Mapping[str, str | None]
) -> Iterator[dict[str, Any]]:
    """The rows of one document, which is row ``number`` of the input."""
    if rows == "documents":
        yield document.to_dict() | ({"carried": dict(carried)} if carried else {})
        return
    for statement in document.statements:
        flat = _statement_row(document, statement, number)
        if rows == "statements":
            yield _with_carried(flat, carried)
            continue
        for stance in statement.stances:
            actor, mention = stance.actor, stance.mentions[0]
            yield _with_carried(
                flat
                | {
                    "actor_id": actor.id,
                    "actor": actor.name,
                    "actor_kind": actor.kind,
                    "actor_country": actor.country,
                    **_flat("actor", mention, "mention"),
                    "label": stance.label,
                    **{f"p_{label}": p for label, p in stance.probabilities.items()},
                },
                carried,
            )


def _with_carried(row: dict[str, Any], carried: Mapping[str, str | None]) -> dict[str, Any]:
    return row | {_carried_name(name, row): value for name, value in carried.items()}


def _statement_row(document: Document, statement: Statement, number: int) -> dict[str, Any]:
    speaker = statement.speaker
    return {
        "id": document.id,
        "row": number,
        "statement": statement.id,
        "kind": statement.kind,
        "probability": statement.probability,
        "speaker": speaker.name,
        "speaker_kind": speaker.kind,
        "speaker_country": speaker.country,
        "speaker_description": speaker.description,
        **_flat("speaker", speaker.mention, "mention"),
        "cue": JOINED.join(s.text for s in statement.cue) or None,
        "cue_start": statement.cue[0].start if statement.cue else None,
        "cue_end": statement.cue[-1].end if statement.cue else None,
        "content": JOINED.join(s.text for s in statement.content),
        "content_start": statement.content[0].start,
        "content_end": statement.content[-1].end,
    }


def _flat(of: str, span: Span | None, name: str) -> dict[str, Any]:
    return {
        f"{of}_{name}": span.text if span else None,
        f"{of}_start": span.start if span else None,
        f"{of}_end": span.end if span else None,
    }
