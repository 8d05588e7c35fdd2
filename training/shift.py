"""How far probabilities are off on a part of the development data by which they were not fitted.

    python -m training.shift --model models/default --data ../shared/data --json runs/shift.json

training.calibrate fits temperatures, a bias, and the curve of the statements' probability, on several parts
of the development data at once. Here they are fitted again for each of these, on the others alone. Most are other
corpora, which shows what a user with texts of another kind must expect; the two parts of NewsMTSC are not.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from stancelib.calibration import platt
from stancelib.errors import StancelibError
from stancelib.evaluation.metrics import calibration_error_by_chance, expected_calibration_error
from stancelib.evaluation.tasks import Found, Judgement, Labels, Sureness
from stancelib.folder import find_folder, load_model
from stancelib.tagger import StanceTagger
from stancelib.tuning.fit import fit_bias, fit_curve, fit_temperature
from training.corpora.schema import CorpusError
from training.evaluate import BIASED_HEAD, BIASED_LABEL, CURVE, TEMPERATURES, Tasks, evaluate

CORPORA = dict.fromkeys((*CURVE, *(corpus for parts in TEMPERATURES.values() for corpus, _ in parts)))
Shifts = dict[str, dict[str, dict[str, float]]]  # figures by head and corpus


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a model folder or a Hub id")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora, see training/README.md")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    args = parser.parse_args()
    try:
        model, tokenizer, config = load_model(find_folder(args.model))
        everything = StanceTagger(
            model, tokenizer, replace(config, min_probability=0.0)
        )  # as in training.calibrate
        report = shifts(evaluate(everything, data=args.data, corpora=CORPORA), config.min_probability)
    except (StancelibError, CorpusError, OSError) as error:
        parser.error(str(error))
    Console().print(to_table(report))
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def shifts(evaluation: Mapping[str, Tasks], threshold: float) -> Shifts:
    """Calibration errors, as fractions: as the model answers, by chance alone, and fitted on the others.

    Of the statements, those from ``threshold`` on are judged.
    """
    report: Shifts = {}
    for head, parts in TEMPERATURES.items():
        in_one = len({corpus for corpus, _ in parts}) == 1  # whose tasks then tell its parts apart
        labels = {task if in_one else corpus: evaluation[corpus][task] for corpus, task in parts}
        judged = {name: task.judgements for name, task in labels.items() if isinstance(task, Labels)}
        report[head] = {
            name: _errors(
                [(j.confidence, j.right) for j in items],
                refitted(items, _others(judged, name), BIASED_LABEL if head == BIASED_HEAD else None),
            )
            for name, items in judged.items()
        }
    found = {corpus: evaluation[corpus]["statements"] for corpus in CURVE}
    sure = {name: task.sure for name, task in found.items() if isinstance(task, Found)}
    report["statements"] = {
        name: _errors(kept, curved(kept, _others(sure, name)))
        for name, answers in sure.items()
        for kept in [[(p, right) for p, right in answers if p >= threshold]]
    }
    return report


def _others(kinds: Mapping[str, Sequence[Any]], left_out: str) -> list[Sequence[Any]]:
    return [items for name, items in kinds.items() if name != left_out]


def refitted(
    judgements: Sequence[Judgement], others: Sequence[Sequence[Judgement]], biased: str | None = None
) -> list[Sureness]:
    """The answers at the temperature, and with the bias of a label, that fit ``others`` best.

    What training.calibrate had fitted before cancels out.
    """
    kinds = [[(j.gold, j.probabilities) for j in kind] for kind in others]
    temperature, bias = fit_bias(*kinds, label=biased) if biased else (fit_temperature(*kinds), 0.0)

    def refit(p: Mapping[str, float]) -> dict[str, float]:
        weights = {label: x ** (1 / temperature) * exp(bias * (label == biased)) for label, x in p.items()}
        return {label: weight / sum(weights.values()) for label, weight in weights.items()}

    found = [replace(j, probabilities=refit(j.probabilities)) for j in judgements]
    return [(j.confidence, j.right) for j in found]


def curved(answers: Sequence[Sureness], others: Sequence[Sequence[Sureness]]) -> list[Sureness]:
    """The statements' probabilities by the curve that fits ``others`` best."""
    probabilities, right = zip(*(answer for kind in others for answer in kind), strict=True)
    fitted = fit_curve(probabilities, right)
    return [(platt(p, *fitted), is_right) for p, is_right in answers]


def _errors(answers: Sequence[Sureness], elsewhere: Sequence[Sureness]) -> dict[str, float]:
    return {
        "count": len(answers),
        "ece": _error(answers),
        "by_chance": calibration_error_by_chance([p for p, _ in answers]),
        "fitted_elsewhere": _error(elsewhere),
    }


def _error(answers: Sequence[Sureness]) -> float:
    return expected_calibration_error([p for p, _ in answers], [right for _, right in answers])


def to_table(report: Shifts) -> Table:
    """Percent by corpus."""
    table = Table("probability", "corpus", "of", "fitted on it, too", "by chance", "fitted elsewhere")
    for head, corpora in report.items():
        for corpus, f in corpora.items():
            errors = (f"{100 * f[key]:.1f}" for key in ("ece", "by_chance", "fitted_elsewhere"))
            table.add_row(head, corpus, f"{f['count']:,}", *errors)
    return table


if __name__ == "__main__":
    main()
