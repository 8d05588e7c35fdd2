"""What a trial of the stance labels trains on, and how trials are told apart and shown."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from training.stance_trials import Trial, main, only_stance, read_log, some_articles, to_table

USUAL = Trial(13, 0, ("polnear-stance", "hard", "plv"))
FIGURES = {"held-out": {"macro_f1": 0.5, "nll": 0.9, "count": 10}}


def article(statements: int) -> dict[str, Any]:
    return {"statements": [{}] * statements}


def test_articles_are_whole_and_just_enough() -> None:
    rows = [article(n) for n in (5, 3, 4, 6, 2)]
    chosen = some_articles(rows, 7, seed=1)
    counts = [len(row["statements"]) for row in chosen]
    assert sum(counts) >= 7 > sum(counts[:-1])
    assert some_articles(rows, 7, seed=1) == chosen


def test_no_number_is_all_articles() -> None:
    assert len(some_articles([article(2)] * 4, 0, seed=1)) == 4


def test_nothing_but_the_stance_is_known() -> None:
    row = only_stance({"annotated": True, "names": [{"start": 0}], "pairs": [{"label": "against"}]})
    assert row == {"annotated": False, "names": [], "pairs": [{"label": "against"}]}


def test_a_name_says_what_differs_but_not_the_seed() -> None:
    assert USUAL.name == replace(USUAL, seed=14).name == "all statements"
    other = Trial(13, 500, ("polnear-stance", "plv", "dse"))
    assert other.name == "500 statements, without hard, with dse"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--without", "polnear-stance", "hard", "plv"], "nothing to train on"),
        (["--statements", "-5"], "nothing to train on"),
        ([], "No such file or directory"),
    ],
)
def test_what_cannot_be_tried_is_one_line(
    options: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["x", "--data", str(tmp_path), "--out", str(tmp_path), *options])
    with pytest.raises(SystemExit):
        main()
    assert told in capsys.readouterr().err


def test_the_log_gives_trials_back_and_the_table_their_mean(tmp_path: Path) -> None:
    runs = [(USUAL, 0.5), (replace(USUAL, seed=14), 0.7)]
    lines = [
        {"trial": asdict(t), "figures": {"held-out": {**FIGURES["held-out"], "macro_f1": f1}}} for t, f1 in runs
    ]
    (tmp_path / "trials.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    logged = read_log(tmp_path / "trials.jsonl")
    assert [trial for trial, _ in logged] == [t for t, _ in runs]
    console = Console(width=120, record=True)
    console.print(to_table(logged))
    assert "60.0 ± 14.1 (0.900)" in console.export_text()


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_log(tmp_path / "trials.jsonl") == []
