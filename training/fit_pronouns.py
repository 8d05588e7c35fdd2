"""Fit the weights by which a pronoun finds its person (``stancelib.salience``) to GAP (Webster et al. 2018).

    python -m training.fit_pronouns --model models/default --data ../shared/data

Fits on GAP development, prints F1 on validation, and the weights to paste into stancelib/salience.py. The loss is
that of a choice among the persons named before (McFadden 1974), with ridge.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from stancelib import salience
from stancelib.calibration import Floats
from stancelib.errors import StancelibError
from stancelib.tagger import StanceTagger
from training.gap import Passage, evaluate_gap, read_passages

KEYS = (
    *("nearest", "second", "topic", "first", "in 0", "in 1", "in 2", "in far"),
    *("subject in 0", "subject in 1", "subject in 2", "opens in 0", "opens in 1", "joined in 0"),
    *("after preposition in 0", "after preposition in 1", "owner in 0", "owner in 1"),
    *("he: subject in 0", "he: opens in 1", "he: in 0", "him: subject in 0", "his: nearest", "his: in 0"),
)
RIDGE = 5.0


@dataclass(frozen=True)
class Choice:
    """The features [persons, keys] of those a pronoun may stand for, and which of them it does [persons]."""

    features: Floats
    right: Floats


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder, which tells persons' names")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    try:
        tagger = StanceTagger.from_pretrained(args.model)
        passages = read_passages(args.data / "gap" / "gap-development.tsv", tagger)
    except (StancelibError, OSError) as error:
        parser.error(str(error))
    choices = [choice for p in passages if (choice := choice_of(p)) is not None]
    print(f"{len(choices)} of {len(passages)} pronouns stand for a person that is known before them")
    salience.WEIGHTS = fit(choices)
    for part in ("development", "validation"):
        tasks = evaluate_gap(args.data / "gap" / f"gap-{part}.tsv", tagger)
        print(part, {name: round(100 * task.figures["f1"], 1) for name, task in tasks.items()})
    print(json.dumps(salience.WEIGHTS, indent=4))


def choice_of(passage: Passage) -> Choice | None:
    """Whom the pronoun of a passage may stand for; None where the right one is not among them."""
    found = salience.features(passage.text, passage.before, passage.pronoun.start, passage.pronoun.end)
    right = np.array([any(name in names and coref for names, coref in passage.gold) for name in found], float)
    if not right.any() or len(found) < 2:
        return None
    rows = [[values.get(key, 0.0) for key in KEYS] for values in found.values()]
    return Choice(np.array(rows), right)


def fit(choices: list[Choice]) -> Mapping[str, float]:
    """The weights of the least loss."""
    sizes = [len(c.right) for c in choices]
    x, right = np.concatenate([c.features for c in choices]), np.concatenate([c.right for c in choices])
    owner = np.repeat(np.arange(len(choices)), sizes)

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = np.exp(x @ weights)
        total, of_right = np.bincount(owner, odds), np.bincount(owner, odds * right)
        slope = x.T @ (odds / total[owner] - odds * right / of_right[owner])
        return float(np.log(total / of_right).sum() + RIDGE * weights @ weights), slope + 2 * RIDGE * weights

    best = minimize(loss, np.zeros(len(KEYS)), jac=True, method="L-BFGS-B")
    return {key: round(float(w), 2) for key, w in zip(KEYS, best.x, strict=True)}


if __name__ == "__main__":
    main()
