"""The one shape in which every reader gives its corpus. Offsets are half-open characters of ``text``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from datasets import Dataset, Features, List, Value

Row = dict[str, Any]
_SPANS = List(List(Value("int64")))

FEATURES = Features(
    {
        "id": Value("string"),
        "text": Value("string"),
        # True where all statements of the text are annotated: what is not marked is no statement.
        "annotated": Value("bool"),
        # What words are (part of): other, person or organization; "" where nobody knows, and so all other words.
        # A later entry overrules an earlier one.
        "names": List({"start": Value("int64"), "end": Value("int64"), "kind": Value("string")}),
        "statements": List({"content": _SPANS, "cue": _SPANS, "source": _SPANS}),
        "pairs": List(
            {
                "task": Value("string"),  # stance (holder toward target, in content) or sentiment (of target)
                "holder": _SPANS,
                "content": _SPANS,
                "target": _SPANS,
                "label": Value("string"),
                "weight": Value("float32"),  # what the label counts in the loss; several readers share it
            }
        ),
    }
)


@dataclass(frozen=True)
class Corpus:
    """One split of a corpus, and what of it could not be used: reason → count."""

    name: str
    split: str
    examples: Dataset
    left_out: Counter[str]

    @classmethod
    def of(cls, name: str, split: str, rows: Iterable[Row], left_out: Counter[str]) -> Corpus:
        """Rows to a corpus. Raises CorpusError for a span that is empty or not in its text."""
        read = list(rows)
        for row in read:
            _check(row)
        columns = {key: [row.get(key, []) for row in read] for key in FEATURES}
        return cls(name, split, Dataset.from_dict(columns, features=FEATURES), left_out)


class CorpusError(ValueError):
    """A corpus, split or file that is not there, or not in its format."""


def _check(row: Row) -> None:
    parts = [s[role] for s in row["statements"] for role in ("content", "cue", "source")]
    parts += [p[role] for p in row["pairs"] for role in ("holder", "content", "target")]
    named = [(name["start"], name["end"]) for name in row.get("names", ())]
    for start, end in [*(span for spans in parts for span in spans), *named]:
        if not 0 <= start < end <= len(row["text"]):
            raise CorpusError(
                f"{row['id']}: span ({start}, {end}) is not in the text of {len(row['text'])} characters"
            )


def name(start: int, end: int, kind: str) -> Row:
    """What the words of a span are: see FEATURES."""
    return {"start": start, "end": end, "kind": kind}


def pair(task: str, target: list[list[int]], label: str, **spans: list[list[int]]) -> Row:
    """A labelled pair, of weight 1; holder and content are empty where the corpus has none."""
    holder, content = spans.get("holder", []), spans.get("content", [])
    return {"task": task, "holder": holder, "content": content, "target": target, "label": label, "weight": 1.0}
