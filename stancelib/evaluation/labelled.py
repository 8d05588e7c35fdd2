"""A model against gold rows: the statements it finds, and its labels on the pairs that are given to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from stancelib.calibration import softmax
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

_Asked = tuple[Row, Row, ReadText, Groups]  # a row, one of its pairs, the text as read, subgroups


def evaluate_rows(tagger: StanceTagger, rows: Sequence[Row]) -> Tasks:
    """All that the rows have gold for: statements from scratch, stance and sentiment on the gold pairs."""
    annotated = [row for row in rows if row["annotated"]]
    documents = predict_all(tagger, [row["text"] for row in annotated], "statements")
    tasks: Tasks = statement_tasks(annotated, documents) | link_tasks(tagger, annotated) if annotated else {}
    return tasks | {task: labels for task, labels in pair_tasks(tagger, rows).items() if labels.judgements}


def pair_tasks(tagger: StanceTagger, rows: Sequence[Row]) -> dict[str, Labels]:
    """Stance and sentiment on every gold pair, beside what the model says without being told the target."""
    judged, blind = judge_pairs(tagger, rows), judge_pairs(tagger, list(map(_without_targets, rows)))
    return {task: Labels(found, blind[task]) for task, found in judged.items()}


def _without_targets(row: Row) -> Row:
    """The row with the whole content, or the whole text, in the place of each target."""
    whole = [[0, len(row["text"])]]
    return {**row, "pairs": [{**pair, "target": pair["content"] or whole} for pair in row["pairs"]]}


def judge_pairs(tagger: StanceTagger, rows: Sequence[Row]) -> dict[str, list[Judgement]]:
    """Stance and sentiment of the model on every gold pair, by task."""
    found: dict[str, list[Judgement]] = {"stance": [], "sentiment": []}
    for i in tqdm(range(0, len(rows), _CHUNK), desc="pairs", leave=False):
        some = rows[i : i + _CHUNK]
        reads = read_texts([tagger.encoder.encode(row["text"]) for row in some], tagger.encoder, tagger.engine)
        asked = [
            (row, pair, read, groups)
            for row, read in zip(some, reads, strict=True)
            for pair, groups in zip(row["pairs"], of_pairs(row["text"], row["pairs"]), strict=True)
        ]
        for task, judge in (("stance", _stances), ("sentiment", _sentiments)):
            of_task = [item for item in asked if item[1]["task"] == task]
            if of_task:
                probabilities = judge(tagger, of_task)
                found[task] += [
                    Judgement(row["text"], pair["label"], p, excerpt(row["text"], *pair["target"][0]), groups)
                    for (row, pair, _, groups), p in zip(of_task, probabilities, strict=True)
                ]
    return found


def _stances(tagger: StanceTagger, asked: Sequence[_Asked]) -> list[dict[str, float]]:
    items = []
    for _, pair, read, _ in asked:
        parts = (
            tuple(read.words.covering(*trim(read.words.text, *span)) for span in pair[part])
            for part in ("holder", "content", "target")
        )
        items.append((Triple(*parts), read.row, (0, len(read.words))))
    logits = tagger.engine.stance(asked[0][2].shared, index_pairs(items))
    hot = [tagger.config.temperature("stance" if pair["content"] else "stance_pair") for _, pair, *_ in asked]
    rows = softmax(logits / np.array(hot, np.float32)[:, None])
    return [dict(zip(tagger.config.stance_labels, map(float, row), strict=True)) for row in rows]


def _sentiments(tagger: StanceTagger, asked: Sequence[_Asked]) -> list[dict[str, float]]:
    pooled = [
        pool(read.states, [read.words.covering(*span) for span in pair["target"]]) for _, pair, read, _ in asked
    ]
    rows = softmax(tagger.engine.sentiment(np.stack(pooled)), tagger.config.temperature("sentiment"))
    return [dict(zip(tagger.config.sentiment_labels, map(float, row), strict=True)) for row in rows]


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
            wanted = {_edges(text, role, a, b) for st in gold for a, b in st[role]}
            count(role, unit, Counts.of(found, wanted))
            matched = match_by_overlap([set(range(*s)) for s in found], [set(range(*s)) for s in wanted])
            count(f"{role}_overlap", unit, Counts(len(matched), len(found), len(wanted)))
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
