"""What each part of the stance labels brings: encoder and stance heads alone, trained without the other tasks.

    python -m training.stance_trials --data ../shared/data --out runs/trials --statements 500 1500 3000 0
    python -m training.stance_trials --data ../shared/data --out runs/trials --without hard
    python -m training.stance_trials --data ../shared/data --out runs/trials --table

Trains on two files of polnear-stance (``--statements``, drawn by article; 0 for all), hard and plv from the bare
encoder, once a seed, and tests on gold statements and actors: the articles of another of its files (held-out),
intl-dev, and the dev sets of the others. The last epoch counts, none is chosen on the test. Every run adds a line
to OUT/trials.jsonl; a run that is there already is not made again. A run takes minutes, a joint model an hour.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from stancelib.encoding import TextEncoder
from stancelib.evaluation.labelled import judge_pairs
from stancelib.evaluation.tasks import Labels
from stancelib.modeling import StanceModel
from stancelib.tagger import StanceTagger
from stancelib.tuning.backbone import MINILM, load_backbone
from stancelib.tuning.loop import Material, Settings, train_model
from stancelib.tuning.objective import LossWeights
from stancelib.tuning.targets import build_example
from training.corpora import polnear_stance, read
from training.corpora.schema import CorpusError, Row

TRAINED, HELD_OUT = ("polnear-stance.jsonl", "polnear-stance-3.jsonl"), "polnear-stance-2.jsonl"
REPEATS = {"polnear-stance": 1.5, "hard": 5.0, "plv": 1.0, "dse": 1.0}
USUAL = ("polnear-stance", "hard", "plv")
EPOCHS = 2


@dataclass(frozen=True)
class Trial:
    """What one run trains on. ``statements`` is how many of polnear-stance, 0 for all."""

    seed: int
    statements: int
    corpora: tuple[str, ...]

    @property
    def name(self) -> str:
        """What differs between trials, the seed left out."""
        parts = [f"{self.statements or 'all'} statements"]
        parts += [f"without {c}" for c in USUAL if c not in self.corpora]
        return ", ".join(parts + [f"with {c}" for c in self.corpora if c not in USUAL])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora, see training/README.md")
    parser.add_argument("--out", type=Path, required=True, help="folder of trials.jsonl")
    parser.add_argument("--statements", type=int, nargs="+", default=[0], help="of polnear-stance; 0: all")
    parser.add_argument("--without", nargs="+", choices=USUAL, default=[], help="corpora to leave out")
    parser.add_argument("--with", dest="more", nargs="+", choices=["dse"], default=[], help="to add")
    parser.add_argument("--seeds", type=int, nargs="+", default=[13], help="one run each")
    parser.add_argument("--table", action="store_true", help="only show what was tried")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    corpora = tuple(c for c in (*USUAL, *args.more) if c not in args.without)
    if not corpora or min(args.statements) < 0:
        parser.error("nothing to train on: leave a corpus in, and give no negative number of statements")
    trials = [Trial(seed, size, corpora) for seed in args.seeds for size in args.statements]
    log = args.out / "trials.jsonl"
    for trial in [] if args.table else trials:
        if trial not in [t for t, _ in read_log(log)]:
            try:
                figures = run(trial, args.data)
            except (CorpusError, OSError) as error:
                parser.error(str(error))
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"trial": asdict(trial), "figures": figures}) + "\n")
    Console(width=140).print(to_table(read_log(log)))


def read_log(path: Path) -> list[tuple[Trial, Mapping[str, Any]]]:
    """The trials made so far."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    read_lines = [json.loads(line) for line in lines]
    return [(Trial(**d["trial"] | {"corpora": tuple(d["trial"]["corpora"])}), d["figures"]) for d in read_lines]


def run(trial: Trial, data: Path) -> dict[str, Any]:
    """Train and test once: by test set, macro-F1, mean negative log-likelihood and the number of pairs."""
    torch.manual_seed(trial.seed)
    backbone, tokenizer, config = load_backbone(MINILM, window=256, name="trial", version="0")
    model, encoder = StanceModel(config, encoder=backbone), TextEncoder(tokenizer, config)
    left_out: Counter[str] = Counter()
    rows = {name: train_rows(name, trial, data) for name in trial.corpora}
    examples = {name: [build_example(row, encoder, left_out) for row in found] for name, found in rows.items()}
    settings = Settings(
        epochs=EPOCHS,
        patience=EPOCHS,
        learning_rate=1e-4,
        head_learning_rate=3e-4,
        masked=0.25,
        seed=trial.seed,
        loss=LossWeights(stance=2.0, label_smoothing=0.1),
    )
    with TemporaryDirectory() as out:
        train_model(
            model,
            tokenizer,
            config,
            Material(examples, {name: REPEATS[name] for name in examples}),
            settings,
            score=lambda tagger: {"score": 0.0},
            out=Path(out),
            left_out=left_out,
        )
    tagger = StanceTagger(model, tokenizer, config)
    return {name: score(tagger, found) for name, found in test_rows(data).items()}


def train_rows(name: str, trial: Trial, data: Path) -> list[Row]:
    """The rows of a corpus that have a stance, without their other labels."""
    if name == "polnear-stance":
        articles = [row for file in TRAINED for row in annotated(file, data)]
        rows = some_articles(articles, trial.statements, trial.seed)
    else:
        rows = read(name, data, "train").examples
    return [only_stance(row) for row in rows]


def some_articles(rows: Sequence[Row], statements: int, seed: int) -> list[Row]:
    """Articles in random order until they have ``statements`` statements (0: all articles)."""
    order = random.Random(seed).sample(rows, len(rows))
    before = np.cumsum([0, *(len(row["statements"]) for row in order)])
    return [row for row, n in zip(order, before, strict=False) if not statements or n < statements]


def annotated(file: str, data: Path) -> list[Row]:
    """The rows of one of the files of polnear-stance."""
    return list(polnear_stance.read_rows(polnear_stance.ANNOTATIONS / file, data, Counter()))


def only_stance(row: Row) -> Row:
    """A row of which nothing but the stances is known."""
    return {**row, "annotated": False, "names": []}


def test_rows(data: Path) -> dict[str, list[Row]]:
    """By test set, rows that no trial trains on."""
    dev = {name: list(read(name, data, "dev").examples) for name in ("intl-dev", "hard", "plv", "dse")}
    return {"held-out": annotated(HELD_OUT, data)} | dev


def score(tagger: StanceTagger, rows: Sequence[Row]) -> dict[str, float]:
    """Figures on given holders, contents and targets."""
    judged = judge_pairs(tagger, rows)["stance"]
    likelihood = [np.log(max(j.probabilities[j.gold], 1e-9)) for j in judged]
    return {
        "macro_f1": float(Labels(judged).figures["macro_f1"]),
        "nll": -float(np.mean(likelihood)),
        "count": len(judged),
    }


def to_table(runs: Iterable[tuple[Trial, Mapping[str, Any]]]) -> Table:
    """Macro-F1 and likelihood of each kind of trial: mean and standard deviation over its seeds."""
    table = Table("trained on", "seeds", title="macro-F1 in percent (negative log-likelihood), ± over seeds")
    by_name = sorted(runs, key=lambda r: r[0].name)
    kinds = [(name, list(found)) for name, found in groupby(by_name, key=lambda r: r[0].name)]
    tests = list(kinds[0][1][0][1]) if kinds else []
    for test in tests:
        table.add_column(test)
    for name, found in kinds:
        table.add_row(name, str(len(found)), *(_cell([figures[test] for _, figures in found]) for test in tests))
    return table


def _cell(figures: Sequence[Mapping[str, float]]) -> str:
    f1 = [100 * f["macro_f1"] for f in figures]
    spread = f" ± {np.std(f1, ddof=1):.1f}" if len(f1) > 1 else ""
    return f"{np.mean(f1):.1f}{spread} ({np.mean([f['nll'] for f in figures]):.3f})"


if __name__ == "__main__":
    main()
