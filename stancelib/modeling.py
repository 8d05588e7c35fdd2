"""The joint model: one encoder, and the heads that read its word states.

B windows, T tokens, W words, H hidden width; N spans; R rows of word states; P pairs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from stancelib.config import ModelConfig
from stancelib.encoding import QUOTED, SHAPES, STARTS
from stancelib.name_kinds import NAME_KINDS
from stancelib.pairs import PairIndex, Rows

ROLES = ("source", "cue", "content")  # spans of an attribution (Newell et al. 2018)
OUTSIDE, BEGIN, INSIDE = range(3)
LINKS = (("content", "cue"), ("content", "source"), ("cue", "source"))
DISTANCE_BUCKETS = 32
HEADS, HEAD_SIZE = 4, 32  # of the attention by which a stance is read


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
        q, k, nobody = self.project(queries, keys)
        return torch.cat([nobody[:, None], q @ k.T + self.distance(distances).squeeze(-1)], dim=1)

    def project(self, queries: Tensor, keys: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Vectors [N, D] and [M, D], whose products are scores without distance, and the scores of none [N]."""
        q = self.query(queries) / self.nobody.shape[0] ** 0.5
        return q, self.key(keys), q @ self.nobody


class StanceHead(nn.Module):
    """Stance of a holder toward a target, in a content where there is one.

    Each pair looks for what decides it among the words of its scope (a context of its own as in ATLOP, Zhou et al.
    2021, here by attention with a query from the three spans): a mean over a span cannot tell whose the harm is. A
    span that is not there (no holder, or two bare spans in a sentence) is a learnt vector. Bare spans in sentences
    about acts are judged by the same weights as statements plus a difference, which is zero until it is trained:
    one head for both learnt from either at the cost of the other.
    """

    def __init__(self, hidden: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.no_holder = nn.Parameter(torch.zeros(hidden))
        self.no_content = nn.Parameter(torch.zeros(hidden))
        self.query = nn.Linear(3 * hidden, HEADS * HEAD_SIZE)
        self.key = nn.Linear(hidden, HEADS * HEAD_SIZE, bias=False)
        self.value = nn.Linear(hidden, HEADS * HEAD_SIZE, bias=False)
        self.mix = nn.Linear(5 * hidden + HEADS * HEAD_SIZE, hidden)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(hidden, labels)
        self.bare_query = zeros(3 * hidden, HEADS * HEAD_SIZE)
        self.bare_out = zeros(hidden, labels)

    def forward(self, states: Tensor, pairs: PairIndex) -> Tensor:
        """States [R, H] of words, and which of them each pair is read from → logits [P, labels]."""
        count = len(pairs.has)
        has_holder, has_content = torch.from_numpy(pairs.has).to(states.device).split(1, dim=1)
        holder = torch.where(has_holder, pool(states, pairs.holder, count), self.no_holder)
        content = torch.where(has_content, pool(states, pairs.content, count), self.no_content)
        target = pool(states, pairs.target, count)
        spans = torch.cat([holder, content, target], dim=-1)
        query = self.query(spans) + ~has_content * self.bare_query(spans)
        read = self._read(query, states, pairs.scope)
        features = [holder, content, target, holder * target, content * target, read]
        mixed = nn.functional.gelu(self.mix(self.dropout(torch.cat(features, dim=-1))))
        mixed = self.dropout(mixed)
        logits: Tensor = self.out(mixed) + ~has_content * self.bare_out(mixed)
        return logits

    def _read(self, queries: Tensor, states: Tensor, scope: Rows) -> Tensor:
        """What the query of each pair [P, heads x size] attends to in its scope → [P, heads x size]."""
        rows, owner = (torch.from_numpy(x).to(states.device) for x in scope)
        query = queries.unflatten(-1, (HEADS, HEAD_SIZE))
        keys = self.key(states).unflatten(-1, (HEADS, HEAD_SIZE))
        values = self.value(states).unflatten(-1, (HEADS, HEAD_SIZE))
        scores = (query[owner] * keys[rows]).sum(-1).float() / HEAD_SIZE**0.5
        lowest = scores.new_full((len(queries), HEADS), -torch.inf)
        highest = lowest.scatter_reduce(0, owner[:, None].expand_as(scores), scores.detach(), "amax")
        weights = (scores - highest[owner]).exp()
        total = weights.new_zeros(len(queries), HEADS).index_add(0, owner, weights)
        seen = (weights / total[owner])[..., None] * values[rows].float()
        read = seen.new_zeros(len(queries), HEADS, HEAD_SIZE).index_add(0, owner, seen)
        flat: Tensor = read.flatten(1).to(queries.dtype)
        return flat


class StanceModel(nn.Module):
    """Encoder, span tags, links, kinds of names, stance and sentiment."""

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
        self.names = zeros(hidden, len(NAME_KINDS))  # untrained, it says nothing of any word
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


def zeros(inputs: int, outputs: int) -> nn.Linear:
    """A linear layer that adds nothing until it is trained."""
    layer = nn.Linear(inputs, outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def pool(states: Tensor, rows: Rows, count: int) -> Tensor:
    """Mean of the rows of ``states`` [R, H] that belong to each of ``count`` pairs; zeros for a pair of none."""
    index, owner = (torch.from_numpy(x).to(states.device) for x in rows)
    sums = states.new_zeros(count, states.shape[1], dtype=torch.float32)
    sums = sums.index_add(0, owner, states[index].float())
    sizes = torch.bincount(owner, minlength=count).clamp(min=1)
    return (sums / sizes[:, None]).to(states.dtype)


def link_name(query: str, key: str) -> str:
    """Name of the head that links a span of role ``query`` to one of role ``key``."""
    return f"{query}_{key}"


def encoder_config(config: ModelConfig) -> Any:
    """The Hugging Face configuration object of the backbone."""
    return AutoConfig.for_model(**config.encoder)
