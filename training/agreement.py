"""How far two annotations of the same statements agree.

    python -m training.agreement training/annotations/polnear-stance.jsonl \\
        training/annotations/polnear-stance-second.jsonl
    python -m training.agreement training/annotations/acts.txt training/annotations/acts-second.txt

Of stand-off files, statements are joined by PolNeAR's file and event, actors by country or name; those of
sentences, in which each pass found the statements by itself, by contents that overlap by half, actors by first
mentions that do; acts likewise by source and target together, in all texts of the second file; lights, pairs and
the actors of ``polnear-actors`` by their offsets. Of written texts, lines are joined that are the same but for the
labels. Kappa after Cohen 1960, over the actors that both list; for a single label, of that label against the
others.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sklearn.metrics import cohen_kappa_score

from stancelib.evaluation.metrics import Counts, match_by_overlap
from stancelib.types import STANCE_LABELS
from training.corpora.jsonl import read_objects
from training.corpora.marked import STANCES
from training.corpora.markup import ActorSpan
from training.corpora.sentences import marked_statements
from training.evaluate import actor_key

Labels = dict[str, Mapping[str, Any]]

_OPPOSITE = ({"+", "-"}, {"1", "3"}, {"2", "4"})  # signs, and DSE's classes of p toward q and of q toward p

_SIGN = re.compile(r"(?<=\{)[-+0p](?=[^{}:]*:)|^[-+0?](?=[-+0?] )|(?<=^[-+0?])[-+0?](?= )")


def main() -> None:
    """Command line of agreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "first", type=Path, help="a stand-off file or written texts, see training/annotations/README.md"
    )
    parser.add_argument("second", type=Path, help="another one, made without a look at the first")
    args = parser.parse_args()
    kind, other = _kind(args.first), _kind(args.second)
    if kind != other or kind == "nothing":
        parser.error(
            f"{args.first} holds labels of the kind {kind}, {args.second} of {other}: "
            "give two passes over one kind"
        )
    measures = {
        "written": written_agreement,
        "statements": agreement,
        "found": sentence_agreement,
        "acts": act_agreement,
    }
    table = Table("figure", "value")
    for name, value in measures.get(kind, label_agreement)(args.first, args.second).items():
        table.add_row(name, str(value) if isinstance(value, int) else f"{value:.3f}")
    Console().print(table)


def _kind(path: Path) -> str:
    """What a file labels: statements that PolNeAR has, statements that the annotators found, targets, pairs …"""
    if path.suffix == ".txt":
        return "written"
    first: Mapping[str, Any] = next((record for _, record in read_objects(path)), {})
    kind = next((key for key in ("statements", "events", "targets", "pairs", "acts") if key in first), "nothing")
    return "found" if kind == "statements" and "corpus" in first else kind


def agreement(first: Path, second: Path) -> dict[str, float]:
    """Counts, F1 of the actors, share of speakers' countries, and kappas, on the statements of both files."""
    one, two = (dict(_statements(path)) for path in (first, second))
    shared = sorted(one.keys() & two.keys())
    actors, countries = Counts(), Counts()
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    for key in shared:
        a, b = _actors(one[key]), _actors(two[key])
        actors += Counts.of(a.keys(), b.keys())
        pairs += [(a[k], b[k]) for k in sorted(a.keys() & b.keys())]
        countries += Counts(one[key]["speaker"]["country"] == two[key]["speaker"]["country"], 1, 1)
    return {
        "statements": len(shared),
        "actors of both": len(pairs),
        "actors F1": actors.f1,
        "speaker country": countries.precision,
        **_kappas(pairs),
    }


def sentence_agreement(first: Path, second: Path) -> dict[str, float]:
    """F1 of the statements and of the actors in those that both mark, and kappas, on the texts of both files."""
    one, two = (
        {(r["corpus"], r["digest"]): marked_statements(r) for _, r in read_objects(path)}
        for path in (first, second)
    )
    shared = sorted(one.keys() & two.keys())
    statements, actors = Counts(), Counts()
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    for key in shared:
        contents = [[_characters(s.spans["content"]) for s in found] for found in (one[key], two[key])]
        matched = match_by_overlap(*contents)
        statements += Counts(len(matched), *map(len, contents))
        for i, k in matched:
            a, b = ([x for x in s.actors if x.sign != "="] for s in (one[key][i], two[key][k]))
            same = match_by_overlap(*([_characters([(x.start, x.end)]) for x in found] for found in (a, b)))
            actors += Counts(len(same), len(a), len(b))
            pairs += [(_label(a[x]), _label(b[y])) for x, y in same]
    return {
        "texts": len(shared),
        "statements F1": statements.f1,
        "actors of both": len(pairs),
        "actors F1": actors.f1,
        **_kappas(pairs),
    }


def _label(actor: ActorSpan) -> Mapping[str, Any]:
    return {"place": actor.sign == "p", "stance": STANCES.get(actor.sign)}


def _characters(spans: Sequence[Sequence[int]]) -> frozenset[int]:
    return frozenset(c for start, end in spans for c in range(start, end))


def _kappas(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> dict[str, float]:
    stances = [(a["stance"], b["stance"]) for a, b in pairs if not (a["place"] or b["place"])]
    return {
        "kappa place": _kappa([(a["place"], b["place"]) for a, b in pairs]),
        "stances of both": len(stances),
        "kappa stance": _kappa(stances),
        **{f"kappa {x}": _kappa([(a == x, b == x) for a, b in stances]) for x in STANCE_LABELS},
    }


def written_agreement(first: Path, second: Path) -> dict[str, float]:
    """Share and kappa of the same labels in the lines that both files of written texts have."""
    one, two = (dict(_signs(path)) for path in (first, second))
    pairs = [pair for line in sorted(one.keys() & two.keys()) for pair in zip(one[line], two[line], strict=True)]
    return _shares(pairs)


def label_agreement(first: Path, second: Path) -> dict[str, float]:
    """Share and kappa of the same signs, or classes of pairs, where both files label the same spans."""
    one, two = (dict(_labels(path)) for path in (first, second))
    return _shares([(one[key], two[key]) for key in sorted(one.keys() & two.keys())])


def act_agreement(first: Path, second: Path) -> dict[str, float]:
    """F1 of the acts in the texts of the second file, and how many of those that both found have the same sign."""
    one, two = (
        {(r["corpus"], r["digest"], *r.get("from", ())): r["acts"] for _, r in read_objects(path)}
        for path in (first, second)
    )
    counts = Counts()
    signs: list[tuple[str, str]] = []
    for text, acts in two.items():
        others = one.get(text, [])
        matched = _same_acts(others, acts)
        counts += Counts(len(matched), len(others), len(acts))
        signs += matched
    return {"texts": len(two), "acts F1": counts.f1, **_shares(signs)}


def _same_acts(one: Sequence[Any], other: Sequence[Any]) -> list[tuple[str, str]]:
    """The signs of the acts, one to one, whose sources overlap by half, and whose targets do too."""
    left, signs = list(other), []
    for act in one:
        same = next((x for x in left if _overlap(act[0], x[0]) and _overlap(act[1], x[1])), None)
        if same is not None:
            left.remove(same)
            signs.append((act[2], same[2]))
    return signs


def _overlap(one: Sequence[int], other: Sequence[int]) -> bool:
    return bool(match_by_overlap([_characters([one])], [_characters([other])]))


def _labels(path: Path) -> Iterator[tuple[tuple[Any, ...], str]]:
    for _, record in read_objects(path):
        for event, actors in record.get("events", {}).items():
            for sign, start, end in actors:
                yield (record["annotation"], event, start, end), sign
        text = record.get("corpus"), record["digest"], *record.get("from", ())
        for start, end, sign in record.get("targets", ()):
            yield (*text, start, end), sign
        for pair in record.get("pairs", ()):
            yield (*text, *pair["p"], *pair["q"]), pair["class"]


def _shares(pairs: list[tuple[str, str]]) -> dict[str, float]:
    same = sum(a == b for a, b in pairs)
    opposite = sum({a, b} in _OPPOSITE for a, b in pairs)
    share = same / len(pairs) if pairs else math.nan
    return {"labels": len(pairs), "the same": share, "opposite": opposite, "kappa": _kappa(pairs)}


def _signs(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Lines without their labels, and the labels."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield _SIGN.sub("", line), _SIGN.findall(line)


def _statements(path: Path) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for _, record in read_objects(path):
        for statement in record["statements"]:
            yield (record["annotation"], statement["event"]), statement


def _actors(statement: Mapping[str, Any]) -> Labels:
    return {actor_key(a["kind"], a["country"], a["actor"]): a for a in statement["actors"]}


def _kappa(pairs: list[tuple[Any, Any]]) -> float:
    """Cohen's kappa; not a number where fewer than two labels occur, for which it is not defined."""
    if len({label for pair in pairs for label in pair}) < 2:
        return math.nan
    return float(cohen_kappa_score(*zip(*pairs, strict=True)))


if __name__ == "__main__":
    main()
