"""What calibration fits of the decoder, on tiny corpora."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stancelib.config import ModelConfig
from stancelib.modeling import OUTSIDE
from stancelib.tagger import StanceTagger
from training import calibrate

FIXTURES = Path(__file__).parent / "fixtures" / "corpora"


def fitted(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch, *, charge: float) -> ModelConfig:
    """The configuration where there is one weight to choose from, and ``charge`` for sources and cues."""
    monkeypatch.setattr(calibrate, "WEIGHTS", (0.5,))
    monkeypatch.setattr(calibrate, "NO_LINK", (-3.0,))
    monkeypatch.setattr(calibrate, "CHARGES", (charge,))
    return calibrate.fit_decoding(tagger, FIXTURES)


def test_transitions_are_weighted_log_probabilities(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    found = fitted(tagger, monkeypatch, charge=0.0)
    shares = np.exp(np.array(found.transitions).reshape(3, 3, 3) / 0.5)
    assert shares.sum(axis=-1) == pytest.approx(np.ones((3, 3)), abs=0.01)
    assert found.no_link == -3.0


def test_only_sources_and_cues_are_charged_for_being_outside(
    tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, charged = (
        np.array(fitted(tagger, monkeypatch, charge=c).transitions).reshape(3, 3, 3) for c in (0.0, -0.5)
    )
    expected = np.zeros((3, 3, 3))
    expected[[calibrate.SOURCE, calibrate.CUE], :, OUTSIDE] = -0.5
    assert charged - free == pytest.approx(expected, abs=0.002)
