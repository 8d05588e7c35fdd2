"""Kinds of names by rule, where nobody annotated them: distant labels (Mintz et al. 2009) for the names head.

The rules of ``stancelib.names`` know a person in an article by a title, a verb or an apposition somewhere in it.
The encoder learns to know the same names without. Capitalised words that no rule explains stay without a label.
"""

from __future__ import annotations

from collections.abc import Sequence

from stancelib.gazetteer import load_gazetteer
from stancelib.name_words import NameWord, Run, is_capital, is_joined, name_words
from stancelib.names import find_persons
from training.corpora.schema import Row, name

_INNER = ("of", "for", "the", "and", "on")


def silver_names(text: str) -> list[Row]:
    """Spans with their kinds, in the form of a row's ``names``."""
    known = load_gazetteer().find(text)
    words = name_words(text, known)
    unsure = [name(w.start, w.end, "") for w in words if w.label == "name"]
    organisations = [
        name(words[a].start, words[b - 1].end, "organization")
        for a, b in (organisation_run(words, i) for i, w in enumerate(words) if w.label == "organisation")
        if b - a > 1
    ]
    kinds = {"country": "other", "person": "person"}
    mentions = [
        name(m.span.start, m.span.end, kinds.get(m.actor.kind, "organization"))
        for m in known
        if m.span.text[0].isupper()
    ]
    persons = [name(p.span.start, p.span.end, "person") for p in find_persons(text, known)]
    return [name(0, len(text), "other"), *unsure, *organisations, *mentions, *persons] if text else []


def organisation_run(words: Sequence[NameWord], i: int) -> Run:
    """The capitalised words around an organisation's noun: "Institute of World Affairs", "Red Lion Party"."""
    first, stop = i, i + 1
    while first and is_joined(words[first]) and is_capital(words[first - 1]) and words[first - 1].label != "role":
        first -= 1
    while stop < len(words) and is_joined(words[stop]):
        after = stop
        while after < len(words) and words[after].text in _INNER and is_joined(words[after]):
            after += 1
        if after == len(words) or not (is_capital(words[after]) and is_joined(words[after])):
            break
        stop = after + 1
    return first, stop
