"""A model against gold rows: the statements it finds, and its labels on the pairs that are given to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from stancelib.evaluation.bootstrap import Task
from stancelib.evaluation.linking import link_tasks
from stancelib.evaluation.metrics import Counts, match_by_overlap
from stancelib.evaluation.report import excerpt
from stancelib.evaluation.subgroups import Groups, of_pairs
from stancelib.evaluation.tasks import Found, Judgement, Labels, Share, Sureness
from stancelib.pairs import Triple, index_pairs
from stancelib.reading import ReadText, pool, read_texts
from stancelib.spans import trim, trim_content
from stancelib.tagger import StanceTagger
from stancelib.types import Document, Span, Statement

Tasks = dict[str, Task]
Row = Mapping[str, Any]  # a text with its gold: id, text, annotated, statements, pairs

ROLES = ("source", "cue", "content")
_CHUNK = 16  # texts between two steps of the progress bar

_Asked = tuple[Row, Row, ReadText]  # a row, one of its pairs, the text as read


def evaluate_rows(tagger: StanceTagger, rows: Sequence[Row]) -> Tasks:
    """All that the rows have gold for: statements from scratch, links, stance and sentiment on the gold pairs."""
    annotated = [row for row in rows if row["annotated"]]
    tasks = _statements(tagger, annotated) | link_tasks(tagger, annotated) if annotated else {}
    return tasks | {task: labels for task, labels in pair_tasks(tagger, rows).items() if labels.judgements}


def score_rows(tagger: StanceTagger, rows: Sequence[Row]) -> Tasks:
    """The same without links, subgroups and baselines, for every epoch of training: two readings, not three."""
    annotated = [row for row in rows if row["annotated"]]
    tasks = _statements(tagger, annotated) if annotated else {}
    return tasks | {task: Labels(judged) for task, judged in judge_pairs(tagger, rows).items() if judged}


def _statements(tagger: StanceTagger, annotated: Sequence[Row]) -> Tasks:
    return statement_tasks(annotated, predict_all(tagger, [row["text"] for row in annotated], "statements"))


def pair_tasks(tagger: StanceTagger, rows: Sequence[Row]) -> dict[str, Labels]:
    """Stance and sentiment on every gold pair by subgroup, beside what the model says without the target."""
    told: dict[str, list[Judgement]] = {task: [] for task in _JUDGES}
    blind: dict[str, list[Judgement]] = {task: [] for task in _JUDGES}
    for task, asked in _ask(tagger, rows):
        judged = _judge(tagger, task, asked)
        without = _JUDGES[task](tagger, list(map(_without_target, asked)))
        for judgement, groups, probabilities in zip(judged, _groups(asked), without, strict=True):
            told[task].append(replace(judgement, groups=groups))
            blind[task].append(replace(judgement, probabilities=probabilities))
    return {task: Labels(told[task], blind[task]) for task in _JUDGES}


def _without_target(asked: _Asked) -> _Asked:
    """The same with the whole content, or the whole text, in the place of the target."""
    row, pair, read = asked
    return row, {**pair, "target": pair["content"] or [[0, len(row["text"])]]}, read


def _groups(asked: Sequence[_Asked]) -> Iterator[Groups]:
    for _, of_row in groupby(asked, key=lambda item: id(item[0])):
        items = list(of_row)
        yield from of_pairs(items[0][0]["text"], [pair for _, pair, _ in items])


def judge_pairs(tagger: StanceTagger, rows: Sequence[Row]) -> dict[str, list[Judgement]]:
    """Stance and sentiment of the model on every gold pair, by task."""
    found: dict[str, list[Judgement]] = {task: [] for task in _JUDGES}
    for task, asked in _ask(tagger, rows):
        found[task] += _judge(tagger, task, asked)
    return found


def _ask(tagger: StanceTagger, rows: Sequence[Row]) -> Iterator[tuple[str, list[_Asked]]]:
    """Each task with some of its pairs, a few texts at a time."""
    for i in tqdm(range(0, len(rows), _CHUNK), desc="pairs", leave=False):
        some = rows[i : i + _CHUNK]
        reads = read_texts([tagger.encoder.encode(row["text"]) for row in some], tagger.encoder, tagger.engine)
        asked = [(row, pair, read) for row, read in zip(some, reads, strict=True) for pair in row["pairs"]]
        for task in _JUDGES:
            if of_task := [item for item in asked if item[1]["task"] == task]:
                yield task, of_task


def _judge(tagger: StanceTagger, task: str, asked: Sequence[_Asked]) -> list[Judgement]:
    return [
        Judgement(row["text"], pair["label"], probabilities, excerpt(row["text"], *pair["target"][0]))
        for (row, pair, _), probabilities in zip(asked, _JUDGES[task](tagger, asked), strict=True)
    ]


def _stances(tagger: StanceTagger, asked: Sequence[_Asked]) -> list[dict[str, float]]:
    items = []
    for _, pair, read in asked:
        parts = (
            tuple(read.words.covering(*trim(read.words.text, *span)) for span in pair[part])
            for part in ("holder", "content", "target")
        )
        items.append((Triple(*parts), read.row, (0, len(read.words))))
    logits = tagger.engine.stance(asked[0][2].shared, index_pairs(items))
    in_statement = np.array([bool(pair["content"]) for _, pair, _ in asked])[:, None]
    stance, bare = (tagger.config.probabilities(head, logits) for head in ("stance", "stance_pair"))
    rows = np.where(in_statement, stance, bare)
    return [dict(zip(tagger.config.stance_labels, map(float, row), strict=True)) for row in rows]


def _sentiments(tagger: StanceTagger, asked: Sequence[_Asked]) -> list[dict[str, float]]:
    pooled = [
        pool(read.states, [read.words.covering(*span) for span in pair["target"]]) for _, pair, read in asked
    ]
    rows = tagger.config.probabilities("sentiment", tagger.engine.sentiment(np.stack(pooled)))
    return [dict(zip(tagger.config.sentiment_labels, map(float, row), strict=True)) for row in rows]


_JUDGES = {"stance": _stances, "sentiment": _sentiments}


def statement_tasks(rows: Sequence[Row], documents: Sequence[Document]) -> Tasks:
    """Exact and overlapping spans by role; statements by overlap; source and cue of the matched ones."""
    counts: dict[str, dict[str, Counts]] = {}
    sure: list[Sureness] = []

    def count(task: str, unit: str, found: Counts) -> None:
        counts.setdefault(task, {})[unit] = counts.get(task, {}).get(unit, Counts()) + found

    for row, document in zip(rows, documents, strict=True):
        text, gold, unit = row["text"], row["statements"], row["id"]
        for role in ROLES:
            found = {_edges(text, role, s.start, s.end) for st in document.statements for s in _role(st, role)}
            for task, counted in compare_spans(role, found, gold_spans(row, role)).items():
                count(task, unit, counted)
        pairs = match_statements(text, document, gold)
        count("statements", unit, Counts(len(pairs), len(document.statements), len(gold)))
        sure += statement_sureness(document, pairs)
        for p, g in pairs:
            for role in ("source", "cue"):
                given = {_edges(text, role, s.start, s.end) for s in _role(document.statements[p], role)}
                right = given == {_edges(text, role, a, b) for a, b in gold[g][role]}
                count(f"{role}_right", unit, Counts(right, 1, 1))
    tasks: Tasks = {n: Share(units) if n.endswith("_right") else Found(units) for n, units in counts.items()}
    return tasks | {"statements": Found(counts.get("statements", {}), sure)}


def gold_spans(row: Row, role: str) -> set[tuple[int, int]]:
    """All spans of a role in a row, without white space, marks and punctuation at their edges."""
    return {_edges(row["text"], role, *span) for statement in row["statements"] for span in statement[role]}


def compare_spans(role: str, found: Set[tuple[int, int]], gold: Set[tuple[int, int]]) -> dict[str, Counts]:
    """How many spans are the same (``role``), and how many overlap by half of the longer (``role_overlap``)."""
    matched = match_by_overlap([set(range(*s)) for s in found], [set(range(*s)) for s in gold])
    return {
        role: Counts.of(found, gold),
        f"{role}_overlap": Counts(len(matched), len(found), len(gold)),
    }


def statement_sureness(document: Document, matched: Iterable[tuple[int, int]]) -> list[Sureness]:
    """The probability of each statement that was found, and whether it is one: ``matched`` with a gold one."""
    right = {p for p, _ in matched}
    return [(statement.probability, i in right) for i, statement in enumerate(document.statements)]


def match_statements(text: str, document: Document, gold: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Predicted and gold statements whose contents overlap by half."""
    predicted = [_characters(text, ((s.start, s.end) for s in st.content)) for st in document.statements]
    return match_by_overlap(predicted, [_characters(text, st["content"]) for st in gold])


def predict_all(tagger: StanceTagger, texts: Sequence[str], label: str) -> list[Document]:
    """``predict_batch`` with a progress bar."""
    documents: list[Document] = []
    for i in tqdm(range(0, len(texts), _CHUNK), desc=label, leave=False):
        documents.extend(tagger.predict_batch(texts[i : i + _CHUNK]))
    return documents


def _characters(text: str, spans: Iterable[Sequence[int]]) -> set[int]:
    return {c for a, b in spans for c in range(*trim_content(text, a, b))}


def _edges(text: str, role: str, start: int, end: int) -> tuple[int, int]:
    return (trim_content if role == "content" else trim)(text, start, end)


def _role(statement: Statement, role: str) -> Sequence[Span]:
    if role == "source":
        return [statement.speaker.mention] if statement.speaker.mention else []
    return statement.cue if role == "cue" else statement.content
