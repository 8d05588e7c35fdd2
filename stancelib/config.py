"""What a model folder says about its model: declared once, and refused where it says anything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from stancelib.errors import ModelFolderError
from stancelib.types import SENTIMENT_LABELS, STANCE_LABELS

FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Everything but weights and vocabulary.

    ``encoder`` is the Hugging Face configuration of the backbone. ``window`` is the longest passage in tokens,
    special ones included; neighbouring passages share ``margin`` tokens on each side. ``temperatures`` divide the
    logits of a head: "stance" in statements, "stance_pair" of two bare spans, "sentiment". ``transitions`` holds,
    for source, cue and content, nine log-weights from outside, begin, inside to each of them; ``no_link`` is
    added to the score of linking a span to none. ``statement_curve``
    (scale, shift) turns the raw score of a statement into a probability, ``min_probability`` is the least it must
    have to be reported.
    """

    encoder: Mapping[str, Any]
    name: str = "stancelib-custom"
    version: str = "0"
    format_version: int = FORMAT_VERSION
    window: int = 256
    margin: int = 40
    prefix_ids: tuple[int, ...] = ()
    suffix_ids: tuple[int, ...] = ()
    pad_id: int = 0
    link_size: int = 128
    stance_labels: tuple[str, ...] = STANCE_LABELS
    sentiment_labels: tuple[str, ...] = SENTIMENT_LABELS
    temperatures: Mapping[str, float] = field(default_factory=dict)
    transitions: tuple[Any, ...] = ((0.0,) * 9,) * 3
    no_link: float = 0.0
    statement_curve: tuple[float, float] = (1.0, 0.0)
    min_probability: float = 0.0

    @property
    def title(self) -> str:
        """Name and version, as results carry them."""
        return f"{self.name} {self.version}"

    @property
    def hidden_size(self) -> int:
        """Width of the encoder's states."""
        return int(self.encoder["hidden_size"])

    def temperature(self, head: str) -> float:
        """The temperature of a head, 1 where none was fitted."""
        return float(self.temperatures.get(head, 1.0))

    def save(self, path: Path) -> None:
        """Write ``config.json``."""
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> ModelConfig:
        """Read ``config.json``.

        Raises ModelFolderError for a file that is no JSON object, of another format version, or with keys that
        this version of stancelib does not know or misses.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ModelFolderError(f"cannot read {path}: {error}; copy the model folder again") from error
        if not isinstance(data, dict):
            raise ModelFolderError(f"{path} holds {type(data).__name__}, not an object: not a stancelib model")
        return cls.from_dict(data, where=str(path))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, where: str = "config") -> ModelConfig:
        """Check and build a configuration from its JSON object; ``where`` is named in errors."""
        if data.get("format_version") != FORMAT_VERSION:
            raise ModelFolderError(
                f"{where}: format_version is {data.get('format_version')!r}, "
                f"this stancelib reads {FORMAT_VERSION}; "
                "upgrade stancelib, or save the model again with this version"
            )
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise ModelFolderError(
                f"{where}: unknown key {', '.join(map(repr, unknown))}; known are {', '.join(sorted(known))}"
            )
        if "hidden_size" not in data.get("encoder", {}):
            raise ModelFolderError(f"{where}: 'encoder' must be the configuration of a Hugging Face encoder")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**values)
