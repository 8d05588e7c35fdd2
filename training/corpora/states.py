"""Marked lines about other states, so that a model does not learn what is said of which state.

Counterfactual data augmentation: Lu et al. 2020, "Gender Bias in Neural Natural Language Processing", with states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from stancelib.gazetteer import read_table

TABLE = Path(__file__).parents[2] / "stancelib" / "data" / "actors.tsv"
_WITH_ARTICLE = "ARE BHS CAF COD COG COM CZE DOM GBR GMB MDV MHL NLD PHL SLB USA VAT"
_NO_ACTORS = "CSK DDR ESH GRL HKG MAC PRI SUN YUG"  # of the past, or hardly actors of their own
LEFT_ALONE = {*_WITH_ARTICLE.split(), *_NO_ACTORS.split()}
_STATE = re.compile(r"\{([-+0p=])([A-Z]{3}):([^{}]+)\}")
_SOURCE = re.compile(r"\[s\d*:[^\[\]]*\]")


class _Forms(NamedTuple):
    """What a state is called: one ``word`` of each kind (name, seat, adjective, people), and all of the table."""

    word: Mapping[str, str]
    all: frozenset[str]


def with_other_states(line: str, draw: Random) -> str | None:
    """The line with the states of the table exchanged for others of it, names for names and capitals for capitals.

    Adjectives in a source go with them. None where nothing or not all can be exchanged: no state of the table is
    marked, or one in other words, or it is named outside its marks too, where the word may mean something else
    ("Chad Miller"). States in LEFT_ALONE stay.
    """
    table = _forms()
    marks = [mark for mark in _STATE.finditer(line) if mark[2] in table]
    ids = list(dict.fromkeys(mark[2] for mark in marks))
    if not ids or any(not _has(mark[3], table[mark[2]].word.values()) for mark in marks):
        return None
    rest = _STATE.sub(lambda mark: "" if mark[2] in ids else mark[0], line)
    adjectives = [table[state].word["adjective"] for state in ids if "adjective" in table[state].word]
    rest = _SOURCE.sub(lambda source: _pattern(adjectives).sub("", source[0]), rest) if adjectives else rest
    if _has(rest, frozenset().union(*(table[state].all for state in ids))):
        return None
    kinds = {kind for state in ids for kind, word in table[state].word.items() if _has(line, [word])}
    pool = [state for state in table if state not in ids and kinds <= table[state].word.keys()]
    others = dict(zip(ids, draw.sample(pool, len(ids)), strict=True))
    new = {word: table[others[old]].word[kind] for old in ids for kind, word in _seen(table[old], kinds)}
    named = re.compile(rf"(?:\b([Aa])n? ((?:\{{[-+0p=][A-Z]{{3}}:)?))?{_pattern(new).pattern}")
    renamed = named.sub(lambda found: _article(found[1], found[2], new[found[3]]), line)
    return _STATE.sub(lambda mark: f"{{{mark[1]}{others.get(mark[2], mark[2])}:{mark[3]}}}", renamed)


def _seen(forms: _Forms, kinds: set[str]) -> list[tuple[str, str]]:
    """Kinds and words; the name last, so that it wins over a capital called the same."""
    return [
        (kind, forms.word[kind])
        for kind in ("people", "adjective", "seat", "name")
        if kind in kinds & forms.word.keys()
    ]


def _has(text: str, words: Iterable[str]) -> bool:
    return _pattern(words).search(text) is not None


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b")


def _article(article: str | None, mark: str | None, word: str) -> str:
    if article is None:
        return word
    return f"{article}{'n' if word.startswith(('A', 'E', 'I', 'O', 'Uz')) else ''} {mark}{word}"


@lru_cache(maxsize=1)
def _forms() -> Mapping[str, _Forms]:
    forms = {}
    for row in read_table(TABLE.read_text(encoding="utf-8")):
        if row["kind"] == "country" and row["id"] not in LEFT_ALONE:
            names, demonyms, seats = (
                [w for w in row[key].split("|") if w] for key in ("names", "demonyms", "seats")
            )
            word = {"name": row["name"], **({"seat": seats[0]} if seats else {})}
            # "Danish|Dane|Danes": the table does not say which is which.
            if len(demonyms) == 2 and demonyms[0].endswith(("an", "i")) and demonyms[1] == demonyms[0] + "s":
                word |= {"adjective": demonyms[0], "people": demonyms[1]}
            forms[row["id"]] = _Forms(word, frozenset((*names, *demonyms, *seats)))
    return forms
