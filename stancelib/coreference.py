"""Whom "he", "they", "both", "the Russian leader" or "the ministry" stands for, among those named before.

Surface rules only: agreement in gender, number, country and role, and salience, which is nearness, standing as the
subject, and having spoken last.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from stancelib.gazetteer import ActorMention
from stancelib.lexicon import BODIES, OFFICE, RANKS, ROLES, UNNAMED, US_WORDS, UTTERANCES, fold, gender_of
from stancelib.names import PersonMention
from stancelib.salience import salience
from stancelib.types import ActorKind, Span, Speaker, SpeakerKind
from stancelib.words import word_set

POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])(?!\w)")
# Where a relative clause, an apposition or a date begins, which a noun phrase can do without.
CLAUSE = re.compile(
    r",\s(?:who|which|whose|where|an?|the|such|like|one|speaking)\b|\s(?:\(|--|–|—)"
    r"|(?<!people)(?<!others)(?<!those)(?<!some)\s(?:who|which|that|whose|released|last)\b"
    r"|\son\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
)
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*\.?")
_HE = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f"}
_THEY = word_set("they them their theirs themselves these those others")
_IT = word_set("it its itself")
_BOTH = frozenset(("both", "the two", "the pair", "the two leaders", "the two men", "the two sides", "neither"))
_SELF = word_set("i me my mine myself we us our ours ourselves you your")
_PRONOUNS = frozenset(_HE) | _THEY | _IT | _BOTH | _SELF
_PROPER = re.compile(r"\b[A-Z][\w’'.-]*\s[A-Z][\w’'.-]*[a-z]$")  # ends in a name, not in a noun
_INTRODUCED = 600  # characters after a description within which the next statement names who it was
_LEAD = 600  # characters from the beginning of an article in which somebody may be described who is named below
_OUTFITS = ("campaign", "group", "organization", "company", "agency", "newspaper", "paper", "firm")
# What those are called whom a text later calls by another noun.
_CALLED = {"agency": "Agency|Department|Bureau|Administration"} | dict.fromkeys(
    ("newspaper", "paper"), "Times|Post|Journal|Herald|Tribune|Gazette|Chronicle|Telegraph|Globe|Mail"
)
_BODY_REACH = 3000  # characters before "the board" in which its full name is looked for
_QUOTED = re.compile(r"“[^”\n]*”?|\"[^\"\n]*\"|''.*?''")
_NEAR = 40  # person mentions before a pronoun among which it is resolved
# Added to the salience of the last speakers, and taken from persons who are named in quotations only: chosen by
# ``python -m training.speakers``.
_SPOKE, _ONLY_QUOTED = (3.0, 1.0, 0.5), 2.0
# A document is at home in the state that so large a share of its references to states mean; chosen likewise.
_AT_HOME, _FEWEST_REFERENCES = 0.6, 3
_ABROAD = word_set(
    """
    abroad africa african asia asian continental europe european foreign global international overseas western
    world
    """
)

_KINDS: dict[ActorKind, SpeakerKind] = {
    "country": "country",
    "igo": "organization",
    "organization": "organization",
    "group": "group",
    "person": "person",
}


def person_speaker(person: PersonMention) -> Speaker:
    """The speaker that a named person is."""
    return Speaker(person.name, "person", person.country, description=person.description)


def actor_speaker(mention: ActorMention) -> Speaker:
    """The speaker that a known actor is."""
    return Speaker(mention.actor.name, _KINDS[mention.actor.kind], mention.actor.country)


def joint_speaker(speakers: Sequence[Speaker]) -> Speaker:
    """Two or more who speak together; a country only where they have one between them."""
    names = list(dict.fromkeys(s.name for s in speakers))
    if len(names) == 1:
        return speakers[0]
    countries = {s.country for s in speakers} - {None}
    name = ", ".join(names[:-1]) + " and " + names[-1]
    return Speaker(name, "group", countries.pop() if len(countries) == 1 else None)


def words_of(phrase: str) -> list[str]:
    """The words of a phrase in lower case, without possessive endings."""
    return [POSSESSIVE.sub("", w).lower() for w in _WORD.findall(phrase)]


def head_noun(phrase: str) -> str:
    """The noun of a noun phrase: the last word before a preposition, comma or clause; else ""."""
    core = re.split(
        r",|\s(?:of|for|in|at|on|to|from|with|by|who|which|that|whose|familiar|released|whom)\s",
        phrase,
        maxsplit=1,
    )[0]
    words = words_of(core)
    return words[-1] if words else ""


def is_plural(head: str) -> bool:
    """Whether a lower-case noun means several."""
    if head in ("people", "police", "women", "men", "many", "some", "others", "media"):
        return True
    return head.endswith("s") and not head.endswith(("ss", "us", "is", "news", "congress"))


def _is_definite(phrase: str) -> bool:
    return re.match(r"(?:the|this|that)\s", phrase, re.I) is not None or POSSESSIVE.search(phrase) is not None


def _may_hold(person: PersonMention, noun: str, kinds: frozenset[str]) -> bool:
    """Whether nothing that the text says of a person speaks against an office: another one, or of another kind."""
    if person.roles & ROLES - RANKS and noun not in person.roles:
        return False
    known = person.roles & OFFICE
    return not kinds or not known or not kinds.isdisjoint(known)


def _office(phrase: str) -> frozenset[str]:
    """What tells one office from another of the same noun: "finance" of "the finance minister"."""
    return OFFICE.intersection(map(fold, words_of(phrase)))


def is_pronoun(phrase: str) -> bool:
    """Whether ``phrase`` means what a pronoun does: "he", "both", "the two leaders"; also "his speech"."""
    word = phrase.lower()
    return word in _PRONOUNS or (re.match(r"(?:his|her)\s", word) is not None and head_noun(phrase) in UTTERANCES)


@dataclass(frozen=True, slots=True)
class _Named:
    """A speaker of an earlier statement, and the noun by which the text called them there."""

    speaker: Speaker
    head: str
    plural: bool


class Discourse:
    """A document with its persons and known actors, both sorted, and who has spoken in it so far."""

    def __init__(self, text: str, persons: Sequence[PersonMention], mentions: Sequence[ActorMention]) -> None:
        self.text, self.persons, self.mentions = text, persons, mentions
        self._person_starts = [p.span.start for p in persons]
        self._mention_starts = [m.span.start for m in mentions]
        self._quoted = [m.span() for m in _QUOTED.finditer(text)]
        self._quote_starts = [start for start, _ in self._quoted]
        self._history: list[_Named] = []

    def remember(self, speaker: Speaker, phrase: str) -> None:
        """Note that ``speaker``, whom the text calls ``phrase``, has spoken."""
        head = head_noun(phrase)
        self._history.append(_Named(speaker, head, is_plural(head) or " and " in speaker.name))

    # What the document has at a place.

    def persons_in(self, start: int, end: int) -> list[PersonMention]:
        """The persons whose names begin between two offsets."""
        return _within(self.persons, self._person_starts, start, end)

    def mentions_in(self, start: int, end: int) -> list[ActorMention]:
        """The known actors whose names begin between two offsets."""
        return _within(self.mentions, self._mention_starts, start, end)

    def persons_before(self, start: int) -> list[PersonMention]:
        """The persons named last before an offset, in the order of the text."""
        stop = bisect_left(self._person_starts, start)
        return list(self.persons[max(0, stop - _NEAR) : stop])

    def mentions_before(self, start: int, most: int) -> list[ActorMention]:
        """The known actors mentioned last before an offset, ``most`` of them, in the order of the text."""
        stop = bisect_left(self._mention_starts, start)
        return list(self.mentions[max(0, stop - most) : stop])

    def country(self, start: int, end: int) -> str | None:
        """The country that the words between two offsets name, as ISO 3166-1 alpha-3 code."""
        inside: Iterable[str | None] = (
            *(m.actor.country for m in self.mentions_in(start, end)),
            *(p.country for p in self.persons_in(start, end)),
        )
        found = next(filter(None, inside), None)
        return found or ("USA" if US_WORDS & set(_WORD.findall(self.text[start:end])) else None)

    @cached_property
    def states(self) -> Counter[str]:
        """How often the document refers to each state, those it does."""
        states = [m.actor.country for m in self.mentions] + [p.country for p in self.persons]
        found = Counter(filter(None, states))
        found["USA"] += sum(word in US_WORDS for word in _WORD.findall(self.text))
        return +found

    @cached_property
    def home(self) -> str | None:
        """The state in which the document is at home: the one that most of its references to states mean."""
        state, count = max(self.states.items(), key=lambda item: item[1], default=(None, 0))
        return state if count >= max(_FEWEST_REFERENCES, _AT_HOME * self.states.total()) else None

    def is_of_here(self, speaker: Speaker, start: int, end: int) -> bool:
        """Whether nothing tells that the speaker whom the words between two offsets mean is not from home."""
        if speaker.kind == "person":
            return True
        abroad = _ABROAD & set(words_of(self.text[start:end])) or self.mentions_in(start, end)
        return not abroad and self._placed.isdisjoint(re.split(", | and ", speaker.name))

    @cached_property
    def _placed(self) -> frozenset[str]:
        """Known actors, and persons with a state: where these have none, alone or jointly, that is right."""
        return frozenset([m.actor.name for m in self.mentions] + [p.name for p in self.persons if p.country])

    # Pronouns.

    def pronoun(self, start: int, end: int) -> Speaker | None:
        """Whom the pronoun between two offsets (see is_pronoun) stands for; nobody for "I", "we" and "you"."""
        word = self.text[start:end].lower()
        if word in _SELF:
            return None
        if word in _BOTH:
            return self._last_two(start)
        if word in _THEY or word in _IT:
            return self._thing(start, plural=word in _THEY)
        return self._somebody(start, end, self.antecedents(start, end))

    def antecedents(self, start: int, end: int) -> list[PersonMention]:
        """The persons for whom the pronoun between two offsets may stand, in the order of the text."""
        gender = _HE[self.text[start:end].lower().split()[0]]
        return [p for p in self.persons_before(start) if p.gender in (None, gender)]

    def _somebody(self, start: int, end: int, among: Sequence[PersonMention]) -> Speaker | None:
        """The most salient person of some, who has spoken lately and is not only named in a quotation."""
        scores = salience(self.text, among, start, end)
        for weight, named in zip(_SPOKE, reversed(self._history), strict=False):
            if named.speaker.name in scores:
                scores[named.speaker.name] += weight
        for name in scores.keys() - {p.name for p in among if not self._is_quoted(p.span.start)}:
            scores[name] -= _ONLY_QUOTED
        if scores:
            best = max(scores, key=lambda name: scores[name])
            return person_speaker(next(p for p in reversed(among) if p.name == best))
        return self._unnamed_person()

    def _is_quoted(self, at: int) -> bool:
        """Whether the character stands inside quotation marks: whoever is named there seldom says it."""
        i = bisect_left(self._quote_starts, at) - 1
        return i >= 0 and at < self._quoted[i][1]

    def _unnamed_person(self) -> Speaker | None:
        last = self._history[-1] if self._history else None
        return last.speaker if last and last.speaker.kind == "unnamed" and not last.plural else None

    @cached_property
    def _first_named(self) -> dict[str, int]:
        """Where each person is named first."""
        return {p.name: p.span.start for p in reversed(self.persons)}

    def _last_two(self, start: int) -> Speaker | None:
        two: dict[str, PersonMention] = {}
        for person in reversed(self.persons_before(start)):
            two.setdefault(person.name, person)
            if len(two) == 2:
                ordered = sorted(two.values(), key=lambda p: self._first_named[p.name])
                return joint_speaker([person_speaker(p) for p in ordered])
        return None

    def _thing(self, start: int, *, plural: bool) -> Speaker | None:
        """What "it" or "they" refers to: who spoke last and is no single person."""
        for named in reversed(self._history[-4:]):
            if named.speaker.kind != "person" and named.plural == plural:
                return named.speaker
        for mention in reversed(self.mentions_before(start, 4)):
            if mention.actor.kind != "person" and not mention.place and not plural:
                return actor_speaker(mention)
        return None

    # Descriptions.

    def description(self, start: int, end: int) -> Speaker | None:
        """Somebody known by a description: "the Turkish foreign minister", "the ministry"."""
        phrase = self.text[start:end]
        definite = _is_definite(phrase)
        head = head_noun(phrase)
        single = head in ROLES and not is_plural(head)
        if not definite:
            known = single and phrase[:2].lower() not in ("a ", "an")
            found = self._by_role(start, end, need=4.0) if known else None
            return found or (self._named_later(start, end) if single else None)
        earlier = self._earlier(head, phrase)
        if not earlier and _PROPER.search(CLAUSE.split(phrase)[0]):
            return None
        if single:
            if self.persons_in(start, end):
                return None
            if earlier and earlier.speaker.kind == "unnamed":
                return earlier.speaker
            found = self._by_role(start, end, need=2.0) or self._named_later(start, end)
            if found or head in UNNAMED or self._is_specific(phrase):
                return found
            return self._last_person(start, self.country(start, end))
        if not earlier and head in BODIES and phrase[4:].islower() and (body := self._body(head, start)):
            return body
        if earlier and (head in BODIES or head in UTTERANCES) and earlier.speaker.kind != "person":
            return earlier.speaker
        if head in UTTERANCES and self._history:
            return self._history[-1].speaker
        if head in _OUTFITS and not self.persons_in(start, end):
            last = next((h for h in reversed(self._history[-4:]) if h.speaker.kind == "organization"), None)
            return last.speaker if last else None
        return None

    def _named_later(self, start: int, end: int) -> Speaker | None:
        """Whom the lead of an article describes and only its body names: the one person of such an office."""
        if start > _LEAD:
            return None
        head, country = head_noun(self.text[start:end]), self.country(start, end)
        told = _office(self.text[start:end]) | {head}
        later = self.persons[bisect_left(self._person_starts, end) :]
        fitting = {
            p.name: p
            for p in later
            if head in p.roles and (p.country == country or (p.country is None and told <= p.roles))
        }
        if not country or len(fitting) != 1:
            return None
        return replace(person_speaker(next(iter(fitting.values()))), country=country)

    def introduced(self, start: int, end: int, later: Span) -> Speaker | None:
        """Whom the words between two offsets describe, and ``later``, the source of the next statement, names.

        "The envoy opposed the plan. “Never,” Rear Admiral Jonas Pell said."
        """
        phrase = self.text[start:end]
        head = head_noun(phrase)
        if head not in ROLES or is_plural(head) or not _is_definite(phrase):
            return None
        named = {p.name: p for p in self.persons_in(later.start, later.end)}
        if len(named) != 1 or not 0 <= later.start - end <= _INTRODUCED:
            return None
        person, country = next(iter(named.values())), self.country(start, end)
        if self._first_named[person.name] < later.start or not _may_hold(person, head, _office(phrase)):
            return None
        if country and person.country not in (None, country):
            return None
        return replace(person_speaker(person), country=person.country or country)

    @cached_property
    def _nations(self) -> frozenset[str]:
        """The words of the text that mean a state."""
        return frozenset(fold(m.span.text) for m in self.mentions if m.actor.kind == "country")

    def _is_specific(self, phrase: str) -> bool:
        """Whether a phrase says of what somebody is: "the head of the Union" is not whoever spoke last."""
        return re.search(r"\s(?:of|for|at|from)\s(?:the\s)?(?!State\b)[A-Z]", CLAUSE.split(phrase)[0]) is not None

    def _body(self, noun: str, before: int) -> Speaker | None:
        """The organisation of such a name ("Board", "Ministry") that is named last before an offset."""
        start = max(0, before - _BODY_REACH)
        word, nouns = r"[A-Z][\w’'.-]{0,30}", _CALLED.get(noun, noun.capitalize())
        name = rf"(?:{word} ){{0,5}}(?:{nouns})\b(?: (?:of|for|on) (?:the )?{word}(?: {word}){{0,3}})?"
        found = [m for m in re.finditer(name, self.text[start:before]) if " " in m.group()]
        if not found:
            return None
        a, b = (start + at for at in found[-1].span())
        if known := next((m for m in self.mentions_in(a, b) if m.actor.kind in ("organization", "igo")), None):
            return actor_speaker(known)
        return Speaker(re.sub(r"^(?:The|A|An) ", "", self.text[a:b]), "organization", self.country(a, b))

    def _earlier(self, head: str, phrase: str) -> _Named | None:
        """The last speaker of the same noun, unless the phrase says something else of it."""
        told = set(words_of(phrase)) - {"the", "this", "that", "same", "new", "latest"}
        for named in reversed(self._history[-20:]):
            if (
                named.head == head
                and not named.plural
                and (told <= {head} or told <= set(words_of(named.speaker.name)))
            ):
                return named
        return None

    def _last_person(self, start: int, country: str | None) -> Speaker | None:
        """Who spoke last, or is named most prominently, unless from another country."""
        last = next((h.speaker for h in reversed(self._history[-3:]) if h.speaker.kind == "person"), None)
        last = last or self._somebody(start, start, self.persons_before(start))
        return None if last and country and last.country not in (None, country) else last

    def _by_role(self, start: int, end: int, *, need: float) -> Speaker | None:
        words = {fold(w) for w in words_of(CLAUSE.split(self.text[start:end])[0])}
        head = head_noun(self.text[start:end])
        gender = gender_of(words)
        country = self.country(start, end)
        best, score = None, need
        recent = [h.speaker.name for h in self._history[-2:]]
        inside = {p.name for p in self.persons_in(start, end)}
        for i, person in enumerate(self.persons_before(start)):
            if gender and person.gender not in (None, gender):
                continue
            if person.name in inside or (country and person.country and person.country != country):
                continue
            points = 3.0 * (head in person.roles) + 0.5 * len(words & person.roles) + i / (2 * _NEAR)
            points += 2.0 * bool(country and person.country == country) + 1.0 * (person.name in recent)
            if not country and head in person.roles and not self._nations.isdisjoint(person.roles):
                points -= 1.0  # "the president" is President Voss rather than French President Pell
            if points >= score:
                best, score = person, points
        return person_speaker(best) if best else None


Item = TypeVar("Item", PersonMention, ActorMention)


def _within(items: Sequence[Item], starts: Sequence[int], start: int, end: int) -> list[Item]:
    return list(items[bisect_left(starts, start) : bisect_left(starts, end)])
