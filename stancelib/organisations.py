"""Political organisations that no gazetteer knows: what its name calls one, and the encoder does not rule out.

A name is a run of capitalised words with a noun such as Party, Council or Brigade. Its acronym in brackets means
the same in all of the text. What is some state's ministry or agency is left to the state that the name has.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from stancelib.gazetteer import ActorMention, slug
from stancelib.lexicon import MEDIA, NOT_NAMES, ROLES
from stancelib.name_kinds import ORGANIZATION, NameKinds
from stancelib.types import Actor, Span
from stancelib.words import word_set

# A movement of its own, even where it is named after a state: "the Swiss People's Party" is not Switzerland.
_MOVEMENTS = r"Party|Front|Movement|Coalition|Alliance|Bloc|League|Army|Brigades?|Militia|Guards?|Rally|Congress"
_AGENCIES = (
    r"Ministry|Department|Agency|Bureau|Commission|Council|Committee|Parliament|Assembly|Court|Authority|"
    r"Administration|Directorate|Secretariat|Junta|Politburo|Chancellery|Command|Treasury|Police|Tribunal|PAC"
)
_WORD = r"[A-Z][\w’'-]{0,30}"
_REST = (
    rf"(?: (?:of|for|on(?! \w+day\b))(?: the)? {_WORD}(?: (?:and )?{_WORD}){{0,4}})?"  # "Council for the Coast"
)
_NAME = re.compile(
    rf"\b(?:(?:{_WORD} (?:(?:of|for|and|on) (?:the )?)?){{1,6}}(?:{_MOVEMENTS}|{_AGENCIES})\b{_REST}"
    rf"|(?:{_MOVEMENTS}) (?:of|for)(?: the)? {_WORD}(?: (?:and )?{_WORD}){{0,4}})"
)
# With one of these words alone, the noun is what every state has, and nobody's name.
_GENERIC = word_set(
    """
    supreme high federal national central constitutional foreign interior defense defence judiciary select state
    super host executive city military security election electoral general popular opposition ruling liberal
    """
)
_ADJECTIVES = word_set(
    """
    new north south east west northern southern eastern western central english christian muslim islamic jewish
    catholic arab sunni shiite shia latino hispanic european asian african american conservative liberal democratic
    """
)
_IN_HEADLINES = NOT_NAMES - _ADJECTIVES
_MOVEMENT = re.compile(rf"\b(?:{_MOVEMENTS})\b")
_ACRONYM = re.compile(r",? \(([A-Z][A-Za-z-]{1,9}[A-Z])\)")
_ARTICLE = re.compile(r"(?:The|A|An|This|That|His|Her|Its|Our|Their) ")
_POSSIBLE = 0.03  # least mean probability of the words of a name: its noun says more than the encoder


def find_organisations(text: str, known: Sequence[ActorMention], kinds: NameKinds) -> list[ActorMention]:
    """Mentions of organisations that are not among the ``known`` actors of ``text``, sorted, not overlapping.

    ``kinds`` is what the encoder takes names for; of a model that says nothing of names, nothing is found.
    """
    if kinds.probabilities is None:
        return []
    named = list(_named(text, known, kinds))
    acronyms = {m.group(1): n.actor for n in named if (m := _ACRONYM.match(text, n.span.end))}
    taken = with_organisations(known, named)
    short = [m for m in _by_acronym(text, acronyms) if not _overlapping(taken, m.span)]
    return sorted([*named, *short], key=lambda mention: mention.span.start)


def _named(text: str, known: Sequence[ActorMention], kinds: NameKinds) -> Iterator[ActorMention]:
    for match in _NAME.finditer(text):
        article = _ARTICLE.match(match.group())
        start, end = match.start() + (article.end() if article else 0), match.end()
        name = re.sub(r"['’]s?$", "", text[start:end])
        if (
            name in MEDIA
            or _is_generic(name)
            or _is_headline(name)
            or text[end + 1 : end + 30].split(" ")[0].lower() in ROLES
        ):
            continue  # "Supreme Court Justice"
        span = Span.of(text, start, start + len(name))
        inside = _overlapping(known, span)
        if any(m.actor.kind != "country" or m.span.text == name for m in inside):
            continue  # known already, or a name that the user gave to a state
        if inside and not _MOVEMENT.search(name):
            continue
        if kinds.of(start, end, ORGANIZATION) >= _POSSIBLE:
            country = inside[0].actor.country if inside else None
            yield ActorMention(Actor(slug(name), name, "organization", country), span)


def _is_headline(name: str) -> bool:
    """Whether words have a capital that have it in headlines only: "Donor To His Super PAC"."""
    return any(word.lower() in _IN_HEADLINES for word in name.split() if word[0].isupper())


def _is_generic(name: str) -> bool:
    before = name.lower().split()[:-1]
    return len(before) < 2 and _GENERIC.issuperset(before)


def with_organisations(known: Sequence[ActorMention], found: Sequence[ActorMention]) -> list[ActorMention]:
    """Both in order; an organisation found stands for the state that its name begins with."""
    hidden = {m.span.start for organisation in found for m in _overlapping(known, organisation.span)}
    kept = [m for m in known if m.span.start not in hidden]
    return sorted([*kept, *found], key=lambda mention: mention.span.start)


def _overlapping(known: Sequence[ActorMention], span: Span) -> Sequence[ActorMention]:
    first = bisect_right(known, span.start, key=lambda mention: mention.span.end)
    return known[first : bisect_left(known, span.end, key=lambda mention: mention.span.start)]


def _by_acronym(text: str, acronyms: dict[str, Actor]) -> Iterator[ActorMention]:
    if acronyms:
        for match in re.finditer(rf"(?<![\w-])(?:{'|'.join(map(re.escape, acronyms))})(?![\w-])", text):
            yield ActorMention(acronyms[match.group()], Span.of(text, *match.span()))
