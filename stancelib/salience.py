"""How likely a pronoun stands for a person: a log-linear model of what the surface of a text shows.

What counts has long been known (Lappin and Leass 1994): nearness, standing as the subject or after a preposition,
being what the text is about, and being where the pronoun is. How much was fitted to GAP (Webster et al. 2018).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from math import log

from stancelib.names import PersonMention
from stancelib.words import word_set

# ``python -m training.fit_pronouns`` prints these. "in 1": named in the sentence before the pronoun's, as subject,
# as owner ("Obama's") or after a preposition; "he: …": only if the pronoun is a subject, and so on.
WEIGHTS: Mapping[str, float] = {
    "nearest": 0.7,
    "second": 0.47,
    "topic": 0.47,
    "first": 0.19,
    "in 0": 1.15,
    "in 1": -0.28,
    "in 2": -0.26,
    "in far": 0.14,
    "subject in 0": 0.66,
    "subject in 1": 0.55,
    "subject in 2": 0.57,
    "opens in 0": 0.27,
    "opens in 1": 0.26,
    "joined in 0": -0.57,
    "after preposition in 0": -0.16,
    "after preposition in 1": -0.24,
    "owner in 0": 0.14,
    "owner in 1": 0.46,
    "he: subject in 0": 0.67,
    "he: opens in 1": 0.61,
    "he: in 0": 0.37,
    "him: subject in 0": -0.83,
    "his: nearest": 0.48,
    "his: in 0": 0.57,
}

_REACH = 1200  # characters before a pronoun in which sentences are counted
_MENTIONS = 6  # of a person, the last ones
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!Mr)(?<!Ms)(?<!Dr)(?<!Mrs)(?<!St)[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z])|\n"
)
_SUBJECT_BEFORE = re.compile(
    r"(?:^|[;:,(\"“—–-]|\b(?:when|while|but|as|that|and|because|after|before|if|although|though|where|which|until|"
    r"so|since|then|than))\s*(?:[\w.’'-]+\s+){0,3}$",
    re.IGNORECASE,
)
_VERB_AFTER = re.compile(
    r"\s+(?:is|was|were|are|had|has|have|did|does|would|will|could|can|may|might|must|should|also|later|"
    r"[a-z]{2,30}(?:ed|es|s)|said|told|met|went|made|took|became|began|won|wrote|left|gave|found|got|saw|came|ran|"
    r"felt|kept|held|led|grew|knew|thought|brought|sent|put|set|let|lost|spoke|fell|drew|chose|sang|rose)\b"
)
_PREPOSITION = re.compile(
    r"\b(?:of|with|by|to|from|for|in|on|at|against|about|between|under|like|than|into|over|and)\s+"
    r"(?:[A-Z][\w.]*\s+){0,2}$"
)
_JOINED = re.compile(r"\s+and\s+[A-Z]|,\s+[A-Z]\w+,?\s+and\s")
_OWNER = re.compile(r"['’]s?\b")
_NO_NOUN = word_set(
    "to and in on at for with from by as that when but or of into about after before because if while"
)
_WORD_AFTER = re.compile(r"\s+([a-z]+)")


def salience(text: str, persons: Sequence[PersonMention], start: int, end: int) -> dict[str, float]:
    """The score of each of ``persons``, who are named before the pronoun at start:end; the higher the likelier.

    ``exp(score)`` of one to the sum of all is the model's probability.
    """
    found = features(text, persons, start, end)
    return {name: sum(WEIGHTS.get(f, 0.0) * v for f, v in values.items()) for name, values in found.items()}


def features(text: str, persons: Sequence[PersonMention], start: int, end: int) -> dict[str, dict[str, float]]:
    """What the text shows of each person, by name: values of the keys of WEIGHTS, and of some that were tried."""
    first = max(0, start - _REACH)
    ends = [first + m.end() for m in _SENTENCE_END.finditer(text[first:start])]
    mentions: dict[str, list[PersonMention]] = {}
    for person in persons:
        mentions.setdefault(person.name, []).append(person)
    order = sorted(mentions, key=lambda name: -mentions[name][-1].span.start)
    earliest = min(mentions, key=lambda name: mentions[name][0].span.start, default="")
    found = {}
    for rank, name in enumerate(order):
        values = _of_mentions(text, mentions[name][-_MENTIONS:], ends)
        values |= {"topic": log(len(mentions[name])), "first": float(name == earliest)}
        values |= {"nearest": float(rank == 0), "second": float(rank == 1)}
        place = _place(text, start, end)
        found[name] = values | {f"{place}: {key}": value for key, value in values.items()}
    return found


def _place(text: str, start: int, end: int) -> str:
    """What the pronoun is in its sentence: subject (he), owner (his book) or object (him)."""
    word = text[start:end].lower().partition(" ")[0] or "he"  # a description stands where a subject does
    if word in ("he", "she"):
        return "he"
    if word in ("him", "himself", "herself", "hers"):
        return "him"
    after = _WORD_AFTER.match(text, end)
    return "his" if word == "his" or " " in text[start:end] or (after and after[1] not in _NO_NOUN) else "him"


def _of_mentions(text: str, mentions: Iterable[PersonMention], ends: Sequence[int]) -> dict[str, float]:
    """By sentence before the pronoun's (0 its own): whether the person is there, and as what."""
    values: dict[str, float] = {}
    for person in mentions:
        a, b = person.span.start, person.span.end
        back = len(ends) - bisect_right(ends, a)
        where = f"in {back}" if back < 3 else "in far"
        sentence = ends[-back - 1] if back < len(ends) else 0
        before, after = text[max(sentence, a - 60) : a], text[b : b + 40]
        values[where] = 1.0
        if _OWNER.match(after):
            values[f"owner {where}"] = 1.0
        elif _PREPOSITION.search(before):
            values[f"after preposition {where}"] = 1.0
        elif _SUBJECT_BEFORE.search(before) or _VERB_AFTER.match(after):
            values[f"subject {where}"] = 1.0
            values[f"opens {where}"] = float(not before.strip())
        if _JOINED.match(after):
            values[f"joined {where}"] = 1.0
    return values
