"""The simple door: functions that use the default model, loaded at the first call."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from stancelib.errors import ModelFolderError
from stancelib.types import Document, Sentiment, Stance

if TYPE_CHECKING:
    from stancelib.tagger import StanceTagger

_lock = threading.Lock()
_default: StanceTagger | None = None


def predict(
    text: str,
    *,
    actors: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    id: str | None = None,
    min_probability: float | None = None,
) -> Document:
    """Statements, speakers and stances of ``text``; see StanceTagger.predict."""
    return default_tagger().predict(text, actors=actors, id=id, min_probability=min_probability)


def predict_batch(
    texts: Sequence[str],
    *,
    actors: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    ids: Sequence[str | None] | None = None,
    min_probability: float | None = None,
) -> list[Document]:
    """One Document a text, in order; see StanceTagger.predict_batch."""
    return default_tagger().predict_batch(texts, actors=actors, ids=ids, min_probability=min_probability)


def sentiment(text: str, target: str | tuple[int, int]) -> Sentiment:
    """Light in which ``text`` puts ``target``, a substring or half-open offsets."""
    return default_tagger().sentiment(text, target)


def stance(text: str, speaker: str | tuple[int, int], actor: str | tuple[int, int]) -> Stance:
    """Stance of ``speaker`` toward ``actor`` in ``text``, each a substring or half-open offsets."""
    return default_tagger().stance(text, speaker, actor)


def default_tagger() -> StanceTagger:
    """The default model, loaded once a process; safe to call from several threads."""
    global _default
    with _lock:
        if _default is None:
            from stancelib.tagger import StanceTagger

            _default = StanceTagger.from_pretrained(default_folder())
        return _default


def default_folder() -> Path:
    """Where the default model lies: in the installed package, or ``models/default`` of a source checkout."""
    package = Path(str(files("stancelib")))
    for folder in (package / "default_model", package.parent / "models" / "default"):
        if (folder / "config.json").is_file():
            return folder
    raise ModelFolderError(
        f"no default model beside {package}: reinstall stancelib, "
        "or load a model of your own with StanceTagger.from_pretrained(path)"
    )
