"""Is a file of labels fit for training? Faults, counts, thin classes, and texts that train and dev share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stancelib.tuning.labels import LabelFile, read_labels

THIN = 20  # labels of a class under which neither training nor dev says much


@dataclass(frozen=True)
class LabelCheck:
    """What was found in the files of train and, where there is one, dev.

    ``faults`` must be mended before training: a line each, naming file, line, field, value and fix. ``warnings``
    may be left.
    """

    files: tuple[LabelFile, ...]
    faults: tuple[str, ...]
    warnings: tuple[str, ...]


def check_labels(train: str | Path, dev: str | Path | None = None, *, labels: Sequence[str] = ()) -> LabelCheck:
    """Check files of labels; ``labels`` are those that are allowed, by default any.

    Raises InvalidInputError for a file that cannot be read at all.
    """
    files = tuple(read_labels(path, labels=labels) for path in (train, dev) if path is not None)
    faults = [f"{file.path}, {fault}" for file in files for fault in sorted(file.faults)]
    if len(files) == 2:
        faults += _leaks(*files)
    if not any(file.rows for file in files[:1]):
        faults.append(f"{files[0].path}: no row can be used; the documentation says what a row needs")
    warnings = [warning for file in files for warning in _thin_classes(file)]
    if len(files) == 2 and files[0].tasks != files[1].tasks:
        names = [", ".join(file.tasks) or "nothing" for file in files]
        warnings.append(f"train has labels of {names[0]}, dev of {names[1]}: only what both have is scored")
    return LabelCheck(files, tuple(faults), tuple(warnings))


def _leaks(train: LabelFile, dev: LabelFile) -> list[str]:
    """Texts that are in both: a model would be praised for what it has by heart."""
    known = {row["text"]: row["line"] for row in train.rows}
    return [
        f"{dev.path}, line {row['line']}, text: the same as line {known[row['text']]} of {train.path}; "
        "keep it in one of the two"
        for row in dev.rows
        if row["text"] in known
    ]


def _thin_classes(file: LabelFile) -> list[str]:
    return [
        f"{file.path}: only {count} of {task} {label!r}; {THIN} or more say something"
        for task in ("stance", "sentiment")
        for label, count in sorted(file.labels(task).items())
        if count < THIN
    ]


def to_page(check: LabelCheck) -> RenderableType:
    """Counts, faults and warnings for the terminal; what stands in the files is never read as markup."""
    counts = Table("file", "rows", "labels of", "label", "count")
    for file in check.files:
        counts.add_row(Text(str(file.path)), f"{len(file.rows):,}", "", "", "")
        statements = sum(len(row["statements"]) for row in file.rows)
        if "statements" in file.tasks:
            counts.add_row("", "", "statements", "", f"{statements:,}")
        for task in ("stance", "sentiment"):
            for label, count in file.labels(task).most_common():
                counts.add_row("", "", task, Text(label), f"{count:,}")
    faults = [Text(fault, style="red") for fault in check.faults]
    warnings = [Text(f"warning: {warning}", style="yellow") for warning in check.warnings]
    verdict = f"{len(faults):,} faults" if faults else "no faults: fit for training"
    return Group(counts, *faults, *warnings, Text(verdict, style="bold"))
