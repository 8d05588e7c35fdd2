"""Teaching: which pairs are asked for beside the annotated ones, and what is written of them."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stancelib.encoding import TextEncoder
from stancelib.tagger import StanceTagger
from training import teach
from training.corpora.schema import CorpusError, pair
from training.recipe import Recipe
from training.teach import read_taught, taught, unlabelled_sentence, unlabelled_statements, with_more_pairs
from training.train import load_examples

FIXTURES = Path(__file__).parent / "fixtures" / "corpora"
TEXT = "Dana Orlov said that Russia blamed Kenya for the raid in Qatar."
TALKS = "Russia and Kenya met Turkey, Qatar and Chad."


def at(text: str, piece: str) -> list[list[int]]:
    start = text.index(piece)
    return [[start, start + len(piece)]]


def row(text: str, pairs: list[Any], *, source: bool = True) -> dict[str, Any]:
    """A row; of TEXT with its statement."""
    holder = at(text, "Dana Orlov") if text == TEXT and source else []
    statement = {"content": at(TEXT, TEXT[16:]), "cue": at(TEXT, "said"), "source": holder}
    return {"id": "1", "text": text, "annotated": True, "statements": [statement], "pairs": pairs}


def named(text: str, pairs: list[Any], task: str) -> list[tuple[str, str]]:
    """Holders and targets, by their words, of the pairs of a task."""
    spans = [(p["holder"], p["target"]) for p in pairs if p["task"] == task]
    return [tuple(text[s[0][0] : s[0][1]] if s else "" for s in parts) for parts in spans]  # type: ignore[misc]


def test_a_speaker_is_asked_for_its_stance_toward_every_actor_and_no_place() -> None:
    found = unlabelled_statements(row(TEXT, []))
    assert named(TEXT, found, "stance") == [("Dana Orlov", "Russia"), ("Dana Orlov", "Kenya")]
    assert {p["label"] for p in found} == {None}


def test_a_statement_without_a_source_is_asked_for_nothing() -> None:
    assert unlabelled_statements(row(TEXT, [], source=False)) == []


def test_two_annotated_names_are_asked_for_their_light_and_their_stances() -> None:
    given = [pair("stance", at(TALKS, "Kenya"), "favor", holder=at(TALKS, "Russia"))]
    found = unlabelled_sentence(row(TALKS, given))
    assert named(TALKS, found, "sentiment") == [("", "Russia"), ("", "Kenya")]
    assert named(TALKS, found, "stance") == [("Russia", "Kenya"), ("Kenya", "Russia")]


def test_beside_a_lone_name_the_actors_are_asked_for() -> None:
    text = "Dana Orlov praised Kenya."
    found = unlabelled_sentence(row(text, [pair("sentiment", at(text, "Dana Orlov"), "positive")]))
    assert named(text, found, "sentiment") == [("", "Dana Orlov"), ("", "Kenya")]
    assert named(text, found, "stance") == [("Dana Orlov", "Kenya"), ("Kenya", "Dana Orlov")]


def test_a_crowd_is_not_asked_for_stances() -> None:
    found = unlabelled_sentence(row(TALKS, [pair("sentiment", at(TALKS, "Russia"), "neutral")]))
    assert len(named(TALKS, found, "sentiment")) == 5
    assert named(TALKS, found, "stance") == []


def test_what_is_annotated_is_not_asked_again() -> None:
    given = [pair("stance", at(TALKS, "Kenya"), "favor", holder=at(TALKS, "Russia"))]
    pairs = with_more_pairs(row(TALKS, given), "dse")["pairs"]
    assert pairs[0] == given[0]
    assert named(TALKS, pairs, "stance") == [("Russia", "Kenya"), ("Kenya", "Russia")]


def test_an_annotated_pair_is_half_its_label_and_another_wholly_the_teachers(tagger: StanceTagger) -> None:
    given = pair("stance", at(TALKS, "Kenya"), "favor", holder=at(TALKS, "Russia"))
    asked = pair("stance", at(TALKS, "Kenya"), None, holder=at(TALKS, "Russia"))
    (found,) = taught(tagger, [row(TALKS, [given, asked])])
    annotated, own = (p["probabilities"] for p in found["pairs"])
    said = tagger.stance(TALKS, "Russia", "Kenya").probabilities
    assert own == pytest.approx([said[name] for name in ("favor", "neutral", "against")], abs=1e-3)
    assert annotated == pytest.approx([(own[0] + 1) / 2, own[1] / 2, own[2] / 2], abs=1e-3)


@pytest.fixture
def lesson(tagger: StanceTagger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the command writes of two fixture corpora."""
    tagger.save_pretrained(tmp_path / "teacher")
    given = ["--teacher", str(tmp_path / "teacher"), "--data", str(FIXTURES), "--out", str(tmp_path / "taught")]
    monkeypatch.setattr(sys, "argv", ["teach", *given, "--corpus", "dse", "polnear"])
    teach.main()
    return tmp_path / "taught"


def test_the_command_writes_every_row_with_the_probabilities_of_its_pairs(lesson: Path) -> None:
    rows = {corpus: read_taught(lesson, corpus) for corpus in ("dse", "polnear")}
    assert {len(p["probabilities"]) for r in rows["dse"] for p in r["pairs"]} == {3}
    assert {p["task"] for r in rows["dse"] for p in r["pairs"]} == {"stance", "sentiment"}
    assert len(rows["polnear"]) == 3
    assert rows["polnear"][0]["statements"]


def test_a_recipe_trains_on_what_was_taught(lesson: Path, text_encoder: TextEncoder) -> None:
    recipe = Recipe(repeats={}, dev=(), taught=str(lesson))
    examples = load_examples("dse", FIXTURES, recipe, text_encoder, Counter())
    likeliest = [max(p.labels) for e in examples for p in e.pairs if p.task == "sentiment"]
    assert likeliest
    assert max(likeliest) < 1


def test_a_corpus_that_has_no_pairs_is_read_as_it_is(lesson: Path, text_encoder: TextEncoder) -> None:
    recipe = Recipe(repeats={}, dev=(), taught=str(lesson))
    assert load_examples("stancelib-json", FIXTURES, recipe, text_encoder, Counter())


def test_a_corpus_that_was_not_taught_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"plv\.jsonl is missing: python -m training\.teach"):
        read_taught(tmp_path, "plv")
