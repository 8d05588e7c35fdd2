"""Organisations that no gazetteer knows, by self-written sentences with invented names and real states."""

from __future__ import annotations

import re

import numpy as np
import pytest

from stancelib.actors import names_to_find, parse_actors
from stancelib.gazetteer import ActorMention, load_gazetteer
from stancelib.name_kinds import UNKNOWN_KINDS, NameKinds
from stancelib.organisations import find_organisations, with_organisations


def kinds(text: str, probability: float = 0.9) -> NameKinds:
    """An encoder that takes each word for an organisation's with this probability."""
    spans = [m.span() for m in re.finditer(r"\S+", text)]
    row = [1 - probability, 0.0, probability]
    return NameKinds([a for a, _ in spans], [b for _, b in spans], np.array([row] * len(spans), np.float32))


def found(text: str, probability: float = 0.9) -> list[ActorMention]:
    return find_organisations(text, load_gazetteer().find(text), kinds(text, probability))


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("He left the Reef Harvest Party on Monday.", "Reef Harvest Party", None),
        ("The Tidal Rights Council said no.", "Tidal Rights Council", None),
        ("It hit the Brine Council for the Coast in May.", "Brine Council for the Coast", None),
        ("It hit the Brine Council on Tidal Rights.", "Brine Council on Tidal Rights", None),
        ("It was the Party of Reefs and Tides that won.", "Party of Reefs and Tides", None),
        ("He left the Norwegian Reef Party.", "Norwegian Reef Party", "NOR"),
        ("It hit the Reef Party’s plans.", "Reef Party", None),
    ],
)
def test_a_run_of_capitals_with_a_political_noun(text: str, name: str, country: str | None) -> None:
    (mention,) = found(text)
    assert (mention.actor.name, mention.actor.kind, mention.actor.country) == (name, "organization", country)
    assert text[mention.span.start : mention.span.end] == mention.span.text == name


@pytest.mark.parametrize(
    "text",
    [
        "He left the Reef Harvest Company.",  # no political noun
        "The Supreme Court said no.",  # whose?
        "The Party said no.",
        "Norwegian Donor Gives Millions To His Reef Party",  # a headline
        "The Norwegian Tidal Ministry said no.",  # stands for Norway
        "Tidal Council Chairman Oskal Brevik said no.",  # his office
        "He left the Democratic Party.",  # known already
    ],
)
def test_what_is_no_organisation_of_its_own(text: str) -> None:
    assert found(text) == []


def test_the_encoder_can_rule_it_out() -> None:
    text = "He left the Reef Harvest Party."
    assert found(text, 0.01) == []
    assert find_organisations(text, [], UNKNOWN_KINDS) == []


def test_its_acronym_means_the_same() -> None:
    text = "The Reef Harvest Party (RHP) lost. “The RHP is done,” he said of the RHP-led list."
    assert [(m.span.text, m.actor.id) for m in found(text)] == [
        ("Reef Harvest Party", "reef-harvest-party"),
        ("RHP", "reef-harvest-party"),
        ("RHP", "reef-harvest-party"),
    ]


def test_it_stands_for_the_state_that_its_name_begins_with() -> None:
    text = "Norway fears the Norwegian Reef Party."
    known = load_gazetteer().find(text)
    both = with_organisations(known, find_organisations(text, known, kinds(text)))
    assert [m.span.text for m in both] == ["Norway", "Norwegian Reef Party"]


@pytest.mark.parametrize("piece", ["Reef ", "Reef of the ", "Party ", "(RHP) ", "Reef Harvest Party (RHP) "])
def test_long_texts_complete(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert isinstance(find_organisations(text, [], kinds(text)), list)


def test_a_users_own_name_wins() -> None:
    text = "He left the Norwegian Reef Party (NRP). The NRP lost."
    own = parse_actors({"Norway": ["Norwegian Reef Party", "NRP"]})
    known = names_to_find(own).find(text)
    assert find_organisations(text, known, kinds(text)) == []
    text = "He left the Reef Harvest Party (RHP). The RHP lost."
    known = names_to_find(parse_actors({"Harvesters": ["RHP"]})).find(text)
    assert [m.span.text for m in find_organisations(text, known, kinds(text))] == ["Reef Harvest Party"]


def test_an_acronym_within_another_name_is_not_told_twice() -> None:
    text = "The Reef Harvest Party (RHP) met. The RHP Youth Movement met."
    assert [m.span.text for m in found(text)] == ["Reef Harvest Party", "RHP", "RHP Youth Movement"]
