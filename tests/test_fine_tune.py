"""The whole cycle on one's own labels, with a tiny encoder: check, train, kill, resume, evaluate."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from typer.testing import CliRunner

from stancelib.cli import app
from stancelib.config import ModelConfig
from stancelib.encoding import TextEncoder
from stancelib.errors import InvalidInputError, StancelibError
from stancelib.evaluation.labelled import score_rows
from stancelib.modeling import BEGIN, StanceModel, zeros
from stancelib.name_kinds import PERSON
from stancelib.tagger import StanceTagger
from stancelib.tuning import fine_tune as module
from stancelib.tuning.check import check_labels
from stancelib.tuning.fine_tune import FineTuned, add_adapters, answering, fine_tune, label_sets, split
from stancelib.tuning.labels import read_labels
from stancelib.tuning.loop import share_of
from stancelib.tuning.targets import IGNORED

VERBS = {"support": "praised", "none": "told", "oppose": "condemned"}
ACTORS = ("Turkey", "Qatar", "Russia", "Kenya")
TAILS = ("the plan", "the raid", "the talks", "a plan", "a raid")


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty rows of three labels that the verb decides."""
    path = tmp_path_factory.mktemp("labels") / "labels.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "speaker", "actor", "label"])
        for label, verb in VERBS.items():
            for actor in ACTORS:
                table.writerows([f"she {verb} {actor}, {tail}", "she", actor, label] for tail in TAILS)
    return path


@pytest.fixture
def start(tmp_path: Path, tagger: StanceTagger) -> Path:
    tagger.save_pretrained(tmp_path / "start")
    return tmp_path / "start"


@pytest.fixture
def tune(labels: Path, start: Path, tmp_path: Path) -> Callable[..., FineTuned]:
    def run(name: str = "mine", **options: Any) -> FineTuned:
        settings: dict[str, Any] = {
            "start": start,
            "epochs": 12,
            "learning_rate": 3e-3,
            "batch_tokens": 80,
        } | options
        return fine_tune(labels, tmp_path / name, **settings)

    return run


def test_own_labels_are_learnt_and_the_model_is_ready_for_use(tune: Callable[..., FineTuned]) -> None:
    result = tune()
    assert result.after["stance"].figures["macro_f1"] > 0.9
    tagger = StanceTagger.from_pretrained(result.folder)
    assert tagger.config.title == "mine 0"
    assert tagger.config.stance_labels == ("support", "none", "oppose")
    found = tagger.stance("she condemned Kenya, the plan", "she", "Kenya")
    assert found.label == "oppose"
    assert set(found.probabilities) == set(VERBS)
    assert {p.name for p in result.folder.iterdir()} == {
        *("config.json", "model.safetensors", "tokenizer.json", "README.md", "metrics.json")
    }
    assert not result.folder.with_name("mine.run").exists()


def test_the_model_before_answers_by_the_new_names(tune: Callable[..., FineTuned]) -> None:
    result = tune(epochs=1)
    assert result.before is not None
    assert {j.label for j in result.before["stance"].judgements} <= set(VERBS)  # type: ignore[union-attr]


def test_the_calibration_is_fitted_anew_for_what_was_learnt_alone(
    tune: Callable[..., FineTuned], start: Path
) -> None:
    path = start / "config.json"
    path.write_text(
        json.dumps(json.loads(path.read_text()) | {"temperatures": {"stance_pair": 4.9, "sentiment": 2.5}})
    )
    found = ModelConfig.load(tune().folder / "config.json").temperatures
    assert found["sentiment"] == 2.5
    assert found["stance_pair"] != 4.9


def test_stances_in_statements_have_a_calibration_of_their_own(labels: Path, start: Path, tmp_path: Path) -> None:
    def record(text: str, actor: str, label: str) -> dict[str, object]:
        begin, end = text.index(actor), text.index(actor) + len(actor)
        stance = {"mentions": [{"start": begin, "end": end}], "label": label}
        return {"text": text, "statements": [{"content": [{"start": 4, "end": end}], "stances": [stance]}]}

    bias(start, stance_pair=[0, 2, 0], stance=[0, 1, 0])
    usual = {"support": "favor", "none": "neutral", "oppose": "against"}
    with labels.open(newline="") as table:
        rows = [record(r["text"], r["actor"], usual[r["label"]]) for r in csv.DictReader(table)]
    (tmp_path / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    folder = fine_tune(tmp_path / "own.jsonl", tmp_path / "other", start=start, epochs=1).folder
    config = ModelConfig.load(folder / "config.json")
    assert set(config.temperatures) == {"stance"}
    assert config.biases == {"stance_pair": [0, 2, 0]}
    assert "| cue_linked | right | | nothing to judge | |" in (folder / "README.md").read_text()


def test_biases_for_labels_that_are_gone_are_dropped(tune: Callable[..., FineTuned], start: Path) -> None:
    bias(start, stance=[0, 2, 0], sentiment=[0, 1, 0])
    assert ModelConfig.load(tune(epochs=1).folder / "config.json").biases == {"sentiment": [0, 1, 0]}


def test_biases_of_what_is_learnt_choose_no_epoch_and_are_dropped(
    labels: Path, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = {"support": "favor", "none": "neutral", "oppose": "against"}
    bias(start, stance_pair=[0, 2, 0], stance=[0, 1, 0])
    scored: list[ModelConfig] = []

    def noted(tagger: StanceTagger, *others: Any) -> Any:
        scored.append(tagger.config)
        return score_rows(tagger, *others)

    monkeypatch.setattr(module, "score_rows", noted)
    text = labels.read_text()
    for own, label in usual.items():
        text = text.replace(f",{own}\n", f",{label}\n")
    (tmp_path / "usual.csv").write_text(text)
    found = fine_tune(tmp_path / "usual.csv", tmp_path / "other", start=start, epochs=1)
    assert [list(config.biases) for config in scored] == [["stance"]]
    assert ModelConfig.load(found.folder / "config.json").biases == {"stance": [0, 1, 0]}


def test_a_head_that_only_dev_has_labels_for_keeps_its_calibration(labels: Path, start: Path) -> None:
    bias(start, stance_pair=[0, 2, 0])
    usual = {"support": "favor", "none": "neutral", "oppose": "against"}
    rows = [
        {**row, "pairs": [{**pair, "label": usual[pair["label"]]} for pair in row["pairs"]]}
        for row in read_labels(labels).rows
    ]
    before = ModelConfig.load(start / "config.json")
    module._calibrate(start, rows)
    assert ModelConfig.load(start / "config.json") == before


def bias(folder: Path, **biases: list[float]) -> None:
    """Give the model of a folder biases."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"biases": biases}))


def test_a_killed_run_ends_as_one_without_a_break(
    tune: Callable[..., FineTuned], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tune("whole", epochs=4)
    scored: list[int] = []
    evaluate = score_rows

    def killed(*args: Any) -> Any:
        scored.append(1)
        if len(scored) == 3:
            raise KeyboardInterrupt
        return evaluate(*args)

    monkeypatch.setattr(module, "score_rows", killed)
    with pytest.raises(KeyboardInterrupt):
        tune("broken", epochs=4)
    assert not (whole.folder.parent / "broken").exists()
    again = tune("broken", epochs=4)
    assert (again.folder / "model.safetensors").read_bytes() == (whole.folder / "model.safetensors").read_bytes()
    assert again.after["stance"].figures == whole.after["stance"].figures


def test_an_interrupted_run_of_other_options_is_refused(
    tune: Callable[..., FineTuned], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "train_model", killed)
        with pytest.raises(KeyboardInterrupt):
            tune()
    with pytest.raises(InvalidInputError, match=r"mine\.run holds an interrupted run of other labels or options"):
        tune(epochs=3)


def test_a_finished_model_is_not_written_over(tune: Callable[..., FineTuned], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(InvalidInputError, match="is there already"):
        tune()


def test_labels_with_faults_are_refused(tmp_path: Path, start: Path) -> None:
    (tmp_path / "bad.csv").write_text("text,target,label\nx,Kenya,positive\n")
    with pytest.raises(
        InvalidInputError, match=r"faults in the labels; `stancelib check` shows all:\n.*not in the text"
    ):
        fine_tune(tmp_path / "bad.csv", tmp_path / "mine", start=start)


def test_model_and_encoder_contradict_each_other(tune: Callable[..., FineTuned]) -> None:
    with pytest.raises(InvalidInputError, match="both start and encoder"):
        tune(encoder="any")


def test_any_encoder_can_be_the_beginning(
    labels: Path, tmp_path: Path, config: ModelConfig, tokenizer: Tokenizer
) -> None:
    sizes = {
        k: config.encoder[k] for k in ("vocab_size", "num_hidden_layers", "num_attention_heads", "hidden_size")
    }
    torch.manual_seed(7)
    BertModel(BertConfig(**sizes, intermediate_size=64, max_position_embeddings=64)).save_pretrained(
        tmp_path / "enc"
    )
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(tmp_path / "enc")
    result = fine_tune(labels, tmp_path / "mine", encoder=str(tmp_path / "enc"), epochs=2)
    assert result.before is None
    assert StanceTagger.from_pretrained(result.folder).config.stance_labels == ("support", "none", "oppose")


def test_an_encoder_that_is_not_there(labels: Path, tmp_path: Path) -> None:
    with pytest.raises(StancelibError, match=r"encoder '.*none' cannot be loaded"):
        fine_tune(labels, tmp_path / "mine", encoder=str(tmp_path / "none"))


def test_adapters_are_trained_and_merged(tune: Callable[..., FineTuned], start: Path) -> None:
    pytest.importorskip("peft")
    before = StanceTagger.from_pretrained(start).engine.model.state_dict()
    result = tune(lora=True, epochs=3)
    after = StanceTagger.from_pretrained(result.folder).engine.model.state_dict()
    assert after.keys() == before.keys()
    name = "encoder.encoder.layer.0.attention.self.query.weight"
    assert not torch.allclose(after[name], before[name])
    embedding = "encoder.embeddings.word_embeddings.weight"
    torch.testing.assert_close(after[embedding], before[embedding])


def test_of_the_encoder_only_the_adapters_learn(model: StanceModel) -> None:
    pytest.importorskip("peft")
    add_adapters(model)
    learning = {n for n, p in model.named_parameters() if p.requires_grad and n.startswith("encoder.")}
    assert learning
    assert all("lora_" in name for name in learning)


def test_where_nobody_marked_statements_those_that_the_model_finds_stand_in(
    labels: Path, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    rows = read_labels(labels).rows[:3]
    encoder = TextEncoder(tokenizer, replace(config, stance_labels=tuple(VERBS)))
    with torch.no_grad():
        model.tags.bias.view(3, 3)[:, 1] += 9  # it begins a span at every word
    known, _ = module._examples(rows, encoder, (model, tokenizer, config))
    assert all((example.tags == BEGIN).all() for example in known)
    unknown, _ = module._examples(rows, encoder, None)
    assert all((example.tags == IGNORED).all() for example in unknown)


def test_what_the_model_takes_names_for_stands_in_everywhere(
    labels: Path, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig
) -> None:
    rows = [{**row, "annotated": annotated} for row in read_labels(labels).rows[:2] for annotated in (True, False)]
    encoder = TextEncoder(tokenizer, replace(config, stance_labels=tuple(VERBS)))
    with torch.no_grad():
        model.names.bias[PERSON] += 9  # it takes every word for a person's name
    known, _ = module._examples(rows, encoder, (model, tokenizer, config))
    assert all((example.names == PERSON).all() for example in known)
    unknown, _ = module._examples(rows, encoder, None)
    assert all((example.names == IGNORED).all() for example in unknown)


def test_logs_for_tensorboard(tune: Callable[..., FineTuned], tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    tune(epochs=1, tensorboard=tmp_path / "logs")
    assert any(p.name.startswith("events.out.tfevents") for p in (tmp_path / "logs").iterdir())


# Parts


def test_the_split_keeps_texts_apart_and_labels_alike(labels: Path) -> None:
    train, dev = split(check_labels(labels).files, 13)
    assert not {r["text"] for r in train} & {r["text"] for r in dev}
    assert [sum(r["pairs"][0]["label"] == label for r in dev) for label in VERBS] == [4, 4, 4]


def test_too_few_texts_to_split(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("text,target,label\nKenya,Kenya,positive\nQatar,Qatar,negative\n")
    with pytest.raises(InvalidInputError, match="has 2 texts: 10 or more"):
        split(check_labels(tmp_path / "few.csv").files, 13)


def test_a_new_label_starts_from_one_of_like_meaning() -> None:
    old = nn.Linear(4, 3)
    labels = ("oppose", "support", "whatever")
    new = module._relabelled(old, ("favor", "neutral", "against"), labels, zeros(4, 3))
    assert torch.equal(new.weight[0], old.weight[2])
    assert torch.equal(new.weight[1], old.weight[0])
    assert not new.weight[2].any()


def test_the_models_labels_stay_where_they_hold_those_of_the_file(tmp_path: Path, config: ModelConfig) -> None:
    (tmp_path / "a.csv").write_text("text,speaker,actor,label\nhe praised Kenya,he,Kenya,favor\n")
    assert label_sets(read_labels(tmp_path / "a.csv"), (), config)[0] == config.stance_labels
    assert label_sets(read_labels(tmp_path / "a.csv"), ("favor", "other"), config)[0] == ("favor", "other")


def test_one_label_cannot_be_learnt(tmp_path: Path, config: ModelConfig) -> None:
    (tmp_path / "a.csv").write_text("text,speaker,actor,label\nhe praised Kenya,he,Kenya,yes\n")
    with pytest.raises(InvalidInputError, match="one label of stance, 'yes'"):
        label_sets(read_labels(tmp_path / "a.csv"), (), config)


def test_a_model_answers_by_other_names_or_says_that_it_cannot(config: ModelConfig) -> None:
    assert answering(config, ["oppose", "support"], []).stance_labels == ("support", "neutral", "oppose")
    with pytest.raises(
        InvalidInputError, match="gives the labels favor, neutral, against, and not those asked for"
    ):
        answering(config, ["yes", "no"], [])


def test_several_processes_share_the_steps_evenly() -> None:
    steps: list[Any] = [[i, i] for i in range(7)] + [[i] for i in range(3)]
    shares = [share_of(steps, process, 2) for process in range(2)]
    assert [[len(step) for step in share] for share in shares] == [[2, 2, 2, 1]] * 2
    assert not {id(s) for s in shares[0]} & {id(s) for s in shares[1]}
    assert share_of(steps, 0, 1) == steps


def test_two_processes_train_one_model(labels: Path, start: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "accelerate.commands.launch",
        "--cpu",
        "--num_processes",
        "2",
        "--num_machines",
        "1",
    ]
    command += ["--mixed_precision", "no", "--dynamo_backend", "no", "-m", "stancelib", "train", str(labels)]
    command += ["-o", str(tmp_path / "mine"), "--from", str(start), "--epochs", "2", "--batch-tokens", "80"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert StanceTagger.from_pretrained(tmp_path / "mine").config.stance_labels == ("support", "none", "oppose")
    assert done.stdout.count("model: ") == 1


# Command line


def test_the_commands_check_train_and_evaluate(labels: Path, start: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(app, ["check", str(labels)]).exit_code == 0
    out = str(tmp_path / "mine")
    trained = run(
        app, ["train", str(labels), "-o", out, "--from", str(start), "--epochs", "12", "--learning-rate", "3e-3"]
    )
    assert trained.exit_code == 0, trained.output
    assert f"model: {out}" in trained.output.replace("\n", "")
    scored = run(
        app, ["evaluate", str(labels), "--model", out, "--against", str(start), "--report", str(tmp_path / "r")]
    )
    assert scored.exit_code == 0, scored.output
    assert "macro-f1" in scored.output
    assert {p.name for p in (tmp_path / "r").iterdir()} == {
        *("report.md", "report.json", "reliability.png", "confusion.png")
    }


def test_check_exits_with_1_for_faults(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("text,target,label\nx,Kenya,positive\n")
    result = CliRunner().invoke(app, ["check", str(tmp_path / "bad.csv")])
    assert result.exit_code == 1
    assert "line 2, target: Kenya: not in the text" in result.output


def test_evaluate_refuses_labels_with_faults(tmp_path: Path, start: Path) -> None:
    (tmp_path / "bad.csv").write_text("text,target,label\nx,Kenya,positive\n")
    result = CliRunner().invoke(app, ["evaluate", str(tmp_path / "bad.csv"), "--model", str(start)])
    assert (result.exit_code, "2 faults" in result.output) == (2, True)
