"""Scoring on Ray, here a cluster of two workers on this machine: the bytes are those of the local engine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stancelib import chunks, local_engine, parts, ray_engine, scoring
from stancelib.chunks import Job, Part
from stancelib.errors import InvalidInputError, StancelibError
from stancelib.inputs import Row
from stancelib.parts import commit, marker_of
from stancelib.scoring import ScoreSummary, score_files
from stancelib.tagger import StanceTagger
from stancelib.tally import Tally

TEXTS = ["Turkey condemned the raid, Ankara said.", "“We will not support Qatar,” she said.", ""]


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'stancelib[ray]'")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    yield
    ray.shutdown()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    rows = [{"id": f"r{i}", "text": TEXTS[i % 3] if i != 4 else None} for i in range(20)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def folder(tmp_path: Path, tagger: StanceTagger) -> Path:
    tagger.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def score(archive: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """``score_files`` of the archive with the tiny model and chunks of three rows."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 3)

    def run(name: str, **options: Any) -> ScoreSummary:
        return score_files(archive, tmp_path / name, model=folder, dtype="float32", **options)

    return run


def test_the_output_is_that_of_the_local_engine(cluster: None, score: Any, tmp_path: Path) -> None:
    here = score("local.jsonl")
    there = score("ray.jsonl", engine="ray", workers=2)
    for suffix in ("", ".errors.jsonl"):
        assert (tmp_path / f"ray.jsonl{suffix}").read_bytes() == (tmp_path / f"local.jsonl{suffix}").read_bytes()
    assert there.tally == here.tally
    assert (there.tally.documents, there.tally.errors) == (19, 1)
    assert not (tmp_path / "ray.jsonl.parts").exists()


def test_a_run_that_the_local_engine_began_is_finished(
    cluster: None, score: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    score("whole.jsonl")

    def stop(marker: Path, part: Part) -> None:
        if marker.stem.endswith("3"):
            raise KeyboardInterrupt
        commit(marker, part)

    monkeypatch.setattr(local_engine, "commit", stop)
    with pytest.raises(KeyboardInterrupt):
        score("out.jsonl")
    begun = sorted((tmp_path / "out.jsonl.parts").glob("0*.json"))
    before = [p.stat().st_mtime_ns for p in begun]
    assert len(begun) == 3
    moments: list[list[int]] = []
    finish = parts.finish

    def note(*args: Any, **options: Any) -> Path | None:
        moments.append([p.stat().st_mtime_ns for p in begun])
        return finish(*args, **options)

    monkeypatch.setattr(scoring, "finish", note)
    score("out.jsonl", engine="ray", workers=2)
    assert moments == [before]  # what was done stayed as it was
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_chunk_that_is_done_is_not_scored_again(tagger: StanceTagger, tmp_path: Path) -> None:
    marker = marker_of(tmp_path, 0)
    commit(marker, Part("as it was\n", "", Tally()))
    scorer = object.__new__(ray_engine._Scorer)
    scorer.job, scorer.tagger = Job("", "documents", None, None, "float32"), tagger
    scorer({"marker": str(marker)})
    assert marker.with_suffix(".rows").read_text() == "as it was\n"


def test_a_row_reaches_the_worker_as_it_is(tagger: StanceTagger, tmp_path: Path) -> None:
    marker = marker_of(tmp_path, 0)
    rows = [
        Row(7, "é", TEXTS[1] + "\r\n\u2028", {"date": None}, "in.csv"),
        Row(8, "b", None, {}, "in.csv", "damaged"),
    ]
    ray_engine._put(marker, rows)
    scorer = object.__new__(ray_engine._Scorer)
    scorer.job, scorer.tagger = Job("", "documents", None, None, "float32"), tagger
    scorer({"marker": str(marker)})
    part = chunks.score_chunk(tagger, rows, scorer.job)
    assert marker.with_suffix(".rows").read_text() == part.lines
    assert marker.with_suffix(".errors").read_text() == part.errors
    assert {path.suffix for path in tmp_path.iterdir()} == {".rows", ".errors", ".json"}


def test_without_ray_the_error_says_what_to_install(
    archive: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(StancelibError, match=r"pip install 'stancelib\[ray\]'"):
        score_files(archive, tmp_path / "out.jsonl", model=folder, engine="ray")


def test_an_unknown_engine_is_refused(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"engine 'spark'.*local, ray"):
        score_files(archive, tmp_path / "out.jsonl", engine="spark")
