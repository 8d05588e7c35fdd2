"""Scoring archives: rows in, documents or flat tables out; none lost, and a killed run goes on where it stopped.

The rows are scored in chunks. A chunk is finished when the marker of its part lies in the folder ``OUT.parts``;
the last chunk done, the parts are joined to OUT and the folder goes. Chunks depend on the input alone, and every
file is renamed into place whole, so that a run killed at any moment, once run again, gives the same bytes.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa

from stancelib.actors import parse_actors
from stancelib.config import ModelConfig
from stancelib.errors import InvalidInputError, StancelibError
from stancelib.folder import CONFIG, FILES, find_folder
from stancelib.inputs import Meter, Row, Source, choose_columns, find_sources, read_rows
from stancelib.outputs import output_format, write_output, write_whole
from stancelib.predict import default_folder
from stancelib.progress import ScoreProgress
from stancelib.tables import ROW_KINDS, schema, to_rows
from stancelib.tally import Tally
from stancelib.types import Document

if TYPE_CHECKING:
    from stancelib.tagger import StanceTagger

Actors = Sequence[str] | Mapping[str, Sequence[str]] | None

logger = logging.getLogger(__name__)

CHUNK_ROWS = 256
CHUNK_CHARACTERS = 1_000_000
_HASHED = 1 << 20  # bytes at a time
_FINISHING = "finishing"  # from here on, an OUT that is there is our own


@dataclass(frozen=True)
class Job:
    """What the scoring of a chunk needs, beside its rows; it is the same for all chunks and processes."""

    model: str
    rows: str
    actors: Actors
    device: str | None
    dtype: str
    threads: int | None = None


@dataclass(frozen=True)
class Part:
    """A scored chunk: its output rows and errors as JSON lines, and what they count."""

    lines: str
    errors: str
    tally: Tally


@dataclass(frozen=True)
class ScoreSummary:
    """What a run did. ``rows`` = ``tally.documents`` + ``tally.errors``."""

    output: Path
    errors_file: Path | None
    tally: Tally
    seconds: float

    @property
    def rows(self) -> int:
        """Rows of the input."""
        return self.tally.documents + self.tally.errors


def score_files(
    inputs: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    rows: str = "documents",
    text_column: str | None = None,
    id_column: str | None = None,
    carry: Sequence[str] = (),
    encoding: str = "utf-8-sig",
    actors: Actors = None,
    model: str | Path | None = None,
    device: str | None = None,
    dtype: str = "auto",
    workers: int = 1,
    overwrite: bool = False,
    progress: bool | None = None,
) -> ScoreSummary:
    """Score every row of ``inputs`` into ``output``; run again after a kill, it goes on.

    ``inputs``: files (.csv, .tsv, .jsonl, .parquet, .txt; also .gz, .zst), folders of .txt files, globs, or "-".
    ``output``: .jsonl or .parquet, and .csv for the flat ``rows`` ("statements", "stances"; else "documents").
    Columns named in ``carry`` go along. Rows that cannot be read or scored go to OUT.errors.jsonl with number, id
    and reason. ``dtype`` "auto" is bfloat16 where the processor has units for it. ``workers`` are processes.
    Which columns were guessed goes to the log of this module, as information.
    ``progress`` shows a bar, by default where standard error is a terminal.

    Raises InvalidInputError for input and options that cannot be used, for an ``output`` that is there already
    (without ``overwrite``), and for an interrupted run of other input, model or options.
    """
    started = time.monotonic()
    out = Path(output)
    kind = output_format(out, rows)
    parse_actors(actors)
    if rows not in ROW_KINDS or workers < 1:
        raise InvalidInputError(
            f"rows is {rows!r}, workers {workers}: one of {', '.join(ROW_KINDS)}, and 1 or more"
        )
    with _parts_folder(out, overwrite=overwrite) as parts:
        sources = find_sources([inputs] if isinstance(inputs, str | Path) else inputs, spool=parts / "stdin")
        _refuse_own_input(out, sources)
        columns, messages = choose_columns(sources, text=text_column, id=id_column, carry=carry, encoding=encoding)
        for message in messages:  # before the work, which may take all night
            logger.info(message)
        folder = find_folder(model) if model is not None else default_folder()
        config = ModelConfig.load(folder / CONFIG)
        job = Job(str(folder), rows, actors, device, _dtype(dtype), _threads(workers))
        plan = {
            "inputs": [[str(s), _digest(s.path)] for s in sources],
            "columns": [*columns[:2], list(columns.carry)],
            "encoding": encoding,
            "rows": rows,
            "format": kind,
            "actors": actors if actors is None or isinstance(actors, Mapping) else list(actors),
            "model": [config.title, *(_digest(p) for p in map(folder.joinpath, FILES) if p.is_file())],
            "dtype": job.dtype,
            "stancelib": version("stancelib"),
        }
        _begin(parts, plan, overwrite=overwrite)
        meter, tally = Meter(), Tally()
        chunks = split(read_rows(sources, columns, encoding=encoding, meter=meter))
        with ScoreProgress(shown=progress, total=sum(s.size for s in sources)) as bar:
            for part in _run(chunks, parts, job, workers):
                tally.add(part)
                bar.update(tally, read=meter.read)
        table = schema(rows, config.stance_labels, columns.carry, model=config.title)
        errors = _finish(parts, out, format=kind, table=table)
    return ScoreSummary(out, errors, tally, round(time.monotonic() - started, 1))


def _refuse_own_input(out: Path, sources: Sequence[Source]) -> None:
    if own := [str(s) for s in sources if out.exists() and s.path.samefile(out)]:
        raise InvalidInputError(f"{own[0]} is both input and output: name another output")


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
    for row, result in _predict([r for r in rows if r.text is not None], tagger, job.actors):
        if isinstance(result, Document):
            documents.append(result)
            lines += [_line(r) for r in to_rows(result, job.rows, number=row.number, carried=row.carried)]
        else:
            errors.append(_error(row, result))
    errors.sort(key=lambda e: e["row"])
    tally = Tally.of(documents, errors=len(errors))
    return Part("".join(lines), "".join(map(_line, errors)), tally)


def _predict(rows: Sequence[Row], tagger: StanceTagger, actors: Actors) -> Iterator[tuple[Row, Document | str]]:
    """Each row with its document, or with the reason why it has none.

    Where the batch as a whole fails, its rows are tried one by one, so that the one at fault is found.
    """
    texts, ids = [r.text or "" for r in rows], [r.id for r in rows]
    try:
        yield from zip(rows, tagger.predict_batch(texts, actors=actors, ids=ids), strict=True)
    except StancelibError:
        raise  # wrong options, the same for all rows
    except (MemoryError, RuntimeError, ValueError, IndexError) as error:
        if len(rows) == 1:
            yield rows[0], f"could not be scored: {type(error).__name__}: {error}"
            return
        for row in rows:
            yield from _predict([row], tagger, actors)


def _error(row: Row, reason: str) -> dict[str, Any]:
    return {"row": row.number, "id": row.id, "file": row.file, "reason": reason}


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


# Running the chunks.


def _run(chunks: Iterable[list[Row]], parts: Path, job: Job, workers: int) -> Iterator[Tally]:
    """Tallies of all chunks in order; those whose marker is there already are not scored again."""
    numbered = ((_marker(parts, i), chunk) for i, chunk in enumerate(chunks))
    if workers == 1:
        tagger: StanceTagger | None = None
        for marker, chunk in numbered:
            if not marker.exists():
                tagger = tagger or load_tagger(job)
                _commit(marker, score_chunk(tagger, chunk, job))
            yield _tally(marker)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (job,)) as pool:
        waiting: deque[tuple[Path, Future[Part] | None]] = deque()
        try:
            for marker, chunk in numbered:
                waiting.append((marker, None if marker.exists() else pool.submit(_work, chunk)))
                if len(waiting) > 2 * workers:  # read no further ahead than the workers need
                    yield _collect(*waiting.popleft())
            while waiting:
                yield _collect(*waiting.popleft())
        except BrokenProcessPool as error:
            raise StancelibError(
                "a worker process died, for want of memory or because it could not load the model: "
                "run the same command again to go on, with --workers 1 to see why"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _collect(marker: Path, future: Future[Part] | None) -> Tally:
    if future is not None:
        _commit(marker, future.result())
    return _tally(marker)


_worker: tuple[StanceTagger, Job]


def _start_worker(job: Job) -> None:
    global _worker
    _worker = load_tagger(job), job


def _work(rows: list[Row]) -> Part:
    return score_chunk(_worker[0], rows, _worker[1])


def load_tagger(job: Job) -> StanceTagger:
    """The model of a job, in this process."""
    import torch

    from stancelib.tagger import StanceTagger

    if job.threads is not None:
        torch.set_num_threads(job.threads)
    return StanceTagger.from_pretrained(job.model, device=job.device, dtype=job.dtype)


def _threads(workers: int) -> int | None:
    """Threads of a worker: all workers together use every core once. None: as torch has it."""
    return None if workers == 1 else max(1, (os.cpu_count() or 1) // workers)


def _dtype(dtype: str) -> str:
    from stancelib.engine import DTYPES, has_bf16_units

    if dtype not in ("auto", *DTYPES):
        raise InvalidInputError(f"dtype is {dtype!r}: choose one of auto, {', '.join(DTYPES)}")
    if dtype != "auto":
        return dtype
    return "bfloat16" if has_bf16_units() else "float32"


# The folder of parts.


@contextmanager
def _parts_folder(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """``OUT.parts``, held by this process alone; it goes when OUT is finished."""
    if not out.parent.is_dir():
        raise InvalidInputError(f"no folder {out.parent} for {out.name}: make it first, or name another")
    parts = out.with_name(out.name + ".parts")
    finishing = (parts / _FINISHING).exists()
    if out.exists() and not (overwrite or finishing):
        raise InvalidInputError(f"{out} is there already: name another output, or --overwrite it")
    parts.mkdir(exist_ok=True)
    with (parts / "lock").open("w") as lock:
        _lock(lock, out)
        try:
            yield parts
        except BaseException as error:
            if not any(parts.glob("0*.json")):  # nothing scored yet: nothing to keep
                shutil.rmtree(parts)
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise StancelibError(
                    f"the disk is full; what is scored is safe in {parts}: "
                    "make room and run the same command again"
                ) from error
            raise
    shutil.rmtree(parts)


def _lock(file: IO[str], out: Path) -> None:
    """Refuse a second run on the same output; the system frees the lock when a process dies, however it does."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing keeps a second run away there
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StancelibError(f"another run is writing {out}: wait for it, or name another output") from error


def _begin(parts: Path, plan: dict[str, Any], *, overwrite: bool) -> None:
    """Note what is run, or compare it with what the interrupted run was."""
    file = parts / "run.json"
    text = json.dumps(plan, indent=1, ensure_ascii=False)
    if file.exists() and (before := json.loads(file.read_text(encoding="utf-8"))) != json.loads(text):
        changed = ", ".join(key for key in plan if before.get(key) != json.loads(text)[key])
        if not overwrite:
            raise InvalidInputError(
                f"{parts} holds an interrupted run with other {changed}: "
                "run it as before to go on, or with --overwrite to begin anew"
            )
        for old in parts.iterdir():
            if old.name not in ("lock", "stdin"):
                old.unlink()
    write_whole(file, text)


def _marker(parts: Path, index: int) -> Path:
    return parts / f"{index:08}.json"


def _commit(marker: Path, part: Part) -> None:
    """Write a part; it counts from the moment its marker, the last file, is in place."""
    write_whole(marker.with_suffix(".rows"), part.lines)
    write_whole(marker.with_suffix(".errors"), part.errors)
    write_whole(marker, json.dumps(part.tally.to_dict()))


def _tally(marker: Path) -> Tally:
    return Tally.from_dict(json.loads(marker.read_text(encoding="utf-8")))


def _finish(parts: Path, out: Path, *, format: str, table: pa.Schema) -> Path | None:
    """Join the parts to OUT and OUT.errors.jsonl; returns the latter if there is any error."""
    (parts / _FINISHING).touch()
    errors = out.with_name(out.name + ".errors.jsonl")
    failed = [p for p in sorted(parts.glob("*.errors")) if p.stat().st_size]
    if failed:
        write_output(failed, errors, format="jsonl", schema=table)
    else:
        errors.unlink(missing_ok=True)
    write_output(sorted(parts.glob("*.rows")), out, format=format, schema=table)
    return errors if failed else None


def _digest(path: Path) -> str:
    """SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_HASHED):
            digest.update(block)
    return digest.hexdigest()
