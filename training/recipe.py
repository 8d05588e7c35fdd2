"""A recipe: every choice that makes a model, in one TOML file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from stancelib.tuning.backbone import MINILM
from stancelib.tuning.loop import Settings
from stancelib.tuning.objective import LossWeights

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, kw_only=True)
class Recipe(Settings):
    """What to train on, and how. ``repeats`` says how often an epoch sees each corpus (0.5: a random half).

    ``start`` is a trained model, folder or Hub id, to go on from instead of a bare ``encoder``. ``british`` is the
    share of the texts that are read in British spelling.
    """

    repeats: Mapping[str, float]
    dev: tuple[str, ...]
    name: str = "stancelib-custom"
    version: str = "0"
    encoder: str = MINILM
    start: str = ""
    window: int = 256
    british: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.british <= 1:
            raise ValueError(f"british is {self.british}: give a share of the texts, from 0 to 1")

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """Read a recipe; ValueError names keys that no recipe has."""
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        _refuse_unknown(data, cls, path)
        loss = data.pop("loss", {})
        _refuse_unknown(loss, LossWeights, path)
        return cls(**_frozen(data), loss=LossWeights(**_frozen(loss)))


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


def _refuse_unknown(data: Mapping[str, Any], kind: type[Any], path: Path) -> None:
    known = {f.name for f in fields(kind)}
    if unknown := sorted(set(data) - known):
        raise ValueError(
            f"{path}: unknown key {', '.join(unknown)}; a {kind.__name__} has {', '.join(sorted(known))}"
        )
