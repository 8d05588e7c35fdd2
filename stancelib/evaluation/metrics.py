"""Scores as pure functions of labels, probabilities and spans. All are fractions from 0 to 1."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

Characters = Set[int]
# DSE's five classes, as (stance of p toward q, stance of q toward p)
DIRECTED = (
    ("neutral", "neutral"),
    ("favor", "neutral"),
    ("neutral", "favor"),
    ("against", "neutral"),
    ("neutral", "against"),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Right, predicted and gold items; ratios derive from them, and counts add up."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    @classmethod
    def of(cls, predicted: Set[Hashable], gold: Set[Hashable]) -> Counts:
        """Counts of two sets of items."""
        return cls(len(predicted & gold), len(predicted), len(gold))

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Share of the predicted that is right; 0 for none."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 for none."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.predicted + self.gold) if self.predicted + self.gold else 0.0

    def to_dict(self) -> dict[str, float]:
        """Precision, recall and F1."""
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1}


def match_by_overlap(predicted: Sequence[Characters], gold: Sequence[Characters]) -> list[tuple[int, int]]:
    """One-to-one pairs (predicted, gold) that share at least half of the longer one's characters, best first."""
    owners: dict[int, list[int]] = {}
    for g, characters in enumerate(gold):
        for c in characters:
            owners.setdefault(c, []).append(g)
    shares: dict[tuple[int, int], int] = {}
    for p, characters in enumerate(predicted):
        for c in characters:
            for g in owners.get(c, ()):
                shares[p, g] = shares.get((p, g), 0) + 1
    ranked = sorted(
        ((n / max(len(predicted[p]), len(gold[g])), p, g) for (p, g), n in shares.items()), reverse=True
    )
    pairs: list[tuple[int, int]] = []
    used_predicted: set[int] = set()
    used_gold: set[int] = set()
    for share, p, g in ranked:
        if share >= 0.5 and p not in used_predicted and g not in used_gold:
            pairs.append((p, g))
            used_predicted.add(p)
            used_gold.add(g)
    return pairs


def macro_f1(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str] | None = None) -> float:
    """Mean of the classes' F1; ``labels`` are the classes, by default those that occur."""
    return float(f1_score(gold, predicted, average="macro", labels=labels, zero_division=0))


def class_report(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Accuracy, macro-F1 and each class's precision, recall and F1; zeros for nothing."""
    if not gold:
        return {"accuracy": 0.0, "macro_f1": 0.0, "count": 0}
    labels = sorted(set(gold) | set(predicted))
    scores = precision_recall_fscore_support(gold, predicted, labels=labels, zero_division=0)
    each = zip(labels, *scores[:3], strict=True)
    return {
        "accuracy": float(accuracy_score(gold, predicted)),
        "macro_f1": macro_f1(gold, predicted),
        **{
            f"{measure}_{label}": float(value)
            for label, *values in each
            for measure, value in zip(("precision", "recall", "f1"), values, strict=True)
        },
        "count": len(gold),
    }


def expected_calibration_error(confidence: ArrayLike, right: ArrayLike, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal-width bins of it (Guo et al. 2017); 0 for none."""
    c = np.asarray(confidence, float)
    which = np.minimum((c * bins).astype(int), bins - 1)
    gaps = np.bincount(which, np.asarray(right, float) - c, minlength=bins)
    return float(np.abs(gaps).sum() / max(1, len(c)))


def calibration_error_by_chance(
    confidence: Sequence[float], bins: int = 15, draws: int = 200, seed: int = 0
) -> float:
    """The calibration error that exactly true probabilities show on so few answers, in the mean of draws.

    Few answers in a bin are never right as often as they should be: on some hundreds, an error of a few percent is
    no more than that (Roelofs et al. 2022, Mitigating bias in calibration error estimation).
    """
    c, random = np.asarray(confidence, float), np.random.default_rng(seed)
    return float(np.mean([expected_calibration_error(c, random.random(len(c)) < c, bins) for _ in range(draws)]))


def directed(forth: Mapping[str, float], back: Mapping[str, float]) -> dict[str, float]:
    """Probabilities of DSE's five classes "0" … "4" from those of p's stance toward q and of q's toward p.

    As if the two were independent, given that one of the five pairs is the case.
    """
    joint = [forth[f] * back[b] for f, b in DIRECTED]
    return {str(i): p / sum(joint) for i, p in enumerate(joint)}
