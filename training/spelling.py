"""American and British spelling: the words of the news that differ, and a text in the one turned into the other.

Word by word and blind to meaning: words that differ in one of their meanings only (check, draft, story, tire) are
left out, save those that in the news mostly have it (license, meter, program).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from training.corpora.schema import Row

# How American stems end, how the British ones do, what may follow both ("|" stands between), and the stems.
_STEMS = (
    (
        "or",
        "our",
        "|s|ed|ing|able|ably|er|ers|ful|hood|hoods|ies|ism|ite|ites|itism|less|ly|y",
        "ardor armor behavior candor clamor color demeanor discolor dishonor disfavor endeavor favor fervor "
        "flavor harbor honor humor labor misbehavior neighbor odor parlor rancor rigor rumor savior savor "
        "splendor succor tumor unfavor valor vapor vigor",
    ),
    (
        "er",
        "re",
        "|s",
        "caliber center centimeter epicenter fiber kilometer liter luster meager meter millimeter "
        "saber scepter somber specter theater",
    ),
    ("ens", "enc", "e|es|eless", "defens licens offens pretens"),
    (
        "iz",
        "is",
        "e|es|ed|ing|er|ers|able|ably|ation|ations|ational",
        "antagoniz apologiz authoriz baptiz brutaliz capitaliz categoriz centraliz characteriz civiliz "
        "coloniz commercializ criminaliz criticiz decentraliz decoloniz decriminaliz dehumaniz demilitariz "
        "demobiliz demoniz denucleariz deputiz destabiliz disorganiz dramatiz emphasiz equaliz eulogiz "
        "finaliz formaliz galvaniz generaliz globaliz harmoniz hospitaliz idealiz immuniz industrializ "
        "internationaliz jeopardiz legaliz legitimiz liberaliz localiz marginaliz materializ maximiz mechaniz "
        "memorializ memoriz militariz minimiz mobiliz moderniz monopoliz nationaliz naturaliz neutraliz "
        "normaliz optimiz organiz ostraciz patroniz penaliz plagiariz polariz politiciz prioritiz privatiz "
        "publiciz radicaliz rationaliz realiz recogniz reorganiz revitaliz revolutioniz scrutiniz seculariz "
        "sensationaliz specializ stabiliz standardiz stigmatiz subsidiz summariz symboliz sympathiz terroriz "
        "traumatiz trivializ unauthoriz unrecogniz utiliz vandaliz victimiz visualiz weaponiz westerniz",
    ),
    ("yz", "ys", "e|ed|ing|er|ers", "analyz catalyz paralyz"),  # "analyses" may be the noun
    (
        "l",
        "ll",
        "ed|ing|er|ers|or|ors",
        "cancel channel council counsel dial duel equal fuel funnel grovel initial jewel label level libel "
        "marshal marvel model panel pedal pummel quarrel refuel rival shovel shrivel signal spiral total "
        "travel tunnel unravel",
    ),
    ("ll", "l", "|s|ment|ments", "distill enroll fulfill instill"),
    ("ll", "l", "ful|fully", "skill will"),
    ("skeptic", "sceptic", "|s|al|ally|ism", "skeptic"),
    ("old", "ould", "|s|ed|er|ered|ering|ers|y", "mold smold"),
    ("ow", "ough", "|s|ed|ing", "plow"),
    ("", "ue", "|s", "catalog"),
    ("", "me", "|s", "program"),
    ("c", "s", "ed|ing", "practic"),
)
# Words of no such family: American, British.
_WORDS = """
    aging ageing, aluminum aluminium, anemia anaemia, archeologist archaeologist, archeologists archaeologists,
    artifact artefact, artifacts artefacts, centered centred, centering centring, cozy cosy, diarrhea diarrhoea,
    fetus foetus, gray grey, installment instalment, installments instalments, jewelry jewellery, maneuver
    manoeuvre, maneuvers manoeuvres, maneuvered manoeuvred, maneuvering manoeuvring, marvelous marvellous,
    mustache moustache, orthopedic orthopaedic, pajamas pyjamas, pediatric paediatric, sulfur sulphur, woolen
    woollen
"""
# Names, which keep their spelling in papers of both countries.
_NAMES = "Labor|Labour|Pearl Harbor|(?:Kennedy|Lincoln|Rockefeller|World Trade) Center"
_WORD = re.compile(rf"\b(?:(?P<name>{_NAMES})|[A-Za-z]+)\b")


def to_british(text: str) -> str:
    """The text with American words in British spelling; capitals and all other words stay."""
    return _respelled(text, _BRITISH)


def to_american(text: str) -> str:
    """The text with British words in American spelling; capitals and all other words stay."""
    return _respelled(text, _AMERICAN)


def row_in_british(row: Row) -> Row:
    """A row of a corpus with its text in British spelling, and its spans around the same words."""
    edits = list(_edits(row["text"], _BRITISH))

    def moved(spans: Sequence[Sequence[int]]) -> list[list[int]]:
        return [[_moved(place, edits) for place in span] for span in spans]

    return {
        **row,
        "text": _applied(row["text"], edits),
        "names": [{**n, **{key: _moved(n[key], edits) for key in ("start", "end")}} for n in row["names"]],
        "statements": [{role: moved(spans) for role, spans in s.items()} for s in row["statements"]],
        "pairs": [p | {part: moved(p[part]) for part in ("holder", "content", "target")} for p in row["pairs"]],
    }


def _pairs() -> Iterator[tuple[str, str]]:
    for american, british, endings, stems in _STEMS:
        for stem in stems.split():
            for ending in endings.split("|"):
                yield stem + ending, stem.removesuffix(american) + british + ending
    for pair in _WORDS.split(","):
        american, british = pair.split()
        yield american, british


_Edit = tuple[int, int, str]  # a word of the text, and what it becomes


def _respelled(text: str, table: Mapping[str, str]) -> str:
    return _applied(text, list(_edits(text, table)))


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def _edits(text: str, table: Mapping[str, str]) -> Iterator[_Edit]:
    for word in _WORD.finditer(text):
        new = table.get(word[0].lower())
        if new is not None and not word["name"]:
            yield *word.span(), _with_capitals_of(word[0], new)


def _moved(place: int, edits: Sequence[_Edit]) -> int:
    """Where a place of the text is after the edits; no word gets shorter by more than a letter."""
    before = bisect_right(edits, place, key=lambda edit: edit[1])
    return place + sum(len(new) - (end - start) for start, end, new in edits[:before])


def _with_capitals_of(old: str, new: str) -> str:
    if old.isupper():
        return new.upper()
    return new.capitalize() if old[0].isupper() else new


_BRITISH = dict(_pairs())
_AMERICAN = {british: american for american, british in _BRITISH.items()}
