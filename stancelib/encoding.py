"""From text to the integer arrays of the encoder: words, tokens, surface features, windows. No torch here.

Words are the unit of everything that follows; a word's state is that of its first token. The surface features tell
an encoder without case or line breaks what a reader sees: capitals, quotation marks, where paragraphs begin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from stancelib.config import ModelConfig
from stancelib.errors import InvalidInputError, InvalidTypeError
from stancelib.quotes import Quotation, paragraphs, quotations

Ints = NDArray[np.int64]

# Combining marks, variation selectors, joiners and zero-width characters belong to the character before them.
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u200b-\u200d\u2060\ufeff\u00ad"
# An abbreviation such as "U.S." is one word.
_WORD = re.compile(rf"(?:[A-Za-z]\.){{2,9}}(?!\w)|\w[\w{_MARKS}]{{0,63}}|[^\w\s][{_MARKS}]*")

SHAPES = 5  # neither case, lower, Title, UPPER, miXed
QUOTED = 5  # outside, opening mark, inside, closing mark, inside one that never closes
STARTS = 2  # 1 at the first word of a paragraph


@dataclass(frozen=True)
class Words:
    """The words of a text: character offsets, and what each looks like. All arrays have one entry a word.

    ``surface`` is [words, 3]: letter case, place in a quotation, first of its paragraph.
    """

    text: str
    starts: Ints
    ends: Ints
    surface: Ints
    quotations: tuple[Quotation, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """The words (first, last + 1) that the characters start:end touch; first == last + 1 for none."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        stop = int(np.searchsorted(self.starts, end, side="left"))
        return first, max(first, stop)

    def offsets(self, first: int, stop: int) -> tuple[int, int]:
        """Characters of the words first:stop."""
        return int(self.starts[first]), int(self.ends[stop - 1])


@dataclass(frozen=True, slots=True)
class Window:
    """A passage: tokens and words (first, stop) that it holds, and the words whose states are taken from it."""

    tokens: tuple[int, int]
    words: tuple[int, int]
    core: tuple[int, int]


@dataclass(frozen=True)
class Encoded:
    """A text as the encoder sees it. ``word_tokens`` is the first token of each word."""

    words: Words
    token_ids: Ints
    token_words: Ints
    word_tokens: Ints

    def windows(self, size: int, margin: int, *, first: int | None = None) -> list[Window]:
        """Passages of at most ``size`` tokens that share ``margin`` tokens at each side and cover every word.

        ``first`` shortens the first passage, so that training sees other borders every epoch.
        """
        total = len(self.token_ids)
        starts = [0]
        reach = min(size, first or size)
        while reach < total:
            starts.append(max(0, reach - 2 * margin))
            reach = starts[-1] + size
        stops = [min(total, (first or size) if i == 0 else a + size) for i, a in enumerate(starts)]
        edges = [0, *((a + b) // 2 for a, b in zip(starts[1:], stops[:-1], strict=True)), total]
        bounds = np.searchsorted(self.word_tokens, [starts, stops, edges[:-1], edges[1:]])
        return [
            Window((a, b), (int(wa), int(wb)), (int(ca), int(cb)))
            for a, b, wa, wb, ca, cb in zip(starts, stops, *bounds, strict=True)
        ]


@dataclass(frozen=True)
class Batch:
    """Padded windows: tokens [B, T], surface [B, T, 3], first tokens of words [B, W] (0 where padded)."""

    input_ids: Ints
    attention_mask: Ints
    surface: Ints
    word_tokens: Ints


def check_text(text: object) -> str:
    """``text`` itself if it can be read, else InvalidTypeError or InvalidInputError."""
    if not isinstance(text, str):
        hint = "; decode bytes first, e.g. data.decode('utf-8')" if isinstance(text, bytes | bytearray) else ""
        raise InvalidTypeError(f"text is {type(text).__name__}: a str is needed{hint}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"text holds a lone surrogate at character {error.start}: it was decoded wrongly; "
            "decode the file as UTF-8 with errors='replace'"
        ) from None
    return text


def split_words(text: str) -> Words:
    """Words and marks of ``text`` with their surface features; linear in its length."""
    matches = list(_WORD.finditer(text))
    starts = np.fromiter((m.start() for m in matches), np.int64, len(matches))
    ends = np.fromiter((m.end() for m in matches), np.int64, len(matches))
    quoted = tuple(quotations(text))
    surface = np.zeros((len(matches), 3), np.int64)
    surface[:, 0] = [_shape(m.group()) for m in matches]
    surface[:, 1] = _quote_states(starts, quoted)
    first_words = np.searchsorted(starts, [a for a, _ in paragraphs(text)])
    surface[first_words[first_words < len(matches)], 2] = 1
    return Words(text, starts, ends, surface, quoted)


def _shape(word: str) -> int:
    if word.islower():
        return 1
    if word.istitle():
        return 2
    if word.isupper():
        return 3
    return 4 if word[0].isalpha() else 0


def _quote_states(starts: Ints, quoted: Sequence[Quotation]) -> Ints:
    states = np.zeros(len(starts), np.int64)
    for q in quoted:
        outer = slice(*np.searchsorted(starts, [q.start, q.end]))
        states[outer] = np.where(starts[outer] < q.inner_start, 1, 2 if q.closed else 4)
        if q.closed:
            states[slice(*np.searchsorted(starts, [q.inner_end, q.end]))] = 3
    return states


class TextEncoder:
    """Turns texts into windows of token ids for one model."""

    def __init__(self, tokenizer: Tokenizer, config: ModelConfig) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.tokenizer = tokenizer
        self.config = config

    @property
    def capacity(self) -> int:
        """Tokens of text that fit into one window."""
        return self.config.window - len(self.config.prefix_ids) - len(self.config.suffix_ids)

    def encode(self, text: str) -> Encoded:
        """Words and tokens of a whole text."""
        words = split_words(text)
        tokens = self.tokenizer.encode(text, add_special_tokens=False)
        offsets = np.asarray(tokens.offsets, np.int64).reshape(-1, 2)
        token_words = np.searchsorted(words.starts, offsets[:, 0], side="right") - 1
        word_tokens = np.searchsorted(offsets[:, 1], words.starts, side="right")
        last = max(0, len(tokens.ids) - 1)
        return Encoded(
            words, np.asarray(tokens.ids, np.int64), np.maximum(token_words, 0), np.minimum(word_tokens, last)
        )

    def windows(self, encoded: Encoded) -> list[Window]:
        """The overlapping passages in which the encoder reads a text."""
        return encoded.windows(self.capacity, self.config.margin) if len(encoded.token_ids) else []

    def collate(self, items: Sequence[tuple[Encoded, Window]]) -> Batch:
        """Pad windows, of any texts, to one batch."""
        prefix, suffix = self.config.prefix_ids, self.config.suffix_ids
        lengths = [w.tokens[1] - w.tokens[0] + len(prefix) + len(suffix) for _, w in items]
        shape = len(items), max(lengths)
        input_ids = np.full(shape, self.config.pad_id, np.int64)
        mask = np.zeros(shape, np.int64)
        surface = np.zeros((*shape, 3), np.int64)
        word_tokens = np.zeros((len(items), max(w.words[1] - w.words[0] for _, w in items)), np.int64)
        for i, (encoded, window) in enumerate(items):
            a, b = window.tokens
            body = slice(len(prefix), len(prefix) + b - a)
            input_ids[i, : lengths[i]] = (*prefix, *encoded.token_ids[a:b], *suffix)
            mask[i, : lengths[i]] = 1
            surface[i, body] = encoded.words.surface[encoded.token_words[a:b]]
            first_tokens = encoded.word_tokens[slice(*window.words)]
            word_tokens[i, : len(first_tokens)] = first_tokens - a + len(prefix)
        return Batch(input_ids, mask, surface, word_tokens)
