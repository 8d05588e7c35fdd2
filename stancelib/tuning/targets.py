"""From annotated texts to what the model is trained on: words' tags, links and pairs of each window.

Whatever cannot be used is counted with its reason, never lost in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stancelib.attribution import WordSpan
from stancelib.config import ModelConfig
from stancelib.encoding import Encoded, Ints, TextEncoder, Window
from stancelib.modeling import BEGIN, INSIDE, LINKS, OUTSIDE, ROLES
from stancelib.name_kinds import NAME_KINDS
from stancelib.pairs import Triple
from stancelib.spans import trim, trim_content

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Link:
    """Within one head: a span, and the span it belongs to (None: to none)."""

    head: tuple[str, str]
    query: WordSpan
    key: WordSpan | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A triple with its label, an index into those of ``task`` (stance or sentiment).

    ``weight`` is what the label counts in the loss; several labels of one triple are a soft one.
    """

    task: str
    triple: Triple
    label: int
    weight: float


@dataclass(frozen=True)
class Example:
    """A text with its targets in words.

    ``tags`` is [words, roles] and ``names`` [words], an index into NAME_KINDS; IGNORED where nobody annotated.
    """

    encoded: Encoded
    tags: Ints
    names: Ints
    links: tuple[Link, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Passage:
    """One window of an example, with the targets that lie wholly in it."""

    example: Example
    window: Window
    links: tuple[Link, ...]
    pairs: tuple[Pair, ...]

    @property
    def length(self) -> int:
        """Tokens."""
        return self.window.tokens[1] - self.window.tokens[0]


def build_example(row: Mapping[str, Any], encoder: TextEncoder, left_out: Counter[str]) -> Example:
    """The targets of one row of a corpus (see training/corpora/schema.py)."""
    encoded = encoder.encode(row["text"])
    tags = np.full((len(encoded.words), len(ROLES)), OUTSIDE if row["annotated"] else IGNORED)
    links: list[Link] = []
    if row["annotated"]:
        statements = [_word_spans(s, encoded) for s in row["statements"]]
        for i, role in enumerate(ROLES):
            _tag(tags[:, i], [span for s in statements for span in s[role]], role, left_out)
        links = [link for s in statements for link in _links(s)]
    pairs = [_pair(p, encoded, encoder.config, left_out) for p in row["pairs"]]
    names = _names(row.get("names", ()), encoded)
    return Example(encoded, tags, names, tuple(dict.fromkeys(links)), tuple(p for p in pairs if p))


def passages(
    example: Example, encoder: TextEncoder, *, first: int | None, left_out: Counter[str]
) -> list[Passage]:
    """Cut an example into windows; links and pairs that a border cuts are left out of this round."""
    result = []
    for window in example.encoded.windows(encoder.capacity, 0, first=first):
        links = [k for k in example.links if _inside(window, (k.query,))]
        whole = [k for k in links if k.key is None or _inside(window, (k.key,))]
        pairs = [p for p in example.pairs if _inside(window, p.triple.spans)]
        result.append(Passage(example, window, tuple(whole), tuple(pairs)))
    left_out["link cut by a window"] += len(example.links) - sum(len(p.links) for p in result)
    left_out["pair cut by a window"] += len(example.pairs) - sum(len(p.pairs) for p in result)
    return [p for p in result if p.pairs or _is_annotated(p)]


def _is_annotated(passage: Passage) -> bool:
    words = slice(*passage.window.words)
    example = passage.example
    return bool((example.tags[words] != IGNORED).any() or (example.names[words] != IGNORED).any())


def _inside(window: Window, spans: Iterable[WordSpan]) -> bool:
    first, stop = window.words
    return all(first <= a and b <= stop for a, b in spans)


def _word_spans(statement: Mapping[str, Any], encoded: Encoded) -> dict[str, list[WordSpan]]:
    result: dict[str, list[WordSpan]] = {}
    for role in ROLES:
        cut = trim_content if role == "content" else trim
        spans = [_to_words(encoded, *cut(encoded.words.text, a, b)) for a, b in statement[role]]
        result[role] = [s for s in spans if s[0] < s[1]]
    return result


def _to_words(encoded: Encoded, start: int, end: int) -> WordSpan:
    return encoded.words.covering(start, end) if start < end else (0, 0)


def _names(names: Iterable[Mapping[str, Any]], encoded: Encoded) -> Ints:
    """Kinds by word. A later entry overrules an earlier one, so that a whole text can be "other" to begin with."""
    kinds = np.full(len(encoded.words), IGNORED)
    for name in names:
        words = slice(*encoded.words.covering(name["start"], name["end"]))
        kinds[words] = NAME_KINDS.index(name["kind"]) if name["kind"] else IGNORED
    return kinds


def _tag(tags: Ints, spans: Sequence[WordSpan], role: str, left_out: Counter[str]) -> None:
    """Write BIO tags; where two spans of a role overlap, the one that begins first (or is longer) stays."""
    reached = 0
    for a, b in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        if a < reached:
            left_out[f"{role} overlaps another"] += 1
            continue
        tags[a] = BEGIN
        tags[a + 1 : b] = INSIDE
        reached = b


def _links(statement: Mapping[str, Sequence[WordSpan]]) -> list[Link]:
    """Every piece of content to the statement's first cue and source, and the cue to its source."""
    found: list[Link] = []
    for query, key in LINKS:
        target = statement[key][0] if statement[key] else None
        found.extend(Link((query, key), span, target) for span in statement[query])
    return found


def _pair(row: Mapping[str, Any], encoded: Encoded, config: ModelConfig, left_out: Counter[str]) -> Pair | None:
    labels = config.stance_labels if row["task"] == "stance" else config.sentiment_labels
    spans = {}
    for part in ("holder", "content", "target"):
        words = [_to_words(encoded, *trim(encoded.words.text, a, b)) for a, b in row[part]]
        spans[part] = tuple(w for w in words if w[0] < w[1])
    if not spans["target"]:
        left_out["pair without words in its target"] += 1
        return None
    return Pair(row["task"], Triple(**spans), labels.index(row["label"]), row.get("weight", 1.0))
