"""From predictions to tasks of an annotation tool, and from its export back to labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hand_made import DOCUMENT, TEXT
from typer.testing import CliRunner

from stancelib.cli import app
from stancelib.errors import InvalidInputError
from stancelib.tagger import StanceTagger
from stancelib.tuning import doccano, label_studio
from stancelib.tuning.convert import convert, write_tasks
from stancelib.tuning.labels import read_labels
from stancelib.tuning.regions import Markup, Region, Relation, of_document, to_record
from stancelib.types import Document


def exported(task: dict[str, Any]) -> dict[str, Any]:
    """The task as Label Studio exports it once somebody has accepted the prediction."""
    return {"id": 7, "data": task["data"], "annotations": [{"result": task["predictions"][0]["result"]}]}


def shape(statements: list[dict[str, Any]]) -> list[Any]:
    """What a round trip must keep: offsets, and labels."""
    return [
        (
            [(c["start"], c["end"]) for c in s["content"]],
            [(c["start"], c["end"]) for c in s.get("cue", [])],
            (s.get("speaker") or {}).get("mention") and s["speaker"]["mention"]["start"],
            sorted((t["mentions"][0]["start"], len(t["mentions"]), t["label"]) for t in s["stances"]),
        )
        for s in statements
    ]


def test_a_prediction_comes_back_as_it_was() -> None:
    record = to_record(label_studio.read_task(exported(label_studio.to_task(TEXT, DOCUMENT))))
    assert shape(record["statements"]) == shape(DOCUMENT.to_dict()["statements"])


def test_what_comes_back_can_be_trained_on(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps([exported(label_studio.to_task(TEXT, DOCUMENT))]))
    assert convert(export, tmp_path / "labels.jsonl") == (1, [])
    found = read_labels(tmp_path / "labels.jsonl")
    assert (found.faults, len(found.rows)) == ([], 1)


def test_label_studio_counts_an_emoji_as_two_and_either_way_is_read() -> None:
    text = "👍🏽 Kenya won, he said."
    markup = Markup(text, (Region("a", "content", 3, 12),))
    start, end = label_studio._utf16(text, 3), label_studio._utf16(text, 12)
    assert (start, end) == (5, 14)
    for offsets in ((5, 14), (3, 12)):
        value = {"start": offsets[0], "end": offsets[1], "text": "Kenya won", "labels": ["content"]}
        task = {
            "data": {"text": text},
            "annotations": [{"result": [{"id": "a", "type": "labels", "value": value}]}],
        }
        assert label_studio.read_task(task).regions == markup.regions


def test_a_task_of_another_text_is_a_fault() -> None:
    value = {"start": 0, "end": 3, "text": "abc", "labels": ["content"]}
    task = {"data": {"text": "xyz"}, "annotations": [{"result": [{"id": "a", "type": "labels", "value": value}]}]}
    with pytest.raises(ValueError, match="0 to 3 is not 'abc'"):
        label_studio.read_task(task)


def test_the_labeling_interface_is_xml_whatever_the_labels_are() -> None:
    root = ElementTree.fromstring(label_studio.labeling_config(["for & <all>", 'a"b']))
    assert [c.get("value") for c in root.iter("Choice")] == ["for & <all>", 'a"b']


DOCCANO = {
    "id": 3,
    "text": "Kenya won, he said. Kenya lost, she said.",
    "entities": [
        {"id": 1, "label": "content", "start_offset": 0, "end_offset": 9},
        {"id": 2, "label": "cue", "start_offset": 14, "end_offset": 18},
        {"id": 3, "label": "source", "start_offset": 11, "end_offset": 13},
        {"id": 4, "label": "actor: favor", "start_offset": 0, "end_offset": 5},
    ],
    "relations": [
        {"id": 1, "from_id": 1, "to_id": 2, "type": "reported with"},
        {"id": 2, "from_id": 1, "to_id": 3, "type": "said by"},
    ],
}


def test_a_record_of_doccano() -> None:
    record = to_record(doccano.read_record(DOCCANO))
    assert shape(record["statements"]) == [([(0, 9)], [(14, 18)], 11, [(0, 1, "favor")])]


A, B = Region("a", "content", 0, 9), Region("b", "actor", 0, 5, "favor")


@pytest.mark.parametrize(
    ("regions", "relations", "said"),
    [
        ([A, Region("b", "actor", 20, 25, "favor")], [], "'Kenya' is in no content"),
        ([A, Region("b", "actor", 0, 5)], [], "'Kenya' has no stance"),
        (
            [A, B, Region("c", "actor", 0, 9, "against")],
            [Relation("same actor", "c", "b")],
            "'Kenya' has several stances",
        ),
        ([A, Region("b", "verb", 14, 18)], [], "unknown mark 'verb'"),
        ([A, B], [Relation("likes", "a", "b")], "unknown relation 'likes'"),
        (
            [A, B],
            [Relation("said by", "a", "b")],
            "from a content to a source: content 'Kenya won' to actor 'Kenya'",
        ),
        ([A], [Relation("said by", "a", "gone")], "content 'Kenya won' to ?"),
    ],
)
def test_markup_that_makes_no_statement(regions: list[Region], relations: list[Relation], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        to_record(Markup(str(DOCCANO["text"]), tuple(regions), tuple(relations)))


def test_relations_in_a_circle_end() -> None:
    regions = (A, Region("b", "content", 20, 30))
    circle = (Relation("goes on", "a", "b"), Relation("goes on", "b", "a"))
    assert len(to_record(Markup(str(DOCCANO["text"]), regions, circle))["statements"]) == 2


def test_pieces_of_a_content_are_one_statement() -> None:
    text = "“Yes,” he said, “Kenya won.”"
    markup = Markup(
        text, (Region("a", "content", 1, 4), Region("b", "content", 17, 26)), (Relation("goes on", "b", "a"),)
    )
    (statement,) = to_record(markup)["statements"]
    assert len(statement["content"]) == 2


def test_every_bad_item_is_told_and_the_good_ones_are_written(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    bad = [{"id": 1, "text": "x"}, DOCCANO | {"entities": [{"label": "cue"}]}]
    path.write_text("".join(json.dumps(r) + "\n" for r in [*bad, DOCCANO]))
    count, faults = convert(path, tmp_path / "labels.jsonl")
    assert count == 1
    assert 'item 1: no "entities": export as JSONL with relations' in faults[0]
    assert "item 2: lacks 'id'" in faults[1]


def test_a_file_of_neither_tool(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{oops")
    with pytest.raises(InvalidInputError, match="neither a JSON export of Label Studio nor"):
        convert(tmp_path / "a.json", tmp_path / "labels.jsonl")


def test_tasks_from_texts_and_the_interface_beside_them(tagger: StanceTagger, tmp_path: Path) -> None:
    count, interface = write_tasks([("a", "She told Kenya."), (None, "Turkey!")], tagger, tmp_path / "tasks.json")
    tasks = json.loads((tmp_path / "tasks.json").read_text())
    assert (count, [t["data"]["id"] for t in tasks]) == (2, ["a", None])
    assert interface.read_text() == label_studio.labeling_config(tagger.config.stance_labels)
    markup = of_document("Turkey!", Document())
    assert markup.regions == ()


def test_the_commands(tagger: StanceTagger, tmp_path: Path) -> None:
    run = CliRunner().invoke
    tagger.save_pretrained(tmp_path / "model")
    (tmp_path / "texts.csv").write_text("id,text\n1,She told Kenya.\n2\n")
    out = tmp_path / "tasks.json"
    made = run(
        app, ["annotate-tasks", str(tmp_path / "texts.csv"), "-o", str(out), "--model", str(tmp_path / "model")]
    )
    assert made.exit_code == 0, made.output
    assert "left out:" in made.output
    assert "wrote 1 tasks" in made.output
    back = run(app, ["convert", str(out), "-o", str(tmp_path / "labels.jsonl")])
    assert back.exit_code == 0, back.output
