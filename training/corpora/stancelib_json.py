"""stancelib's own JSONL: ``Document.to_dict()`` objects, corrected by hand, each with a "text" beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stancelib.errors import InvalidInputError
from stancelib.types import STANCE_LABELS, Document, Span, Statement
from training.corpora.jsonl import read_objects
from training.corpora.schema import Corpus, CorpusError, Row, pair


def read(data: Path, split: str) -> Corpus:
    """``stancelib-json/{train,dev}.jsonl``; every line must be readable, since these labels are one's own."""
    left_out: Counter[str] = Counter()
    rows = read_rows(data / "stancelib-json" / f"{split}.jsonl")
    return Corpus.of("stancelib-json", split, rows, left_out)


def read_rows(path: Path) -> Iterator[Row]:
    """Rows of one file. Raises CorpusError with the line number for what does not fit."""
    for number, record in read_objects(path):
        try:
            yield _row(record, number)
        except (InvalidInputError, TypeError, ValueError) as error:
            raise CorpusError(f"{path}, line {number}: {error}") from error


def _row(record: dict[str, Any], number: int) -> Row:
    text = record.pop("text", None)
    if not isinstance(text, str):
        raise ValueError(f'"text" is {text!r}: put the text of the document there')
    document = Document.from_dict(record)
    for statement in document.statements:
        _check(statement, text)
    return {
        "id": document.id or str(number),
        "text": text,
        "annotated": True,
        "statements": [
            {"content": _offsets(s.content), "cue": _offsets(s.cue), "source": _source(s)}
            for s in document.statements
        ],
        "pairs": [
            pair("stance", _offsets(t.mentions), t.label, holder=_source(s), content=_offsets(s.content))
            for s in document.statements
            for t in s.stances
        ],
    }


def _check(statement: Statement, text: str) -> None:
    spans = [*statement.content, *statement.cue, *(m for t in statement.stances for m in t.mentions)]
    spans += [statement.speaker.mention] if statement.speaker.mention else []
    for span in spans:
        if not 0 <= span.start < span.end or text[span.start : span.end] != span.text:
            raise ValueError(f"text[{span.start}:{span.end}] is not {span.text!r}")
    for stance in statement.stances:
        if stance.label not in STANCE_LABELS:
            raise ValueError(f"stance {stance.label!r} is none of {', '.join(STANCE_LABELS)}")


def _offsets(spans: tuple[Span, ...]) -> list[list[int]]:
    return [[s.start, s.end] for s in spans]


def _source(statement: Statement) -> list[list[int]]:
    mention = statement.speaker.mention
    return [[mention.start, mention.end]] if mention else []
