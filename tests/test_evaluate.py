"""What evaluation counts, with a tagger whose answers are given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.report import figures
from stancelib.evaluation.tasks import Found, Judgement, Labels
from stancelib.tagger import StanceTagger
from stancelib.types import Actor, ActorStance, Document, Span, Speaker, Statement
from training import evaluate
from training.corpora import hard, read

FIXTURES = Path(__file__).parent / "fixtures" / "corpora"


class Given:
    """Answers each text with the stances toward actors that are given for it."""

    def __init__(self, answers: dict[str, dict[str, str]]) -> None:
        self.answers = answers

    def predict_batch(self, texts: Sequence[str]) -> list[Document]:
        return [self._document(text) for text in texts]

    def _document(self, text: str) -> Document:
        sure = {"favor": 0.0, "neutral": 0.0, "against": 0.0}
        stances = tuple(
            ActorStance(Actor(i, i, "country", i), (Span(0, 1, text[:1]),), label, sure | {label: 1.0})
            for i, label in self.answers[text].items()
        )
        speaker = Speaker("", "none")
        return Document((Statement(0, "indirect", 1.0, (Span(0, 1, text[:1]),), (), speaker, stances),))


FILE = """# negation
[v:Said] [c:that {+KEN:Kenya} helped].
[v:Said] [c:that {-KEN:Kenya} never helped {pUGA:Uganda}].

[v:Said] [c:{0TUR:Turkey} and {0QAT:Qatar} met].
"""


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    path = tmp_path / "hard.txt"
    path.write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(hard, "FILE", path)
    monkeypatch.setattr(hard, "DEV_EVERY", 1)

    def run(*answers: dict[str, str]) -> Any:
        texts = [e.text for e in hard.read_examples(path)]
        tagger: Any = Given(dict(zip(texts, answers, strict=True)))
        return figures({"hard": evaluate.evaluate_hard_pipeline(tagger)})["hard"]

    return run


def test_hard_statements_all_right(report: Any) -> None:
    found = report({"KEN": "favor"}, {"KEN": "against"}, {"TUR": "neutral", "QAT": "neutral"})
    assert found["stance"]["accuracy"] == found["actors"]["f1"] == found["places_left_out"]["right"] == 1
    assert found["groups"] == {"right": 1.0, "count": 2}


def test_a_minimal_pair_counts_only_whole(report: Any) -> None:
    found = report({"KEN": "favor"}, {"KEN": "favor"}, {"TUR": "neutral", "QAT": "neutral"})
    assert found["stance"]["accuracy"] == 0.75
    assert found["groups"]["right"] == 0.5


def test_actors_that_are_missed_or_only_places(report: Any) -> None:
    found = report({"KEN": "favor"}, {"KEN": "against", "UGA": "neutral"}, {"TUR": "neutral"})
    assert found["stance"]["count"] == 3
    assert found["actors"]["recall"] == 0.75
    assert found["places_left_out"] == {"right": 0.0, "count": 1}
    assert found["groups"]["right"] == 0.5


def test_labels_that_share_a_temperature_are_told_together() -> None:
    def judged(gold: str) -> Labels:
        return Labels([Judgement("text", gold, {"favor": 0.75, "neutral": 0.25})])

    parts = [part for parts in evaluate.TEMPERATURES.values() for part in parts]
    evaluation: Any = {corpus: {} for corpus, _ in parts}
    for corpus, task in parts:
        evaluation[corpus][task] = judged("favor")
    for corpus, sure in zip(evaluate.CURVE, ((0.75, True), (0.5, False)), strict=True):
        evaluation.setdefault(corpus, {})["statements"] = Found({"text": Counts(sure[1], 1, 1)}, [sure])
    evaluation["newsmtsc"]["dev_rw"] = judged("neutral")
    together = figures({"all": evaluate.by_temperature(evaluation)})["all"]
    counts = {"statements": 2, "sentiment": 2, "stance_pair": 2, "stance": 3}
    assert {task: f["count"] for task, f in together.items()} == counts
    assert together["statements"]["ece"] == pytest.approx(0.375)
    assert together["statements"]["f1"] == 0.5
    pooled = evaluate.by_temperature(evaluation)["stance"]
    assert sorted(pooled.by_unit()) == ["intl-dev text", "polnear-stance text", "sentence-stance text"]
    assert together["sentiment"]["ece"] == pytest.approx(0.25)  # 75 % sure, right in half


def test_the_poles_are_asked_where_the_gold_is_one_of_them() -> None:
    sure = {"favor": 0.2, "neutral": 0.7, "against": 0.1}
    stance = Labels([Judgement("1", gold, sure, groups={"a": "b"}) for gold in ("favor", "neutral", "against")])
    poles = evaluate._poles(stance).judgements
    assert [(j.gold, j.label) for j in poles] == [("favor", "favor"), ("against", "favor")]
    assert poles[0].probabilities == {"favor": pytest.approx(2 / 3), "against": pytest.approx(1 / 3)}
    assert poles[0].groups == {"a": "b"}


@pytest.mark.parametrize("corpus", ["intl-dev", "hard"])
def test_the_stance_on_given_actors_is_told_beside_the_pipeline(corpus: str, tagger: StanceTagger) -> None:
    found = evaluate.EVALUATIONS[corpus](tagger, FIXTURES)
    pairs = [pair for row in read(corpus, FIXTURES, "dev").examples for pair in row["pairs"]]
    given = found["stance_given"]
    assert isinstance(given, Labels)
    assert [j.gold for j in given.judgements] == [pair["label"] for pair in pairs]
    assert len(given.withheld) == len(pairs) > 0
    assert "actors" in found
