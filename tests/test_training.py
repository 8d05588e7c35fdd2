"""Training: targets, batches, checkpoints, recipes, and whole runs of a tiny model on the fixture corpora."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

import training.train
from stancelib.config import ModelConfig
from stancelib.encoding import TextEncoder, Window
from stancelib.folder import load_model, save_model
from stancelib.modeling import BEGIN, INSIDE, OUTSIDE, ROLES, StanceModel
from stancelib.pairs import Triple
from stancelib.tagger import StanceTagger
from stancelib.tuning.backbone import load_backbone, special_ids
from stancelib.tuning.batches import TrainBatch, build_batch, group_by_budget
from stancelib.tuning.checkpoint import load_checkpoint, save_checkpoint
from stancelib.tuning.loop import (
    Material,
    Settings,
    average_weights,
    averaged_weights,
    layer_shares,
    parameter_groups,
    short_with_long,
    train_model,
)
from stancelib.tuning.objective import LossWeights, Objective, divergence
from stancelib.tuning.targets import IGNORED, Example, Link, Passage, build_example, passages
from training.average import average
from training.corpora.schema import Corpus
from training.evaluate import EVALUATIONS, dev_report
from training.recipe import Recipe
from training.train import load_examples, starting_model, train

FIXTURES = Path(__file__).parent / "fixtures" / "corpora"
RECIPES = sorted((Path(training.__path__[0]) / "recipes").glob("*.toml"))
SOURCE, CUE, CONTENT = range(len(ROLES))

QUOTE = "“Turkey will oppose the raid,” she said."  # words: “ Turkey will oppose the raid , ” she said .


def at(text: str, piece: str) -> list[int]:
    start = text.index(piece)
    return [start, start + len(piece)]


def row(
    text: str, *statements: dict[str, Any], pairs: Iterable[Any] = (), annotated: bool = True
) -> dict[str, Any]:
    return {"text": text, "annotated": annotated, "statements": statements, "pairs": pairs}


def statement(text: str, content: str, cue: str | None = None, source: str | None = None) -> dict[str, Any]:
    given = {"content": content, "cue": cue, "source": source}
    return {role: [at(text, piece)] if piece else [] for role, piece in given.items()}


def stance(text: str, target: str, label: str, holder: str | None = None) -> dict[str, Any]:
    spans = {"holder": [at(text, holder)] if holder else [], "content": [], "target": [at(text, target)]}
    return {"task": "stance", "label": label, **spans}


QUOTED = statement(QUOTE, "“Turkey will oppose the raid,”", "said", "she")

# Targets


def test_tags_are_those_of_the_trimmed_spans(text_encoder: TextEncoder) -> None:
    tags = build_example(row(QUOTE, QUOTED), text_encoder, Counter()).tags
    o, b, i = OUTSIDE, BEGIN, INSIDE
    assert tags[:, CONTENT].tolist() == [o, b, i, i, i, i, o, o, o, o, o]
    assert tags[:, SOURCE].tolist() == [o] * 8 + [b, o, o]
    assert tags[:, CUE].tolist() == [o] * 9 + [b, o]


def test_a_leading_that_is_no_content(text_encoder: TextEncoder) -> None:
    text = "She said that Turkey will oppose it."
    tags = build_example(row(text, statement(text, "that Turkey will oppose it.")), text_encoder, Counter()).tags
    assert np.flatnonzero(tags[:, CONTENT]).tolist() == [3, 4, 5, 6]


def test_content_is_linked_to_cue_and_source_and_the_cue_to_its_source(text_encoder: TextEncoder) -> None:
    links = build_example(row(QUOTE, QUOTED), text_encoder, Counter()).links
    assert set(links) == {
        Link(("content", "cue"), (1, 6), (9, 10)),
        Link(("content", "source"), (1, 6), (8, 9)),
        Link(("cue", "source"), (9, 10), (8, 9)),
    }


def test_content_without_cue_and_source_is_linked_to_none(text_encoder: TextEncoder) -> None:
    links = build_example(row(QUOTE, statement(QUOTE, "the raid")), text_encoder, Counter()).links
    assert {(k.head, k.key) for k in links} == {(("content", "cue"), None), (("content", "source"), None)}


def test_a_text_that_nobody_annotated_has_no_tags_and_no_links(text_encoder: TextEncoder) -> None:
    example = build_example(row(QUOTE, QUOTED, annotated=False), text_encoder, Counter())
    assert (example.tags == IGNORED).all()
    assert example.links == ()


def test_of_two_overlapping_spans_the_first_stays_and_the_other_is_counted(text_encoder: TextEncoder) -> None:
    left_out: Counter[str] = Counter()
    inner, outer = statement(QUOTE, "the raid"), statement(QUOTE, "will oppose the raid")
    tags = build_example(row(QUOTE, inner, outer), text_encoder, left_out).tags
    assert tags[2:6, CONTENT].tolist() == [BEGIN, INSIDE, INSIDE, INSIDE]
    assert left_out == Counter({"content overlaps another": 1})


def test_a_source_that_two_statements_share_is_no_overlap(text_encoder: TextEncoder) -> None:
    left_out: Counter[str] = Counter()
    build_example(row(QUOTE, QUOTED, statement(QUOTE, "the raid", source="she")), text_encoder, left_out)
    assert left_out == Counter({"content overlaps another": 1})


def test_a_pair_is_in_words_with_the_index_of_its_label(text_encoder: TextEncoder) -> None:
    pairs = [stance(QUOTE, "Turkey will", "against", holder="she")]
    (pair,) = build_example(row(QUOTE, pairs=pairs), text_encoder, Counter()).pairs
    assert (pair.triple, pair.label) == (Triple(((8, 9),), (), ((1, 3),)), 2)


def test_a_pair_whose_target_has_no_word_is_counted(text_encoder: TextEncoder) -> None:
    left_out: Counter[str] = Counter()
    assert build_example(row(QUOTE, pairs=[stance(QUOTE, ",”", "favor")]), text_encoder, left_out).pairs == ()
    assert left_out == Counter({"pair without words in its target": 1})


# Passages. The window of the tiny model holds 38 tokens, and here every word is one.

LONG = " ".join(
    ["Turkey", *["plan"] * 28, "Qatar", *["raid"] * 15, "condemned", "she", *["talks"] * 3, "Kenya", *["a"] * 9]
)


@pytest.fixture
def long(text_encoder: TextEncoder) -> Example:
    """60 words; a content of the words 29–44, its cue and source after it; pairs at words 0 and 50."""
    content = " ".join(["Qatar", *["raid"] * 15])
    pairs = [stance(LONG, "Turkey", "favor"), stance(LONG, "Kenya", "favor", holder="Turkey")]
    found = statement(LONG, content, "condemned", "she")
    return build_example(row(LONG, found, pairs=pairs), text_encoder, Counter())


def test_passages_hold_every_word_once(long: Example, text_encoder: TextEncoder) -> None:
    windows = [p.window.words for p in passages(long, text_encoder, first=None, left_out=Counter())]
    assert windows == [(0, 38), (38, 60)]


def test_links_and_pairs_that_a_border_cuts_are_counted(long: Example, text_encoder: TextEncoder) -> None:
    left_out: Counter[str] = Counter()
    first, second = passages(long, text_encoder, first=None, left_out=left_out)
    assert (first.links, [k.head for k in second.links]) == ((), [("cue", "source")])
    assert (len(first.pairs), len(second.pairs)) == (1, 0)
    assert left_out == Counter({"link cut by a window": 2, "pair cut by a window": 1})


def test_another_first_border_saves_what_the_last_one_cut(long: Example, text_encoder: TextEncoder) -> None:
    left_out: Counter[str] = Counter()
    found = passages(long, text_encoder, first=20, left_out=left_out)
    assert [p.window.words for p in found] == [(0, 20), (20, 58), (58, 60)]
    assert len(found[1].links) == 3
    assert left_out["link cut by a window"] == 0


def test_a_passage_that_teaches_nothing_is_dropped(text_encoder: TextEncoder) -> None:
    pairs = [stance(LONG, "Turkey", "favor")]
    example = build_example(row(LONG, pairs=pairs, annotated=False), text_encoder, Counter())
    (passage,) = passages(example, text_encoder, first=None, left_out=Counter())
    assert passage.window.words == (0, 38)


# Batches


@pytest.fixture
def many(text_encoder: TextEncoder) -> list[Passage]:
    """Passages of 1 to 60 tokens."""
    example = build_example(row(LONG), text_encoder, Counter())
    return [Passage(example, Window((0, n), (0, n), (0, n)), (), ()) for n in range(1, 61)]


def test_batches_keep_every_passage(many: list[Passage]) -> None:
    groups = group_by_budget(many, 100, seed=3)
    assert sorted(p.length for g in groups for p in g) == list(range(1, 61))


def test_batches_keep_to_the_budget_with_their_padding(many: list[Passage]) -> None:
    groups = group_by_budget(many, 100, seed=3)
    assert max(len(g) * max(p.length for p in g) for g in groups) <= 100


def test_a_passage_beyond_the_budget_is_a_batch_of_its_own(many: list[Passage]) -> None:
    groups = group_by_budget(many, 50, seed=3)
    assert all(len(g) == 1 for g in groups if max(p.length for p in g) > 50)


def test_batches_follow_from_the_seed(many: list[Passage]) -> None:
    lengths = [[[p.length for p in g] for g in group_by_budget(many, 100, seed=s)] for s in (3, 3, 4)]
    assert lengths[0] == lengths[1]
    assert lengths[0] != lengths[2]


def test_a_step_has_short_and_long_passages_and_every_batch_has_its_step(many: list[Passage]) -> None:
    batches = group_by_budget(many, 100, seed=3)
    steps = short_with_long(batches)
    assert sorted(map(id, batches)) == sorted(id(batch) for step in steps for batch in step)
    lengths = [[max(p.length for p in batch) for batch in step] for step in steps]
    assert max(short for short, *long in lengths if long) <= min(long for *_, long in lengths)


@pytest.fixture
def two(text_encoder: TextEncoder) -> list[Passage]:
    """A short quotation, and the second window (words 38–59) of a longer text."""
    short = row(QUOTE, QUOTED, pairs=[stance(QUOTE, "Turkey", "against", holder="she")])
    longer = row(LONG, statement(LONG, "talks", "condemned", "she"), pairs=[stance(LONG, "Kenya", "favor")])
    examples = [build_example(r, text_encoder, Counter()) for r in (short, longer)]
    cut = [passages(e, text_encoder, first=None, left_out=Counter()) for e in examples]
    return [cut[0][0], cut[1][1]]


def test_a_batch_ignores_the_tags_of_padding(two: list[Passage], text_encoder: TextEncoder) -> None:
    tags = build_batch(two, text_encoder).tags
    assert tags.shape == (2, 22, 3)
    assert (tags[0, 11:] == IGNORED).all()
    assert not (tags[0, :11] == IGNORED).any()


def test_a_batch_finds_each_pairs_words_in_its_own_window(two: list[Passage], text_encoder: TextEncoder) -> None:
    pairs = build_batch(two, text_encoder).pairs["stance"]
    holder, target = ([t.tolist() for t in part] for part in (pairs.index.holder, pairs.index.target))
    assert holder == [[8], [0]]
    assert target == [[1, 22 + 50 - 38], [0, 1]]
    assert pairs.labels.tolist() == [2, 0]


def test_a_pair_reads_only_words_of_its_own_window(two: list[Passage], text_encoder: TextEncoder) -> None:
    rows, owner = build_batch(two, text_encoder).pairs["stance"].index.scope
    assert rows[owner == 0].tolist() == list(range(11))
    assert rows[owner == 1].tolist() == list(range(22, 22 + 60 - 38))


def test_a_batch_has_the_first_and_last_words_of_linked_spans(
    two: list[Passage], text_encoder: TextEncoder
) -> None:
    short, longer = build_batch(two, text_encoder).links["content", "cue"]
    assert (short.queries.tolist(), short.keys.tolist(), short.answers.tolist()) == ([[1, 5]], [[9, 9]], [1])
    at_talks, at_cue = 22 + 47 - 38, 22 + 45 - 38
    assert (longer.queries.tolist(), longer.keys.tolist()) == ([[at_talks] * 2], [[at_cue] * 2])


def test_names_of_holder_and_target_are_masked_and_nothing_else(
    two: list[Passage], tokenizer: Tokenizer, config: ModelConfig
) -> None:
    with_mask = Tokenizer.from_str(tokenizer.to_str())
    with_mask.add_special_tokens(["[MASK]"])
    encoder = TextEncoder(with_mask, config)
    plain, masked = (build_batch(two, encoder, masked=share).inputs.input_ids for share in (0.0, 1.0))
    hidden = [with_mask.decode(plain[i][plain[i] != masked[i]].tolist()) for i in range(len(two))]
    assert hidden == ["turkey she", "kenya"]
    assert set(masked[plain != masked]) == {with_mask.token_to_id("[MASK]")}


def test_a_tokenizer_without_a_mask_cannot_mask(two: list[Passage], text_encoder: TextEncoder) -> None:
    with pytest.raises(ValueError, match=r"no mask token.*set masked = 0"):
        build_batch(two, text_encoder, masked=0.5)


def only_passage(text: str, pairs: list[Any], encoder: TextEncoder) -> Passage:
    example = build_example(row(text, pairs=pairs), encoder, Counter())
    (passage,) = passages(example, encoder, first=None, left_out=Counter())
    return passage


def renamed(group: Sequence[Passage], encoder: TextEncoder) -> list[tuple[str, str]]:
    """What was exchanged for what in each passage of a batch, where all names are exchanged that can be."""
    plain, other = (build_batch(group, encoder, renamed=share).inputs.input_ids for share in (0.0, 1.0))
    decode = encoder.tokenizer.decode
    return [(decode(a[a != b].tolist()), decode(b[a != b].tolist())) for a, b in zip(plain, other, strict=True)]


def test_a_name_is_exchanged_wherever_it_stands(text_encoder: TextEncoder) -> None:
    first, second = "Kenya lied. We told Kenya so.", "She praised Turkey."
    told = only_passage(first, [stance(first, "Kenya", "against")], text_encoder)
    praised = only_passage(second, [stance(second, "Turkey", "favor", holder="She")], text_encoder)
    assert renamed([told, praised], text_encoder) == [("kenya kenya", "turkey turkey"), ("turkey", "kenya")]


def test_two_names_of_a_passage_never_become_one(text_encoder: TextEncoder) -> None:
    text = "Kenya praised Turkey."
    two_names = only_passage(text, [stance(text, "Turkey", "favor", holder="Kenya")], text_encoder)
    other = only_passage("Qatar lied.", [stance("Qatar lied.", "Qatar", "against")], text_encoder)
    assert renamed([two_names, other], text_encoder)[0] == ("kenya", "qatar")


def test_a_name_that_the_window_cuts_stays(text_encoder: TextEncoder) -> None:
    first, second = "Dora lied. We told Dora", "Mali lied."
    whole = only_passage(first, [stance(first, "Dora", "against")], text_encoder)
    cut = replace(whole, window=replace(whole.window, tokens=(0, whole.window.tokens[1] - 2)))
    other = only_passage(second, [stance(second, "Mali", "against")], text_encoder)
    dora, mali = (" ".join((name[0], *(f"##{letter}" for letter in name[1:]))) for name in ("dora", "mali"))
    assert renamed([whole, other], text_encoder)[0] == (f"{dora} {dora}", f"{mali} {mali}")
    assert renamed([cut, other], text_encoder)[0] == (dora, mali)


def test_a_name_is_never_exchanged_for_one_of_the_same_passage(text_encoder: TextEncoder) -> None:
    text = "Kenya praised Turkey."
    passage = only_passage(text, [stance(text, "Turkey", "favor", holder="Kenya")], text_encoder)
    assert renamed([passage, passage], text_encoder) == [("", "")] * 2


def test_the_loss_has_a_part_for_each_kind_of_target(
    two: list[Passage], text_encoder: TextEncoder, model: StanceModel
) -> None:
    losses = Objective(model, LossWeights())(build_batch(two, text_encoder))
    assert set(losses) == {"tags", "links", "stance"}


def test_a_weight_scales_its_part_of_the_loss(
    two: list[Passage], text_encoder: TextEncoder, model: StanceModel
) -> None:
    batch = build_batch(two, text_encoder)
    model.eval()
    once, thrice = (Objective(model, LossWeights(stance=w))(batch)["stance"].item() for w in (1.0, 3.0))
    assert thrice == pytest.approx(3 * once)


def test_labels_of_several_readers_are_a_soft_one(text_encoder: TextEncoder, model: StanceModel) -> None:
    against, favor = (stance(QUOTE, "Turkey", label, holder="she") for label in ("against", "favor"))

    def loss(*pairs: dict[str, Any]) -> float:
        example = build_example(row(QUOTE, pairs=pairs, annotated=False), text_encoder, Counter())
        batch = build_batch(passages(example, text_encoder, first=None, left_out=Counter()), text_encoder)
        weights = LossWeights(stance_classes=(1.0, 1.0, 3.0))  # against counts three times
        return float(Objective(model, weights)(batch)["stance"])

    model.eval()
    apart = loss(against), loss(favor)
    assert apart[0] != pytest.approx(apart[1])
    soft = loss({**against, "weight": 0.75}, {**favor, "weight": 0.25})
    assert soft == pytest.approx((3 * 0.75 * apart[0] + 0.25 * apart[1]) / (3 * 0.75 + 0.25))


def stance_loss(batch: TrainBatch, model: StanceModel, *, rdrop: float, stance: float = 1.0) -> float:
    torch.manual_seed(3)
    weights = LossWeights(rdrop=rdrop, stance=stance)
    return float(Objective(model, weights)(batch)["stance"].detach())


@pytest.fixture
def dropping(config: ModelConfig) -> StanceModel:
    """A model whose encoder alone has dropout: what differs between passes comes from the encoder."""
    torch.manual_seed(1)
    model = StanceModel(replace(config, encoder={**config.encoder, "hidden_dropout_prob": 0.3}))
    for module in model.stance.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model


def test_two_passes_with_other_dropouts_cost_what_they_are_apart(
    two: list[Passage], text_encoder: TextEncoder, dropping: StanceModel
) -> None:
    batch = build_batch(two, text_encoder)
    one, three = (stance_loss(batch, dropping, rdrop=weight) for weight in (1.0, 3.0))
    assert three > one + 1e-6
    twice = stance_loss(batch, dropping, rdrop=1.0, stance=2.0)
    assert twice == pytest.approx(2 * one)


def test_two_passes_without_dropout_cost_nothing(
    two: list[Passage], text_encoder: TextEncoder, model: StanceModel
) -> None:
    batch = build_batch(two, text_encoder)
    without, with_rdrop = (stance_loss(batch, model.eval(), rdrop=weight) for weight in (0.0, 5.0))
    assert with_rdrop == pytest.approx(without, abs=1e-6)


def test_a_soft_label_counts_once_in_how_far_two_passes_are_apart(
    text_encoder: TextEncoder, dropping: StanceModel
) -> None:
    text = "She praised Turkey and Qatar"
    certain, other = stance(text, "Turkey", "favor", holder="She"), stance(text, "Qatar", "against")
    soft = [{**certain, "weight": 0.75}, {**certain, "weight": 0.25}, other]
    whole, parted = (
        stance_loss(build_batch([only_passage(text, p, text_encoder)], text_encoder), dropping, rdrop=5.0)
        for p in ([certain, other], soft)
    )
    assert parted == pytest.approx(whole)


def test_the_divergence_is_the_mean_of_both_directions() -> None:
    p, q = torch.tensor([[0.5, 0.25, 0.25]]), torch.tensor([[0.1, 0.6, 0.3]])
    forth, back = ((a * (a / b).log()).sum() for a, b in ((p, q), (q, p)))
    torch.testing.assert_close(divergence(p.log() + 7, q.log()), ((forth + back) / 2)[None])


# Settings of the optimizer


def rates(model: StanceModel, settings: Settings) -> dict[str, float]:
    groups = parameter_groups(model, settings)
    by_parameter = {p: group["peak"] for group in groups for p in group["params"]}
    assert len(by_parameter) == sum(len(group["params"]) for group in groups)
    return {name: by_parameter[p] for name, p in model.named_parameters()}


def test_lower_layers_have_smaller_rates(model: StanceModel) -> None:
    found = rates(model, Settings(learning_rate=1.0, head_learning_rate=5.0, layer_decay=0.5))
    below = {name: rate for name, rate in found.items() if name.startswith("encoder.embeddings.")}
    assert set(below.values()) == {0.25}
    for layer, rate in ((0, 0.5), (1, 1.0)):
        assert {r for name, r in found.items() if name.startswith(f"encoder.encoder.layer.{layer}.")} == {rate}
    assert {rate for name, rate in found.items() if not name.startswith("encoder.")} == {5.0}


def test_all_layers_have_one_rate_without_decay_and_vectors_no_weight_decay(model: StanceModel) -> None:
    groups = parameter_groups(model, Settings(learning_rate=1.0, head_learning_rate=5.0))
    assert [(g["lr"], g["weight_decay"]) for g in groups] == [(1.0, 0.01), (1.0, 0), (5.0, 0.01), (5.0, 0)]
    for group in groups:
        assert {p.ndim > 1 for p in group["params"]} == {group["weight_decay"] > 0}


class OtherEncoder(nn.Module):
    """Layers beside a shorter list, and a norm after them."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(5, 4)
        self.mixers = nn.ModuleList([nn.Linear(4, 4)])
        self.blocks = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
        self.norm = nn.LayerNorm(4)


def test_layers_are_the_longest_list_and_what_comes_after_is_as_the_last() -> None:
    encoder = OtherEncoder()
    shares = layer_shares(encoder, 0.5)
    found = {name: shares[p] for name, p in encoder.named_parameters() if name.endswith("weight")}
    assert found == {
        "embeddings.weight": 0.125,
        "mixers.0.weight": 0.125,
        "blocks.0.weight": 0.25,
        "blocks.1.weight": 0.5,
        "blocks.2.weight": 1.0,
        "norm.weight": 1.0,
    }


def test_an_encoder_without_layers_cannot_have_rates_by_layer() -> None:
    with pytest.raises(ValueError, match="Linear has no ModuleList of layers: set layer_decay = 1"):
        layer_shares(nn.Linear(2, 2), 0.9)


@pytest.mark.parametrize("wrong", [{"layer_decay": 0.0}, {"layer_decay": 1.5}, {"ema": 1.0}, {"ema": -0.1}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="give a layer_decay above 0"):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [-0.1, 40])
def test_a_share_of_british_spelling_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="give a share of the texts, from 0 to 1"):
        Recipe(repeats={"plv": 1}, dev=("plv",), british=share)


def test_a_negative_weight_of_two_passes_is_refused() -> None:
    with pytest.raises(ValueError, match="rdrop is -1: give 0"):
        LossWeights(rdrop=-1)


def test_the_average_weighs_the_last_weights_most_and_leaves_them_as_they_were() -> None:
    module = nn.Linear(1, 1, bias=False)
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.1, fused=True)
    weights = []
    for step in range(1, 4):
        module.weight.grad = torch.ones(1, 1)
        optimizer.step()
        average_weights(optimizer, 0.8, step)
        weights.append(module.weight.item())
    shares = np.array([0.8**2, 0.8, 1.0])
    with averaged_weights(optimizer):
        assert module.weight.item() == pytest.approx(shares @ weights / shares.sum())
        assert module.weight.item() != pytest.approx(weights[-1])
    assert module.weight.item() == weights[-1]


def test_a_weight_without_gradient_in_a_resumed_run_has_no_average_and_can_still_learn() -> None:
    module = nn.Linear(2, 2)
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.1)
    optimizer.state[module.weight] = {}  # what a checkpoint gives it
    average_weights(optimizer, 0.9, 1)
    module.weight.grad = torch.ones(2, 2)
    optimizer.step()
    average_weights(optimizer, 0.9, 2)
    assert torch.equal(optimizer.state[module.weight]["mean"], module.weight)


def test_the_average_is_what_is_scored_and_saved_and_training_goes_on_from_the_last_weights(
    tmp_path: Path, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    texts = [f"She {verb} Turkey." for verb in ("praised", "condemned", "told", "said")]
    rows = [row(t, pairs=[stance(t, "Turkey", "favor", holder="She")], annotated=False) for t in texts]
    examples = [build_example(r, TextEncoder(tokenizer, config), Counter()) for r in rows]
    weight, scored = model.stance.out.weight, []

    def score(tagger: StanceTagger) -> dict[str, Any]:
        scored.append(weight.detach().clone())
        return {"score": float(len(scored))}

    best = train_model(
        model,
        tokenizer,
        config,
        Material({"few": examples}, {"few": 3}),
        Settings(epochs=1, ema=0.9, batch_tokens=20, head_learning_rate=1e-2),
        score=score,
        out=tmp_path,
        left_out=Counter(),
    )
    saved, last = (load_file(f / "model.safetensors") for f in (best, tmp_path / "checkpoint"))
    torch.testing.assert_close(saved["stance.out.weight"].float(), scored[0], atol=2e-4, rtol=0)
    assert torch.equal(last["stance.out.weight"], weight)
    assert not torch.allclose(scored[0], weight, atol=2e-3)


# Checkpoints

State = dict[str, Any]


def stepped() -> tuple[nn.Linear, torch.optim.AdamW]:
    """A module and its optimizer after two steps; the bias never got a gradient."""
    torch.manual_seed(5)
    module = nn.Linear(4, 3)
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.1)
    for _ in range(2):
        module.weight.grad = torch.randn(3, 4)
        optimizer.step()
    return module, optimizer


def untouched() -> tuple[nn.Linear, torch.optim.AdamW]:
    torch.manual_seed(6)
    module = nn.Linear(4, 3)
    return module, torch.optim.AdamW(module.parameters(), lr=0.1)


def test_a_checkpoint_brings_back_weights_moments_and_state(tmp_path: Path) -> None:
    module, optimizer = stepped()
    save_checkpoint(tmp_path / "checkpoint", module, optimizer, {"epoch": 2, "losses": None})
    other, other_optimizer = untouched()
    assert load_checkpoint(tmp_path / "checkpoint", other, other_optimizer) == {"epoch": 2, "losses": None}
    for m, o in ((module, optimizer), (other, other_optimizer)):
        m.weight.grad = torch.ones(3, 4)
        o.step()  # the same only if the moments and the count of steps are the same
    assert torch.equal(module.weight, other.weight)
    assert torch.equal(module.bias, other.bias)


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "checkpoint", *untouched()) is None


def test_a_newer_checkpoint_replaces_the_older_and_leaves_nothing_else(tmp_path: Path) -> None:
    for epoch in (1, 2):
        save_checkpoint(tmp_path / "checkpoint", *stepped(), {"epoch": epoch})
    assert load_checkpoint(tmp_path / "checkpoint", *untouched()) == {"epoch": 2}
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint"]


def test_a_kill_between_the_renames_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path / "checkpoint", *stepped(), {"epoch": 1})
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if self.name.endswith(".tmp"):
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            save_checkpoint(tmp_path / "checkpoint", *stepped(), {"epoch": 2})
    assert not (tmp_path / "checkpoint").exists()
    assert load_checkpoint(tmp_path / "checkpoint", *untouched()) == {"epoch": 1}


def test_a_kill_while_writing_leaves_the_old_checkpoint(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "checkpoint", *stepped(), {"epoch": 1})
    with pytest.raises(TypeError, match="not JSON serializable"):
        save_checkpoint(tmp_path / "checkpoint", *stepped(), {"epoch": object()})
    assert load_checkpoint(tmp_path / "checkpoint", *untouched()) == {"epoch": 1}


# Recipes


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_the_recipes_of_the_repository_load(path: Path) -> None:
    recipe = Recipe.load(path)
    assert recipe.repeats
    assert set(recipe.dev) <= set(EVALUATIONS)


def test_a_recipe_has_its_values_and_the_defaults(tmp_path: Path) -> None:
    text = 'dev = ["plv"]\nepochs = 2\nema = 0.9\nlayer_decay = 0.8\n[repeats]\nplv = 0.5\n'
    text += "[loss]\nstance_classes = [1, 2, 1]\nrdrop = 0.5\n"
    recipe = Recipe.load(write(tmp_path / "r.toml", text))
    assert (recipe.dev, recipe.epochs, recipe.repeats) == (("plv",), 2, {"plv": 0.5})
    assert (recipe.ema, recipe.layer_decay) == (0.9, 0.8)
    assert recipe.loss == LossWeights(stance_classes=(1, 2, 1), rdrop=0.5)
    assert recipe.patience == Recipe(repeats={}, dev=()).patience


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch = 3\ndev = []\n[repeats]\n", "unknown key epoch; .*epochs"),
        ("[loss]\ntag = 1\n", "unknown key tag; .*tags"),
    ],
)
def test_a_recipe_with_an_unknown_key_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=rf"r\.toml: {said}"):
        Recipe.load(write(tmp_path / "r.toml", text))


# Starting weights


@pytest.fixture(scope="module")
def backbone_folder(tmp_path_factory: pytest.TempPathFactory, config: ModelConfig, tokenizer: Tokenizer) -> Path:
    """What a Hugging Face encoder looks like on disk."""
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(7)
    sizes = {k: config.encoder[k] for k in ("vocab_size", "num_hidden_layers", "num_attention_heads")}
    widths = {k: config.encoder[k] for k in ("hidden_size", "intermediate_size", "max_position_embeddings")}
    BertModel(BertConfig(**sizes, **widths)).save_pretrained(folder)
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    return folder


def test_special_ids_are_those_around_a_text(tokenizer: Tokenizer) -> None:
    assert special_ids(tokenizer) == ((2,), (3,))


def test_a_tokenizer_without_special_tokens_has_none(tokenizer: Tokenizer) -> None:
    settings = json.loads(tokenizer.to_str()) | {"post_processor": None}
    assert special_ids(Tokenizer.from_str(json.dumps(settings))) == ((), ())


def test_the_window_is_no_longer_than_the_encoder_reads(backbone_folder: Path) -> None:
    assert load_backbone(str(backbone_folder), window=512)[2].window == 64
    assert load_backbone(str(backbone_folder), window=40)[2].window == 40


def test_the_configuration_describes_the_encoder(backbone_folder: Path) -> None:
    encoder, _, config = load_backbone(str(backbone_folder), window=40, name="mine")
    assert (config.name, config.prefix_ids, config.suffix_ids) == ("mine", (2,), (3,))
    assert StanceModel(config).encoder.config.num_hidden_layers == encoder.config.num_hidden_layers == 2  # type: ignore[union-attr]


# Whole runs

Run = Callable[[Path], Path]


@pytest.fixture(scope="module")
def run(backbone_folder: Path) -> Run:
    """Two epochs on all fixture corpora; everything but the folder is the same in each run."""
    recipe = Recipe(
        name="tiny",
        encoder=str(backbone_folder),
        repeats={"polnear": 1, "newsmtsc": 1, "dse": 0.5, "plv": 1, "intl-train": 2, "stancelib-json": 1},
        dev=("polnear", "newsmtsc", "dse", "plv"),
        window=40,
        epochs=2,
        batch_tokens=120,
        learning_rate=1e-3,
        layer_decay=0.9,
        ema=0.9,
        loss=LossWeights(rdrop=1.0),
    )
    return lambda out: train(recipe, data=FIXTURES, out=out)


@pytest.fixture(scope="module")
def finished(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing interrupted."""
    out = tmp_path_factory.mktemp("finished")
    run(out)
    return out


def metrics(out: Path) -> list[dict[str, Any]]:
    """The lines of metrics.jsonl without the clock, and without what a resumed run cannot know."""
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{k: v for k, v in line.items() if k not in ("minutes", "left_out")} for line in lines]


def test_a_run_leaves_a_model_that_predicts(finished: Path) -> None:
    tagger = StanceTagger.from_pretrained(finished / "best", device="cpu")
    assert tagger.config.title == "tiny 0"
    assert tagger.sentiment("She praised Turkey.", "Turkey").label in tagger.config.sentiment_labels


def test_a_run_logs_every_epoch_with_its_losses_and_scores(finished: Path) -> None:
    lines = metrics(finished)
    assert [line["epoch"] for line in lines] == [1, 2]
    for line in lines:
        assert {"loss_tags", "loss_links", "loss_stance", "loss_sentiment"} <= set(line)
        assert {"polnear", "newsmtsc", "dse", "plv"} <= set(line)
        assert 0 <= line["score"] <= 1


def test_a_run_says_what_the_readers_left_out(finished: Path) -> None:
    first = json.loads((finished / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["left_out"]["newsmtsc: malformed line"] == 2
    assert first["left_out"]["intl-train: place-only mention"] == 1


def test_the_seed_of_the_command_line_is_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text('seed = 3\ndev = ["plv"]\n[repeats]\nplv = 1\n', encoding="utf-8")
    asked = []
    monkeypatch.setattr("training.train.train", lambda recipe, **_: asked.append(recipe.seed))
    options = ["train", "--recipe", str(tmp_path / "mine.toml"), "--data", "d", "--out", "o"]
    for given in ([], ["--seed", "0"]):
        monkeypatch.setattr(sys, "argv", [*options, *given])
        training.train.main()
    assert asked == [3, 0]


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 1, 39), (1.0, 40, 40)])
def test_a_share_of_the_texts_is_read_in_british_spelling(
    share: float, least: int, most: int, text_encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row("She praised the labor of Turkey.") | {"id": f"{n}"} for n in range(40)]
    monkeypatch.setattr("training.train.read", lambda *_: Corpus.of("some", "train", rows, Counter()))
    found = [load_examples("some", FIXTURES, text_encoder, Counter(), share) for _ in range(2)]
    texts, again = ([example.encoded.words.text for example in examples] for examples in found)
    assert texts == again
    assert least <= texts.count("She praised the labour of Turkey.") <= most


def test_a_run_keeps_its_recipe(finished: Path) -> None:
    assert json.loads((finished / "recipe.json").read_text(encoding="utf-8"))["epochs"] == 2


def test_neighbouring_windows_of_a_short_encoder_move_on(backbone_folder: Path) -> None:
    _, tokenizer, config = load_backbone(str(backbone_folder), window=20)
    encoder = TextEncoder(tokenizer, config)
    windows = encoder.windows(encoder.encode("plan " * 50))
    assert windows[-1].words[1] == 50
    assert len(windows) < 10


def test_a_run_can_go_on_from_a_trained_model(finished: Path) -> None:
    recipe = Recipe(name="second", start=str(finished / "best"), repeats={"plv": 1}, dev=("plv",))
    model, _, config = starting_model(recipe)
    trained = load_file(finished / "best" / "model.safetensors")
    assert config.title == "second 0"
    assert config.prefix_ids == ModelConfig.load(finished / "best" / "config.json").prefix_ids
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, trained[name].float())


@pytest.mark.parametrize("dev", [(), ("plv", "nowhere"), ("stancelib-json",)])
def test_a_recipe_whose_dev_cannot_be_scored_is_refused_at_once(dev: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="choose from polnear"):
        train(Recipe(repeats={"plv": 1}, dev=dev), data=FIXTURES, out=tmp_path)


def test_a_folder_of_another_recipes_run_is_refused(finished: Path) -> None:
    with pytest.raises(ValueError, match="another recipe"):
        train(Recipe(repeats={"plv": 1}, dev=("plv",)), data=FIXTURES, out=finished)


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_run_killed_while_scored_ends_as_if_it_had_not_been(
    run: Run, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: int
) -> None:
    scored = []

    def killed(*args: Any, **options: Any) -> dict[str, Any]:
        scored.append(1)
        if len(scored) == epoch:
            raise KeyboardInterrupt
        return dev_report(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(training.train, "dev_report", killed)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path)
    assert len(metrics(tmp_path) if epoch > 1 else []) == epoch - 1
    run(tmp_path)
    assert metrics(tmp_path) == metrics(finished)
    for file in ("best/model.safetensors", "checkpoint/model.safetensors", "checkpoint/optimizer.safetensors"):
        ours, theirs = load_file(tmp_path / file), load_file(finished / file)
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[k], theirs[k]) for k in ours), file


# Averages


def _saved(path: Path, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig, add: float) -> Path:
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(add)
    save_model(path, model, tokenizer, config)
    return path


def test_an_average_lies_between_its_models(
    tmp_path: Path, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    low = _saved(tmp_path / "low", model, tokenizer, config, 0.0)
    middle = {name: weight + 0.5 for name, weight in load_model(low)[0].state_dict().items()}
    high = _saved(tmp_path / "high", model, tokenizer, config, 1.0)
    average([low, high], tmp_path / "soup", version="9")
    found, _, settings = load_model(tmp_path / "soup")
    assert settings.version == "9"
    for name, weight in found.state_dict().items():
        torch.testing.assert_close(weight, middle[name], atol=2e-3, rtol=0)
    average([low, high], tmp_path / "heavy", weights=[0, 1])
    ours, theirs = load_model(tmp_path / "heavy")[0].state_dict(), load_model(high)[0].state_dict()
    assert all(torch.equal(weight, theirs[name]) for name, weight in ours.items())


def test_models_of_other_shapes_cannot_be_averaged(
    tmp_path: Path, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    one = _saved(tmp_path / "one", model, tokenizer, config, 0.0)
    wider = replace(config, link_size=8)
    other = _saved(tmp_path / "other", StanceModel(wider), tokenizer, wider, 0.0)
    with pytest.raises(ValueError, match="another architecture"):
        average([one, other], tmp_path / "soup")
    with pytest.raises(ValueError, match="1 models, 1 weights: give two"):
        average([one], tmp_path / "soup")
    with pytest.raises(ValueError, match="2 models, 1 weights"):
        average([one, one], tmp_path / "soup", weights=[1])
