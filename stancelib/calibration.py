"""Probabilities that mean what they say: temperature and biases of a head, a logistic curve for statements."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from stancelib.errors import InvalidInputError, InvalidTypeError

Floats = NDArray[np.float32]


def softmax(logits: Floats, temperature: float = 1.0, biases: Sequence[float] = (0.0,)) -> Floats:
    """Probabilities over the last axis: the softmax of ``logits`` / ``temperature`` + ``biases``.

    Temperature scaling (Guo et al. 2017); with biases, which move the shares of the labels, bias-corrected
    temperature scaling (Alexandari et al. 2020).
    """
    scaled = logits / temperature + np.asarray(biases, np.float32)
    exp = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: Floats = exp / exp.sum(axis=-1, keepdims=True)
    return result


def platt(probability: float, scale: float, shift: float) -> float:
    """σ(scale · logit(probability) + shift): a raw score as the share of such that are right (Platt 1999)."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return float(1 / (1 + np.exp(-(scale * np.log(p / (1 - p)) + shift))))


def check_probability(value: object) -> float:
    """A least probability as the user gave it. Raises InvalidTypeError or InvalidInputError for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidTypeError(f"min_probability is {value!r}: give a number from 0 to 1, or None for the model's")
    probability = float(value)
    if not 0 <= probability <= 1:  # nor is NaN
        raise InvalidInputError(f"min_probability is {value!r}: give a number from 0 (all that is found) to 1")
    return probability
