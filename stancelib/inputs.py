"""Rows of archives: CSV, TSV, JSONL, Parquet and text files, plain or compressed, one row at a time.

A row that cannot be read becomes a row with an error; the rows after it are read all the same.
"""

from __future__ import annotations

import csv
import glob
import io
import json
import shutil
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from stancelib.csv_records import Damaged, Record, csv_records
from stancelib.errors import InvalidInputError

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".txt": "txt",
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
TEXT_COLUMNS = ("text", "content", "body", "article", "full_text", "fulltext", "article_text", "maintext")
ID_COLUMNS = ("id", "doc_id", "document_id", "article_id", "docid", "uid", "guid", "url", "uri")
_PARQUET_ROWS = 256
_JSON_HEAD = 100  # objects that are looked at for the names of the keys


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the input. ``number`` counts from 1 over all files; ``error`` says why there is no text."""

    number: int
    id: str
    text: str | None
    carried: dict[str, str | None]
    file: str
    error: str = ""


class Columns(NamedTuple):
    """Names of the columns to read; ``id`` None: rows are named by their number."""

    text: str
    id: str | None
    carry: tuple[str, ...]


@dataclass
class Meter:
    """Bytes of the input files that have been read so far."""

    read: int = 0


@dataclass(frozen=True)
class Source:
    """One input file and its format."""

    path: Path
    format: str
    compression: str | None = None
    name: str = ""  # what to call it in messages, if not its path

    def __str__(self) -> str:
        return self.name or str(self.path)

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self.path.stat().st_size

    def open(self, raw: BinaryIO) -> BinaryIO:
        """Its bytes, decompressed, from those on the disk."""
        if self.compression is None:
            return raw
        stream: Any = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), self.compression)
        return io.BufferedReader(stream)


def find_sources(inputs: Sequence[str | Path], *, spool: Path) -> list[Source]:
    """The files that ``inputs`` name: files, folders of text files, globs, and - for standard input.

    Standard input is copied to the file ``spool`` first, so that an interrupted run can be checked against it.
    Raises InvalidInputError for what is not there, and for names in no known format.
    """
    found: list[Source] = []
    for item in map(str, inputs):
        if item == "-":
            found.append(_standard_input(spool))
        elif Path(item).is_dir():
            files = sorted(p for p in Path(item).rglob("*") if p.is_file() and _format(p)[0] == "txt")
            if not files:
                raise InvalidInputError(f"the folder {item} has no .txt file: name the files, as in {item}/*.csv")
            found += [_source(p) for p in files]
        elif Path(item).is_file():
            found.append(_source(Path(item)))
        elif matches := sorted(p for p in glob.glob(item, recursive=True) if Path(p).is_file()):  # noqa: PTH207
            found += [_source(Path(p)) for p in matches]
        else:
            raise InvalidInputError(f"there is no file, folder or match for {item!r}")
    if not found:
        raise InvalidInputError("no input: give a CSV, TSV, JSONL or Parquet file, or a folder of .txt files")
    return found


def _format(path: Path) -> tuple[str | None, str | None]:
    compression = COMPRESSIONS.get(path.suffix.lower())
    stem = Path(path.stem) if compression else path
    return FORMATS.get(stem.suffix.lower()), compression


def _source(path: Path) -> Source:
    format_, compression = _format(path)
    if format_ is None or (format_ == "parquet" and compression):
        raise InvalidInputError(
            f"{path}: the name says no known format; {', '.join(FORMATS)} can be read, "
            "all but .parquet also with .gz or .zst behind"
        )
    return Source(path, format_, compression)


def _standard_input(spool: Path) -> Source:
    with spool.open("wb") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
    with spool.open("rb") as file:
        head = file.read(4096).removeprefix(BOM_UTF8).lstrip()
    return Source(spool, "jsonl" if head.startswith(b"{") else "csv", name="standard input")


def choose_columns(
    sources: Sequence[Source], *, text: str | None, id: str | None, carry: Sequence[str], encoding: str
) -> tuple[Columns, list[str]]:
    """The columns to read, and messages on what was guessed.

    Raises InvalidInputError that lists the columns where none is obvious, or a file lacks one.
    """
    tables = [s for s in sources if s.format != "txt"]
    if not tables:
        if text or carry:
            raise InvalidInputError("text files have no columns: leave out --text-column and --carry")
        return Columns("text", "id", ()), []
    headers = [(source, read_header(source, encoding)) for source in tables]
    first, columns = headers[0]
    messages = []
    if text is None:
        text = _guess(columns, TEXT_COLUMNS) or (columns[0] if len(columns) == 1 else None)
        if text is None:
            raise InvalidInputError(
                f"{first}: which column is the text? Name it with --text-column; there are {', '.join(columns)}"
            )
        messages.append(f"text column: {text}")
    if id is None:
        id = _guess([c for c in columns if c != text], ID_COLUMNS)
        messages.append(f"id column: {id}" if id else "no id column: rows are named by their number")
    wanted = list(dict.fromkeys([text, *([id] if id else []), *carry]))
    for source, header in headers:
        if missing := [c for c in wanted if c not in header]:
            raise InvalidInputError(f"{source} has no column {', '.join(missing)}; there are {', '.join(header)}")
    return Columns(text, id, tuple(carry)), messages


def _guess(columns: Sequence[str], names: Sequence[str]) -> str | None:
    folded = {c.casefold(): c for c in reversed(columns)}
    return next((folded[n] for n in names if n in folded), None)


def read_header(source: Source, encoding: str) -> list[str]:
    """Names of the columns of a table; of a JSONL file, the keys of its first objects together."""
    if source.format == "parquet":
        return list(_parquet(source).schema_arrow.names)
    with source.path.open("rb") as raw, _readable(source, encoding):
        lines = _lines(source, raw, encoding)
        if source.format == "jsonl":
            records = (r for r in islice(_json_records(lines), _JSON_HEAD) if isinstance(r, dict))
            return list(dict.fromkeys(key for record in records for key in record))
        header = next(csv.reader(lines, delimiter="\t" if source.format == "tsv" else ","), [])
    if not header:
        raise InvalidInputError(f"{source} is empty: a header with the names of the columns is needed")
    return header


def read_rows(sources: Sequence[Source], columns: Columns, *, encoding: str, meter: Meter) -> Iterator[Row]:
    """All rows of all files, in order; ``meter`` follows."""
    number = done = 0
    for source in sources:
        with source.path.open("rb") as raw, _readable(source, encoding):
            for record in _records(source, raw, columns, encoding):
                number += 1
                meter.read = done + raw.tell()
                yield _row(number, record, columns, source)
        done += source.size


@contextmanager
def _readable(source: Source, encoding: str) -> Iterator[None]:
    """Tell what is wrong with a file of which not even the rows can be told apart."""
    try:
        yield
    except UnicodeError as error:
        raise InvalidInputError(f"{source} is not in {encoding} ({error}): name its encoding") from error
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the system: no such file, no permission
        raise InvalidInputError(f"{source} is damaged or not what its name says ({error})") from error


def _records(source: Source, raw: BinaryIO, columns: Columns, encoding: str) -> Iterator[Record]:
    if source.format == "parquet":
        yield from _parquet_records(source, columns)
        return
    lines = _lines(source, raw, encoding)
    if source.format == "txt":
        yield {columns.id or "": str(source), columns.text: lines.read()}
    elif source.format == "jsonl":
        yield from _json_records(lines)
    else:
        yield from csv_records(lines, "\t" if source.format == "tsv" else ",")


def _row(number: int, record: Record, columns: Columns, source: Source) -> Row:
    cells = record.cells if isinstance(record, Damaged) else record
    name = _cell(cells.get(columns.id)) if columns.id else None
    carried = {c: _cell(cells.get(c)) for c in columns.carry}
    text = cells.get(columns.text)
    error = record.reason if isinstance(record, Damaged) else _why_unusable(text)
    return Row(number, name or str(number), None if error else text, carried, str(source), error)


def _why_unusable(text: Any) -> str:
    """Why a text cannot be scored; nothing for one that can."""
    if text is None:
        return "no text: the cell is missing or null"
    if not isinstance(text, str):
        return f"the text is {type(text).__name__}, not a string"
    if not _is_unicode(text):
        return "the text has bytes of another encoding, or lone surrogates: see --encoding"
    return ""


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _cell(value: Any) -> str | None:
    """A cell as a string that can be written as UTF-8."""
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    return text.encode("utf-8", "replace").decode()


def _lines(source: Source, raw: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The lines of a file, line ends kept; bytes that do not fit the encoding become lone surrogates."""
    try:
        return io.TextIOWrapper(source.open(raw), encoding=encoding, errors="surrogateescape", newline="")
    except LookupError as error:
        raise InvalidInputError(f"encoding {encoding!r} is unknown: try utf-8-sig, latin-1 or cp1252") from error


def _json_records(lines: Iterable[str]) -> Iterator[Record]:
    for line in lines:
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Damaged(f"not JSON: {error}", {})
            continue
        kind = type(record).__name__
        yield record if isinstance(record, dict) else Damaged(f"a JSON {kind}, not an object", {})


def _parquet(source: Source) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source.path)
    except pa.ArrowInvalid as error:
        raise InvalidInputError(f"{source} is not a Parquet file ({error})") from error


def _parquet_records(source: Source, columns: Columns) -> Iterator[Record]:
    wanted = [c for c in (columns.text, columns.id, *columns.carry) if c is not None]
    for batch in _parquet(source).iter_batches(batch_size=_PARQUET_ROWS, columns=wanted):
        yield from batch.to_pylist()
