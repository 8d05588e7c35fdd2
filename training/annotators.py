"""How far the annotators of PolNeAR agree with each other, in the articles that several of them read.

    python -m training.annotators --data ../shared/data

Each annotation against each other one of its article, scored as a model is (stancelib/evaluation/labelled.py):
what a second annotator reaches, to compare a model with.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import chain, combinations, groupby
from operator import itemgetter
from pathlib import Path

from rich.console import Console

from stancelib.evaluation.labelled import ROLES, Row, compare_spans, gold_spans
from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.report import to_table
from stancelib.evaluation.tasks import Found
from training.corpora import read


def main() -> None:
    """Command line of the agreement of PolNeAR's annotators."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    rows = chain.from_iterable(read("polnear", args.data, split).examples for split in ("train", "dev"))
    Console().print(to_table({"annotators": agreement(rows)}))


def agreement(rows: Iterable[Row]) -> dict[str, Found]:
    """Exact and overlapping spans of each role, by article, of all pairs of annotations of one text."""
    counts: dict[str, dict[str, Counts]] = {}
    for text, of_text in groupby(sorted(rows, key=itemgetter("text")), key=itemgetter("text")):
        for one, other in combinations(of_text, 2):
            for role in ROLES:
                for task, found in compare_spans(role, gold_spans(one, role), gold_spans(other, role)).items():
                    of_task = counts.setdefault(task, {})
                    of_task[text] = of_task.get(text, Counts()) + found
    return {task: Found(units) for task, units in counts.items()}


if __name__ == "__main__":
    main()
