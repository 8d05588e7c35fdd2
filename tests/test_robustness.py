"""What the robustness tests count, with answers that are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hand_made import DOCUMENT, TEXT

from stancelib.evaluation.metrics import Counts
from stancelib.gazetteer import COLUMNS
from stancelib.names import PersonMention
from stancelib.types import Actor, ActorStance, Document, Span, Speaker, Statement
from training import gap, robustness
from training.robustness import CHANGES, STATE_SAID, _minority, _stances, by_name

STATES = {"KEN": "Kenya", "NOR": "Norway", "PER": "Peru"}


def answer(label: str) -> dict[str, float]:
    return {"favor": 0.1, "neutral": 0.1, "against": 0.1} | {label: 0.8}


class Biased:
    """Right about every state but one, against which it always is."""

    def predict_batch(self, texts: list[str]) -> list[Document]:
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Document:
        state = next(code for code, name in STATES.items() if name in text)
        templates = {t.format(STATES[state]): kind for kind, of_kind in STATE_SAID.items() for t in of_kind}
        label = "against" if state == "PER" else templates[text]
        stance = ActorStance(Actor(state, state, "country", state), (), label, answer(label))
        return Document((Statement(0, "direct", 1.0, (Span(0, 1, text[0]),), (), Speaker("", "none"), (stance,)),))


@pytest.fixture
def states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[code, name, "country", code, name] + [""] * (len(COLUMNS) - 5) for code, name in STATES.items()]
    rows.append(["belli", "Ada Belli", "person", "", "Ada Belli"] + [""] * (len(COLUMNS) - 5))
    (tmp_path / "actors.tsv").write_text("\n".join("\t".join(row) for row in [COLUMNS, *rows]))
    monkeypatch.setattr(robustness, "ACTORS", tmp_path / "actors.tsv")


def test_a_bias_against_one_state_shows(states: None) -> None:
    tagger: Any = Biased()
    report = by_name(tagger, "country", STATE_SAID)
    assert report["scored"] == 1
    assert report["compared"] == 3
    assert report["largest_gap"] == pytest.approx(0.7)
    assert list(report["p_against"])[-1] == "PER"
    assert report["decided_by_the_name"] == pytest.approx({"neutral": 1 / 3, "favor": 1 / 3, "against": 0})
    assert report["right"] == pytest.approx({"neutral": 2 / 3, "favor": 2 / 3, "against": 1})


def test_the_minority_is_counted_within_each_statement() -> None:
    one = {"a": answer("favor"), "b": answer("favor"), "c": answer("against")}
    other = {"a": answer("neutral"), "b": answer("neutral")}
    assert _minority([one, other]) == 1 / 5


def test_stances_are_told_apart_by_speaker_actor_and_order() -> None:
    found = _stances(DOCUMENT)
    assert len(found) == sum(len(s.stances) for s in DOCUMENT.statements)
    twice = _stances(Document(DOCUMENT.statements * 2))
    assert len(twice) == 2 * len(found)


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_changes_something_it_is_meant_for(name: str) -> None:
    text = "The favorite headline\n\n“We honor it.” He said. “No.”"
    assert CHANGES[name](text) != text


def test_gap_counts_the_name_that_a_pronoun_stands_for() -> None:
    start = TEXT.index("Orhan Belli")
    text = TEXT + " He said that."
    row = {
        "ID": "1",
        "Text": text,
        "Pronoun": "He",
        "Pronoun-offset": str(text.rindex("He said")),
        "A": "Orhan Belli",
        "A-offset": str(start),
        "A-coref": "TRUE",
        "B": "Nobody",
        "B-offset": "0",
        "B-coref": "FALSE",
    }
    span = Span.of(text, start, start + len("Orhan Belli"))
    persons = [PersonMention(span, "Orhan Belli", "TUR", "m")]
    assert gap._count(gap._passage(row, persons)) == Counts(1, 1, 1)
    assert gap._count(gap._passage(row | {"A-coref": "FALSE"}, persons)) == Counts(0, 1, 0)
    assert gap._count(gap._passage(row, [])) == Counts(0, 0, 1)
