"""Calibration on a corpus that nobody fitted on, with judgements that are given."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.tasks import Found, Judgement, Labels
from training.evaluate import CURVE, TEMPERATURES
from training.shift import curved, refitted, shifts, to_table


def judged(sure: float, right: int, wrong: int) -> list[Judgement]:
    """Answers of one probability, so many of them right."""
    probabilities = {"favor": sure, "against": 1 - sure}
    golds = ["favor"] * right + ["against"] * wrong
    return [Judgement(str(n), gold, probabilities) for n, gold in enumerate(golds)]


def test_an_answer_is_as_sure_as_such_are_right_elsewhere() -> None:
    ((sure, right),) = refitted(judged(0.9, 1, 0), [judged(0.9, 6, 4)])
    assert sure == pytest.approx(0.6, abs=0.01)
    assert right


def test_a_statement_is_as_probable_as_such_are_right_elsewhere() -> None:
    others = [(0.9, n < 6) for n in range(10)] + [(0.5, n < 3) for n in range(10)]
    found = curved([(0.9, True), (0.5, False)], [others])
    assert [p for p, _ in found] == pytest.approx([0.6, 0.3], abs=0.01)
    assert [right for _, right in found] == [True, False]


def test_a_label_has_the_share_elsewhere() -> None:
    seen = judged(0.9, 3, 7)
    ((sure, right),) = refitted(judged(0.9, 1, 0), [seen], biased="favor")
    ((tempered, _),) = refitted(judged(0.9, 1, 0), [seen])
    assert sure == pytest.approx(0.7, abs=0.01)
    assert not right
    assert tempered < 0.62  # no temperature makes the other label likelier


@pytest.fixture
def evaluation() -> Any:
    """All corpora are right as often as they say, but for one that is right too seldom."""
    found: Any = {}
    for parts in TEMPERATURES.values():
        for corpus, task in parts:
            found.setdefault(corpus, {})[task] = Labels(judged(0.8, 80, 20))
    found["plv"]["stance"] = Labels(judged(0.8, 60, 40))
    for corpus in CURVE:
        answers = [(p, n < 100 * p) for p in (0.3, 0.6, 0.8) for n in range(100)]
        found.setdefault(corpus, {})["statements"] = Found({"1": Counts(140, 200, 200)}, answers)
    return found


def test_a_corpus_that_differs_is_off_when_fitted_on_the_others(evaluation: Any) -> None:
    report = shifts(evaluation, 0.5)
    plv, dse = report["stance_pair"]["plv"], report["stance_pair"]["dse"]
    assert plv["ece"] == plv["fitted_elsewhere"] == pytest.approx(0.2, abs=0.01)
    assert dse["ece"] == pytest.approx(0, abs=0.01)
    assert dse["fitted_elsewhere"] == pytest.approx(0.2, abs=0.01)
    assert report["statements"]["polnear"]["fitted_elsewhere"] == pytest.approx(0, abs=0.01)
    assert report["statements"]["polnear"]["count"] == 200  # those of 0.3 are below the threshold


def test_the_table_has_every_corpus(evaluation: Any) -> None:
    console = Console(width=120, record=True)
    console.print(to_table(shifts(evaluation, 0.5)))
    text = console.export_text()
    assert all(corpus in text for corpus in (*CURVE, "dev_rw", "plv"))
