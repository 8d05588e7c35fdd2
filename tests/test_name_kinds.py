"""What the encoder adds to the rules: who is a person, whom a pronoun stands for, what somebody is called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stancelib.gazetteer import load_gazetteer
from stancelib.lexicon import MEDIA
from stancelib.name_kinds import PERSON, NameKinds
from stancelib.names import find_persons
from stancelib.salience import features, salience
from stancelib.speakers import resolve_speakers
from stancelib.types import Document, Span, Speaker, Statement
from training.corpora import read
from training.corpora.schema import CorpusError
from training.corpora.silver import silver_names

TEXT = "Quentz Varlo met Obrecht in Lagos."


def kinds(text: str, persons: list[str]) -> NameKinds:
    """An encoder that is sure of these persons."""
    spans = [(text.index(w), text.index(w) + len(w)) for w in text.split()]
    sure = [[0.0, 1.0, 0.0] if any(w in p for p in persons) else [1.0, 0.0, 0.0] for w in text.split()]
    return NameKinds([a for a, _ in spans], [b for _, b in spans], np.array(sure, np.float32))


def test_the_encoder_knows_persons_that_no_rule_shows() -> None:
    assert find_persons(TEXT, []) == []
    found = find_persons(TEXT, [], kinds(TEXT, ["Quentz Varlo", "Obrecht"]))
    assert [p.name for p in found] == ["Quentz Varlo", "Obrecht"]


def test_a_state_in_the_title_is_nobody_whatever_the_encoder_says() -> None:
    text = "It was Vermont Sen. Oskal Brevik."
    assert [p.name for p in find_persons(text, [], kinds(text, ["Vermont", "Oskal Brevik"]))] == ["Oskal Brevik"]


def test_nothing_is_known_of_words_that_are_not_there() -> None:
    assert NameKinds().of(0, 5, PERSON) == 0.0
    assert kinds(TEXT, ["Obrecht"]).of(900, 905, PERSON) == 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kenyan Foreign Minister Orla Brandt said so.", "Kenyan Foreign Minister"),
        ("“No,” said Orla Brandt, a senior analyst at the Red Lion Institute, on Monday.", "a senior analyst at"),
        ("Mr. Orla Brandt said so.", None),
    ],
)
def test_description_is_title_or_apposition(text: str, expected: str | None) -> None:
    (person,) = find_persons(text, load_gazetteer().find(text))
    assert (person.description or "").startswith(expected) if expected else person.description is None


def test_country_of_an_adviser_is_that_of_whom_he_advises() -> None:
    text = "Ned Corvin, Obama's deputy national security adviser, said no."
    found = {p.name: p for p in find_persons(text, load_gazetteer().find(text))}
    assert found["Ned Corvin"].country == "USA"


def test_country_follows_the_name() -> None:
    text = "Foreign Minister Lena Hartwig of Germany said no."
    assert find_persons(text, load_gazetteer().find(text))[0].country == "DEU"


def test_description_is_in_the_json_only_where_there_is_one() -> None:
    for description in (None, "envoy"):
        statement = Statement(
            0, "direct", 1.0, (), (), Speaker("Orla Brandt", "person", description=description), ()
        )
        document = Document((statement,))
        data = document.to_dict()
        assert ("description" in data["statements"][0]["speaker"]) == (description is not None)
        assert Document.from_dict(data) == document


def test_news_organisations_have_a_country() -> None:
    text = "The Associated Press reported it."
    (speaker,) = resolve_speakers(text, [Span.of(text, 0, 20)], persons=[], mentions=[])
    assert (speaker.name, speaker.kind, speaker.country) == ("Associated Press", "organization", "USA")
    assert all(len(country) == 3 for country in MEDIA.values())


def test_the_subject_before_is_more_salient_than_whom_he_praised() -> None:
    text = "Quentz Varlo praised in warm words Obrecht. Then he left."
    persons = find_persons(text, [], kinds(text, ["Quentz Varlo", "Obrecht."]))
    start = text.index("he left")
    shown = features(text, persons, start, start + 2)
    assert "subject in 1" in shown["Quentz Varlo"]
    assert "subject in 1" not in shown["Obrecht"]
    scores = salience(text, persons, start, start + 2)
    assert scores["Quentz Varlo"] > scores["Obrecht"]


def test_silver_names_by_rule() -> None:
    text = "Minister Orla Brandt left the Red Lion Party in Kenya, Zubb said."
    names = {text[n["start"] : n["end"]]: n["kind"] for n in silver_names(text)}
    assert (names["Orla Brandt"], names["Red Lion Party"], names["Kenya"]) == ("person", "organization", "other")


def test_crossner_reader(tmp_path: Path) -> None:
    folder = tmp_path / "crossner-politics"
    folder.mkdir()
    (folder / "train.txt").write_text("Orla\tB-politician\nBrandt\tI-politician\nwon\tO\n\n", encoding="utf-8")
    (row,) = read("crossner-politics", tmp_path, "train").examples
    assert row["text"] == "Orla Brandt won"
    assert [n["kind"] for n in row["names"]] == ["other", "person", "person"]
    (folder / "dev.txt").write_text("Orla\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="Orla"):
        read("crossner-politics", tmp_path, "dev")


def test_gap_reader(tmp_path: Path) -> None:
    folder = tmp_path / "gap"
    folder.mkdir()
    head = "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL\n"
    line = "1\tVarlo met Obrecht; he left.\the\t19\tVarlo\t0\tTRUE\tObrecht\t10\tFALSE\tx\n"
    for part in ("development", "validation"):
        (folder / f"gap-{part}.tsv").write_text(head + line, encoding="utf-8")
    rows = list(read("gap", tmp_path, "train").examples)
    persons = [rows[0]["text"][n["start"] : n["end"]] for n in rows[0]["names"] if n["kind"] == "person"]
    assert (len(rows), persons) == (2, ["Varlo", "Obrecht"])
