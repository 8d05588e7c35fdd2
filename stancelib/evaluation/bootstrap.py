"""How sure a figure is: intervals and paired comparison by resampling texts (Efron and Tibshirani 1993)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stancelib.evaluation.tasks import Array, Found, Labels, Share

Task = Labels | Found | Share
Evaluation = Mapping[str, Mapping[str, Task]]  # by corpus and task

RESAMPLES = 2000
AT_ONCE = 50  # resamples: of a million texts, 400 MB
SEED = 13


@dataclass(frozen=True)
class Interval:
    """A figure with the bounds between which 95 % of the resampled ones lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """How much better one model is than another on the same texts: difference of the main figures, and p.

    ``p`` is two-sided: twice the share of resamples on the other side of zero, at most 1.
    """

    difference: Interval
    p: float


def interval(task: Task) -> Interval:
    """The main figure of ``task`` with its 95 % interval."""
    return intervals(task)[task.MAIN]


def intervals(task: Task) -> dict[str, Interval]:
    """All figures of ``task`` that are counted, each with its interval; none where there is nothing to count.

    Texts are drawn: the labels of one go together. Draws in which a figure has no meaning, as the recall of a
    class that is not in them, do not count for it; one that has none at all is 0, as in ``task.figures``.
    """
    if not (units := list(task.by_unit().values())):
        return {}
    counts = np.stack(units)
    whole, drawn = task.counted(counts.sum(axis=0, keepdims=True)), task.counted(_resampled(counts))
    return {name: Interval(float(np.nan_to_num(v[0])), *_middle(drawn[name])) for name, v in whole.items()}


def compare(task: Task, other: Task) -> Comparison:
    """``task`` minus ``other``, the same task answered by two models on the same texts."""
    if isinstance(task, Labels) and isinstance(other, Labels):
        classes = sorted({*task.classes, *other.classes})
        mine, others = task.by_unit(classes), other.by_unit(classes)
    else:
        mine, others = task.by_unit(), other.by_unit()
    units = sorted(mine.keys() | others.keys())  # one may have found actors in a text where the other found none
    nothing = np.zeros_like(next(iter(mine.values())))
    a, b = (np.stack([counts.get(unit, nothing) for unit in units]) for counts in (mine, others))
    both = np.hstack([a, b])
    sums = np.vstack([both.sum(axis=0), _resampled(both)])
    value, *drawn = task.main(sums[:, : a.shape[1]]) - task.main(sums[:, a.shape[1] :])
    tail = min(np.mean(np.array(drawn) <= 0), np.mean(np.array(drawn) >= 0))
    return Comparison(Interval(float(value), *_middle(np.array(drawn))), float(min(1.0, 2 * tail)))


def _middle(drawn: Array) -> tuple[float, float]:
    """Where the middle 95 % lie."""
    known = drawn[~np.isnan(drawn)]
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (0.0, 0.0)
    return float(low), float(high)


def _resampled(counts: Array) -> Array:
    """Sums [RESAMPLES, figures] of ``counts`` [units, figures], as many units drawn as there are, some by some."""
    random, units = np.random.default_rng(SEED), len(counts)
    sizes = [AT_ONCE] * (RESAMPLES // AT_ONCE)
    drawn = (random.multinomial(units, np.full(units, 1 / units), size=size) for size in sizes)
    return np.vstack([times @ counts for times in drawn])
