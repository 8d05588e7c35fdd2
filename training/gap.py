"""Whom a pronoun stands for, on GAP (Webster et al. 2018): F1 of the names, overall and by gender.

    python -m training.gap --model models/default --data ../shared/data [--split validation]

GAP is Wikipedia, and its pronouns stand anywhere; stancelib resolves those that are sources of statements, by the
same rules. Counted is a name (A, B) that the pronoun is said to stand for. The weights were fitted to development;
validation was looked at; the names of both are training data.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stancelib.coreference import Discourse
from stancelib.errors import StancelibError
from stancelib.evaluation.bootstrap import interval
from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.tasks import Found
from stancelib.gazetteer import ActorMention, load_gazetteer
from stancelib.names import PersonMention
from stancelib.speakers import resolve_speakers
from stancelib.tagger import StanceTagger
from stancelib.types import Span
from training.persons import persons_in

FEMININE = frozenset({"she", "her", "hers"})


@dataclass(frozen=True)
class Passage:
    """A text with a pronoun. ``gold``: the names by which A and B are known, and whether it stands for them."""

    id: str
    text: str
    pronoun: Span
    persons: list[PersonMention]
    known: list[ActorMention]
    gold: tuple[tuple[frozenset[str], bool], ...]

    @property
    def before(self) -> list[PersonMention]:
        """The persons for whom the pronoun may stand."""
        return Discourse(self.text, self.persons, self.known).antecedents(self.pronoun.start, self.pronoun.end)

    @property
    def gender(self) -> str:
        """Of the pronoun."""
        return "feminine" if self.pronoun.text.lower() in FEMININE else "masculine"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder, which tells persons' names")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--split", choices=["development", "validation", "test"], default="test")
    args = parser.parse_args()
    try:
        tasks = evaluate_gap(args.data / "gap" / f"gap-{args.split}.tsv", StanceTagger.from_pretrained(args.model))
    except (StancelibError, OSError) as error:
        parser.error(str(error))
    table = Table("pronouns", "precision", "recall", "F1", "95 %", "of")
    for name, task in tasks.items():
        figures, sure = task.figures, interval(task)
        shown = (f"{100 * figures[key]:.1f}" for key in ("precision", "recall", "f1"))
        table.add_row(name, *shown, f"{100 * sure.low:.1f} to {100 * sure.high:.1f}", f"{figures['count']:.0f}")
    Console().print(table)
    ratio = tasks["feminine"].figures["f1"] / tasks["masculine"].figures["f1"]
    print(f"feminine to masculine: {ratio:.3f}")


def evaluate_gap(path: Path, tagger: StanceTagger) -> dict[str, Found]:
    """Names resolved in all passages, and in those of each gender."""
    counts: dict[str, dict[str, Counts]] = {"all": {}, "feminine": {}, "masculine": {}}
    for passage in read_passages(path, tagger):
        for name in ("all", passage.gender):
            counts[name][passage.id] = _count(passage)
    return {name: Found(units) for name, units in counts.items()}


def read_passages(path: Path, tagger: StanceTagger) -> list[Passage]:
    """The passages of a file, with the persons that ``tagger`` finds in them."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = persons_in(tagger, [row["Text"] for row in rows])
    return [_passage(row, persons) for row, persons in zip(rows, found, strict=True)]


def _passage(row: dict[str, str], persons: list[PersonMention]) -> Passage:
    text, start = row["Text"], int(row["Pronoun-offset"])
    gold = []
    for name in ("A", "B"):
        at = int(row[f"{name}-offset"])
        end = at + len(row[name])
        names = {p.name for p in persons if p.span.start < end and at < p.span.end} | {row[name]}
        gold.append((frozenset(names), row[f"{name}-coref"].upper() == "TRUE"))
    pronoun = Span.of(text, start, start + len(row["Pronoun"]))
    return Passage(row["ID"], text, pronoun, persons, load_gazetteer().find(text), tuple(gold))


def _count(passage: Passage) -> Counts:
    """Which of A and B the pronoun is said to stand for, against which it does."""
    (speaker,) = resolve_speakers(passage.text, [passage.pronoun], persons=passage.persons, mentions=passage.known)
    said = {i for i, (names, _) in enumerate(passage.gold) if speaker.name in names}
    return Counts.of(said, {i for i, (_, coref) in enumerate(passage.gold) if coref})


if __name__ == "__main__":
    main()
