"""The words of a text that may be names: where capitalised words make a run, and which belong to organisations.

Surface rules only, for persons (see names.py), organisations (organisations.py) and as labels to train on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from stancelib.gazetteer import ActorMention
from stancelib.lexicon import (
    BEFORE_SAY,
    COMPOUND_ENDINGS,
    FEMALE_NAMES,
    MALE_NAMES,
    NOT_NAMES,
    OFFICE,
    ORGANISATION_WORDS,
    PARTICLES,
    ROLES,
    SAY,
    SAY_BEFORE_NAME,
    SUFFIXES,
    fold,
)

_MARKS = "[\u0300-\u036f]*"
_LETTERS = rf"(?:[^\W\d_]{_MARKS})+"
_TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}"  # U.S., J.K.
    r"|\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Sen|Sens|Rep|Reps|Gov|Prof|Rev|Hon|Amb|Jr|Sr|St|[A-Z])\."
    rf"|{_LETTERS}(?:[-‑'’](?![sS]\b){_LETTERS})*"
    r"|\d+"
)
SPACES = re.compile(r"[ \t\u00a0]{1,3}")

Run = tuple[int, int]  # words first (included) to stop (excluded)


@dataclass(frozen=True, slots=True)
class NameWord:
    start: int
    end: int
    text: str
    folded: str
    gap: str  # what stands between the word before and this one
    label: str = ""  # "name", "role" (also of an office), "organisation" or "" for all else
    actor: ActorMention | None = None


def name_words(text: str, mentions: Sequence[ActorMention]) -> list[NameWord]:
    """The words of ``text``, labelled; ``mentions`` are the known actors in it, sorted."""
    return _label(_words(text), mentions)


def _words(text: str) -> list[NameWord]:
    words, end = [], 0
    for match in _TOKEN.finditer(text):
        start, token = match.start(), match.group()
        if token in ("s", "S") and start and text[start - 1] in "'’":
            continue  # of "Turkey's": it goes into the gap
        words.append(NameWord(start, match.end(), token, fold(token), text[end:start]))
        end = match.end()
    return words


def _label(words: list[NameWord], mentions: Sequence[ActorMention]) -> list[NameWord]:
    lowercase = {w.text for w in words if w.text.islower()}
    labelled: list[NameWord] = []
    at = 0
    for word in words:
        while at < len(mentions) and mentions[at].span.end <= word.start:
            at += 1
        actor = mentions[at] if at < len(mentions) and mentions[at].span.start < word.end else None
        before = labelled[-1] if labelled else None
        label = _kind(word, before, actor, ordinary=word.text.lower() in lowercase)
        labelled.append(NameWord(word.start, word.end, word.text, word.folded, word.gap, label, actor))
    return _label_borrowed(labelled)


def _label_borrowed(words: list[NameWord]) -> list[NameWord]:
    """Once the text has "Theresa May", the word alone is her name too where it is a subject: "May said"."""
    after_given = (w for v, w in pairwise(words) if v.label == w.label == "name" and is_given(v) and is_joined(w))
    borrowed = {w.text for w in after_given}
    for i in range(len(words) if borrowed else 0):
        word, before = words[i], words[i - 1] if i else None
        if word.text not in borrowed or word.label == "name":
            continue
        titled = (
            before is not None and is_joined(word) and (before.text in SAY_BEFORE_NAME or before.label == "role")
        )
        if titled or speaks(words, (i, i + 1)):
            words[i] = replace(word, label="name", actor=None)
    return words


def _kind(word: NameWord, before: NameWord | None, actor: ActorMention | None, *, ordinary: bool) -> str:
    lower = word.text.lower()
    after_given = before is not None and before.label == "name" and is_given(before) and is_joined(word)
    if actor and actor.actor.kind == "person":
        whole = actor.span.start <= word.start and word.end <= actor.span.end + 1
        return "role" if lower in ROLES else "name" if whole else ""
    if actor:
        return "name" if after_given and actor.actor.kind == "country" and word.end == actor.span.end else ""
    if lower in ROLES and not (after_given and is_capital(word)):
        return "role"
    if not is_capital(word) or word.folded in SUFFIXES:
        return ""
    if lower in OFFICE:
        return "role"
    if lower in ORGANISATION_WORDS:
        return "name" if after_given and lower in ("day", "park", "house", "bell", "price") else "organisation"
    if lower in NOT_NAMES or lower in SAY:
        return "name" if after_given and lower in ("may", "west", "young", "north") else ""
    if ordinary and not is_given(word) and (before is None or starts_sentence(word)):
        return ""
    return "name"


def is_given(word: NameWord) -> bool:
    """Whether the word is a common given name."""
    return word.folded in FEMALE_NAMES or word.folded in MALE_NAMES


def is_capital(word: NameWord) -> bool:
    if word.text.isalpha():  # the usual case, without a hyphen
        return word.text[0].isupper() and len(word.text) <= 40
    head, *rest = re.split("[-‑]", word.text)
    if any(part in COMPOUND_ENDINGS for part in rest) or len(word.text) > 40:
        return False
    return head[0].isupper() or (head in PARTICLES and bool(rest) and rest[0][:1].isupper())


def is_joined(word: NameWord) -> bool:
    """Whether only a space stands before the word."""
    return SPACES.fullmatch(word.gap) is not None


def starts_sentence(word: NameWord) -> bool:
    return not word.gap or any(mark in word.gap for mark in '.!?\n“":—')


def name_runs(words: Sequence[NameWord]) -> Iterator[Run]:
    """Sequences of name words, with the particles, initials and suffixes between them."""
    i = 0
    while i < len(words):
        if words[i].label != "name":
            i += 1
            continue
        first, stop, i = i, i + 1, i + 1
        while i < len(words) and _continues(words, i):
            i += 1
            if words[i - 1].label == "name" or words[i - 1].folded in SUFFIXES:
                stop = i
        i = stop
        yield first, stop


def _continues(words: Sequence[NameWord], i: int) -> bool:
    word = words[i]
    if word.folded in SUFFIXES:
        return word.gap in (" ", ", ", "\u00a0")
    if not is_joined(word) or (word.actor is not words[i - 1].actor and (is_full(word) or is_full(words[i - 1]))):
        return False
    if word.label == "name":
        return True
    return (
        word.text in PARTICLES
        and i + 1 < len(words)
        and (words[i + 1].label == "name" or words[i + 1].text in PARTICLES)
        and words[i - 1].text not in ("and",)
    )


def of_organisation(words: Sequence[NameWord], run: Run) -> bool:
    """Whether the run belongs to the name of an organisation: beside such a word, or after "Institute of"."""
    first, stop = run
    if stop < len(words) and words[stop].label == "organisation" and is_joined(words[stop]):
        return True
    i = first
    if i and words[i - 1].label == "organisation" and is_joined(words[i]):
        return True
    for _ in range(6):
        if not i or not is_joined(words[i]):
            return False
        i -= 1
        if words[i].label == "organisation":
            return True
        if words[i].text not in ("of", "for", "the", "and", "on") and words[i].label != "name":
            return False
    return False


def is_full(word: NameWord) -> bool:
    """Whether the word belongs to a person whose full name the gazetteer has found."""
    return word.actor is not None and word.actor.actor.kind == "person" and " " in word.actor.span.text


def speaks(words: Sequence[NameWord], run: Run) -> bool:
    first, stop = run
    if first and words[first - 1].folded in SAY_BEFORE_NAME and is_joined(words[first]):
        return True
    while stop < len(words) and words[stop].folded in BEFORE_SAY and is_joined(words[stop]):
        stop += 1
    return stop < len(words) and words[stop].text in SAY and is_joined(words[stop])
