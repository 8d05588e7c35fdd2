"""Fine-tuning on one's own labels: from a trained model, or from any encoder."""

from __future__ import annotations

import copy
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import PartialState
from tokenizers import Tokenizer
from torch import nn

from stancelib.calibration import softmax
from stancelib.config import HEADS, ModelConfig
from stancelib.encoding import TextEncoder
from stancelib.errors import InvalidInputError, StancelibError
from stancelib.evaluation.labelled import Tasks, evaluate_rows, judge_pairs, score_rows
from stancelib.evaluation.report import figures
from stancelib.folder import CONFIG, find_folder, load_model
from stancelib.label_names import like, rank
from stancelib.modeling import StanceModel, zeros
from stancelib.predict import default_folder
from stancelib.reading import read_texts
from stancelib.tagger import StanceTagger
from stancelib.tuning.backbone import load_backbone
from stancelib.tuning.card import to_card
from stancelib.tuning.check import check_labels
from stancelib.tuning.fit import fit_temperature
from stancelib.tuning.labels import LabelFile, Row
from stancelib.tuning.loop import Material, Settings, train_model
from stancelib.tuning.objective import LossWeights
from stancelib.tuning.targets import Example, build_example
from stancelib.types import SENTIMENT_LABELS, STANCE_LABELS
from stancelib.viterbi import best_tags

MAIN_TASKS = ("statements", "stance", "sentiment")  # whose main figures make the score
FEWEST_TEXTS = 10
DEV_PARTS = 5  # where no dev file is given, one part of five is dev
STEPS = 30  # least steps of an epoch: small data gets small batches
FEW = 1000  # labels under which an epoch is short, and there are more of them


@dataclass(frozen=True)
class FineTuned:
    """A finished fine-tuning: the model's folder, and what the starting and the tuned model answer on dev.

    ``before`` is None where there is nothing to compare: a bare encoder, or labels that the first model has not.
    """

    folder: Path
    before: Tasks | None
    after: Tasks
    warnings: tuple[str, ...]


def fine_tune(
    train: str | Path,
    out: str | Path,
    *,
    dev: str | Path | None = None,
    start: str | Path | None = None,
    encoder: str | None = None,
    labels: Sequence[str] = (),
    epochs: int | None = None,
    learning_rate: float | None = None,
    batch_tokens: int | None = None,
    lora: bool = False,
    seed: int = 13,
    tensorboard: str | Path | None = None,
) -> FineTuned:
    """Train on the labels of file ``train`` and write a model to the folder ``out``.

    ``start`` is the trained model to go on from, a folder or Hub id, by default the one that comes with stancelib;
    ``encoder`` instead is any Hugging Face encoder, whose heads are new. ``dev`` is a file of labels to choose the
    epoch and to fit the calibration by; without it, a fifth of the texts is kept for that. ``labels`` fixes the
    labels of stance and their order. What is not given follows from the size of the data. ``lora`` trains low-rank
    adapters of the encoder (Hu et al. 2022) and merges them in the end; ``tensorboard`` is a folder for its logs.
    Until it is finished, all lies in OUT.run: after a kill, the same call goes on from there.

    Raises InvalidInputError for labels with faults, for an ``out`` that is there already, for an interrupted run
    of other data or options, and for options that contradict each other.
    """
    folder = Path(out)
    if start is not None and encoder is not None:
        raise InvalidInputError("both start and encoder are given: go on from a model, or begin from an encoder")
    if folder.exists():
        raise InvalidInputError(f"{folder} is there already: name another folder, or remove it")
    check = check_labels(train, dev, labels=labels)
    if check.faults:
        shown = "\n".join(check.faults[:5])
        raise InvalidInputError(f"{len(check.faults)} faults in the labels; `stancelib check` shows all:\n{shown}")
    file = check.files[0]
    rows, dev_rows = split(check.files, seed)
    torch.manual_seed(seed)
    origin = str(encoder or start or default_folder())
    known = None if encoder else load_model(find_folder(start or default_folder()))
    model, tokenizer, config = _beginning(known, encoder, file, labels, folder.name)
    examples, left_out = _examples(rows, TextEncoder(tokenizer, config), known)
    settings = _settings(examples, file, config, fresh=known is None, seed=seed)
    settings = replace(
        settings,
        epochs=epochs or settings.epochs,
        learning_rate=learning_rate or settings.learning_rate,
        batch_tokens=batch_tokens or settings.batch_tokens,
    )
    run = folder.with_name(folder.name + ".run")
    _begin(run, {"settings": asdict(settings), "from": origin, "rows": _digest(rows, dev_rows), "lora": lora})
    best = train_model(
        model,
        tokenizer,
        config,
        Material({"labels": examples}, {"labels": 1}),
        settings,
        score=lambda tagger: _score(score_rows(tagger, dev_rows)),
        out=run,
        left_out=left_out,
        merged=add_adapters(model) if lora else None,
        tensorboard=Path(tensorboard) if tensorboard else None,
    )
    if not PartialState().is_main_process:  # under `accelerate launch`, the first process does the rest
        return FineTuned(folder, None, {}, check.warnings)
    _calibrate(best, dev_rows)
    after = evaluate_rows(StanceTagger.from_pretrained(best), dev_rows)
    result = FineTuned(folder, _before(known, config, dev_rows), after, check.warnings)
    card = to_card(
        config, result.before, after, origin=origin, counts=(len(rows), len(dev_rows)), settings=settings
    )
    (best / "README.md").write_text(card, encoding="utf-8")
    (best / "metrics.json").write_text(json.dumps(figures({"dev": after}), indent=1) + "\n", encoding="utf-8")
    best.rename(folder)
    shutil.rmtree(run)
    return result


def split(files: Sequence[LabelFile], seed: int) -> tuple[list[Row], list[Row]]:
    """Rows for training and for dev: those of the two files, or a fifth of the texts, with all labels alike."""
    if len(files) == 2:
        return files[0].rows, files[1].rows
    from sklearn.model_selection import StratifiedGroupKFold

    rows = files[0].rows
    texts = [row["text"] for row in rows]
    if len(set(texts)) < FEWEST_TEXTS:
        raise InvalidInputError(
            f"{files[0].path} has {len(set(texts))} texts: {FEWEST_TEXTS} or more are needed, or a dev file"
        )
    labels = [row["pairs"][0]["label"] if row["pairs"] else "" for row in rows]
    folds = StratifiedGroupKFold(DEV_PARTS, shuffle=True, random_state=seed)
    train, dev = next(folds.split(rows, labels, texts))
    return [rows[i] for i in train], [rows[i] for i in dev]


Known = tuple[StanceModel, Tokenizer, ModelConfig]


def _beginning(
    known: Known | None, encoder: str | None, file: LabelFile, labels: Sequence[str], name: str
) -> Known:
    """The model to train: a copy of the known one with a head for the file's labels, or one on a bare encoder."""
    stances, sentiments = label_sets(file, labels, known[2] if known else None)
    if known is None:
        assert encoder is not None
        try:
            backbone, tokenizer, config = load_backbone(encoder, window=256, name=name)
        except (OSError, ValueError, ImportError) as error:
            raise StancelibError(f"encoder {encoder!r} cannot be loaded: {str(error).splitlines()[0]}") from error
        config = replace(config, stance_labels=stances, sentiment_labels=sentiments)
        return StanceModel(config, encoder=backbone), tokenizer, config
    model, tokenizer, config = known
    model = copy.deepcopy(model)
    if stances != config.stance_labels:
        fresh = nn.Linear(config.hidden_size, len(stances))
        model.stance.out = _relabelled(model.stance.out, config.stance_labels, stances, fresh)
        model.stance.bare_out = _relabelled(
            model.stance.bare_out, config.stance_labels, stances, zeros(config.hidden_size, len(stances))
        )
    if sentiments != config.sentiment_labels:
        fresh = nn.Linear(config.hidden_size, len(sentiments))
        model.sentiment[-1] = _relabelled(model.sentiment[-1], config.sentiment_labels, sentiments, fresh)
    begun = replace(config, name=name, version="0", stance_labels=stances, sentiment_labels=sentiments, biases={})
    # Those of what will be learnt were fitted on other data, and would choose the epoch.
    learnt = {_head(pair) for row in file.rows for pair in row["pairs"]}
    kept = {h: b for h, b in config.biases.items() if h not in learnt and begun.labels(h) == config.labels(h)}
    return model, tokenizer, replace(begun, biases=kept)


def label_sets(
    file: LabelFile, labels: Sequence[str], config: ModelConfig | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of stance and sentiment of the new model: those it has if they hold the file's, else the file's."""
    found = []
    for task, usual in (("stance", STANCE_LABELS), ("sentiment", SENTIMENT_LABELS)):
        had = getattr(config, f"{task}_labels") if config else usual
        seen = set(file.labels(task))
        chosen = tuple(labels) if labels and seen else had
        if not seen <= set(chosen):
            chosen = tuple(sorted(seen, key=rank))
        if len(chosen) < 2:
            raise InvalidInputError(f"{file.path} has one label of {task}, {chosen[0]!r}: two or more are needed")
        found.append(chosen)
    return found[0], found[1]


def _relabelled(layer: Any, old: Sequence[str], new: Sequence[str], fresh: nn.Linear) -> nn.Linear:
    """The ``fresh`` last layer for ``new`` labels; those that mean the same as an ``old`` one get its weights."""
    with torch.no_grad():
        for i, label in enumerate(new):
            if (same := like(label, old)) is not None:
                fresh.weight[i] = layer.weight[old.index(same)]
                fresh.bias[i] = layer.bias[old.index(same)]
    return fresh


def _examples(
    rows: Sequence[Row], encoder: TextEncoder, known: Known | None
) -> tuple[list[Example], Counter[str]]:
    """The rows as the model sees them.

    Where nobody marked the statements, those that the known model finds stand in, and everywhere what it takes
    names for: it shall not forget these while it learns something else (learning without forgetting, Li and Hoiem
    2016).
    """
    left_out: Counter[str] = Counter()
    examples = [build_example(row, encoder, left_out) for row in rows]
    if known is None:
        return examples, left_out
    tagger = StanceTagger(*known)
    transitions = np.array(tagger.config.transitions, np.float32).reshape(3, 3, 3)
    reads = read_texts([e.encoded for e in examples], tagger.encoder, tagger.engine)
    found = best_tags([softmax(read.tags) for read in reads], transitions)
    kept = []
    for row, example, read, tags in zip(rows, examples, reads, found, strict=True):
        names = tagger.engine.names(read.states).argmax(axis=1)
        kept.append(replace(example, tags=example.tags if row["annotated"] else tags, names=names))
    return kept, left_out


def _settings(
    examples: Sequence[Example], file: LabelFile, config: ModelConfig, *, fresh: bool, seed: int
) -> Settings:
    """What usually does well with so much data. Tried on dev data: see training/EXPERIMENTS.md."""
    tokens = sum(len(e.encoded.token_ids) for e in examples)
    few = sum(len(e.pairs) + len(e.links) for e in examples) < FEW
    return Settings(
        epochs=(12 if few else 6) if fresh else (8 if few else 4),
        batch_tokens=min(2048, max(256, tokens // STEPS)),
        learning_rate=1e-4 if fresh else 5e-5,
        head_learning_rate=5e-4 if fresh else 2e-4,
        seed=seed,
        loss=LossWeights(
            tags=3.0 if "statements" in file.tasks else 1.0,
            stance=2.0,
            sentiment=2.0,
            label_smoothing=0.05,
            stance_classes=_class_weights(file.labels("stance"), config.stance_labels),
            sentiment_classes=_class_weights(file.labels("sentiment"), config.sentiment_labels),
        ),
    )


def _class_weights(counts: Mapping[str, int], labels: Sequence[str]) -> tuple[float, ...]:
    """The square root of how much rarer a label is than the mean; empty where there are none."""
    if not counts:
        return ()
    mean = sum(counts.values()) / len(labels)
    return tuple(round((mean / max(1, counts.get(label, 0))) ** 0.5, 3) for label in labels)


def add_adapters(model: StanceModel) -> Callable[[StanceModel], StanceModel]:
    """Put low-rank adapters into the encoder, which alone are trained of it; returns what merges a copy."""
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise StancelibError("lora needs peft: pip install 'stancelib[train]'") from error
    settings = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear")
    model.encoder = get_peft_model(model.encoder, settings)

    def merged(adapted: StanceModel) -> StanceModel:
        whole = copy.deepcopy(adapted)
        whole.encoder = whole.encoder.merge_and_unload()  # type: ignore[operator]
        return whole

    return merged


def _digest(*rows: Sequence[Row]) -> str:
    return sha256(json.dumps(rows).encode()).hexdigest()


def _begin(run: Path, plan: Mapping[str, Any]) -> None:
    """Note what is run, or compare it with what the interrupted run was."""
    file, text = run / "run.json", json.dumps(plan, indent=1, default=str)
    if file.exists() and file.read_text(encoding="utf-8") != text:
        raise InvalidInputError(
            f"{run} holds an interrupted run of other labels or options: run it as before to go on, "
            "or remove that folder"
        )
    run.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _score(tasks: Tasks) -> dict[str, Any]:
    mains = {name: tasks[name].figures[tasks[name].MAIN] for name in MAIN_TASKS if name in tasks}
    return {"score": float(np.mean(list(mains.values()))), **mains}


def _calibrate(folder: Path, rows: Sequence[Row]) -> None:
    """Fit the temperatures of the heads that ``rows`` has labels for, and write them into the model's folder."""
    model, tokenizer, config = load_model(folder)
    tagger = StanceTagger(model, tokenizer, replace(config, temperatures={}))
    fitted = dict(config.temperatures)
    for head in set(HEADS) - set(config.biases):  # one with a bias was not learnt, and keeps its calibration
        asked = [{**row, "pairs": [p for p in row["pairs"] if _head(p) == head]} for row in rows]
        if judged := [j for found in judge_pairs(tagger, asked).values() for j in found]:
            fitted[head] = fit_temperature([(j.gold, j.probabilities) for j in judged])
    replace(config, temperatures=fitted).save(folder / CONFIG)


def _head(pair: Mapping[str, Any]) -> str:
    """The head that judges a pair."""
    return "stance_pair" if pair["task"] == "stance" and not pair["content"] else str(pair["task"])


def _before(known: Known | None, config: ModelConfig, rows: Sequence[Row]) -> Tasks | None:
    """What the starting model answers, if it has the labels, or others that mean the same."""
    if known is None:
        return None
    model, tokenizer, had = known
    try:
        named = answering(had, config.stance_labels, config.sentiment_labels)
    except InvalidInputError:
        return None
    return evaluate_rows(StanceTagger(model, tokenizer, named), rows)


def evaluate_file(model: str | Path, file: LabelFile) -> Tasks:
    """What a model answers on a file of labels; its own labels may have other names of the same meaning."""
    loaded, tokenizer, config = load_model(find_folder(model))
    named = answering(config, list(file.labels("stance")), list(file.labels("sentiment")))
    return evaluate_rows(StanceTagger(loaded, tokenizer, named), file.rows)


def answering(config: ModelConfig, stances: Sequence[str], sentiments: Sequence[str]) -> ModelConfig:
    """The configuration of a model that calls its labels by the names of others that mean the same.

    Raises InvalidInputError for a label that the model has not, under no name.
    """
    named = []
    for had, wanted in ((config.stance_labels, stances), (config.sentiment_labels, sentiments)):
        meant = {like(label, had): label for label in wanted}
        if None in meant or len(meant) < len(wanted):
            raise InvalidInputError(
                f"{config.title} gives the labels {', '.join(had)}, and not those asked for: {', '.join(wanted)}"
            )
        named.append(tuple(meant.get(label, label) for label in had))
    return replace(config, stance_labels=named[0], sentiment_labels=named[1])
