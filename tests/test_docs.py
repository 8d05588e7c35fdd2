"""What the documentation shows is run: Python, shell, JSON and links."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hand_made import DOCUMENT, TEXT

from stancelib.types import Document

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

needs_model = pytest.mark.skipif(
    not (ROOT / "models" / "default" / "config.json").is_file(), reason="models/default is absent"
)


def blocks(language: str, text: str = README) -> list[str]:
    """Fenced blocks in one language."""
    return [body for name, body in FENCE.findall(text) if name == language]


def examples(language: str) -> list[tuple[str, list[str]]]:
    """Pages with blocks of a language, and these; there must be some, or the tests would test nothing."""
    found = [(str(page.relative_to(ROOT)), blocks(language, page.read_text(encoding="utf-8"))) for page in PAGES]
    assert len([name for name, shown in found if shown]) > 3
    return [(name, shown) for name, shown in found if shown]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the examples read."""
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "articles.csv").write_text("id,date,text\n1,2031-05-02,Kenya said no.\n", encoding="utf-8")
    rows = [
        f'"On day {day} Ms Odera {verb} {actor}.",Ms Odera,{actor},{label}'
        for label, verb in (("support", "praised"), ("oppose", "condemned"))
        for actor in ("Kenya", "Norway", "Qatar")
        for day in range(4)
    ]
    (tmp_path / "labels.csv").write_text("\n".join(["text,speaker,actor,label", *rows, ""]), encoding="utf-8")
    return tmp_path


@needs_model
@pytest.mark.parametrize(("page", "codes"), examples("python"), ids=[page for page, _ in examples("python")])
def test_python_examples_run_and_print(
    page: str, codes: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for code in codes:
        exec(compile(code, page, "exec"), {})
        assert capsys.readouterr().out.strip()


@needs_model
@pytest.mark.parametrize(("page", "lines"), examples("sh"), ids=[page for page, _ in examples("sh")])
def test_shell_examples_run(page: str, lines: list[str], folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for line in "".join(lines).splitlines():
        before = set(folder.iterdir())
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=folder,
            env={**os.environ, "PATH": path, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (page, line, done.stderr)
        assert done.stdout or set(folder.iterdir()) - before


def keys(value: object) -> object:
    """The shape of JSON: keys all the way down, one item a list."""
    if isinstance(value, dict):
        return {key: keys(item) for key, item in value.items()}
    return [keys(item) for item in value[:1]] if isinstance(value, list) else None


def test_json_example_has_the_shape_of_the_output() -> None:
    (shown,) = map(json.loads, blocks("json"))
    written = DOCUMENT.to_dict()
    written["warnings"] = []
    assert keys(shown) == keys(written)
    assert Document.from_dict(shown).to_dict() == shown


def test_json_example_has_the_offsets_of_the_python_example() -> None:
    (text,) = re.findall(r'text = """(.*?)"""', blocks("python")[0], re.DOTALL)
    (said,) = Document.from_dict(json.loads(blocks("json")[0])).statements
    assert said.speaker.mention
    spans = [*said.content, *said.cue, said.speaker.mention, *said.stances[0].mentions]
    assert [text[span.start : span.end] for span in spans] == [span.text for span in spans]


@needs_model
@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", (ROOT / name).read_text(encoding="utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []
