"""stancelib: who says what about whom, in news text.

    >>> import stancelib
    >>> document = stancelib.predict("Turkey condemned the raid.")

Importing the package is light: torch is loaded with the first model.
"""

from __future__ import annotations

from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

from stancelib.errors import InvalidInputError, InvalidTypeError, ModelFolderError, StancelibError

# The function takes its module's place as `stancelib.predict`; `from stancelib.predict import …` works as well.
from stancelib.predict import predict, predict_batch, sentiment, stance
from stancelib.types import Actor, ActorStance, Document, Sentiment, Span, Speaker, Stance, Statement

if TYPE_CHECKING:
    from stancelib.scoring import score_files
    from stancelib.tagger import StanceTagger
    from stancelib.tuning.fine_tune import fine_tune

__version__ = _version("stancelib")
__all__ = [
    "Actor",
    "ActorStance",
    "Document",
    "InvalidInputError",
    "InvalidTypeError",
    "ModelFolderError",
    "Sentiment",
    "Span",
    "Speaker",
    "Stance",
    "StanceTagger",
    "StancelibError",
    "Statement",
    "fine_tune",
    "predict",
    "predict_batch",
    "score_files",
    "sentiment",
    "stance",
]


def __getattr__(name: str) -> Any:
    """Load what needs torch only when it is asked for."""
    if name == "StanceTagger":
        from stancelib.tagger import StanceTagger

        return StanceTagger
    if name == "score_files":
        from stancelib.scoring import score_files

        return score_files
    if name == "fine_tune":
        from stancelib.tuning.fine_tune import fine_tune

        return fine_tune
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
