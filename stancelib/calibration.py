"""Probabilities that mean what they say: temperatures for the heads, a logistic curve for statements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities over the last axis of ``logits`` divided by ``temperature`` (Guo et al. 2017)."""
    scaled = logits / temperature
    exp = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: Floats = exp / exp.sum(axis=-1, keepdims=True)
    return result


def platt(probability: float, scale: float, shift: float) -> float:
    """σ(scale · logit(probability) + shift): a raw score as the share of such that are right (Platt 1999)."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return float(1 / (1 + np.exp(-(scale * np.log(p / (1 - p)) + shift))))
