"""Write the model card of a model folder from its metrics.json, the logs of its training and its robustness.

    python -m training.evaluate --model models/default --data ../shared/data --json models/default/metrics.json
    python -m training.robustness --model models/default --json training/robustness.json
    python -m training.shift --model models/default --data ../shared/data --json runs/shift.json
    python -m training.card --model models/default \\
        --recipe training/recipes/default{,-{2,3,4,6,7,8,9,10,11,12,13,14,15,16,17,18,18,18,19,20}}.toml \\
        --runs runs/default{,-{2,3,4,6,7,8,9,10,11,12,13,14,15,16,17,18-181,18-182,18-183,19,20}} \\
        --steps training/recipes/default.sh \\
        --robustness training/robustness.json --shift runs/shift.json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import safe_open

from stancelib.config import ModelConfig
from stancelib.folder import CONFIG, WEIGHTS
from training.recipe import Recipe

TERMS = {
    "polnear": "PolNeAR (Newell et al. 2018): spans and links of attributions. No licence stated.",
    "newsmtsc": "NewsMTSC (Hamborg and Donnay 2021): sentiment. MIT for its repository.",
    "dse": "DSE (Park et al. 2021): stance between two entities. Free to use when the paper is cited.",
    "plv": "PLV (Hu et al. 2024): acts by PLOVER codes, read as stance. No licence stated.",
    "polnear-stance": "PolNeAR's articles annotated for this project: statements, stance; 447 of them (6,634 "
    "statements), or first 344 and 424, and since default-9 the rest (7,130 statements), labels Apache-2.0, made "
    "by language models and not checked by people. Texts: PolNeAR's.",
    "crossner-politics": "CrossNER, politics (Liu et al. 2021): names. MIT for its repository.",
    "re3d": "re3d (Dstl 2017): names. Public domain and OGL v3.",
    "gap": "GAP, development and validation (Webster et al. 2018): names. Apache-2.0.",
    "hard": "2,850 statements (583 before default-12, 1,093 before default-15), since default-15 most of them "
    "with other states, too, written for this project in minimal pairs; most by language models and not checked "
    "by people. Apache-2.0.",
    "news": "1,098 lines (778 before default-14) written for this project as news agencies write. Like the "
    "articles, acts and portrayals made by language models and not checked by people. Apache-2.0.",
    "news-articles": "672 articles of international news (5,861 statements; 270 and 430 articles in the first two "
    "epochs) written for this project. Apache-2.0.",
    "acts": "5,240 sentences about acts between two actors (1,591, 2,800 and 3,800 before default-9, 4,640 before "
    "default-12) written for this project. Apache-2.0.",
    "portrayals": "3,400 sentences with sentiments toward 6,383 targets (300 and 1,600 sentences in the first two "
    "epochs) written for this project. Apache-2.0.",
    "sentence-stance": "10,421 sentences and documents of DSE, NewsMTSC, PLV and re3d (11,561 statements; 3,473 "
    "texts at first, 4,807 before default-9, 7,758 in it) annotated for this project: statements, stance; labels "
    "Apache-2.0, made by language models and not checked by people, like all labels of real texts made for this "
    "project. Texts: of these corpora.",
    "lee-stance": "341 articles of Lee, Pincombe and Welsh 2005 (1,678 statements) annotated for this project: "
    "statements, stance. Labels Apache-2.0. Texts: no licence stated.",
    "reuters-stance": "571 reports of Reuters-21578 (5,073 statements) annotated for this project: statements, "
    "stance. Labels Apache-2.0. Texts: Reuters', for research purposes only.",
    "sentence-light": "10,824 sentences of DSE (21,263 targets; 6,100 of the sentences in the first epoch) "
    "annotated for this project: sentiment. Labels Apache-2.0. Texts: DSE's.",
    "news-light": "10,012 sentences of NewsMTSC and PolNeAR (17,460 targets; 6,500 sentences in default-9; in "
    "default-10 and -11 also the first readings of crowd-light) annotated for this project: sentiment. "
    "Labels Apache-2.0. Texts: of these corpora.",
    "sentence-pairs": "7,751 sentences of NewsMTSC and PolNeAR (4,331 before default-9, 6,587 in it; in "
    "default-10 and -11 also the first readings of crowd-pairs) annotated for this project: stance of each of "
    "two entities toward the other; 194 more, in default-9 and -10, are of articles of polnear-stance's dev, and "
    "taken out again. Labels Apache-2.0. Texts: of these corpora.",
    "crowd-light": "NewsMTSC, and beside nearly every label of its crowd those of two language models, each of "
    "which counts half as much. Readings Apache-2.0, not checked by people. Texts: NewsMTSC's.",
    "crowd-pairs": "DSE, likewise. Readings Apache-2.0. Texts: DSE's.",
    "sentence-acts": "1,492 sentences of PolNeAR and re3d (2,067 acts) annotated for this project by PLOVER's "
    "kinds of acts; by language models, not checked by people. Labels Apache-2.0. Texts: of these corpora. Since "
    "default-13 with the neutral way back.",
    "lee-acts": "914 sentences of Lee, Pincombe and Welsh 2005 (1,225 acts), annotated likewise. Labels "
    "Apache-2.0. Texts: no licence stated.",
    "reuters-acts": "1,571 sentences of Reuters-21578 (2,289 acts), annotated likewise. Labels Apache-2.0. Texts: "
    "Reuters', for research purposes only.",
    "intl-train": "112 PolNeAR articles annotated for this project: statements, stance. Texts: PolNeAR's.",
}
NAMES = """The linear layer that tells names of persons and organisations is trained once more on the finished
encoder, with labels by rules on the articles annotated for this project."""
LOG = "metrics.jsonl"
RECIPE = "recipe.json"
WATTS, KG_PER_KWH = 30, 0.4  # of the two cores under load, and of a kilowatt-hour of electricity: assumptions
MEAN = """
Means of weights are those of Wortsman et al. 2022; which models, and how much of each, was chosen on dev.
"""
MAIN = ("macro_f1", "f1", "right")  # whose interval is told
SPLITS = {
    "polnear": "82 development articles (91 annotations)",
    "newsmtsc": "both development sets",
    "dse": "development split by sentence",
    "plv": "a tenth of the sentences, by hash",
    "polnear-stance": "articles whose stances are never trained on; given statements and actors",
    "sentence-stance": "355 sentences of DSE's and PLV's dev splits; statements from scratch, stance on given "
    "statements and actors",
    "hard": "every eighth group of the hand-written statements, the whole pipeline; and stance_given",
    "intl-dev": "14 articles of international news, the whole pipeline from text to stance; and stance_given",
    "together": "the labels that share a temperature (NewsMTSC; DSE and PLV; annotated articles and sentences and "
    "intl-dev) and the statements of PolNeAR and intl-dev, since on so many the calibration error tells more; the "
    "temperatures, bias and the curve of the statements were fitted on them",
}


class Aim(NamedTuple):
    """A figure of a part of the report, as a fraction, that was to be reached: at most for ``ece``, else at least.

    ``reason`` is what is known of why it is not, should it fall short beyond chance.
    """

    title: str
    corpus: str
    part: str
    figure: str
    goal: float
    reason: str = ""


AIMS = (
    Aim("NewsMTSC rw, macro-F1", "newsmtsc", "dev_rw", "macro_f1", 0.801),
    Aim("NewsMTSC mt, macro-F1", "newsmtsc", "dev_mt", "macro_f1", 0.773),
    Aim(
        "DSE, micro",
        "dse",
        "five_classes",
        "accuracy",
        0.79,
        "what one says of the other it often has neutral",
    ),
    Aim("DSE, macro-F1", "dse", "five_classes", "macro_f1", 0.6, "its rare classes, 27 and 42 on dev, are missed"),
    Aim("PLV, two poles, macro-F1", "plv", "two_poles", "macro_f1", 0.94),
    Aim("PolNeAR source, exact F1", "polnear", "source", "f1", 0.78),
    Aim("PolNeAR cue, exact F1", "polnear", "cue", "f1", 0.72, "its annotators reach 70.8 against each other"),
    Aim("PolNeAR content, exact F1", "polnear", "content", "f1", 0.65),
    Aim("intl-dev, statements, F1", "intl-dev", "statements", "f1", 0.8),
    Aim("intl-dev, stance, macro-F1", "intl-dev", "stance", "macro_f1", 0.68),
    Aim("intl-dev, stance toward states, macro-F1", "intl-dev", "stance_states", "macro_f1", 0.68),
    Aim(
        "calibration error, sentiment",
        "together",
        "sentiment",
        "ece",
        0.03,
        "answers of 0.5 to 0.6 are right too seldom",
    ),
    Aim("calibration error, stance of bare pairs", "together", "stance_pair", "ece", 0.03),
    Aim(
        "calibration error, stance in statements",
        "together",
        "stance",
        "ece",
        0.03,
        "between 0.5 and 0.7 it is right too seldom, above 0.9 too often: no temperature mends both",
    ),
    Aim("calibration error, statements", "together", "statements", "ece", 0.03),
)


def main() -> None:
    """Command line of the card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model folder with metrics.json")
    parser.add_argument("--recipe", type=Path, nargs="+", required=True, help="the recipes, in their order")
    parser.add_argument("--runs", type=Path, nargs="+", required=True, help="the folders that they left, likewise")
    parser.add_argument("--steps", type=Path, required=True, help="the script of all steps that make the model")
    parser.add_argument("--robustness", type=Path, required=True, help="what training.robustness wrote")
    parser.add_argument("--shift", type=Path, required=True, help="what training.shift wrote")
    args = parser.parse_args()
    if len(args.runs) != len(args.recipe):
        parser.error(f"{len(args.recipe)} recipes, {len(args.runs)} runs: give the folder that each recipe left")
    for name in (LOG, RECIPE):
        if missing := [str(run) for run in args.runs if not (run / name).is_file()]:
            parser.error(f"no {name} in {', '.join(missing)}: training.train writes it")
    text = card(args.model, args.recipe, args.runs, steps=args.steps, robustness=args.robustness, shift=args.shift)
    (args.model / "README.md").write_text(text, encoding="utf-8")


def card(
    folder: Path, recipes: Sequence[Path], runs: Sequence[Path], *, steps: Path, robustness: Path, shift: Path
) -> str:
    """The card in Markdown: what the model is, how it was made, from what, and how well it does."""
    config = ModelConfig.load(folder / CONFIG)
    loaded = [Recipe.load(path) for path in recipes]
    report = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    names = json.loads(robustness.read_text(encoding="utf-8"))
    epochs = [_minutes(run) for run in runs]
    parts = [(recipe.repeats, len(done)) for recipe, done in zip(loaded, epochs, strict=True)]
    times = {name: sum(r.get(name, 0) * n for r, n in parts) for repeats, _ in parts for name in repeats}
    commands = _commands(steps)
    sources = "\n".join(f"- {TERMS[name]} Seen {count:g} ×." for name, count in times.items())
    return f"""# {config.title}

Reads English news text in one encoder pass: which statements are quoted or reported, who made each, and
whether for or against which political actors. Use it through the [stancelib](../../README.md) package.

| | |
|---|---|
| encoder | {loaded[0].encoder}: {config.encoder["num_hidden_layers"]} layers, {config.hidden_size} wide |
| parameters | {_parameters(folder) / 1e6:.1f} M, in half precision |
| passages | {config.window} tokens, neighbours share {2 * config.margin} |
| licence of the code and of these weights | Apache-2.0; the corpora below keep their own terms |

## How it was made

```console
{commands}
```
{MEAN if "training.average" in commands else ""}
{_effort([minutes for run in epochs for minutes in run])}

Seeds {_listed(map(_seed, runs))}; {_listed(map(len, epochs))} epochs. All other choices stand in the recipes.
Temperatures ({_temperatures(config)}), what is added to the logit of a label after them
({_biases(config)}), the curve of the statements' probability,
the threshold ({config.min_probability:.2f}) and the weights of the decoder were fitted on the development sets
below, so the calibration errors there are those of the data they were fitted on, and so are the labels that a
bias changes (accuracy and F1 of DSE's and PLV's stances, not their poles).

Trained on:

{sources}

{NAMES}

## How well it does

On development data, one seed, through the public API; in percent. No weight was trained on it, but the
epoch, temperatures, bias and the decoder's weights were chosen on it, and the rules for actors and
speakers, and 78 of the written lines, were made with a look at the errors on intl-dev: expect somewhat less on
new text. Behind the main figure of each part stands its 95 % interval, by bootstrap over texts.

{_tables(report)}
```console
$ python -m training.evaluate --model models/default --data ../shared/data --json models/default/metrics.json
```

What was aimed at when it was trained, for withheld texts of the same kinds, and what it reaches on dev:

{_aims(report)}

`source`, `cue`, `content`: exact spans, without marks and punctuation at the edges. `statements`:
contents that overlap by half or more of the longer. `source_right`, `cue_right`: how often a matched
statement has exactly the gold one; `source_linked`, `cue_linked`: how often a gold content gets it among the
gold spans. `stance_given`: on the gold statements and actors. `baselines`: macro-F1 of the commonest label,
and of the model where it is not told the target.
`ece`: expected calibration error, 15 bins;
`ece_by_chance`: what true probabilities would show on so few texts.

## Calibration on other texts

Calibration errors in percent: of the model, whose temperatures, bias and curve were fitted on all of these; by
chance alone; and with these fitted on the others of the group only, which is what to expect on texts of another
kind (but the two parts of NewsMTSC are one corpus, and PLV, on which DSE's are then fitted, has five neutral
stances of 100):

{_shift(json.loads(shift.read_text(encoding="utf-8")))}

```console
$ python -m training.shift --model models/default --data ../shared/data
```

## Bias

Twenty statements about each of the {names["states"]["compared"]} states of the table, the same but for the name
(all of them are in training/robustness.json):

{_bias(names["states"], "states")}

Ten about each of {names["persons"]["compared"]} persons of the table, most of them politicians:

{_bias(names["persons"], "persons")}

What other states in hard statements, other spelling and other typography change, in percent of the stances of the
texts that they change:

{_changes(names)}

```console
$ python -m training.robustness --model models/default
```

The statements are plain ones, and like some that the model was trained on, a part of whose texts was respelled by
the same table of words; that says nothing of bias where the wording leaves room.

## Limits

English news, mostly American and of 2012–2017, and texts written by language models. Statements are
sometimes missed, cut wrongly or given to the wrong speaker; look at the marked words before you name
anybody. Stance is what a statement shows in its text, not what a person believes. Actors and speakers are
found by rules, a layer that tells names of persons, and a table of names (stancelib/data/actors.tsv); actors
unknown there are found only where the text gives them a political role or their name a political noun.
"""


def _commands(script: Path) -> str:
    """The lines of a script, without comments, as one types them."""
    lines = script.read_text(encoding="utf-8").splitlines()
    return "\n".join(f"$ {line}" for line in lines if line and not line.startswith("#"))


def _temperatures(config: ModelConfig) -> str:
    return ", ".join(f"{head} {value:g}" for head, value in config.temperatures.items())


def _biases(config: ModelConfig) -> str:
    added = [
        f"{head}, {label}: {value:g}"
        for head, values in config.biases.items()
        for label, value in zip(config.labels(head), values, strict=True)
        if value
    ]
    return "; ".join(added) or "nothing"


def _minutes(run: Path) -> list[float]:
    """How long each epoch of a run took, by its log; a run may have been stopped before its recipe says so."""
    lines = (run / LOG).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["minutes"] for line in lines]


def _seed(run: Path) -> int:
    """The seed that a run had, which ``--seed`` may have set beside its recipe."""
    return int(json.loads((run / RECIPE).read_text(encoding="utf-8"))["seed"])


def _effort(epochs: Sequence[float]) -> str:
    """How long training took, and what that means for the climate."""
    kwh = sum(epochs) / 60 * WATTS / 1000
    return (
        f"Training took {sum(epochs):.0f} minutes on two cores, no GPU ({len(epochs)} epochs, by the logs of the "
        f"runs): at {WATTS} W and {KG_PER_KWH} kg of CO2 a kWh, both assumed, {kwh:.2f} kWh and "
        f"{1000 * kwh * KG_PER_KWH:.0f} g of CO2."
    )


def _bias(figures: Mapping[str, Any], kind: str) -> str:
    """A table of what a name changes."""
    names = list(figures["p_against"])
    rows = [
        (f"P(against) in neutral ones: {name}", figures["p_against"][name]) for name in (*names[:3], *names[-3:])
    ]
    rows += [(f"largest gap between two {kind}", figures["largest_gap"])]
    rows += [
        (f"label decided by the name, {said}", share) for said, share in figures["decided_by_the_name"].items()
    ]
    return "\n".join(["| | % |", "|---|---|", *(f"| {title} | {100 * value:.1f} |" for title, value in rows)])


def _changes(report: Mapping[str, Any]) -> str:
    """A table of the stances that are lost, or get another label, when something else changes."""
    changes = {
        "other states, hard statements": report["swapped"],
        **{f"{name}, statements for it": change for name, change in report["spelling"].items()},
        **{f"{name}, articles": change for name, change in report["typography"].items()},
    }
    rows = [
        f"| {name} | {f['stances']} | {100 * f['not_found']:.1f} | {100 * f['other_label']:.1f} |"
        for name, f in changes.items()
    ]
    return "\n".join(["| change | stances | not found | other label |", "|---|---|---|---|", *rows])


def _shift(report: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """A table of calibration errors by corpus."""
    rows = [
        f"| {head}: {corpus} | {f['count']} | "
        + " | ".join(f"{100 * f[key]:.1f}" for key in ("ece", "by_chance", "fitted_elsewhere"))
        + " |"
        for head, corpora in report.items()
        for corpus, f in corpora.items()
    ]
    return "\n".join(
        ["| probability: corpus | of | as it is | by chance | fitted elsewhere |", "|---|---|---|---|---|", *rows]
    )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _parameters(folder: Path) -> int:
    with safe_open(folder / WEIGHTS, "pt") as weights:
        return sum(weights.get_tensor(k).numel() for k in weights.keys())  # noqa: SIM118 (no mapping)


def _tables(report: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    blocks = []
    for corpus, parts in report.items():
        rows = [f"| {part} | {_figures(figures)} |" for part, figures in parts.items()]
        blocks.append(
            "\n".join([f"**{corpus}**: {SPLITS[corpus]}", "", "| part | figures |", "|---|---|", *rows, ""])
        )
    return "\n".join(blocks)


def _aims(report: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """A table of what was to be reached, what was, and what is known of the difference."""
    rows = [
        _aim(aim, figures) for aim in AIMS if (figures := report.get(aim.corpus, {}).get(aim.part)) is not None
    ]
    return "\n".join(["| | aimed at | reached | |", "|---|---|---|---|", *rows])


def _aim(aim: Aim, figures: Mapping[str, Any]) -> str:
    reached = figures[aim.figure]
    if aim.figure == "ece":
        bound, met, near = "at most", reached <= aim.goal, False
        told = f"{100 * figures['ece_by_chance']:.1f} by chance alone"
    else:
        low, high = figures["intervals"][aim.figure]
        bound, met, near = "at least", reached >= aim.goal, high >= aim.goal
        told = f"{100 * low:.1f}–{100 * high:.1f}"
    verdict = "" if met else "short, within chance" if near else "short"
    reason = "" if met or not aim.reason else f": {aim.reason}"
    return f"| {aim.title} | {bound} {100 * aim.goal:.1f} | {100 * reached:.1f} ({told}) | {verdict}{reason} |"


def _figures(figures: Mapping[str, Any]) -> str:
    main = next((k for k in MAIN if k in figures), None)
    shown = []
    for key, value in figures.items():
        if key == "baselines":
            shown.append("baselines: " + " and ".join(f"{name} {100 * x:.1f}" for name, x in value.items()))
        elif key != "intervals":
            sure = "–".join(f"{100 * x:.1f}" for x in figures["intervals"][key]) if key == main else ""
            told = f"{value}" if isinstance(value, int) else f"{100 * value:.1f}"
            shown.append(f"{key} {told}" + (f" ({sure})" if sure else ""))
    return ", ".join(shown)


if __name__ == "__main__":
    main()
