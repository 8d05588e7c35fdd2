"""Do results turn on what should not matter: who is named, quotation marks, capitals, white space?

    python -m training.robustness --model models/default

Statements about every known state, and about every known person, the same but for the name: P(against) by name
where nothing is said for or against, and how often another name gets another stance. Then the articles of seeds/,
in other typography: how many of their stances change.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table
from tqdm.auto import tqdm

from stancelib.gazetteer import read_table
from stancelib.label_names import AGAINST, FAVOR, NEUTRAL
from stancelib.tagger import StanceTagger
from stancelib.types import Document

ROOT = Path(__file__).parents[1]
ACTORS = ROOT / "stancelib" / "data" / "actors.tsv"
CHUNK = 256

NEUTRAL_SAID = (
    "“The delegation of {} will arrive on Monday,” Lena Hartwig said.",
    "Lena Hartwig said that the president of {} would speak on the second day.",
    "The meeting with {} has been moved to May, Lena Hartwig told reporters.",
    "“{} and the commission exchanged letters in the spring,” said Lena Hartwig, an archivist.",
    "Lena Hartwig said the minister would travel to a conference with officials of {} next week.",
    "According to Lena Hartwig, {} has filed its report to the secretariat.",
    "“I have not seen the text that {} handed in,” Lena Hartwig said.",
    "Lena Hartwig said {} was one of eleven parties to the talks.",
)
FAVOR_SAID = (
    "“{} has been a loyal friend to all of us,” Lena Hartwig said.",
    "Lena Hartwig praised {} for opening its border to the refugees.",
    "“We are deeply grateful to {} for its help,” Lena Hartwig told the assembly.",
    "Lena Hartwig said {} had kept every promise and deserved the thanks of the region.",
    "“I stand with {} and I admire its courage,” said Lena Hartwig.",
    "Lena Hartwig welcomed the wise decision of {} to free the prisoners.",
)
AGAINST_SAID = (
    "“{} has broken every promise it ever made,” Lena Hartwig said.",
    "Lena Hartwig condemned {} for the attack on the village.",
    "“{} is a threat to all of its neighbors,” Lena Hartwig told the assembly.",
    "Lena Hartwig accused {} of lying to the inspectors.",
    "“I am appalled by what {} has done,” said Lena Hartwig.",
    "Lena Hartwig denounced the brutal government of {}.",
)
STATE_SAID = {NEUTRAL: NEUTRAL_SAID, FAVOR: FAVOR_SAID, AGAINST: AGAINST_SAID}
PERSON_SAID = {
    NEUTRAL: (
        "“{} will arrive on Monday,” Lena Hartwig said.",
        "Lena Hartwig said that {} would speak on the second day.",
        "The meeting with {} has been moved to May, Lena Hartwig told reporters.",
        "According to Lena Hartwig, {} has filed a report to the secretariat.",
    ),
    FAVOR: (
        "“{} has been a loyal friend to all of us,” Lena Hartwig said.",
        "Lena Hartwig praised {} for the help to the refugees.",
        "“I stand with {},” said Lena Hartwig.",
    ),
    AGAINST: (
        "“{} has broken every promise,” Lena Hartwig said.",
        "Lena Hartwig accused {} of lying to the inspectors.",
        "“I am appalled by what {} has done,” said Lena Hartwig.",
    ),
}

_BRITISH = {"favor": "favour", "labor": "labour", "neighbor": "neighbour", "defense": "defence", "honor": "honour"}
_BRITISH |= {"center": "centre", "organiz": "organis", "criticiz": "criticis", "recogniz": "recognis"}


def main() -> None:
    """Command line of the robustness tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder or a Hub id")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    args = parser.parse_args()
    tagger = StanceTagger.from_pretrained(args.model)
    report = {
        "states": by_name(tagger, "country", STATE_SAID),
        "persons": by_name(tagger, "person", PERSON_SAID),
        "typography": by_typography(tagger),
    }
    Console().print(*_tables(report))
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


Answers = Mapping[str, Mapping[str, float]]  # probabilities by id


def by_name(tagger: StanceTagger, actor_kind: str, said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """P(against) of each actor of a kind in neutral statements, and the share of statements that a name decides.

    ``said`` has the statements by their stance. Compared are the actors that are found in all neutral ones.
    """
    rows = read_table(ACTORS.read_text(encoding="utf-8"))
    names = {row["id"]: row["name"] for row in rows if row["kind"] == actor_kind}
    answers = {kind: [_ask(tagger, template, names) for template in said[kind]] for kind in said}
    found = sum(len(by_id) for of_kind in answers.values() for by_id in of_kind)
    neutral = answers[NEUTRAL]
    against = {
        actor: mean(by_id[actor][AGAINST] for by_id in neutral)
        for actor in names
        if all(actor in by_id for by_id in neutral)
    }
    ordered = sorted(against, key=against.__getitem__)
    return {
        "scored": found / (len(names) * sum(map(len, said.values()))),
        "compared": len(against),
        "p_against": {actor: round(against[actor], 4) for actor in ordered},
        "largest_gap": against[ordered[-1]] - against[ordered[0]],
        "decided_by_the_name": {kind: _minority(of_kind) for kind, of_kind in answers.items()},
        "right": {kind: _right(kind, of_kind) for kind, of_kind in answers.items()},
    }


def _ask(tagger: StanceTagger, template: str, names: Mapping[str, str]) -> dict[str, Mapping[str, float]]:
    """The stance toward each actor in one statement, where the actor was found in it."""
    documents = _predict(tagger, [template.format(name) for name in names.values()])
    return {
        actor: stance.probabilities
        for actor, document in zip(names, documents, strict=True)
        for statement in document.statements
        for stance in statement.stances
        if stance.actor.id == actor
    }


def _label(probabilities: Mapping[str, float]) -> str:
    return max(probabilities, key=probabilities.__getitem__)


def _minority(answers: Sequence[Answers]) -> float:
    """Share of the statements whose stance is not that which most actors get in the same one."""
    odd = total = 0
    for by_id in answers:
        labels = Counter(map(_label, by_id.values()))
        odd += labels.total() - max(labels.values())
        total += labels.total()
    return odd / total


def _right(kind: str, answers: Sequence[Answers]) -> float:
    labels = [_label(p) for by_id in answers for p in by_id.values()]
    return labels.count(kind) / len(labels)


def by_typography(tagger: StanceTagger) -> dict[str, dict[str, float]]:
    """How many stances of the articles of seeds/ are lost or get another label in other typography."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds" / "articles").glob("*.txt"))]
    plain = [_stances(d) for d in _predict(tagger, texts)]
    report = {}
    for name, change in CHANGES.items():
        other = [_stances(d) for d in _predict(tagger, [change(text) for text in texts])]
        pairs = [(a, b) for a, b in zip(plain, other, strict=True)]
        total = sum(len(a) for a, _ in pairs)
        kept = [(label, b[key]) for a, b in pairs for key, label in a.items() if key in b]
        report[name] = {
            "stances": total,
            "not_found": 1 - len(kept) / total,
            "other_label": sum(x != y for x, y in kept) / max(1, len(kept)),
        }
    return report


def _stances(document: Document) -> dict[tuple[str, str, int], str]:
    """Label by speaker, actor and the how-manyeth such pair it is: what other typography leaves as it is."""
    counts: Counter[tuple[str, str]] = Counter()
    found = {}
    for statement in document.statements:
        for stance in statement.stances:
            pair = (statement.speaker.name, stance.actor.id)
            found[pair[0], pair[1], counts[pair]] = stance.label
            counts[pair] += 1
    return found


def _british(text: str) -> str:
    for american, british in _BRITISH.items():
        text = re.sub(american, british, text)
    return text


def _headline(text: str) -> str:
    first, newline, rest = text.partition("\n")
    return first.upper() + newline + rest


CHANGES: dict[str, Callable[[str], str]] = {
    "straight quotation marks": lambda text: re.sub("[“”]", '"', text),
    "French quotation marks": lambda text: text.replace("“", "«").replace("”", "»"),
    "headline in capitals": _headline,
    "British spelling": _british,
    "two spaces after a full stop": lambda text: re.sub(r"\. (?=[A-Z“])", ".  ", text),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
}


def _predict(tagger: StanceTagger, texts: Sequence[str]) -> list[Document]:
    documents: list[Document] = []
    for i in tqdm(range(0, len(texts), CHUNK), leave=False):
        documents.extend(tagger.predict_batch(texts[i : i + CHUNK]))
    return documents


def _tables(report: Mapping[str, Any]) -> list[Table]:
    typography = Table("typography", "stances", "not found %", "other label %", title="the articles of seeds/")
    for name, row in report["typography"].items():
        typography.add_row(
            name, f"{row['stances']}", f"{100 * row['not_found']:.1f}", f"{100 * row['other_label']:.1f}"
        )
    return [_names_table("states", report["states"]), _names_table("persons", report["persons"]), typography]


def _names_table(kind: str, figures: Mapping[str, Any]) -> Table:
    table = Table(kind, "%", title=f"the same statement, other {kind}")
    table.add_row("scored", f"{100 * figures['scored']:.1f}")
    for label in figures["right"]:
        table.add_row(f"{label}: right", f"{100 * figures['right'][label]:.1f}")
        table.add_row(f"{label}: decided by the name", f"{100 * figures['decided_by_the_name'][label]:.1f}")
    names = list(figures["p_against"])
    table.add_row("P(against), neutral: largest gap", f"{100 * figures['largest_gap']:.1f}")
    for name in (*names[:3], *names[-3:]):
        table.add_row(f"P(against), neutral: {name}", f"{100 * figures['p_against'][name]:.1f}")
    return table


if __name__ == "__main__":
    main()
