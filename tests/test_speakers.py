"""Who a source is, by self-written news sentences with invented persons and real states."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancelib.errors import InvalidInputError
from stancelib.gazetteer import ActorMention
from stancelib.names import find_persons
from stancelib.speakers import resolve_speakers
from stancelib.types import Actor, ActorKind, Span, Speaker

ACTORS: dict[str, tuple[str, str, ActorKind, str | None]] = {
    "Ankara": ("TUR", "Turkey", "country", "TUR"),
    "Turkey": ("TUR", "Turkey", "country", "TUR"),
    "Turkish": ("TUR", "Turkey", "country", "TUR"),
    "the Kremlin": ("RUS", "Russia", "country", "RUS"),
    "Kremlin": ("RUS", "Russia", "country", "RUS"),
    "Russian": ("RUS", "Russia", "country", "RUS"),
    "Norway": ("NOR", "Norway", "country", "NOR"),
    "Norwegians": ("NOR", "Norway", "country", "NOR"),
    "U.S.": ("USA", "United States", "country", "USA"),
    "NATO": ("NATO", "NATO", "igo", None),
    "Reef Party": ("reef-party", "Reef Party", "organization", "NOR"),
    "Reefers": ("reef-party", "Reef Party", "organization", "NOR"),
}

PIECES = ["Mr. Oskal Brevik", "he", "🙂", "\r\n", "e\u0301", "the", "Ankara", ". ", "who"]


def mentions_of(text: str) -> list[ActorMention]:
    """What a gazetteer would find in ``text``: every actor above, the longest name first."""
    found: list[ActorMention] = []
    for name in sorted(ACTORS, key=len, reverse=True):
        at = text.find(name)
        while at >= 0:
            if not any(m.span.start < at + len(name) and at < m.span.end for m in found):
                found.append(ActorMention(Actor(*ACTORS[name]), Span.of(text, at, at + len(name))))
            at = text.find(name, at + 1)
    return sorted(found, key=lambda m: m.span.start)


def speakers(marked: str) -> list[Speaker]:
    """The speakers of a text in which sources stand in ``{}``."""
    text, sources, start = "", [], 0
    for char in marked:
        if char == "{":
            start = len(text)
        elif char == "}":
            sources.append((start, len(text)))
        else:
            text += char
    spans = [Span.of(text, *s) for s in sources]
    known = mentions_of(text)
    return resolve_speakers(text, spans, persons=find_persons(text, known), mentions=known)


def last(marked: str) -> tuple[str, str, str | None]:
    speaker = speakers(marked)[-1]
    return speaker.name, speaker.kind, speaker.country


def name(marked: str) -> str:
    return speakers(marked)[-1].name


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("{Turkish Foreign Minister Oskal Brevik} said no.", ("Oskal Brevik", "person", "TUR")),
        ("President Oskal Brevik left. {Brevik} said no.", ("Oskal Brevik", "person", None)),
        ("The {finance minister, Oskal Brevik,} said no.", ("Oskal Brevik", "person", None)),
        ("{Oskal Brevik, an aide to Minister Jonas Pell,} said no.", ("Oskal Brevik", "person", None)),
        ("{Ankara} said no.", ("Turkey", "country", "TUR")),
        ("{The Kremlin} said no.", ("Russia", "country", "RUS")),
        ("{The Turkish government} said no.", ("Turkey", "country", "TUR")),
        ("{The government of Norway} said no.", ("Norway", "country", "NOR")),
        ("{NATO} said no.", ("NATO", "organization", None)),
        ("{NATO’s statement} said no.", ("NATO", "organization", None)),
        ("{The Russian Fisheries Ministry} said no.", ("Russian Fisheries Ministry", "organization", "RUS")),
        ("{The Tidal Rights Council} said no.", ("Tidal Rights Council", "organization", None)),
        ("{The Reefers} said no.", ("Reefers", "group", "NOR")),
        ("{Norwegians} said no.", ("Norwegians", "group", "NOR")),
        ("{Senior U.S. officials} said no.", ("senior U.S. officials", "unnamed", "USA")),
        ("{A spokesman for the ministry} said no.", ("spokesman for the ministry", "unnamed", None)),
        ("{Analysts} said no.", ("analysts", "unnamed", None)),
        ("{One Russian diplomat} said no.", ("Russian diplomat", "unnamed", "RUS")),
        ("{A source who asked for anonymity} said no.", ("source", "unnamed", None)),
        ("{EXPERTS}: IT WILL NOT WORK", ("experts", "unnamed", None)),
    ],
)  # fmt: skip
def test_one_source(marked: str, expected: tuple[str, str, str | None]) -> None:
    assert last(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("President Oskal Brevik left. {Aides to Mr. Brevik} said no.", "aides to Mr. Brevik"),
        ("President Oskal Brevik left. {Brevik’s spokesman} said no.", "Brevik’s spokesman"),
        ("President Oskal Brevik left. {Mr. Brevik’s campaign} said no.", "Brevik campaign"),
        (
            "President Oskal Brevik left. {Brevik administration officials} said no.",
            "Brevik administration officials",
        ),
        ("President Oskal Brevik left. {Critics, including Brevik,} said no.", "critics, including Brevik"),
    ],
)
def test_a_name_inside_is_not_the_speaker(marked: str, expected: str) -> None:
    assert name(marked) == expected


@pytest.mark.parametrize("words", ["Brevik’s speech", "a letter from Brevik", "a study by Oskal Brevik"])
def test_words_stand_for_who_utters_them(words: str) -> None:
    assert name(f"President Oskal Brevik left. {{{words}}} says no.") == "Oskal Brevik"


def test_joint_speakers() -> None:
    marked = "{Russian President Oskal Brevik and Minister Jonas Pell} said no."
    assert last(marked) == ("Oskal Brevik and Jonas Pell", "group", "RUS")


def test_joint_speakers_of_two_states_have_no_country() -> None:
    assert last("{Russian President Oskal Brevik and Turkish President Jonas Pell} agreed.")[2] is None


def test_a_person_and_others() -> None:
    marked = "President Oskal Brevik left. {Brevik and his allies} said no."
    assert last(marked) == ("Oskal Brevik and his allies", "group", None)


def test_he_is_the_last_speaker() -> None:
    assert (
        name("{Minister Oskal Brevik} said no. A crowd cheered Minister Jonas Pell. {He} added more.")
        == "Oskal Brevik"
    )


def test_she_agrees_in_gender() -> None:
    assert name("Mrs. Runa Vik and Mr. Oskal Brevik came. {Brevik} said no. {She} said yes.") == "Runa Vik"


def test_somebody_named_in_a_quotation_is_seldom_who_said_it() -> None:
    assert name("Minister Oskal Brevik waited. “I never met Minister Jonas Pell,” {he} said.") == "Oskal Brevik"


def test_a_pronoun_without_anybody_is_nobody() -> None:
    assert last("No, {he} said.") == ("", "none", None)


@pytest.mark.parametrize("pronoun", ["I", "We"])
def test_the_author_is_nobody(pronoun: str) -> None:
    assert last(f"Minister Oskal Brevik left. {{{pronoun}}} think so.") == ("", "none", None)


@pytest.mark.parametrize("between", [", ", " — ", ", a former boxer, "])
def test_who_is_the_person_before(between: str) -> None:
    assert name(f"They met Minister Oskal Brevik{between}{{who}} said no.") == "Oskal Brevik"


def test_who_of_a_noun() -> None:
    assert name("They met many doctors {who} said no.") == "many doctors"


def test_they_are_the_last_who_are_several() -> None:
    assert name("{U.S. officials} said no. {Minister Oskal Brevik} agreed. {They} said more.") == "U.S. officials"


def test_it_is_the_last_body() -> None:
    assert name("{NATO} said no. {It} said more.") == "NATO"


def test_both_are_the_last_two() -> None:
    assert name("Minister Oskal Brevik met Minister Jonas Pell. {Both} said no.") == "Oskal Brevik and Jonas Pell"


def test_both_stand_in_the_order_in_which_they_were_named_first() -> None:
    text = "Oskal Brevik met Jonas Pell. Pell smiled, then Brevik, then Pell. {Both} said no."
    assert name(text) == "Oskal Brevik and Jonas Pell"


def test_a_description_by_country() -> None:
    text = "Russian President Oskal Brevik met Turkish President Jonas Pell. {The Russian leader} said no."
    assert last(text) == ("Oskal Brevik", "person", "RUS")


def test_a_description_by_office() -> None:
    text = "Foreign Minister Oskal Brevik met General Jonas Pell. {Pell} spoke. {The foreign minister} said no."
    assert name(text) == "Oskal Brevik"


def test_an_office_without_a_state_is_that_of_whose_title_has_none() -> None:
    text = "Minister Jonas Pell met Turkish Minister Oskal Brevik. {The minister} said no."
    assert name(text) == "Jonas Pell"
    assert name(text.replace("The minister", "The Turkish minister")) == "Oskal Brevik"


def test_a_description_never_crosses_countries() -> None:
    assert last("Russian President Oskal Brevik left. {The Turkish president} said no.")[0] == "Turkish president"


def test_the_spokesman_is_the_unnamed_one_before() -> None:
    assert name("{A Turkish army spokesman} said no. {The spokesman} said more.") == "Turkish army spokesman"


def test_the_ministry_is_the_one_before() -> None:
    text = "{The Russian Fisheries Ministry} said no. {The ministry} said more."
    assert last(text) == ("Russian Fisheries Ministry", "organization", "RUS")


NORWEGIAN = "Norway voted. Norway counted. Norway waited. "  # at home in one state


@pytest.mark.parametrize(
    ("source", "country"),
    [
        ("Oskal Brevik, a fisherman,", "NOR"),
        ("The Tidal Rights Council", "NOR"),
        ("Two critics", "NOR"),
        ("A Russian diplomat", "RUS"),
        ("European diplomats", None),
        ("NATO", None),
        ("NATO officials", None),
    ],
)
def test_who_has_no_state_is_of_that_in_which_the_article_is_at_home(source: str, country: str | None) -> None:
    assert last(f"{NORWEGIAN}{{{source}}} said no.")[2] == country


def test_an_article_about_several_states_is_at_home_in_none() -> None:
    assert last("Norway voted. Turkey counted. Turkey waited. {Two critics} said no.")[2] is None


def test_two_mentions_make_no_home() -> None:
    assert last("Norway voted. Norway counted. {Two critics} said no.")[2] is None


def test_two_of_different_states_are_of_no_home_later_either() -> None:
    first = f"{NORWEGIAN}{{Turkish Minister Oskal Brevik and Russian Minister Jonas Pell}} agreed. "
    assert last(first + "{They} said no.") == ("Oskal Brevik and Jonas Pell", "group", None)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Oskal Brevik, a lawyer who voted for Jonas Pell and Ana Diaz,", "Oskal Brevik"),
        ("Oskal Brevik, the mayor, and Gov. Ana Diaz, who met Jonas Pell,", "Oskal Brevik and Ana Diaz"),
        ("Oskal Brevik’s Reef rival Gov. Ana Diaz", "Ana Diaz"),
    ],
)
def test_who_is_named_beside_a_speaker_does_not_speak(source: str, name: str) -> None:
    text = "Gov. Jonas Pell left. Gov. Oskal Brevik stayed. "
    assert speakers(f"{text}{{{source}}} said no.")[-1].name == name


@pytest.mark.parametrize(
    ("before", "source", "name"),
    [
        ("The Tidal Board of Fisheries met.", "The board", "Tidal Board of Fisheries"),
        ("The Tidal Board of Fisheries met.", "the board of fisheries", "Tidal Board of Fisheries"),
        ("The Russian Fisheries Ministry met.", "the ministry", "Russian Fisheries Ministry"),
        ("The Reef Party met.", "the party", "Reef Party"),
        ("The Tidal Fisheries Department met.", "the agency", "Tidal Fisheries Department"),
        ("The Brevik Tribune praised it.", "the newspaper", "Brevik Tribune"),
        ("Nobody met.", "the ministry", "ministry"),
    ],
)
def test_a_body_is_the_one_of_that_noun_named_last(before: str, source: str, name: str) -> None:
    assert speakers(f"{before} {{{source}}} said no.")[-1].name == name


@pytest.mark.parametrize("source", ["The Daily Post", "The head of the Tidal Union"])
def test_a_name_in_a_description_is_not_whoever_spoke_last(source: str) -> None:
    assert "Brevik" not in name(f"{{Gov. Oskal Brevik}} said no. {{{source}}} said yes.")


@pytest.mark.parametrize(
    ("before", "pronoun", "name"),
    [
        ("Gov. Oskal Brevik of Vermont,", "who", "Oskal Brevik"),
        ("Gov. Oskal Brevik (R-Ohio),", "who", "Oskal Brevik"),
        ("Gov. Oskal Brevik, the Tidal Council,", "which", "Tidal Council"),
    ],
)
def test_a_relative_pronoun_means_what_stands_before_it(before: str, pronoun: str, name: str) -> None:
    assert speakers(f"{before} {{{pronoun}}} said no.")[-1].name == name


def test_the_campaign_of_somebody_is_not_the_group_that_spoke_last() -> None:
    text = "Gov. Oskal Brevik left. {The Tidal Rights Council} said no. {Brevik’s campaign} said yes."
    assert name(text) == "Brevik campaign"


def test_the_lead_describes_whom_the_body_names() -> None:
    body = "was firm on Friday.\n\nTurkish Ambassador Oskal Brevik said no."
    assert name(f"{{A Turkish ambassador}} {body}") == "Oskal Brevik"
    assert name(f"{{A Turkish ambassador}} {body} Turkish Ambassador Jonas Pell left.") == "Turkish ambassador"
    assert name(f"{{A Russian ambassador}} {body}") == "Russian ambassador"


@pytest.mark.parametrize(
    ("description", "named", "expected"),
    [
        ("The Turkish envoy", "Oskal Brevik", ("Oskal Brevik", "person", "TUR")),
        ("Turkey’s deputy head of delegation", "Rear Admiral Oskal Brevik", ("Oskal Brevik", "person", "TUR")),
        ("The Turkish envoy", "Oskal Brevik, the envoy", ("Oskal Brevik", "person", "TUR")),
        ("The Turkish envoy", "Minister Oskal Brevik", ("Turkish envoy", "unnamed", "TUR")),
        ("The Turkish envoy", "Russian Admiral Oskal Brevik", ("Turkish envoy", "unnamed", "TUR")),
        ("The Turkish envoys", "Oskal Brevik", ("Turkish envoys", "unnamed", "TUR")),
        ("A Turkish envoy", "Oskal Brevik", ("Turkish envoy", "unnamed", "TUR")),
    ],
)
def test_the_next_statement_names_whom_a_text_describes(
    description: str, named: str, expected: tuple[str, str, str | None]
) -> None:
    first = speakers(f"{{{description}}} opposed the plan.\n\n“Never,” {{{named}}} said.")[0]
    assert (first.name, first.kind, first.country) == expected


def test_who_was_named_before_is_not_introduced_by_the_next_statement() -> None:
    text = "Oskal Brevik rested. {Turkey’s head of the Union} opposed the plan. “Never,” {Oskal Brevik} said."
    assert speakers(text)[0].name == "Turkey’s head of the Union"


def test_a_described_person_keeps_the_state_of_the_description() -> None:
    text = "{The Turkish envoy} opposed it. “Never,” {Oskal Brevik} said in Norway. “No,” {Mr. Brevik} said."
    assert last(text) == ("Oskal Brevik", "person", "TUR")


def test_an_office_without_its_state_is_that_of_the_lead() -> None:
    lead = "{The Turkish finance minister} opposed the plan of Norway. "
    assert last(lead + "{The finance minister, Oskal Brevik,} said so.") == ("Oskal Brevik", "person", "TUR")
    assert speakers(lead + "{The foreign minister, Oskal Brevik,} said so.")[0].name == "Turkish finance minister"


def test_a_body_does_not_describe_whom_its_end_names() -> None:
    text = "Rain fell there. " * 50 + "{A Turkish ambassador} left. Turkish Ambassador Oskal Brevik said no."
    assert name(text) == "Turkish ambassador"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("{Home Secretary Jonas Pell} said no.", ("Jonas Pell", "person", "GBR")),
        ("{Turkish Home Secretary Jonas Pell} said no.", ("Jonas Pell", "person", "TUR")),
        ("{Taoiseach Jonas Pell} said no.", ("Jonas Pell", "person", "IRL")),
        ("{Chancellor of the Exchequer Jonas Pell} said no.", ("Jonas Pell", "person", "GBR")),
        ("{MP Jonas Pell} said no.", ("Jonas Pell", "person", None)),
        ("{A Secretary of State} said no.", ("Secretary of State", "unnamed", "USA")),
        ("Turkey met Norway. {Home Secretary Jonas Pell} said no.", ("Jonas Pell", "person", None)),
        ("Turkey, Turkey and Turkey. {Home Secretary Jonas Pell} said no.", ("Jonas Pell", "person", "TUR")),
    ],
)
def test_an_office_that_one_state_calls_so_tells_the_state(
    marked: str, expected: tuple[str, str, str | None]
) -> None:
    assert last(marked) == expected


def test_no_source_is_nobody() -> None:
    assert resolve_speakers("No.", [None], persons=[], mentions=[]) == [Speaker("", "none")]


def test_no_statement_has_no_speaker() -> None:
    assert resolve_speakers("Oskal Brevik rested.", [], persons=[], mentions=[]) == []


def test_the_mention_is_the_source_as_given() -> None:
    text = "No, said the Kremlin."
    source = Span.of(text, 9, 21)
    found = resolve_speakers(text, [source], persons=[], mentions=mentions_of(text))
    assert found == [Speaker("Russia", "country", "RUS", source)]


def test_a_source_of_another_text_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="not in the text"):
        resolve_speakers("No.", [Span(0, 2, "Ja")], persons=[], mentions=[])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=10),
    st.data(),
)
def test_any_source_has_a_speaker(pieces: list[str], data: st.DataObject) -> None:
    text = " ".join(pieces)
    start = data.draw(st.integers(0, len(text)))
    source = Span.of(text, start, data.draw(st.integers(start, len(text))))
    known = mentions_of(text)
    found = resolve_speakers(text, [source, None], persons=find_persons(text, known), mentions=known)
    assert [s.mention for s in found] == [source, None]
    assert all(bool(s.name) == (s.kind != "none") for s in found)


@pytest.mark.parametrize(
    "piece", ["A", "of the ", "Mr. ", "“", "'' ", "Oskal Brevik and ", "said, ", "by Oskal Brevik "]
)
def test_long_texts_complete(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    sources = [Span.of(text, 0, len(text)), *(Span.of(text, i, i + 9) for i in range(0, 90_000, 300))]
    persons = find_persons(text, [])
    assert len(resolve_speakers(text, sources, persons=persons, mentions=[])) == len(sources)


def test_a_thousand_boards_of_a_long_text_complete() -> None:
    piece = "Reef Tidal Board. the board "
    text = piece * 3500
    at = piece.index("the board")
    sources = [Span.of(text, i + at, i + at + 9) for i in range(0, 1000 * len(piece), len(piece))]
    found = resolve_speakers(text, sources, persons=[], mentions=[])
    assert {speaker.name for speaker in found} == {"Reef Tidal Board"}
