"""Do results turn on what should not matter: who is named, quotation marks, capitals, white space, spelling?

    python -m training.robustness --model models/default

Statements about every known state, and about every known person, the same but for the name: P(against) by name
where nothing is said for or against, and how often another name gets another stance. The hard statements for
development with other states in them, the articles of seeds/ in other typography, statements in American and in
British spelling: how many of their stances change.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table
from tqdm.auto import tqdm

from stancelib.gazetteer import read_table
from stancelib.label_names import AGAINST, FAVOR, NEUTRAL
from stancelib.tagger import StanceTagger
from stancelib.types import ActorStance, Document
from training.corpora import hard
from training.corpora.hard import HardExample
from training.spelling import to_american, to_british

ROOT = Path(__file__).parents[1]
ACTORS = ROOT / "stancelib" / "data" / "actors.tsv"
SPELLING = ROOT / "training" / "annotations" / "spelling.txt"
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


def main() -> None:
    """Command line of the robustness tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder or a Hub id")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    args = parser.parse_args()
    tagger = StanceTagger.from_pretrained(args.model)
    articles = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds" / "articles").glob("*.txt"))]
    report = {
        "states": by_name(tagger, known("country"), STATE_SAID),
        "persons": by_name(tagger, known("person"), PERSON_SAID),
        "swapped": by_other_states(tagger),
        "typography": by_change(tagger, articles, CHANGES),
        "spelling": by_spelling(tagger),
    }
    Console().print(*_tables(report))
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


Answers = Mapping[str, Mapping[str, float]]  # probabilities by id


def known(kind: str) -> dict[str, str]:
    """Names of the actors of a kind in the table, by id."""
    rows = read_table(ACTORS.read_text(encoding="utf-8"))
    return {row["id"]: row["name"] for row in rows if row["kind"] == kind}


def by_name(tagger: StanceTagger, names: Mapping[str, str], said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """P(against) of each actor in neutral statements, and the share of statements that a name decides.

    ``names`` has the actors' names by id, ``said`` the statements by their stance. Compared are the actors that
    are found in all neutral ones.
    """
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


def by_change(
    tagger: StanceTagger, texts: Sequence[str], changes: Mapping[str, Callable[[str], str]]
) -> dict[str, dict[str, float]]:
    """How many stances are lost or get another label by each change, in the texts that it does change."""
    before = _stances(_predict(tagger, texts), texts)
    report = {}
    for name, change in changes.items():
        changed = [(old, new) for old, text in zip(before, texts, strict=True) if (new := change(text)) != text]
        others = [text for _, text in changed]
        after = _stances(_predict(tagger, others), others)
        report[name] = {"texts": len(changed), **_kept([old for old, _ in changed], after)}
    return report


def by_spelling(tagger: StanceTagger) -> dict[str, dict[str, float]]:
    """``by_change`` of the statements written for this, which are in American spelling, there and back."""
    american = [example.text for example in hard.read_examples(SPELLING)]
    there = by_change(tagger, american, {"American to British spelling": to_british})
    back = by_change(
        tagger, [to_british(text) for text in american], {"British to American spelling": to_american}
    )
    return there | back


def by_other_states(tagger: StanceTagger) -> dict[str, float]:
    """How many stances of the hard statements for development change when other states stand in them."""
    pairs = _with_other_states()
    before = _predict(tagger, [line.text for line, _ in pairs])
    after = _predict(tagger, [other.text for _, other in pairs])
    found = []
    for (line, other), document in zip(pairs, before, strict=True):
        marks = zip(line.statement.actors, other.statement.actors, strict=True)
        found.append(_toward(document, {old.id: new.id for old, new in marks}))
    return {"statements": len(pairs), **_kept(found, [_toward(document, {}) for document in after])}


def _with_other_states() -> list[tuple[HardExample, HardExample]]:
    """The lines whose states can all be exchanged, each with its other version, the same one at every run."""
    written = {line.text for line in hard.read_examples(hard.FILE)}
    lines = filter(hard.is_dev, hard.read_examples(hard.FILE, vary=True))
    return [(line, other) for line, other in pairwise(lines) if other.text not in written]


LabelOf = dict[Hashable, str]  # by what they are about


def _stances(documents: Sequence[Document], texts: Sequence[str]) -> list[LabelOf]:
    """Labels of each text by speaker and actor, however spelled, and by which word its first mention is."""
    return [
        {
            (
                to_american(statement.speaker.name),
                to_american(stance.actor.id),
                _words_before(stance, text),
            ): stance.label
            for statement in document.statements
            for stance in statement.stances
        }
        for document, text in zip(documents, texts, strict=True)
    ]


def _words_before(stance: ActorStance, text: str) -> int:
    return len(text[: stance.mentions[0].start].split())


def _toward(document: Document, others: Mapping[str, str]) -> LabelOf:
    """Labels by actor, or the one that ``others`` has for it, and which of several toward that actor.

    The speaker may be of another state as well, whose name has more words or fewer.
    """
    counts: Counter[str] = Counter()
    found: LabelOf = {}
    for statement in document.statements:
        for stance in statement.stances:
            actor = others.get(stance.actor.id, stance.actor.id)
            found[actor, counts[actor]] = stance.label
            counts[actor] += 1
    return found


def _kept(before: Sequence[LabelOf], after: Sequence[LabelOf]) -> dict[str, float]:
    """Stances before, the share not found after, and of those found the share with another label."""
    total = sum(map(len, before))
    pairs = [(old[key], new[key]) for old, new in zip(before, after, strict=True) for key in old if key in new]
    other = sum(old != new for old, new in pairs)
    return {
        "stances": total,
        "not_found": round((total - len(pairs)) / max(1, total), 4),
        "other_label": round(other / max(1, len(pairs)), 4),
    }


def _headline(text: str) -> str:
    first, newline, rest = text.partition("\n")
    return first.upper() + newline + rest


WHITE_SPACE: dict[str, Callable[[str], str]] = {
    "two spaces after a full stop": lambda text: re.sub(r"\. (?=[A-Z“])", ".  ", text),
    "no-break space before names": lambda text: re.sub(r" (?=[A-Z])", "\u00a0", text),
    "indented by a tab": lambda text: re.sub(r"(?m)^(?=\S)", "\t", text),
    "indented by four spaces": lambda text: re.sub(r"(?m)^(?=\S)", "    ", text),
    "more empty lines": lambda text: text.replace("\n\n", "\n\n \n\n"),
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
}
CHANGES: dict[str, Callable[[str], str]] = {
    "straight quotation marks": lambda text: re.sub("[“”]", '"', text),
    "French quotation marks": lambda text: text.replace("“", "«").replace("”", "»"),
    # Only where nothing within could be taken for the end: no single mark, no apostrophe at the end of a word.
    "single quotation marks": lambda text: re.sub(r"“((?:[^“”‘’\n]|’(?=\w))*)”", r"‘\1’", text),
    "headline in capitals": _headline,
    "British spelling": to_british,
    **WHITE_SPACE,
}


def _predict(tagger: StanceTagger, texts: Sequence[str]) -> list[Document]:
    documents: list[Document] = []
    for i in tqdm(range(0, len(texts), CHUNK), leave=False):
        documents.extend(tagger.predict_batch(texts[i : i + CHUNK]))
    return documents


def _tables(report: Mapping[str, Any]) -> list[Table]:
    swapped = report["swapped"]
    return [
        _names_table("states", report["states"], known("country")),
        _names_table("persons", report["persons"], known("person")),
        _changes_table("hard statements", {"other states": {"texts": swapped["statements"], **swapped}}),
        _changes_table("articles of seeds/", report["typography"]),
        _changes_table("statements of spelling.txt", report["spelling"]),
    ]


def _names_table(kind: str, figures: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    table = _table(f"the same statement, other {kind}", kind, "%")
    table.add_row("found", _percent(figures["scored"]))
    for label in figures["right"]:
        table.add_row(f"{label}: right", _percent(figures["right"][label]))
        table.add_row(f"{label}: decided by the name", _percent(figures["decided_by_the_name"][label]))
    ids = list(figures["p_against"])
    table.add_row("P(against), neutral: largest gap", _percent(figures["largest_gap"]))
    for id in (*ids[:3], *ids[-3:]):
        table.add_row(f"P(against), neutral: {names[id]}", _percent(figures["p_against"][id]))
    return table


def _changes_table(title: str, changes: Mapping[str, Mapping[str, float]]) -> Table:
    table = _table(title, "change", "texts", "stances", "not found %", "other label %")
    for name, row in changes.items():
        shares = (_percent(row["not_found"]), _percent(row["other_label"]))
        table.add_row(name, f"{row['texts']}", f"{row['stances']}", *shares)
    return table


def _table(title: str, what: str, *figures: str) -> Table:
    table = Table(what, title=title)
    for name in figures:
        table.add_column(name, justify="right")
    return table


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
