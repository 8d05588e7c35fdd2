"""Who is named in a text, by self-written news sentences with invented persons and real states."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancelib.gazetteer import ActorMention
from stancelib.names import PersonMention, find_persons
from stancelib.types import Actor, Span

STATES = {
    "Russian": "RUS",
    "Turkish": "TUR",
    "Turkey": "TUR",
    "German": "DEU",
    "Moscow": "RUS",
    "Norway": "NOR",
    "Jordan": "JOR",
    "Peruvian": "PER",
    "Paris": "FRA",
}


def mentions_of(text: str, *, leader: str = "") -> list[ActorMention]:
    """What a gazetteer would find: the first occurrence of each state, and of ``leader``, a Peruvian president."""
    found = [
        ActorMention(
            Actor(code, name, "country", code), Span.of(text, text.find(name), text.find(name) + len(name))
        )
        for name, code in STATES.items()
        if name in text
    ]
    if leader:
        at = text.find(leader)
        actor = Actor("ramiro-quispe", "Ramiro Quispe", "person", "PER")
        found.append(ActorMention(actor, Span.of(text, at, at + len(leader))))
    return sorted(found, key=lambda m: m.span.start)


def persons(text: str, *, leader: str = "") -> list[PersonMention]:
    return find_persons(text, mentions_of(text, leader=leader))


def spans(text: str) -> list[str]:
    return [p.span.text for p in persons(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Talks with President Oskal Brevik failed.", ["Oskal Brevik"]),
        ("He met Gen. Oskal Brevik there.", ["Oskal Brevik"]),
        ("It was denied by spokeswoman Oskala Brevik in May.", ["Oskala Brevik"]),
        ("The plan is dead, said Oskal Brevik on Monday.", ["Oskal Brevik"]),
        ("Yesterday Oskal Brevik told reporters to wait.", ["Oskal Brevik"]),
        ("We saw Oskal Brevik, a senior analyst at a bank.", ["Oskal Brevik"]),
        ("We saw Oskal Brevik, 54, in the hall.", ["Oskal Brevik"]),
        ("They thanked Oskal J. Brevik for it.", ["Oskal J. Brevik"]),
        ("They thanked Elizabeth Brevik for it.", ["Elizabeth Brevik"]),
        ("It hurt Foreign Minister Brevik most.", ["Brevik"]),
    ],
    ids=[
        "title",
        "abbreviated title",
        "spokeswoman",
        "said X",
        "X told",
        "apposition",
        "age",
        "initial",
        "given name",
        "surname with title",
    ],
)
def test_evidence_makes_a_person(text: str, names: list[str]) -> None:
    assert spans(text) == names


@pytest.mark.parametrize(
    "name",
    [
        "Yusuf al-Tamiri",
        "Salem bin Rashid Omari",
        "Ludo van der Hoek",
        "Jean-Luc Béranger",
        "Maeve O’Dorrin",
        "Tobias Lund Jr.",
        "Kwon Hae-jin",
        "Zoe\u0301 Marchand",
    ],
)
def test_forms_of_names(name: str) -> None:
    assert spans(f"It will not work, said {name} on Friday.") == [name]


@pytest.mark.parametrize(
    "text",
    [
        "The Institute of Applied Deserts said so.",
        "A Ministry of Fisheries statement followed.",
        "The Brevik Foundation said nothing.",
        "The Harbour Post told its readers.",
        "On Monday March said goodbye.",
        "Critics said no. Officials told reporters.",
        "BREVIK LOSES VOTE IN PARLIAMENT",
        "It fell, said BREXO HARVEST on Friday.",
        "The court said Wednesday that it would wait.",
    ],
)
def test_no_persons(text: str) -> None:
    assert persons(text) == []


def test_a_surname_is_the_person_named_in_full() -> None:
    found = persons("Minister Oskal Brevik spoke first. Brevik left. We like Mr. Brevik.")
    assert [(p.span.text, p.name) for p in found] == [
        ("Oskal Brevik", "Oskal Brevik"),
        ("Brevik", "Oskal Brevik"),
        ("Brevik", "Oskal Brevik"),
    ]


def test_an_earlier_surname_takes_the_later_full_name() -> None:
    found = persons("President Brevik spoke. Later Oskal J. Brevik told us more.")
    assert {p.name for p in found} == {"Oskal J. Brevik"}


def test_a_headline_in_capitals_takes_known_names() -> None:
    found = persons("BREVIK LOSES VOTE\n\nMinister Oskal Brevik lost.")
    assert [(p.span.text, p.name) for p in found] == [("BREVIK", "Oskal Brevik"), ("Oskal Brevik", "Oskal Brevik")]


def test_a_headline_is_no_name_before_a_leader() -> None:
    assert [p.span.text for p in persons("Voters Leave Quispe as Rain Falls", leader="Quispe")] == ["Quispe"]


def test_a_headline_before_a_given_name_is_cut_off() -> None:
    assert spans("Striking Teachers Meet Elizabeth Brevik") == ["Elizabeth Brevik"]


def test_fuller_and_shorter_names_are_one_person() -> None:
    found = persons("Minister Oskal Brevik spoke. Later Oskal Tarjei Brevik told us. Analyst O. Brevik stayed.")
    assert {p.name for p in found} == {"Oskal Tarjei Brevik"}


def test_two_of_one_surname_the_last_named() -> None:
    found = persons("Minister Oskal Brevik spoke. Brevik left. Minister Runa Brevik spoke. Brevik stayed.")
    assert [p.name for p in found if p.span.text == "Brevik"] == ["Oskal Brevik", "Runa Brevik"]


def test_mrs_is_the_woman_of_two() -> None:
    found = persons("Mrs. Runa Brevik and Mr. Oskal Brevik came. Mrs. Brevik spoke.")
    assert found[-1].name == "Runa Brevik"


def test_mr_keeps_two_strangers_apart_by_first_name() -> None:
    found = persons("Minister Oskal Brevik and Minister Runa Brevik came.")
    assert [p.name for p in found] == ["Oskal Brevik", "Runa Brevik"]


def test_a_pope_keeps_his_title() -> None:
    found = persons("Crowds saw Pope Hilarion. Then Hilarion said grace.")
    assert [(p.span.text, p.name) for p in found] == [
        ("Pope Hilarion", "Pope Hilarion"),
        ("Hilarion", "Pope Hilarion"),
    ]


def test_a_surname_that_stands_alone_elsewhere_shows_the_full_name() -> None:
    found = persons("The hall cheered Oskal Brevik. A tired Brevik waved.")
    assert [(p.span.text, p.name) for p in found] == [("Oskal Brevik", "Oskal Brevik"), ("Brevik", "Oskal Brevik")]


def test_a_surname_that_is_a_month_is_a_person_where_it_speaks() -> None:
    found = persons("Senator Elizabeth May came in May. May said yes.")
    assert [p.span.start for p in found] == [8, 35]


def test_a_surname_that_is_a_state_is_a_person_where_it_speaks() -> None:
    found = persons("Senator Michael Jordan came. Jordan said yes.")
    assert [p.span.text for p in found] == ["Michael Jordan", "Jordan"]


def test_a_leader_of_the_gazetteer_needs_no_title() -> None:
    found = persons("Cheers for Quispe rang out.", leader="Quispe")
    assert [(p.span.text, p.country, p.gender) for p in found] == [
        ("Quispe", "PER", "m" if False else found[0].gender)
    ]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Russian President Oskal Brevik spoke.", "RUS"),
        ("Turkey’s Foreign Minister Oskal Brevik spoke.", "TUR"),
        ("Oskal Brevik, the Turkish foreign minister, spoke.", "TUR"),
        ("No, said Oskal Brevik, an analyst at the Moscow-based Institute of Winds.", "RUS"),
        ("The German ambassador to Norway, Oskal Brevik, spoke.", "DEU"),
        ("Oskal Brevik, an expert on Norway, spoke.", None),
        ("We met Sen. Oskal Brevik, R-Ohio, today.", "USA"),
        ("Minister Oskal Brevik spoke.", None),
    ],
)
def test_country_by_title_or_apposition(text: str, country: str | None) -> None:
    assert [p.country for p in persons(text)] == [country]


def test_country_is_shared_by_all_mentions() -> None:
    found = persons("No, Brevik said. The Russian minister Oskal Brevik went home.")
    assert [p.country for p in found] == ["RUS", "RUS"]


def test_the_next_in_a_list_gives_no_country() -> None:
    found = persons("Minister Oskal Brevik, Russian President Jonas Pell and others met.")
    assert [(p.name, p.country) for p in found] == [("Oskal Brevik", None), ("Jonas Pell", "RUS")]


@pytest.mark.parametrize(
    ("title", "gender"), [("Mrs.", "f"), ("Mr.", "m"), ("spokeswoman", "f"), ("minister", None)]
)
def test_gender_by_title(title: str, gender: str | None) -> None:
    assert persons(f"It was {title} Oskal Brevik.")[0].gender == gender


def test_roles_are_the_words_of_title_and_apposition() -> None:
    found = persons("Foreign Minister Oskal Brevik, a former boxer and trade negotiator, spoke.")
    assert {"foreign", "minister", "negotiator"} <= found[0].roles


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "President Oskal Brevik",
                "said Zoe\u0301 Marchand",
                "Mr. Brevik",
                "🙂",
                "\r\n",
                ". ",
                ", ",
                "van der",
                "“",
            ]
        )
        | st.text(max_size=6),
        max_size=12,
    )
)
def test_offsets_are_of_the_text_as_given(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = find_persons(text, [])
    assert all(text[p.span.start : p.span.end] == p.span.text for p in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))


def test_emoji_before_a_name_does_not_shift_it() -> None:
    text = "🙂🙂\r\nNo, said Zoe\u0301 Marchand."
    assert [text[p.span.start : p.span.end] for p in find_persons(text, [])] == ["Zoe\u0301 Marchand"]


@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "A ",
        "Ab ",
        "A.",
        "of the ",
        "Mr. ",
        "Oskal Brevik said ",
        "al-",
        "Jr. ",
        "e\u0301",
        "x'",
        "Mr. A, a minister ",
        "Institute of ",
    ],
)
def test_long_texts_complete(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    assert len(find_persons(text, [])) <= len(text)
