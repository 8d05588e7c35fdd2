"""Scoring archives: what goes where, that nothing is lost, and that a killed run goes on to the same bytes."""

from __future__ import annotations

import csv
import errno
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hand_made import DOCUMENT

import stancelib
from stancelib import chunks, local_engine, outputs, parts
from stancelib.chunks import Job, Part, score_chunk, split
from stancelib.errors import InvalidInputError, StancelibError
from stancelib.inputs import Row
from stancelib.scoring import score_files
from stancelib.tables import schema, to_rows
from stancelib.tagger import StanceTagger
from stancelib.types import STANCE_LABELS, Document

TEXTS = [
    "Turkey condemned the raid, Ankara said.",
    "“We will not support Qatar,” she said.",
    "",
    "Kenya and Russia",
]


@pytest.fixture
def folder(tmp_path: Path, tagger: StanceTagger) -> Path:
    path = tmp_path / "model"
    tagger.save_pretrained(path)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Twenty rows, two of them damaged: the sixth and the eleventh."""
    path = tmp_path / "in.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "date", "text"])
        for i in range(1, 21):
            if i == 6:
                file.write('r6,"open\n')
            elif i == 11:
                file.write("r11,2020\n")
            else:
                table.writerow([f"r{i}", f"2020-01-{i:02}", TEXTS[i % len(TEXTS)]])
    return path


@pytest.fixture
def score(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """``score_files`` with the tiny model and chunks of three rows."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 3)

    def run(inputs: Path, output: Path, **options: Any) -> Any:
        settings: dict[str, Any] = {"model": folder, "dtype": "float32"} | options
        return score_files(inputs, output, **settings)

    return run


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_row_is_in_the_output_or_among_the_errors(score: Any, archive: Path, tmp_path: Path) -> None:
    result = score(archive, tmp_path / "out.jsonl")
    documents, errors = lines(tmp_path / "out.jsonl"), lines(tmp_path / "out.jsonl.errors.jsonl")
    assert [d["id"] for d in documents] == [f"r{i}" for i in range(1, 21) if i not in (6, 11)]
    assert [(e["row"], e["id"]) for e in errors] == [(6, "r6"), (11, "r11")]
    assert all(e["reason"] and e["file"] == str(archive) for e in errors)
    assert (result.rows, result.tally.documents, result.tally.errors) == (20, 18, 2)
    assert not (tmp_path / "out.jsonl.parts").exists()


def test_a_line_is_the_document_that_predict_gives(
    score: Any, archive: Path, folder: Path, tmp_path: Path
) -> None:
    score(archive, tmp_path / "out.jsonl")
    expected = StanceTagger.from_pretrained(folder).predict_batch(TEXTS[1:2] + TEXTS[2:3], ids=["r1", "r2"])
    found = [Document.from_dict(d) for d in lines(tmp_path / "out.jsonl")[:2]]
    assert [d.id for d in found] == ["r1", "r2"]
    assert [len(d.statements) for d in found] == [len(d.statements) for d in expected]
    assert found[1].warnings == expected[1].warnings == ("the text is empty",)


def test_the_least_probability_holds_in_archives(score: Any, archive: Path, tmp_path: Path) -> None:
    for name, least in (("all", 0), ("none", 1)):
        score(archive, tmp_path / f"{name}.jsonl", min_probability=least)
    assert any(line["statements"] for line in lines(tmp_path / "all.jsonl"))
    assert not any(line["statements"] for line in lines(tmp_path / "none.jsonl"))


def test_carried_columns_go_along(score: Any, archive: Path, tmp_path: Path) -> None:
    score(archive, tmp_path / "out.jsonl", carry=["date"])
    assert lines(tmp_path / "out.jsonl")[0]["carried"] == {"date": "2020-01-01"}


@pytest.mark.parametrize("rows", ["statements", "stances"])
@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".csv", ".csv.gz", ".jsonl.zst"])
def test_flat_rows_are_the_same_in_every_format(tmp_path: Path, rows: str, suffix: str) -> None:
    made = list(to_rows(DOCUMENT, rows, number=7, carried={"date": "May", "kind": "op-ed"}))
    (tmp_path / "part").write_text("".join(json.dumps(r) + "\n" for r in made))
    path = tmp_path / f"out{suffix}"
    table = schema(rows, STANCE_LABELS, ["date", "kind"], model="tiny 0")
    outputs.write_output([tmp_path / "part"], path, format=outputs.output_format(path, rows), schema=table)
    if suffix == ".parquet":
        found = pq.read_table(path).to_pylist()
    else:
        with pa.input_stream(str(path), compression="detect") as stream:
            text = stream.read().decode()
        read_csv = suffix.startswith(".csv")
        found = list(csv.DictReader(io.StringIO(text))) if read_csv else [json.loads(x) for x in text.splitlines()]
    shown = str if suffix.startswith(".csv") else lambda value: value
    assert found == [{k: "" if v is None and shown is str else shown(v) for k, v in r.items()} for r in made]
    assert table.names == list(made[0])
    assert {r["kind_"] for r in found} == {"op-ed"}


def test_parquet_has_schema_and_versions(score: Any, archive: Path, tmp_path: Path) -> None:
    score(archive, tmp_path / "out.parquet")
    file = pq.ParquetFile(tmp_path / "out.parquet")
    metadata = file.schema_arrow.metadata
    assert metadata[b"stancelib.schema_version"] == b"1"
    assert metadata[b"stancelib.model"].startswith(b"tiny")
    assert [Document.from_dict(_plain(r)).id for r in file.read().to_pylist()][:3] == ["r1", "r2", "r3"]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(row))  # type: ignore[no-any-return]


KILLED = """
import os, signal, sys
from pathlib import Path
from stancelib import chunks, local_engine, scoring
chunks.CHUNK_ROWS = 3
commit, seen = local_engine.commit, []
def kill_later(marker, part):
    if len(seen) == int(sys.argv[4]):
        marker.with_suffix(".rows").write_text("half a p")
        os.kill(os.getpid(), signal.SIGKILL)
    seen.append(marker)
    commit(marker, part)
local_engine.commit = kill_later
scoring.score_files(Path(sys.argv[1]), Path(sys.argv[2]), model=sys.argv[3], dtype="float32")
"""


def test_a_killed_run_goes_on_to_the_same_bytes(score: Any, archive: Path, folder: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    score(archive, whole)
    for done in (1, 2):  # killed twice; the second run starts from what the first has done
        command = [sys.executable, "-c", KILLED, str(archive), str(killed), str(folder), str(done)]
        assert subprocess.run(command, capture_output=True).returncode == -signal.SIGKILL
        assert not killed.exists()
    assert len(list(Path(f"{killed}.parts").glob("0*.json"))) == 3  # of seven chunks
    score(archive, killed)
    assert killed.read_bytes() == whole.read_bytes()
    assert Path(f"{killed}.errors.jsonl").read_bytes() == Path(f"{whole}.errors.jsonl").read_bytes()


def interrupt(score: Any, monkeypatch: pytest.MonkeyPatch, archive: Path, out: Path, **options: Any) -> None:
    """A run that stops after its first chunk."""
    commit = parts.commit
    calls: list[Path] = []

    def stop(marker: Path, part: Part) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(marker)
        commit(marker, part)

    with monkeypatch.context() as patched:
        patched.setattr(local_engine, "commit", stop)
        with pytest.raises(KeyboardInterrupt):
            score(archive, out, **options)


def test_a_kill_while_the_output_is_joined(
    score: Any, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    score(archive, tmp_path / "whole.jsonl")
    out = tmp_path / "out.jsonl"
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            score(archive, out)
    assert out.exists()
    score(archive, out)  # no --overwrite: the output is of this very run
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.parametrize("changed", ["input", "options", "threshold", "model"])
def test_a_run_that_was_interrupted_is_not_mixed_with_another(
    score: Any, archive: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    out = tmp_path / "out.jsonl"
    interrupt(score, monkeypatch, archive, out)
    options: dict[str, Any] = {}
    if changed == "threshold":
        options["min_probability"] = 0.9
    elif changed == "input":
        archive.write_text(archive.read_text() + "r21,2020,More\n")
    elif changed == "options":
        options["actors"] = ["Turkey"]
    else:
        config = folder / "config.json"
        config.write_text(config.read_text().replace('"tiny"', '"teeny"'))
    with pytest.raises(InvalidInputError, match=r"other \w+: run it as before to go on, or with --overwrite"):
        score(archive, out, **options)
    assert score(archive, out, overwrite=True, **options).rows == (21 if changed == "input" else 20)


def test_a_finished_output_is_not_overwritten(score: Any, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    with pytest.raises(InvalidInputError, match="--overwrite"):
        score(archive, out)
    assert out.read_text() == "mine"
    score(archive, out, overwrite=True)
    assert len(lines(out)) == 18


def test_an_output_that_is_an_input_is_refused(score: Any, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "One"}\n')
    with pytest.raises(InvalidInputError, match="both input and output"):
        score(file, file, overwrite=True)
    assert file.read_text() == '{"text": "One"}\n'


def test_guessed_columns_are_told_before_the_work(
    score: Any, archive: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with pytest.raises(InvalidInputError, match="no column"):
        score(archive, tmp_path / "out.jsonl", carry=["nothing"])
    assert not caplog.messages
    score(archive, tmp_path / "out.jsonl")
    assert caplog.messages == ["text column: text", "id column: id"]


def test_a_full_disk_keeps_what_is_scored(
    score: Any, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    write = outputs.write_whole

    def full(path: Path, text: str) -> None:
        if path.name == "00000002.rows":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(parts, "write_whole", full)
        with pytest.raises(StancelibError, match=r"disk is full.*run the same command again"):
            score(archive, out)
    assert score(archive, out).rows == 20


def test_a_second_run_on_the_same_output_is_refused(score: Any, archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    out = tmp_path / "out.jsonl"
    with (
        parts.parts_folder(out, overwrite=False),
        pytest.raises(StancelibError, match="another run is writing"),
    ):
        score(archive, out)


def test_workers_give_the_same_output(archive: Path, folder: Path, tmp_path: Path) -> None:
    for workers in (1, 2):
        score_files(archive, tmp_path / f"{workers}.jsonl", model=folder, dtype="float32", workers=workers)
    one, two = (lines(tmp_path / f"{w}.jsonl") for w in (1, 2))
    assert [(d["id"], len(d["statements"])) for d in one] == [(d["id"], len(d["statements"])) for d in two]


def test_a_text_that_breaks_the_model_is_an_error_row(
    tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = StanceTagger.predict_batch

    def fragile(self: StanceTagger, texts: list[str], **options: Any) -> list[Document]:
        if "poison" in texts:
            raise RuntimeError("out of luck")
        return read(self, texts, **options)

    monkeypatch.setattr(StanceTagger, "predict_batch", fragile)
    rows = [
        Row(i, f"r{i}", text, {}, "f") for i, text in enumerate(["Kenya said no.", "poison", "Qatar said yes."], 1)
    ]
    part = score_chunk(tagger, rows, Job("", "documents", None, "cpu", "float32"))
    assert [json.loads(line)["id"] for line in part.lines.splitlines()] == ["r1", "r3"]
    assert "RuntimeError: out of luck" in json.loads(part.errors)["reason"]


def test_duplicate_ids_are_kept_and_told_apart_by_their_row(score: Any, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\na,Turkey condemned the raid.\na,Turkey condemned the raid.\n")
    result = score(tmp_path / "in.csv", tmp_path / "out.jsonl")
    assert result.repeated_ids == 1
    assert [d["id"] for d in lines(tmp_path / "out.jsonl")] == ["a", "a"]
    score(tmp_path / "in.csv", tmp_path / "flat.jsonl", rows="statements")
    assert {r["row"] for r in lines(tmp_path / "flat.jsonl")} == {1, 2}


def test_a_long_text_ends_its_chunk() -> None:
    rows = [Row(i, "", "x" * n, {}, "") for i, n in enumerate([10, chunks.CHUNK_CHARACTERS, 10])]
    assert [[r.number for r in chunk] for chunk in split(rows)] == [[0, 1], [2]]


@pytest.mark.parametrize(
    ("name", "options", "needle"),
    [
        ("out.docx", {}, "no known format"),
        ("out.csv", {}, "documents are nested"),
        ("no/out.jsonl", {}, "no folder"),
        ("out.jsonl", {"rows": "words"}, "documents, statements, stances"),
        ("out.jsonl", {"workers": 0}, "1 or more"),
        ("out.jsonl", {"actors": []}, "actors is empty"),
        ("out.jsonl", {"min_probability": -1}, "min_probability is -1"),
        ("out.jsonl", {"dtype": "int4"}, "dtype"),
        ("out.jsonl", {"dtype": "int4", "workers": 2}, "dtype"),
    ],
)
def test_what_cannot_be_run_is_refused_and_leaves_nothing(
    score: Any, archive: Path, tmp_path: Path, name: str, options: dict[str, Any], needle: str
) -> None:
    with pytest.raises(InvalidInputError, match=needle):
        score(archive, tmp_path / name, **options)
    assert not list(tmp_path.glob("**/*.parts"))
    assert not (tmp_path / name).exists()


def test_an_empty_table_gives_an_empty_output(score: Any, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\n")
    assert score(tmp_path / "in.csv", tmp_path / "out.parquet").rows == 0
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


def test_a_failing_write_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "replace", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "broken")))
    with pytest.raises(OSError, match="broken"):
        outputs.write_whole(tmp_path / "a", "text")
    assert not (tmp_path / "a").exists()


def test_score_files_is_at_the_top() -> None:
    assert stancelib.score_files is score_files
