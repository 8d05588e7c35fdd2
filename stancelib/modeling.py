"""The joint model: one encoder, and the heads that read its word states.

B windows, T tokens, W words, H hidden width; N spans; P pairs; K words of all spans that are pooled.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from stancelib.config import ModelConfig
from stancelib.encoding import QUOTED, SHAPES, STARTS

ROLES = ("source", "cue", "content")  # spans of an attribution (Newell et al. 2018)
OUTSIDE, BEGIN, INSIDE = range(3)
LINKS = (("content", "cue"), ("content", "source"), ("cue", "source"))
DISTANCE_BUCKETS = 32


class LinkHead(nn.Module):
    """How well a span goes with each candidate: scaled dot product of the two spans, plus a bias by distance."""

    def __init__(self, hidden: int, size: int) -> None:
        super().__init__()
        self.query = nn.Linear(2 * hidden, size)
        self.key = nn.Linear(2 * hidden, size)
        self.nobody = nn.Parameter(torch.zeros(size))
        self.distance = nn.Embedding(DISTANCE_BUCKETS, 1)
        nn.init.zeros_(self.distance.weight)

    def forward(self, queries: Tensor, keys: Tensor, distances: Tensor) -> Tensor:
        """Queries [N, 2H], keys [M, 2H], distance buckets [N, M] → scores [N, 1 + M], column 0 for no link."""
        q = self.query(queries)
        scores = q @ self.key(keys).T / q.shape[-1] ** 0.5 + self.distance(distances).squeeze(-1)
        nobody = q @ self.nobody[:, None] / q.shape[-1] ** 0.5
        return torch.cat([nobody, scores], dim=1)


class StanceHead(nn.Module):
    """Stance of a holder toward a target, in a content where there is one.

    A pooled span that is not there (no holder, or two bare spans in a sentence) is a learnt vector instead, which
    also tells apart statements from sentences that are about acts.
    """

    def __init__(self, hidden: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.no_holder = nn.Parameter(torch.zeros(hidden))
        self.no_content = nn.Parameter(torch.zeros(hidden))
        self.mix = nn.Linear(5 * hidden, hidden)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(hidden, labels)

    def forward(self, holder: Tensor, content: Tensor, target: Tensor, has: Tensor) -> Tensor:
        """Pooled states [P, H] each, ``has`` [P, 2] (holder, content present) → logits [P, labels]."""
        holder = torch.where(has[:, :1], holder, self.no_holder)
        content = torch.where(has[:, 1:], content, self.no_content)
        features = [holder, content, target, holder * target, content * target]
        mixed = nn.functional.gelu(self.mix(self.dropout(torch.cat(features, dim=-1))))
        logits: Tensor = self.out(self.dropout(mixed))
        return logits


class StanceModel(nn.Module):
    """Encoder, span tags, links, stance and sentiment."""

    def __init__(self, config: ModelConfig, *, encoder: nn.Module | None = None) -> None:
        """Build the model around ``encoder``, by default a backbone with fresh weights."""
        super().__init__()
        self.config = config
        self.encoder = encoder if encoder is not None else AutoModel.from_config(encoder_config(config))
        if getattr(self.encoder, "pooler", None) is not None:
            self.encoder.pooler = None  # nothing reads it
        hidden = config.hidden_size
        dropout = float(config.encoder.get("hidden_dropout_prob", 0.1))
        self.shape = nn.Embedding(SHAPES, hidden)
        self.quoted = nn.Embedding(QUOTED, hidden)
        self.paragraph = nn.Embedding(STARTS, hidden)
        for table in (self.shape, self.quoted, self.paragraph):
            nn.init.zeros_(table.weight)  # start from the encoder as it was trained
        self.dropout = nn.Dropout(dropout)
        self.tags = nn.Linear(hidden, len(ROLES) * 3)
        self.links = nn.ModuleDict({link_name(a, b): LinkHead(hidden, config.link_size) for a, b in LINKS})
        self.stance = StanceHead(hidden, len(config.stance_labels), dropout)
        self.sentiment = nn.Sequential(
            self.dropout,
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, len(config.sentiment_labels)),
        )

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, surface: Tensor, word_tokens: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Token ids and mask [B, T], surface [B, T, 3], word_tokens [B, W] → states [B, W, H], tags [B, W, 3, 3].

        Tags are logits by role (source, cue, content) and by outside, begin, inside.
        """
        shape, quoted, paragraph = surface.unbind(-1)
        inputs = self.encoder.get_input_embeddings()(input_ids)  # type: ignore[operator]
        inputs = inputs + self.shape(shape) + self.quoted(quoted) + self.paragraph(paragraph)
        tokens = self.encoder(inputs_embeds=inputs, attention_mask=attention_mask).last_hidden_state
        states = tokens.gather(1, word_tokens[..., None].expand(-1, -1, tokens.shape[-1]))
        return states, self.tags(self.dropout(states)).unflatten(-1, (len(ROLES), 3))


def link_name(query: str, key: str) -> str:
    """Name of the head that links a span of role ``query`` to one of role ``key``."""
    return f"{query}_{key}"


def encoder_config(config: ModelConfig) -> Any:
    """The Hugging Face configuration object of the backbone."""
    return AutoConfig.for_model(**config.encoder)
