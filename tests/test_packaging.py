"""pyproject.toml tells the truth; that the built wheel works is what ``make wheel-check`` shows."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    """Packages that requirements ask for, as they are imported."""
    aliases = {"scikit-learn": "sklearn"}
    found = {re.split(r"[^\w.-]", requirement)[0] for requirement in requirements}
    return {aliases.get(name, name.replace("-", "_")) for name in found}


def imports(path: Path) -> Iterator[str]:
    """Top-level packages that a module imports, at any depth of its code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


DEPENDENCIES = names(PYPROJECT["project"]["dependencies"])
TRAINING = names(PYPROJECT["project"]["optional-dependencies"]["train"])


NEEDS_TRAINING = {
    *(ROOT / "stancelib" / "evaluation").glob("*.py"),
    *(ROOT / "stancelib" / "tuning").glob("*.py"),
    ROOT / "stancelib" / "cli_labels.py",
}
NEEDS_RAY = {ROOT / "stancelib" / "ray_engine.py"}
CORE = {*(ROOT / "stancelib").rglob("*.py")} - NEEDS_TRAINING - NEEDS_RAY


@pytest.mark.parametrize(
    ("paths", "declared"),
    [
        (CORE, DEPENDENCIES | {"stancelib"}),
        (NEEDS_RAY, DEPENDENCIES | {"stancelib", "ray"}),
        (NEEDS_TRAINING, DEPENDENCIES | TRAINING | {"stancelib"}),
        ({*(ROOT / "training").rglob("*.py")}, DEPENDENCIES | TRAINING | {"stancelib", "training"}),
    ],
    ids=["core", "ray", "train", "training"],
)
def test_every_import_is_declared(paths: set[Path], declared: set[str]) -> None:
    standard = {*sys.stdlib_module_names, "tomllib"}  # which Python 3.10 has not
    undeclared = {name for path in paths for name in imports(path)} - declared - standard
    assert paths
    assert undeclared == set()


def test_every_folder_of_the_package_is_packaged() -> None:
    folders = {path.parent for path in (ROOT / "stancelib").rglob("*") if path.is_file()}
    sources = {folder for folder in folders if folder.name != "__pycache__"} | {ROOT / "models" / "default"}
    moved = PYPROJECT["tool"]["setuptools"]["package-dir"]
    listed = PYPROJECT["tool"]["setuptools"]["packages"]
    assert sources == {ROOT / moved.get(name, name.replace(".", "/")) for name in listed}
