"""Results: their JSON is the contract, and the matrix adds up."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hand_made import BELLI, DIPLOMAT, DOCUMENT, NATO, TEXT, USA, span, statement, toward

from stancelib.errors import InvalidInputError
from stancelib.types import ActorStance, Document, Span, Speaker


def test_from_dict_reads_what_to_dict_wrote() -> None:
    assert Document.from_dict(DOCUMENT.to_dict()) == DOCUMENT


def test_from_dict_reads_json() -> None:
    assert Document.from_dict(json.loads(DOCUMENT.to_json())) == DOCUMENT


def test_empty_document_survives_json() -> None:
    assert Document.from_dict(Document(id="a").to_dict()) == Document(id="a")


def test_keys_are_those_of_the_contract() -> None:
    document = DOCUMENT.to_dict()
    said = document["statements"][0]
    stance = said["stances"][0]
    assert list(document) == ["schema_version", "id", "model", "statements", "warnings"]
    assert list(said) == ["id", "kind", "probability", "content", "cue", "speaker", "stances"]
    assert list(said["content"][0]) == ["start", "end", "text"]
    assert list(said["speaker"]) == ["name", "kind", "country", "mention", "description"]
    assert list(document["statements"][1]["speaker"]) == [
        "name",
        "kind",
        "country",
        "mention",
    ]  # nothing said of it
    assert list(stance) == ["actor", "mentions", "label", "probabilities"]
    assert list(stance["actor"]) == ["id", "name", "kind", "country"]
    assert list(stance["probabilities"]) == ["favor", "neutral", "against"]


def test_to_dict_holds_plain_json_values() -> None:
    assert json.loads(json.dumps(DOCUMENT.to_dict())) == DOCUMENT.to_dict()


def test_to_json_keeps_characters_readable() -> None:
    assert "“vital & decent”" in DOCUMENT.to_json()


def test_span_of_holds_its_text() -> None:
    assert Span.of(TEXT, 0, 6) == Span(0, 6, "ANKARA")


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_other_schema_version_is_refused(version: object) -> None:
    with pytest.raises(InvalidInputError, match="schema_version"):
        Document.from_dict({**DOCUMENT.to_dict(), "schema_version": version})


def test_missing_field_is_named() -> None:
    data = DOCUMENT.to_dict()
    del data["statements"][0]["speaker"]
    with pytest.raises(InvalidInputError, match="speaker"):
        Document.from_dict(data)


@pytest.mark.parametrize("where", ["statement", "speaker", "actor", "stance"])
def test_unknown_field_is_named(where: str) -> None:
    data = DOCUMENT.to_dict()
    said: dict[str, Any] = data["statements"][0]
    stance = said["stances"][0]
    {"statement": said, "speaker": said["speaker"], "actor": stance["actor"], "stance": stance}[where]["mood"] = 1
    with pytest.raises(InvalidInputError, match="mood"):
        Document.from_dict(data)


def test_score_is_favor_minus_against() -> None:
    assert toward(USA, 0.75, 0.25).score == 0.5


def test_matrix_has_the_mean_score_of_each_speaker_and_actor() -> None:
    table = DOCUMENT.matrix()
    assert list(table.index) == ["Lena Hartwig", "Orhan Belli"]
    assert list(table.columns) == ["NATO", "Orhan Belli", "United States"]
    assert table.loc["Orhan Belli", "United States"] == pytest.approx(-0.88)
    assert table.loc["Lena Hartwig", "United States"] == pytest.approx((0.1 + 0.7) / 2)
    assert math.isnan(table.to_numpy()[0, 0])  # Hartwig never speaks of NATO


def test_matrix_rolls_up_to_countries_on_both_sides() -> None:
    table = DOCUMENT.matrix(roll_up="country")
    assert list(table.index) == ["DEU", "TUR"]
    assert list(table.columns) == ["NATO", "TUR", "USA"]
    assert table.loc["DEU", "TUR"] == pytest.approx(-0.5)


def test_roll_up_joins_speakers_of_one_country() -> None:
    other = Speaker("Defence Ministry", "organization", "DEU")
    document = Document(
        (
            statement(0, "indirect", DIPLOMAT, [span("Belli")], [], toward(NATO, 0.9, 0.1)),
            statement(1, "indirect", other, [span("Belli")], [], toward(NATO, 0.5, 0.3)),
        )
    )
    assert document.matrix(roll_up="country").loc["DEU", "NATO"] == pytest.approx((0.8 + 0.2) / 2)


def test_matrix_leaves_out_statements_that_nobody_made() -> None:
    nobody = statement(0, "indirect", Speaker("", "none"), [span("Belli")], [], toward(BELLI, 0.1, 0.8))
    assert Document((nobody,)).matrix().empty


def test_matrix_refuses_another_roll_up() -> None:
    with pytest.raises(InvalidInputError, match="'party'"):
        DOCUMENT.matrix(roll_up="party")  # type: ignore[arg-type]


def test_from_dict_refuses_an_unknown_key_and_what_is_no_mapping() -> None:
    with pytest.raises(InvalidInputError, match="'colour'"):
        Document.from_dict({**DOCUMENT.to_dict(), "colour": "blue"})
    with pytest.raises(InvalidInputError, match="list"):
        Document.from_dict([])  # type: ignore[arg-type]


def test_other_labels_have_no_score() -> None:
    with pytest.raises(InvalidInputError, match="'for'"):
        _ = ActorStance(USA, (), "for", {"for": 1.0, "not for": 0.0}).score
