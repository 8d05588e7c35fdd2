"""Fit a model's temperatures, a bias, and the curve and threshold of its statements on the development corpora.

    python -m training.calibrate --model runs/default/best --data ../shared/data

Rewrites config.json of the model folder; weights stay as they are. Temperatures after Guo et al. 2017, the bias
after Alexandari et al. 2020, the curve after Platt 1999; the threshold is the one of the highest statement F1.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stancelib.attribution import Attribution, WordSpan, decode_all, spans_of
from stancelib.calibration import platt, softmax
from stancelib.config import ModelConfig
from stancelib.encoding import Ints
from stancelib.evaluation.labelled import judge_pairs, match_statements, predict_all
from stancelib.evaluation.metrics import Counts
from stancelib.evaluation.tasks import Judgement
from stancelib.folder import CONFIG, load_model
from stancelib.modeling import OUTSIDE, ROLES
from stancelib.reading import read_texts
from stancelib.tagger import StanceTagger
from stancelib.tuning.fit import Labelled, best_threshold, fit_bias, fit_curve, fit_temperature
from stancelib.tuning.targets import Example, build_example
from stancelib.viterbi import best_tags
from training.corpora import intl, read
from training.evaluate import BIASED_HEAD, BIASED_LABEL, TEMPERATURES, match_actors, sentiments, stances

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
CHARGES = (0.0, -0.25, -0.5, -0.75)
NO_LINK = (0.0, -3.0, -6.0, -9.0)
SOURCE, CUE, CONTENT = range(len(ROLES))


def main() -> None:
    """Command line of calibration."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model folder; its config.json is rewritten")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    model, tokenizer, config = load_model(args.model)
    raw = replace(config, temperatures={}, biases={}, statement_curve=(1.0, 0.0), min_probability=0.0)
    decoding = fit_decoding(StanceTagger(model, tokenizer, raw), args.data)
    fitted = calibrate(StanceTagger(model, tokenizer, decoding), args.data)
    fitted.save(args.model / CONFIG)
    print(f"transitions {fitted.transitions}, no link {fitted.no_link}")
    print(f"temperatures {fitted.temperatures}, biases {fitted.biases}")
    print(f"statement curve {fitted.statement_curve}, threshold {fitted.min_probability}")


def calibrate(tagger: StanceTagger, data: Path) -> ModelConfig:
    """The configuration of an uncalibrated ``tagger`` with everything fitted."""
    rows = list(read("polnear", data, "dev").examples)
    documents = intl.read_documents("intl-dev", data)
    texts = [*(r["text"] for r in rows), *(d["text"] for d in documents)]
    gold = [*(r["statements"] for r in rows), *(d["statements"] for d in documents)]
    predicted = predict_all(tagger, texts, "statements")
    scores: list[float] = []
    right: list[bool] = []
    found: list[Labelled] = []
    for text, statements, document in zip(texts, gold, predicted, strict=True):
        matched = dict(match_statements(text, document, statements))
        scores += [s.probability for s in document.statements]
        right += [i in matched for i in range(len(document.statements))]
        for p, g in matched.items():
            if "actors" in statements[g]:
                stance = match_actors(document.statements[p], statements[g])[2]
                found += [(label, s.probabilities) for label, s in stance]
    curve = fit_curve(scores, right)
    given = [
        _labelled(judge_pairs(tagger, list(read(c, data, "dev").examples))["stance"])
        for c, _ in TEMPERATURES["stance"]
        if c != "intl-dev"
    ]
    pairs = [_labelled(stances(tagger, data, corpus).judgements) for corpus, _ in TEMPERATURES[BIASED_HEAD]]
    sentiment = [
        item
        for _, split in TEMPERATURES["sentiment"]
        for item in _labelled(sentiments(tagger, data, split).judgements)
    ]
    pair_temperature, bias = fit_bias(*pairs, label=BIASED_LABEL)
    return replace(
        tagger.config,
        temperatures={
            # American articles, single sentences, and articles of other news.
            "stance": fit_temperature(*given, found),
            BIASED_HEAD: pair_temperature,
            "sentiment": fit_temperature(sentiment),
        },
        biases={BIASED_HEAD: [bias if x == BIASED_LABEL else 0.0 for x in tagger.config.labels(BIASED_HEAD)]},
        statement_curve=curve,
        min_probability=best_threshold([platt(s, *curve) for s in scores], right, sum(map(len, gold))),
    )


def fit_decoding(tagger: StanceTagger, data: Path) -> ModelConfig:
    """The configuration with weights of the tags' transitions, and of no link, that give the best spans on dev.

    The transitions are log-probabilities in training times a weight for each role. The encoder judges each word by
    itself, they hold its spans together; a full weight would count twice what the encoder knows already. Sources
    and cues are reported with contents only, so that the weight of content is chosen by the sum of all three F1
    and of that of the links from content to cue and to source; and so is what no source or cue is charged: those
    that go with no content are dropped again, which makes it worth while to find more of them.
    """
    counts = np.full((len(ROLES), 3, 3), 1e-3)
    for tags in _tags(tagger, data):
        for role in range(len(ROLES)):
            np.add.at(counts[role], (tags[:-1, role], tags[1:, role]), 1)
    logs = np.log(counts / counts.sum(axis=-1, keepdims=True))
    rows = read("polnear", data, "dev").examples
    reads = read_texts([tagger.encoder.encode(r["text"]) for r in rows], tagger.encoder, tagger.engine)
    examples = [build_example(r, tagger.encoder, Counter()) for r in rows]
    gold = [_spans(e.tags) for e in examples]
    gold_parts = [[*spans, *_gold_links(e)] for spans, e in zip(gold, examples, strict=True)]
    tagged = {
        w: list(map(_spans, best_tags([softmax(r.tags) for r in reads], (w * logs).astype(np.float32))))
        for w in WEIGHTS
    }
    chosen = [max(WEIGHTS, key=lambda w: _f1(tagged[w], gold, role)) for role in (SOURCE, CUE)]
    texts = [r.words for r in reads], [r.tags for r in reads], [r.states for r in reads]

    def transitions(weight: float, source: float = 0.0, cue: float = 0.0) -> NDArray[np.float32]:
        found = np.array([*chosen, weight])[:, None, None] * logs
        found[[SOURCE, CUE], :, OUTSIDE] += np.array([source, cue])[:, None]
        result: NDArray[np.float32] = found.astype(np.float32)
        return result

    def reached(no_link: float, *choice: float) -> float:
        found = list(map(_parts, decode_all(*texts, tagger.engine, transitions(*choice), no_link)))
        return sum(_f1(found, gold_parts, part) for part in range(len(gold_parts[0])))

    no_link, weight = max(product(NO_LINK, WEIGHTS), key=lambda choice: reached(*choice))
    charges = max(product(CHARGES, CHARGES), key=lambda choice: reached(no_link, weight, *choice))
    no_link = max(NO_LINK, key=lambda choice: reached(choice, weight, *charges))  # with more sources and cues
    rounded = transitions(weight, *charges).astype(float).round(3).reshape(len(ROLES), 9).tolist()
    return replace(tagger.config, transitions=tuple(map(tuple, rounded)), no_link=no_link)


def _parts(attributions: Sequence[Attribution]) -> list[set[Any]]:
    """Sources, cues, pieces of content; then each piece with its cue, and with its source."""
    return [
        {a.source for a in attributions if a.source},
        {a.cue for a in attributions if a.cue},
        {piece for a in attributions for piece in a.content},
        {(piece, a.cue) for a in attributions for piece in a.content if a.cue},
        {(piece, a.source) for a in attributions for piece in a.content if a.source},
    ]


def _gold_links(example: Example) -> list[set[tuple[WordSpan, WordSpan]]]:
    heads = (("content", "cue"), ("content", "source"))
    return [{(k.query, k.key) for k in example.links if k.head == head and k.key} for head in heads]


def _tags(tagger: StanceTagger, data: Path) -> Iterator[Ints]:
    for row in read("polnear", data, "train").examples:
        yield build_example(row, tagger.encoder, Counter()).tags


def _spans(tags: Ints) -> list[set[WordSpan]]:
    return [set(spans_of(tags[:, role])) for role in range(len(ROLES))]


def _f1(found: Sequence[Any], gold: Sequence[Any], part: int) -> float:
    counts = (Counts.of(f[part], g[part]) for f, g in zip(found, gold, strict=True))
    return sum(counts, Counts()).f1


def _labelled(judgements: Sequence[Judgement]) -> list[Labelled]:
    return [(j.gold, j.probabilities) for j in judgements]


if __name__ == "__main__":
    main()
