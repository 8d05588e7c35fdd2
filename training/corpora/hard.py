"""Statements written for this project on what articles rarely have: conditional harm, negation, irony …

``training/annotations/hard-statements.txt`` is plain text, one statement a line, marked as markup.py says. Lines
that stand together are a minimal pair (or triple), an empty line ends them, ``# name`` begins the lines of one
phenomenon. For training alone are ``hard-statements-2.txt``, with more of the same, ``plain-statements.txt``, with
short ones, and a second version of each line in which other states are named (states.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.corpora.marked import parse_line
from training.corpora.markup import MarkedStatement, parse, to_row
from training.corpora.polnear_stance import ANNOTATIONS
from training.corpora.schema import Corpus
from training.corpora.states import with_other_states

FILE = ANNOTATIONS / "hard-statements.txt"
MORE = (ANNOTATIONS / "hard-statements-2.txt", ANNOTATIONS / "plain-statements.txt")
DEV_EVERY = 8  # every eighth group is dev, so that minimal pairs stay together


@dataclass(frozen=True)
class HardExample:
    """One line. ``group`` numbers the minimal pairs of the file."""

    text: str
    statement: MarkedStatement
    phenomenon: str
    group: int


def read(data: Path, split: str) -> Corpus:
    """Train or dev; ``data`` is not read, the files lie beside this package."""
    left_out: Counter[str] = Counter()
    if split == "dev":
        chosen = [e for e in read_examples(FILE) if is_dev(e)]
    else:
        chosen = [e for e in read_examples(FILE, vary=True) if not is_dev(e)]
        chosen += [e for path in MORE for e in read_examples(path, vary=True)]
    rows = [to_row(f"hard-{n}", e.text, [e.statement], left_out) for n, e in enumerate(chosen)]
    return Corpus.of("hard", split, rows, left_out)


def is_dev(example: HardExample) -> bool:
    """Whether an example is for development, never for training."""
    return example.group % DEV_EVERY == 0


def read_examples(path: Path, *, vary: bool = False) -> Iterator[HardExample]:
    """All lines of a file; with ``vary`` each one again with other states where that can be, the same for a group.

    Raises CorpusError with the line number for what is not in the format.
    """
    phenomenon, group = "", 0
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("#"):
            phenomenon = line[1:].strip()
        elif not line.strip():
            group += 1
        else:
            other = with_other_states(line, Random(f"{path.name} {group}")) if vary else None
            for version in (line, other):
                if version:
                    text, statement = parse_line(_one_statement, version, path, number)
                    yield HardExample(text, statement, phenomenon, group)


def _one_statement(line: str) -> tuple[str, MarkedStatement]:
    text, statements = parse(line)
    if len(statements) != 1:
        raise ValueError(f"{len(statements)} statements: a hard line has one")
    return text, statements[0]
