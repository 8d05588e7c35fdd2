"""Fit a model's temperatures and the curve and threshold of its statements on the development corpora.

    python -m training.calibrate --model runs/default/best --data ../shared/data

Rewrites config.json of the model folder; weights stay as they are. Temperatures after Guo et al. 2017, the curve
after Platt 1999; the threshold is the one of the highest statement F1.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from stancelib.calibration import platt
from stancelib.config import ModelConfig
from stancelib.folder import CONFIG, load_model
from stancelib.tagger import StanceTagger
from training.corpora import intl, read
from training.evaluate import match_actors, match_statements, predict_all, sentiments, stances


def main() -> None:
    """Command line of calibration."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model folder; its config.json is rewritten")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    model, tokenizer, config = load_model(args.model)
    raw = replace(config, temperatures={}, statement_curve=(1.0, 0.0), min_probability=0.0)
    fitted = calibrate(StanceTagger(model, tokenizer, raw), args.data)
    fitted.save(args.model / CONFIG)
    print(f"temperatures {fitted.temperatures}")
    print(f"statement curve {fitted.statement_curve}, threshold {fitted.min_probability}")


def calibrate(tagger: StanceTagger, data: Path) -> ModelConfig:
    """The configuration of an uncalibrated ``tagger`` with everything fitted."""
    rows = list(read("polnear", data, "dev").examples)
    documents = intl.read_documents("intl-dev", data)
    texts = [*(r["text"] for r in rows), *(d["text"] for d in documents)]
    gold = [*(r["statements"] for r in rows), *(d["statements"] for d in documents)]
    predicted = predict_all(tagger, texts, "statements")
    scores: list[float] = []
    right: list[bool] = []
    found: list[tuple[str, Any]] = []
    for text, statements, document in zip(texts, gold, predicted, strict=True):
        matched = dict(match_statements(text, document, statements))
        scores += [s.probability for s in document.statements]
        right += [i in matched for i in range(len(document.statements))]
        for p, g in matched.items():
            if "actors" in statements[g]:
                found += match_actors(document.statements[p], statements[g])[2]
    curve = fit_curve(scores, right)
    pairs = [item for corpus in ("dse", "plv") for item in zip(*stances(tagger, data, corpus), strict=True)]
    sentiment = [
        item for split in ("dev_rw", "dev_mt") for item in zip(*sentiments(tagger, data, split), strict=True)
    ]
    return replace(
        tagger.config,
        temperatures={
            "stance": fit_temperature(found),
            "stance_pair": fit_temperature(pairs),
            "sentiment": fit_temperature(sentiment),
        },
        statement_curve=curve,
        min_probability=best_threshold([platt(s, *curve) for s in scores], right, sum(map(len, gold))),
    )


def fit_temperature(items: Sequence[tuple[str, Any]]) -> float:
    """The temperature of the least negative log-likelihood of (gold label, result at temperature 1)."""
    logs = np.log(np.maximum([list(r.probabilities.values()) for _, r in items], 1e-12))
    gold = np.array([list(r.probabilities).index(label) for label, r in items])

    def loss(temperature: float) -> float:
        scaled = logs / temperature
        scaled = scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True)
        return float(-scaled[np.arange(len(gold)), gold].mean())

    return round(float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x), 3)


def fit_curve(scores: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Scale and shift that turn raw scores of statements into the share that is right."""
    p = np.clip(scores, 1e-6, 1 - 1e-6)
    model = LogisticRegression(C=1e6).fit(np.log(p / (1 - p))[:, None], right)
    return round(float(model.coef_[0, 0]), 3), round(float(model.intercept_[0]), 3)


def best_threshold(probabilities: Sequence[float], right: Sequence[bool], gold: int) -> float:
    """The least probability whose statements together have the highest F1, for ``gold`` statements in truth."""
    order = np.argsort(probabilities)[::-1]
    hits = np.cumsum(np.asarray(right)[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + gold)
    return round(float(np.asarray(probabilities)[order][int(f1.argmax())]) - 5e-4, 3)


if __name__ == "__main__":
    main()
