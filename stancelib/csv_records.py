"""Records of a table in CSV, read so that a damaged row takes none of its neighbours with it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

# A quotation mark that nobody closes would swallow the rest of a file: a record ends here at the latest.
RECORD_LIMIT = 64_000_000  # characters


class Damaged(NamedTuple):
    """What is wrong with a record, and the cells that could be read all the same."""

    reason: str
    cells: dict[str, Any]


Record = dict[str, Any] | Damaged


def csv_records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Records of a table. After a damaged line, reading goes on with the next line.

    A quotation mark that is never closed makes the records behind it part of one cell; it shows by the next mark,
    which stands in the wrong place, or by a record beyond all measure. Then only its first line is given up.
    """
    before = csv.field_size_limit()
    csv.field_size_limit(max(before, RECORD_LIMIT))
    try:
        yield from _records(_Lines(lines), delimiter)
    finally:  # the limit is one for the whole process
        csv.field_size_limit(before)


def _records(feed: _Lines, delimiter: str) -> Iterator[Record]:
    header = next(csv.reader(feed, delimiter=delimiter), [])
    feed.take()
    while True:
        try:
            cells = next(csv.reader(feed, delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            first, *others = feed.take()
            feed.give_back(others)
            cells = _split(first, delimiter)
            yield Damaged(f"not a row of the table: {error}", dict(zip(header, cells, strict=False)))
            continue
        feed.take()
        if cells is None:
            return
        if len(cells) == len(header):
            yield dict(zip(header, cells, strict=True))
        elif cells:
            reason = f"{len(cells)} cells where the header has {len(header)}"
            yield Damaged(reason, dict(zip(header, cells, strict=False)))


def _split(line: str, delimiter: str) -> list[str]:
    """Cells of a single line, whatever its quotation marks."""
    return next(csv.reader([line], delimiter=delimiter), [])


class _Lines:
    """Lines that can be given back, with those of the record at hand."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self._taken.append(line)
        self._size += len(line)
        if self._size > RECORD_LIMIT and len(self._taken) > 1:
            raise csv.Error(f"a quotation mark is not closed within {RECORD_LIMIT} characters")
        return line

    def take(self) -> list[str]:
        """The lines since the last call."""
        taken, self._taken, self._size = self._taken, [], 0
        return taken

    def give_back(self, lines: Sequence[str]) -> None:
        """Read these again."""
        self._returned.extendleft(reversed(lines))
