"""Write the model card of a model folder from its metrics.json.

python -m training.evaluate --model models/default --data ../shared/data --json models/default/metrics.json
python -m training.card --model models/default --recipe training/recipes/default{,-2}.toml
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import safe_open

from stancelib.config import ModelConfig
from stancelib.folder import CONFIG, WEIGHTS
from training.recipe import Recipe

TERMS = {
    "polnear": "PolNeAR (Newell et al. 2018): spans and links of attributions. No licence stated.",
    "newsmtsc": "NewsMTSC (Hamborg and Donnay 2021): sentiment. MIT for its repository.",
    "dse": "DSE (Park et al. 2021): stance between two entities. Free to use when the paper is cited.",
    "plv": "PLV (Hu et al. 2024): acts by PLOVER codes, read as stance. No licence stated.",
    "polnear-stance": "344 PolNeAR articles (5,141 statements) annotated for this project: statements, stance; "
    "labels Apache-2.0, made by language models and not checked by people. Texts: PolNeAR's.",
    "hard": "583 statements written for this project in minimal pairs. Apache-2.0.",
    "intl-train": "112 PolNeAR articles annotated for this project: statements, stance. Texts: PolNeAR's.",
}
NAMES = """A linear layer on the finished encoder tells names of persons and organisations. It was trained on
CrossNER, politics (Liu et al. 2021, MIT for its repository), re3d (Dstl 2017, public domain and OGL v3),
GAP, development and validation (Webster et al. 2018, Apache-2.0), and on the articles annotated for this
project, there by rules."""
MEAN = """
The weights are the weighted mean of those of the runs (Wortsman et al. 2022), chosen on dev.
"""
FINISH = ("names_head", "calibrate")  # the last steps, after the recipes
SPLITS = {
    "polnear": "82 development articles (91 annotations)",
    "newsmtsc": "both development sets",
    "dse": "development split by sentence",
    "plv": "a tenth of the sentences, by hash",
    "hard": "every eighth group of the hand-written statements, the whole pipeline",
    "intl-dev": "14 articles of international news, the whole pipeline from text to stance",
}


def main() -> None:
    """Command line of the card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model folder with metrics.json")
    parser.add_argument("--recipe", type=Path, nargs="+", required=True, help="the recipes, in their order")
    parser.add_argument("--weights", nargs="+", default=(), help="if the models were averaged: the weight of each")
    args = parser.parse_args()
    (args.model / "README.md").write_text(card(args.model, args.recipe, weights=args.weights), encoding="utf-8")


def card(folder: Path, recipes: Sequence[Path], *, weights: Sequence[str]) -> str:
    """The card in Markdown: what the model is, how it was made, from what, and how well it does."""
    config = ModelConfig.load(folder / CONFIG)
    loaded = [Recipe.load(path) for path in recipes]
    report = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    times = {name: sum(r.repeats.get(name, 0) * r.epochs for r in loaded) for r in loaded for name in r.repeats}
    sources = "\n".join(f"- {TERMS[name]} Seen {count:g} ×." for name, count in times.items())
    return f"""# {config.title}

Reads English news text in one encoder pass: which statements are quoted or reported, who made each, and
whether for or against which political actors. Use it through the [stancelib](../../README.md) package.

| | |
|---|---|
| encoder | {loaded[0].encoder}: {config.encoder["num_hidden_layers"]} layers, {config.hidden_size} wide |
| parameters | {_parameters(folder) / 1e6:.1f} M, in half precision |
| passages | {config.window} tokens, neighbours share {2 * config.margin} |
| licence of the code and of these weights | Apache-2.0; the corpora below keep their own terms |

## How it was made

```console
{_steps(recipes, weights)}
```
{MEAN if weights else ""}
Seeds {_listed(r.seed for r in loaded)}, {_listed(r.epochs for r in loaded)} epochs; all choices stand in the
recipes. Temperatures, the curve of the statements' probability, the threshold and the weights of the decoder were
fitted on the development sets below, so the calibration errors there are those of the data they were
fitted on.

Trained on:

{sources}

{NAMES}

## How well it does

On development data, one seed, through the public API; in percent. No weight was trained on it, but the
epoch, the temperatures and the decoder's weights were chosen on it, and the rules for actors and
speakers were written with a look at the errors on intl-dev: expect somewhat less on new text.

{_tables(report)}
```console
$ python -m training.evaluate --model models/default --data ../shared/data --json models/default/metrics.json
```

`source`, `cue`, `content`: exact spans, without marks and punctuation at the edges. `statements`:
contents that overlap by half or more of the longer. `links`: how often a matched statement has exactly
the gold source or cue. `ece`: expected calibration error, 15 bins.

## Limits

English news, mostly American and of 2015–2017. Statements are sometimes missed, cut wrongly or given to
the wrong speaker; look at the marked words before you name anybody. Stance is what a statement shows in
its text, not what a person believes. Actors and speakers are found by rules, a layer that tells names of
persons, and a table of names (stancelib/data/actors.tsv); actors unknown there are found only where the
text gives them a political role.
"""


def _steps(recipes: Sequence[Path], weights: Sequence[str]) -> str:
    """The commands that make the model. A later recipe says itself what it goes on from."""
    lines, made = [], []
    for path in recipes:
        made.append(f"runs/{path.stem}")
        lines.append(f"$ python -m training.train --recipe {path} --data ../shared/data --out {made[-1]}")
    trained = f"{made[-1]}/best"
    if weights:
        trained = "runs/average"
        models = " ".join(f"{name}/best" for name in made)
        lines.append(f"$ python -m training.average {models} --weights {' '.join(weights)} --out {trained}")
    last = (f"$ python -m training.{step} --model {trained} --data ../shared/data" for step in FINISH)
    return "\n".join([*lines, *last])


def _listed(numbers: Iterable[int]) -> str:
    return " and ".join(map(str, numbers))


def _parameters(folder: Path) -> int:
    with safe_open(folder / WEIGHTS, "pt") as weights:
        return sum(weights.get_tensor(k).numel() for k in weights.keys())  # noqa: SIM118 (no mapping)


def _tables(report: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    blocks = []
    for corpus, parts in report.items():
        rows = [f"| {part} | {_figures(figures)} |" for part, figures in parts.items()]
        blocks.append(
            "\n".join([f"**{corpus}**: {SPLITS[corpus]}", "", "| part | figures |", "|---|---|", *rows, ""])
        )
    return "\n".join(blocks)


def _figures(figures: Mapping[str, Any]) -> str:
    return ", ".join(f"{k} {v}" if isinstance(v, int) else f"{k} {100 * v:.1f}" for k, v in figures.items())


if __name__ == "__main__":
    main()
