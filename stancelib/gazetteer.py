"""Known political actors: one table of names, and a finder of their mentions in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import cast

from stancelib.errors import InvalidInputError, InvalidTypeError
from stancelib.nametree import Match, NameTree, find_names
from stancelib.places import is_language, is_place, is_somebody, joins, shouts, title_before
from stancelib.types import Actor, ActorKind, Span
from stancelib.words import Words

COLUMNS = ("id", "name", "kind", "country", "names", "demonyms", "seats", "cautious", "offices")
LISTS = COLUMNS[4:8]  # several names each
# States and capitals whose name is a first name or surname too.
_SOMEBODY = frozenset({"Jordan", "Chad", "Georgia", "Sofia", "Paris", "Santiago", "Wellington", "Lima"})
# Acronyms that are words in a line of capitals.
_WORDS_IN_CAPITALS = frozenset({"US", "WHO", "IS", "SEC", "ICE", "PA"})
# Beside the first, and without one of the second, "Georgia" is the American state.
_AMERICAN_SOUTH = frozenset({"Atlanta", "Ga", "Florida", "Alabama", "Carolina", "Tennessee", "Virginia"})
_GEORGIAN = frozenset({"Georgian", "Georgians", "Tbilisi", "Abkhazia", "Ossetia"})
# Titles that in English news are mostly those of Americans.
_AMERICAN_TITLES = frozenset({"senator", "sen", "rep", "congressman", "governor", "gov"})


@dataclass(frozen=True, slots=True)
class ActorMention:
    """A name of a known actor in a text; ``place`` where it only says where something is or goes."""

    actor: Actor
    span: Span
    place: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """An actor that a name can mean, and the column of the table that says so ("own" for a user's name)."""

    actor: Actor
    column: str


@dataclass(frozen=True, slots=True)
class _Found:
    """Words ``first`` to ``last`` (excluded) of a text mean an actor."""

    first: int
    last: int
    actor: Actor
    column: str
    full_stop: bool


def read_table(text: str) -> list[dict[str, str]]:
    """The rows of a table of actors: one a line, tabs between the columns, whose names stand first."""
    head, *lines = text.splitlines()
    if tuple(head.split("\t")) != COLUMNS:
        raise InvalidInputError(
            f"first line of the table is {head!r}: give {' '.join(COLUMNS)}, with tabs between"
        )
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]


def slug(name: str) -> str:
    """A stable id from a name: "Recep Tayyip Erdoğan" is ``recep-tayyip-erdogan``."""
    return "-".join(Words.of(name).keys).lower()


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer of the table that comes with the package, read once."""
    return Gazetteer(read_table(files("stancelib").joinpath("data/actors.tsv").read_text(encoding="utf-8")))


class Gazetteer:
    """Finds the actors of a table (see tools/build_gazetteer.py for its columns) by their names."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._names: NameTree[_Reading] = NameTree()
        self._own_names: NameTree[_Reading] = NameTree()
        self._own_actors: dict[str, Actor] = {}
        self._index: dict[str, list[_Reading]] = {}
        self._offices: dict[str, str] = {}
        for row in rows:
            self._add(row)

    def lookup(self, name: str) -> Actor | None:
        """The actor of that name or id, whatever its case and accents, with or without middle initials."""
        words = _folded(name).split()
        short = words[:1] + [w for w in words[1:-1] if len(w) > 1] + words[1:][-1:]
        readings = self._index.get(" ".join(words)) or self._index.get(" ".join(short)) or []
        likelier_first = sorted(readings, key=lambda reading: reading.column == "cautious")
        return next((self._known(reading.actor) for reading in likelier_first), None)

    def meanings(self, name: str) -> list[tuple[Actor, str]]:
        """Every actor that a name or an id can mean, with the column of the table that says so, likelier first."""
        readings = self._index.get(_folded(name)) or []
        found = {reading.actor.id: (reading.actor, reading.column) for reading in reversed(readings)}
        return sorted(found.values(), key=lambda pair: pair[1] == "cautious")

    def offices(self, actor: Actor) -> str:
        """The offices of a known person with their years, "Prime Minister 2003-2014; President 2014-", or ""."""
        return self._offices.get(actor.id, "")

    def close_names(self, name: str, count: int = 3) -> list[str]:
        """Known names that are spelt like ``name``, folded, the closest first."""
        return get_close_matches(_folded(name), self._index, count)

    def with_custom(self, actors: Mapping[Actor, Sequence[str]]) -> Gazetteer:
        """This gazetteer with a user's own actors on top; an actor with a known id takes that one's place.

        The user's names win over all others and always mean the actor, never just a place. Raises
        InvalidInputError for a name without letters or digits.
        """
        custom = Gazetteer(())
        custom._names, custom._index = self._names, self._index
        custom._own_actors = {actor.id: actor for actor in actors}
        for actor, names in actors.items():
            for name in names:
                custom._own_names.add(name, _Reading(actor, "own"))
        return custom

    def find(self, text: str) -> list[ActorMention]:
        """Every mention of a known actor, in order; the longest name wins, none overlaps another.

        A name that several actors share means the one that the text names in full, else the likelier one.
        Raises InvalidTypeError if ``text`` is no string.
        """
        if not isinstance(text, str):
            raise InvalidTypeError(f"text is of type {type(text).__name__}: give a str")
        words = Words.of(text)
        taken = bytearray(len(words))
        own = list(find_names(words, self._own_names, taken))
        for match in own:
            taken[match.first : match.last] = b"\1" * (match.last - match.first)
        matches = sorted([*own, *find_names(words, self._names, taken)], key=lambda match: match.first)
        return list(self._mentions(words, _readings(words, matches)))

    def _mentions(self, words: Words, found: Sequence[_Found]) -> Iterator[ActorMention]:
        place = False
        for index, name in enumerate(found):
            before = found[index - 1] if index else None
            after = found[index + 1] if index + 1 < len(found) else None
            place = _is_place(words, name, before, after, place_before=place)
            start, end = words.starts[name.first], words.ends[name.last - 1]
            end += name.full_stop and words.text[end : end + 1] == "."
            yield ActorMention(self._known(name.actor), Span.of(words.text, start, end), place)

    def _known(self, actor: Actor) -> Actor:
        return self._own_actors.get(actor.id, actor)

    def _add(self, row: Mapping[str, str]) -> None:
        if row["kind"] == "none":
            for name in row["names"].split("|"):
                self._names.add(name, None)
            return
        actor = Actor(row["id"], row["name"], cast(ActorKind, row["kind"]), row["country"] or None)
        values = {"names": [row["name"]], **{column: [] for column in LISTS[1:]}}
        for column in LISTS:
            values[column] += filter(None, row[column].split("|"))
        self._index_name(row["id"], _Reading(actor, "names"))
        if row["offices"]:
            self._offices[actor.id] = row["offices"]
        for column, names in values.items():
            for name in dict.fromkeys(names):
                self._names.add(name, _Reading(actor, column))
                self._index_name(name, _Reading(actor, column))

    def _index_name(self, name: str, reading: _Reading) -> None:
        self._index.setdefault(_folded(name), []).append(reading)


def _folded(name: str) -> str:
    """A name without case, accents, marks and articles."""
    return " ".join(w for w in Words.of(name.casefold()).keys if w != "the")


def _readings(words: Words, matches: Sequence[Match[_Reading]]) -> list[_Found]:
    """What each name means in this text; names that mean no actor here are left out."""
    vocabulary = frozenset(words.keys)
    american = not vocabulary.isdisjoint(_AMERICAN_SOUTH) and vocabulary.isdisjoint(_GEORGIAN)
    named = {actor.id for match in matches if (actor := _only_actor(match.node.meanings))}
    found = []
    for match in matches:
        reading = _read(words, match, named)
        if reading and not _is_false_friend(words, match, reading, american=american):
            found.append(_Found(match.first, match.last, reading.actor, reading.column, match.node.full_stop))
    return found


def _only_actor(readings: Sequence[_Reading]) -> Actor | None:
    """The one actor that a name certainly means, if there is one."""
    if len({r.actor.id for r in readings}) != 1 or all(r.column == "cautious" for r in readings):
        return None
    return readings[0].actor


def _read(words: Words, match: Match[_Reading], named: set[str]) -> _Reading | None:
    """Which of its readings a name has in a text that certainly names the actors ``named``."""
    readings = match.node.meanings
    sure = [r for r in readings if r.column != "cautious"]
    pool = [r for r in readings if r.actor.id in named] or sure
    if not pool and len(readings) == 1:
        title = title_before(words, match.first, match.last)
        fits = title not in _AMERICAN_TITLES or readings[0].actor.country == "USA"
        pool = readings if title and fits else []
    return next((r for r in pool if r in sure), pool[0] if pool else None)


def _is_false_friend(words: Words, match: Match[_Reading], reading: _Reading, *, american: bool) -> bool:
    """ "TRUST US", "Chad Smith", "spoke Russian", "Georgia and Florida"; a user's own name never is one."""
    if reading.column in ("own", "demonyms"):
        return reading.column == "demonyms" and is_language(words, match.first, match.last)
    key = words.keys[match.first] if match.last - match.first == 1 else ""
    if key in _WORDS_IN_CAPITALS:
        return shouts(words, match.first, match.last)
    return (american and key == "Georgia") or (key in _SOMEBODY and is_somebody(words, match.first, match.last))


def _is_place(
    words: Words, name: _Found, before: _Found | None, after: _Found | None, *, place_before: bool
) -> bool:
    """Is this name of a state (or of Europe) only a place? ``before`` and ``after`` are the names around it."""
    if name.column in ("cautious", "own") or (name.actor.kind != "country" and name.actor.id != "EU"):
        return False
    listed = before and place_before and name.column != "demonyms"
    if before and listed and joins(words, (before.first, before.last), (name.first, name.last)):
        return True
    if any(pair and _is_address(words, *pair) for pair in ((before and (before, name)), after and (name, after))):
        return True
    after_name = before is not None and before.last == name.first
    return is_place(words, name.first, name.last, column=name.column, after_name=after_name)


def _is_address(words: Words, town: _Found, state: _Found) -> bool:
    """ "Ankara, Turkey"."""
    same = town.column == "seats" and town.actor.id == state.actor.id
    return same and town.last == state.first and words.gap(town.last - 1) == ", "
