"""Train a model by a recipe.

    python -m training.train --recipe training/recipes/default.toml --data ../shared/data --out runs/default

Run the same command again after a kill: it goes on after the last finished epoch, with the same random numbers.
The best epoch on dev lies in OUT/best, a model folder; OUT/metrics.jsonl has one line an epoch.
One process trains, on CUDA where there is one.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer
from tqdm.auto import tqdm

from stancelib.config import ModelConfig
from stancelib.encoding import TextEncoder
from stancelib.folder import find_folder, load_model
from stancelib.modeling import StanceModel
from stancelib.tagger import StanceTagger
from stancelib.tuning.backbone import load_backbone
from stancelib.tuning.loop import Material, train_model
from stancelib.tuning.targets import Example, build_example
from training.corpora import read
from training.evaluate import EVALUATIONS, dev_report
from training.recipe import Recipe
from training.spelling import row_in_british


def main() -> None:
    """Command line of training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--recipe", type=Path, required=True, help="a TOML file such as training/recipes/default.toml"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora, see training/README.md")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of checkpoints, metrics and the best model"
    )
    parser.add_argument("--seed", type=int, help="instead of the recipe's, to see how much is chance")
    args = parser.parse_args()
    recipe = Recipe.load(args.recipe)
    if args.seed is not None:
        recipe = replace(recipe, seed=args.seed)
    best = train(recipe, data=args.data, out=args.out)
    print(f"best model: {best}")


def train(recipe: Recipe, *, data: Path, out: Path) -> Path:
    """Train by ``recipe`` and return the folder of the epoch that scored best on dev."""
    check_recipe(recipe, out)
    torch.manual_seed(recipe.seed)
    model, tokenizer, config = starting_model(recipe)
    encoder = TextEncoder(tokenizer, config)
    left_out: Counter[str] = Counter()
    corpora = {name: load_examples(name, data, encoder, left_out, recipe.british) for name in recipe.repeats}

    def score(tagger: StanceTagger) -> Mapping[str, Any]:
        report = dev_report(tagger, data=data, corpora=recipe.dev)
        print(json.dumps(report), flush=True)
        return report

    material = Material(corpora, recipe.repeats)
    return train_model(model, tokenizer, config, material, recipe, score=score, out=out, left_out=left_out)


def starting_model(recipe: Recipe) -> tuple[StanceModel, Tokenizer, ModelConfig]:
    """A trained model to go on from, without its calibration, or fresh heads on a pretrained encoder."""
    if recipe.start:
        model, tokenizer, trained = load_model(find_folder(recipe.start))
        kept = {"encoder", "window", "margin", "prefix_ids", "suffix_ids", "pad_id", "link_size"}
        fields = {key: value for key, value in vars(trained).items() if key in kept}
        return model, tokenizer, ModelConfig(name=recipe.name, version=recipe.version, **fields)
    backbone, tokenizer, config = load_backbone(
        recipe.encoder, window=recipe.window, name=recipe.name, version=recipe.version
    )
    return StanceModel(config, encoder=backbone), tokenizer, config


def check_recipe(recipe: Recipe, out: Path) -> None:
    """Refuse what would fail only after hours, and to go on with a run that another recipe began."""
    if not recipe.dev or (unknown := set(recipe.dev) - set(EVALUATIONS)):
        wrong = ", ".join(sorted(unknown)) if recipe.dev else "empty"
        raise ValueError(f"dev of the recipe is wrong ({wrong}): choose from {', '.join(EVALUATIONS)}")
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(recipe), indent=1)
    begun = out / "recipe.json"
    if begun.exists() and begun.read_text(encoding="utf-8") != text:
        raise ValueError(
            f"{out} holds a run of another recipe ({begun}): give another --out, or remove that folder"
        )
    begun.write_text(text, encoding="utf-8")


def load_examples(
    name: str, data: Path, encoder: TextEncoder, left_out: Counter[str], british: float
) -> list[Example]:
    """The training split of a corpus, encoded; what could not be read or used goes to ``left_out``.

    The share ``british`` of its rows is in British spelling, always the same ones.
    """
    corpus = read(name, data, "train")
    counts: Counter[str] = Counter()
    rows = tqdm(corpus.examples, desc=f"encode {name}", leave=False)
    spelled = (row_in_british(row) if Random(row["id"]).random() < british else row for row in rows)
    examples = [build_example(row, encoder, counts) for row in spelled]
    left_out.update({f"{name}: {k}": v for k, v in (corpus.left_out + counts).items()})
    return examples


if __name__ == "__main__":
    main()
