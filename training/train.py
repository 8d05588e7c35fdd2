"""Train a model by a recipe.

    python -m training.train --recipe training/recipes/default.toml --data ../shared/data --out runs/default

Run the same command again after a kill: it goes on after the last finished epoch, with the same random numbers.
The best epoch on dev lies in OUT/best, a model folder; OUT/metrics.jsonl has one line an epoch.
One process trains, on CUDA where there is one.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from tokenizers import Tokenizer
from torch import nn
from tqdm.auto import tqdm

from stancelib.config import ModelConfig
from stancelib.encoding import TextEncoder
from stancelib.engine import has_bf16_units
from stancelib.folder import find_folder, load_model
from stancelib.modeling import StanceModel
from stancelib.tagger import StanceTagger
from training.backbone import load_backbone
from training.batches import TrainBatch, build_batch, group_by_budget
from training.checkpoint import load_checkpoint, save_checkpoint
from training.corpora import read
from training.evaluate import EVALUATIONS, dev_report
from training.objective import Objective
from training.recipe import Recipe
from training.targets import Example, Passage, build_example, passages


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
    args = parser.parse_args()
    best = train(Recipe.load(args.recipe), data=args.data, out=args.out)
    print(f"best model: {best}")


def train(recipe: Recipe, *, data: Path, out: Path) -> Path:
    """Train by ``recipe`` and return the folder of the epoch that scored best on dev."""
    check_recipe(recipe, out)
    torch.manual_seed(recipe.seed)
    model, tokenizer, config = starting_model(recipe)
    encoder = TextEncoder(tokenizer, config)
    left_out: Counter[str] = Counter()
    corpora = {name: load_examples(name, data, encoder, left_out) for name in recipe.repeats}
    accelerator = Accelerator(mixed_precision="bf16" if torch.cuda.is_available() or has_bf16_units() else "no")
    optimizer = torch.optim.AdamW(parameter_groups(model, recipe), fused=True)
    objective, optimizer = accelerator.prepare(Objective(model, recipe.loss), optimizer)
    fresh: dict[str, Any] = {"epoch": 0, "step": 0, "best": -1.0, "stale": 0, "losses": None}
    state = load_checkpoint(out / "checkpoint", model, optimizer.optimizer) or fresh
    total = recipe.epochs * len(epoch_steps(corpora, recipe, encoder, 0, Counter()))
    while state["losses"] or (state["epoch"] < recipe.epochs and state["stale"] < recipe.patience):
        if not state["losses"]:  # else killed while dev was scored
            started = time.time()
            losses = run_epoch(objective, optimizer, accelerator, recipe, encoder, corpora, state, total, left_out)
            losses["minutes"] = round((time.time() - started) / 60, 1)
            state |= {"epoch": state["epoch"] + 1, "losses": losses}
            save_checkpoint(out / "checkpoint", model, optimizer.optimizer, state)
        tagger = StanceTagger(model, tokenizer, config)
        report = dev_report(tagger, data=data, corpora=recipe.dev)
        if report["score"] > state["best"]:
            tagger.save_pretrained(out / "best")
        log(
            out / "metrics.jsonl",
            {"epoch": state["epoch"], **state["losses"], **report, "left_out": dict(left_out)},
        )
        left_out.clear()
        stale = 0 if report["score"] > state["best"] else state["stale"] + 1
        state |= {"best": max(report["score"], state["best"]), "stale": stale, "losses": None}
        save_checkpoint(out / "checkpoint", model, optimizer.optimizer, state)
    return out / "best"


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


def load_examples(name: str, data: Path, encoder: TextEncoder, left_out: Counter[str]) -> list[Example]:
    """The training split of a corpus, encoded; what could not be read or used goes to ``left_out``."""
    corpus = read(name, data, "train")
    counts: Counter[str] = Counter()
    rows = tqdm(corpus.examples, desc=f"encode {name}", leave=False)
    examples = [build_example(row, encoder, counts) for row in rows]
    left_out.update({f"{name}: {k}": v for k, v in (corpus.left_out + counts).items()})
    return examples


def epoch_steps(
    corpora: dict[str, list[Example]], recipe: Recipe, encoder: TextEncoder, epoch: int, left_out: Counter[str]
) -> list[list[list[Passage]]]:
    """The steps of an epoch: each corpus as often as the recipe says, window borders drawn anew."""
    rng = random.Random(recipe.seed * 1000 + epoch)
    chosen: list[Passage] = []
    for name, examples in corpora.items():
        for example in _repeat(examples, recipe.repeats[name], rng):
            first = rng.randint(encoder.capacity // 2, encoder.capacity)
            long = len(example.encoded.token_ids) > encoder.capacity
            chosen.extend(passages(example, encoder, first=first if long else None, left_out=left_out))
    batches = group_by_budget(chosen, recipe.batch_tokens // 2, recipe.seed * 1000 + epoch)
    return short_with_long(batches)


def short_with_long(batches: list[list[Passage]]) -> list[list[list[Passage]]]:
    """Steps of two batches, one of short and one of long passages.

    Sentences and articles teach different tasks; each by turns, Adam would follow the one with larger gradients.
    """
    short = sorted(range(len(batches)), key=lambda i: max(p.length for p in batches[i]))
    half = len(short) // 2
    long = sorted(short[half:])  # the order of ``batches`` is random
    pairs = [[batches[i], batches[k]] for i, k in zip(sorted(short[:half]), long, strict=False)]
    return pairs + [[batches[k]] for k in long[half:]]


def _repeat(examples: list[Example], times: float, rng: random.Random) -> Iterator[Example]:
    for _ in range(int(times)):
        yield from examples
    yield from rng.sample(examples, round(len(examples) * (times % 1)))


def parameter_groups(model: StanceModel, recipe: Recipe) -> list[dict[str, Any]]:
    """Encoder and heads with their learning rates; no weight decay on biases, norms and single vectors."""
    groups: list[dict[str, Any]] = []
    for in_encoder, rate in ((True, recipe.learning_rate), (False, recipe.head_learning_rate)):
        for decays in (True, False):
            chosen = [
                p
                for n, p in model.named_parameters()
                if n.startswith("encoder.") == in_encoder and (p.ndim > 1) == decays
            ]
            groups.append({"params": chosen, "lr": rate, "weight_decay": recipe.weight_decay if decays else 0.0})
    for group in groups:
        group["peak"] = group["lr"]
    return groups


def run_epoch(
    objective: nn.Module,
    optimizer: Any,
    accelerator: Accelerator,
    recipe: Recipe,
    encoder: TextEncoder,
    corpora: dict[str, list[Example]],
    state: dict[str, Any],
    total: int,
    left_out: Counter[str],
) -> dict[str, float]:
    """One pass over the data; returns the mean loss of every part. Deterministic given recipe and epoch."""
    torch.manual_seed(recipe.seed * 1000 + state["epoch"])
    random.seed(recipe.seed * 1000 + state["epoch"])
    objective.train()
    steps = epoch_steps(corpora, recipe, encoder, state["epoch"], left_out)
    sums: dict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    bar = tqdm(steps, desc=f"epoch {state['epoch'] + 1}", mininterval=10)
    for step in bar:
        _set_learning_rate(optimizer, state["step"] / total, recipe.warmup)
        for group in step:
            batch = build_batch(group, encoder, missing=recipe.missing, masked=recipe.masked)
            for part, value in _backward(objective, accelerator, batch).items():
                sums[part] += value
                counts[part] += 1
        accelerator.clip_grad_norm_(objective.parameters(), recipe.clip)
        optimizer.step()
        optimizer.zero_grad()
        state["step"] += 1
        bar.set_postfix({k: f"{sums[k] / counts[k]:.3f}" for k in sums}, refresh=False)
    return {f"loss_{k}": round(sums[k] / counts[k], 4) for k in sums}


def _backward(objective: nn.Module, accelerator: Accelerator, batch: TrainBatch) -> dict[str, float]:
    with accelerator.autocast():
        losses = objective(batch)
    accelerator.backward(torch.stack(list(losses.values())).sum())
    return {k: float(v.detach()) for k, v in losses.items()}


def _set_learning_rate(optimizer: Any, done: float, warmup: float) -> None:
    """Linear warm-up, then linear to zero; ``done`` is the share of all steps."""
    factor = done / warmup if done < warmup else max(0.0, (1 - done) / (1 - warmup))
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


def log(path: Path, line: dict[str, Any]) -> None:
    """Append one JSON line and show it."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
