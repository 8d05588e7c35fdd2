"""Exports of annotation tools to a file of labels, and texts to tasks for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from stancelib.errors import InvalidInputError
from stancelib.outputs import write_whole
from stancelib.tagger import StanceTagger
from stancelib.tuning import doccano, label_studio
from stancelib.tuning.regions import to_record

CHUNK = 64  # texts read at a time


def convert(export: str | Path, out: str | Path) -> tuple[int, list[str]]:
    """Write the labels of an export of Label Studio (JSON) or Doccano (JSONL with relations) to ``out`` (.jsonl).

    Returns how many texts were written, and what is wrong with each of the others. Raises InvalidInputError for a
    file that is neither.
    """
    path = Path(export)
    try:
        data = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not UTF-8 (byte {error.start}): export it again") from error
    lines, faults = [], []
    for number, (read, record) in enumerate(_records(path, data), 1):
        try:
            lines.append(json.dumps(to_record(read(record)), ensure_ascii=False) + "\n")
        except KeyError as error:
            faults.append(f"{path}, item {number}: lacks {error}: is it made for another labeling interface?")
        except (ValueError, TypeError, AttributeError) as error:
            faults.append(f"{path}, item {number}: {error}")
    write_whole(Path(out), "".join(lines))
    return len(lines), faults


def _records(path: Path, data: str) -> Iterator[tuple[Any, Any]]:
    """Each record with the function that reads it."""
    try:
        if data.lstrip().startswith("["):
            yield from ((label_studio.read_task, task) for task in json.loads(data))
        else:
            yield from ((doccano.read_record, json.loads(line)) for line in data.split("\n") if line.strip())
    except ValueError as error:
        raise InvalidInputError(
            f"{path} is neither a JSON export of Label Studio nor a JSONL export of Doccano: {error}"
        ) from error


def write_tasks(
    texts: Iterable[tuple[str | None, str]], tagger: StanceTagger, out: str | Path
) -> tuple[int, Path]:
    """Write tasks for Label Studio, annotated by the model, of (id, text); beside them the labeling interface.

    Returns how many, and the file of the interface.
    """
    path = Path(out)
    tasks = []
    waiting = list(texts)
    for i in range(0, len(waiting), CHUNK):
        some = waiting[i : i + CHUNK]
        documents = tagger.predict_batch([text for _, text in some], ids=[name for name, _ in some])
        tasks += [label_studio.to_task(text, d) for (_, text), d in zip(some, documents, strict=True)]
    write_whole(path, json.dumps(tasks, ensure_ascii=False, indent=1) + "\n")
    interface = path.with_suffix(".xml")
    write_whole(interface, label_studio.labeling_config(tagger.config.stance_labels))
    return len(tasks), interface
