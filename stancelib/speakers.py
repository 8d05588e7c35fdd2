"""Who the source of a statement is: its words resolved to one speaker of the document.

By rules: a name in the source, an actor of the gazetteer, a pronoun or description that agrees with somebody named
before, and else the noun phrase itself. What nothing resolves has no name: nobody is invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from stancelib.coreference import (
    CLAUSE,
    POSSESSIVE,
    Discourse,
    actor_speaker,
    head_noun,
    is_plural,
    is_pronoun,
    joint_speaker,
    person_speaker,
    words_of,
)
from stancelib.errors import InvalidInputError
from stancelib.gazetteer import ActorMention
from stancelib.lexicon import (
    BODIES,
    GOVERNMENT,
    GROUPS,
    MEDIA,
    OFFICES_OF,
    QUANTIFIERS,
    ROLES,
    US_WORDS,
    UTTERANCES,
    fold,
)
from stancelib.names import PersonMention
from stancelib.types import Span, Speaker, SpeakerKind
from stancelib.words import word_set

_EDGE = " \t\r\n\u00a0,;:.–—-\"“”‘'()[]"
_ARTICLE = re.compile(r"(?:a|an|the|this|that|these|those|his|her|their|its|my|our|one|some of the)\s+", re.I)
_RELATIVE = word_set("who whom whose which that")
_BLOCKING = re.compile(
    r"\b(?:for|to|of|with|from|by|about|against|like|including|between|as|than|at|near|under)\s+"
    r"(?:the\s+|former\s+|then-)?(?P<title>(?:[A-Z][\w.’'-]*\s+){0,6})$"
)
# Between a person and "who": nothing, an apposition, "of Vermont", "(R-Ohio)".
_BETWEEN = re.compile(r"[\s,–—-]*|,\s(?:an?|the)\s[^.!?]*|\sof\s[A-Z][\w. ]*,?\s*|\s\([^)]{1,30}\),?\s*")
_NOUN_FOLLOWS = re.compile(r"\s+(?!(?:and|who|of|at|in|from|himself|herself|told|says?|said)\b)[a-z]")
_LONGEST = 400  # characters of a source that are looked at


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
    resolver = _Resolver(Discourse(text, persons, mentions))
    return [resolver.resolve(source, later) for source, later in pairwise([*sources, None])]


class _Resolver:
    """Finds the speakers of one document, source by source."""

    def __init__(self, document: Discourse) -> None:
        self.document, self.text = document, document.text
        self._countries: dict[str, str] = {}  # of persons, as descriptions of them told

    def resolve(self, source: Span | None, later: Span | None) -> Speaker:
        """The speaker of one source; ``later`` is the next one. What is found out is remembered for those."""
        if source is None:
            return Speaker("", "none")
        start, end = _strip(self.text, source.start, min(source.end, source.start + _LONGEST))
        found = self._find(start, end, later) or Speaker("", "none")
        if found.name:
            if found.kind == "person" and found.country:
                self._countries.setdefault(found.name, found.country)
            elif found.kind == "person":
                found = replace(found, country=self._countries.get(found.name))
            if found.country is None and self.document.is_of_here(found, start, end):
                found = replace(found, country=self.document.home or self._state_of_office(found))
            self.document.remember(found, self.text[start:end])
        return replace(found, mention=source)

    def _state_of_office(self, speaker: Speaker) -> str | None:
        """The one state that has the speaker's office, in a text that refers to it or to no state at all."""
        title = fold(f"{speaker.name} {speaker.description or ''}")
        state = next((of for office, of in OFFICES_OF.items() if re.search(rf"\b{office}\b", title)), None)
        return state if state in self.document.states or not self.document.states else None

    def _find(self, start: int, end: int, later: Span | None) -> Speaker | None:
        if start >= end:
            return None
        phrase = self.text[start:end]
        if phrase.lower() in _RELATIVE:
            return self._antecedent(start, personal=phrase.lower() not in ("which", "that"))
        if is_pronoun(phrase):
            return self.document.pronoun(start, end)
        return (
            self._named_person(start, end)
            or self._actor(start, end)
            or self.document.description(start, end)
            or (self.document.introduced(start, end, later) if later else None)
            or self._noun_phrase(start, end)
        )

    # Names.

    def _named_person(self, start: int, end: int) -> Speaker | None:
        inside = self.document.persons_in(start, end)
        heads = [p for i, p in enumerate(inside) if self._is_head(p, inside[i + 1 : i + 2], start, end)]
        if not heads:
            return self._utterer(inside, start, end)
        joint = [heads[0], *(p for i, p in enumerate(heads[1:]) if self._is_joined(p, heads[i].span.end))]
        if len(joint) > 1 and joint[0].name != joint[1].name:
            return joint_speaker([person_speaker(p) for p in joint])
        rest = self.text[heads[0].span.end : end]
        if re.match(r"\s+and\s+[a-z]", rest) and heads[0] is inside[-1]:
            return Speaker(heads[0].name + " " + " ".join(rest.split()), "group")
        return person_speaker(heads[0])

    def _is_head(self, person: PersonMention, later: Sequence[PersonMention], start: int, end: int) -> bool:
        """Whether the phrase is about the person: no other noun, nor the person ``later``, belongs to them."""
        before, after = self.text[start : person.span.start], self.text[person.span.end : end]
        if re.search(r"\b(?:including|such as|like)\s", before):
            return False
        nearby = before[-90:]
        if POSSESSIVE.match(after) and any("," not in self.text[person.span.end : p.span.start] for p in later):
            return False  # "Clinton's rival Sanders"
        blocked = _BLOCKING.search(nearby)
        if blocked and not (blocked["title"] and head_noun(nearby[: blocked.start()]) in ROLES):
            return False  # "aides to X", but "Secretary of State X"
        possessive = POSSESSIVE.match(after)
        tail = after[possessive.end() :] if possessive else after
        if not _NOUN_FOLLOWS.match(tail):
            return True
        return possessive is not None and bool(set(words_of(tail.split(",")[0])) & UTTERANCES)

    def _is_joined(self, person: PersonMention, start: int) -> bool:
        before = self.text[max(start, person.span.start - 80) : person.span.start]
        if re.search(r"\b(?:who|which|that)\s[^,]*$", before):
            return False
        return re.search(r"(?:\band|,)\s+(?:[\w.’'-]+\s+){0,6}$", before) is not None and " and " in before

    def _utterer(self, inside: Sequence[PersonMention], start: int, end: int) -> Speaker | None:
        """ "a letter from X", "a study by X and Y": who uttered it."""
        if not inside:
            return None
        lead = self.text[start : inside[0].span.start]
        if (
            not re.search(r"\b(?:by|from|of)\s+(?:[\w.’'-]+\s+){0,6}$", lead)
            or not set(words_of(lead)) & UTTERANCES
        ):
            return None
        return joint_speaker([person_speaker(p) for p in inside if p is inside[0] or self._is_joined(p, start)])

    def _actor(self, start: int, end: int) -> Speaker | None:
        """The actor that is the phrase, its government, or what it utters."""
        bare = start + _article(self.text[start:end])
        inside = self.document.mentions_in(start, end)
        if not inside:
            return None
        first = inside[0]
        rest = self.text[first.span.end : end]
        tail = rest[m.end() :] if (m := POSSESSIVE.match(rest)) else rest
        if first.span.start not in (start, bare):
            lead = self.text[bare : first.span.start].lower()
            if (
                re.fullmatch(r"(?:government|authorities|leaders?)\s+(?:of|in)\s+(?:the\s+)?", lead)
                and not tail.strip()
            ):
                return actor_speaker(first) if first.actor.kind == "country" else None
            return None
        words = words_of(tail)
        if not words or tail.lstrip()[:1] in (",", "(") or words[0] in _RELATIVE:
            return self._people(first, start) or actor_speaker(first)
        if words[0] in GOVERNMENT and first.actor.kind == "country" and len(words) == 1:
            return actor_speaker(first)
        if len(words) == 1 and words[0] in UTTERANCES and tail != rest:
            return actor_speaker(first)
        if " and " in tail[:5] and len(inside) == 2 and inside[1].span.end == end:
            return joint_speaker([actor_speaker(first), actor_speaker(inside[1])])
        return None

    def _people(self, mention: ActorMention, start: int) -> Speaker | None:
        """ "Americans" are a people, "Republicans" no party; "the Saudis", like "Saudi Arabia", are the state."""
        word = mention.span.text
        if mention.actor.kind == "organization" and word.endswith("s") and not mention.actor.name.endswith(word):
            return Speaker(word, "group", mention.actor.country) if word.isalpha() and not word.isupper() else None
        if mention.actor.kind != "country" or mention.span.start != start or not re.search(r"(?:an|i)s$", word):
            return None
        return Speaker(word, "group", mention.actor.country)

    def _antecedent(self, start: int, *, personal: bool) -> Speaker | None:
        """Who a relative pronoun belongs to: what stands before it."""
        for person in self.document.persons_before(start)[-1:-4:-1] if personal else []:
            between = self.text[max(person.span.end, start - 160) : start]
            if start - person.span.end < 160 and _BETWEEN.fullmatch(between):
                return person_speaker(person)
        for mention in self.document.mentions_before(start, 1):
            if re.fullmatch(r",?\s*", self.text[max(mention.span.end, start - 9) : start]):
                return self._people(mention, mention.span.start) or actor_speaker(mention)
        phrase = re.search(
            r"(?:(?:\b(?:some|many|several|other|all|the|an?|those)\s+)(?:[\w’'-]+\s+){0,4}?|(?:[A-Z][\w’'-]*\s+){1,5})?"
            r"[\w’'-]+,?\s*$",
            self.text[max(0, start - 80) : start],
        )
        if phrase is None:
            return None
        at = max(0, start - 80) + phrase.start()
        return self._noun_phrase(*_strip(self.text, at, start))

    # Everybody else.

    def _noun_phrase(self, start: int, end: int) -> Speaker | None:
        """The phrase itself, without article, relative clause and the capital of a sentence."""
        bare = start + _article(self.text[start:end])
        phrase = " ".join(self.text[bare:end].split())
        cut = CLAUSE.search(phrase, 3)
        phrase = (phrase[: cut.start()] if cut else phrase).strip(_EDGE)
        phrase = re.sub(r"['’]s?$", "", phrase)
        if not phrase:
            return None
        if phrase.isupper() and (len(phrase.split()) > 3 or self._is_headline(start, end)):
            phrase = " ".join(w if "." in w else w.lower() for w in phrase.split())
        if head_noun(phrase) in ("campaign", "administration"):
            phrase = POSSESSIVE.sub("", re.sub(r"^(?:Mr|Mrs|Ms)\.\s", "", phrase))
        if bare == start and self._is_ordinary(phrase, start):
            phrase = phrase[0].lower() + phrase[1:]
        if phrase in MEDIA:
            return Speaker(phrase, "organization", MEDIA[phrase])
        return Speaker(phrase, _kind(phrase), self.document.country(start, end))

    def _is_headline(self, start: int, end: int) -> bool:
        return not any(c.islower() for c in self.text[max(0, start - 30) : end + 30])

    def _is_ordinary(self, phrase: str, start: int) -> bool:
        """Whether only the beginning of a sentence gives the first word its capital."""
        first, _, rest = phrase.partition(" ")
        if first.lower() in QUANTIFIERS:
            return True
        at = start + len(first)
        known = self.document.mentions_in(start, at)
        named = [p for p in self.document.persons_in(start, at + 9) if first[:-2] in p.span.text]
        goes_on = rest[:1].isupper() and not self.document.mentions_in(at, at + 2)
        if first[1:] != first[1:].lower() or first in US_WORDS or known or named or goes_on:
            return False
        return self.text[max(0, start - 9) : start].rstrip(" \t\u00a0\"“‘'")[-1:] in ("", *".!?\n:”")


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


def _kind(phrase: str) -> SpeakerKind:
    head = head_noun(phrase)
    if head in GROUPS:
        return "group"
    if head in BODIES or head in ("administration", "campaign"):
        return "organization"
    words = phrase.split()
    if head in ROLES:
        return "unnamed"
    return "organization" if words[-1][0].isupper() and not is_plural(head) else "unnamed"
