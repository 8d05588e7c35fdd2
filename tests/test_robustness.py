"""What the robustness tests count, with answers that are given, and whether the default model judges by name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hand_made import DOCUMENT, TEXT
from rich.console import Console

from stancelib.evaluation.metrics import Counts
from stancelib.names import PersonMention
from stancelib.quotes import paragraphs
from stancelib.tagger import StanceTagger
from stancelib.types import Actor, ActorStance, Document, Span, Speaker, Statement
from training import gap
from training.corpora import hard
from training.robustness import (
    CHANGES,
    ROOT,
    SPELLING,
    STATE_SAID,
    WHITE_SPACE,
    _minority,
    _stances,
    _tables,
    _with_other_states,
    by_change,
    by_name,
    by_other_states,
    known,
)
from training.spelling import _BRITISH, row_in_british, to_american, to_british

STATES = {"KEN": "Kenya", "NOR": "Norway", "PER": "Peru"}


def answer(label: str) -> dict[str, float]:
    return {"favor": 0.1, "neutral": 0.1, "against": 0.1} | {label: 0.8}


def document(actor: str, label: str) -> Document:
    """One statement, with one stance."""
    stance = ActorStance(Actor(actor, actor, "country", actor), (Span(0, 1, "x"),), label, answer(label))
    return Document((Statement(0, "direct", 1.0, (Span(0, 1, "x"),), (), Speaker("", "none"), (stance,)),))


class Biased:
    """Right about every state but one, against which it always is."""

    def predict_batch(self, texts: list[str]) -> list[Document]:
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Document:
        state = next(code for code, name in STATES.items() if name in text)
        templates = {t.format(STATES[state]): kind for kind, of_kind in STATE_SAID.items() for t in of_kind}
        return document(state, "against" if state == "PER" else templates[text])


class AgainstMarks:
    """Finds Peru in every text with a letter: neutral, but against it where there are French quotation marks."""

    def predict_batch(self, texts: list[str]) -> list[Document]:
        return [document("PER", "against" if "«" in t else "neutral") if t else Document() for t in texts]


class AgainstPeru:
    """Finds the first state that a text names; neutral, but against Peru."""

    def predict_batch(self, texts: list[str]) -> list[Document]:
        return [document(state, "against" if state == "PER" else "neutral") for state in map(self._first, texts)]

    def _first(self, text: str) -> str:
        found = {code: (text.index(name), -len(name)) for code, name in known("country").items() if name in text}
        return min(found, key=found.__getitem__)


def test_a_bias_against_one_state_shows() -> None:
    tagger: Any = Biased()
    report = by_name(tagger, STATES, STATE_SAID)
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


def test_stances_are_told_apart_by_speaker_actor_and_place() -> None:
    (found,) = _stances([DOCUMENT], [TEXT])
    assert len(found) == sum(len(s.stances) for s in DOCUMENT.statements)
    (lost_one,) = _stances([Document((*DOCUMENT.statements[:2], *DOCUMENT.statements[3:]))], [TEXT])
    assert lost_one.items() < found.items()


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_changes_something_it_is_meant_for(name: str) -> None:
    text = "The favorite headline\n\n“We honor it.” He said. “No.”"
    assert CHANGES[name](text) != text


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_keeps_the_number_of_words(name: str) -> None:
    for text in articles():
        assert len(CHANGES[name](text).split()) == len(text.split())


@pytest.mark.parametrize("name", WHITE_SPACE)
def test_other_white_space_keeps_words_and_paragraphs(name: str) -> None:
    for text in articles():
        changed = WHITE_SPACE[name](text)
        assert changed.split() == text.split()
        assert words_of_paragraphs(changed) == words_of_paragraphs(text)


def articles() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds" / "articles").glob("*.txt"))]


def words_of_paragraphs(text: str) -> list[list[str]]:
    return [text[start:end].split() for start, end in paragraphs(text)]


def test_single_quotation_marks_stand_only_where_their_end_is_sure() -> None:
    single = CHANGES["single quotation marks"]
    assert single("“It isn’t ours,” she said. “No.”") == "‘It isn’t ours,’ she said. ‘No.’"
    for unsure in ("“The states’ leaders came.”", "“He told me, ‘No.’”", "“It goes on.\n\n“It ends."):
        assert single(unsure) == unsure


def test_only_texts_that_a_change_changes_are_counted() -> None:
    tagger: Any = AgainstMarks()
    changes = {"French": CHANGES["French quotation marks"], "nothing": lambda text: ""}
    report = by_change(tagger, ["“a”", "“b”", "c"], changes)
    assert report["French"] == {"texts": 2, "stances": 2, "not_found": 0, "other_label": 1}
    assert report["nothing"] == {"texts": 3, "stances": 3, "not_found": 1, "other_label": 0}


def test_a_speaker_in_other_spelling_is_the_same_speaker() -> None:
    def said_by(name: str) -> Any:
        (statement,) = document("PER", "against").statements
        return _stances([Document((replace(statement, speaker=Speaker(name, "unnamed")),))], ["x"])

    assert said_by("a defence official") == said_by("a defense official")
    assert said_by("a harbor official") != said_by("a defense official")


def test_a_bias_shows_when_states_are_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["[s:Ana Lopes] [v:said] [c:{-PER:Peru} lied].", "[s:Ana Lopes] [v:said] [c:{-KEN:Kenya} lied]."]
    (tmp_path / "hard.txt").write_text("\n".join([*lines, "[s:Ana] [v:said] [c:{-USA:America} lied]."]))
    monkeypatch.setattr(hard, "FILE", tmp_path / "hard.txt")
    tagger: Any = AgainstPeru()
    assert by_other_states(tagger) == {"statements": 2, "stances": 2, "not_found": 0, "other_label": 0.5}


def test_states_are_exchanged_in_lines_that_are_never_trained_on() -> None:
    pairs = _with_other_states()
    assert len(pairs) > 50
    for line, other in pairs:
        assert hard.is_dev(line)
        assert line.group == other.group
        assert [a.id for a in line.statement.actors] != [a.id for a in other.statement.actors]


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("The favorite neighbor honored labor.", "The favourite neighbour honoured labour."),
        ("Defense of the Theater Center", "Defence of the Theatre Centre"),
        ("ORGANIZATION CRITICIZED", "ORGANISATION CRITICISED"),
        ("He canceled the program and traveled.", "He cancelled the programme and travelled."),
        ("Skeptical of gray aluminum, they fulfilled it.", "Sceptical of grey aluminium, they fulfilled it."),
        ("a maneuver, centered, fulfillment, analyzing", "a manoeuvre, centred, fulfilment, analysing"),
    ],
)
def test_spelling_is_changed_both_ways_and_keeps_capitals(american: str, british: str) -> None:
    assert to_british(american) == british
    assert to_american(british) == american


@pytest.mark.parametrize("change", [to_british, to_american])
@pytest.mark.parametrize(
    "text",
    [
        "Labour and Labor",
        "the World Trade Center",
        "honorary laboratory",
        "advise, promise, prize, seize",
        "our hour, four",
    ],
)
def test_names_and_words_without_a_twin_keep_their_spelling(change: Any, text: str) -> None:
    assert change(text) == text


def test_a_row_in_british_spelling_has_the_same_words_in_its_spans() -> None:
    text = "“Labor canceled the defense program,” the Center’s organizer, Honor Gray, emphasized 🙂."
    words = [[m.start(), m.end()] for m in re.finditer(r"[\w’]+", text)]
    statement = {"content": [words[1]], "cue": [words[-1]], "source": [[words[4][0], words[8][1]]]}
    pair = {
        "task": "stance",
        "holder": [words[0]],
        "content": words,
        "target": [[0, len(text)]],
        "label": "favor",
    }
    names = [{"start": start, "end": end, "kind": "person"} for start, end in words]
    row = {"id": "x", "text": text, "names": names, "statements": [statement], "pairs": [pair]}
    british = row_in_british(row)

    def spelled(row: Any) -> list[str]:
        spans = [(n["start"], n["end"]) for n in row["names"]]
        for part in (
            *row["statements"][0].values(),
            *(row["pairs"][0][k] for k in ("holder", "content", "target")),
        ):
            spans += part
        return [row["text"][start:end] for start, end in spans]

    assert british["text"].endswith("the Centre’s organiser, Honour Grey, emphasised 🙂.")
    assert spelled(british) == list(map(to_british, spelled(row)))
    assert (british["id"], british["pairs"][0]["label"]) == ("x", "favor")


@pytest.mark.parametrize(
    ("span", "words"), [((0, 4), "Cata"), ((4, 7), "logue"), ((8, 10), "pl"), ((9, 12), "lough"), ((17, 20), "il")]
)
def test_a_span_that_begins_or_ends_within_a_word_stays_in_it(span: tuple[int, int], words: str) -> None:
    names = [{"start": span[0], "end": span[1], "kind": "other"}]
    row = row_in_british({"text": "Catalog plow fulfill", "names": names, "statements": [], "pairs": []})
    (name,) = row["names"]
    assert row["text"][name["start"] : name["end"]] == words


def test_no_word_gets_shorter_by_more_than_a_letter() -> None:
    assert min(len(british) - len(american) for american, british in _BRITISH.items()) == -1


def test_statements_for_spelling_are_american_differ_and_are_shared_equally() -> None:
    lines = list(hard.read_examples(SPELLING))
    labels = Counter(label for line in lines for _, label in line.statement.stances().values())
    assert len(lines) >= 120
    assert len(set(labels.values())) == 1
    assert {state for line in lines for state in line.statement.stances()} <= known("country").keys()
    for line in lines:
        assert to_american(line.text) == line.text != to_british(line.text)
        assert to_american(to_british(line.text)) == line.text


def test_the_tables_name_states_and_count_texts() -> None:
    tagger: Any = Biased()
    names = by_name(tagger, STATES, STATE_SAID)
    change = {"texts": 7, "stances": 40, "not_found": 0.025, "other_label": 0.1}
    persons = names | {"p_against": {"angela-merkel": 0.05}}
    report = {"states": names, "persons": persons, "typography": {"tabs": change}, "spelling": {}}
    printed = StringIO()
    Console(file=printed, width=100).print(*_tables(report | {"swapped": {"statements": 63, **change}}))
    rows = [line.replace("│", " ").split() for line in printed.getvalue().splitlines()]
    assert ["tabs", "7", "40", "2.5", "10.0"] in rows
    assert ["P(against),", "neutral:", "Peru", "80.0"] in rows


SAMPLE = (
    *("KEN", "NGA", "ETH", "ZAF", "USA", "MEX", "BRA", "HTI", "CHN", "JPN", "IND", "VNM", "IRN", "ISR", "SAU"),
    *("RUS", "DEU", "POL", "UKR", "AUS", "FJI"),
)


DEFAULT = ROOT / "models" / "default"


@pytest.mark.skipif(not (DEFAULT / "config.json").exists(), reason="models/default is not trained yet")
def test_the_default_model_judges_no_state_by_its_name() -> None:
    names = {code: name for code, name in known("country").items() if code in SAMPLE}
    report = by_name(StanceTagger.from_pretrained(DEFAULT), names, STATE_SAID)
    assert report["scored"] >= 0.95
    assert min(report["right"].values()) >= 0.8, report["right"]
    assert report["compared"] == len(SAMPLE)
    assert report["largest_gap"] <= 0.10
    assert max(report["decided_by_the_name"].values()) <= 0.05, report["decided_by_the_name"]


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
