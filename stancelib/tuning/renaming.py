"""Other names for holders and targets in training, so that no stance is learnt from who is named.

Counterfactual data augmentation (Lu et al. 2020) within a batch: a name is exchanged, wherever it stands in the
passage, for another of as many tokens that has a part in another passage.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from stancelib.encoding import Ints, TextEncoder
from stancelib.tuning.targets import Passage
from stancelib.words import word_set

_NO_NAMES = word_set(
    "A An And Her His He I It Its My Our She That The Their These They This Those We Who You Your"
)

Name = tuple[str, ...]  # its words
Tokens = tuple[int, ...]


def exchange_names(ids: Ints, passages: Sequence[Passage], encoder: TextEncoder, share: float) -> None:
    """Exchange that share of the names in ``ids`` [passages, tokens], in place. Words that are no names stay."""
    if not share:
        return
    names = [_names(passage) for passage in passages]
    pool: dict[int, dict[Name, Tokens]] = defaultdict(dict)
    for found in names:
        for name, tokens in found.items():
            pool[len(tokens)][name] = tokens
    for row, passage, found in zip(ids, passages, names, strict=True):
        shift = len(encoder.config.prefix_ids) - passage.window.tokens[0]
        taken = set(found)  # no two actors of a passage may get one name
        for name, tokens in sorted(found.items()):
            others = sorted(pool[len(tokens)].keys() - taken)
            if others and random.random() < share:
                other = random.choice(others)
                taken.add(other)
                for first in _places(passage, name, tokens):
                    row[first + shift : first + shift + len(tokens)] = pool[len(tokens)][other]


def _names(passage: Passage) -> Mapping[Name, Tokens]:
    """What the holders and targets of stances are called, where each word looks like a name's."""
    triples = (pair.triple for pair in passage.pairs if pair.task == "stance")
    mentions = {span for triple in triples for part in (triple.holder, triple.target) for span in part}
    spelled = ((_words(passage, *span), _tokens(passage, *span)) for span in sorted(mentions))
    return {name: tokens for name, tokens in spelled if all(w[0].isupper() and w not in _NO_NAMES for w in name)}


def _places(passage: Passage, name: Name, tokens: Tokens) -> list[int]:
    """The first token of each place where the name stands whole in the passage, in the same spelling."""
    first, stop = passage.window.words
    words = _words(passage, first, stop)
    starts = (first + i for i in range(len(words) - len(name) + 1) if words[i : i + len(name)] == name)
    spelled_alike = (start for start in starts if _tokens(passage, start, start + len(name)) == tokens)
    places = (int(passage.example.encoded.word_tokens[start]) for start in spelled_alike)
    return [place for place in places if place + len(tokens) <= passage.window.tokens[1]]


def _words(passage: Passage, first: int, stop: int) -> Name:
    words = passage.example.encoded.words
    spans = zip(words.starts[first:stop], words.ends[first:stop], strict=True)
    return tuple(words.text[a:b] for a, b in spans)


def _tokens(passage: Passage, first: int, stop: int) -> Tokens:
    encoded = passage.example.encoded
    a, b = np.searchsorted(encoded.token_words, (first, stop))
    return tuple(encoded.token_ids[a:b].tolist())
