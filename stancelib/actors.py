"""The political actors of a text: whom the user asks for, and who is mentioned in the content of a statement."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from stancelib.errors import InvalidInputError, InvalidTypeError
from stancelib.gazetteer import ActorMention, Gazetteer, load_gazetteer, slug
from stancelib.lexicon import FEMALE_NAMES, MALE_NAMES
from stancelib.names import PersonMention
from stancelib.types import Actor, Span
from stancelib.words import word_set

_EXAMPLE = 'actors=["U.S.", "Turkey"] or actors={"SDF": ["Syrian Democratic Forces"]}'
# Words in the description of a person that make a political actor.
_POLITICAL = word_set(
    "president vice-president president-elect premier minister chancellor secretary undersecretary senator "
    "governor mayor congressman congresswoman lawmaker legislator parliamentarian ambassador envoy diplomat "
    "king queen prince emir sultan sheikh ayatollah pope general commander admiral warlord rebel leader "
    "candidate nominee contender politician spokesman spokeswoman spokesperson chairman chairwoman commissioner "
    "secretary-general dissident dictator strongman gov. sen. rep. gen. amb. adm. lt. donor"
)


@dataclass(frozen=True, slots=True)
class ActorChoice:
    """The actors that a user asks for: ``ids`` of all (None: everybody), and the names to look for besides."""

    ids: frozenset[str] | None = None
    own: Mapping[Actor, tuple[str, ...]] = field(default_factory=dict)


def parse_actors(actors: Sequence[str] | Mapping[str, Sequence[str]] | None) -> ActorChoice:
    """What ``predict(..., actors=...)`` asks for; None asks for everybody.

    A list restricts the results to these actors. A mapping of names to aliases does the same and looks for the
    aliases too; there an actor bears the name that the user gives. A name that the gazetteer does not know becomes
    an organization that is looked for as it stands.

    Raises InvalidTypeError for what is neither list nor mapping of strings, InvalidInputError for an empty one and
    for names without letters or digits.
    """
    if actors is None:
        return ActorChoice()
    own = _of_mapping(actors) if isinstance(actors, Mapping) else _of_list(actors)
    if not own:
        raise InvalidInputError(
            f"actors is empty: give at least one name, as in {_EXAMPLE}, or None for all actors"
        )
    return ActorChoice(frozenset(actor.id for actor in own), own)


def names_to_find(choice: ActorChoice) -> Gazetteer:
    """The gazetteer with the user's own names on top."""
    return load_gazetteer().with_custom(choice.own) if choice.own else load_gazetteer()


def document_mentions(
    known: Sequence[ActorMention], *, persons: Sequence[PersonMention], choice: ActorChoice, gazetteer: Gazetteer
) -> list[ActorMention]:
    """All mentions of actors in a text, in order, not overlapping: ``known`` by their names, and ``persons``.

    A person whom the gazetteer does not know is an actor if the text gives a political role (Finance Minister X);
    a country alone would make one of every citizen. Who has none only hides a leader's surname ("Lara Trump").
    """
    mentions = _merged(known, persons, gazetteer)
    return [m for m in mentions if choice.ids is None or m.actor.id in choice.ids]


def unseen(choice: ActorChoice, known: Sequence[ActorMention]) -> tuple[str, ...]:
    """A warning for each actor of ``choice`` that a text with the mentions ``known`` does not mention."""
    seen = {mention.actor.id for mention in known}
    return tuple(
        f"actor {actor.name!r} is not mentioned in the text" for actor in choice.own if actor.id not in seen
    )


def actors_in(
    pieces: Sequence[tuple[int, int]], mentions: Sequence[ActorMention]
) -> list[tuple[Actor, tuple[Span, ...]]]:
    """The actors mentioned inside the ``pieces`` of a statement's content, by first mention, with all their spans.

    Mere places are left out. ``mentions`` are those of the whole document, sorted.
    """
    spans: dict[Actor, list[Span]] = {}
    for start, end in sorted(pieces):
        index = bisect_left(mentions, start, key=lambda mention: mention.span.start)
        while index < len(mentions) and mentions[index].span.end <= end:
            if not mentions[index].place:
                spans.setdefault(mentions[index].actor, []).append(mentions[index].span)
            index += 1
    return [(actor, tuple(found)) for actor, found in spans.items()]


def _of_list(actors: Sequence[str]) -> dict[Actor, tuple[str, ...]]:
    if isinstance(actors, str | bytes) or not isinstance(actors, Sequence):
        raise InvalidTypeError(f"actors is {actors!r}: give a list of names or a mapping to aliases: {_EXAMPLE}")
    chosen: dict[Actor, tuple[str, ...]] = {}
    for name in actors:
        actor = load_gazetteer().lookup(_checked(name))
        chosen[actor or _unknown(name)] = () if actor else (name,)
    return chosen


def _of_mapping(actors: Mapping[str, Sequence[str]]) -> dict[Actor, tuple[str, ...]]:
    chosen: dict[Actor, tuple[str, ...]] = {}
    for name, aliases in actors.items():
        if isinstance(aliases, str | bytes) or not isinstance(aliases, Sequence):
            raise InvalidTypeError(f"aliases of {name!r} are {aliases!r}: give a list of names, as in {_EXAMPLE}")
        actor = load_gazetteer().lookup(_checked(name))
        renamed = Actor(actor.id, name, actor.kind, actor.country) if actor else _unknown(name)
        chosen[renamed] = (*([] if actor else [name]), *map(_checked, aliases))
    return chosen


def _checked(name: object) -> str:
    if not isinstance(name, str):
        raise InvalidTypeError(f"name of an actor is {name!r} of type {type(name).__name__}: give a str")
    if not slug(name):
        raise InvalidInputError(f"name of an actor is {name!r}: give one with letters or digits, as in {_EXAMPLE}")
    return name


def _unknown(name: str) -> Actor:
    return Actor(slug(name), name, "organization")


def _merged(
    known: Sequence[ActorMention], persons: Sequence[PersonMention], gazetteer: Gazetteer
) -> list[ActorMention]:
    """The mentions of both in order; a person takes the place of those it overlaps if likelier than all."""
    in_full = {mention.actor.id for mention in known if " " in mention.span.text}
    hidden: set[int] = set()
    added = []
    for person in persons:
        first = bisect_right(known, person.span.start, key=lambda mention: mention.span.end)
        stop = bisect_left(known, person.span.end, key=lambda mention: mention.span.start)
        if all(_hides(person, known[i], in_full) for i in range(first, stop)):
            hidden.update(range(first, stop))
            actor = _actor_of(person, gazetteer)
            added += [ActorMention(actor, person.span)] if actor else []
    kept = [mention for i, mention in enumerate(known) if i not in hidden]
    return sorted(kept + added, key=lambda mention: mention.span.start)


def _hides(person: PersonMention, mention: ActorMention, in_full: Set[str]) -> bool:
    """Of a person and a known actor that overlap, is it the person? The longer is; of equals the known actor.

    Not so a headline's verb ("Backs Trump"), a compound ("anti-Trump") and what follows a leader's name; and not a
    leader by surname only whom the text never names in full, where it names another so.
    """
    if person.span == mention.span:
        return mention.actor.kind == "person" and mention.actor.id not in in_full and " " in person.name
    start, end = mention.span.start - person.span.start, mention.span.end - person.span.start
    before, after = person.span.text[: max(start, 0)], person.span.text[end:]
    if start < 0 or end > len(person.span.text) or before.endswith("-"):
        return False
    first = before.split()[0].lower() if before.strip() else ""
    is_verb = first.endswith(("s", "ing", "ed")) and first not in FEMALE_NAMES | MALE_NAMES
    return not is_verb and not (after and mention.actor.kind == "person")


def _actor_of(person: PersonMention, gazetteer: Gazetteer) -> Actor | None:
    """The actor that a person is: the gazetteer's, or a new one if the text gives the person a political role."""
    actor = gazetteer.lookup(person.name)
    if actor and actor.kind == "person":
        return actor
    if person.roles.isdisjoint(_POLITICAL):
        return None
    return Actor(slug(person.name), person.name, "person", person.country)
