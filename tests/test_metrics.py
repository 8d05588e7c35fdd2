"""Metrics against values worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stancelib.evaluation.labelled import match_statements
from stancelib.evaluation.metrics import (
    DIRECTED,
    Counts,
    calibration_error_by_chance,
    class_report,
    directed,
    expected_calibration_error,
    macro_f1,
    match_by_overlap,
)
from stancelib.types import Actor, ActorKind, ActorStance, Document, Span, Speaker, Statement
from training.evaluate import actor_key, main, match_actors

# Counts


def test_counts_compare_two_sets() -> None:
    assert Counts.of({1, 2, 3}, {2, 3, 4, 5}) == Counts(2, 3, 4)


def test_ratios_derive_from_counts() -> None:
    counts = Counts(2, 4, 5)
    assert counts.to_dict() == pytest.approx({"precision": 1 / 2, "recall": 2 / 5, "f1": 4 / 9})


def test_counts_add_up() -> None:
    assert Counts(1, 2, 3) + Counts(10, 20, 30) == Counts(11, 22, 33)


def test_nothing_scores_zero() -> None:
    assert Counts().to_dict() == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


# Overlap


def chars(start: int, end: int) -> set[int]:
    return set(range(start, end))


def test_half_of_the_longer_span_is_enough() -> None:
    assert match_by_overlap([chars(0, 10)], [chars(5, 10)]) == [(0, 0)]


def test_less_than_half_of_the_longer_span_is_not() -> None:
    assert match_by_overlap([chars(0, 11)], [chars(6, 11)]) == []


def test_a_short_piece_of_a_long_span_does_not_match_it() -> None:
    assert match_by_overlap([chars(0, 4)], [chars(0, 100)]) == []


def test_the_better_overlap_wins_a_gold_span() -> None:
    assert match_by_overlap([chars(0, 6), chars(0, 9)], [chars(0, 10)]) == [(1, 0)]


def test_every_span_is_matched_once() -> None:
    predicted, gold = [chars(0, 10), chars(0, 8)], [chars(0, 10), chars(0, 6)]
    assert sorted(match_by_overlap(predicted, gold)) == [(0, 0), (1, 1)]


def test_of_two_equal_overlaps_only_one_counts() -> None:
    assert len(match_by_overlap([chars(0, 5), chars(5, 10)], [chars(0, 10)])) == 1
    assert len(match_by_overlap([chars(0, 10)], [chars(0, 5), chars(5, 10)])) == 1


def test_identical_spans_are_paired_off() -> None:
    pairs = match_by_overlap([chars(0, 5)] * 3, [chars(0, 5)] * 2)
    assert len({p for p, _ in pairs}) == len({g for _, g in pairs}) == len(pairs) == 2


def test_nothing_matches_an_empty_span() -> None:
    assert match_by_overlap([set(), chars(0, 3)], [set()]) == []


# Labels


def test_macro_f1_is_the_mean_over_classes() -> None:
    # a: 2 right of 2 predicted and 3 gold; b: 1 of 2 and 1
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "b", "b"]) == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_macro_f1_counts_a_class_that_is_only_predicted() -> None:
    assert macro_f1(["a", "a"], ["a", "b"]) == pytest.approx((2 / 3 + 0) / 2)


def test_macro_f1_takes_the_classes_it_is_given() -> None:
    assert macro_f1(["a", "a"], ["a", "b"], labels=["a"]) == pytest.approx(2 / 3)


def test_class_report_has_every_class() -> None:
    report = class_report(["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert report == pytest.approx(
        {
            "accuracy": 3 / 4,
            "macro_f1": (4 / 5 + 2 / 3) / 2,
            **{"precision_a": 1, "recall_a": 2 / 3, "f1_a": 4 / 5},
            **{"precision_b": 1 / 2, "recall_b": 1, "f1_b": 2 / 3},
            "count": 4,
        }
    )


def test_class_report_of_nothing_is_zero() -> None:
    assert class_report([], []) == {"accuracy": 0.0, "macro_f1": 0.0, "count": 0}


# Calibration


def test_calibration_error_weighs_bins_by_their_size() -> None:
    # [0.5, 1]: mean 0.8, 2 of 3 right; [0, 0.5): 0.3, wrong
    error = expected_calibration_error([0.9, 0.8, 0.7, 0.3], [True, True, False, False], bins=2)
    assert error == pytest.approx(3 / 4 * (0.8 - 2 / 3) + 1 / 4 * 0.3)


def test_gaps_of_one_bin_cancel_out() -> None:
    assert expected_calibration_error([0.5, 0.5], [True, False]) == pytest.approx(0.0)


def test_gaps_of_two_bins_do_not_cancel_out() -> None:
    assert expected_calibration_error([0.8, 0.2], [False, True], bins=2) == pytest.approx(0.8)


def test_full_confidence_belongs_to_the_last_bin() -> None:
    assert expected_calibration_error([0.9, 1.0], [True, False], bins=2) == pytest.approx(0.95 - 0.5)


def test_no_results_have_no_calibration_error() -> None:
    assert expected_calibration_error([], []) == 0.0
    assert calibration_error_by_chance([]) == 0.0


def test_calibration_error_by_chance_is_that_of_true_probabilities() -> None:
    # One answer at 0.6: right in 6 of 10 draws with a gap of 0.4, else wrong with one of 0.6.
    assert calibration_error_by_chance([0.6], draws=20_000) == pytest.approx(0.6 * 0.4 + 0.4 * 0.6, abs=0.01)


def test_chance_errs_less_on_more_results() -> None:
    few, many = (calibration_error_by_chance([0.6, 0.8] * n) for n in (50, 5000))
    assert many < few / 5
    assert calibration_error_by_chance([1.0] * 50) == 0.0


# Directed stance


def directed_class(forth: dict[str, float], back: dict[str, float]) -> int:
    classes = directed(forth, back)
    assert sum(classes.values()) == pytest.approx(1)
    return int(max(classes, key=lambda name: classes[name]))


def leaning(label: str) -> dict[str, float]:
    return {k: 0.8 if k == label else 0.1 for k in ("favor", "neutral", "against")}


@pytest.mark.parametrize(("number", "stances"), list(enumerate(DIRECTED)))
def test_directed_class_of_clear_stances(number: int, stances: tuple[str, str]) -> None:
    assert directed_class(*map(leaning, stances)) == number


def test_directed_class_of_two_poles_is_the_surer_one() -> None:
    # no class has both: 0.6 · 0.3 (p against q) beats 0.2 · 0.5 (q favors p) and 0.2 · 0.3 (neutral)
    forth = {"favor": 0.2, "neutral": 0.2, "against": 0.6}
    back = {"favor": 0.5, "neutral": 0.3, "against": 0.2}
    assert directed_class(forth, back) == DIRECTED.index(("against", "neutral"))


def test_directed_class_multiplies() -> None:
    # 0.38 · 0.41 (q favors p) beats 0.62 · 0.2 (p against q), though the second has the larger sum
    forth = {"favor": 0.0, "neutral": 0.38, "against": 0.62}
    back = {"favor": 0.41, "neutral": 0.2, "against": 0.39}
    assert directed_class(forth, back) == DIRECTED.index(("neutral", "favor"))


# Actors of a statement


def toward(name: str, kind: ActorKind, country: str | None) -> ActorStance:
    return ActorStance(Actor(name.lower(), name, kind, country), (), "against", leaning("against"))


def statement(*stances: ActorStance, content: tuple[Span, ...] = ()) -> Statement:
    return Statement(0, "direct", 0.9, content, (), Speaker("", "none"), stances)


def gold(name: str, kind: str, country: str, *, place: bool = False, stance: str = "neutral") -> dict[str, Any]:
    return {"actor": name, "kind": kind, "country": country, "place": place, "stance": stance}


TURKEY = toward("Turkey", "country", "TUR")
KENYA = toward("Kenya", "country", "KEN")


def test_found_missed_and_invented_actors_are_counted() -> None:
    wanted = {"actors": [gold("Türkiye", "country", "TUR"), gold("Qatar", "country", "QAT")]}
    counts, _, right = match_actors(statement(TURKEY, KENYA), wanted)
    assert counts == Counts(1, 2, 2)
    assert [(label, s.actor.name) for label, s in right] == [("neutral", "Turkey")]


def test_the_gold_stance_goes_with_the_actor_found() -> None:
    wanted = {"actors": [gold("Turkey", "country", "TUR", stance="favor")]}
    assert match_actors(statement(TURKEY), wanted)[2] == [("favor", TURKEY)]


def test_an_optional_actor_counts_neither_way() -> None:
    wanted = {"actors": [], "optional_actors": [gold("Kenya", "country", "KEN")]}
    assert match_actors(statement(KENYA), wanted) == (Counts(), Counts(), [])
    assert match_actors(statement(), wanted) == (Counts(), Counts(), [])


def test_a_place_is_no_actor_and_is_counted_apart() -> None:
    wanted = {"actors": [gold("Kenya", "country", "KEN", place=True)]}
    assert match_actors(statement(), wanted) == (Counts(), Counts(1, 1, 1), [])
    assert match_actors(statement(KENYA), wanted) == (Counts(), Counts(0, 1, 1), [])


def test_a_state_that_is_place_and_actor_is_an_actor() -> None:
    wanted = {"actors": [gold("Kenya", "country", "KEN", place=True), gold("Kenya", "country", "KEN")]}
    counts, places, _ = match_actors(statement(KENYA), wanted)
    assert (counts, places) == (Counts(1, 1, 1), Counts())


def test_states_are_the_same_by_code() -> None:
    assert actor_key("country", "TUR", "Türkiye") == actor_key("country", "TUR", "Turkey")


def test_a_persons_country_is_not_the_person() -> None:
    assert actor_key("person", "TUR", "Orhan Belli") != actor_key("country", "TUR", "Turkey")


def test_other_names_are_the_same_but_for_case_accents_and_spaces() -> None:
    assert actor_key("person", None, "Ana  ČOLIĆ") == actor_key("person", "SRB", "Ana Čolić") == "ana colic"


def test_a_state_without_a_code_goes_by_its_name() -> None:
    assert actor_key("country", "", "Freedonia") == actor_key("country", None, "freedonia")


# Command line


def test_a_missing_corpus_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plv").mkdir()
    monkeypatch.setattr("sys.argv", ["evaluate", "--model", "nowhere", "--data", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert "lacks polnear, newsmtsc, dse, intl-dev: training/README.md says" in capsys.readouterr().err


def test_a_missing_model_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plv").mkdir()
    arguments = ["--model", str(tmp_path / "none"), "--corpus", "plv", "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["evaluate", *arguments])
    with pytest.raises(SystemExit):
        main()
    assert str(tmp_path / "none") in capsys.readouterr().err


# Statements


def test_statements_match_by_content_without_marks_and_leading_that() -> None:
    text = "He said that “No.”"  # untrimmed, the gold is five times as long
    start = text.index("No")
    document = Document((statement(content=(Span.of(text, start, start + len("No")),)),))
    assert match_statements(text, document, [{"content": [[text.index("that"), len(text)]]}]) == [(0, 0)]
