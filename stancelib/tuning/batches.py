"""Passages to tensors: batches by token budget, and the index arrays that the losses gather with."""

from __future__ import annotations

import random
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from stancelib.attribution import WordSpan
from stancelib.encoding import Batch, Ints, TextEncoder
from stancelib.links import distance_buckets
from stancelib.modeling import LINKS, ROLES
from stancelib.pairs import PairIndex, index_pairs
from stancelib.tuning.renaming import exchange_names
from stancelib.tuning.targets import IGNORED, Passage

_MASKS = ("[MASK]", "<mask>")
_LONGEST_NAME = 6  # words; a longer holder is a description, which says more than who it is


@dataclass(frozen=True)
class LinkTargets:
    """One window's spans for one link head: first and last words as rows of the flat states, and the answer.

    queries [N, 2], keys [M, 2], distances [N, M]; answers [N] in 0..M, 0 for none.
    """

    queries: Tensor
    keys: Tensor
    distances: Tensor
    answers: Tensor


@dataclass(frozen=True)
class PairTargets:
    """Pairs of one task over the flat states, with their labels [P] and what these count [P]."""

    index: PairIndex
    labels: Tensor
    weights: Tensor


@dataclass(frozen=True)
class TrainBatch:
    """Everything one optimiser step needs. ``tags`` is [B, W, roles], ``names`` [B, W]."""

    inputs: Batch
    tags: Tensor
    names: Tensor
    links: dict[tuple[str, str], list[LinkTargets]]
    pairs: dict[str, PairTargets]


def group_by_budget(passages: Sequence[Passage], tokens: int, seed: int) -> list[list[Passage]]:
    """Group passages of like length into batches of at most ``tokens`` padded tokens, in random order.

    A little noise on the lengths mixes the corpora anew every time and keeps padding small. Special tokens come
    on top.
    """
    rng = random.Random(seed)
    order = list(passages)
    rng.shuffle(order)
    order.sort(key=lambda p: p.length * rng.uniform(0.85, 1.15))
    batches: list[list[Passage]] = [[]]
    longest = 0
    for passage in order:
        longest = max(longest, passage.length)
        if batches[-1] and longest * (len(batches[-1]) + 1) > tokens:
            batches.append([])
            longest = passage.length
        batches[-1].append(passage)
    rng.shuffle(batches)
    return [b for b in batches if b]


def build_batch(
    passages: Sequence[Passage],
    encoder: TextEncoder,
    *,
    missing: float = 0.0,
    masked: float = 0.0,
    renamed: float = 0.0,
) -> TrainBatch:
    """Tensors of a group of passages.

    ``missing`` is the share of cues and sources that are hidden from the link heads, whose answer is then none: in
    use, the tagger overlooks some, and a content should not go to the next best. ``masked`` is the share of
    holders and targets of stances whose tokens are masked: an attitude should show in what is said, not in a name.
    ``renamed`` is the share of their names that are exchanged for others, all over the passage.
    """
    inputs = encoder.collate([(p.example.encoded, p.window) for p in passages])
    exchange_names(inputs.input_ids, passages, encoder, renamed)
    for row, passage in enumerate(passages):
        _mask_names(inputs.input_ids[row], passage, encoder, masked)
    width = inputs.word_tokens.shape[1]
    tags = np.full((len(passages), width, len(ROLES)), IGNORED)
    names = np.full((len(passages), width), IGNORED)
    for i, p in enumerate(passages):
        first, stop = p.window.words
        tags[i, : stop - first] = p.example.tags[first:stop]
        names[i, : stop - first] = p.example.names[first:stop]
    hidden = {k.key for p in passages for k in p.links if k.key is not None and random.random() < missing}
    links = {head: _links(passages, head, width, hidden) for head in LINKS}
    pairs = {task: _pairs(passages, task, width) for task in ("stance", "sentiment")}
    found = {task: p for task, p in pairs.items() if p is not None}
    return TrainBatch(inputs, torch.from_numpy(tags), torch.from_numpy(names), links, found)


def _mask_names(ids: Ints, passage: Passage, encoder: TextEncoder, share: float) -> None:
    if not share:
        return
    mask = next(filter(None, map(encoder.tokenizer.token_to_id, _MASKS)), None)
    if mask is None:
        raise ValueError(f"the tokenizer has no mask token ({', '.join(_MASKS)}): set masked = 0 in the recipe")
    shift = len(encoder.config.prefix_ids) - passage.window.tokens[0]
    triples = (pair.triple for pair in passage.pairs if pair.task == "stance")
    spans = {part for triple in triples for part in (triple.holder, triple.target)}
    for part in sorted(spans):
        if random.random() < share:
            for words in part:
                first, stop = np.searchsorted(passage.example.encoded.token_words, words) + shift
                if words[1] - words[0] <= _LONGEST_NAME:
                    ids[first:stop] = mask


def _links(
    passages: Sequence[Passage], head: tuple[str, str], width: int, hidden: Set[WordSpan]
) -> list[LinkTargets]:
    result = []
    for i, passage in enumerate(passages):
        links = [k for k in passage.links if k.head == head]
        if not links:
            continue
        candidates = sorted({k.key for k in passage.links if k.head[1] == head[1] and k.key} - hidden)
        queries = np.array([k.query for k in links])
        keys = np.array(candidates, np.int64).reshape(-1, 2)
        answers = [1 + candidates.index(k.key) if k.key in candidates else 0 for k in links]
        shift = i * width - passage.window.words[0]
        result.append(
            LinkTargets(
                torch.from_numpy(queries + shift - [0, 1]),
                torch.from_numpy(keys + shift - [0, 1]),
                torch.from_numpy(distance_buckets(queries, keys)),
                torch.tensor(answers),
            )
        )
    return result


def _pairs(passages: Sequence[Passage], task: str, width: int) -> PairTargets | None:
    found = [
        (pair, i * width - p.window.words[0], p.window.words)
        for i, p in enumerate(passages)
        for pair in p.pairs
        if pair.task == task
    ]
    if not found:
        return None
    index = index_pairs([(pair.triple, shift, words) for pair, shift, words in found])
    labels, weights = zip(*((pair.label, pair.weight) for pair, *_ in found), strict=True)
    return PairTargets(index, torch.tensor(labels), torch.tensor(weights))
