"""The loss of a batch: cross-entropy of span tags, links, names, stance and sentiment, from one encoder pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from stancelib.modeling import StanceModel, link_name, pool
from stancelib.pairs import PairIndex
from stancelib.tuning.batches import LinkTargets, PairTargets, TrainBatch
from stancelib.tuning.targets import IGNORED


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """What each part counts in the sum; ``label_smoothing`` is that of stance and sentiment.

    ``stance_classes`` and ``sentiment_classes`` weigh the labels of the two, in the order of the model's labels;
    empty: all alike. ``rdrop`` is the weight, beside the cross-entropy of the two, of how far two passes with
    other dropouts are apart (R-Drop, Liang et al. 2021, whose α is twice it, for they add up the two entropies
    whose mean is taken here); 0: one pass. Steps with such labels take twice the time.

    Raises ValueError for a negative ``rdrop``.
    """

    tags: float = 3.0
    links: float = 0.5
    names: float = 0.5
    stance: float = 1.0
    sentiment: float = 1.0
    label_smoothing: float = 0.0
    rdrop: float = 0.0
    stance_classes: tuple[float, ...] = ()
    sentiment_classes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.rdrop < 0:
            raise ValueError(f"rdrop is {self.rdrop}: give 0 (one pass) or a positive weight")


class Objective(nn.Module):
    """The model with its losses, so that one forward pass (also a distributed one) returns them."""

    def __init__(self, model: StanceModel, weights: LossWeights) -> None:
        super().__init__()
        self.model = model
        self.weights = weights

    def forward(self, batch: TrainBatch) -> dict[str, Tensor]:
        """Weighted losses by part; their sum is to be minimised."""
        device = next(self.model.parameters()).device
        arrays = (
            batch.inputs.input_ids,
            batch.inputs.attention_mask,
            batch.inputs.surface,
            batch.inputs.word_tokens,
        )
        inputs = [torch.from_numpy(a).to(device) for a in arrays]
        states, tags = self.model(*inputs)
        flat = states.flatten(0, 1).float()
        losses: dict[str, Tensor] = {}
        gold = batch.tags.to(device)
        if (gold != IGNORED).any():
            losses["tags"] = self.weights.tags * cross_entropy(
                tags.float().flatten(0, 2), gold.flatten(), ignore_index=IGNORED
            )
        kinds = batch.names.to(device)
        if (kinds != IGNORED).any():
            logits = self.model.names(self.model.dropout(flat)).float()
            losses["names"] = self.weights.names * cross_entropy(logits, kinds.flatten(), ignore_index=IGNORED)
        if any(batch.links.values()):
            losses["links"] = self.weights.links * self._links(flat, batch.links)
        passes = [flat]
        if self.weights.rdrop and batch.pairs:
            passes.append(self.model(*inputs)[0].flatten(0, 1).float())
        for task, pairs in batch.pairs.items():
            losses[task] = getattr(self.weights, task) * self._pairs(passes, task, pairs)
        return losses

    def _links(self, flat: Tensor, links: dict[tuple[str, str], list[LinkTargets]]) -> Tensor:
        total, count = flat.new_zeros(()), 0
        for head, windows in links.items():
            score = self.model.links[link_name(*head)]
            for w in windows:
                queries, keys, distances, answers = (
                    t.to(flat.device) for t in (w.queries, w.keys, w.distances, w.answers)
                )
                scores = score(flat[queries].flatten(1), flat[keys].flatten(1), distances)
                total = total + cross_entropy(scores.float(), answers, reduction="sum")
                count += len(answers)
        return total / max(1, count)

    def _pairs(self, passes: Sequence[Tensor], task: str, pairs: PairTargets) -> Tensor:
        """Mean over the pairs, of the cross-entropy in each pass and of how far two passes are apart."""
        labels, weights = (x.to(passes[0].device) for x in (pairs.labels, pairs.weights))
        logits = [self._logits(flat, task, pairs.index) for flat in passes]
        classes = self.weights.stance_classes if task == "stance" else self.weights.sentiment_classes
        class_weights = logits[0].new_tensor(classes or [1.0] * logits[0].shape[-1])
        smoothing = self.weights.label_smoothing
        entropy = partial(cross_entropy, weight=class_weights, reduction="none", label_smoothing=smoothing)
        losses = torch.stack([entropy(x, labels) for x in logits]).mean(dim=0)
        loss = (weights * losses).sum() / (weights * class_weights[labels]).sum()
        if len(logits) == 2:
            loss = loss + self.weights.rdrop * (weights * divergence(*logits)).sum() / weights.sum()
        return loss

    def _logits(self, flat: Tensor, task: str, index: PairIndex) -> Tensor:
        if task == "stance":
            logits: Tensor = self.model.stance(flat, index)
        else:
            logits = self.model.sentiment(pool(flat, index.target, len(index.has)))
        return logits.float()


def divergence(one: Tensor, other: Tensor) -> Tensor:
    """Symmetric Kullback-Leibler divergence of two logits [P, labels] → [P], the mean of both directions."""
    p, q = one.log_softmax(dim=-1), other.log_softmax(dim=-1)
    return ((p.exp() - q.exp()) * (p - q)).sum(dim=-1) / 2
