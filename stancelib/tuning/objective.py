"""The loss of a batch: cross-entropy of span tags, links, names, stance and sentiment, from one encoder pass."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from stancelib.modeling import StanceModel, link_name, pool
from stancelib.tuning.batches import LinkTargets, PairTargets, TrainBatch
from stancelib.tuning.targets import IGNORED


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """What each part counts in the sum; ``label_smoothing`` is that of stance and sentiment.

    ``stance_classes`` and ``sentiment_classes`` weigh the labels of the two, in the order of the model's labels;
    empty: all alike.
    """

    tags: float = 3.0
    links: float = 0.5
    names: float = 0.5
    stance: float = 1.0
    sentiment: float = 1.0
    label_smoothing: float = 0.0
    stance_classes: tuple[float, ...] = ()
    sentiment_classes: tuple[float, ...] = ()


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
        states, tags = self.model(*(torch.from_numpy(a).to(device) for a in arrays))
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
        for task, pairs in batch.pairs.items():
            losses[task] = getattr(self.weights, task) * self._pairs(flat, task, pairs)
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

    def _pairs(self, flat: Tensor, task: str, pairs: PairTargets) -> Tensor:
        labels = pairs.labels.to(flat.device)
        if task == "stance":
            logits, classes = self.model.stance(flat, pairs.index), self.weights.stance_classes
        else:
            pooled = pool(flat, pairs.index.target, len(labels))
            logits, classes = self.model.sentiment(pooled), self.weights.sentiment_classes
        class_weights = flat.new_tensor(classes) if classes else flat.new_ones(logits.shape[-1])
        losses = cross_entropy(
            logits.float(), labels, class_weights, reduction="none", label_smoothing=self.weights.label_smoothing
        )
        weights = pairs.weights.to(flat.device)
        return (weights * losses).sum() / (weights * class_weights[labels]).sum()
