"""What a model folder says about its model: declared once, and refused where it says anything else."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from stancelib.calibration import Floats, softmax
from stancelib.errors import ModelFolderError
from stancelib.types import SENTIMENT_LABELS, STANCE_LABELS

FORMAT_VERSION = 4  # 2: stances are read by attention; 3: words are told to be names; 4: bare pairs differ
HEADS = ("stance", "stance_pair", "sentiment")  # that are calibrated
LARGEST_BIAS = 1e6  # far more than any logit; much larger ones are infinite in single precision


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Everything but weights and vocabulary.

    ``encoder`` is the Hugging Face configuration of the backbone. ``window`` is the longest passage in tokens,
    special ones included; neighbouring passages share ``margin`` tokens on each side. ``temperatures`` divide the
    logits of a head: "stance" in statements, "stance_pair" of two bare spans, "sentiment"; ``biases`` are added
    to the quotients, one for each of its labels. ``transitions`` holds, for source, cue and content, nine
    log-weights from outside, begin, inside to each of them; ``no_link`` is added to the score of linking a span to
    none. ``statement_curve`` (scale, shift) turns the raw score of a statement into a probability,
    ``min_probability`` is the least it must have to be reported.
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
    biases: Mapping[str, Sequence[float]] = field(default_factory=dict)
    transitions: tuple[Any, ...] = ((0.0,) * 9,) * 3
    no_link: float = 0.0
    statement_curve: tuple[float, float] = (1.0, 0.0)
    min_probability: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values that could not work, whoever wrote them."""
        room = self.window - len(self.prefix_ids) - len(self.suffix_ids) if _is_int(self.window) else 0
        wanted = {
            "window": room > 0,
            "margin": _is_int(self.margin) and 0 <= 2 * self.margin < room,  # else windows would not move on
            "prefix_ids": all(map(_is_int, self.prefix_ids)),
            "suffix_ids": all(map(_is_int, self.suffix_ids)),
            "pad_id": _is_int(self.pad_id),
            "link_size": _is_int(self.link_size) and self.link_size > 0,
            "stance_labels": len(self.stance_labels) > 1 and all(isinstance(x, str) for x in self.stance_labels),
            "sentiment_labels": len(self.sentiment_labels) > 1
            and all(isinstance(x, str) for x in self.sentiment_labels),
            "temperatures": isinstance(self.temperatures, Mapping)
            and all(_is_number(t) and t > 0 for t in self.temperatures.values()),
            "biases": isinstance(self.biases, Mapping)
            and all(self._are_biases(head, found) for head, found in self.biases.items()),
            "transitions": [len(row) if isinstance(row, tuple | list) else 0 for row in self.transitions]
            == [9] * 3
            and all(_is_number(x) for row in self.transitions for x in row),
            "no_link": _is_number(self.no_link),
            "statement_curve": len(self.statement_curve) == 2 and all(map(_is_number, self.statement_curve)),
            "min_probability": _is_number(self.min_probability) and 0 <= self.min_probability <= 1,
        }
        if wrong := [f"{key} {getattr(self, key)!r:.60}" for key, right in wanted.items() if not right]:
            raise ModelFolderError(
                f"unusable in the configuration of a model: {', '.join(wrong)}; see stancelib.config.ModelConfig, "
                "or copy the model folder again"
            )

    @property
    def title(self) -> str:
        """Name and version, as results carry them."""
        return f"{self.name} {self.version}"

    @property
    def hidden_size(self) -> int:
        """Width of the encoder's states."""
        return int(self.encoder["hidden_size"])

    def labels(self, head: str) -> tuple[str, ...]:
        """The labels of a head, in the order of its logits."""
        return self.sentiment_labels if head == "sentiment" else self.stance_labels

    def probabilities(self, head: str, logits: Floats) -> Floats:
        """Probabilities from the logits [..., labels] of a head, calibrated where something was fitted."""
        return softmax(logits, self.temperatures.get(head, 1.0), self.biases.get(head, (0.0,)))

    def _are_biases(self, head: str, found: object) -> bool:
        if head not in HEADS or not isinstance(found, list | tuple) or len(found) != len(self.labels(head)):
            return False
        return all(_is_number(x) and abs(x) <= LARGEST_BIAS for x in found)

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
        version: Any = data.get("format_version")
        if version != FORMAT_VERSION:
            older = _is_int(version) and version < FORMAT_VERSION
            way_out = "train it again, or use the stancelib that made it" if older else "upgrade stancelib"
            raise ModelFolderError(
                f"{where}: format_version is {version!r}, this stancelib reads {FORMAT_VERSION}; {way_out}"
            )
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise ModelFolderError(
                f"{where}: unknown key {', '.join(map(repr, unknown))}; known are {', '.join(sorted(known))}"
            )
        if "hidden_size" not in data.get("encoder", {}):
            raise ModelFolderError(f"{where}: 'encoder' must be the configuration of a Hugging Face encoder")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        try:
            return cls(**values)
        except TypeError as error:  # something that should be a list has no length
            raise ModelFolderError(
                f"{where}: a value has the wrong type ({error}); copy the folder again"
            ) from error


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
