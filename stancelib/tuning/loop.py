"""The training loop: epochs over weighted corpora, a checkpoint after each, the best model on dev kept.

Run again with the same folder after a kill, it goes on after the last finished epoch with the same random numbers.
Under `accelerate launch`, several processes share the steps; the first of them scores and writes.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, broadcast_object_list
from tokenizers import Tokenizer
from torch import nn
from tqdm.auto import tqdm

from stancelib.config import ModelConfig
from stancelib.encoding import TextEncoder
from stancelib.engine import has_bf16_units
from stancelib.modeling import StanceModel
from stancelib.tagger import StanceTagger
from stancelib.tuning.batches import TrainBatch, build_batch, group_by_budget
from stancelib.tuning.checkpoint import load_checkpoint, save_checkpoint
from stancelib.tuning.objective import LossWeights, Objective
from stancelib.tuning.targets import Example, Passage, passages

Report = Mapping[str, Any]  # JSON; "score" is what the best epoch has the most of


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to train.

    ``patience`` is after how many epochs without a better score to stop. ``batch_tokens`` are the padded tokens
    of a step. ``missing`` is the share of cues and sources hidden from the link heads, ``masked`` that of the
    holders and targets of stances whose names are masked, ``renamed`` that of their names which are exchanged for
    others (see batches.py).

    ``layer_decay`` is the rate of a layer of the encoder as a share of that of the layer above ("discriminative
    fine-tuning", Howard and Ruder 2018); 1: all alike. ``ema`` is the share that an exponential moving average of
    the weights (Polyak and Juditsky 1992) keeps of itself in a step; it is scored and saved instead of the last
    weights. 0: no average.

    Raises ValueError for a ``layer_decay`` or ``ema`` out of range.
    """

    epochs: int = 6
    patience: int = 3
    batch_tokens: int = 2048
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 5e-4
    warmup: float = 0.06
    weight_decay: float = 0.01
    layer_decay: float = 1.0
    ema: float = 0.0
    clip: float = 1.0
    missing: float = 0.1
    masked: float = 0.0
    renamed: float = 0.0
    seed: int = 13
    loss: LossWeights = field(default_factory=LossWeights)

    def __post_init__(self) -> None:
        if not (0 < self.layer_decay <= 1 and 0 <= self.ema < 1):
            raise ValueError(
                f"layer_decay is {self.layer_decay} and ema {self.ema}: give a layer_decay above 0 and up to 1, "
                "and an ema from 0 up to, but not, 1"
            )


@dataclass(frozen=True)
class Material:
    """Examples by corpus, and how often an epoch sees each (0.5: a random half)."""

    examples: Mapping[str, Sequence[Example]]
    repeats: Mapping[str, float]


def train_model(
    model: StanceModel,
    tokenizer: Tokenizer,
    config: ModelConfig,
    material: Material,
    settings: Settings,
    *,
    score: Callable[[StanceTagger], Report],
    out: Path,
    left_out: Counter[str],
    merged: Callable[[StanceModel], StanceModel] | None = None,
    tensorboard: Path | None = None,
) -> Path:
    """Train ``model`` in place; returns OUT/best, the folder of the epoch that scored best on dev.

    ``out`` gets ``checkpoint/`` and a line of metrics.jsonl an epoch: losses, what ``score`` reports, and
    ``left_out``, what could not be used and why. ``merged`` makes the plain model of one with adapters.
    ``tensorboard`` is a folder for its logs.
    """
    torch.manual_seed(settings.seed)
    encoder = TextEncoder(tokenizer, config)
    accelerator = Accelerator(
        mixed_precision="bf16" if torch.cuda.is_available() or has_bf16_units() else "no",
        kwargs_handlers=[
            DistributedDataParallelKwargs(find_unused_parameters=True)
        ],  # not every batch has all tasks
    )
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), fused=True)
    objective, optimizer = accelerator.prepare(Objective(model, settings.loss), optimizer)
    fresh: dict[str, Any] = {"epoch": 0, "step": 0, "best": -1.0, "stale": 0, "losses": None}
    state = load_checkpoint(out / "checkpoint", model, optimizer.optimizer) or fresh
    steps = epoch_steps(material, settings, encoder, 0, Counter())
    total = settings.epochs * len(share_of(steps, accelerator.process_index, accelerator.num_processes))
    while state["losses"] or (state["epoch"] < settings.epochs and state["stale"] < settings.patience):
        if not state["losses"]:  # else killed while dev was scored
            started = time.time()
            losses = run_epoch(
                objective, optimizer, accelerator, settings, encoder, material, state, total, left_out
            )
            losses["minutes"] = round((time.time() - started) / 60, 1)
            state |= {"epoch": state["epoch"] + 1, "losses": losses}
            if accelerator.is_main_process:
                save_checkpoint(out / "checkpoint", model, optimizer.optimizer, state)
        reached = [0.0]
        if accelerator.is_main_process:
            with averaged_weights(optimizer.optimizer):
                plain = merged(model) if merged else model
                tagger = StanceTagger(plain, tokenizer, config, device=str(accelerator.device))
                report = score(tagger)
                if report["score"] > state["best"]:
                    tagger.save_pretrained(out / "best")
            reached = [report["score"]]
            line = {"epoch": state["epoch"], **state["losses"], **report, "left_out": dict(left_out)}
            log(out / "metrics.jsonl", line)
            if tensorboard is not None:
                _write_scalars(tensorboard, state["epoch"], {**state["losses"], "score": report["score"]})
        (best,) = broadcast_object_list(reached)
        left_out.clear()
        stale = 0 if best > state["best"] else state["stale"] + 1
        state |= {"best": max(best, state["best"]), "stale": stale, "losses": None}
        if accelerator.is_main_process:
            save_checkpoint(out / "checkpoint", model, optimizer.optimizer, state)
    accelerator.wait_for_everyone()
    return out / "best"


def epoch_steps(
    material: Material, settings: Settings, encoder: TextEncoder, epoch: int, left_out: Counter[str]
) -> list[list[list[Passage]]]:
    """The steps of an epoch: each corpus as often as it is to be seen, window borders drawn anew."""
    rng = random.Random(settings.seed * 1000 + epoch)
    chosen: list[Passage] = []
    for name, examples in material.examples.items():
        for example in _repeat(examples, material.repeats[name], rng):
            first = rng.randint(encoder.capacity // 2, encoder.capacity)
            long = len(example.encoded.token_ids) > encoder.capacity
            chosen.extend(passages(example, encoder, first=first if long else None, left_out=left_out))
    batches = group_by_budget(chosen, settings.batch_tokens // 2, settings.seed * 1000 + epoch)
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


def share_of(steps: list[list[list[Passage]]], process: int, processes: int) -> list[list[list[Passage]]]:
    """The steps of one of several processes: as many, and of as many batches, as the others have.

    They wait for each other at each batch; what cannot be shared evenly is left out of this epoch.
    """
    whole = [step for step in steps if len(step) == 2]
    single = [step for step in steps if len(step) == 1]
    return [
        step for kind in (whole, single) for step in kind[process : len(kind) - len(kind) % processes : processes]
    ]


def _repeat(examples: Sequence[Example], times: float, rng: random.Random) -> Iterator[Example]:
    for _ in range(int(times)):
        yield from examples
    yield from rng.sample(examples, round(len(examples) * (times % 1)))


def parameter_groups(model: StanceModel, settings: Settings) -> list[dict[str, Any]]:
    """Encoder and heads with their learning rates; no weight decay on biases, norms and single vectors.

    Raises ValueError where the rate shall fall by layer and the encoder has no list of layers.
    """
    shares = layer_shares(model.encoder, settings.layer_decay) if settings.layer_decay != 1 else {}
    groups: dict[tuple[bool, float, bool], dict[str, Any]] = {}
    for name, parameter in model.named_parameters():
        in_encoder, decays = name.startswith("encoder."), parameter.ndim > 1
        peak = settings.learning_rate * shares.get(parameter, 1.0) if in_encoder else settings.head_learning_rate
        if parameter.requires_grad:
            decay = settings.weight_decay if decays else 0.0
            empty = {"params": [], "lr": peak, "peak": peak, "weight_decay": decay}
            groups.setdefault((in_encoder, peak, decays), empty)["params"].append(parameter)
    return list(groups.values())


def layer_shares(encoder: nn.Module, decay: float) -> dict[nn.Parameter, float]:
    """By parameter, its share of the encoder's rate: 1 in the last layer, ``decay`` in that below, and so on.

    The layers are the longest ModuleList. What stands before them (embeddings) counts as one more layer below,
    what comes after them (a last norm) as of the last.
    """
    lists = [m for m in encoder.modules() if isinstance(m, nn.ModuleList)]
    if not lists:
        raise ValueError(f"{type(encoder).__name__} has no ModuleList of layers: set layer_decay = 1")
    layers = max(lists, key=len)
    numbers = {p: number for number, layer in enumerate(layers, 1) for p in layer.parameters()}
    shares, number = {}, 0
    for parameter in encoder.parameters():
        number = numbers.get(parameter, number)
        shares[parameter] = decay ** (len(layers) - number)
    return shares


def run_epoch(
    objective: nn.Module,
    optimizer: Any,
    accelerator: Accelerator,
    settings: Settings,
    encoder: TextEncoder,
    material: Material,
    state: dict[str, Any],
    total: int,
    left_out: Counter[str],
) -> dict[str, float]:
    """One pass over the data; returns the mean loss of every part. Deterministic given settings and epoch."""
    torch.manual_seed(settings.seed * 1000 + state["epoch"])
    random.seed(settings.seed * 1000 + state["epoch"])
    objective.train()
    steps = epoch_steps(material, settings, encoder, state["epoch"], left_out)
    steps = share_of(steps, accelerator.process_index, accelerator.num_processes)
    sums: dict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    bar = tqdm(steps, f"epoch {state['epoch'] + 1}", mininterval=1, disable=not accelerator.is_main_process)
    for step in bar:
        _set_learning_rate(optimizer, state["step"] / total, settings.warmup)
        for group in step:
            shares = {"missing": settings.missing, "masked": settings.masked, "renamed": settings.renamed}
            batch = build_batch(group, encoder, **shares)
            for part, value in _backward(objective, accelerator, batch).items():
                sums[part] += value
                counts[part] += 1
        accelerator.clip_grad_norm_(objective.parameters(), settings.clip)
        optimizer.step()
        optimizer.zero_grad()
        state["step"] += 1
        if settings.ema:
            average_weights(optimizer.optimizer, settings.ema, state["step"])
        bar.set_postfix({k: f"{sums[k] / counts[k]:.3f}" for k in sums}, refresh=False)
    return {f"loss_{k}": round(sums[k] / counts[k], 4) for k in sums}


@torch.no_grad()
def average_weights(optimizer: torch.optim.Optimizer, decay: float, step: int) -> None:
    """Take the weights after step number ``step`` (from 1) into their moving average.

    It lies among the optimizer's moments, which the checkpoint keeps. The share of the new weights is that of an
    average that began with zeros and was divided by 1 - decay^step (as Adam's moments are, Kingma and Ba 2015).
    """
    share = (1 - decay) / (1 - decay**step)
    for weight, moments in optimizer.state.items():
        if not moments:  # it had no gradient yet, and Adam begins its moments only where there are none
            continue
        if "mean" not in moments:
            moments["mean"] = weight.clone()
        moments["mean"].lerp_(weight, share)


@contextmanager
@torch.no_grad()
def averaged_weights(optimizer: torch.optim.Optimizer) -> Iterator[None]:
    """Within it, the weights that have a moving average are this average."""
    means = {weight: moments["mean"] for weight, moments in optimizer.state.items() if "mean" in moments}
    last = {weight: weight.clone() for weight in means}
    for weight, mean in means.items():
        weight.copy_(mean)
    try:
        yield
    finally:
        for weight, value in last.items():
            weight.copy_(value)


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


def _write_scalars(folder: Path, epoch: int, scalars: Mapping[str, float]) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(folder)) as writer:
        for name, value in scalars.items():
            writer.add_scalar(name, value, epoch)


def log(path: Path, line: dict[str, Any]) -> None:
    """Append one JSON line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
