"""The command line: what goes where, and one clear line for whatever is wrong. The library is a stub here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hand_made import DOCUMENT, TEXT
from typer.testing import CliRunner, Result

import stancelib
from stancelib.cli import app, parse_actor_options, read_text
from stancelib.errors import InvalidInputError, ModelFolderError
from stancelib.types import Document


class Stub:
    """Stands for the library: answers with ``answer``, remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Document | Exception = DOCUMENT
        self.asked: dict[str, Any] = {}

    def predict(self, text: str, *, actors: object = None, min_probability: object = None) -> Document:
        self.asked.update(text=text, actors=actors, min_probability=min_probability)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def from_pretrained(self, model: str) -> Stub:
        self.asked["model"] = model
        return self


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    stub = Stub()
    monkeypatch.setattr(stancelib, "predict", stub.predict)
    monkeypatch.setitem(vars(stancelib), "StanceTagger", stub)  # setattr would load the real one, and torch
    return stub


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(TEXT.encode())
    return path


def run(*args: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(app, [str(a) for a in args], input=stdin)


def assert_one_line_error(result: Result, *needles: str) -> None:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert all(needle in result.stderr for needle in needles), result.stderr


# Results


def test_json_is_the_document_and_nothing_else(stub: Stub, article: Path) -> None:
    stub.answer = replace(DOCUMENT, id="[b]no mark-up[/b], " + "no new lines, " * 20)
    result = run("predict", article, "--json")
    assert result.exit_code == 0
    assert Document.from_dict(json.loads(result.stdout)) == stub.answer


@pytest.mark.usefixtures("stub")
def test_table_is_printed_by_default(article: Path) -> None:
    result = run("predict", article)
    assert result.exit_code == 0
    assert "Lena Hartwig (DEU)" in result.stdout


@pytest.mark.usefixtures("stub")
def test_warnings_go_to_standard_error(article: Path) -> None:
    result = run("predict", article)
    assert result.stderr == "warning: the last 3 words were left out\n"


def test_no_statements_is_said_on_standard_error(stub: Stub, article: Path) -> None:
    stub.answer = Document()
    result = run("predict", article)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no statements found\n")


@pytest.mark.usefixtures("stub")
def test_html_is_written_and_announced_beside_the_result(article: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = run("predict", article, "--json", "--html", page)
    assert "<h1>article.txt</h1>" in page.read_text(encoding="utf-8")
    assert json.loads(result.stdout)["model"] == "hand-made 1"
    assert result.stderr.endswith(f"wrote {page}\n")


def test_standard_input_is_read(stub: Stub) -> None:
    assert run("predict", "-", "--json", stdin=TEXT.encode()).exit_code == 0
    assert stub.asked["text"] == TEXT


def test_actors_reach_the_library(stub: Stub, article: Path) -> None:
    run("predict", article, "--actors", "U.S., Turkey,")
    assert stub.asked["actors"] == ["U.S.", "Turkey"]


def test_model_is_loaded_from_its_folder(stub: Stub, article: Path) -> None:
    run("predict", article, "--model", "my/model", "--actors", "NATO")
    assert stub.asked == {"model": "my/model", "text": TEXT, "actors": ["NATO"], "min_probability": None}


def test_default_model_needs_no_option(stub: Stub, article: Path) -> None:
    run("predict", article)
    assert stub.asked == {"text": TEXT, "actors": None, "min_probability": None}


def test_least_probability_reaches_the_library(stub: Stub, article: Path) -> None:
    run("predict", article, "--min-probability", "0.8")
    assert stub.asked["min_probability"] == 0.8


def test_least_probability_of_an_archive_reaches_the_library(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def score_files(*args: object, **options: Any) -> None:
        asked.update(options)
        raise InvalidInputError("enough")

    monkeypatch.setattr(stancelib, "score_files", score_files)
    run("score", article, "-o", "out.jsonl", "--min-probability", "0.3")
    assert asked["min_probability"] == 0.3


def test_what_is_no_probability_is_refused_before_the_model_is_loaded(stub: Stub, article: Path) -> None:
    result = run("predict", article, "--min-probability", "2")
    assert result.exit_code == 2
    assert "Invalid value for '--min-probability'" in result.stderr
    assert stub.asked == {}


# Reading


def test_line_ends_stay_so_that_offsets_fit_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\ntwo\rthree\n")
    assert read_text(str(path)) == "one\r\ntwo\rthree\n"


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfAnkara")
    assert read_text(str(path)) == "Ankara"


# Actors


def test_json_list_of_actors(tmp_path: Path) -> None:
    path = tmp_path / "actors.json"
    path.write_text('["U.S.", "Turkey"]', encoding="utf-8")
    assert parse_actor_options(None, path) == ["U.S.", "Turkey"]


def test_json_object_of_actors_and_aliases(tmp_path: Path) -> None:
    path = tmp_path / "actors.json"
    path.write_text('{"SDF": ["the SDF"], "NATO": []}', encoding="utf-8")
    assert parse_actor_options(None, path) == {"SDF": ["the SDF"], "NATO": []}


@pytest.mark.parametrize("header", ["", "name,alias\n"])
def test_csv_of_actors_collects_aliases(tmp_path: Path, header: str) -> None:
    path = tmp_path / "actors.csv"
    path.write_text(header + 'SDF,the SDF\nSDF,"Forces, the"\n\nNATO,\n', encoding="utf-8")
    assert parse_actor_options(None, path) == {"SDF": ["the SDF", "Forces, the"], "NATO": []}


@pytest.mark.parametrize(
    ("name", "content", "needle"),
    [
        ("a.json", "SDF,the SDF", "not JSON"),
        ("a.json", '"SDF"', "list of names"),
        ("a.json", '{"SDF": "the SDF"}', "list of names"),
        ("a.json", "[1]", "list of names"),
        ("a.csv", "SDF,the SDF,more", "row 1"),
        ("a.csv", "NATO\n,the SDF", "row 2"),
        ("a.csv", "name,alias\n", "names nobody"),
        ("a.json", "[]", "names nobody"),
        ("a.json", "[" * 100_000, "not JSON"),
        ("a.csv", "x" * 200_000, "not CSV"),
    ],
    ids=range(10),
)
def test_actors_file_of_another_shape_is_refused(tmp_path: Path, name: str, content: str, needle: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=needle):
        parse_actor_options(None, path)


# Errors


@pytest.mark.usefixtures("stub")
def test_missing_file(tmp_path: Path) -> None:
    assert_one_line_error(run("predict", tmp_path / "none.txt"), "none.txt", "No such file")


@pytest.mark.usefixtures("stub")
def test_directory(tmp_path: Path) -> None:
    assert_one_line_error(run("predict", tmp_path), str(tmp_path), "directory")


@pytest.mark.usefixtures("stub")
def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Türkei".encode("latin-1"))
    assert_one_line_error(run("predict", tmp_path / "latin.txt"), "latin.txt", "not UTF-8", "0xfc at 1")


@pytest.mark.usefixtures("stub")
@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_empty_input(content: bytes) -> None:
    assert_one_line_error(run("predict", "-", stdin=content), "standard input is empty")


@pytest.mark.usefixtures("stub")
def test_page_that_cannot_be_written(article: Path, tmp_path: Path) -> None:
    assert_one_line_error(run("predict", article, "--html", tmp_path / "no" / "page.html"), "page.html")


def test_page_that_has_no_folder_is_told_before_the_model_is_loaded(
    stub: Stub, article: Path, tmp_path: Path
) -> None:
    run("predict", article, "--html", tmp_path / "no" / "page.html")
    assert stub.asked == {}


@pytest.mark.usefixtures("stub")
def test_both_kinds_of_actors(article: Path) -> None:
    assert_one_line_error(run("predict", article, "--actors", "a", "--actors-file", "b.json"), "--actors-file")


@pytest.mark.usefixtures("stub")
def test_actors_that_name_nobody(article: Path) -> None:
    assert_one_line_error(run("predict", article, "--actors", " ,"), "--actors", "names nobody")


def test_error_of_the_library_is_one_line(stub: Stub, article: Path) -> None:
    stub.answer = ModelFolderError("no model\nin \x1b[31mred")
    assert_one_line_error(run("predict", article), "no model in [31mred")


def test_error_of_the_program_is_not_hidden(stub: Stub, article: Path) -> None:
    stub.answer = ZeroDivisionError("a defect")
    assert isinstance(run("predict", article).exception, ZeroDivisionError)


# The program


def test_version() -> None:
    assert run("--version").stdout == f"stancelib {stancelib.__version__}\n"


@pytest.mark.parametrize("args", [["--help"], ["predict", "--help"], ["predict", "/no/such/file"]])
def test_light_commands_do_not_import_torch(args: list[str]) -> None:
    code = f"""if True:
        import sys
        from stancelib.cli import app
        try:
            app({args!r})
        except SystemExit:
            sys.exit("torch" in sys.modules)"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_help_has_examples() -> None:
    assert "stancelib predict article.txt --json" in run("predict", "--help").stdout


def test_module_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "stancelib", "--version"], capture_output=True, check=True)
    assert done.stdout.decode().strip() == f"stancelib {stancelib.__version__}"


def test_table_is_printed_where_the_output_has_few_characters(article: Path) -> None:
    code = f"""if True:
        import stancelib
        from hand_made import DOCUMENT
        from stancelib.cli import app
        stancelib.predict = lambda text, **options: DOCUMENT
        app(["predict", {str(article)!r}])"""
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stderr.decode()
    assert b"? against 0.90" in done.stdout
