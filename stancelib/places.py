"""Is a state's name only a place here ("troops in Syria"), or an actor ("Ankara rejected")? Its neighbours tell.

``first`` and ``last`` are the word numbers of a name, half-open: ``words.keys[first:last]``.
"""

from __future__ import annotations

import re

from stancelib.words import Words


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = _set(
    "president minister premier chancellor secretary senator sen sens rep congressman governor gov king queen prince "
    "sheikh emir sultan chairman speaker ambassador general gen colonel col candidate nominee leader ayatollah pm "
    "dictator commissioner"
)
# Prepositions and verbs whose object is where something is or goes.
_WHERE = _set(
    "in inside within across throughout near around outside at via entering enter entered fleeing fled visiting toured"
)
# After these, "in" names whom one trusts.
_MIND = _set("confidence trust trusts trusted faith believe believes believed disappointed disappointment belief hope")
# What goes "to" or comes "from" a place.
_TRAVEL = _set(
    "go going goes went gone travel travels traveling travelling traveled travelled flew fly flies flying flown trip "
    "trips visit visits return returns returned returning come comes came coming immigration migration immigrate "
    "immigrated emigrate emigrated immigrants migrants refugees refugee people move moved moving moves tour arrive "
    "arrived drive drove journey flight flights deport deported deporting deportation troops soldiers forces flee fled "
    "fleeing fighters escape escaped withdraw withdrawal withdrew withdrawing out pull pulled back home evacuated tourists"
)
_REGIONS = _set(
    "city cities town towns capital capitals province provinces region regions village villages coast border borders "
    "countryside mainland streets suburb suburbs outskirts north south east west northeast northwest southeast "
    "southwest parts part soil"
)
_QUALIFIERS = _set(
    "the northern southern eastern western central northeastern northwestern southeastern southwestern upper lower "
    "mainland neighboring neighbouring nearby torn ravaged downtown occupied rural wartime post"
)
_CONFLICTS = _set("war wars conflict crisis")
_CITY_NOUNS = _set(
    "airport hospital suburb suburbs street streets bureau summit talks meeting conference attack attacks bombing "
    "bombings metro subway court mayor police correspondent university hotel hotels museum residents stadium resident "
    "accord accords agreement agreements climate treaty park theater theatre region neighborhood restaurant school "
    "apartment headquarters station area club bridge avenue institute marathon office massacre siege rally"
)
_DAYS = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)
_SMALL = _set(
    "a an and as at but by for from if in into of on or since so than that the then though to under until what when "
    "where which while who why with after before because both between against despite over about like nor yet is was "
    "will would has had mr mrs ms"
)
_LINE_START = re.compile(r"[ \t]*\Z")
_DATELINE = re.compile(r"(?:, [A-Z][\w.]{1,20}(?: [A-Z][\w.]{1,20})?)? ?(?:\([A-Z][\w .,]{1,30}\)|[—–]|--|- )")


def is_place(words: Words, first: int, last: int, *, kind: str) -> bool:
    """Does a state's ``kind`` of word ("name", "demonym", "seat") only say where something is, comes from or goes?"""
    after = words.key(last).lower()
    gap = words.gap(last - 1)
    if gap == "-" and after in ("based", "born"):
        return True
    if _names_conflict(words, last) or (gap == " " and after in _REGIONS and not _of(words, last)):
        return True
    if kind == "demonym":
        return False
    if kind == "seat" and gap == " " and after in _CITY_NOUNS:
        return True
    if gap == "'" and after == "s" and words.key(last + 1).lower() not in _REGIONS | _QUALIFIERS:
        return False
    return _after_preposition(words, first) or _after_town(words, first, last) or _in_dateline(words, first, last)


def goes_on(words: Words, end: int, first: int) -> bool:
    """Do the words from ``end`` to ``first`` only join two names of a list ("Iraq and Syria")?"""
    between = [words.key(i).lower() for i in range(end, first)] if first - end <= 2 else ["?"]
    gaps = {words.gap(i) for i in range(end - 1, first)}
    return all(w in ("and", "or", "the") for w in between) and gaps <= {" ", ", ", "-", "/"} and gaps != {" ", "'"}


def is_somebody(words: Words, first: int, last: int) -> bool:
    """Is the name of a state part of a person's name ("Chad Smith", "Michael Jordan")?"""
    before, after = words.key(first - 1), words.key(last)
    named = _is_name(before) and words.gap(first - 1) == " "
    return named or (_is_name(after) and words.gap(last - 1) == " ")


def has_title(words: Words, first: int) -> bool:
    """Is the word before a title of office ("Prime Minister")?"""
    return words.gap(first - 1) in (" ", ". ") and words.key(first - 1).lower() in TITLES


def shouts(words: Words, first: int, last: int) -> bool:
    """Are the neighbours in capitals too, so that "US" may be "us"?"""
    near = (words.key(first - 1), words.key(last))
    return near[0] != "THE" and any(len(w) > 1 and w.isupper() and w.isalpha() for w in near)


def _is_name(word: str) -> bool:
    lower = word.lower()
    return word[:1].isupper() and len(word) > 1 and lower not in _SMALL | TITLES | _DAYS and not word.isupper()


def _of(words: Words, index: int) -> bool:
    """Is the noun at ``index`` of something else ("Turkish part of the deal")?"""
    return words.key(index) in ("part", "parts") and words.key(index + 1) == "of"


def _names_conflict(words: Words, last: int) -> bool:
    """ "Iraq War", "Syrian civil war", "Ukraine crisis"."""
    if words.gap(last - 1) != " ":
        return False
    skipped = last + (words.key(last).lower() in ("civil", "refugee", "migrant"))
    return words.key(skipped).lower() in _CONFLICTS


def _after_preposition(words: Words, first: int) -> bool:
    """ "in Syria", "into northern Iraq", "refugees from the Sudan", "the streets of Moscow"."""
    index = first - 1
    while index > first - 5 and words.gap(index) in (" ", "-") and words.key(index).lower() in _QUALIFIERS:
        index -= 1
    if words.gap(index) != " ":
        return False
    word, before = words.key(index).lower(), words.key(index - 1).lower()
    if word in ("in", "into"):
        return before not in _MIND
    if word in ("to", "from"):
        return before in _TRAVEL
    return before in _REGIONS if word == "of" else word in _WHERE


def _after_town(words: Words, first: int, last: int) -> bool:
    """ "Benghazi, Libya"."""
    town, ends = words.key(first - 1), words.text[words.ends[last - 1] : words.ends[last - 1] + 1] in ("", ",", ".", ")")
    return ends and words.gap(first - 1) == ", " and _is_name(town) and not words.key(first - 2).isdigit()


def _in_dateline(words: Words, first: int, last: int) -> bool:
    """ "MOSCOW (AP)", "ANKARA, Turkey — " where a line starts."""
    start, end = words.starts[first], words.ends[last - 1]
    line = words.text.rfind("\n", max(0, start - 40), start) + 1
    starts_line = (line or start <= 40) and _LINE_START.match(words.text[line:start])
    return bool(starts_line and _DATELINE.match(words.text, end))
