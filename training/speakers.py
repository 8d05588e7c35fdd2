"""How often a marked source gets the right name and the right state, on our annotation of PolNeAR's articles.

    python -m training.speakers --model models/default --data ../shared/data

Sources are the annotated ones, so that nothing but the resolution counts. Names are counted by the form of the
source (name, pronoun, description), without those whose speaker has no name ("officials"); states by the kind of
speaker.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from stancelib.coreference import is_pronoun
from stancelib.errors import StancelibError
from stancelib.evaluation.bootstrap import interval
from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.tasks import Share
from stancelib.gazetteer import load_gazetteer
from stancelib.speakers import resolve_speakers
from stancelib.tagger import StanceTagger
from stancelib.types import Span, Speaker
from training.corpora.jsonl import read_objects
from training.corpora.polnear import read_article, read_events
from training.corpora.polnear_stance import ANNOTATIONS, FILES, article_of
from training.evaluate import fold
from training.persons import persons_in


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder, which tells persons' names")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    try:
        tasks = evaluate_speakers(StanceTagger.from_pretrained(args.model), args.data)
    except (StancelibError, OSError) as error:
        parser.error(str(error))
    table = Table("sources", "right, %", "95 %", "of")
    for title, task in tasks.items():
        figures, sure = task.figures, interval(task)
        shown = f"{100 * figures['right']:.1f}", f"{100 * sure.low:.1f} to {100 * sure.high:.1f}"
        table.add_row(title, *shown, f"{figures['count']:.0f}")
    Console().print(table)


def evaluate_speakers(tagger: StanceTagger, data: Path) -> dict[str, Share]:
    """The share of right names, in all and by form, and of right states, in all and by kind."""
    counts: dict[str, dict[str, Counts]] = defaultdict(lambda: defaultdict(Counts))
    for article, source, speaker, gold in _resolved(tagger, data):
        named = Counts(fold(speaker.name) == fold(gold["name"] or ""), 1, 1)
        placed = Counts(speaker.country == gold["country"], 1, 1)
        for form in ("all", _form(source.text)) if gold["name"] else ():
            counts[f"name: {form}"][article] += named
        for kind in ("all", gold["kind"]):
            counts[f"state: {kind}"][article] += placed
    return {title: Share(counts[title]) for title in sorted(counts)}


def _form(source: str) -> str:
    if is_pronoun(source):
        return "pronoun"
    return "name" if any(word[0].isupper() for word in source.split()[1:] or [source]) else "description"


def _resolved(tagger: StanceTagger, data: Path) -> Iterator[tuple[str, Span, Speaker, dict[str, Any]]]:
    """Article, source, who it is found to be, and the labels of who it is."""
    records = [record for file in FILES for _, record in read_objects(ANNOTATIONS / file)]
    texts = [read_article(data / "polnear" / "train", article_of(r))[: r["end"]] for r in records]
    for record, text, persons in zip(records, texts, persons_in(tagger, texts), strict=True):
        marked = list(_sources(record, text, data))
        spans = [span for span, _ in marked]
        speakers = resolve_speakers(text, spans, persons=persons, mentions=load_gazetteer().find(text))
        for speaker, (span, labels) in zip(speakers, marked, strict=True):
            if span:
                yield article_of(record), span, speaker, labels


def _sources(record: dict[str, Any], text: str, data: Path) -> Iterator[tuple[Span | None, dict[str, Any]]]:
    """The first source of every statement, with the labels of its speaker, in the order of the text."""
    path = data / "polnear" / "train" / "attributions" / record["annotation"]
    events = read_events(path.read_text(encoding="utf-8"), text, Counter())
    found = [(events[s["event"]], s["speaker"]) for s in record["statements"] if s["event"] in events]
    for event, labels in sorted(found, key=lambda item: min(item[0]["content"])):
        yield (Span.of(text, *event["source"][0]) if event["source"] else None), labels


if __name__ == "__main__":
    main()
