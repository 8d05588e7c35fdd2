"""Scoring archives: rows in, documents or flat tables out; none lost, and a killed run goes on where it stopped.

The rows are split into chunks (chunks.py), which depend on the input alone. An engine (local_engine.py,
ray_engine.py) scores them into parts (parts.py), whatever the order, and the parts are joined in the order of the
input: the same bytes from any engine, number of workers, and number of kills.
"""

from __future__ import annotations

import logging
import os
import time
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

from stancelib.actors import parse_actors
from stancelib.calibration import check_probability
from stancelib.chunks import Actors, Job, split
from stancelib.config import ModelConfig
from stancelib.errors import InvalidInputError
from stancelib.folder import CONFIG, FILES, find_folder
from stancelib.inputs import Meter, Row, Source, choose_columns, find_sources, read_rows
from stancelib.local_engine import run_local
from stancelib.outputs import output_format
from stancelib.parts import begin, finish, parts_folder
from stancelib.predict import default_folder
from stancelib.progress import ScoreProgress
from stancelib.ray_engine import run_ray
from stancelib.tables import ROW_KINDS, schema
from stancelib.tally import Tally

logger = logging.getLogger(__name__)

ENGINES = ("local", "ray")
_HASHED = 1 << 20  # bytes at a time


@dataclass(frozen=True)
class ScoreSummary:
    """What a run did. ``rows`` = ``tally.documents`` + ``tally.errors``.

    ``repeated_ids`` is how many rows have an id that an earlier row has; they are in the output all the same.
    """

    output: Path
    errors_file: Path | None
    tally: Tally
    seconds: float
    repeated_ids: int

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
    min_probability: float | None = None,
    model: str | Path | None = None,
    device: str | None = None,
    dtype: str = "auto",
    workers: int = 1,
    engine: str = "local",
    overwrite: bool = False,
    progress: bool | None = None,
) -> ScoreSummary:
    """Score every row of ``inputs`` into ``output``; run again after a kill, it goes on.

    ``inputs``: files (.csv, .tsv, .jsonl, .parquet, .txt; also .gz, .zst), folders of .txt files, globs, or "-".
    ``output``: .jsonl or .parquet, and .csv for the flat ``rows`` ("statements", "stances"; else "documents").
    Columns named in ``carry`` go along. Rows that cannot be read or scored go to OUT.errors.jsonl with number, id
    and reason. ``min_probability`` is the least of a statement, see StanceTagger.predict. ``dtype`` "auto" is
    bfloat16 where the processor has units for it. ``workers`` are processes, with ``engine`` "ray" on the Ray
    cluster of RAY_ADDRESS or, without one, on this machine.
    Which columns were guessed goes to the log of this module, as information.
    ``progress`` shows a bar, by default where standard error is a terminal.

    Raises InvalidInputError for input and options that cannot be used, for an ``output`` that is there already
    (without ``overwrite``), and for an interrupted run of other input, model or options.
    """
    started = time.monotonic()
    out = Path(output)
    kind = output_format(out, rows)
    parse_actors(actors)
    least = None if min_probability is None else check_probability(min_probability)
    if rows not in ROW_KINDS or engine not in ENGINES or workers < 1:
        raise InvalidInputError(
            f"rows is {rows!r}, engine {engine!r}, workers {workers}: choose one of {', '.join(ROW_KINDS)}; "
            f"one of {', '.join(ENGINES)}; 1 or more"
        )
    with parts_folder(out, overwrite=overwrite) as parts:
        sources = find_sources([inputs] if isinstance(inputs, str | Path) else inputs, spool=parts / "stdin")
        _refuse_own_input(out, sources)
        columns, messages = choose_columns(sources, text=text_column, id=id_column, carry=carry, encoding=encoding)
        for message in messages:  # before the work, which may take all night
            logger.info(message)
        folder = find_folder(model) if model is not None else default_folder()
        config = ModelConfig.load(folder / CONFIG)
        job = Job(str(folder), rows, actors, device, _dtype(dtype), _threads(workers), least)
        plan = {
            "inputs": [[str(s), _digest(s.path)] for s in sources],
            "columns": [*columns[:2], list(columns.carry)],
            "encoding": encoding,
            "rows": rows,
            "format": kind,
            "actors": actors if actors is None or isinstance(actors, Mapping) else list(actors),
            "model": [config.title, *(_digest(p) for p in map(folder.joinpath, FILES) if p.is_file())],
            "min_probability": config.min_probability if least is None else least,
            "dtype": job.dtype,
            "stancelib": version("stancelib"),
        }
        begin(parts, plan, overwrite=overwrite)
        run = run_ray if engine == "ray" else run_local
        meter, tally, ids = Meter(), Tally(), _Ids()
        chunks = split(ids.noted(read_rows(sources, columns, encoding=encoding, meter=meter)))
        with ScoreProgress(shown=progress, total=sum(s.size for s in sources)) as bar:
            for part in run(chunks, parts, job, workers):
                tally.add(part)
                bar.update(tally, read=meter.read)
        table = schema(rows, config.stance_labels, columns.carry, model=config.title)
        errors = finish(parts, out, format=kind, table=table)
    return ScoreSummary(out, errors, tally, round(time.monotonic() - started, 1), ids.repeated)


class _Ids:
    """Counts ids that come again, in eight bytes a row."""

    def __init__(self) -> None:
        self._hashes = array("Q")

    def noted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, their ids noted."""
        for row in rows:
            if row.id:
                digest = blake2b(row.id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                self._hashes.append(int.from_bytes(digest, "little"))
            yield row

    @property
    def repeated(self) -> int:
        """Rows whose id an earlier row has."""
        return len(self._hashes) - len(np.unique(np.array(self._hashes, np.uint64)))


def _refuse_own_input(out: Path, sources: Sequence[Source]) -> None:
    if own := [str(s) for s in sources if out.exists() and s.path.samefile(out)]:
        raise InvalidInputError(f"{own[0]} is both input and output: name another output")


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


def _digest(path: Path) -> str:
    """SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_HASHED):
            digest.update(block)
    return digest.hexdigest()
