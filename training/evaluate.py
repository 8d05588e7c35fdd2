"""Score a model on the development corpora, through the public API only.

python -m training.evaluate --model models/default --data ../shared/data
python -m training.evaluate --model models/default --data ../shared/data --corpus newsmtsc --json out.json
python -m training.evaluate --model my-model --against models/default --data ../shared/data --report out/

A report is a folder of report.md and report.json, reliability.png and confusion.png. It quotes the corpora: their
terms decide whether it may be passed on.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from stancelib.errors import StancelibError
from stancelib.evaluation.bootstrap import Task
from stancelib.evaluation.labelled import (
    evaluate_rows,
    match_statements,
    pair_tasks,
    predict_all,
    statement_sureness,
    statement_tasks,
)
from stancelib.evaluation.linking import link_tasks
from stancelib.evaluation.metrics import DIRECTED, Counts, directed
from stancelib.evaluation.report import excerpt, figures, to_table, with_intervals, write_report
from stancelib.evaluation.subgroups import Groups, of_actor, of_length, of_mention, of_pairs
from stancelib.evaluation.tasks import Found, Judgement, Labels, Share, Sureness
from stancelib.tagger import StanceTagger
from stancelib.types import ActorStance, Statement
from training.corpora import hard, intl, read
from training.corpora.schema import CorpusError

Tasks = dict[str, Task]
# Where the texts are that our labels are joined to; all other corpora have a folder of their name.
FOLDERS = {"hard": (), "polnear-stance": ("polnear",), "sentence-stance": ("dse", "plv")}
# The tasks by whose labels training.calibrate fits each temperature.
TEMPERATURES = {
    "sentiment": (("newsmtsc", "dev_rw"), ("newsmtsc", "dev_mt")),
    "stance_pair": (("dse", "stance"), ("plv", "stance")),
    "stance": (("polnear-stance", "stance"), ("sentence-stance", "stance"), ("intl-dev", "stance")),
}
# The head and the label whose bias is fitted beside the temperature: training shows acts and portrayals, which are
# seldom neutral; of two entities in any sentence most are.
BIASED_HEAD, BIASED_LABEL = "stance_pair", "neutral"
CURVE = ("polnear", "intl-dev")  # whose statements fit the curve


def main() -> None:
    """Command line of evaluation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder or a Hub id")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora, see training/README.md")
    parser.add_argument("--corpus", choices=[*EVALUATIONS, "all"], default="all")
    parser.add_argument("--against", help="another model, to be compared on the same texts")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write the whole report into this folder")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and intervals here")
    args = parser.parse_args()
    chosen = list(EVALUATIONS) if args.corpus == "all" else [args.corpus]
    folders = dict.fromkeys(folder for name in chosen for folder in FOLDERS.get(name, (name,)))
    if missing := [folder for folder in folders if not (args.data / folder).is_dir()]:
        parser.error(f"{args.data} lacks {', '.join(missing)}: training/README.md says where each is published")
    try:
        evaluations = [
            evaluate(StanceTagger.from_pretrained(model), data=args.data, corpora=chosen)
            for model in filter(None, (args.model, args.against))
        ]
        if args.corpus == "all":
            evaluations = [found | {"together": by_temperature(found)} for found in evaluations]
    except (StancelibError, CorpusError) as error:
        parser.error(str(error))
    evaluation, against = evaluations[0], evaluations[1] if args.against else None
    Console().print(to_table(evaluation, against))
    if args.report:
        write_report(args.report, evaluation, model=args.model, against=against, other=args.against or "")
        print(f"report: {args.report / 'report.md'}")
    if args.json:
        args.json.write_text(json.dumps(with_intervals(evaluation), indent=1) + "\n", encoding="utf-8")


def evaluate(tagger: StanceTagger, *, data: Path, corpora: Iterable[str]) -> dict[str, Tasks]:
    """The tasks of each corpus, answered on its development split."""
    return {name: EVALUATIONS[name](tagger, data) for name in corpora}


def by_temperature(evaluation: Mapping[str, Tasks]) -> Tasks:
    """The labels that share a temperature: enough to tell a calibration error of 3 % from chance.

    They are those that it was fitted on, but for statements below the threshold and their stances. And so are the
    statements together by which their curve was fitted.
    """
    curve = [task for corpus in CURVE if isinstance(task := evaluation[corpus]["statements"], Found)]
    counts = {f"{n} {unit}": c for n, task in enumerate(curve) for unit, c in task.counts.items()}
    statements: Tasks = {"statements": Found(counts, [s for task in curve for s in task.sure])}
    return statements | {name: Labels(_pooled(evaluation, parts)) for name, parts in TEMPERATURES.items()}


def _pooled(evaluation: Mapping[str, Tasks], parts: Iterable[tuple[str, str]]) -> list[Judgement]:
    """The judgements of several corpora; the texts of each stay units of their own."""
    tasks = ((corpus, evaluation[corpus][name]) for corpus, name in parts)
    return [
        replace(j, unit=f"{corpus} {j.unit}")
        for corpus, task in tasks
        if isinstance(task, Labels)
        for j in task.judgements
    ]


def dev_report(tagger: StanceTagger, *, data: Path, corpora: Iterable[str]) -> dict[str, Any]:
    """The figures, and "score": the mean of every corpus's main figures, by which training picks an epoch."""
    report = figures(evaluate(tagger, data=data, corpora=corpora))
    mains = [report[name][task][figure] for name in report for task, figure in MAIN_FIGURES[name]]
    return {"score": float(np.mean(mains)), **report}


def evaluate_polnear(tagger: StanceTagger, data: Path) -> Tasks:
    """Exact and overlapping spans; statements by overlap; source and cue of the matched and of given contents."""
    rows = list(read("polnear", data, "dev").examples)
    documents = predict_all(tagger, [r["text"] for r in rows], "polnear")
    return statement_tasks(rows, documents) | link_tasks(tagger, rows)


def evaluate_newsmtsc(tagger: StanceTagger, data: Path) -> Tasks:
    """Sentiment toward targets, both published development sets."""
    return {split: sentiments(tagger, data, split) for split in ("dev_rw", "dev_mt")}


def sentiments(tagger: StanceTagger, data: Path, split: str) -> Labels:
    """Sentiments of a split of NewsMTSC."""
    pairs = _with_groups("newsmtsc", data, split)
    found = tagger.sentiment_batch([(text, tuple(p["target"][0])) for text, p, _ in pairs])
    blind = tagger.sentiment_batch([(text, (0, len(text))) for text, *_ in pairs])
    judged = [
        [
            Judgement(text, p["label"], r.probabilities, excerpt(text, *p["target"][0]), groups)
            for (text, p, groups), r in zip(pairs, results, strict=True)
        ]
        for results in (found, blind)
    ]
    return Labels(*judged)


def _with_groups(corpus: str, data: Path, split: str) -> list[tuple[str, Mapping[str, Any], Groups]]:
    """Every pair of a split with its text and its subgroups."""
    return [
        (row["text"], pair, groups)
        for row in read(corpus, data, split).examples
        for pair, groups in zip(row["pairs"], of_pairs(row["text"], row["pairs"]), strict=True)
    ]


def evaluate_dse(tagger: StanceTagger, data: Path) -> Tasks:
    """Five directed classes from the two stances of each pair of entities; two poles where there is a stance."""
    stance = stances(tagger, data, "dse")
    return {
        "five_classes": Labels(_directed(stance.judgements), _directed(stance.withheld)),
        "stance": stance,
        "two_poles": _poles(stance),
    }


def _directed(judgements: Sequence[Judgement]) -> list[Judgement]:
    """DSE's class of each two judgements, of p toward q and of q toward p."""
    found = []
    for forth, back in zip(judgements[::2], judgements[1::2], strict=True):
        gold = str(DIRECTED.index((forth.gold, back.gold)))
        classes = directed(forth.probabilities, back.probabilities)
        found.append(Judgement(forth.unit, gold, classes, forth.evidence, forth.groups))
    return found


def evaluate_plv(tagger: StanceTagger, data: Path) -> Tasks:
    """Three stances, and the two poles alone where the gold is one of them."""
    stance = stances(tagger, data, "plv")
    return {"stance": stance, "two_poles": _poles(stance)}


def _poles(stance: Labels) -> Labels:
    """Favor or against, where the gold is one of them: which of the two the model finds likelier."""
    return Labels(*(list(map(_pole, _not_neutral(j))) for j in (stance.judgements, stance.withheld)))


def _not_neutral(judgements: Iterable[Judgement]) -> Iterable[Judgement]:
    return (j for j in judgements if j.gold != "neutral")


def _pole(judgement: Judgement) -> Judgement:
    poles = {label: p + 1e-9 for label, p in judgement.probabilities.items() if label != "neutral"}  # never none
    return replace(judgement, probabilities={label: p / sum(poles.values()) for label, p in poles.items()})


def stances(tagger: StanceTagger, data: Path, corpus: str) -> Labels:
    """Stances of all pairs of a corpus's dev split, in its order."""
    pairs = _with_groups(corpus, data, "dev")
    items = [(text, tuple(p["holder"][0]), tuple(p["target"][0])) for text, p, _ in pairs]
    blind = [(text, holder, (0, len(text))) for text, holder, _ in items]
    judged = [
        [
            Judgement(text, p["label"], r.probabilities, _holder_to_target(text, p), groups)
            for (text, p, groups), r in zip(pairs, tagger.stance_batch(asked), strict=True)
        ]
        for asked in (items, blind)
    ]
    return Labels(*judged)


def _holder_to_target(text: str, pair: Mapping[str, Any]) -> str:
    (a, b), (c, d) = pair["holder"][0], pair["target"][0]
    return f"{text[a:b]} toward {text[c:d]}: {excerpt(text, c, d)}"


def evaluate_annotated(tagger: StanceTagger, data: Path) -> Tasks:
    """Stance on given statements and actors of annotated articles."""
    return {"stance": given_stance(tagger, data, "polnear-stance")}


def given_stance(tagger: StanceTagger, data: Path, corpus: str) -> Labels:
    """Stance on the given statements and actors of a corpus: what errors before it do not touch."""
    return pair_tasks(tagger, list(read(corpus, data, "dev").examples))["stance"]


def evaluate_sentences(tagger: StanceTagger, data: Path) -> Tasks:
    """Statements found in annotated sentences of the news; stance on given statements and actors."""
    rows = list(read("sentence-stance", data, "dev").examples)
    return evaluate_rows(tagger, rows)


def evaluate_intl(tagger: StanceTagger, data: Path) -> Tasks:
    """The whole pipeline on annotated news: statements, speakers, actors, stance; and stance on given actors."""
    gold = intl.read_documents("intl-dev", data)
    documents = predict_all(tagger, [g["text"] for g in gold], "intl-dev")
    parts: dict[str, dict[str, Counts]] = {}
    scored: list[tuple[Judgement, str]] = []
    sure: list[Sureness] = []
    for unit, (annotation, document) in enumerate(zip(gold, documents, strict=True)):
        text = annotation["text"]
        matched = match_statements(text, document, annotation["statements"])
        sure += statement_sureness(document, matched)
        counts = {
            "statements": Counts(len(matched), len(document.statements), len(annotation["statements"])),
            **dict.fromkeys(("speaker_name", "speaker_country", "actors", "places_left_out"), Counts()),
        }
        for p, g in matched:
            found, wanted = document.statements[p], annotation["statements"][g]
            named = fold(found.speaker.name) in {fold(n) for n in wanted["speakers"]}
            counts["speaker_name"] += Counts(named, 1, 1)
            if wanted["speaker_country"] is not None:
                right = (found.speaker.country or "") == wanted["speaker_country"]
                counts["speaker_country"] += Counts(right, 1, 1)
            actors, places, stance = match_actors(found, wanted)
            counts["actors"] += actors
            counts["places_left_out"] += places
            scored += [(_judged(str(unit), text, found, label, s), s.actor.kind) for label, s in stance]
        for task, each in counts.items():
            parts.setdefault(task, {})[str(unit)] = each
    shares = ("speaker_name", "speaker_country", "places_left_out")
    return {
        **{task: Share(units) if task in shares else Found(units) for task, units in parts.items()},
        "statements": Found(parts.get("statements", {}), sure),
        "stance": Labels([j for j, _ in scored]),
        "stance_states": Labels([j for j, kind in scored if kind == "country"]),
        "stance_given": given_stance(tagger, data, "intl-dev"),
    }


def _judged(
    unit: str, text: str, statement: Statement, gold: str, stance: ActorStance, **others: str
) -> Judgement:
    mention, speaker = stance.mentions[0], statement.speaker
    groups = {
        "statement": statement.kind,
        "speaker": of_mention(speaker.mention.text if speaker.mention else ""),
        "actor": of_actor(stance.actor.kind),
        "content": of_length(" ".join(span.text for span in statement.content)),
    }
    evidence = f"{speaker.name or 'nobody'}: {excerpt(text, mention.start, mention.end)}"
    return Judgement(unit, gold, stance.probabilities, evidence, groups | others)


def evaluate_hard(tagger: StanceTagger, data: Path) -> Tasks:
    """The whole pipeline on the hand-written statements, and the stance on their given actors."""
    return evaluate_hard_pipeline(tagger) | {"stance_given": given_stance(tagger, data, "hard")}


def evaluate_hard_pipeline(tagger: StanceTagger) -> Tasks:
    """Stance on the actors found in hand-written statements, and the minimal pairs where all of it is right."""
    examples = [e for e in hard.read_examples(hard.FILE) if hard.is_dev(e)]
    documents = predict_all(tagger, [e.text for e in examples], "hard")
    judged: list[Judgement] = []
    counts: dict[str, dict[str, Counts]] = {"actors": {}, "places_left_out": {}}
    groups: dict[int, bool] = {}
    for example, document in zip(examples, documents, strict=True):
        gold, place, unit = example.statement.stances(), example.statement.places(), str(example.group)
        found = {t.actor.id: (s, t) for s in document.statements for t in s.stances}
        actors = Counts(len(found.keys() & gold.keys()), len(found.keys() - place), len(gold))
        places = Counts(len(place - found.keys()), len(place), len(place))
        for task, each in (("actors", actors), ("places_left_out", places)):
            counts[task][unit] = counts[task].get(unit, Counts()) + each
        right = [
            _judged(unit, example.text, found[i][0], gold[i][1], found[i][1], phenomenon=example.phenomenon)
            for i in sorted(found.keys() & gold.keys())
        ]
        judged += right
        whole = len(right) == len(gold) and all(j.right for j in right)
        groups[example.group] = groups.get(example.group, True) and whole
    return {
        "stance": Labels(judged),
        "actors": Found(counts["actors"]),
        "places_left_out": Share(counts["places_left_out"]),
        "groups": Share({str(g): Counts(right, 1, 1) for g, right in groups.items()}),
    }


def match_actors(found: Statement, wanted: Mapping[str, Any]) -> tuple[Counts, Counts, list[tuple[str, Any]]]:
    """Actors of one statement against the gold: counts, places left out, and (gold label, stance) of the found.

    Places and optional actors count neither way.
    """
    keys = {actor_key(t.actor.kind, t.actor.country, t.actor.name): t for t in found.stances}
    gold = {actor_key(a["kind"], a["country"], a["actor"]): a for a in wanted["actors"] if not a["place"]}
    place = {actor_key(a["kind"], a["country"], a["actor"]) for a in wanted["actors"] if a["place"]}
    optional = {actor_key(a["kind"], a["country"], a["actor"]) for a in wanted.get("optional_actors", ())}
    counted = {k for k in keys if k in gold or k not in place | optional}
    right = [(gold[k]["stance"], keys[k]) for k in counted if k in gold]
    left = place - set(gold)
    return Counts(len(right), len(counted), len(gold)), Counts(len(left - set(keys)), len(left), len(left)), right


def actor_key(kind: str, country: str | None, name: str) -> str:
    """States are the same by their code, everybody else by the folded name."""
    return country if kind == "country" and country else fold(name)


def fold(name: str) -> str:
    """A name without case, accents and needless spaces, as names are compared."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


EVALUATIONS: dict[str, Callable[[StanceTagger, Path], Tasks]] = {
    "polnear": evaluate_polnear,
    "newsmtsc": evaluate_newsmtsc,
    "dse": evaluate_dse,
    "plv": evaluate_plv,
    "polnear-stance": evaluate_annotated,
    "sentence-stance": evaluate_sentences,
    "intl-dev": evaluate_intl,
    "hard": evaluate_hard,
}
MAIN_FIGURES = {
    "polnear": [("source", "f1"), ("cue", "f1"), ("content", "f1")],
    "newsmtsc": [("dev_rw", "macro_f1"), ("dev_mt", "macro_f1")],
    "dse": [("five_classes", "macro_f1")],
    "plv": [("two_poles", "macro_f1")],
    "polnear-stance": [("stance", "macro_f1")],
    "sentence-stance": [("statements", "f1"), ("stance", "macro_f1")],
    "intl-dev": [("statements", "f1"), ("stance", "macro_f1")],
    "hard": [("stance", "macro_f1")],
}

if __name__ == "__main__":
    main()
