"""How likely a person is the one that a pronoun stands for: a log-linear model of what the surface of a text shows.

The features are those that linguistics has long known (Lappin and Leass 1994): nearness, standing as the subject or
after a preposition, being the topic, and parallelism with the pronoun. The weights were fitted to GAP (Webster et al.
2018); ``python -m training.fit_pronouns`` makes them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from math import log

from stancelib.names import PersonMention
from stancelib.words import word_set

WEIGHTS: Mapping[str, float] = {}

REACH = 1200  # characters before a pronoun in which its person is looked for
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!Mr)(?<!Ms)(?<!Dr)(?<!Mrs)(?<!St)[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z])|\n")
_BEFORE_SUBJECT = re.compile(
    r"(?:^|[;:,(\"“—–-]|\b(?:when|while|but|as|that|and|because|after|before|if|although|though|where|which|until|"
    r"so|since|then|than))\s*(?:(?:the|an?|his|her|[A-Z][\w.’'-]*|[a-z]+)\s+){0,3}$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:of|with|by|to|from|for|in|on|at|against|about|between|under|like|than|into|over|and)\s+(?:[A-Z][\w.]*\s+){0,2}$"
)
_VERB_FOLLOWS = re.compile(
    r"\s+(?:\w+ly\s+)?(?:is|was|were|are|had|has|have|did|does|would|will|could|can|may|might|must|should|also|later|"
    r"[a-z]{2,}(?:ed|es|s)|said|told|met|went|made|took|became|began|won|wrote|left|gave|found|got|saw|came|ran|"
    r"felt|kept|held|led|grew|knew|thought|brought|sent|put|set|let|lost|spoke|fell|drew|chose|sang|rose)\b"
)
_AUXILIARY = _VERB_FOLLOWS
_CONJOINED = re.compile(r"\s+and\s+[A-Z]|,\s+[A-Z][\w]+,?\s+and\s")
_POSSESSIVE_MARK = re.compile(r"['’]s?\b")
_NOT_NOUNS = word_set("to and in on at for with from by as that when but or of into about after before because if while")
_WORD_AFTER = re.compile(r"\s+([a-z]+)")


def place_of(text: str, start: int, end: int) -> str:
    """What the pronoun is in its sentence: "subject", "owner" (his book) or "object"."""
    word = text[start:end].lower().split()[0]
    if word in ("he", "she"):
        return "subject"
    if word in ("him", "himself", "herself", "hers"):
        return "object"
    after = _WORD_AFTER.match(text, end)
    return "owner" if word == "his" or (after and after[1] not in _NOT_NOUNS) else "object"


def scores(text: str, persons: Sequence[PersonMention], start: int, end: int) -> dict[str, float]:
    """The score of each person by name, of those named before the pronoun at start:end; the higher the likelier."""
    found = features(text, persons, start, end)
    return {name: sum(WEIGHTS.get(f, 0.0) * v for f, v in values.items()) for name, values in found.items()}


def features(text: str, persons: Sequence[PersonMention], start: int, end: int) -> dict[str, dict[str, float]]:
    """What the text shows of each person, by name."""
    first = max(0, start - REACH)
    ends = [first + m.end() for m in _SENTENCE_END.finditer(text[first:start])]
    place = place_of(text, start, end)
    mentions: dict[str, list[PersonMention]] = {}
    for person in persons:
        mentions.setdefault(person.name, []).append(person)
    order = sorted(mentions, key=lambda name: -mentions[name][-1].span.start)
    earliest = min(mentions, key=lambda name: mentions[name][0].span.start, default="")
    found = {}
    for rank, name in enumerate(order):
        values = {"topic": log(len(mentions[name])), "first": float(name == earliest)}
        values["nearest"], values["second"] = float(rank == 0), float(rank == 1)
        values["gender"] = float(any(p.gender for p in mentions[name]))
        values |= _of_mentions(text, mentions[name][-6:], ends)
        values |= {f"{place}: {key}": value for key, value in values.items()}
        found[name] = values
    return found


def _of_mentions(text: str, mentions: Iterable[PersonMention], ends: Sequence[int]) -> dict[str, float]:
    """By sentence before the pronoun's (0 its own): whether the person is there, and how."""
    values: dict[str, float] = {}
    for person in mentions:
        a, b = person.span.start, person.span.end
        back = len(ends) - bisect_right(ends, a)
        where = str(back) if back < 3 else "far"
        sentence = ends[-back - 1] if back < len(ends) else 0
        before, after = text[max(sentence, a - 60) : a], text[b : b + 40]
        values[f"in {where}"] = 1.0
        owner = _POSSESSIVE_MARK.match(after)
        if owner:
            values[f"owner in {where}"] = 1.0
        elif _PREPOSITION.search(before):
            values[f"after preposition in {where}"] = 1.0
        elif _BEFORE_SUBJECT.search(before) or _VERB_FOLLOWS.match(after):
            values[f"subject in {where}"] = 1.0
            if not before.strip():
                values[f"opens {where}"] = 1.0
        if _CONJOINED.match(after):
            values[f"joined in {where}"] = 1.0
    return values
