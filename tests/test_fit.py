"""What turns scores into probabilities, on answers made up for it."""

from __future__ import annotations

from stancelib.tuning.fit import fit_temperature

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
