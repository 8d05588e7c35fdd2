"""Score a model on the development corpora, through the public API only.

python -m training.evaluate --model models/default --data ../shared/data
python -m training.evaluate --model models/default --data ../shared/data --corpus newsmtsc --json out.json
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from tqdm.auto import tqdm

from stancelib.errors import StancelibError
from stancelib.spans import trim, trim_content
from stancelib.tagger import StanceTagger
from stancelib.types import Document, Sentiment, Span, Stance, Statement
from training.corpora import hard, intl, read
from training.corpora.schema import CorpusError
from training.metrics import (
    DIRECTED,
    Counts,
    class_report,
    directed_class,
    expected_calibration_error,
    macro_f1,
    match_by_overlap,
)

Report = dict[str, Any]
CHUNK = 16  # documents between two steps of the progress bar


def main() -> None:
    """Command line of evaluation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder or a Hub id")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora, see training/README.md")
    parser.add_argument("--corpus", choices=[*EVALUATIONS, "all"], default="all")
    parser.add_argument("--json", type=Path, help="write the report here as well")
    args = parser.parse_args()
    chosen = list(EVALUATIONS) if args.corpus == "all" else [args.corpus]
    if missing := [name for name in chosen if name != "hard" and not (args.data / name).is_dir()]:
        parser.error(f"{args.data} lacks {', '.join(missing)}: training/README.md says where each is published")
    try:
        report = evaluate(StanceTagger.from_pretrained(args.model), data=args.data, corpora=chosen)
    except (StancelibError, CorpusError) as error:
        parser.error(str(error))
    Console().print(to_table(report))
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def evaluate(tagger: StanceTagger, *, data: Path, corpora: Iterable[str]) -> Report:
    """Reports by corpus, each on its development split."""
    return {name: EVALUATIONS[name](tagger, data) for name in corpora}


def dev_report(tagger: StanceTagger, *, data: Path, corpora: Iterable[str]) -> Report:
    """``evaluate``, and "score": the mean of every corpus's main figures, by which training picks an epoch."""
    report = evaluate(tagger, data=data, corpora=corpora)
    mains = [report[name][part][figure] for name in report for part, figure in MAIN_FIGURES[name]]
    return {"score": float(np.mean(mains)), **report}


def evaluate_polnear(tagger: StanceTagger, data: Path) -> Report:
    """Exact spans of source, cue and content; statements by overlap; source and cue of the matched ones."""
    rows = list(read("polnear", data, "dev").examples)
    documents = predict_all(tagger, [r["text"] for r in rows], "polnear")
    spans = {role: Counts() for role in ("source", "cue", "content")}
    statements, links = Counts(), {"source": Counts(), "cue": Counts()}
    for row, document in zip(rows, documents, strict=True):
        text, gold = row["text"], row["statements"]
        for role in spans:
            spans[role] += Counts.of(
                {_edges(text, role, s.start, s.end) for st in document.statements for s in _role(st, role)},
                {_edges(text, role, a, b) for st in gold for a, b in st[role]},
            )
        matched = match_statements(text, document, gold)
        statements += Counts(len(matched), len(document.statements), len(gold))
        for p, g in matched:
            for role in links:
                found = {_edges(text, role, s.start, s.end) for s in _role(document.statements[p], role)}
                wanted = {_edges(text, role, a, b) for a, b in gold[g][role]}
                links[role] += Counts(found == wanted, 1, 1)
    return {
        **{role: counts.to_dict() for role, counts in spans.items()},
        "statements": statements.to_dict(),
        "links": {f"{role}_right": counts.precision for role, counts in links.items()},
    }


def evaluate_newsmtsc(tagger: StanceTagger, data: Path) -> Report:
    """Sentiment toward targets, both published development sets."""
    return {split: _sentiment(tagger, data, split) for split in ("dev_rw", "dev_mt")}


def _sentiment(tagger: StanceTagger, data: Path, split: str) -> Report:
    gold, results = sentiments(tagger, data, split)
    return class_report(gold, [r.label for r in results]) | {"ece": _ece(results, gold)}


def sentiments(tagger: StanceTagger, data: Path, split: str) -> tuple[list[str], list[Sentiment]]:
    """Gold labels and results of a split of NewsMTSC."""
    rows = read("newsmtsc", data, split).examples
    items = [(r["text"], tuple(p["target"][0]), p["label"]) for r in rows for p in r["pairs"]]
    return [label for *_, label in items], tagger.sentiment_batch([(text, target) for text, target, _ in items])


def evaluate_dse(tagger: StanceTagger, data: Path) -> Report:
    """Five directed classes from the two stances of each pair of entities."""
    gold, found = stances(tagger, data, "dse")
    classes = [DIRECTED.index((a, b)) for a, b in zip(gold[::2], gold[1::2], strict=True)]
    pairs = zip(found[::2], found[1::2], strict=True)
    predicted = [directed_class(f.probabilities, b.probabilities) for f, b in pairs]
    five = class_report([str(c) for c in classes], [str(c) for c in predicted])
    return {"five_classes": five, "stance": _stance_report(gold, found)}


def evaluate_plv(tagger: StanceTagger, data: Path) -> Report:
    """Three stances, and the two poles alone where the gold is one of them."""
    gold, found = stances(tagger, data, "plv")
    poles = [(g, _pole(s.probabilities)) for g, s in zip(gold, found, strict=True) if g != "neutral"]
    two = {"macro_f1": macro_f1([g for g, _ in poles], [p for _, p in poles]), "count": len(poles)}
    return {"stance": _stance_report(gold, found), "two_poles": two}


def _stance_report(gold: Sequence[str], found: Sequence[Any]) -> dict[str, float]:
    return class_report(gold, [s.label for s in found]) | {"ece": _ece(found, gold)}


def _pole(probabilities: Mapping[str, float]) -> str:
    return "favor" if probabilities["favor"] > probabilities["against"] else "against"


def stances(tagger: StanceTagger, data: Path, corpus: str) -> tuple[list[str], list[Stance]]:
    """Gold labels and results of all pairs of a corpus's dev split, in its order."""
    pairs = [(r["text"], p) for r in read(corpus, data, "dev").examples for p in r["pairs"]]
    items = [(text, tuple(p["holder"][0]), tuple(p["target"][0])) for text, p in pairs]
    return [p["label"] for _, p in pairs], tagger.stance_batch(items)


def evaluate_intl(tagger: StanceTagger, data: Path) -> Report:
    """The whole pipeline on annotated news: statements, speakers, actors, stance on the actors found."""
    gold = intl.read_documents("intl-dev", data)
    documents = predict_all(tagger, [g["text"] for g in gold], "intl-dev")
    statements, actors, names, countries, places = Counts(), Counts(), Counts(), Counts(), Counts()
    scored: list[tuple[str, Any]] = []
    for annotation, document in zip(gold, documents, strict=True):
        matched = match_statements(annotation["text"], document, annotation["statements"])
        statements += Counts(len(matched), len(document.statements), len(annotation["statements"]))
        for p, g in matched:
            found, wanted = document.statements[p], annotation["statements"][g]
            names += Counts(_fold(found.speaker.name) in {_fold(n) for n in wanted["speakers"]}, 1, 1)
            if wanted["speaker_country"] is not None:
                countries += Counts((found.speaker.country or "") == wanted["speaker_country"], 1, 1)
            counted, placed, right = match_actors(found, wanted)
            actors, places, scored = actors + counted, places + placed, scored + right
    states = [(label, s) for label, s in scored if s.actor.kind == "country"]
    return {
        "statements": statements.to_dict(),
        "speakers": {"name": names.precision, "country": countries.precision},
        "actors": actors.to_dict(),
        "places": {"left_out": places.precision, "count": places.gold},
        "stance": _stance_report(*_columns(scored)),
        "stance_states": _stance_report(*_columns(states)),
    }


def evaluate_hard(tagger: StanceTagger, data: Path) -> Report:
    """Stance on the actors found in hand-written statements, and the minimal pairs where all of it is right."""
    examples = [e for e in hard.read_examples(hard.FILE) if hard.is_dev(e)]
    documents = predict_all(tagger, [e.text for e in examples], "hard")
    actors, places, scored = Counts(), Counts(), []
    groups: dict[int, bool] = {}
    for example, document in zip(examples, documents, strict=True):
        gold, place = example.stances(), example.places()
        found = {t.actor.id: t for s in document.statements for t in s.stances}
        actors += Counts(len(found.keys() & gold.keys()), len(found.keys() - place), len(gold))
        places += Counts(len(place - found.keys()), len(place), len(place))
        right = [(gold[i][1], found[i]) for i in found.keys() & gold.keys()]
        scored += right
        whole = len(right) == len(gold) and all(label == s.label for label, s in right)
        groups[example.group] = groups.get(example.group, True) and whole
    return {
        "stance": _stance_report(*_columns(scored)),
        "actors": actors.to_dict(),
        "places": {"left_out": places.precision, "count": places.gold},
        "groups": {"right": sum(groups.values()) / max(1, len(groups)), "count": len(groups)},
    }


def _columns(scored: Sequence[tuple[str, Any]]) -> tuple[list[str], list[Any]]:
    return [label for label, _ in scored], [s for _, s in scored]


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
    return country if kind == "country" and country else _fold(name)


def match_statements(text: str, document: Document, gold: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Predicted and gold statements whose contents overlap by half."""
    predicted = [_characters(text, ((s.start, s.end) for s in st.content)) for st in document.statements]
    return match_by_overlap(predicted, [_characters(text, st["content"]) for st in gold])


def predict_all(tagger: StanceTagger, texts: Sequence[str], label: str) -> list[Document]:
    """``predict_batch`` with a progress bar."""
    documents: list[Document] = []
    for i in tqdm(range(0, len(texts), CHUNK), desc=label, leave=False):
        documents.extend(tagger.predict_batch(texts[i : i + CHUNK]))
    return documents


def _characters(text: str, spans: Iterable[Sequence[int]]) -> set[int]:
    return {c for a, b in spans for c in range(*trim_content(text, a, b))}


def _edges(text: str, role: str, start: int, end: int) -> tuple[int, int]:
    return (trim_content if role == "content" else trim)(text, start, end)


def _role(statement: Statement, role: str) -> Sequence[Span]:
    if role == "source":
        return [statement.speaker.mention] if statement.speaker.mention else []
    return statement.cue if role == "cue" else statement.content


def _ece(results: Sequence[Any], gold: Sequence[str]) -> float:
    right = [r.label == g for r, g in zip(results, gold, strict=True)]
    return expected_calibration_error([r.probabilities[r.label] for r in results], right)


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def to_table(report: Report) -> Table:
    """All figures as a table, fractions in percent."""
    table = Table("corpus", "part", "figures")
    for corpus, parts in report.items():
        for part, figures in parts.items():
            shown = (f"{k} {v}" if isinstance(v, int) else f"{k} {100 * v:.1f}" for k, v in figures.items())
            table.add_row(corpus, part, "  ".join(shown))
    return table


EVALUATIONS: dict[str, Callable[[StanceTagger, Path], Report]] = {
    "polnear": evaluate_polnear,
    "newsmtsc": evaluate_newsmtsc,
    "dse": evaluate_dse,
    "plv": evaluate_plv,
    "intl-dev": evaluate_intl,
    "hard": evaluate_hard,
}
MAIN_FIGURES = {
    "polnear": [("source", "f1"), ("cue", "f1"), ("content", "f1")],
    "newsmtsc": [("dev_rw", "macro_f1"), ("dev_mt", "macro_f1")],
    "dse": [("five_classes", "macro_f1")],
    "plv": [("two_poles", "macro_f1")],
    "intl-dev": [("statements", "f1"), ("stance", "macro_f1")],
    "hard": [("stance", "macro_f1")],
}

if __name__ == "__main__":
    main()
