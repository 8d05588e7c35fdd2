"""Whom a pronoun stands for, on GAP (Webster et al. 2018): F1 of the names, overall and by gender.

    python -m training.gap --data ../shared/data [--split validation]

GAP is Wikipedia, and its pronouns stand anywhere; stancelib resolves those that are sources of statements, by the
same rules. Counted is a name (A, B) that the pronoun is said to stand for.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tqdm.auto import tqdm

from stancelib.evaluation.bootstrap import interval
from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.tasks import Found
from stancelib.gazetteer import load_gazetteer
from stancelib.names import find_persons
from stancelib.speakers import resolve_speakers
from stancelib.types import Span

FEMININE = frozenset({"she", "her", "hers"})


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--split", choices=["development", "validation"], default="development")
    args = parser.parse_args()
    tasks = evaluate_gap(args.data / "gap" / f"gap-{args.split}.tsv")
    table = Table("pronouns", "precision", "recall", "F1", "95 %", "of")
    for name, task in tasks.items():
        figures, sure = task.figures, interval(task)
        shown = (f"{100 * figures[key]:.1f}" for key in ("precision", "recall", "f1"))
        table.add_row(name, *shown, f"{100 * sure.low:.1f} to {100 * sure.high:.1f}", f"{figures['count']:.0f}")
    Console().print(table)
    ratio = tasks["feminine"].figures["f1"] / tasks["masculine"].figures["f1"]
    print(f"feminine to masculine: {ratio:.3f}")


def evaluate_gap(path: Path) -> dict[str, Found]:
    """Names resolved in all examples, and in those of each gender."""
    counts: dict[str, dict[str, Counts]] = {"all": {}, "feminine": {}, "masculine": {}}
    with path.open(encoding="utf-8", newline="") as file:
        for row in tqdm(list(csv.DictReader(file, delimiter="\t")), leave=False):
            gender = "feminine" if row["Pronoun"].lower() in FEMININE else "masculine"
            for name in ("all", gender):
                counts[name][row["ID"]] = _count(row)
    return {name: Found(units) for name, units in counts.items()}


def _count(row: dict[str, str]) -> Counts:
    """Which of A and B the pronoun is said to stand for, against which it does."""
    text, start = row["Text"], int(row["Pronoun-offset"])
    known = load_gazetteer().find(text)
    persons = find_persons(text, known)
    pronoun = Span.of(text, start, start + len(row["Pronoun"]))
    (speaker,) = resolve_speakers(text, [pronoun], persons=persons, mentions=known)
    said, gold = set(), set()
    for name in ("A", "B"):
        at = int(row[f"{name}-offset"])
        names = {p.name for p in persons if p.span.start < at + len(row[name]) and at < p.span.end} | {row[name]}
        if speaker.name in names:
            said.add(name)
        if row[f"{name}-coref"].upper() == "TRUE":
            gold.add(name)
    return Counts.of(said, gold)


if __name__ == "__main__":
    main()
