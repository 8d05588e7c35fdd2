"""The finished file of a scoring run: JSON lines of all parts, joined as they are, or turned to Parquet or CSV."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from stancelib.errors import InvalidInputError
from stancelib.inputs import COMPRESSIONS

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".csv": "csv", ".tsv": "tsv"}


def output_format(path: Path, rows: str) -> str:
    """The format that the name of an output says. Raises InvalidInputError for one that cannot hold ``rows``."""
    stem = Path(path.stem) if path.suffix.lower() in COMPRESSIONS else path
    found = FORMATS.get(stem.suffix.lower())
    if found is None or (found == "parquet" and stem != path):
        raise InvalidInputError(
            f"output {path}: the name says no known format; use .jsonl, .parquet, or .csv for flat rows "
            "(.jsonl and .csv also with .gz or .zst behind)"
        )
    if found in ("csv", "tsv") and rows == "documents":
        raise InvalidInputError(
            f"output {path}: documents are nested, a table cannot hold them; "
            "write .jsonl or .parquet, or choose rows statements or stances"
        )
    return found


def write_output(parts: Iterable[Path], path: Path, *, format: str, schema: pa.Schema) -> None:
    """Write the rows of ``parts``, files of JSON lines, to ``path``: it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    compression = COMPRESSIONS.get(path.suffix.lower())
    if format == "parquet":
        with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
            for part in parts:
                if part.stat().st_size:
                    writer.write_table(_table(part, schema))
    else:
        with pa.output_stream(str(draft), compression=compression) as stream:
            if format != "jsonl":
                stream.write(_csv([schema.names], format))
            for part in parts:
                if format == "jsonl":
                    with part.open("rb") as lines:
                        shutil.copyfileobj(lines, stream)
                else:
                    stream.write(_csv(_cells(part, schema.names), format))
    replace(draft, path)


def _table(part: Path, schema: pa.Schema) -> pa.Table:
    """Rows of a part; their types come from the schema, not from a guess."""
    rows = [json.loads(line) for line in part.read_text(encoding="utf-8").splitlines()]
    return pa.Table.from_pylist(rows, schema=schema)


def _cells(part: Path, names: Sequence[str]) -> Iterable[list[str]]:
    with part.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield ["" if row[name] is None else str(row[name]) for name in names]


def _csv(rows: Iterable[Sequence[str]], format: str) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter="\t" if format == "tsv" else ",", lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()


def write_whole(path: Path, text: str) -> None:
    """Write a file so that after a crash it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8", newline="")
    replace(draft, path)


def replace(draft: Path, path: Path) -> None:
    """Put a finished file into its place, safe on the disk."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)
