"""Names of known actors in a text: found, told apart, and told from places."""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancelib import nametree
from stancelib.errors import InvalidInputError, InvalidTypeError
from stancelib.gazetteer import COLUMNS, LISTS, ActorMention, load_gazetteer, read_table, slug
from stancelib.types import Actor

# "Prime Minister 2003-2014"; in office still: "President 2014-".
OFFICE = re.compile(r"[A-Z][^;\d]* (?:19|20)\d\d-(?:(?:19|20)\d\d)?")


def found(text: str) -> list[tuple[str, str]]:
    """Surface and id of every mention that is no mere place."""
    return [(m.span.text, m.actor.id) for m in load_gazetteer().find(text) if not m.place]


def places(text: str) -> list[str]:
    return [m.span.text for m in load_gazetteer().find(text) if m.place]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("U.S.", ("USA", "United States", "country", "USA")),
        ("Turkey", ("TUR", "Turkey", "country", "TUR")),
        ("türkiye", ("TUR", "Turkey", "country", "TUR")),
        ("Holland", ("NLD", "Netherlands", "country", "NLD")),
        ("the Kremlin", ("RUS", "Russia", "country", "RUS")),
        ("Kosovo", ("XKX", "Kosovo", "country", "XKX")),
        ("Palestine", ("PSE", "Palestine", "country", "PSE")),
        ("UN", ("UN", "United Nations", "igo", None)),
        ("Security Council", ("UN", "United Nations", "igo", None)),
        ("North Atlantic Treaty Organization", ("NATO", "NATO", "igo", None)),
        ("ISIL", ("islamic-state", "Islamic State", "organization", None)),
        ("SDF", ("syrian-democratic-forces", "Syrian Democratic Forces", "organization", "SYR")),
        ("Kurdish", ("kurds", "Kurds", "group", None)),
        ("Pentagon", ("u-s-department-of-defense", "U.S. Department of Defense", "organization", "USA")),
        ("Vladimir V. Putin", ("vladimir-putin", "Vladimir Putin", "person", "RUS")),
        ("Recep Tayyip Erdoğan", ("recep-tayyip-erdogan", "Recep Tayyip Erdogan", "person", "TUR")),
    ],
)
def test_lookup_knows_names_in_any_form(name: str, expected: tuple[str, str, str, str | None]) -> None:
    assert load_gazetteer().lookup(name) == Actor(*expected)  # type: ignore[arg-type]


def test_lookup_does_not_guess() -> None:
    assert load_gazetteer().lookup("Ministry of Silly Walks") is None


def test_every_member_of_the_g20_is_known_by_name_and_code() -> None:
    codes = "ARG AUS BRA CAN CHN FRA DEU IND IDN ITA JPN KOR MEX RUS SAU ZAF TUR GBR USA".split()  # noqa: SIM905
    actors = [load_gazetteer().lookup(code) for code in codes]
    assert [actor.country for actor in actors if actor and actor.kind == "country"] == codes


def test_names_demonyms_and_seats_mean_their_state() -> None:
    text = "Turks and Saudis blame Ankara, the Emirati envoy blames Downing Street, and Kyiv blames the Americans."
    assert [i for _, i in found(text)] == ["TUR", "SAU", "TUR", "ARE", "GBR", "UKR", "USA"]


def test_the_full_stop_of_an_abbreviation_belongs_to_the_name() -> None:
    assert found("The U.S. blamed the U.K.") == [("U.S.", "USA"), ("U.K.", "GBR")]


def test_accents_may_be_missing_or_combining() -> None:
    combining = unicodedata.normalize("NFD", "Élysée")
    assert found(f"The Élysée, the Elysee and the {combining} agree.") == [
        ("Élysée", "FRA"),
        ("Elysee", "FRA"),
        (combining, "FRA"),
    ]


def test_the_longest_name_wins() -> None:
    assert found("North Korea mocked the Islamic State of Iraq and Syria.") == [
        ("North Korea", "PRK"),
        ("Islamic State of Iraq and Syria", "islamic-state"),
    ]


def test_a_title_names_the_state_and_the_person() -> None:
    assert found("Turkish President Recep Tayyip Erdogan agreed.") == [
        ("Turkish", "TUR"),
        ("Recep Tayyip Erdogan", "recep-tayyip-erdogan"),
    ]


def test_headlines_in_capitals_are_read() -> None:
    assert found("NORTH KOREA WARNS JAPAN") == [("NORTH KOREA", "PRK"), ("JAPAN", "JPN")]


def test_hyphens_and_initials_may_differ() -> None:
    assert found("Al Qaeda threatened Donald J. Trump.") == [
        ("Al Qaeda", "al-qaeda"),
        ("Donald J. Trump", "donald-trump"),
    ]


def test_a_name_does_not_run_over_a_paragraph() -> None:
    assert ("United\n\nNations", "UN") not in found("They stood United\n\nNations disagreed.")


@pytest.mark.parametrize(
    "text",
    [
        "They told us and helped us.",
        "Who is it? It is up to you.",
        "We roasted a turkey and ate it.",
        "She ordered a Turkish coffee and Swiss cheese.",
        "The Washington Post and the New York Times reported it.",
        "George Washington crossed the river.",
        "The Bank of England cut its rate.",
        "Voters in Georgia and Florida went to the polls.",
        "The governor spoke in Atlanta, and Georgia listened.",
        "Michael Jordan met Chad Brown.",
        "They polish the silver, and polish it again.",
        "He drove from New Mexico to West Virginia.",
        "It rained in Washington state and in Washington, D.C., again.",
        "It may rain, and May was wet.",
        "Maria Johnson saw the moon over the park.",
        "TRUST US AND WAIT",
        "She answered in Russian, as he spoke Turkish.",
        "Russian roulette is no game, nor are Brazil nuts.",
        "Minister May Okello called.",
    ],
)
def test_false_friends_are_no_actors(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A hospital in Ankara closed.", "Ankara"),
        ("She flew to Moscow on Monday.", "Moscow"),
        ("He is a Moscow-based analyst.", "Moscow"),
        ("Ankara, Turkey, is cold.", "Ankara"),
        ("Ankara, Turkey, is cold.", "Turkey"),
        ("MOSCOW (AP) — Nothing new.", "MOSCOW"),
        ("ANKARA — Nothing new.", "ANKARA"),
        ("The talks took place at the White House.", "the White House"),
        ("There was fighting in northern Syria.", "Syria"),
        ("Troops in Syria dug in.", "Syria"),
        ("They met somewhere in Turkey.", "Turkey"),
        ("Floods swept across Iraq.", "Iraq"),
        ("It came from Iran's west.", "Iran"),
        ("Refugees from Syria wait.", "Syria"),
        ("The trip to Japan was short.", "Japan"),
        ("The Benghazi, Libya, consulate burned.", "Libya"),
        ("The Syrian civil war went on.", "Syrian"),
        ("A wall on the Mexico border is planned.", "Mexico"),
        ("The U.S.-Mexico border is long.", "U.S."),
        ("The French city of Lille is calm.", "French"),
        ("Moscow airport was closed.", "Moscow"),
        ("They sent troops to Syria.", "Syria"),
        ("The capital of Turkey is calm.", "Turkey"),
        ("They got out of Iraq.", "Iraq"),
        ("The border with Mexico is long.", "Mexico"),
        ("It happened in Iraq and Syria.", "Syria"),
        ("It happened in Italy, Spain and Malta.", "Spain"),
        ("She went from Egypt to Jordan, having come from Egypt.", "Jordan"),
    ],
)
def test_a_state_that_only_says_where_is_a_place(text: str, place: str) -> None:
    assert place in places(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ankara rejected the plan.",
        "Ankara's support matters.",
        "Washington has a plan.",
        "The row between Moscow and Kiev goes on.",
        "They thanked Turkey.",
        "Support from Turkey helps.",
        "A message to Moscow was sent.",
        "They lost confidence in Turkey.",
        "It is in Israel's interest.",
        "It was a swipe aimed at Washington.",
        "A White House spokesman agreed.",
        "Turkey — long an ally — agreed.",
        "It flew in Turkish airspace.",
        "HE LEFT THE US TODAY",
    ],
)
def test_a_state_that_acts_or_is_addressed_is_an_actor(text: str) -> None:
    assert places(text) == []
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "In Syria, Russia bombed a depot.",
        "In Syria, Russia and its partners bombed a depot.",
        "It happened in Syria, Russia said.",
        "It rained in Syria. Russia agreed.",
        "In Syria, Russian jets bombed a depot.",
    ],
)
def test_a_subject_after_a_place_is_an_actor(text: str) -> None:
    assert [i for _, i in found(text)] == ["RUS"]


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Clinton agreed.", "hillary-clinton"),
        ("Bill Clinton came. Clinton agreed.", "bill-clinton"),
        ("Mr. Clinton agreed.", "bill-clinton"),
        ("Prime Minister May agreed.", "theresa-may"),
        ("Theresa May came. May agreed.", "theresa-may"),
        ("Boris Johnson came. Johnson agreed.", "boris-johnson"),
        ("The Koreans agreed.", "KOR"),
        ("North Korea agreed, as Koreans do.", "PRK"),
    ],
)
def test_a_shared_name_means_whom_the_text_names(text: str, actor: str) -> None:
    assert {i for _, i in found(text)} == {actor}


def test_georgia_is_the_country_among_georgians() -> None:
    assert ("Georgia", "GEO") in found("Georgia thanked Florida, said the Georgian envoy.")


def test_custom_names_win_and_are_never_places() -> None:
    front = Actor("blue-front", "Blue Front", "organization")
    gazetteer = load_gazetteer().with_custom({front: ["Turkey's Blue", "Moscow"]})
    mentions = gazetteer.find("Turkey's Blue wing met in Moscow near Turkey.")
    assert [(m.span.text, m.actor.id, m.place) for m in mentions] == [
        ("Turkey's Blue", "blue-front", False),
        ("Moscow", "blue-front", False),
        ("Turkey", "TUR", True),
    ]


def test_a_custom_name_of_a_state_is_never_a_place() -> None:
    turkey = Actor("TUR", "Turkey", "country", "TUR")
    (mention,) = load_gazetteer().with_custom({turkey: ["the Porte"]}).find("It happened in the Porte.")
    assert not mention.place


def test_a_custom_actor_of_a_known_id_takes_its_place() -> None:
    renamed = Actor("TUR", "Türkiye", "country", "TUR")
    gazetteer = load_gazetteer().with_custom({renamed: []})
    assert [m.actor for m in gazetteer.find("Turkey agreed.")] == [renamed]
    assert gazetteer.lookup("Ankara") == renamed


def test_a_custom_name_without_letters_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="has no letters"):
        load_gazetteer().with_custom({Actor("x", "X", "group"): ["?!"]})


def test_bytes_are_refused() -> None:
    with pytest.raises(InvalidTypeError, match="give a str"):
        load_gazetteer().find(b"Turkey")  # type: ignore[arg-type]


def test_a_table_with_other_columns_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="first line of the table"):
        read_table("id\tname\n")


def test_a_slug_is_plain_and_stable() -> None:
    assert slug("Recep Tayyip Erdoğan") == "recep-tayyip-erdogan"


def test_every_row_of_the_table_is_sound() -> None:
    rows = read_table(_table())
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert list(row) == list(COLUMNS)
        assert row["kind"] in {"country", "igo", "organization", "group", "person", "none"}
        assert not row["country"] or (len(row["country"]) == 3 and row["country"].isupper())
        assert row["kind"] != "country" or row["id"] == row["country"]
        assert all(OFFICE.fullmatch(office) for office in filter(None, row["offices"].split("; ")))
        assert row["kind"] == "person" or not row["offices"]


def test_the_usual_name_of_every_actor_finds_it() -> None:
    gazetteer = load_gazetteer()
    named = [row for row in read_table(_table()) if row["kind"] != "none"]
    assert [row["name"] for row in named if (gazetteer.lookup(row["name"]) or row) == row] == []
    assert [row["id"] for row in named if gazetteer.lookup(row["id"]).id != row["id"]] == []  # type: ignore[union-attr]


def test_the_table_has_what_people_edited() -> None:
    curated = read_table((Path(__file__).parents[1] / "tools" / "actors_curated.tsv").read_text(encoding="utf-8"))
    rows = {row["id"]: row for row in read_table(_table())}
    for edit in curated:
        row = rows[edit["id"] or slug(edit["name"])]
        for column in LISTS:
            added = {value for value in edit[column].split("|") if value and value[0] != "-"}
            assert added <= set(row[column].split("|"))
            if (
                row["kind"] != "country"
            ):  # all others are edited by people alone; the next build would drop the rest
                assert added == set(filter(None, row[column].split("|")))


_PIECES = [
    "Turkey",
    "U.S.",
    "Erdoğan",
    "E\u0301lyse\u0301e",
    "😀",
    "\r\n",
    "\n\n",
    " ",
    ", ",
    "’s",
    "J. ",
    "Islamic State",
    "in ",
]


@settings(deadline=None)  # the first example reads the table
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=30).map("".join))
def test_mentions_slice_back_in_order_without_overlap(text: str) -> None:
    mentions: list[ActorMention] = load_gazetteer().find(text)
    end = 0
    for mention in mentions:
        span = mention.span
        assert text[span.start : span.end] == span.text
        assert end <= span.start < span.end <= len(text)
        assert load_gazetteer().lookup(span.text) == mention.actor
        end = span.end


@pytest.mark.parametrize(
    "unit", ["U.S. ", "of the ", "A", "J. ", "Islamic State of Iraq and ", "in Iraq and ", "(", "\n"]
)
def test_work_grows_with_the_length_of_the_text(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    walk = nametree._walk

    def counted(*args: object) -> object:
        nonlocal steps
        steps += 1
        return walk(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(nametree, "_walk", counted)
    text = unit * (30_000 // len(unit))
    load_gazetteer().find(text)
    assert steps <= 2 * len(text)


def _table() -> str:
    return files("stancelib").joinpath("data/actors.tsv").read_text(encoding="utf-8")
