"""Names of persons in a text, and which of them are one person.

Capitalised words that a title, a reporting verb, an apposition, a given name, gazetteer or encoder shows to
be a person; then every later part of such a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from stancelib.gazetteer import ActorMention
from stancelib.lexicon import (
    NOT_NAMES,
    PARTICLES,
    ROLES,
    ROYAL,
    SAY,
    SAY_BEFORE_NAME,
    SUFFIXES,
    US_WORDS,
    Gender,
    fold,
    gender_of,
)
from stancelib.name_kinds import PERSON, UNKNOWN_KINDS, NameKinds
from stancelib.name_words import (
    SPACES,
    NameWord,
    Run,
    is_capital,
    is_full,
    is_given,
    is_joined,
    name_runs,
    name_words,
    of_organisation,
    speaks,
)
from stancelib.types import Span

_OF = ("of", "for", "to")
_ARTICLES = ("the", "a", "an", "his", "her", "their", "its")
_APPOSITION = 140  # characters after a name in which its description is looked for
_TITLE_WORDS = 10  # words before a name that may belong to its title
_HONORIFICS = ("mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "sir", "lord", "lady", "dr", "dr.")
_HOMONYMS = 8  # persons of one surname that are kept apart
_SURE_FULL, _SURE_ALONE = 0.5, 0.7  # probability from which names of several words, or one, are a person's


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A person's name as it stands, without titles ("Putin"); ``name`` is the fullest one in the document.

    ``country`` is the ISO 3166-1 alpha-3 code of the state that title, apposition or common knowledge gives.
    ``gender`` is what titles and the given name tell; ``roles`` the lower-case words of all the person's titles
    and descriptions in the document ("turkish", "foreign", "minister"), ``description`` the first of these as it
    stands in the text.
    """

    span: Span
    name: str
    country: str | None = None
    gender: Gender | None = None
    roles: frozenset[str] = frozenset()
    description: str | None = None


@dataclass(slots=True)
class _Person:
    parts: tuple[str, ...]
    name: str
    country: str | None = None
    gender: Gender | None = None
    roles: set[str] = field(default_factory=set)
    description: str = ""


def find_persons(
    text: str, mentions: Sequence[ActorMention], kinds: NameKinds = UNKNOWN_KINDS
) -> list[PersonMention]:
    """Names of persons in ``text``, in order and not overlapping.

    ``mentions`` are the known actors in the text: persons are taken over, countries tell whose minister somebody
    is. ``kinds`` is what the encoder takes names for. A surname alone counts where the document has the full name,
    a title, or where the gazetteer or the encoder knows it; of two persons with one surname it is the one named
    last.
    """
    words = name_words(text, mentions)
    runs = [_without_headline(words, run) for run in name_runs(words) if not of_organisation(words, run)]
    alone = {words[first].folded for first, stop in runs if stop - first == 1 and not words[first].text.isupper()}
    full = [run for run in runs if _is_full_name(words, run, alone, kinds)]
    people = _People(kinds)
    for run in full:
        people.add(words, run)
    found = list(people.resolve(words, runs, frozenset(full)))
    for run, person in found:
        _describe(text, words, run, person)
    return [
        PersonMention(
            Span.of(text, words[first].start, words[stop - 1].end),
            person.name,
            person.country,
            person.gender,
            frozenset(person.roles),
            person.description or None,
        )
        for (first, stop), person in found
    ]


def _without_headline(words: Sequence[NameWord], run: Run) -> Run:
    """A long run from where the given name begins: a headline may run into it."""
    first, stop = run
    given = [i for i in range(first, stop - 1) if is_given(words[i])]
    longest = 2 if _is_known(words[stop - 1]) else 3
    return (given[0], stop) if given and stop - first > longest else run


def _is_headline(words: Sequence[NameWord], run: Run) -> bool:
    """Whether other words than names precede the surname of a leader, as in "Voters Leave Putin"."""
    first, stop = run
    leader = words[stop - 1]
    return stop - first > 2 and _is_known(leader) and not is_full(leader) and not is_given(words[first])


def _is_known(word: NameWord) -> bool:
    return word.actor is not None and word.actor.actor.kind == "person"


def _is_full_name(words: Sequence[NameWord], run: Run, alone: Set[str], kinds: NameKinds) -> bool:
    """Whether a run of two words or more is a person's name; ``alone``: what stands alone elsewhere."""
    first, stop = run
    parts = [w for w in words[first:stop] if w.folded not in SUFFIXES]
    shouted = all(w.text.isupper() and len(w.text) > 2 for w in parts)
    if not 2 <= len(parts) <= 5 or shouted or _is_headline(words, run):
        return False
    has_initial = any(len(w.text) == 2 and w.text[1] == "." for w in parts)
    if has_initial or _is_known(words[stop - 1]) or is_given(words[first]):
        return True
    if _is_titled(words, first) or speaks(words, run) or _is_described(words, stop):
        return True
    if kinds.of(words[first].start, words[stop - 1].end, PERSON) >= _SURE_FULL:
        return True
    return len(parts) <= 3 and parts[-1].folded in alone


def _is_titled(words: Sequence[NameWord], first: int) -> bool:
    return any(w.label == "role" and w.text.lower() in ROLES for w in _title(words, first))


def _is_described(words: Sequence[NameWord], stop: int) -> bool:
    """Whether an apposition with a role follows: ", 54,", ", who", ", a senior analyst at"."""
    if stop >= len(words) or words[stop].gap not in (", ", ",\u00a0"):
        return False
    if words[stop].text.isdigit() or words[stop].text == "who":
        return True
    return any(w.label == "role" and w.text.islower() for w in _apposition(words, stop)[:8])


def _apposition(words: Sequence[NameWord], stop: int) -> list[NameWord]:
    """The words of the description that follows a name, or nothing where the comma only goes on with a list."""
    if stop >= len(words) or words[stop].gap not in (", ", ",\u00a0", " ("):
        return []
    if words[stop].label == "name" and not _is_possessive(words, stop):
        return []
    if words[stop].text in ("that", "and", "but", "or", "as", "in", "while", "with"):
        return []
    start = words[stop].start
    words_of: list[NameWord] = []
    for i in range(stop, min(stop + 24, len(words))):
        word = words[i]
        if (
            word.text in SAY
            or word.start - start > _APPOSITION
            or (i > stop and set(word.gap) & set('.;!?:"”“\n)'))
        ):
            break
        if word.label == "name" and words[i - 1].label == "role" and is_joined(word) and i > stop:
            return words_of if words[stop].text in _ARTICLES else []
        words_of.append(word)
    return words_of


def _is_possessive(words: Sequence[NameWord], i: int) -> bool:
    """Whether the word has an 's, as in "Ben Rhodes, Obama's adviser"."""
    return i + 1 < len(words) and words[i + 1].gap in ("'s ", "’s ")


class _People:
    """The persons of one document, by surname."""

    def __init__(self, kinds: NameKinds) -> None:
        self._kinds = kinds
        self._by_last: defaultdict[str, list[_Person]] = defaultdict(list)
        self._by_first: dict[str, _Person] = {}
        self._of_run: dict[Run, _Person] = {}

    def add(self, words: Sequence[NameWord], run: Run) -> None:
        """Take up a full name: a new person, or a fuller or shorter name of one already here."""
        parts = _parts(words, run)
        same = [p for p in self._by_last[parts[-1]] if _compatible(p.parts, parts)]
        person = same[-1] if same else _Person(parts, "")
        person.gender = person.gender or _title_gender(words, run[0]) or _gender(words, run, ())
        if not same:
            self._by_last[parts[-1]] = [*self._by_last[parts[-1]][1 - _HOMONYMS :], person]
            self._by_first.setdefault(parts[0], person)
        name = _spelling(words, run)
        if not person.name or (len(parts), len(name)) > (len(person.parts), len(person.name)):
            person.parts, person.name = parts, name
        self._of_run[run] = person

    def resolve(
        self, words: Sequence[NameWord], runs: Sequence[Run], full: frozenset[Run]
    ) -> Iterator[tuple[Run, _Person]]:
        """Every mention with its person, in text order."""
        latest: dict[str, _Person] = {}
        for run in runs:
            if run in full:
                person = self._of_run[run]
                latest[person.parts[-1]] = person
                yield run, person
                continue
            for part in self._known_parts(words, run):
                yield self._single(words, part, latest)

    def _known_parts(self, words: Sequence[NameWord], run: Run) -> Iterator[Run]:
        """Pieces of a run that name somebody: the whole of it, or single words of a headline."""
        i, stop = run
        while i < stop:
            if words[i].label != "name" or not _parts(words, (i, i + 1)):
                i += 1
                continue
            j = min(stop, i + 4)
            while j > i + 1 and not self._find(_parts(words, (i, j))):
                j -= 1
            parts = _parts(words, (i, j))
            if self._find(parts) or self._is_new(words, (i, j), run):
                yield i, j
            i = j

    def _find(self, parts: tuple[str, ...]) -> list[_Person]:
        if not parts:
            return []
        found = [p for p in self._by_last.get(parts[-1], []) if len(parts) == 1 or _compatible(p.parts, parts)]
        if not found and len(parts) == 1 and parts[0] in self._by_first:
            return [self._by_first[parts[0]]]
        return found

    def _is_new(self, words: Sequence[NameWord], part: Run, run: Run) -> bool:
        """Whether a single word of no full name is a person: by gazetteer, title, "said X" or encoder."""
        word = words[part[0]]
        if _is_known(word):
            return True
        if part != run or len(word.text) < 3 or word.text.isupper() or word.text in US_WORDS:
            return False
        inverted = part[0] > 0 and words[part[0] - 1].folded in SAY_BEFORE_NAME and is_joined(word)
        sure = self._kinds.of(word.start, word.end, PERSON) >= _SURE_ALONE
        return _is_titled(words, part[0]) or inverted or sure

    def _single(self, words: Sequence[NameWord], part: Run, latest: dict[str, _Person]) -> tuple[Run, _Person]:
        parts = _parts(words, part)
        found = self._find(parts)
        gender = _title_gender(words, part[0])
        fitting = [p for p in found if gender is None or p.gender in (None, gender)]
        recent = latest.get(parts[-1])
        if recent is not None and any(p is recent for p in fitting):
            return part, recent
        if fitting or found:
            latest[parts[-1]] = (fitting or found)[0]
            return part, latest[parts[-1]]
        part = _with_royal_title(words, part)
        person = _Person(parts, _spelling(words, part))
        self._by_last[parts[-1]].append(person)
        return part, person


def _parts(words: Sequence[NameWord], run: Run) -> tuple[str, ...]:
    """What tells names apart: the words without suffixes and lower-case particles."""
    inside = words[slice(*run)]
    return tuple(w.folded for w in inside if w.folded not in SUFFIXES and w.text not in PARTICLES)


def _spelling(words: Sequence[NameWord], run: Run) -> str:
    """The name as written, a headline's capitals taken back."""
    inside = words[slice(*run)]
    shouted = all(w.text.isupper() for w in inside) and any(len(w.text) > 3 for w in inside)
    spelled = [w.text.title() if shouted else w.text for w in inside]
    return "".join((" " if i and w.gap else "") + t for i, (w, t) in enumerate(zip(inside, spelled, strict=True)))


def _compatible(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names with one surname may be one person's: same first name, or one within the other."""
    if one[0] == other[0]:
        return True
    short, long = sorted((one, other), key=len)
    if set(short) <= set(long):
        return True
    return one[0].rstrip(".")[0] == other[0][0] and (one[0].endswith(".") or other[0].endswith("."))


def _with_royal_title(words: Sequence[NameWord], part: Run) -> Run:
    first, stop = part
    before = words[first - 1] if first else None
    royal = before is not None and before.folded in ROYAL and is_joined(words[first]) and before.text[0].isupper()
    return (first - 1, stop) if royal else part


def _title_gender(words: Sequence[NameWord], first: int) -> Gender | None:
    title = words[first - 1].text.lower() if first and is_joined(words[first]) else ""
    return gender_of({title})


def _describe(text: str, words: Sequence[NameWord], run: Run, person: _Person) -> None:
    """Add to ``person`` what title, apposition and gazetteer say at this mention."""
    title, apposition = _title(words, run[0]), _apposition(words, run[1])
    around = [*title, *apposition]
    person.roles.update(w.folded for w in around if w.label != "name")
    person.description = person.description or _description(text, title, apposition)
    person.gender = person.gender or _title_gender(words, run[0]) or _gender(words, run, around)
    known = words[run[1] - 1].actor
    if person.country is None and known and known.actor.kind == "person":
        person.country = known.actor.country
    person.country = person.country or _country(title[::-1]) or _of_country(words, run[1]) or _country(apposition)
    if person.country is None and around and any(w.text in US_WORDS or w.text[:2] in ("R-", "D-") for w in around):
        person.country = "USA"


def _description(text: str, *parts: Sequence[NameWord]) -> str:
    """Title and apposition as they stand up to a comma, those that name an office or a profession."""
    found = []
    for part in parts:
        comma = next((i for i, w in enumerate(part) if i and "," in w.gap), len(part))
        if any(w.label == "role" and w.text.lower() not in _HONORIFICS for w in part[:comma]):
            first, last = part[0], part[comma - 1]
            start = min(first.start, first.actor.span.start) if first.actor else first.start
            found.append(" ".join(text[start : last.end].split()))
    return ", ".join(found)


def _gender(words: Sequence[NameWord], run: Run, around: Sequence[NameWord]) -> Gender | None:
    told = {w.folded for w in around}
    known = words[run[1] - 1].actor
    full = words[run[0]].folded if run[1] - run[0] > 1 else ""
    given = fold(known.actor.name).split()[0] if known and known.actor.kind == "person" else full
    return gender_of(told, given)


def _title(words: Sequence[NameWord], first: int) -> list[NameWord]:
    """The words of the title before a name, in text order: from the nation to the office.

    After a comma only a whole phrase with an office is one: "the German ambassador to Norway, X".
    """
    title: list[NameWord] = []
    comma, article, i = words[first].gap == ", ", False, first
    while i and len(title) < _TITLE_WORDS:
        word, gap = words[i - 1], words[i].gap
        if not (SPACES.fullmatch(gap.removeprefix("'s").removeprefix("’s")) or (comma and i == first)):
            break
        if _ends_title(words, i - 1, capital=is_capital(words[first - 1])) or (
            i == first and not comma and not (word.label == "role" or word.actor)
        ):
            article = word.text.lower() in _ARTICLES
            break
        title.append(word)
        i -= 1
        if word.actor and word.actor.actor.kind == "country" and not (i and words[i - 1].text in _OF):
            break  # a nation begins its title
    if comma and not (any(w.label == "role" for w in title) and (article or any(w.actor for w in title))):
        return []
    return title[::-1]


def _ends_title(words: Sequence[NameWord], i: int, *, capital: bool) -> bool:
    """Whether a title, one with a capital or not, cannot reach back over this word."""
    word = words[i]
    if (
        word.actor
        or word.label == "role"
        or word.text in _OF
        or (word.text == "the" and i and words[i - 1].text in _OF)
    ):
        return False
    return word.text.lower() in NOT_NAMES or word.text in SAY or (capital and word.text.islower())


def _of_country(words: Sequence[NameWord], stop: int) -> str | None:
    """The state of "Foreign Minister X of Germany"."""
    if (
        stop + 1 >= len(words)
        or words[stop].text != "of"
        or not (is_joined(words[stop]) and is_joined(words[stop + 1]))
    ):
        return None
    actor = words[stop + 1].actor
    return actor.actor.country if actor and actor.actor.kind == "country" else None


def _country(description: Sequence[NameWord]) -> str | None:
    """The state that a title or apposition names, nearest word first; "ambassador to X" is not from X."""
    for i, word in enumerate(description):
        beside = {
            w.text for w in description[max(0, i - 2) : i + 3] if w.end <= word.start and word.start - w.end < 6
        }
        if word.actor and word.actor.actor.country and not beside & {"to", "on", "with", "against", "about"}:
            return word.actor.actor.country
    return None
