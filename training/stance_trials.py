"""What each part of the stance labels and each method brings: encoder and stance heads alone, without other tasks.

    python -m training.stance_trials --data ../shared/data --out runs/trials --statements 500 1500 3000 0
    python -m training.stance_trials --data ../shared/data --out runs/trials --without hard
    python -m training.stance_trials --data ../shared/data --out runs/trials --method usual r-drop --seeds 13 14 15
    python -m training.stance_trials --data ../shared/data --out runs/trials --table

Trains on two files of polnear-stance (``--statements``, drawn by article; 0 for all), hard and plv from the bare
encoder, once a seed and method, and tests on gold statements and actors: the articles of another of its files
(held-out), intl-dev, and the dev sets of the others. The last epoch counts, none is chosen on the test. Every run
adds a line to OUT/trials.jsonl; a run that is there already is not made again. A run of ``--statements 1500
--epochs 1 --repeats hard=1`` takes minutes, a joint model an hour.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count, groupby
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
from stancelib.tuning.backbone import load_backbone
from stancelib.tuning.loop import Material, train_model
from stancelib.tuning.objective import LossWeights
from stancelib.tuning.targets import build_example
from stancelib.types import STANCE_LABELS
from training.corpora import polnear_stance, read
from training.corpora.schema import CorpusError, Row
from training.recipe import Recipe

TRAINED, HELD_OUT = ("polnear-stance.jsonl", "polnear-stance-3.jsonl"), "polnear-stance-2.jsonl"
USUAL = ("polnear-stance", "hard", "plv")
OTHERS = (
    *("dse", "crowd-pairs", "sentence-pairs", "news", "news-articles", "sentence-stance", "lee-stance"),
    *("reuters-stance", "acts", "sentence-acts", "lee-acts", "reuters-acts"),
)
REPEATS = {"polnear-stance": 1.5, "hard": 5.0}  # all others once
EPOCHS = 2
_SHARED = 15  # words in a row

Rows = Mapping[str, Sequence[Row]]  # by corpus
Method = Callable[[Recipe, Rows], Recipe]


@dataclass(frozen=True)
class Trial:
    """What one run trains on, and how.

    ``statements`` is how many of polnear-stance, 0 for all; ``repeats`` has the corpora that an epoch sees another
    number of times than usual.
    """

    seed: int
    statements: int
    corpora: tuple[str, ...]
    method: str = "usual"
    epochs: int = EPOCHS
    repeats: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What differs between trials, the seed left out."""
        parts = [f"{self.statements or 'all'} statements"]
        parts += [f"{self.epochs} epoch{'s' * (self.epochs > 1)}"] if self.epochs != EPOCHS else []
        parts += [f"without {c}" for c in USUAL if c not in self.corpora]
        parts += [f"with {c}" for c in self.corpora if c not in USUAL]
        parts += [f"{c} × {times:g}" for c, times in sorted(self.repeats.items())]
        return ", ".join(parts + [self.method] * (self.method != "usual"))


def balanced(recipe: Recipe, rows: Rows) -> Recipe:
    """Each stance weighs the square root of how much rarer than the mean an epoch sees it."""
    seen = dict.fromkeys(STANCE_LABELS, 0.0)
    for name, found in rows.items():
        for pair in pairs(found):
            seen[pair["label"]] += recipe.repeats[name] * pair["weight"]
    mean = float(np.mean(list(seen.values())))
    classes = tuple((mean / max(1.0, times)) ** 0.5 for times in seen.values())
    return replace(recipe, loss=replace(recipe.loss, stance_classes=classes))


def square_root(recipe: Recipe, rows: Rows) -> Recipe:
    """As many pairs an epoch as before, of each corpus by the square root of how many it has."""
    sizes = {name: sum(pair["weight"] for pair in pairs(found)) for name, found in rows.items()}
    total = sum(recipe.repeats[name] * size for name, size in sizes.items())
    share = total / sum(size**0.5 for size in sizes.values())
    return replace(recipe, repeats={name: share / size**0.5 for name, size in sizes.items()})


def pairs(rows: Sequence[Row]) -> list[Row]:
    """Their pairs."""
    return [pair for row in rows for pair in row["pairs"]]


def changed(**settings: Any) -> Method:
    """A method that is some keys of a recipe."""
    return lambda recipe, _: replace(recipe, **settings)


def weighed(**weights: Any) -> Method:
    """A method that is some keys of a recipe's [loss]."""
    return lambda recipe, _: replace(recipe, loss=replace(recipe.loss, **weights))


METHODS: dict[str, Method] = {
    "usual": changed(),
    "no-smoothing": weighed(label_smoothing=0.0),
    "smoothing-0.2": weighed(label_smoothing=0.2),
    "layer-decay": changed(layer_decay=0.9),  # Howard and Ruder 2018
    "r-drop": weighed(rdrop=1.0),  # Liang et al. 2021
    "ema": changed(ema=0.99),  # Polyak and Juditsky 1992
    "long-window": changed(window=512),
    "balanced-classes": balanced,
    "unmasked": changed(masked=0.0),
    "sampling": square_root,  # Stickland and Murray 2019
}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora, see training/README.md")
    parser.add_argument("--out", type=Path, required=True, help="folder of trials.jsonl")
    parser.add_argument("--statements", type=int, nargs="+", default=[0], help="of polnear-stance; 0: all")
    parser.add_argument("--without", nargs="+", choices=USUAL, default=[], help="corpora to leave out")
    parser.add_argument("--with", dest="more", nargs="+", choices=OTHERS, default=[], help="corpora to add")
    parser.add_argument(
        "--repeats", type=corpus_times, nargs="+", default=[], help="how often an epoch sees a corpus, as hard=1"
    )
    parser.add_argument("--method", nargs="+", choices=METHODS, default=["usual"], help="one run each")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"of a run, {EPOCHS} by default")
    parser.add_argument("--seeds", type=int, nargs="+", default=[13], help="one run each")
    parser.add_argument("--table", action="store_true", help="only show what was tried")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    trials = to_trials(args)
    if idle := sorted({c for c, _ in args.repeats} - {*trials[0].corpora}):
        parser.error(f"--repeats names {', '.join(idle)}, on which nothing is trained: add it by --with")
    if not trials[0].corpora or min(args.statements) < 0 or args.epochs < 1:
        parser.error(
            "nothing to train on: leave a corpus in, give 0 statements (for all) or more, and an epoch or more"
        )
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


def corpus_times(text: str) -> tuple[str, float]:
    """A corpus, and how often an epoch sees it: from ``hard=1``."""
    name, _, times = text.partition("=")
    try:
        if name in USUAL + OTHERS and 0 < float(times) <= 100:
            return name, float(times)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no corpus with a number up to 100, such as hard=1")


def to_trials(args: argparse.Namespace) -> list[Trial]:
    """What the command line asks for; a seed has all its runs before the next."""
    corpora = tuple(c for c in USUAL + OTHERS if c in {*USUAL, *args.more} - {*args.without})
    repeats = {c: times for c, times in args.repeats if times != REPEATS.get(c, 1.0)}
    return [
        Trial(seed, size, corpora, method, args.epochs, repeats)
        for seed in args.seeds
        for size in args.statements
        for method in args.method
    ]


def read_log(path: Path) -> list[tuple[Trial, Mapping[str, Any]]]:
    """The trials made so far."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    read_lines = [json.loads(line) for line in lines]
    return [(Trial(**d["trial"] | {"corpora": tuple(d["trial"]["corpora"])}), d["figures"]) for d in read_lines]


def run(trial: Trial, data: Path) -> dict[str, Any]:
    """Train and test once: by test set, macro-F1, mean negative log-likelihood and the number of pairs."""
    tests = test_rows(data)
    rows = untested({name: train_rows(name, trial, data) for name in trial.corpora}, tests)
    tagger = train(METHODS[trial.method](usual(trial), rows), rows)
    return {name: score(tagger, found) for name, found in tests.items()}


def usual(trial: Trial) -> Recipe:
    """The recipe of a trial without a method."""
    return Recipe(
        repeats={name: trial.repeats.get(name, REPEATS.get(name, 1.0)) for name in trial.corpora},
        dev=(),
        epochs=trial.epochs,
        learning_rate=1e-4,
        head_learning_rate=3e-4,
        masked=0.25,
        seed=trial.seed,
        loss=LossWeights(stance=2.0, label_smoothing=0.1),
    )


def train(recipe: Recipe, rows: Rows) -> StanceTagger:
    """Train a model by a recipe, from its bare encoder on."""
    torch.manual_seed(recipe.seed)
    backbone, tokenizer, config = load_backbone(recipe.encoder, window=recipe.window, name="trial", version="0")
    model, encoder = StanceModel(config, encoder=backbone), TextEncoder(tokenizer, config)
    left_out: Counter[str] = Counter()
    examples = {name: [build_example(row, encoder, left_out) for row in found] for name, found in rows.items()}
    epochs = count()
    with TemporaryDirectory() as out:
        best = train_model(
            model,
            tokenizer,
            config,
            Material(examples, recipe.repeats),
            recipe,
            score=lambda tagger: {"score": float(next(epochs))},  # so that the last epoch is the best
            out=Path(out),
            left_out=left_out,
        )
        return StanceTagger.from_pretrained(best)


def train_rows(name: str, trial: Trial, data: Path) -> list[Row]:
    """The rows of a corpus that have a stance, without their other labels."""
    if name == "polnear-stance":
        articles = [row for file in TRAINED for row in annotated(file, data)]
        rows = some_articles(articles, trial.statements, trial.seed)
    else:
        rows = list(read(name, data, "train").examples)
    if not rows:
        raise CorpusError(f"{name}: {data} has none of its texts; training/README.md says where to get them")
    return [only_stance(row) for row in rows]


def untested(rows: Rows, tests: Rows) -> Rows:
    """Rows that share no passage with a test: some corpora label sentences of articles that are held out here.

    Raises CorpusError where nothing of a corpus is left.
    """
    texts = [row["text"] for found in tests.values() for row in found]
    whole, tested = "\n".join(map(_squeezed, texts)), {passage for text in texts for passage in _passages(text)}

    def is_new(text: str) -> bool:
        return _squeezed(text) not in whole and tested.isdisjoint(_passages(text))

    kept = {name: [row for row in found if is_new(row["text"])] for name, found in rows.items()}
    if emptied := [name for name, found in kept.items() if not found]:
        raise CorpusError(f"all texts of {', '.join(emptied)} are tested on: leave it out")
    return kept


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _passages(text: str) -> set[tuple[str, ...]]:
    """All runs of some words, which two texts have from one source."""
    words = text.split()
    return {tuple(words[i : i + _SHARED]) for i in range(len(words) - _SHARED + 1)}


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
    f1, nll = ([f[key] for f in figures] for key in ("macro_f1", "nll"))
    return f"{_mean([100 * x for x in f1], 1)}\n({_mean(nll, 3)})"


def _mean(values: Sequence[float], digits: int) -> str:
    spread = f" ± {np.std(values, ddof=1):.{digits}f}" if len(values) > 1 else ""
    return f"{np.mean(values):.{digits}f}{spread}"


if __name__ == "__main__":
    main()
