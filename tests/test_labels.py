"""Files of labels: what is read, and every kind of fault with its line, field, value and fix."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from stancelib.errors import InvalidInputError
from stancelib.tuning.check import check_labels, to_page
from stancelib.tuning.labels import LabelFile, read_labels

TEXT = "“Kenya will support us,” Dana Orlov said."


def span(piece: str, text: str = TEXT) -> dict[str, Any]:
    start = text.index(piece)
    return {"start": start, "end": start + len(piece), "text": piece}


def document(**changes: Any) -> dict[str, Any]:
    """A document of one statement, with changes to the statement, or to the document by keys that begin with _."""
    actor = {"id": "KEN", "name": "Kenya", "kind": "country", "country": "KEN"}
    statement = {
        "content": [span("Kenya will support us")],
        "cue": [span("said")],
        "speaker": {"name": "Dana Orlov", "kind": "person", "country": None, "mention": span("Dana Orlov")},
        "stances": [{"actor": actor, "mentions": [span("Kenya")], "label": "favor"}],
    }
    statement |= {key: value for key, value in changes.items() if not key.startswith("_")}
    return {"text": TEXT, "statements": [statement]} | {k[1:]: v for k, v in changes.items() if k.startswith("_")}


def stance(**changes: Any) -> dict[str, Any]:
    return {"mentions": [span("Kenya")], "label": "favor"} | changes


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., LabelFile]:
    def run(*records: Any, name: str = "labels.jsonl", labels: tuple[str, ...] = ()) -> LabelFile:
        path = tmp_path / name
        lines = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="")
        return read_labels(path, labels=labels)

    return run


def test_a_document_gives_statements_and_stances(read: Callable[..., LabelFile]) -> None:
    found = read(document())
    assert found.faults == []
    (row,) = found.rows
    assert row["statements"] == [{"content": [[1, 22]], "cue": [[36, 40]], "source": [[25, 35]]}]
    assert row["pairs"] == [
        {"task": "stance", "holder": [[25, 35]], "content": [[1, 22]], "target": [[1, 6]], "label": "favor"}
    ]
    assert found.tasks == ["statements", "stance"]


def test_what_predict_prints_can_go_straight_back_in(read: Callable[..., LabelFile]) -> None:
    from hand_made import DOCUMENT
    from hand_made import TEXT as OWN

    assert read({"text": OWN} | DOCUMENT.to_dict()).faults == []


@pytest.mark.parametrize("name", ["labels.csv", "labels.tsv"])
def test_a_table_gives_pairs(read: Callable[..., LabelFile], name: str) -> None:
    mark = "\t" if name.endswith("tsv") else ","
    found = read(
        mark.join(("text", "speaker", "actor", "label", "note")),
        mark.join(("He praised Kenya", "He", "Kenya", "for", "x")),
        name=name,
    )
    (row,) = found.rows
    assert row["pairs"] == [
        {"task": "stance", "holder": [[0, 2]], "content": [], "target": [[11, 16]], "label": "for"}
    ]
    assert (found.tasks, row["line"]) == (["stance"], 2)


def test_sentiment_rows_have_a_target_alone(read: Callable[..., LabelFile]) -> None:
    found = read({"text": "A fine day for Kenya", "target": "Kenya", "label": "positive"})
    assert (found.tasks, found.labels("sentiment")) == (["sentiment"], {"positive": 1})


FLAT = {"text": "He praised Kenya", "speaker": "He", "actor": "Kenya", "label": "favor"}
EMOJI = "👍🏽 Kenya"

FAULTS: list[tuple[Any, str, str]] = [
    ("{", "line", "not JSON"),
    ("[1]", "line", "not an object"),
    ({"text": "a"}, "line", "lacks speaker, actor, label"),
    (document(_text=None), "text", "text is NoneType"),
    (document(_text=" "), "text", "empty"),
    (document(_schema_version=7), "schema_version", "write 1"),
    (document(_statments=[]), "line", "write 'statements'"),
    ({"text": TEXT, "statements": {}}, "statements", "not a list"),
    ({"text": TEXT, "statements": ["x"]}, "statements[0]", "not an object"),
    (document(kind="oblique"), "statements[0].kind", "direct, mixed, indirect"),
    (document(content=[]), "statements[0].content", "at least one span"),
    (document(content=[{"start": 1}]), "statements[0].content[0]", "lacks end"),
    (document(content=[{"start": 1, "end": 999}]), "statements[0].content[0]", "not in the text"),
    (document(content=[{"start": "1", "end": 4}]), "statements[0].content[0]", "no whole numbers"),
    (document(cue=[{"start": 1, "end": 5, "text": "said"}]), "statements[0].cue", "it stands at 36 to 40"),
    (document(cue=[{"start": 22, "end": 24}]), "statements[0].cue", "no word"),
    (document(speaker={"name": "x", "kind": "robot"}), "statements[0].speaker.kind", "choose one of person"),
    (
        document(speaker={"name": "x", "country": "Kenya"}),
        "statements[0].speaker.country",
        "three capital letters",
    ),
    (document(stances=[stance(mentions=[])]), "statements[0].stances[0].mentions", "at least one span"),
    (
        document(stances=[stance(mentions=[span("Dana")])]),
        "statements[0].stances[0].mentions",
        "inside the content",
    ),
    (document(stances=[stance(label="")]), "statements[0].stances[0].label", "no label"),
    (document(stances=[stance(label=1)]), "statements[0].stances[0].label", "no label"),
    (FLAT | {"actor": "Qatar"}, "actor", "not in the text"),
    (FLAT | {"speaker": " "}, "speaker", "empty"),
    (FLAT | {"label": "favor "}, "label", "without spaces"),
]


@pytest.mark.parametrize(("record", "field", "said"), FAULTS, ids=[f"{field} {said}" for _, field, said in FAULTS])
def test_a_fault_is_named(read: Callable[..., LabelFile], record: Any, field: str, said: str) -> None:
    found = read(document(_id="good"), record)
    (fault,) = found.faults
    assert (fault.line, fault.field) == (2, field)
    assert said in str(fault)
    assert len(found.rows) == 1


def test_no_fault_hides_another(read: Callable[..., LabelFile]) -> None:
    wrong = [record for record, *_ in FAULTS]
    assert [fault.line for fault in read(*wrong).faults] == list(range(1, len(FAULTS) + 1))
    two = read(document(kind="oblique", cue=[{"start": -1, "end": 4}]))
    assert [fault.field for fault in two.faults] == ["statements[0].kind", "statements[0].cue"]


def test_a_label_out_of_the_set_is_told_with_the_likeliest(read: Callable[..., LabelFile]) -> None:
    found = read(FLAT | {"label": "favour"}, FLAT | {"label": "cat"}, labels=("favor", "against"))
    assert [fault.fix for fault in found.faults] == ["write 'favor'", "choose one of favor, against"]


def test_a_label_in_another_case_is_a_slip(read: Callable[..., LabelFile]) -> None:
    rows = [FLAT | {"text": f"He praised Kenya {i}", "label": "Favor" if i == 2 else "favor"} for i in range(4)]
    (fault,) = read(*rows).faults
    assert (fault.line, fault.value, fault.fix) == (3, "Favor", "write 'favor'")


def test_rows_that_are_there_twice(read: Callable[..., LabelFile]) -> None:
    found = read(FLAT, FLAT, FLAT | {"label": "against"}, FLAT | {"actor": "praised"}, document(), document())
    assert [(f.line, f.problem) for f in found.faults] == [
        (2, "the same as line 1"),
        (3, "line 1 labels the same 'favor'"),
        (6, "the same as line 5"),
    ]


def test_ids_that_are_there_twice(read: Callable[..., LabelFile]) -> None:
    (fault,) = read(FLAT | {"id": "a"}, document(_id="a")).faults
    assert (fault.line, fault.field, fault.value) == (2, "id", "a")


def test_contents_that_overlap(read: Callable[..., LabelFile]) -> None:
    one = document()["statements"][0]
    two = {"content": [span("will support us")]}
    (fault,) = read({"text": TEXT, "statements": [one, two]}).faults
    assert fault.problem == "overlaps the content at 1 to 22"


def test_offsets_are_characters_whatever_they_are(read: Callable[..., LabelFile]) -> None:
    record = {"text": EMOJI, "statements": [{"content": [span("Kenya", EMOJI)]}]}
    assert read(record).rows[0]["statements"][0]["content"] == [[3, 8]]


def test_lines_of_a_table_are_those_of_the_file(read: Callable[..., LabelFile]) -> None:
    found = read(
        "text,target,label", '"two\nlines Kenya",Kenya,positive', "too,few", "x,Qatar,neutral", name="a.csv"
    )
    assert [(f.line, f.field) for f in found.faults] == [(4, "line"), (5, "target")]


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "caf\xe9"}\n' + json.dumps(FLAT).encode())
    found = read_labels(path)
    assert [(f.line, f.problem) for f in found.faults] == [(1, "not UTF-8")]
    assert len(found.rows) == 1
    (tmp_path / "a.csv").write_bytes(b"text,target,label\ncaf\xe9,caf,positive\n")
    with pytest.raises(InvalidInputError, match="not UTF-8"):
        read_labels(tmp_path / "a.csv")


def test_files_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no file"):
        read_labels(tmp_path / "none.jsonl")
    with pytest.raises(InvalidInputError, match=r"\.jsonl.*\.csv"):
        read_labels(tmp_path / "labels.xlsx")
    (tmp_path / "a.csv").write_text("text,who,label\n")
    with pytest.raises(InvalidInputError, match="columns text, who, label: stance needs text, speaker"):
        read_labels(tmp_path / "a.csv")


# The check of whole files


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


def test_texts_in_train_and_dev_are_a_fault(tmp_path: Path) -> None:
    train, dev = write(tmp_path / "train.jsonl", FLAT), write(tmp_path / "dev.jsonl", document(), FLAT)
    (fault,) = check_labels(train, dev).faults
    assert fault.startswith(f"{dev}, line 2, text: the same as line 1 of {train}")


def test_thin_classes_are_a_warning(tmp_path: Path) -> None:
    rows = [FLAT | {"text": f"He praised Kenya {i}", "label": "favor" if i else "against"} for i in range(30)]
    found = check_labels(write(tmp_path / "train.jsonl", *rows))
    assert found.faults == ()
    (warning,) = found.warnings
    assert "only 1 of stance 'against'" in warning


def test_a_file_without_a_sound_row_is_a_fault(tmp_path: Path) -> None:
    assert (
        check_labels(write(tmp_path / "train.jsonl"))
        .faults[-1]
        .endswith("no row can be used; the documentation says what a row needs")
    )


def test_the_page_shows_faults_as_they_are(tmp_path: Path) -> None:
    check = check_labels(write(tmp_path / "train.jsonl", FLAT | {"label": "[red]x[/red] "}, FLAT))
    console = Console(width=200)
    with console.capture() as seen:
        console.print(to_page(check))
    assert "[red]x[/red]" in seen.get()
    assert "1 faults" in seen.get()
