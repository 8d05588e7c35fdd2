"""Is a state's name only a place here ("troops in Syria"), or an actor ("Ankara rejected")? Its neighbours tell.

``first`` and ``last`` are the word numbers of a name, half-open: ``words.keys[first:last]``.
"""

from __future__ import annotations

import re

from stancelib.words import Words, word_set

_TITLES = word_set(
    "president minister premier chancellor secretary senator sen rep congressman governor gov king queen prince "
    "chairman speaker ambassador candidate nominee leader pm dictator"
)
# Prepositions and verbs whose object is where something is or goes.
_WHERE = word_set(
    "in into inside within across throughout near around outside via entering enter entered fleeing fled visiting"
)
# After these, "in" or "at" names whom one feels for.
_MIND = word_set(
    "confidence trust trusts trusted faith believe believes believed disappointed disappointment belief hope "
    "anger angry fury outrage frustration aimed directed pointed lashed"
)
# What goes "to" or comes "from" a place.
_TRAVEL = word_set(
    "go going goes went gone travel travels traveling travelling traveled travelled flew fly flies flying flown "
    "trip trips visit visits return returns returned returning come comes came coming immigration migration "
    "immigrate immigrated emigrate emigrated immigrants migrants refugees refugee people move moved moving "
    "moves tour arrive arrived drive drove journey flight flights deport deported deporting deportation flee "
    "fled fleeing escape escaped withdraw withdrawal withdrew withdrawing out pull pulled back home evacuated"
)
# What goes "to" a place besides.
_SENT = word_set("troops soldiers forces fighters jets warships")
_REGIONS = word_set(
    "city cities town towns capital capitals province provinces region regions village villages coast border "
    "borders countryside mainland streets suburb suburbs outskirts north south east west northeast northwest "
    "southeast southwest soil"
)
_QUALIFIERS = word_set(
    "the northern southern eastern western central northeastern northwestern southeastern southwestern upper "
    "lower mainland neighboring neighbouring nearby war torn ravaged downtown occupied rural"
)
_INSIDES = _REGIONS | _QUALIFIERS
_CONFLICTS = word_set("war wars conflict crisis")
_CITY_NOUNS = word_set(
    "airport hospital suburb suburbs street streets bureau summit talks meeting conference attack attacks "
    "bombing bombings metro subway court mayor police correspondent university hotel hotels museum residents "
    "stadium resident accord accords agreement agreements climate treaty park theater theatre region "
    "neighborhood restaurant school apartment headquarters station area club bridge avenue institute marathon "
    "office massacre siege rally"
)
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)
_SMALL = word_set(
    "a an and as at but by for from if in into of on or since so than that the then though to under until what "
    "when where which while who why with after before because both between against despite over about like nor "
    "yet is was will would has had mr mrs ms"
)
_SPEAK = word_set("speak speaks spoke spoken speaking fluent")
_NO_NAMES = _SMALL | _TITLES | _DAYS
# What follows the town of a dateline: the agency, or, after capitals, a dash.
_AGENCY = re.compile(r"(?:, [A-Z][\w.]{1,20}(?: [\w.]{1,20})?)? ?\([A-Z][\w .,/]{1,30}\)")
_DASH = re.compile(r"(?:, [A-Z][\w.]{1,20}(?: [\w.]{1,20})?)? ?(?:[—–]|--|- )")


def is_place(words: Words, first: int, last: int, *, column: str, after_name: bool) -> bool:
    """Does a state's name, demonym or seat (``column``) only say where something is, goes or comes from?

    ``after_name``: another actor's name stands directly before it.
    """
    gap, after = _gap_after(words, last), words.key(last).lower()
    if gap == " " and (after in _REGIONS or _is_conflict(words, last)):
        return True
    if gap == "-" and (after in ("based", "born") or words.key(last + 1).lower() in ("border", "borders")):
        return True
    if column == "demonyms":
        return False
    if column == "seats" and gap == " " and after in _CITY_NOUNS:
        return True
    if gap == "'" and after == "s":
        return words.key(last + 1).lower() in _INSIDES and words.key(first - 1).lower() in _WHERE | {"from", "to"}
    if not after_name and _after_town(words, first, last):
        return True
    return _after_preposition(words, first, column=column) or _in_dateline(words, first, last)


def joins(words: Words, place: tuple[int, int], name: tuple[int, int]) -> bool:
    """Does a name go on with a list of places ("in Iraq and Syria", "in Italy, Spain and Malta") or a journey?

    A comma alone goes on only if more follows: "in Syria, Russia bombed" names no second place.
    """
    if name[0] - place[1] > 2:
        return False
    between = [words.key(i).lower() for i in range(place[1], name[0])]
    gaps = [_gap_after(words, place[1]), *(words.gap(i) for i in range(place[1], name[0]))]
    if not set(between) <= {"and", "or", "to", "the"} or not set(gaps) <= {" ", ", ", "-", "/"}:
        return False
    if gaps[0] != ", " or between[:1] in (["and"], ["or"]):
        return True
    more = words.gap(name[1] - 1) == ", " or words.key(name[1]).lower() in ("and", "or")
    return more and words.key(place[0] - 1) != "In"


def is_somebody(words: Words, first: int, last: int) -> bool:
    """Is the name of a state part of a person's name ("Chad Smith", "Michael Jordan")?"""
    before = words.gap(first - 1) == " " and _is_name(words.key(first - 1))
    return before or (words.gap(last - 1) == " " and _is_name(words.key(last)))


def is_language(words: Words, first: int, last: int) -> bool:
    """Is a demonym a language here ("spoke Russian", "said in Turkish.")?"""
    before = words.key(first - 1).lower() if words.gap(first - 1) == " " else ""
    alone = before == "in" and words.gap(last - 1) != " " and not words.key(last - 1).endswith("s")
    return before in _SPEAK or alone or (words.gap(last - 1) in "- " and words.key(last).lower() == "speaking")


def title_before(words: Words, first: int, last: int) -> str:
    """The title before a surname: "minister" in "Prime Minister May", none in "Rep. Lee Brown" (a given name)."""
    title = words.key(first - 1).lower()
    given_name = words.gap(last - 1) == " " and _is_name(words.key(last))
    return title if title in _TITLES and words.gap(first - 1) in (" ", ". ") and not given_name else ""


def shouts(words: Words, first: int, last: int) -> bool:
    """Are the neighbours in capitals too, so that "US" may be "us"?"""
    before, after = words.key(first - 1), words.key(last)
    return before != "THE" and any(len(w) > 1 and w.isalpha() and w.isupper() for w in (before, after))


def _gap_after(words: Words, last: int) -> str:
    """What follows a name, without the full stop that belongs to an abbreviation ("U.S.-led")."""
    gap = words.gap(last - 1)
    return gap.removeprefix(".") if len(words.key(last - 1)) == 1 else gap


def _is_name(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and not word.isupper() and word.lower() not in _NO_NAMES


def _is_conflict(words: Words, index: int) -> bool:
    """ "war", "civil war", "refugee crisis"."""
    index += words.key(index).lower() in ("civil", "refugee", "migrant")
    return words.key(index).lower() in _CONFLICTS


def _after_preposition(words: Words, first: int, *, column: str) -> bool:
    """ "in Syria", "into northern Iraq", "refugees from the Sudan", "the streets of Moscow"."""
    index = first - 1
    while index > first - 5 and words.gap(index) in (" ", "-") and words.key(index).lower() in _QUALIFIERS:
        index -= 1
    if words.gap(index) != " ":
        return False
    word, before = words.key(index).lower(), words.key(index - 1).lower()
    if word in ("to", "from"):
        return before in _TRAVEL or (word == "to" and before in _SENT)
    if word == "of":
        return before in _REGIONS or before in ("out", "country", "nation")
    if word == "with":
        return before in ("border", "borders")
    return (word in _WHERE or (word == "at" and column == "seats")) and before not in _MIND


def _after_town(words: Words, first: int, last: int) -> bool:
    """ "Benghazi, Libya"."""
    end = words.ends[last - 1]
    closed = words.text[end : end + 1] in ("", ",", ".", ")", "\n")
    return closed and words.gap(first - 1) == ", " and _is_name(words.key(first - 1))


def _in_dateline(words: Words, first: int, last: int) -> bool:
    """ "MOSCOW (AP)", "ANKARA, Turkey — " where a line starts."""
    start, end = words.starts[first], words.ends[last - 1]
    line = words.text.rfind("\n", max(0, start - 9), start) + 1
    starts_line = (line or start < 9) and not words.text[line:start].strip()
    if not starts_line:
        return False
    return bool(_AGENCY.match(words.text, end) or (words.keys[first].isupper() and _DASH.match(words.text, end)))
