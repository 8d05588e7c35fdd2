"""Marked lines about other states, so that a model does not learn what is said of which state.

Counterfactual data augmentation: Lu et al. 2020, "Gender Bias in Neural Natural Language Processing", with states.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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


def with_other_states(line: str, draw: Random) -> str | None:
    """The line with each state exchanged for another one, names for names and capitals for capitals.

    None where that cannot be done in all mentions: no state is marked, or one in words that are not in the table.
    """
    known = _forms()
    ids = list(dict.fromkeys(mark[2] for mark in _STATE.finditer(line) if mark[2] in known))
    by_people = any(re.search(rf"\b{re.escape(word)}\b", line) for state in ids for word in known[state].demonyms)
    pool = [state for state, forms in known.items() if len(forms.words) == 4 or not by_people]
    if not ids or not set(ids) <= set(pool):
        return None
    others = dict(zip(ids, draw.sample([state for state in pool if state not in ids], len(ids)), strict=True))
    words = {w: new for old in ids for w, new in zip(known[old].words, known[others[old]].words, strict=False)}
    name = re.compile(rf"\b(?:(an?) )?({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b")
    if any(mark[2] in ids and not name.search(mark[3]) for mark in _STATE.finditer(line)):
        return None
    renamed = name.sub(lambda found: _article(found[1], words[found[2]]) + words[found[2]], line)
    return _STATE.sub(lambda mark: f"{{{mark[1]}{others.get(mark[2], mark[2])}:{mark[3]}}}", renamed)


class _Forms(NamedTuple):
    """``words``: name and capital of a state; its adjective and people too where the table has these alone."""

    words: tuple[str, ...]
    demonyms: tuple[str, ...]


@lru_cache(maxsize=1)
def _forms() -> Mapping[str, _Forms]:
    forms = {}
    for row in read_table(TABLE.read_text(encoding="utf-8")):
        if row["kind"] == "country" and row["id"] not in LEFT_ALONE and row["seats"]:
            demonyms = tuple(row["demonyms"].split("|"))
            # "Danish|Dane|Danes": the table does not say which is which.
            regular = len(demonyms) == 2 and demonyms[0].endswith(("an", "i")) and demonyms[1] == demonyms[0] + "s"
            words = (row["name"], row["seats"].split("|")[0], *(demonyms if regular else ()))
            forms[row["id"]] = _Forms(words, demonyms)
    return forms


def _article(article: str | None, word: str) -> str:
    if article is None:
        return ""
    return "an " if word.startswith(("A", "E", "I", "O", "Uz")) else "a "
