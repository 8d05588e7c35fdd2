"""An evaluation as figures (for JSON), as Markdown to read, and as a table for the terminal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from stancelib.evaluation.bootstrap import RESAMPLES, Evaluation, Interval, Task, compare, interval, intervals
from stancelib.evaluation.metrics import macro_f1
from stancelib.evaluation.plots import draw, reliability
from stancelib.evaluation.tasks import Found, Judgement, Labels

SUREST = 15  # errors shown of each task


def figures(evaluation: Evaluation) -> dict[str, dict[str, dict[str, Any]]]:
    """All figures by corpus and task, as fractions."""
    return {corpus: {name: task.figures for name, task in tasks.items()} for corpus, tasks in evaluation.items()}


def with_intervals(evaluation: Evaluation) -> dict[str, dict[str, dict[str, Any]]]:
    """``figures``, the 95 % intervals of all that are counted, and baselines of labels."""
    return {corpus: {name: _bounded(task) for name, task in tasks.items()} for corpus, tasks in evaluation.items()}


def details(evaluation: Evaluation, against: Evaluation | None = None) -> dict[str, dict[str, dict[str, Any]]]:
    """``with_intervals`` with all else that the page has: confusion, subgroups, errors, difference."""
    return {
        corpus: {
            name: _details(task, against[corpus][name] if against is not None else None)
            for name, task in tasks.items()
        }
        for corpus, tasks in evaluation.items()
    }


def _bounded(task: Task) -> dict[str, Any]:
    sure = {name: [found.low, found.high] for name, found in intervals(task).items()}
    found: dict[str, Any] = task.figures | {"intervals": sure}
    if isinstance(task, Labels) and task.judgements:
        found["baselines"] = baselines(task)
    return found


def _details(task: Task, other: Task | None) -> dict[str, Any]:
    found = _bounded(task)
    if other is not None and task.by_unit():
        found["against"] = asdict(compare(task, other))
    if isinstance(task, Labels | Found) and task.sure:
        found["reliability"] = reliability(task)
    if isinstance(task, Labels) and task.judgements:
        found["confusion"] = {"classes": task.classes, "counts": task.confusion.astype(int).tolist()}
        found["subgroups"] = {name: Labels(group).figures for name, group in subgroups(task).items()}
        found["surest_errors"] = [
            {"gold": j.gold, "given": j.label, "probability": j.confidence, "text": j.evidence}
            for j in surest_errors(task)
        ]
    return found


def baselines(task: Labels) -> dict[str, float]:
    """Macro-F1 of the commonest gold label given always, and of the model that is not told the target."""
    gold = [j.gold for j in task.judgements]
    commonest = max(sorted(set(gold)), key=gold.count)
    found = {"majority": macro_f1(gold, [commonest] * len(gold))}
    if task.withheld:
        found["target withheld"] = Labels(task.withheld).figures["macro_f1"]
    return found


def subgroups(task: Labels) -> dict[str, list[Judgement]]:
    """The judgements by subgroup, "kind: direct" and so on."""
    found: dict[str, list[Judgement]] = defaultdict(list)
    for j in task.judgements:
        for name, value in j.groups.items():
            found[f"{name}: {value}"].append(j)
    return dict(sorted(found.items()))


def surest_errors(task: Labels) -> list[Judgement]:
    """The wrong judgements that the model was surest of, the surest first."""
    wrong = (j for j in task.judgements if not j.right)
    return sorted(wrong, key=lambda j: -j.confidence)[:SUREST]


def to_table(evaluation: Evaluation, against: Evaluation | None = None) -> Table:
    """The main figure of every task with its interval, in percent, and the difference to another model."""
    table = Table("corpus", "task", "figure", "%", "95 %", "of")
    if against is not None:
        table.add_column("against the other, 95 %, p")
    for corpus, name, task in _tasks(evaluation):
        cells = [corpus, name, task.MAIN.replace("_", "-"), *_summary(task)]
        if against is not None:
            cells.append(_difference(task, against[corpus][name]))
        table.add_row(*cells)
    return table


def _tasks(evaluation: Evaluation) -> Iterable[tuple[str, str, Task]]:
    return ((corpus, name, task) for corpus, tasks in evaluation.items() for name, task in tasks.items())


def _summary(task: Task) -> tuple[str, str, str]:
    if not task.by_unit():
        return "", "", "0"
    sure = interval(task)
    return _percent(sure.value), _bounds(sure), f"{task.figures['count']:.0f}"


def _difference(task: Task, other: Task) -> str:
    if not task.by_unit():
        return ""
    found = compare(task, other)
    return f"{100 * found.difference.value:+.1f} ({_bounds(found.difference)}), p {found.p:.3f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _bounds(sure: Interval) -> str:
    return f"{100 * sure.low:.1f} to {100 * sure.high:.1f}"


def _sure(sure: Interval) -> str:
    return f"{_percent(sure.value)} ({_bounds(sure)})"


def to_markdown(evaluation: Evaluation, *, model: str, against: Evaluation | None = None, other: str = "") -> str:
    """The whole report. Text of the corpora is escaped: it is shown as it is, never as markup."""
    rows = []
    for corpus, name, task in _tasks(evaluation):
        row = [corpus, name, task.MAIN.replace("_", "-"), *_summary(task)]
        rows.append([*row, _difference(task, against[corpus][name])] if against is not None else row)
    head = ["corpus", "task", "figure", "%", "95 %", "of", *([f"against {other}"] if against is not None else [])]
    blocks = [
        f"# {_escape(model)}",
        f"Figures in percent. Intervals and p by bootstrap over texts, {RESAMPLES:,} resamples. How sure the "
        "model is against how often it is right: reliability.png, where it gives probabilities.",
        _grid(head, rows),
        *_found_section(evaluation),
    ]
    blocks += [
        _label_section(f"{corpus}: {name}", task)
        for corpus, name, task in _tasks(evaluation)
        if isinstance(task, Labels) and task.judgements
    ]
    return "\n\n".join(blocks) + "\n"


def _found_section(evaluation: Evaluation) -> list[str]:
    """Precision and recall of all that is to be found, and how far the probabilities of what was found are off."""
    rows = [
        [corpus, name, *(_sure(sure[m]) for m in ("precision", "recall", "f1")), _errors(task.figures)]
        for corpus, name, task in _tasks(evaluation)
        if isinstance(task, Found) and (sure := intervals(task))
    ]
    head = ["corpus", "found", "precision", "recall", "F1", "calibration error (by chance alone)"]
    return ["## What is to be found", _grid(head, rows)] if rows else []


def _errors(f: Mapping[str, float]) -> str:
    return f"{_percent(f['ece'])} ({_percent(f['ece_by_chance'])})" if "ece" in f else ""


def _label_section(title: str, task: Labels) -> str:
    f, sure = task.figures, intervals(task)
    measures = ("precision", "recall", "f1")
    classes = [
        [label, *(_sure(sure[f"{m}_{label}"]) for m in measures), *(f"{n:.0f}" for n in row)]
        for label, row in zip(task.classes, task.confusion, strict=True)
    ]
    head = ["class", *measures, *(f"given {label}" for label in task.classes)]
    base = "; ".join(f"{name} {_percent(value)}" for name, value in baselines(task).items())
    blocks = [
        f"## {_escape(title)}",
        f"Accuracy {_sure(sure['accuracy'])}, macro-F1 {_sure(sure['macro_f1'])}, "
        f"expected calibration error {_percent(f['ece'])} ({_percent(f['ece_by_chance'])} by chance alone). "
        f"Macro-F1 of the baselines: {base}.",
        _grid(head, classes),
    ]
    if groups := subgroups(task):
        each = [(name, Labels(group).figures) for name, group in groups.items()]
        cells = [[n, str(g["count"]), _percent(g["accuracy"]), _percent(g["macro_f1"])] for n, g in each]
        blocks.append(_grid(["subgroup", "of", "accuracy", "macro-F1"], cells))
    if errors := surest_errors(task):
        rows = [[j.gold, j.label, _percent(j.confidence), j.evidence] for j in errors]
        blocks += ["The errors it was surest of:", _grid(["gold", "given", "%", "text"], rows)]
    return "\n\n".join(blocks)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table. Cells are escaped: names of labels and files are the user's."""
    lines = [list(map(_escape, head)), ["---"] * len(head), *(map(_escape, row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _escape(text: str) -> str:
    """One line that Markdown leaves as it is; ⟦ ⟧ around the target become bold."""
    flat = " ".join(text.split())
    for mark in "\\`*_[]<>#|~&":
        flat = flat.replace(mark, f"\\{mark}")
    return flat.replace("⟦", "**").replace("⟧", "**")


def excerpt(text: str, start: int, end: int, *, around: int = 160) -> str:
    """What stands around text[start:end], which is put between ⟦ and ⟧."""
    first, stop = max(0, start - around), min(len(text), end + around)
    before = ("…" if first else "") + text[first:start]
    after = text[end:stop] + ("…" if stop < len(text) else "")
    return f"{before}⟦{text[start:end]}⟧{after}"


def write_report(
    folder: Path, evaluation: Evaluation, *, model: str, against: Evaluation | None = None, other: str = ""
) -> None:
    """Write report.md and report.json, and reliability.png and confusion.png where there is a task for them.

    The surest errors, in both, quote the texts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = to_markdown(evaluation, model=model, against=against, other=other)
    (folder / "report.md").write_text(page, encoding="utf-8")
    (folder / "report.json").write_text(
        json.dumps(details(evaluation, against), indent=1) + "\n", encoding="utf-8"
    )
    draw(evaluation, folder)
