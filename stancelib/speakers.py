"""Who the source of a statement is: its words resolved to one speaker of the document.

By rules: a name in the source, an actor of the gazetteer, a pronoun or description that agrees with somebody named
before, and else the noun phrase itself. What nothing resolves has no name: nobody is invented.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from stancelib.errors import InvalidInputError
from stancelib.gazetteer import ActorMention
from stancelib.names import FEMALE_TITLES, MALE_TITLES, ROLES, US_WORDS, PersonMention, fold, word_set
from stancelib.types import ActorKind, Span, Speaker, SpeakerKind

_EDGE = " \t\r\n\u00a0,;:.–—-\"“”‘'()[]"
_ARTICLE = re.compile(r"(?:a|an|the|this|that|these|those|his|her|their|its|my|our|one|some of the)\s+", re.I)
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])(?!\w)")
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*\.?")
_HE = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f"}
_THEY = word_set("they them their theirs themselves these those others")
_IT = word_set("it its itself")
_BOTH = frozenset(("both", "the two", "the pair", "the two leaders", "the two men", "the two sides", "neither"))
_SELF = word_set("i me my mine myself we us our ours ourselves you your")
_RELATIVE = word_set("who whom whose which that")
# What somebody utters stands for who utters it ("Obama's speech", "a letter by").
_UTTERANCES = word_set(
    "words statement statements speech speeches remarks remark comments comment response tweet tweets letter "
    "letters book memo testimony interview claim claims call message announcement post account study report "
    "article essay op-ed column video demand question answer warning address presentation rhetoric plea "
    "appeal threat threats promise pledge vow release"
)
_GOVERNMENT = word_set("government governments authorities state regime leadership")
_BODIES = word_set(
    "ministry department agency government party campaign group organization organisation company "
    "administration committee commission council court bank institute university newspaper magazine network "
    "channel media newspapers panel firm team church alliance coalition movement union association bureau "
    "office police board parliament senate house congress kingdom country nation state military army watchdog "
    "center centre chancellery embassy foundation institution militia"
)
_GROUPS = word_set(
    "people voters republicans democrats conservatives liberals leaders members supporters protesters "
    "demonstrators residents activists candidates rebels crowd audience public rabbis citizens workers "
    "students women men americans europeans russians kurds muslims jews christians whigs lobbyists families "
    "politicians respondents world countries nations states governments allies organizations groups parties "
    "environmentalists contenders opponents percent ministers troops soldiers"
)
_BLOCKING = re.compile(
    r"\b(?:for|to|of|with|from|by|about|against|like|including|between|as|than|at|near|under)\s+"
    r"(?:the\s+|former\s+|then-)?(?P<title>(?:[A-Z][\w.’'-]*\s+){0,6})$"
)
_NOUN_FOLLOWS = re.compile(r"\s+(?!(?:and|who|of|at|in|from|himself|herself|told|says?|said)\b)[a-z]")
_CUT = re.compile(
    r",\s(?:who|which|whose|where|an?|the|such|like|one|speaking)\b|\s(?:\(|--|–|—)"
    r"|(?<!people)(?<!others)(?<!those)(?<!some)\s(?:who|which|that|whose|released|last)\b"
    r"|\son\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
)
_QUANTIFIERS = word_set(
    "some many most several other few all any both two three four five six seven eight nine ten no more"
)
_UNNAMED = word_set("spokesman spokeswoman spokesperson official officer source diplomat aide adviser")
_LONGEST = 400  # characters of a source that are looked at
_QUOTED = re.compile(r"“[^”\n]*”?|\"[^\"\n]*\"|''.*?''")
_NEAR = 40  # person mentions before a pronoun among which it is resolved


@dataclass(frozen=True, slots=True)
class _Named:
    """A speaker of an earlier statement, and the noun by which the text called them there."""

    speaker: Speaker
    head: str
    plural: bool


def resolve_speakers(
    text: str,
    sources: Sequence[Span | None],
    *,
    persons: Sequence[PersonMention],
    mentions: Sequence[ActorMention],
) -> list[Speaker]:
    """The speaker of each source, in the order given, which is the order of the text.

    ``persons`` and ``mentions`` are all the names and known actors of ``text``, sorted. ``Speaker.mention`` is the
    source as given. A source that is None, and a pronoun that nothing explains, gives a speaker of kind "none"
    without a name. Raises InvalidInputError for a source that is not a span of ``text``.
    """
    for source in sources:
        if source is not None and text[source.start : source.end] != source.text:
            raise InvalidInputError(
                f"source {source} is not in the text, which has {text[source.start : source.end]!r:.80} there: "
                "make spans with Span.of(text, start, end)"
            )
    resolver = _Resolver(text, persons, mentions)
    return [resolver.resolve(source) for source in sources]


class _Resolver:
    """The document, and who has spoken in it so far."""

    def __init__(self, text: str, persons: Sequence[PersonMention], mentions: Sequence[ActorMention]) -> None:
        self.text, self.persons, self.mentions = text, persons, mentions
        self._person_starts = [p.span.start for p in persons]
        self._mention_starts = [m.span.start for m in mentions]
        self._quoted = [m.span() for m in _QUOTED.finditer(text)]
        self._quote_starts = [start for start, _ in self._quoted]
        self._history: list[_Named] = []

    def resolve(self, source: Span | None) -> Speaker:
        """The speaker of one source; what is found out is remembered for the sources after it."""
        if source is None:
            return Speaker("", "none")
        start, end = _strip(self.text, source.start, min(source.end, source.start + _LONGEST))
        phrase = self.text[start:end]
        found = self._find(start, end) or Speaker("", "none")
        if found.name:
            head = _head(phrase)
            plural = _is_plural(head) or " and " in found.name
            self._history.append(_Named(found, head, plural))
        return Speaker(found.name, found.kind, found.country, source)

    def _find(self, start: int, end: int) -> Speaker | None:
        if start >= end:
            return None
        phrase = self.text[start:end]
        word = phrase.lower()
        if (owner := re.match(r"(his|her)\s", word)) and _head(phrase) in _UTTERANCES:
            return self._pronoun(start, _HE[owner[1]])
        if word in _HE:
            return self._pronoun(start, _HE[word])
        if word in _SELF:
            return None
        if word in _RELATIVE:
            return self._antecedent(start)
        if word in _BOTH:
            return self._last_two(start)
        if word in _THEY or word in _IT:
            return self._thing(start, plural=word in _THEY)
        return (
            self._named_person(start, end)
            or self._actor(start, end)
            or self._description(start, end)
            or self._noun_phrase(start, end)
        )

    # Names.

    def _named_person(self, start: int, end: int) -> Speaker | None:
        inside = _within(self.persons, self._person_starts, start, end)
        heads = [p for p in inside if self._is_head(p, start, end)]
        if not heads:
            return self._utterer(inside, start, end)
        joint = [heads[0], *(p for p in heads[1:] if self._is_joined(p, start))]
        if len(joint) > 1 and joint[0].name != joint[1].name:
            return _joint([_as_speaker(p) for p in joint])
        rest = self.text[heads[0].span.end : end]
        if re.match(r"\s+and\s+[a-z]", rest) and heads[0] is inside[-1]:
            return Speaker(heads[0].name + " " + " ".join(rest.split()), "group")
        return _as_speaker(heads[0])

    def _is_head(self, person: PersonMention, start: int, end: int) -> bool:
        """Whether the phrase is about the person: not one that another noun belongs to."""
        before, after = self.text[start : person.span.start], self.text[person.span.end : end]
        if re.search(r"\b(?:including|such as|like)\s", before):
            return False
        nearby = before[-90:]
        blocked = _BLOCKING.search(nearby)
        if blocked and not (blocked["title"] and _head(nearby[: blocked.start()]) in ROLES):
            return False  # "aides to X", but "Secretary of State X"
        possessive = _POSSESSIVE.match(after)
        tail = after[possessive.end() :] if possessive else after
        if not _NOUN_FOLLOWS.match(tail):
            return True
        return possessive is not None and bool(set(_words(tail.split(",")[0])) & _UTTERANCES)

    def _is_joined(self, person: PersonMention, start: int) -> bool:
        before = self.text[max(start, person.span.start - 80) : person.span.start]
        return re.search(r"(?:\band|,)\s+(?:[\w.’'-]+\s+){0,6}$", before) is not None and " and " in before

    def _utterer(self, inside: Sequence[PersonMention], start: int, end: int) -> Speaker | None:
        """ "a letter from X", "a study by X and Y": who uttered it."""
        if not inside:
            return None
        lead = self.text[start : inside[0].span.start]
        if (
            not re.search(r"\b(?:by|from|of)\s+(?:[\w.’'-]+\s+){0,6}$", lead)
            or not set(_words(lead)) & _UTTERANCES
        ):
            return None
        return _joint([_as_speaker(p) for p in inside if p is inside[0] or self._is_joined(p, start)])

    def _actor(self, start: int, end: int) -> Speaker | None:
        """The actor that is the phrase, its government, or what it utters."""
        bare = start + _article(self.text[start:end])
        inside = _within(self.mentions, self._mention_starts, start, end)
        if not inside:
            return None
        first = inside[0]
        rest = self.text[first.span.end : end]
        tail = rest[m.end() :] if (m := _POSSESSIVE.match(rest)) else rest
        if first.span.start not in (start, bare):
            lead = self.text[bare : first.span.start].lower()
            if (
                re.fullmatch(r"(?:government|authorities|leaders?)\s+(?:of|in)\s+(?:the\s+)?", lead)
                and not tail.strip()
            ):
                return _actor_speaker(first) if first.actor.kind == "country" else None
            return None
        words = _words(tail)
        if not words or tail.lstrip()[:1] in (",", "(") or words[0] in _RELATIVE:
            return self._people(first, start) or _actor_speaker(first)
        if words[0] in _GOVERNMENT and first.actor.kind == "country" and len(words) == 1:
            return _actor_speaker(first)
        if len(words) == 1 and words[0] in _UTTERANCES and tail != rest:
            return _actor_speaker(first)
        if " and " in tail[:5] and len(inside) == 2 and inside[1].span.end == end:
            return _joint([_actor_speaker(first), _actor_speaker(inside[1])])
        return None

    def _people(self, mention: ActorMention, start: int) -> Speaker | None:
        """ "Americans" are a people, "Republicans" no party; "the Saudis", like "Saudi Arabia", are the state."""
        word = mention.span.text
        if mention.actor.kind == "organization" and word.endswith("s") and not mention.actor.name.endswith(word):
            return Speaker(word, "group", mention.actor.country) if word.isalpha() and not word.isupper() else None
        if mention.actor.kind != "country" or mention.span.start != start or not re.search(r"(?:an|i)s$", word):
            return None
        return Speaker(word, "group", mention.actor.country)

    # Pronouns and descriptions.

    def _before(self, start: int) -> list[PersonMention]:
        stop = bisect_left(self._person_starts, start)
        return list(self.persons[max(0, stop - _NEAR) : stop])

    def _pronoun(self, start: int, gender: str | None) -> Speaker | None:
        scores: dict[str, float] = {}
        of: dict[str, PersonMention] = {}
        for person in self._before(start):
            if gender and person.gender not in (None, gender):
                continue
            of[person.name] = person
            scores[person.name] = max(scores.get(person.name, 0.0), self._salience(person, start))
        for weight, named in zip((3.0, 1.0, 0.5), reversed(self._history), strict=False):
            if named.speaker.name in scores:
                scores[named.speaker.name] += weight
        if scores:
            return _as_speaker(of[max(scores, key=lambda name: scores[name])])
        return self._unnamed_person()

    def _salience(self, person: PersonMention, start: int) -> float:
        """Nearer is better, the subject of a sentence better still."""
        between = self.text[max(person.span.end, start - 600) : start]
        sentences = len(re.findall(r"[.!?][\"”’)]*\s", between)) + between.count("\n")
        before = self.text[max(0, person.span.start - 60) : person.span.start]
        subject = re.search(
            r"(?:^|[.!?\n:;\"”“]|,|\b[Ww]hen|\b[Bb]ut|\b[Aa]s|\bthat|\b[Aa]nd)\s*(?:[A-Z][\w.]*\s+){0,5}$", before
        )
        points = (4.0 + (1.5 if subject else 0.0)) / (1 + sentences)
        return points * 0.3 if self._is_quoted(person.span.start) else points

    def _is_quoted(self, at: int) -> bool:
        """Whether the character stands inside quotation marks: whoever is named there seldom says it."""
        i = bisect_left(self._quote_starts, at) - 1
        return i >= 0 and at < self._quoted[i][1]

    def _unnamed_person(self) -> Speaker | None:
        last = self._history[-1] if self._history else None
        return last.speaker if last and last.speaker.kind == "unnamed" and not last.plural else None

    def _antecedent(self, start: int) -> Speaker | None:
        """Who a relative pronoun belongs to: what stands before it."""
        for person in self._before(start)[-1:-4:-1]:
            between = self.text[max(person.span.end, start - 160) : start]
            if start - person.span.end < 160 and re.fullmatch(r"[\s,–—-]*|,\s(?:an?|the)\s[^.!?]*", between):
                return _as_speaker(person)
        stop = bisect_left(self._mention_starts, start)
        if stop and re.fullmatch(r",?\s*", self.text[max(self.mentions[stop - 1].span.end, start - 9) : start]):
            return self._people(self.mentions[stop - 1], self.mentions[stop - 1].span.start) or _actor_speaker(
                self.mentions[stop - 1]
            )
        phrase = re.search(
            r"(?:(?:\b(?:some|many|several|other|all|the|an?|those)\s+)(?:[\w’'-]+\s+){0,4}?)?[\w’'-]+,?\s*$",
            self.text[max(0, start - 80) : start],
        )
        if phrase is None:
            return None
        at = max(0, start - 80) + phrase.start()
        return self._noun_phrase(*_strip(self.text, at, start))

    def _last_two(self, start: int) -> Speaker | None:
        two: dict[str, PersonMention] = {}
        for person in reversed(self._before(start)):
            two.setdefault(person.name, person)
            if len(two) == 2:
                ordered = sorted(two.values(), key=lambda p: p.span.start)
                return _joint([_as_speaker(p) for p in ordered])
        return None

    def _thing(self, start: int, *, plural: bool) -> Speaker | None:
        """What "it" or "they" refers to: who spoke last and is no single person."""
        for named in reversed(self._history[-4:]):
            if named.speaker.kind != "person" and named.plural == plural:
                return named.speaker
        stop = bisect_left(self._mention_starts, start)
        for mention in reversed(self.mentions[max(0, stop - 4) : stop]):
            if mention.actor.kind != "person" and not mention.place and not plural:
                return _actor_speaker(mention)
        return None

    def _description(self, start: int, end: int) -> Speaker | None:
        """Somebody known by a description: "the Turkish foreign minister", "the ministry"."""
        phrase = self.text[start:end]
        definite = re.match(r"(?:the|this|that)\s", phrase, re.I) or _POSSESSIVE.search(phrase)
        head = _head(phrase)
        single = head in ROLES and not _is_plural(head)
        if not definite:
            known = single and phrase[:2].lower() not in ("a ", "an")
            return self._by_role(start, end, need=4.0) if known else None
        earlier = self._earlier(head, phrase)
        if single:
            if _within(self.persons, self._person_starts, start, end):
                return None
            if earlier and earlier.speaker.kind == "unnamed":
                return earlier.speaker
            found = self._by_role(start, end, need=2.0)
            return found or (None if head in _UNNAMED else self._last_person(start, self._country(start, end)))
        if earlier and (head in _BODIES or head in _UTTERANCES) and earlier.speaker.kind != "person":
            return earlier.speaker
        if head in _UTTERANCES and self._history:
            return self._history[-1].speaker
        if head in ("campaign", "group", "organization", "company", "agency", "newspaper", "paper", "firm"):
            last = next((h for h in reversed(self._history[-4:]) if h.speaker.kind == "organization"), None)
            return last.speaker if last else None
        return None

    def _earlier(self, head: str, phrase: str) -> _Named | None:
        """The last speaker of the same noun, unless the phrase says something else of it."""
        told = set(_words(phrase)) - {"the", "this", "that", "same", "new", "latest"}
        for named in reversed(self._history[-20:]):
            if (
                named.head == head
                and not named.plural
                and (told <= {head} or told <= set(_words(named.speaker.name)))
            ):
                return named
        return None

    def _last_person(self, start: int, country: str | None) -> Speaker | None:
        """Who spoke last, or is named most prominently, unless from another country."""
        last = next((h.speaker for h in reversed(self._history[-3:]) if h.speaker.kind == "person"), None)
        last = last or self._pronoun(start, None)
        return None if last and country and last.country not in (None, country) else last

    def _by_role(self, start: int, end: int, *, need: float) -> Speaker | None:
        words = {fold(w) for w in _words(_CUT.split(self.text[start:end])[0])}
        head = _head(self.text[start:end])
        gender = "f" if words & FEMALE_TITLES else "m" if words & MALE_TITLES else None
        country = self._country(start, end)
        best, score = None, need
        recent = [h.speaker.name for h in self._history[-2:]]
        inside = {p.name for p in _within(self.persons, self._person_starts, start, end)}
        for i, person in enumerate(self._before(start)):
            if gender and person.gender not in (None, gender):
                continue
            if person.name in inside or (country and person.country and person.country != country):
                continue
            points = 3.0 * (head in person.roles) + 0.5 * len(words & person.roles) + i / (2 * _NEAR)
            points += 2.0 * bool(country and person.country == country) + 1.0 * (person.name in recent)
            if points >= score:
                best, score = person, points
        return _as_speaker(best) if best else None

    # Everybody else.

    def _noun_phrase(self, start: int, end: int) -> Speaker | None:
        """The phrase itself, without article, relative clause and the capital of a sentence."""
        bare = start + _article(self.text[start:end])
        phrase = " ".join(self.text[bare:end].split())
        cut = _CUT.search(phrase, 3)
        phrase = (phrase[: cut.start()] if cut else phrase).strip(_EDGE)
        phrase = re.sub(r"['’]s?$", "", phrase)
        if not phrase:
            return None
        if phrase.isupper() and (len(phrase.split()) > 3 or self._is_headline(start, end)):
            phrase = " ".join(w if "." in w else w.lower() for w in phrase.split())
        if _head(phrase) in ("campaign", "administration"):
            phrase = _POSSESSIVE.sub("", re.sub(r"^(?:Mr|Mrs|Ms)\.\s", "", phrase))
        if bare == start and self._is_ordinary(phrase, start):
            phrase = phrase[0].lower() + phrase[1:]
        return Speaker(phrase, _kind(phrase), self._country(start, end))

    def _is_headline(self, start: int, end: int) -> bool:
        return not any(c.islower() for c in self.text[max(0, start - 30) : end + 30])

    def _is_ordinary(self, phrase: str, start: int) -> bool:
        """Whether only the beginning of a sentence gives the first word its capital."""
        first, _, rest = phrase.partition(" ")
        if first.lower() in _QUANTIFIERS:
            return True
        at = start + len(first)
        known = _within(self.mentions, self._mention_starts, start, at)
        named = [p for p in _within(self.persons, self._person_starts, start, at + 9) if first[:-2] in p.span.text]
        goes_on = rest[:1].isupper() and not _within(self.mentions, self._mention_starts, at, at + 2)
        if first[1:] != first[1:].lower() or first in US_WORDS or known or named or goes_on:
            return False
        return self.text[max(0, start - 9) : start].rstrip(" \t\u00a0\"“‘'")[-1:] in ("", *".!?\n:”")

    def _country(self, start: int, end: int) -> str | None:
        inside: Iterable[str | None] = (
            *(m.actor.country for m in _within(self.mentions, self._mention_starts, start, end)),
            *(p.country for p in _within(self.persons, self._person_starts, start, end)),
        )
        found = next(filter(None, inside), None)
        return found or ("USA" if US_WORDS & set(_WORD.findall(self.text[start:end])) else None)


Item = TypeVar("Item", PersonMention, ActorMention)


def _within(items: Sequence[Item], starts: Sequence[int], start: int, end: int) -> list[Item]:
    found = items[bisect_left(starts, start) : bisect_left(starts, end)]
    return list(found)


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while (
        end > start
        and text[end - 1] in _EDGE
        and not re.search(r"(?:\w\.)+\w\.$", text[max(start, end - 12) : end])
    ):
        end -= 1
    return start, end


def _article(phrase: str) -> int:
    """Length of the articles and possessive pronouns that begin the phrase."""
    match = _ARTICLE.match(phrase)
    return match.end() if match and match.end() < len(phrase) else 0


def _words(phrase: str) -> list[str]:
    return [_POSSESSIVE.sub("", w).lower() for w in _WORD.findall(phrase)]


def _head(phrase: str) -> str:
    """The noun of a noun phrase: the last word before a preposition, comma or clause."""
    core = re.split(
        r",|\s(?:of|for|in|at|on|to|from|with|by|who|which|that|whose|familiar|released|whom)\s",
        phrase,
        maxsplit=1,
    )[0]
    words = _words(core)
    return words[-1] if words else ""


def _is_plural(head: str) -> bool:
    if head in ("people", "police", "women", "men", "many", "some", "others", "media"):
        return True
    return head.endswith("s") and not head.endswith(("ss", "us", "is", "news", "congress"))


def _kind(phrase: str) -> SpeakerKind:
    head = _head(phrase)
    if head in _GROUPS:
        return "group"
    if head in _BODIES or head in ("administration", "campaign"):
        return "organization"
    words = phrase.split()
    return "organization" if words[-1][0].isupper() and not _is_plural(head) else "unnamed"


def _as_speaker(person: PersonMention) -> Speaker:
    return Speaker(person.name, "person", person.country)


_KINDS: dict[ActorKind, SpeakerKind] = {
    "country": "country",
    "igo": "organization",
    "organization": "organization",
    "group": "group",
    "person": "person",
}


def _actor_speaker(mention: ActorMention) -> Speaker:
    return Speaker(mention.actor.name, _KINDS[mention.actor.kind], mention.actor.country)


def _joint(speakers: Sequence[Speaker]) -> Speaker:
    """Two or more who speak together; a country only where they have one between them."""
    names = list(dict.fromkeys(s.name for s in speakers))
    if len(names) == 1:
        return speakers[0]
    countries = {s.country for s in speakers} - {None}
    name = ", ".join(names[:-1]) + " and " + names[-1]
    return Speaker(name, "group", countries.pop() if len(countries) == 1 else None)
