"""Fitting what turns scores into probabilities: temperature and bias, the statements' curve, its threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from sklearn.linear_model import LogisticRegression

Labelled = tuple[str, Mapping[str, float]]  # gold label, probabilities


def fit_temperature(*kinds: Sequence[Labelled]) -> float:
    """The temperature of the least negative log-likelihood of (gold label, probabilities at temperature 1).

    Each of several kinds of data counts alike, however many items it has.
    """
    arrays = [_arrays(items) for items in kinds]

    def loss(temperature: float) -> float:
        return float(np.mean([_nll(x / temperature, y) for x, y in arrays]))

    return round(float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x), 3)


def fit_bias(*kinds: Sequence[Labelled], label: str) -> tuple[float, float]:
    """Temperature, and what is then added to the logit of ``label``, of the least negative log-likelihood.

    Bias-corrected temperature scaling (Alexandari et al. 2020) with one bias: a model that learnt where a label is
    rarer than here gives it too little, which no temperature mends. The order of the other labels stays.

    A kind counts by the square root of how many items it has. Where kinds disagree on how often the label is the
    case, this lies between the one that has most items and none at all, which is a judgement.
    """
    arrays = [_arrays(items) for items in kinds]
    sizes = [len(items) ** 0.5 for items in kinds]
    column = np.array([x == label for x in kinds[0][0][1]], float)

    def loss(free: NDArray[np.float64]) -> float:
        return float(np.average([_nll(x / free[0] + free[1] * column, y) for x, y in arrays], weights=sizes))

    temperature, bias = minimize(loss, [1.0, 0.0], method="L-BFGS-B", bounds=[(0.3, 5.0), (-5.0, 5.0)]).x
    return round(float(temperature), 3), round(float(bias), 3)


def _arrays(items: Sequence[Labelled]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Logarithms of the probabilities [items, labels], and the columns of the gold labels."""
    logs = np.log(np.maximum([list(p.values()) for _, p in items], 1e-12))
    return logs, np.array([list(p).index(label) for label, p in items])


def _nll(logits: NDArray[np.float64], gold: NDArray[np.int64]) -> float:
    logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return float(-logs[np.arange(len(gold)), gold].mean())


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
