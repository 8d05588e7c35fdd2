"""What calibration fits of the decoder, on tiny corpora."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stancelib.attribution import Attribution
from stancelib.calibration import softmax
from stancelib.config import ModelConfig
from stancelib.evaluation.tasks import Judgement, Labels
from stancelib.modeling import OUTSIDE
from stancelib.tagger import StanceTagger
from stancelib.tuning.targets import build_example
from training import calibrate
from training.corpora import read
from training.evaluate import TEMPERATURES

FIXTURES = Path(__file__).parent / "fixtures" / "corpora"


def fitted(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch, *, charge: float) -> ModelConfig:
    """The configuration where there is one weight to choose from, and ``charge`` for sources and cues."""
    monkeypatch.setattr(calibrate, "WEIGHTS", (0.5,))
    monkeypatch.setattr(calibrate, "NO_LINK", (-3.0,))
    monkeypatch.setattr(calibrate, "CHARGES", (charge,))
    return calibrate.fit_decoding(tagger, FIXTURES)


def test_only_neutral_of_bare_pairs_gets_a_bias(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine of ten pairs are neutral, and so are six of ten answers; the other labels are given too often alike."""
    probabilities = {"favor": 0.2, "neutral": 0.6, "against": 0.2}
    golds = ["neutral"] * 18 + ["favor", "against"]
    answers = Labels([Judgement(str(i), gold, probabilities) for i, gold in enumerate(golds)])
    monkeypatch.setattr(calibrate, "stances", lambda *_: answers)
    monkeypatch.setattr(calibrate, "sentiments", lambda *_: answers)
    monkeypatch.setattr(calibrate, "predict_all", lambda _, texts, __: [tagger.predict(text) for text in texts])
    monkeypatch.setattr(calibrate, "fit_temperature", lambda *_: 1.0)
    monkeypatch.setattr(calibrate, "fit_curve", lambda *_: (1.0, 0.0))
    monkeypatch.setattr(calibrate, "best_threshold", lambda *_: 0.5)
    monkeypatch.setattr(calibrate, "TEMPERATURES", TEMPERATURES | {"stance": (("dse", "stance"),)})
    found = calibrate.calibrate(tagger, FIXTURES)
    assert set(found.biases) == {"stance_pair"}
    favor, neutral, against = found.biases["stance_pair"]
    assert favor == against == 0
    given = softmax(
        np.log(np.array([0.2, 0.6, 0.2], np.float32)), found.temperatures["stance_pair"], [0, neutral, 0]
    )
    assert given == pytest.approx([0.05, 0.9, 0.05], abs=0.005)


def test_transitions_are_weighted_log_probabilities(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    found = fitted(tagger, monkeypatch, charge=0.0)
    shares = np.exp(np.array(found.transitions).reshape(3, 3, 3) / 0.5)
    assert shares.sum(axis=-1) == pytest.approx(np.ones((3, 3)), abs=0.01)
    assert found.no_link == -3.0


@pytest.mark.parametrize("part", ["cue", "source"])
def test_spans_that_are_linked_rightly_are_better_than_the_same_linked_wrongly(
    part: str, tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*args: Any) -> list[list[Attribution]]:
        """The statements; without a charge for no link (the last argument), each has the part of the next."""
        found = []
        for row in read("polnear", FIXTURES, "train").examples:
            links = build_example(row, tagger.encoder, Counter()).links
            ends = [(k.query, k.key) for k in links if k.head == ("content", part) and k.key]
            shift = 1 if args[-1] == 0.0 else 0
            keys = [ends[(i + shift) % len(ends)][1] for i in range(len(ends))]
            given = [{"cue": None, "source": None, part: key} for key in keys]
            found.append(
                [Attribution(content=(c,), probability=1.0, **g) for (c, _), g in zip(ends, given, strict=True)]
            )
        assert any(len({getattr(a, part) for a in attributions}) > 1 for attributions in found)
        return found

    # Of the fixtures only the training part has an article with more than one cue.
    monkeypatch.setattr(calibrate, "read", lambda name, data, _: read(name, data, "train"))
    monkeypatch.setattr(calibrate, "decode_all", decoded)
    monkeypatch.setattr(calibrate, "NO_LINK", (0.0, -3.0))
    assert calibrate.fit_decoding(tagger, FIXTURES).no_link == -3.0


def test_no_link_is_chosen_again_with_the_charges(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = read("polnear", FIXTURES, "dev").examples
    gold = [build_example(row, tagger.encoder, Counter()).links for row in rows]
    right = [
        [
            Attribution(content=(k.query,), cue=k.key, source=None, probability=1.0)
            for k in links
            if k.head == ("content", "cue") and k.key
        ]
        for links in gold
    ]
    assert any(right)

    def decoded(*args: Any) -> list[list[Attribution]]:
        """All right without a charge for -3, and with one for -9."""
        transitions, no_link = args[-2:]
        charged = transitions[calibrate.CUE, 0, OUTSIDE] < -5
        return right if no_link == (-9.0 if charged else -3.0) else [[] for _ in right]

    monkeypatch.setattr(calibrate, "WEIGHTS", (0.0,))
    monkeypatch.setattr(calibrate, "CHARGES", (-9.0,))
    monkeypatch.setattr(calibrate, "decode_all", decoded)
    assert calibrate.fit_decoding(tagger, FIXTURES).no_link == -9.0


def test_only_sources_and_cues_are_charged_for_being_outside(
    tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, charged = (
        np.array(fitted(tagger, monkeypatch, charge=c).transitions).reshape(3, 3, 3) for c in (0.0, -0.5)
    )
    expected = np.zeros((3, 3, 3))
    expected[[calibrate.SOURCE, calibrate.CUE], :, OUTSIDE] = -0.5
    assert charged - free == pytest.approx(expected, abs=0.002)
