"""Pictures of an evaluation: reliability diagrams and confusion matrices, as PNG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from stancelib.evaluation.bootstrap import Evaluation
from stancelib.evaluation.tasks import Found, Labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Task = TypeVar("_Task", bound=Labels | Found)

BINS = 10


def draw(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write reliability.png and confusion.png, each where there is a task for it."""
    tasks = {f"{corpus}: {name}": task for corpus, found in evaluation.items() for name, task in found.items()}
    sure = {title: t for title, t in tasks.items() if isinstance(t, Labels | Found) and t.sure}
    labels = {title: t for title, t in sure.items() if isinstance(t, Labels)}
    written = []
    if sure:
        written.append(_grid(folder / "reliability.png", sure, _reliability))
    if labels:
        written.append(_grid(folder / "confusion.png", labels, _confusion))
    return written


def _grid(file: Path, tasks: Mapping[str, _Task], plot: Callable[[Axes, _Task], None]) -> Path:
    from matplotlib.figure import Figure

    columns = min(4, len(tasks))
    rows = -(-len(tasks) // columns)
    figure = Figure(figsize=(3.2 * columns, 3.3 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).flatten()
    for axis, (title, task) in zip(axes, tasks.items(), strict=False):
        axis.set_title(title, fontsize=9)
        plot(axis, task)
    for axis in axes[len(tasks) :]:
        axis.axis("off")
    figure.savefig(file, dpi=130)
    return file


def reliability(task: Labels | Found) -> list[tuple[float, float, int]]:
    """Mean probability, share that is right and count of each bin of probability that has any answer."""
    confidence = np.array([p for p, _ in task.sure])
    right = np.array([r for _, r in task.sure], float)
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    chosen = [which == b for b in np.unique(which)]
    return [(float(confidence[c].mean()), float(right[c].mean()), int(c.sum())) for c in chosen]


def _reliability(axis: Axes, task: Labels | Found) -> None:
    bins = reliability(task)
    sizes = [12 + 180 * n / len(task.sure) for *_, n in bins]
    axis.plot([0, 1], [0, 1], color="0.7", linewidth=1, zorder=1)
    axis.plot([c for c, *_ in bins], [r for _, r, _ in bins], color="C0", linewidth=1, zorder=2)
    axis.scatter([c for c, *_ in bins], [r for _, r, _ in bins], s=sizes, color="C0", zorder=3)
    axis.set(xlim=(0, 1.03), ylim=(0, 1.03), xlabel="probability", ylabel="share that is right")
    axis.text(0.03, 0.93, f"ECE {100 * task.figures['ece']:.1f} %, n {len(task.sure):,}", fontsize=8)


def _confusion(axis: Axes, task: Labels) -> None:
    counts = task.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        dark = shares[row, column] > 0.5
        axis.text(
            column, row, f"{count:.0f}", ha="center", va="center", color="white" if dark else "black", fontsize=8
        )
    ticks = range(len(task.classes))
    axis.set_xticks(ticks, task.classes, fontsize=8)
    axis.set_yticks(ticks, task.classes, fontsize=8, rotation=90, va="center")
    axis.set(xlabel="given", ylabel="gold")
