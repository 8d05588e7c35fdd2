"""The unit of scoring an archive: a chunk of rows, scored by one model into output and error lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stancelib.errors import StancelibError
from stancelib.inputs import Row
from stancelib.tables import to_rows
from stancelib.tally import Tally
from stancelib.types import Document

if TYPE_CHECKING:
    from stancelib.tagger import StanceTagger

Actors = Sequence[str] | Mapping[str, Sequence[str]] | None

CHUNK_ROWS = 256
CHUNK_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Job:
    """What the scoring of a chunk needs, beside its rows; it is the same for all chunks and processes."""

    model: str
    rows: str
    actors: Actors
    device: str | None
    dtype: str
    threads: int | None = None
    min_probability: float | None = None


@dataclass(frozen=True)
class Part:
    """A scored chunk: its output rows and errors as JSON lines, and what they count."""

    lines: str
    errors: str
    tally: Tally


def load_tagger(job: Job) -> StanceTagger:
    """The model of a job, in this process."""
    import torch

    from stancelib.tagger import StanceTagger

    if job.threads is not None:
        torch.set_num_threads(job.threads)
    return StanceTagger.from_pretrained(job.model, device=job.device, dtype=job.dtype)


def split(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Chunks of rows, ended by their number or their characters."""
    chunk: list[Row] = []
    characters = 0
    for row in rows:
        chunk.append(row)
        characters += len(row.text or "")
        if len(chunk) == CHUNK_ROWS or characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def score_chunk(tagger: StanceTagger, rows: Sequence[Row], job: Job) -> Part:
    """Output and error lines of some rows."""
    errors = [_error(row, row.error) for row in rows if row.text is None]
    lines, documents = [], []
    for row, result in _predict([r for r in rows if r.text is not None], tagger, job):
        if isinstance(result, Document):
            documents.append(result)
            lines += [_line(r) for r in to_rows(result, job.rows, number=row.number, carried=row.carried)]
        else:
            errors.append(_error(row, result))
    errors.sort(key=lambda e: e["row"])
    tally = Tally.of(documents, errors=len(errors))
    return Part("".join(lines), "".join(map(_line, errors)), tally)


def _predict(rows: Sequence[Row], tagger: StanceTagger, job: Job) -> Iterator[tuple[Row, Document | str]]:
    """Each row with its document, or with the reason why it has none.

    Where the batch as a whole fails, its rows are tried one by one, so that the one at fault is found.
    """
    texts, ids = [r.text or "" for r in rows], [r.id for r in rows]
    try:
        documents = tagger.predict_batch(texts, actors=job.actors, ids=ids, min_probability=job.min_probability)
        yield from zip(rows, documents, strict=True)
    except StancelibError:
        raise  # wrong options, the same for all rows
    except (MemoryError, RuntimeError, ValueError, IndexError) as error:
        if len(rows) == 1:
            yield rows[0], f"could not be scored: {type(error).__name__}: {error}"
            return
        for row in rows:
            yield from _predict([row], tagger, job)


def _error(row: Row, reason: str) -> dict[str, Any]:
    return {"row": row.number, "id": row.id, "file": row.file, "reason": reason}


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"
