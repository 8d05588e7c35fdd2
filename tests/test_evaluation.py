"""Intervals, comparison of two models, and the report, with judgements that are given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from stancelib.evaluation.bootstrap import Evaluation, Interval, Task, compare, interval, intervals
from stancelib.evaluation.metrics import Counts, macro_f1
from stancelib.evaluation.plots import draw, reliability
from stancelib.evaluation.report import (
    baselines,
    details,
    excerpt,
    surest_errors,
    to_markdown,
    to_table,
    with_intervals,
)
from stancelib.evaluation.tasks import Found, Judgement, Labels, Share

LABELS = ("favor", "neutral", "against")


def judged(
    gold: str, given: str, *, unit: str = "", sure: float = 0.8, evidence: str = "", kind: str = ""
) -> Judgement:
    probabilities = {label: sure if label == given else (1 - sure) / 2 for label in LABELS}
    return Judgement(unit or f"{gold}{given}", gold, probabilities, evidence, {"kind": kind} if kind else {})


def answers(pattern: Sequence[tuple[str, str]], times: int = 1) -> Labels:
    return Labels([judged(g, p, unit=f"{n}-{i}") for n in range(times) for i, (g, p) in enumerate(pattern)])


MIXED = [("favor", "favor"), ("neutral", "favor"), ("against", "against"), ("neutral", "neutral")]


def test_the_bootstrapped_figure_is_the_macro_f1() -> None:
    gold, given = [g for g, _ in MIXED], [p for _, p in MIXED]
    assert interval(answers(MIXED)).value == pytest.approx(macro_f1(gold, given))


def test_an_interval_holds_its_figure_and_narrows_with_the_texts() -> None:
    few, many = interval(answers(MIXED, 5)), interval(answers(MIXED, 100))
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 2


def test_the_interval_of_a_share_is_about_that_of_the_binomial() -> None:
    share = Share({str(i): Counts(i % 4 == 0, 1, 1) for i in range(400)})
    sure = interval(share)
    assert sure.value == 0.25
    assert (sure.low, sure.high) == pytest.approx((0.25 - 0.0424, 0.25 + 0.0424), abs=0.006)


def test_labels_of_one_text_are_drawn_together() -> None:
    apart = Labels([judged("favor", "favor" if i % 2 else "neutral", unit=str(i)) for i in range(200)])
    together = Labels([judged("favor", "favor" if i % 2 else "neutral", unit=str(i % 4)) for i in range(200)])
    wide, narrow = interval(together), interval(apart)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_model_does_not_differ_from_itself() -> None:
    found = compare(answers(MIXED, 20), answers(MIXED, 20))
    assert (found.difference.value, found.difference.low, found.difference.high, found.p) == (0, 0, 0, 1)


def test_a_better_model_is_found_better_and_the_other_way_round_worse() -> None:
    right = answers([(g, g) for g, _ in MIXED], 20)
    better, worse = compare(right, answers(MIXED, 20)), compare(answers(MIXED, 20), right)
    assert better.difference.low > 0
    assert better.p < 0.01
    assert worse.difference.value == pytest.approx(-better.difference.value)


def test_models_that_give_other_labels_or_find_other_texts_can_be_compared() -> None:
    one = Labels([judged("favor", "favor", unit="a"), judged("favor", "favor", unit="b")])
    other = Labels([judged("favor", "against", unit="a")])
    assert compare(one, other).difference.value == 1


def test_found_things_have_precision_recall_and_an_f1_with_an_interval() -> None:
    found = Found({"a": Counts(2, 4, 5), "b": Counts(0, 0, 1)})
    assert found.figures == pytest.approx({"precision": 0.5, "recall": 2 / 6, "f1": 0.4, "count": 6})
    assert interval(found).value == pytest.approx(0.4)


@pytest.mark.parametrize(
    "task",
    [
        Labels([judged(g, p, unit=str(i)) for i, (g, p) in enumerate(MIXED * 5)]),
        Found({"a": Counts(2, 4, 5), "b": Counts(0, 0, 1), "c": Counts(3, 3, 3)}),
        Share({"a": Counts(2, 4, 4), "b": Counts(2, 2, 2)}),
    ],
)
def test_every_counted_figure_has_an_interval_around_it(task: Task) -> None:
    found = intervals(task)
    values = {name: value for name, value in task.figures.items() if name != "count" and "ece" not in name}
    assert {name: sure.value for name, sure in found.items()} == pytest.approx(values)
    assert all(0 <= sure.low <= sure.value <= sure.high <= 1 for sure in found.values())
    assert any(sure.low < sure.high for sure in found.values())


def test_the_page_has_the_interval_of_each_class() -> None:
    page = to_markdown({"news": {"stance": answers(MIXED, 20)}}, model="a")
    (line,) = [line for line in page.splitlines() if line.startswith("| against |")]
    assert line.count(" to ") == 3


def test_a_resample_without_a_rare_class_says_nothing_of_it() -> None:
    common = [judged("neutral", "neutral", unit=str(i)) for i in range(60)]
    found = intervals(Labels([*common, judged("favor", "favor", unit="rare")]))
    assert (found["recall_favor"].low, found["precision_favor"].low, found["f1_favor"].low) == (1, 1, 1)


def test_a_class_that_is_never_given_has_no_precision_and_counts_as_zero() -> None:
    found = intervals(Labels([judged("favor", "neutral", unit="a"), judged("neutral", "neutral", unit="b")]))
    assert found["precision_favor"] == Interval(0, 0, 0)


def test_nothing_counted_has_no_interval() -> None:
    assert intervals(Found({})) == {}


def test_baselines_are_the_commonest_label_and_the_model_without_target() -> None:
    task = Labels(answers(MIXED).judgements, withheld=[judged(g, "favor") for g, _ in MIXED])
    assert baselines(task) == pytest.approx(
        {
            "majority": macro_f1([g for g, _ in MIXED], ["neutral"] * 4),
            "target withheld": macro_f1([g for g, _ in MIXED], ["favor"] * 4),
        }
    )


def test_figures_of_labels_go_with_their_baselines(evaluation: Evaluation) -> None:
    found = with_intervals(evaluation)["news"]
    assert found["stance"]["baselines"] == {"majority": 1.0}
    assert "baselines" not in found["spans"]


def test_the_surest_errors_come_first_and_what_is_right_does_not_come() -> None:
    task = Labels(
        [
            judged("favor", "against", sure=0.6),
            judged("favor", "neutral", sure=0.9),
            judged("favor", "favor", sure=0.99),
        ]
    )
    assert [(j.label, j.confidence) for j in surest_errors(task)] == [("neutral", 0.9), ("against", 0.6)]


def test_reliability_has_the_accuracy_of_each_bin() -> None:
    task = Labels(
        [
            judged("favor", "favor", sure=0.95),
            judged("favor", "neutral", sure=0.91),
            judged("favor", "favor", sure=0.52),
        ]
    )
    (low, high) = reliability(task)
    assert low == pytest.approx((0.52, 1.0, 1))
    assert high == pytest.approx((0.93, 0.5, 2))


EVIL = "<script>alert(1)</script> | ⟦Kenya⟧ *x* [a](b)\nnext"


@pytest.fixture
def evaluation() -> Evaluation:
    labels = Labels(
        [
            judged("favor", "against", unit="1", evidence=EVIL, kind="direct"),
            judged("favor", "favor", unit="2", kind="indirect"),
        ]
    )
    return {
        "news": {
            "stance": labels,
            "spans": Found({"1": Counts(1, 2, 4)}, [(0.9, True), (0.6, False)]),
            "speaker": Share({"1": Counts(1, 1, 1)}),
            "none": Labels([]),
        }
    }


def test_the_page_escapes_what_texts_bring(evaluation: Evaluation) -> None:
    page = to_markdown(evaluation, model="m|odel")
    (line,) = [line for line in page.splitlines() if "Kenya" in line]
    assert line == (
        "| favor | against | 80.0 | \\<script\\>alert(1)\\</script\\> \\| **Kenya** \\*x\\* \\[a\\](b) next |"
    )
    assert "# m\\|odel" in page


def test_the_page_has_subgroups_and_the_comparison(evaluation: Evaluation) -> None:
    page = to_markdown(evaluation, model="a", against=evaluation, other="b")
    assert "| kind: direct | 1 | 0.0 | 0.0 |" in page
    assert page.count("+0.0 (0.0 to 0.0), p 1.000") == 3


def test_the_page_has_precision_and_recall_of_what_is_found_and_how_far_its_probabilities_are_off(
    evaluation: Evaluation,
) -> None:
    page = to_markdown(evaluation, model="a")
    (line,) = [line for line in page.splitlines() if line.startswith("| news | spans | 50.0 (")]
    assert "| 25.0 (25.0 to 25.0) | 33.3 (33.3 to 33.3) | 35.0 (" in line


def test_details_have_the_difference_to_the_other_model(evaluation: Evaluation) -> None:
    worse: Evaluation = {"news": {**evaluation["news"], "spans": Found({"1": Counts(0, 2, 4)})}}
    found = details(evaluation, worse)["news"]
    assert found["spans"]["against"]["difference"]["value"] == pytest.approx(1 / 3)
    assert found["stance"]["against"]["p"] == 1
    assert "against" not in details(evaluation)["news"]["stance"]


def test_details_can_be_written_as_json(evaluation: Evaluation) -> None:
    found = json.loads(json.dumps(details(evaluation)))["news"]
    (error,) = found["stance"]["surest_errors"]
    assert error == {"gold": "favor", "given": "against", "probability": 0.8, "text": EVIL}
    assert found["spans"]["reliability"] == [[0.6, 0, 1], [0.9, 1, 1]]
    assert found["stance"]["confusion"] == {"classes": ["against", "favor"], "counts": [[0, 0], [1, 1]]}
    assert found["stance"]["subgroups"]["kind: indirect"]["accuracy"] == 1
    assert found["speaker"] == {"right": 1, "count": 1, "intervals": {"right": [1, 1]}}
    assert found["none"]["count"] == 0


def test_the_table_has_every_task(evaluation: Evaluation) -> None:
    console = Console(width=150, record=True, file=StringIO())
    console.print(to_table(evaluation, evaluation))
    text = console.export_text()
    assert all(name in text for name in ("stance", "spans", "speaker", "none"))


def test_pictures_are_drawn_of_what_has_labels_or_probabilities(evaluation: Evaluation, tmp_path: Path) -> None:
    assert [p.name for p in draw(evaluation, tmp_path)] == ["reliability.png", "confusion.png"]
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in tmp_path.iterdir())
    spans = evaluation["news"]["spans"]
    assert [p.name for p in draw({"news": {"spans": spans}}, tmp_path)] == ["reliability.png"]
    assert draw({"news": {"speaker": evaluation["news"]["speaker"]}}, tmp_path) == []


def test_an_excerpt_marks_the_target_and_says_where_it_was_cut() -> None:
    text = "a" * 10 + "Kenya" + "b" * 10
    assert excerpt(text, 10, 15) == "a" * 10 + "⟦Kenya⟧" + "b" * 10
    assert excerpt(text, 10, 15, around=2) == "…aa⟦Kenya⟧bb…"
