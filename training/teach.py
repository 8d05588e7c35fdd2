"""What a larger model says of the training texts, for a small one to learn from (Hinton, Vinyals and Dean 2015).

    python -m training.teach --teacher runs/teacher/best --data ../shared/data --out runs/taught

Writes OUT/CORPUS.jsonl: the rows of each corpus that has pairs, or statements. An annotated pair gets the mean of
its label and of the teacher's probabilities. Pairs that nobody annotated get the teacher's: the speakers of
PolNeAR's statements toward the actors in them, and in sentences the light on the names and their bearers' stances
toward each other. A recipe trains on them with ``taught = "OUT"``. The files hold the texts of the corpora: keep
them to yourself.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from stancelib.actors import ActorChoice, actors_in, document_mentions
from stancelib.engine import DTYPES, has_bf16_units
from stancelib.errors import StancelibError
from stancelib.evaluation.labelled import judge_pairs
from stancelib.gazetteer import ActorMention, load_gazetteer
from stancelib.names import find_persons
from stancelib.spans import trim_content
from stancelib.tagger import StanceTagger
from stancelib.tuning.targets import one_hot
from training.corpora import read
from training.corpora.schema import CorpusError, Row, pair

ARTICLES, SENTENCES = ("polnear",), ("newsmtsc", "dse", "plv")
CORPORA = (*ARTICLES, "polnear-stance", "hard", "news", *SENTENCES)
CROWD = 3  # in a sentence of more actors, their stances toward each other are not asked for


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", required=True, help="a model folder or a Hub id")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora, see training/README.md")
    parser.add_argument("--out", type=Path, required=True, help="folder of the taught corpora")
    parser.add_argument("--corpus", nargs="+", choices=CORPORA, default=CORPORA, help="by default all of them")
    precision = "bfloat16" if has_bf16_units() else "float32"
    parser.add_argument("--dtype", choices=DTYPES, default=precision, help="(default: %(default)s)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    try:
        teacher = StanceTagger.from_pretrained(args.teacher, dtype=args.dtype)
        for corpus in args.corpus:
            rows = [with_more_pairs(row, corpus) for row in read(corpus, args.data, "train").examples]
            pairs = write(args.out / f"{corpus}.jsonl", taught(teacher, rows))
            print(f"{corpus}: {len(rows)} texts, {pairs} pairs")
    except (StancelibError, CorpusError) as error:
        parser.error(str(error))


def with_more_pairs(row: Row, corpus: str) -> Row:
    """A row with the pairs that nobody annotated in it, whose label is None."""
    if corpus in ARTICLES:
        more = unlabelled_statements(row)
    elif corpus in SENTENCES:
        more = unlabelled_sentence(row)
    else:
        more = []
    known = [_key(p) for p in row["pairs"]]
    return {**row, "pairs": [*row["pairs"], *(p for p in more if _key(p) not in known)]}


def unlabelled_statements(row: Row) -> list[Row]:
    """Of each statement that has a source, the source's stance toward every actor in the content."""
    mentions = actors_of(row["text"])
    found = []
    for statement in row["statements"]:
        content = [trim_content(row["text"], *span) for span in statement["content"]]
        for _, spans in actors_in(content, mentions) if statement["source"] else ():
            target = [[s.start, s.end] for s in spans]
            parts = {"holder": statement["source"], "content": statement["content"]}
            found.append(pair("stance", target, None, **parts))
    return found


def unlabelled_sentence(row: Row) -> list[Row]:
    """The light on each of some names in a sentence, and the stance of its bearer toward each other one.

    The names are those annotated; besides a lone one, the actors that are mentioned.
    """
    spans = {tuple(map(tuple, p[part])) for p in row["pairs"] for part in ("holder", "target") if p[part]}
    for mention in actors_of(row["text"]) if len(spans) == 1 else ():
        start, end = mention.span.start, mention.span.end
        if not any(a < end and start < b for name in spans for a, b in name):
            spans.add(((start, end),))
    names = [[list(span) for span in name] for name in sorted(spans)]
    found = [pair("sentiment", name, None) for name in names]
    if len(names) <= CROWD:
        found += [pair("stance", target, None, holder=holder) for holder, target in permutations(names, 2)]
    return found


def actors_of(text: str) -> list[ActorMention]:
    """The mentions of political actors in a text, by the gazetteer and the rules of names."""
    known = load_gazetteer().find(text)
    persons = find_persons(text, known)
    return document_mentions(known, persons=persons, choice=ActorChoice(), gazetteer=load_gazetteer())


def taught(teacher: StanceTagger, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, each of their pairs with ``probabilities``."""
    judged = {task: iter(found) for task, found in judge_pairs(teacher, rows).items()}
    labels = {"stance": teacher.config.stance_labels, "sentiment": teacher.config.sentiment_labels}
    for row in rows:
        pairs = []
        for asked in row["pairs"]:
            names = labels[asked["task"]]
            said = next(judged[asked["task"]]).probabilities
            chances = np.array([said[name] for name in names])
            if asked["label"] is not None:
                chances = (chances + one_hot(asked["label"], names)) / 2
            pairs.append({**asked, "probabilities": chances.round(4).tolist()})
        yield {**row, "pairs": pairs}


def write(path: Path, rows: Iterable[Row]) -> int:
    """Write a taught corpus; returns the number of its pairs."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            count += len(row["pairs"])
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def read_taught(folder: Path, corpus: str) -> list[Row]:
    """The rows of a taught corpus. Raises CorpusError where there is none."""
    path = folder / f"{corpus}.jsonl"
    if not path.is_file():
        raise CorpusError(f"{path} is missing: python -m training.teach --out {folder} writes it")
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def _key(asked: Row) -> tuple[Any, ...]:
    """What is asked: the task, of whom, toward which first mention."""
    return asked["task"], str(asked["holder"]), str(asked["content"]), str(asked["target"][0])


if __name__ == "__main__":
    main()
