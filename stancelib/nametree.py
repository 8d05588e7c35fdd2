"""A tree of names, word by word, that finds the longest name at each word of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from stancelib.errors import InvalidInputError
from stancelib.words import Words

Meaning = TypeVar("Meaning")


@dataclass(slots=True)
class NameTree(Generic[Meaning]):
    """The next words, and what the words so far mean; a name without meanings only hides what it contains.

    ``full_stop`` says that the name can end in one that belongs to it ("U.S.").
    """

    next: dict[str, NameTree[Meaning]] = field(default_factory=dict)
    meanings: list[Meaning] = field(default_factory=list)
    is_name: bool = False
    full_stop: bool = False

    def add(self, name: str, meaning: Meaning | None) -> None:
        """Put ``name`` in as written, in capitals, and with a capital first letter; hyphens may be missing.

        Raises InvalidInputError for a name without letters or digits.
        """
        words = Words.of(name)
        if not words.keys:
            raise InvalidInputError(f"name {name!r} has no letters: give one that can be found in a text")
        for keys in _cases(words.keys):
            for gaps in _joints([words.gap(i) for i in range(len(keys) - 1)]):
                node = self._node(keys, gaps)
                node.is_name = True
                node.full_stop |= name.endswith(".")
                if meaning is not None and meaning not in node.meanings:
                    node.meanings.append(meaning)

    def _node(self, keys: Sequence[str], gaps: Sequence[str]) -> NameTree[Meaning]:
        node = self
        for gap, key in zip(("", *gaps), keys, strict=True):
            node = node.next.setdefault(gap + key, NameTree())
        return node


@dataclass(frozen=True, slots=True)
class Match(Generic[Meaning]):
    """Words ``first`` to ``last`` (excluded) of a text are a name with these meanings."""

    first: int
    last: int
    node: NameTree[Meaning]


def find_names(words: Words, tree: NameTree[Meaning], taken: bytearray) -> Iterator[Match[Meaning]]:
    """The longest name at each word, left to right, over no word that is ``taken``.

    A name of the tree may have middle initials in the text ("Donald J. Trump"). The work for a word is bounded by
    the depth of the tree, so that for a text is linear.
    """
    first = 0
    while first < len(words):
        last, node = (0, None) if taken[first] else _walk(words, tree.next.get(words.keys[first]), taken, first)
        if node:
            yield Match(first, last, node)
        first = max(last, first + 1)


def _walk(
    words: Words, node: NameTree[Meaning] | None, taken: bytearray, index: int
) -> tuple[int, NameTree[Meaning] | None]:
    """Where the longest name ends that goes through ``node`` at word ``index``, and its node."""
    if node is None:
        return 0, None
    best = (index + 1, node) if node.is_name else (0, None)
    gap, index = words.gap(index), index + 1
    if index >= len(words) or taken[index] or not node.next:
        return best
    longer = _walk(words, node.next.get(gap + words.keys[index]), taken, index)
    if longer[1] is None and _is_initial(words, index, gap) and not taken[index + 1]:
        longer = _walk(words, node.next.get(" " + words.keys[index + 1]), taken, index + 1)
    return longer if longer[1] else best


def _is_initial(words: Words, index: int, gap: str) -> bool:
    key = words.keys[index]
    return gap == " " and len(key) == 1 and key.isupper() and words.gap(index) == ". "


def _cases(keys: Sequence[str]) -> set[tuple[str, ...]]:
    first, *rest = keys
    return {(first, *rest), (first[:1].upper() + first[1:], *rest), tuple(key.upper() for key in keys)}


def _joints(gaps: Sequence[str]) -> set[tuple[str, ...]]:
    spaced = {"-": " ", ".": ". "}
    return {tuple(gaps), *(tuple(spaced[g] if g == mark else g for g in gaps) for mark in spaced)}
