"""What is evaluated: labels against gold labels, and things found against the things there are.

Both come down to counts by unit (a text), so that every figure is a function of summed counts and can be
bootstrapped by texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stancelib.evaluation.metrics import (
    Counts,
    calibration_error_by_chance,
    class_report,
    expected_calibration_error,
)

Array = NDArray[np.float64]
Figures = dict[str, float]
Sureness = tuple[float, bool]  # the probability of an answer, and whether it is right


@dataclass(frozen=True)
class Judgement:
    """A label given where the gold label is known.

    ``unit`` names the text; ``evidence`` is what a reader needs to judge for himself; ``groups`` are the subgroups
    it belongs to, such as {"kind": "direct"}.
    """

    unit: str
    gold: str
    probabilities: Mapping[str, float]
    evidence: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The likeliest label."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """Its probability."""
        return self.probabilities[self.label]

    @property
    def right(self) -> bool:
        """Whether it is the gold one."""
        return self.label == self.gold


@dataclass(frozen=True)
class Labels:
    """A task that answers with labels.

    ``withheld`` has the answers of the same model where it is not told the target, but asked about the whole
    content or text: what it knows without the target.
    """

    judgements: Sequence[Judgement]
    withheld: Sequence[Judgement] = ()

    MAIN = "macro_f1"

    @cached_property
    def figures(self) -> Figures:
        """Accuracy, macro-F1, calibration error and that by chance, each class's precision, recall and F1."""
        gold, found = [j.gold for j in self.judgements], [j.label for j in self.judgements]
        return class_report(gold, found) | _calibration(self.sure)

    @property
    def sure(self) -> list[Sureness]:
        """The probability of every label given, and whether it is the gold one."""
        return [(j.confidence, j.right) for j in self.judgements]

    @cached_property
    def classes(self) -> list[str]:
        """The labels that occur, gold or given."""
        return sorted({j.gold for j in self.judgements} | {j.label for j in self.judgements})

    @property
    def confusion(self) -> Array:
        """Counts [gold class, given class]."""
        size = len(self.classes)
        return sum(self.by_unit().values(), np.zeros(size * size)).reshape(size, size)

    def by_unit(self, classes: Sequence[str] = ()) -> dict[str, Array]:
        """The confusion matrix of every unit, flat, over ``classes`` or those that occur."""
        classes = classes or self.classes
        index = {label: i for i, label in enumerate(classes)}
        units: dict[str, Array] = {}
        for j in self.judgements:
            counts = units.setdefault(j.unit, np.zeros(len(classes) ** 2))
            counts[index[j.gold] * len(classes) + index[j.label]] += 1
        return units

    @staticmethod
    def main(sums: Array) -> Array:
        """Macro-F1 [B] over the classes that occur, of flat confusion matrices [B, classes²]."""
        size = round(sums.shape[1] ** 0.5)
        matrix = sums.reshape(-1, size, size)
        hits = np.diagonal(matrix, axis1=1, axis2=2)
        total = matrix.sum(axis=1) + matrix.sum(axis=2)
        f1 = 2 * hits / np.maximum(total, 1)
        result: Array = f1.sum(axis=1) / np.maximum((total > 0).sum(axis=1), 1)
        return result

    def counted(self, sums: Array) -> dict[str, Array]:
        """Accuracy, macro-F1, each class's precision, recall and F1 [B] of flat confusion matrices [B, classes²].

        NaN where a class does not occur.
        """
        matrix = sums.reshape(-1, len(self.classes), len(self.classes))
        hits = np.diagonal(matrix, axis1=1, axis2=2)
        gold, given = matrix.sum(axis=2), matrix.sum(axis=1)
        shares = {"precision": _share(hits, given), "recall": _share(hits, gold)}
        shares["f1"] = _share(2 * hits, gold + given)
        return {
            "accuracy": _share(hits.sum(axis=1), gold.sum(axis=1)),
            "macro_f1": self.main(sums),
            **{f"{m}_{label}": share[:, i] for m, share in shares.items() for i, label in enumerate(self.classes)},
        }


@dataclass(frozen=True)
class Found:
    """A task that finds things: how many were right, found and there, by unit.

    ``sure`` has the probability of each thing found, where it has one, and whether it is right.
    """

    counts: Mapping[str, Counts]
    sure: Sequence[Sureness] = ()

    MAIN = "f1"

    @cached_property
    def figures(self) -> Figures:
        """Precision, recall and F1, how many there are, and the calibration error of the probabilities, if any."""
        total = sum(self.counts.values(), Counts())
        return total.to_dict() | {"count": total.gold} | (_calibration(self.sure) if self.sure else {})

    def by_unit(self) -> dict[str, Array]:
        """Right, found and there, of every unit."""
        return {unit: np.array([c.right, c.predicted, c.gold], float) for unit, c in self.counts.items()}

    @staticmethod
    def main(sums: Array) -> Array:
        """F1 [B] of summed counts [B, 3]."""
        result: Array = 2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
        return result

    def counted(self, sums: Array) -> dict[str, Array]:
        """Precision, recall and F1 [B] of summed counts [B, 3]; NaN where nothing is found, or there."""
        right, found, there = sums.T
        return {"precision": _share(right, found), "recall": _share(right, there), "f1": self.main(sums)}


@dataclass(frozen=True)
class Share:
    """A task with a yes or a no: how often the answer is right, by unit; ``predicted`` of the counts is unused."""

    counts: Mapping[str, Counts]

    MAIN = "right"

    @cached_property
    def figures(self) -> Figures:
        """The share that is right, and of how many."""
        total = sum(self.counts.values(), Counts())
        return {"right": total.recall, "count": total.gold}

    def by_unit(self) -> dict[str, Array]:
        """Right and asked, of every unit."""
        return {unit: np.array([c.right, c.gold], float) for unit, c in self.counts.items()}

    @staticmethod
    def main(sums: Array) -> Array:
        """Share [B] of summed counts [B, 2]."""
        result: Array = sums[:, 0] / np.maximum(sums[:, 1], 1)
        return result

    def counted(self, sums: Array) -> dict[str, Array]:
        """Share [B] of summed counts [B, 2]; NaN where nothing is asked."""
        return {"right": _share(sums[:, 0], sums[:, 1])}


def _share(part: Array, whole: Array) -> Array:
    result: Array = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return result


def _calibration(sure: Sequence[Sureness]) -> Figures:
    """The expected calibration error, and how large chance alone would make it."""
    probabilities = [p for p, _ in sure]
    error = expected_calibration_error(probabilities, [right for _, right in sure])
    return {"ece": error, "ece_by_chance": calibration_error_by_chance(probabilities)}
