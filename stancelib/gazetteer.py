"""Known political actors: one table of names, and a matcher that finds them in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import cast

from stancelib.errors import InvalidInputError, InvalidTypeError
from stancelib.places import goes_on, has_title, is_place, is_somebody, shouts
from stancelib.types import Actor, ActorKind, Span
from stancelib.words import Words

COLUMNS = ("id", "name", "kind", "country", "names", "demonyms", "seats", "cautious")
LISTS = COLUMNS[4:]
# States whose name is a first name or surname too.
_SOMEBODY = frozenset({"Jordan", "Chad", "Georgia", "Sofia", "Paris", "Santiago", "Wellington", "Lima"})
# Acronyms that are words in a line of capitals.
_WORDS_IN_CAPITALS = frozenset({"US", "WHO", "IS", "SEC", "ICE", "PA", "LET"})
# Neighbours of the U.S. state: beside them, and with nothing else Georgian in the text, "Georgia" is not the country.
_AMERICAN_SOUTH = frozenset({"Atlanta", "Ga", "Florida", "Alabama", "Carolina", "Tennessee", "Savannah", "Virginia"})
_GEORGIAN = frozenset({"Georgian", "Georgians", "Tbilisi", "Abkhazia", "Ossetia"})


@dataclass(frozen=True, slots=True)
class ActorMention:
    """A name of a known actor in a text; ``place`` where it only says where something is or goes."""

    actor: Actor
    span: Span
    place: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """One actor that a name can mean (None: nobody), and by which column of the table."""

    actor: Actor | None
    kind: str


@dataclass(slots=True)
class _Node:
    """A step in the tree of names: the words that can follow, and what the words so far mean."""

    next: dict[str, _Node] = field(default_factory=dict)
    readings: list[_Reading] = field(default_factory=list)
    full_stop: bool = False


@dataclass(frozen=True, slots=True)
class _Match:
    """Words ``first`` to ``last`` (excluded) of a text are a name."""

    first: int
    last: int
    node: _Node


def read_table(text: str) -> list[dict[str, str]]:
    """The rows of a table of actors: tabs between the columns, one row a line, the names of the columns first."""
    head, *lines = text.splitlines()
    if tuple(head.split("\t")) != COLUMNS:
        raise InvalidInputError(f"first line of the table is {head!r}: expected {' '.join(COLUMNS)}, with tabs between")
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]


def slug(name: str) -> str:
    """A stable id from a name: "Recep Tayyip Erdoğan" is ``recep-tayyip-erdogan``."""
    return "-".join(word.lower() for word in Words.of(name).keys) or name


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The table that comes with the package, read once."""
    return Gazetteer(read_table(files("stancelib").joinpath("data/actors.tsv").read_text(encoding="utf-8")))


class Gazetteer:
    """Finds the actors of a table by their names, demonyms and seats of government.

    A user's own actors (``with_custom``) come first wherever their names overlap with those of the table.
    """

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._names = _Node()
        self._own_names = _Node()
        self._own_actors: dict[str, Actor] = {}
        self._index: dict[str, list[_Reading]] = {}
        for row in rows:
            self._add_row(row)

    def lookup(self, name: str) -> Actor | None:
        """The actor of that name or id, whatever its case and accents, with or without middle initials."""
        words = list(Words.of(name).keys)
        words = words[1:] if words[:1] in (["the"], ["The"]) else words
        without_initials = words[:1] + [w for w in words[1:-1] if len(w) > 1] + words[1:][-1:]
        readings = self._index.get(_index_key(words)) or self._index.get(_index_key(without_initials)) or []
        sure = [r for r in readings if r.kind != "cautious"]
        return next((self._known(r.actor) for r in sure + readings if r.actor), None)

    def with_custom(self, actors: Mapping[Actor, Sequence[str]]) -> Gazetteer:
        """This gazetteer with the user's own actors and names on top; an actor of a known id takes its place.

        The user's names always mean the actor, never just a place. Raises InvalidInputError for a name without letters.
        """
        copy = Gazetteer(())
        copy._names, copy._index = self._names, self._index
        copy._own_actors = {actor.id: actor for actor in actors}
        for actor, names in actors.items():
            for name in names:
                _add(copy._own_names, name, _Reading(actor, "own"))
        return copy

    def find(self, text: str) -> list[ActorMention]:
        """Every mention of a known actor, in order; the longest name wins, none overlaps another.

        A name that several actors share means those that the text names in full, else the likelier one.
        Raises InvalidTypeError if ``text`` is no string.
        """
        if not isinstance(text, str):
            raise InvalidTypeError(f"text is {type(text).__name__}: give a str")
        words = Words.of(text)
        taken = bytearray(len(words))
        own = list(_matches(words, self._own_names, taken))
        for match in own:
            taken[match.first : match.last] = b"\1" * (match.last - match.first)
        known = list(_matches(words, self._names, taken))
        return list(self._mentions(words, sorted(own + known, key=lambda m: m.first)))

    def _mentions(self, words: Words, matches: Sequence[_Match]) -> Iterator[ActorMention]:
        read = _read_all(words, matches)
        place_before = False
        for number, (match, reading) in enumerate(read):
            before, after = (read[n] if 0 <= n < len(read) else None for n in (number - 1, number + 1))
            place_before = _is_place(words, match, reading, before, after, place_before=place_before)
            end = words.ends[match.last - 1]
            end += match.node.full_stop and words.text[end : end + 1] == "."
            span = Span.of(words.text, words.starts[match.first], end)
            yield ActorMention(self._known(reading.actor), span, place_before)

    def _known(self, actor: Actor) -> Actor:
        return self._own_actors.get(actor.id, actor)

    def _add_row(self, row: Mapping[str, str]) -> None:
        actor = None
        if row["kind"] != "none":
            actor = Actor(row["id"], row["name"], cast(ActorKind, row["kind"]), row["country"] or None)
            self._index.setdefault(_index_key(Words.of(row["id"]).keys), []).append(_Reading(actor, "name"))
        columns = {"name": [row["name"], *row["names"].split("|")]}
        columns |= {column[:-1]: row[column].split("|") for column in ("demonyms", "seats")}
        columns["cautious"] = row["cautious"].split("|")
        for kind, names in columns.items():
            for name in dict.fromkeys(filter(None, names)):
                reading = _Reading(actor, kind)
                _add(self._names, name, reading)
                self._index.setdefault(_index_key(Words.of(name).keys), []).append(reading)


def _add(root: _Node, name: str, reading: _Reading) -> None:
    """Put ``name`` into the tree as written, in capitals, and with a capital first letter."""
    if not Words.of(name).keys:
        raise InvalidInputError(f"name {name!r} of {reading.actor and reading.actor.name!r} has no letters: give one")
    spellings = {name, name.upper(), name[:1].upper() + name[1:]}
    spellings |= {s.replace("-", " ") for s in spellings} | {s.replace(".", ". ") for s in spellings if "." in s}
    for spelling in spellings:
        words = Words.of(spelling.strip())
        node = root
        for index, key in enumerate(words.keys):
            node = node.next.setdefault(words.gap(index - 1) + key if index else key, _Node())
        node.full_stop |= spelling.strip().endswith(".")
        if not any(r.actor == reading.actor for r in node.readings):
            node.readings.append(reading)


def _matches(words: Words, root: _Node, taken: bytearray) -> Iterator[_Match]:
    """The longest name at each word, left to right, over no word that is taken."""
    first = 0
    while first < len(words):
        match = None if taken[first] else _longest(words, root, taken, first)
        if match:
            yield match
        first = match.last if match else first + 1


def _longest(words: Words, root: _Node, taken: bytearray, first: int) -> _Match | None:
    last, node = _walk(words, root.next.get(words.keys[first]), taken, first)
    return _Match(first, last, node) if node else None


def _walk(words: Words, node: _Node | None, taken: bytearray, index: int) -> tuple[int, _Node | None]:
    """Where the longest name ends that goes through ``node`` at word ``index``; middle initials may be left out."""
    if node is None:
        return 0, None
    gap, following = words.gap(index), index + 1
    best = (following, node) if node.readings else (0, None)
    if following >= len(words) or taken[following]:
        return best
    longer = _walk(words, node.next.get(gap + words.keys[following]), taken, following)
    if longer[1] is None and _is_initial(words, following, gap) and not taken[following + 1]:
        longer = _walk(words, node.next.get(" " + words.keys[following + 1]), taken, following + 1)
    return longer if longer[1] else best


def _is_initial(words: Words, index: int, gap: str) -> bool:
    """A middle initial ("J." in Donald J. Trump)."""
    return gap == " " and len(words.keys[index]) == 1 and words.keys[index].isupper() and words.gap(index) == ". "


def _only(readings: Sequence[_Reading]) -> _Reading | None:
    """The one certain reading of a name, if it has one."""
    return readings[0] if len(readings) == 1 and readings[0].kind != "cautious" else None


def _read_all(words: Words, matches: Sequence[_Match]) -> list[tuple[_Match, _Reading]]:
    """The matches that mean an actor in this text, with what each means."""
    named = {reading.actor.id for m in matches if (reading := _only(m.node.readings)) and reading.actor}
    vocabulary = frozenset(words.keys)
    if not vocabulary.isdisjoint(_AMERICAN_SOUTH) and vocabulary.isdisjoint(_GEORGIAN):
        matches = [m for m in matches if words.keys[m.first : m.last] != ("Georgia",)]
    return [(m, reading) for m in matches if (reading := _read(words, m, named))]


def _read(words: Words, match: _Match, named: set[str]) -> _Reading | None:
    """Which of the readings of a name holds in this text, or None."""
    readings = match.node.readings
    if any(r.actor is None for r in readings) or _is_false_friend(words, match):
        return None
    sure = [r for r in readings if r.kind != "cautious"]
    pool = [r for r in readings if r.actor and r.actor.id in named] or sure
    if not pool and has_title(words, match.first):
        pool = readings
    return next((r for r in pool if r in sure), pool[0] if pool else None)


def _is_false_friend(words: Words, match: _Match) -> bool:
    """ "TRUST US", "Chad Smith"."""
    key = words.keys[match.first] if match.last - match.first == 1 else ""
    if key in _WORDS_IN_CAPITALS:
        return shouts(words, match.first, match.last)
    return key in _SOMEBODY and is_somebody(words, match.first, match.last)


def _is_place(
    words: Words,
    match: _Match,
    reading: _Reading,
    before: tuple[_Match, _Reading] | None,
    after: tuple[_Match, _Reading] | None,
    *,
    place_before: bool,
) -> bool:
    """Is this mention of a state only a place? ``before`` and ``after`` are its neighbours in the text."""
    if reading.kind not in ("name", "demonym", "seat") or reading.actor.kind != "country" and reading.actor.id != "EU":
        return False


def _index_key(words: Iterable[str]) -> str:
    return " ".join(words).casefold()
