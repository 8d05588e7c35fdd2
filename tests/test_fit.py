"""What turns scores into probabilities, on answers made up for it."""

from __future__ import annotations

import numpy as np
import pytest

from stancelib.calibration import softmax
from stancelib.tuning.fit import fit_bias, fit_temperature

Item = tuple[str, dict[str, float]]


def answers(right: int, wrong: int, sure: float = 0.9) -> list[Item]:
    """Answers that are all equally sure of "a"."""
    p = {"a": sure, "b": 1 - sure}
    return [("a", p)] * right + [("b", p)] * wrong


def test_answers_as_often_right_as_they_are_sure_stay_as_they_are() -> None:
    assert abs(fit_temperature(answers(90, 10)) - 1) < 0.01


def test_answers_surer_than_right_are_softened() -> None:
    assert fit_temperature(answers(75, 25)) > 1.5


def test_a_kind_of_data_counts_the_same_however_many_items_it_has() -> None:
    sure, unsure = answers(90, 10), answers(6, 4)
    both = fit_temperature(sure, unsure)
    assert fit_temperature(sure, unsure * 20) == both
    assert fit_temperature(sure + unsure) < both < fit_temperature(unsure)


def test_the_bias_gives_a_label_its_share_back() -> None:
    """Labels drawn by known odds; the answers are too cold, and give "b" too little."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, 3)).astype(np.float32)
    gold = [random.choice(3, p=row) for row in softmax(logits)]
    answers = softmax(2 * (logits - np.array([0, 0.5, 0], np.float32)))
    items = [("abc"[y], dict(zip("abc", row, strict=True))) for y, row in zip(gold, answers, strict=True)]
    temperature, bias = fit_bias(items, label="b")
    assert temperature == pytest.approx(2, abs=0.15)
    assert bias == pytest.approx(0.5, abs=0.1)


def test_a_kind_of_data_moves_the_bias_by_the_square_root_of_its_items() -> None:
    mostly = answers(70, 10, 0.9) + answers(10, 10, 0.6)
    seldom = answers(10, 50, 0.8) + answers(5, 35, 0.3)
    found = fit_bias(mostly, seldom * 9, label="a")
    assert found == pytest.approx(fit_bias(mostly + seldom * 3, label="a"), abs=0.01)
    assert found[1] < fit_bias(mostly, seldom, label="a")[1] - 0.1
