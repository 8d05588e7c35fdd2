"""How far the annotators of PolNeAR agree with each other, in the articles that several of them read.

    python -m training.annotators --data ../shared/data

Each annotation against each other one of its article, counted as a model is: exact spans without marks and
punctuation at the edges, and overlapping ones. Intervals by bootstrap over the articles. That is what a model can
reach at most, if it makes none of the mistakes and shares none of the habits of one annotator.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, groupby
from operator import itemgetter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stancelib.evaluation.bootstrap import interval
from stancelib.evaluation.labelled import ROLES, Row, edges
from stancelib.evaluation.metrics import Counts, match_by_overlap
from stancelib.evaluation.tasks import Found
from training.corpora import read


def main() -> None:
    """Command line of the agreement of PolNeAR's annotators."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    rows = chain.from_iterable(read("polnear", args.data, split).examples for split in ("train", "dev"))
    tasks = agreement(rows)
    table = Table("spans", "articles", "F1 %", "95 %", title="annotators of PolNeAR against each other")
    for name, task in tasks.items():
        sure = interval(task)
        bounds = f"{100 * sure.low:.1f} to {100 * sure.high:.1f}"
        table.add_row(name, f"{len(task.counts)}", f"{100 * task.figures['f1']:.1f}", bounds)
    Console().print(table)


def agreement(rows: Iterable[Row]) -> dict[str, Found]:
    """Exact and overlapping spans of each role, by article, of all pairs of annotations of one text."""
    counts: dict[str, dict[str, Counts]] = {}
    by_text = groupby(sorted(rows, key=itemgetter("text")), key=itemgetter("text"))
    for text, of_text in by_text:
        for one, other in combinations(map(_spans, of_text), 2):
            for role in ROLES:
                for name, found in _compared(role, one[role], other[role]):
                    of_task = counts.setdefault(name, {})
                    of_task[text] = of_task.get(text, Counts()) + found
    return {name: Found(units) for name, units in counts.items()}


Spans = set[tuple[int, int]]


def _spans(row: Row) -> Mapping[str, Spans]:
    return {role: {edges(row["text"], role, *s) for st in row["statements"] for s in st[role]} for role in ROLES}


def _compared(role: str, one: Spans, other: Spans) -> Sequence[tuple[str, Counts]]:
    matched = match_by_overlap([set(range(*s)) for s in one], [set(range(*s)) for s in other])
    return (
        (role, Counts.of(one, other)),
        (f"{role}, overlapping", Counts(len(matched), len(one), len(other))),
    )


if __name__ == "__main__":
    main()
