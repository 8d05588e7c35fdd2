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
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

needs_model = pytest.mark.skipif(
    not (ROOT / "models" / "default" / "config.json").is_file(), reason="models/default is absent"
)


def blocks(language: str) -> list[str]:
    """Fenced blocks of the README in one language; there must be some, or the tests would test nothing."""
    found = [body for name, body in FENCE.findall(README) if name == language]
    assert found, f"README.md has no block of {language}"
    return found


@needs_model
@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.splitlines()[2][:40])
def test_python_example_runs_and_prints(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


@needs_model
@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines()])
def test_shell_example_runs(line: str, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "articles.csv").write_text("id,date,text\n1,2031-05-02,Kenya said no.\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or {p.name for p in tmp_path.iterdir()} - {"article.txt", "articles.csv"}


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
