"""The model card: figures with their interval, what training took, and what a state's name changes."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stancelib.tagger import StanceTagger
from training.card import AIMS, SPLITS, TERMS, Aim, card, main
from training.recipe import Recipe

RECIPES = Path(__file__).parents[1] / "training" / "recipes"

RECIPE = """epochs = 2
dev = ["hard"]

[repeats]
hard = 1.5
"""
INTERVALS = {"accuracy": [0.85, 0.95], "macro_f1": [0.75, 0.875]}
FIGURES = {"accuracy": 0.9, "macro_f1": 0.8125, "count": 100, "intervals": INTERVALS}
METRICS = {
    "plv": {
        "stance": FIGURES | {"baselines": {"majority": 0.3, "target withheld": 0.702}},
        "two_poles": FIGURES,
    },
    "dse": {"five_classes": FIGURES | {"accuracy": 0.76, "intervals": INTERVALS | {"accuracy": [0.73, 0.785]}}},
    "newsmtsc": {"dev_mt": FIGURES | {"macro_f1": 0.77}},
    "together": {
        "stance": {"ece": 0.031, "ece_by_chance": 0.012, "intervals": {}},
        "sentiment": {"ece": 0.03, "ece_by_chance": 0.02, "intervals": {}},
    },
}
STATES = {
    "compared": 3,
    "p_against": {"AUT": 0.08, "KEN": 0.09, "VCT": 0.104},
    "largest_gap": 0.024,
    "decided_by_the_name": {"neutral": 0.0, "against": 0.003},
}
PERSONS = {
    "compared": 2,
    "p_against": {"cleon": 0.05, "nicias": 0.2},
    "largest_gap": 0.15,
    "decided_by_the_name": {"neutral": 0.25},
}
ERRORS = {"count": 95, "ece": 0.021, "by_chance": 0.0399, "fitted_elsewhere": 0.112}
SHIFT = {"stance_pair": {"plv, stance": ERRORS}}
CHANGE = {"stances": 40, "not_found": 0.025, "other_label": 0.1}
CHANGES = {"swapped": CHANGE | {"stances": 67}, "spelling": {"British": CHANGE}, "typography": {"tabs": CHANGE}}
ROBUSTNESS = {"states": STATES, "persons": PERSONS, **CHANGES}
STEPS = """# How it is made.

python -m training.train --recipe mine.toml
python -m training.average first second
"""


@pytest.fixture
def made(tmp_path: Path, tagger: StanceTagger) -> Path:
    """A folder with all that a card is written from."""
    tagger.save_pretrained(tmp_path / "model")
    (tmp_path / "model" / "metrics.json").write_text(json.dumps(METRICS))
    (tmp_path / "mine.toml").write_text(RECIPE)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "metrics.jsonl").write_text('{"minutes": 50.0}\n{"minutes": 70.0}\n')
    (tmp_path / "run" / "recipe.json").write_text('{"seed": 17}')
    (tmp_path / "shift.json").write_text(json.dumps(SHIFT))
    (tmp_path / "robustness.json").write_text(json.dumps(ROBUSTNESS))
    (tmp_path / "steps.sh").write_text(STEPS)
    return tmp_path


def written(made: Path) -> str:
    steps, robustness, shift = made / "steps.sh", made / "robustness.json", made / "shift.json"
    recipes, runs = [made / "mine.toml"], [made / "run"]
    return card(made / "model", recipes, runs, steps=steps, robustness=robustness, shift=shift)


@pytest.fixture
def text(made: Path) -> str:
    return written(made)


def test_the_main_figure_has_its_interval(text: str) -> None:
    assert "| stance | accuracy 90.0, macro_f1 81.2 (75.0–87.5), count 100, " in text


def test_baselines_stand_beside_the_figures(text: str) -> None:
    assert "count 100, baselines: majority 30.0 and target withheld 70.2 |" in text


def test_what_was_aimed_at_is_told_and_what_stops_it_where_it_is_not_reached(text: str) -> None:
    assert "| DSE, macro-F1 | at least 60.0 | 81.2 (75.0–87.5) |  |" in text
    assert "| DSE, micro | at least 79.0 | 76.0 (73.0–78.5) | short: what one says" in text
    assert "| PLV, two poles, macro-F1 | at least 94.0 | 81.2 (75.0–87.5) | short |" in text
    assert "| NewsMTSC mt, macro-F1 | at least 77.3 | 77.0 (75.0–87.5) | short, within chance |" in text
    assert "| calibration error, sentiment | at most 3.0 | 3.0 (2.0 by chance alone) |  |" in text
    assert "stance in statements | at most 3.0 | 3.1 (1.2 by chance alone) | short: between" in text


@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: aim.title)
def test_every_aim_is_a_figure_of_the_default_model(aim: Aim) -> None:
    metrics = json.loads((RECIPES.parents[1] / "models" / "default" / "metrics.json").read_text())
    assert 0 < metrics[aim.corpus][aim.part][aim.figure] < 1


def test_temperatures_and_threshold_are_told(made: Path, tagger: StanceTagger) -> None:
    config = replace(
        tagger.config,
        temperatures={"stance": 1.25, "sentiment": 0.8},
        biases={"stance": (0, 0.7, 0)},
        min_probability=0.456,
    )
    config.save(made / "model" / "config.json")
    told = written(made)
    assert "Temperatures (stance 1.25, sentiment 0.8), what is added to the logit of a label after them" in told
    assert "(stance, neutral: 0.7)" in told
    assert "threshold (0.46) and the weights" in told


def test_what_other_changes_do_is_told(text: str) -> None:
    assert "| other states, hard statements | 67 | 2.5 | 10.0 |" in text
    assert "| British, statements for it | 40 | 2.5 | 10.0 |" in text
    assert "| tabs, articles | 40 | 2.5 | 10.0 |" in text


def test_calibration_on_other_corpora_is_told(text: str) -> None:
    assert "| stance_pair: plv, stance | 95 | 2.1 | 4.0 | 11.2 |" in text


def test_minutes_are_those_of_the_logs(text: str) -> None:
    assert "Training took 120 minutes" in text
    assert "(2 epochs" in text
    assert "0.06 kWh" in text


def test_the_steps_are_the_commands_of_the_script(text: str) -> None:
    assert "```console\n$ python -m training.train --recipe mine.toml\n$ python -m training.average" in text
    assert "Wortsman" in text


def test_a_model_that_is_no_mean_is_not_called_one(made: Path) -> None:
    (made / "steps.sh").write_text("python -m training.train --recipe mine.toml\n")
    assert "Wortsman" not in written(made)


def test_seeds_are_those_of_the_runs(text: str) -> None:
    assert "Seeds 17; 2 epochs" in text


@pytest.mark.parametrize("name", ["metrics.jsonl", "recipe.json"])
def test_a_run_without_its_log_or_recipe_is_named(
    name: str, made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (made / "run" / name).unlink()
    options = {"model": "model", "recipe": "mine.toml", "runs": "run", "steps": "steps.sh"}
    options |= {"robustness": "r.json", "shift": "s.json"}
    given = [word for key, value in options.items() for word in (f"--{key}", str(made / value))]
    monkeypatch.setattr(sys, "argv", ["card", *given])
    with pytest.raises(SystemExit):
        main()
    assert f"no {name} in {made / 'run'}" in capsys.readouterr().err


@pytest.mark.parametrize("recipe", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_card_can_tell_of_every_corpus_of_the_recipes(recipe: Path) -> None:
    loaded = Recipe.load(recipe)
    assert set(loaded.repeats) <= set(TERMS)
    assert set(loaded.dev) <= set(SPLITS)


def test_corpora_are_counted_over_epochs(text: str) -> None:
    assert "in minimal pairs; most by language models and not checked by people. Apache-2.0. Seen 3 ×." in text


def test_the_table_of_bias_shows_the_ends_and_the_gap(text: str) -> None:
    assert "| P(against) in neutral ones: AUT | 8.0 |" in text
    assert "| P(against) in neutral ones: VCT | 10.4 |" in text
    assert "| largest gap between two states | 2.4 |" in text
    assert "| label decided by the name, against | 0.3 |" in text
    assert "| P(against) in neutral ones: nicias | 20.0 |" in text
    assert "| largest gap between two persons | 15.0 |" in text
