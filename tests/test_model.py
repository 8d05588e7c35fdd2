"""The model's contract: gradients, padding, batches, saving, and that it can learn."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from stancelib.attribution import decode_all
from stancelib.config import ModelConfig
from stancelib.encoding import TextEncoder
from stancelib.engine import TorchEngine
from stancelib.errors import InvalidInputError, InvalidTypeError, ModelFolderError
from stancelib.folder import FILES, load_model, save_model
from stancelib.modeling import StanceModel
from stancelib.tagger import StanceTagger
from stancelib.tuning.batches import build_batch
from stancelib.tuning.objective import LossWeights, Objective
from stancelib.tuning.targets import build_example, passages

FIRST = "Ankara said “we support Qatar”. Russia told Kenya that the raid will not end."
SECOND = "She condemned Turkey."


def rows() -> list[dict[str, Any]]:
    """Two annotated texts that touch every head of the model."""

    def span(text: str, part: str) -> list[int]:
        return [text.index(part), text.index(part) + len(part)]

    def statement(text: str, content: str, cue: str, source: str) -> dict[str, Any]:
        return {"content": [span(text, content)], "cue": [span(text, cue)], "source": [span(text, source)]}

    def pair(text: str, task: str, holder: str, content: str, target: str, label: str) -> dict[str, Any]:
        parts = {k: [span(text, v)] if v else [] for k, v in (("holder", holder), ("content", content))}
        return {"task": task, **parts, "target": [span(text, target)], "label": label}

    first = [
        statement(FIRST, "we support Qatar", "said", "Ankara"),
        statement(FIRST, "that the raid will not end", "told", "Russia"),
    ]
    return [
        {
            "text": FIRST,
            "annotated": True,
            "names": [{"start": 0, "end": len(FIRST), "kind": "other"}],
            "statements": first,
            "pairs": [
                pair(FIRST, "stance", "Ankara", "we support Qatar", "Qatar", "favor"),
                pair(FIRST, "stance", "", "the raid will not end", "raid", "neutral"),
                pair(FIRST, "sentiment", "", "", "Kenya", "neutral"),
            ],
        },
        {
            "text": SECOND,
            "annotated": True,
            "statements": [{"content": [span(SECOND, "Turkey")], "cue": [], "source": []}],
            "pairs": [
                pair(SECOND, "stance", "She", "", "Turkey", "against"),
                pair(SECOND, "sentiment", "", "", "Turkey", "negative"),
            ],
        },
    ]


def loss_of(objective: Objective, encoder: TextEncoder) -> torch.Tensor:
    left_out: Counter[str] = Counter()
    examples = [build_example(row, encoder, left_out) for row in rows()]
    found = [p for e in examples for p in passages(e, encoder, first=None, left_out=left_out)]
    assert not +left_out
    return torch.stack(list(objective(build_batch(found, encoder)).values())).sum()


def test_gradient_reaches_every_parameter(model: StanceModel, text_encoder: TextEncoder) -> None:
    loss_of(Objective(model, LossWeights()), text_encoder).backward()
    without = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert without == []


def test_padding_changes_nothing(model: StanceModel, text_encoder: TextEncoder) -> None:
    engine = TorchEngine(model, device="cpu")
    short, long = (text_encoder.encode(t) for t in (SECOND, FIRST))
    (window,), (other,) = text_encoder.windows(short), text_encoder.windows(long)
    alone = engine.encode(text_encoder.collate([(short, window)]))
    padded = engine.encode(text_encoder.collate([(short, window), (long, other)]))
    words = len(short.words)
    for a, b in zip(alone, padded, strict=True):
        np.testing.assert_allclose(a[0, :words], b[0, :words], atol=1e-5)


def test_two_examples_can_be_learnt_by_heart(
    model: StanceModel, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    encoder = TextEncoder(tokenizer, config)
    objective = Objective(model.train(), LossWeights())
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(60):
        loss = loss_of(objective, encoder)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    tagger = StanceTagger(model, tokenizer, config, device="cpu")
    document = tagger.predict(FIRST)
    told = [([c.text for c in s.content], [c.text for c in s.cue], s.speaker.mention) for s in document.statements]
    assert [t[:2] for t in told] == [(["we support Qatar"], ["said"]), (["the raid will not end"], ["told"])]
    assert [m.text if m else None for _, _, m in told] == ["Ankara", "Russia"]
    assert document.statements[0].stances[0].label == "favor"
    assert tagger.stance(SECOND, "She", "Turkey").label == "against"
    assert tagger.sentiment(SECOND, "Turkey").label == "negative"


def test_saved_model_gives_the_same_results(
    model: StanceModel, tokenizer: Tokenizer, config: ModelConfig, tmp_path: Path
) -> None:
    model.half().float()  # what is saved is half precision
    before = StanceTagger(model, tokenizer, config, device="cpu")
    before.save_pretrained(tmp_path)
    after = StanceTagger.from_pretrained(tmp_path, device="cpu")
    assert after.config == ModelConfig.load(tmp_path / "config.json")
    for text in (FIRST, SECOND):
        assert after.predict(text) == before.predict(text)
    assert after.sentiment(SECOND, "Turkey") == before.sentiment(SECOND, "Turkey")


def test_links_in_use_score_as_the_head_does_in_training(model: StanceModel) -> None:
    head: Any = model.links["content_cue"]
    torch.nn.init.normal_(head.distance.weight)
    torch.nn.init.normal_(head.nobody)
    random = np.random.default_rng(0)
    queries, keys = (random.normal(size=(n, 64)).astype(np.float32) for n in (5, 7))
    distances = random.integers(0, 32, (2, 3))
    found = TorchEngine(model, device="cpu").link("content", "cue", queries, keys)
    wanted = head(torch.from_numpy(queries[1:3]), torch.from_numpy(keys[4:7]), torch.from_numpy(distances))
    np.testing.assert_allclose(found.scores(slice(1, 3), slice(4, 7), distances), wanted.detach(), atol=1e-5)


def test_decoding_finds_nothing_in_a_text_without_statements(
    model: StanceModel, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    words = TextEncoder(tokenizer, config).encode("The plan of Kenya.").words
    tags = np.zeros((len(words), 3, 3), np.float32)
    tags[..., 0] = 9
    free = np.zeros((3, 3, 3), np.float32)
    states = np.zeros((len(words), 32), np.float32)
    assert decode_all([words], [tags], [states], TorchEngine(model, device="cpu"), free) == [[]]


class TestFolder:
    """A model folder is read whole or refused with a reason."""

    @pytest.fixture
    def folder(self, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig, tmp_path: Path) -> Path:
        save_model(tmp_path / "model", model, tokenizer, config)
        return tmp_path / "model"

    @pytest.mark.parametrize("name", FILES)
    def test_missing_file(self, folder: Path, name: str) -> None:
        (folder / name).unlink()
        with pytest.raises(ModelFolderError, match=f"lacks {name}"):
            load_model(folder)

    @pytest.mark.parametrize("name", FILES)
    def test_damaged_file(self, folder: Path, name: str) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])
        with pytest.raises(ModelFolderError, match=name):
            load_model(folder)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"colour": "blue"}, "unknown key 'colour'"),
            ({"format_version": 99}, "format_version is 99.*upgrade stancelib"),
            ({"format_version": 1}, "format_version is 1.*train it again"),
            ({"encoder": {}}, "'encoder' must be"),
            ({"encoder": {"model_type": "no-such-model", "hidden_size": 8}}, "cannot build the encoder"),
            ({"link_size": 8}, "does not fit"),
            ({"window": "abc"}, "window 'abc'"),
            ({"margin": 19}, "margin 19"),
            ({"prefix_ids": "x"}, "prefix_ids 'x'"),
            ({"prefix_ids": 5}, "wrong type"),
            ({"transitions": [[1, 2]]}, "transitions"),
            ({"statement_curve": [1]}, "statement_curve"),
            ({"temperatures": [1]}, "temperatures"),
            ({"temperatures": {"stance": 0}}, "temperatures"),
            ({"biases": [1]}, "biases"),
            ({"biases": {"names": [0, 1, 0]}}, "biases"),
            ({"biases": {"stance": [0, 1]}}, "biases"),
            ({"biases": {"stance": 1}}, "biases"),
            ({"biases": {"stance": [0, 1e39, 0]}}, "biases"),
            ({"biases": {"sentiment": [0, "1", 0]}}, "biases"),
            ({"min_probability": 2}, "min_probability 2"),
            ({"stance_labels": ["favor"]}, "stance_labels"),
        ],
    )
    def test_wrong_configuration(self, folder: Path, change: dict[str, Any], message: str) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | change))
        with pytest.raises(ModelFolderError, match=message):
            load_model(folder)

    def test_configuration_that_is_no_object(self, folder: Path) -> None:
        (folder / "config.json").write_text("[1, 2]")
        with pytest.raises(ModelFolderError, match="list"):
            load_model(folder)

    def test_weights_of_another_model(self, folder: Path) -> None:
        weights = load_file(folder / "model.safetensors")
        weights.pop("tags.bias")
        save_file(weights, folder / "model.safetensors")
        with pytest.raises(ModelFolderError, match=r"tags\.bias"):
            load_model(folder)

    @pytest.mark.parametrize("options", [{"dtype": "foo"}, {"dtype": "load"}, {"device": "nope"}])
    def test_unusable_device_or_dtype(self, folder: Path, options: dict[str, str]) -> None:
        with pytest.raises(InvalidInputError, match=next(iter(options.values()))):
            StanceTagger.from_pretrained(folder, **options)

    def test_a_file_in_the_place_of_the_folder(self, folder: Path) -> None:
        with pytest.raises(InvalidInputError, match="is a file"):
            StanceTagger.from_pretrained(folder, device="cpu").save_pretrained(folder / "config.json")

    def test_a_name_of_the_wrong_type(self) -> None:
        with pytest.raises(InvalidTypeError, match="None"):
            StanceTagger.from_pretrained(None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("name", ["no/such/folder", "nowhere", Path("a/b")])
    def test_unknown_path(self, name: str | Path) -> None:
        with pytest.raises(ModelFolderError, match="no model folder"):
            StanceTagger.from_pretrained(name)
