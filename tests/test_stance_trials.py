"""What a trial of the stance labels trains on, and how trials are told apart and shown."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tokenizers import Tokenizer

from stancelib.config import ModelConfig
from stancelib.modeling import StanceModel
from training import stance_trials
from training.corpora.schema import CorpusError
from training.stance_trials import (
    METHODS,
    Trial,
    main,
    only_stance,
    read_log,
    some_articles,
    to_table,
    train,
    untested,
    usual,
)

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
    less = replace(USUAL, method="r-drop", epochs=1, repeats={"hard": 1.0})
    assert less.name == "all statements, 1 epoch, hard × 1, r-drop"


def labelled(*labels: str, text: str = "x") -> dict[str, Any]:
    """A row with a pair for each label."""
    return {"text": text, "pairs": [{"label": label, "weight": 1.0} for label in labels]}


# As many pairs as 9 and 1; an epoch sees those of plv once, those of hard five times.
ROWS = {"hard": [labelled("favor")], "plv": [labelled(*["favor"] * 3, *["neutral"] * 4, *["against"] * 2)]}


def test_every_method_is_another_recipe() -> None:
    recipe = usual(replace(USUAL, corpora=("hard", "plv")))
    recipes = [asdict(method(recipe, ROWS)) for method in METHODS.values()]
    assert recipes[0] == asdict(recipe)
    assert all(recipes.count(recipe) == 1 for recipe in recipes)


def test_a_label_that_an_epoch_sees_seldom_weighs_more() -> None:
    recipe = usual(replace(USUAL, corpora=("hard", "plv")))
    favor, neutral, against = METHODS["balanced-classes"](recipe, ROWS).loss.stance_classes
    assert (favor / neutral) ** 2 == pytest.approx(4 / 8)
    assert (neutral / against) ** 2 == pytest.approx(2 / 4)
    assert (neutral**2) == pytest.approx((14 / 3) / 4)


def test_sampling_sees_corpora_by_the_root_of_their_pairs_and_as_many_in_all() -> None:
    recipe = usual(replace(USUAL, corpora=("hard", "plv")))
    repeats = METHODS["sampling"](recipe, ROWS).repeats
    seen = {"hard": repeats["hard"] * 1, "plv": repeats["plv"] * 9}
    assert seen["plv"] / seen["hard"] == pytest.approx(3)
    assert sum(seen.values()) == pytest.approx(5 * 1 + 1 * 9)


def test_a_text_that_a_test_has_is_not_trained_on() -> None:
    rows = {"sentence-pairs": [labelled("favor", text="She left."), labelled("favor", text="She stayed.")]}
    kept = untested(rows, {"held-out": [{"text": "Hail fell. She  left. He wept."}]})
    assert [row["text"] for row in kept["sentence-pairs"]] == ["She stayed."]


def test_a_document_that_has_a_text_of_a_test_is_not_trained_on() -> None:
    tested = " ".join(f"word{n}" for n in range(20))
    rows = {"news": [labelled("favor", text=f"Hail fell. {tested}"), labelled("favor", text="word1 word3")]}
    kept = untested(rows, {"dse": [{"text": tested.replace("word9 ", "word9\n")}]})
    assert [row["text"] for row in kept["news"]] == ["word1 word3"]


def test_a_corpus_that_is_tested_whole_is_told() -> None:
    with pytest.raises(CorpusError, match="all texts of plv are tested on"):
        untested({"plv": [labelled("favor", text="She left.")]}, {"held-out": [{"text": "She left."}]})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--without", "polnear-stance", "hard", "plv"], "nothing to train on"),
        (["--statements", "-5"], "nothing to train on"),
        (["--epochs", "0"], "nothing to train on"),
        (["--repeats", "hard=0"], "'hard=0' is no corpus with a number up to 100"),
        (["--repeats", "snow=1"], "'snow=1' is no corpus"),
        (["--repeats", "hard=x"], "'hard=x' is no corpus"),
        (["--repeats", "acts=2", "news=1", "--with", "news"], "--repeats names acts, on which nothing is trained"),
        ([], "No such file or directory"),
        (["--without", *USUAL.corpora, "--with", "lee-acts"], "lee_background.cor is missing"),
    ],
)
def test_what_cannot_be_tried_is_one_line(
    options: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(stance_trials, "test_rows", lambda data: {})
    monkeypatch.setattr("sys.argv", ["x", "--data", str(tmp_path), "--out", str(tmp_path), *options])
    with pytest.raises(SystemExit):
        main()
    assert told in capsys.readouterr().err


def test_a_corpus_without_a_text_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lee").mkdir()
    for file in ("lee_background.cor", "lee.cor"):
        (tmp_path / "lee" / file).write_text("Hail fell.\n")
    monkeypatch.setattr(stance_trials, "test_rows", lambda data: {})
    arguments = ["x", "--data", str(tmp_path), "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", [*arguments, "--without", *USUAL.corpora, "--with", "lee-acts"])
    with pytest.raises(SystemExit):
        main()
    assert "has none of its texts" in capsys.readouterr().err


def test_each_seed_and_method_is_a_run_and_none_is_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Trial] = []

    def run(trial: Trial, data: Path) -> dict[str, Any]:
        made.append(trial)
        return FIGURES

    monkeypatch.setattr(stance_trials, "run", run)
    options = ["--method", "usual", "ema", "--seeds", "13", "14", "--epochs", "1"]
    options += ["--with", "acts", "news", "--without", "plv", "--repeats", "hard=1", "news=1"]
    monkeypatch.setattr("sys.argv", ["x", "--data", "d", "--out", str(tmp_path), *options])
    for _ in range(2):
        main()
    assert [(t.seed, t.method) for t in made] == [(13, "usual"), (13, "ema"), (14, "usual"), (14, "ema")]
    corpora = ("polnear-stance", "hard", "news", "acts")
    assert made[1] == Trial(13, 0, corpora, method="ema", epochs=1, repeats={"hard": 1.0})
    assert [trial for trial, _ in read_log(tmp_path / "trials.jsonl")] == made


def test_a_run_trains_by_its_method_on_what_no_test_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    test, kept = labelled("favor", text="She left."), labelled("against", text="She stayed.")
    trained = []
    monkeypatch.setattr(stance_trials, "test_rows", lambda data: {"held-out": [test]})
    monkeypatch.setattr(stance_trials, "train_rows", lambda name, trial, data: [test, kept])
    monkeypatch.setattr(stance_trials, "train", lambda recipe, rows: trained.append((recipe, rows)))
    monkeypatch.setattr(stance_trials, "score", lambda tagger, rows: {"count": len(rows)})
    trial = Trial(14, 0, ("hard", "plv"), method="layer-decay", epochs=3, repeats={"hard": 2.0})
    assert stance_trials.run(trial, tmp_path) == {"held-out": {"count": 1}}
    ((recipe, rows),) = trained
    assert rows == {"hard": [kept], "plv": [kept]}
    assert (recipe.layer_decay, recipe.seed, recipe.epochs) == (0.9, 14, 3)
    assert recipe.repeats == {"hard": 2.0, "plv": 1.0}


def test_a_trial_trains_a_model_by_its_recipe_for_all_epochs(
    monkeypatch: pytest.MonkeyPatch, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    asked = []

    def tiny(encoder: str, **options: Any) -> Any:
        asked.append(options["window"])
        return StanceModel(config).encoder, tokenizer, config

    monkeypatch.setattr(stance_trials, "load_backbone", tiny)
    text = "She praised Turkey."
    spans = {"holder": [[0, 3]], "content": [], "target": [[12, 18]]}
    pair = {"task": "stance", **spans, "label": "favor", "weight": 1.0}
    rows = {"plv": [{"text": text, "annotated": False, "statements": [], "names": [], "pairs": [pair]}] * 8}
    trial = Trial(13, 0, ("plv",), epochs=5)
    found = []
    for method in ("unmasked", "long-window"):  # the tiny tokenizer has no mask
        recipe = METHODS[method](replace(usual(trial), masked=0.0), rows)
        tagger = train(replace(recipe, learning_rate=1e-3, head_learning_rate=3e-3), rows)
        found.append(stance_trials.score(tagger, rows["plv"]))
    assert asked == [256, 512]
    assert found[0] == found[1]
    assert (found[0]["count"], found[0]["macro_f1"]) == (8, 1.0)
    assert found[0]["nll"] < 0.3  # so that neither the first epoch's model nor a fresh one was tested


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
    shown = console.export_text()
    assert "60.0 ± 14.1" in shown
    assert "(0.900 ± 0.000)" in shown


def test_the_table_has_a_row_for_each_method(tmp_path: Path) -> None:
    runs = [(replace(USUAL, seed=seed, method=method), FIGURES) for seed in (13, 14) for method in METHODS]
    table = to_table(runs)
    assert table.row_count == len(METHODS)
    assert set(table.columns[1].cells) == {"2"}


def test_a_line_of_an_older_log_is_a_usual_trial(tmp_path: Path) -> None:
    trial = {"seed": 13, "statements": 500, "corpora": ["polnear-stance", "hard", "plv"]}
    (tmp_path / "trials.jsonl").write_text(json.dumps({"trial": trial, "figures": FIGURES}) + "\n")
    assert [t for t, _ in read_log(tmp_path / "trials.jsonl")] == [replace(USUAL, statements=500)]
    assert (USUAL.method, USUAL.epochs, USUAL.repeats) == ("usual", 2, {})


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_log(tmp_path / "trials.jsonl") == []
