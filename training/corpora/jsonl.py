"""Files with one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.corpora.schema import CorpusError


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects with their line numbers; blank lines are skipped. Raises CorpusError for any other line."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise CorpusError(f"{path}, line {number}: {error}") from error
            if not isinstance(record, dict):
                raise CorpusError(f"{path}, line {number}: a JSON object is needed, not {line.strip()[:40]!r}")
            yield number, record
