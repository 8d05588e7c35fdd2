"""Agreement of two annotations."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from stancelib.evaluation.metrics import Counts
from training import annotators
from training.agreement import (
    act_agreement,
    agreement,
    label_agreement,
    main,
    sentence_agreement,
    written_agreement,
)


def record(article: str, *stances: str, country: str = "KEN", place: bool = False) -> dict[str, Any]:
    """An article of one statement for each stance toward Turkey, and a last one without actors."""
    speaker = {"name": "x", "kind": "person", "country": country}
    turkey = {"actor": "Turkey", "kind": "country", "country": "TUR", "mention": [0, 1], "place": place}
    actors = [[turkey | {"stance": s}] for s in stances]
    statements = [{"event": f"E{i}", "speaker": speaker, "actors": a} for i, a in enumerate([*actors, []])]
    return {"annotation": f"{article}_a1.ann", "statements": statements}


def compare(tmp_path: Path, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> dict[str, float]:
    for name, records in (("a", first), ("b", second)):
        (tmp_path / name).write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return agreement(tmp_path / "a", tmp_path / "b")


def test_the_same_labels_agree_wholly(tmp_path: Path) -> None:
    same = [record("a", "favor", "against", "neutral")]
    found = compare(tmp_path, same, [*same, record("only in the second", "favor")])
    assert found["statements"] == 4
    assert found["actors of both"] == 3
    assert [found[k] for k in ("actors F1", "speaker country", "kappa stance", "kappa favor")] == [1, 1, 1, 1]


def test_kappa_is_agreement_beyond_chance(tmp_path: Path) -> None:
    first = record("a", "favor", "favor", "against", "against")
    second = record("a", "favor", "against", "against", "against")
    # three of four agree; by chance 2/4 x 1/4 + 2/4 x 3/4 = 1/2
    assert compare(tmp_path, [first], [second])["kappa stance"] == pytest.approx(0.5)


def test_actors_that_only_one_lists_count_against_both(tmp_path: Path) -> None:
    first, second = record("a", "favor", "favor"), record("a", "favor")
    second["statements"].append(first["statements"][2])
    assert compare(tmp_path, [first], [second])["actors F1"] == pytest.approx(2 / 3)


def test_other_countries_and_places_are_told_apart(tmp_path: Path) -> None:
    found = compare(tmp_path, [record("a", "favor")], [record("a", "favor", country="UGA", place=True)])
    assert found["speaker country"] == 0
    assert math.isnan(found["kappa stance"])  # nothing left to compare


def test_lines_that_differ_in_their_labels_are_compared(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(
        "[c:{+KEN:Kenya} or {-UGA:Uganda} or {=KEN:Nairobi}]\n\n-0 [p:A] hit [q:B].\nonly here\n"
    )
    (tmp_path / "b").write_text("[c:{-KEN:Kenya} or {-UGA:Uganda} or {=KEN:Nairobi}]\n-? [p:A] hit [q:B].\n")
    found = written_agreement(tmp_path / "a", tmp_path / "b")
    assert (found["labels"], found["the same"], found["opposite"]) == (4, 0.5, 1)


def test_statements_that_each_pass_found_by_itself_are_joined_by_their_contents(tmp_path: Path) -> None:
    def statement(start: int, end: int, *actors: tuple[int, str]) -> dict[str, Any]:
        found = [["x", sign, at, at + 5] for at, sign in actors]
        return {"content": [[start, end]], "cue": [], "source": [], "actors": found}

    first = [statement(0, 20, (0, "+"), (8, "-")), statement(30, 40)]
    second = [statement(2, 20, (1, "+"), (14, "-")), statement(50, 60)]
    for name, statements in (("a", first), ("b", second)):
        record = {"corpus": "dse", "digest": "0", "statements": statements}
        (tmp_path / name).write_text(json.dumps(record), encoding="utf-8")
    found = sentence_agreement(tmp_path / "a", tmp_path / "b")
    assert (found["texts"], found["statements F1"]) == (1, 0.5)
    assert (found["actors of both"], found["actors F1"]) == (1, 0.5)


def test_lights_are_compared_mention_by_mention(tmp_path: Path) -> None:
    def write(name: str, *lights: str) -> Path:
        targets = [[i, i + 1, light] for i, light in enumerate(lights)]
        path = tmp_path / name
        path.write_text(json.dumps({"corpus": "dse", "digest": "0", "targets": targets}), encoding="utf-8")
        return path

    found = label_agreement(write("a", "+", "0", "-"), write("b", "-", "0"))
    assert (found["labels"], found["the same"], found["opposite"]) == (2, 0.5, 1)


def test_pairs_are_compared_by_their_two_spans(tmp_path: Path) -> None:
    for name, classes in (("a", "130"), ("b", "11")):
        pairs = [{"p": [0, 1], "q": [i + 2, i + 3], "class": c} for i, c in enumerate(classes)]
        record = {"corpus": "newsmtsc", "digest": "0", "pairs": pairs}
        (tmp_path / name).write_text(json.dumps(record), encoding="utf-8")
    found = label_agreement(tmp_path / "a", tmp_path / "b")
    assert (found["labels"], found["the same"], found["opposite"]) == (2, 0.5, 1)


def test_actors_of_polnear_are_compared_statement_by_statement(tmp_path: Path) -> None:
    for name, events in (
        ("a", {"E1": [["+", 0, 5], ["0", 9, 12]], "E2": [["-", 0, 5]]}),
        ("b", {"E1": [["-", 0, 5], ["0", 8, 12]], "E2": [["-", 0, 5]]}),
    ):
        record = {"annotation": "x_a1.ann", "start": 0, "digest": "0", "events": events}
        (tmp_path / name).write_text(json.dumps(record), encoding="utf-8")
    found = label_agreement(tmp_path / "a", tmp_path / "b")
    assert (found["labels"], found["the same"], found["opposite"]) == (2, 0.5, 1)


def test_labels_of_different_parts_of_a_text_are_not_compared(tmp_path: Path) -> None:
    for name, part in (("a", [0, 9]), ("b", [10, 19])):
        record = {"corpus": "polnear", "digest": "0", "from": part, "targets": [[0, 5, "+"]]}
        (tmp_path / name).write_text(json.dumps(record), encoding="utf-8")
    assert label_agreement(tmp_path / "a", tmp_path / "b")["labels"] == 0


def test_acts_are_compared_where_source_and_target_overlap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = [[[0, 4], [9, 14], "+"], [[20, 24], [30, 34], "-"], [[40, 44], [50, 90], "+"]]
    second = [[[1, 4], [9, 14], "-"], [[30, 34], [20, 24], "-"], [[45, 49], [50, 90], "+"]]
    for name, acts in (("a", [first]), ("b", [second, []])):
        records = [{"corpus": "lee", "digest": str(n), "acts": found} for n, found in enumerate(acts)]
        (tmp_path / name).write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    found = act_agreement(tmp_path / "a", tmp_path / "b")
    assert (found["texts"], found["labels"], found["opposite"]) == (2, 1, 1)
    assert found["acts F1"] == pytest.approx(1 / 3)
    monkeypatch.setattr(sys, "argv", ["agreement", str(tmp_path / "a"), str(tmp_path / "b")])
    main()
    assert "acts F1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{"digest": "0", "events": {}}', '{"corpus": "dse", "digest": "0", "targets": []}'),
        ('{"digest": "0", "statements": []}', '{"corpus": "dse", "digest": "0", "statements": []}'),
        ("", ""),
    ],
)
def test_labels_of_different_kinds_or_none_are_refused(
    first: str, second: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("a", first), ("b", second)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["agreement", str(tmp_path / "a"), str(tmp_path / "b")])
    with pytest.raises(SystemExit):
        main()
    assert "give two passes over one kind" in capsys.readouterr().err


def spans(text: str, *cues: str) -> dict[str, Any]:
    """An annotation whose statements have cues alone."""
    statements = [{"content": [], "source": [], "cue": [[text.index(c), text.index(c) + len(c)]]} for c in cues]
    return {"text": text, "statements": statements}


def test_every_two_annotators_of_an_article_are_compared() -> None:
    text = "She said so and told us."
    rows = [spans(text, "said", "told us"), spans("Nobody else read it.", "read"), spans(text, "said", "told")]
    tasks = annotators.agreement([*rows, spans(text, "said so")])
    assert tasks["cue"].counts == {text: Counts(1, 6, 4)}  # 2 and 2, 2 and 1, 2 and 1
    assert tasks["cue_overlap"].counts == {text: Counts(4, 6, 4)}
    assert tasks["source"].figures["count"] == 0


def test_an_article_of_one_annotator_tells_nothing() -> None:
    assert annotators.agreement([spans("She said so.", "said")]) == {}
