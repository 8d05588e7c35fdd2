"""Our labels of real sentences and press releases: stand-off, joined to the user's copies of their corpora.

``training/annotations/sentence-*.jsonl`` (their README is the data card) have no text, only an object a text: the
corpus that it is from (dse, newsmtsc or plv: a sentence of the same split; re3d: a document), the digest of its
text, and labels with offsets and the signs of markup.py. ``sentence-stance`` has all statements of a text with
their actors and stances by our guide; ``sentence-light`` the light in which a text puts the entities that DSE
marks, as in NewsMTSC; ``sentence-pairs`` what two entities in sentences of NewsMTSC are toward each other, as in
DSE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from training.corpora import dse, newsmtsc, plv, re3d
from training.corpora.jsonl import read_objects
from training.corpora.marked import SENTIMENTS, STANCES
from training.corpora.markup import ActorSpan, MarkedStatement, to_row
from training.corpora.polnear_stance import ANNOTATIONS, digest
from training.corpora.schema import Corpus, CorpusError, Row, pair

STANCE = {split: ANNOTATIONS / f"sentence-stance{part}.jsonl" for split, part in (("train", ""), ("dev", "-dev"))}
LIGHT = ANNOTATIONS / "sentence-light.jsonl"
PAIRS = ANNOTATIONS / "sentence-pairs.jsonl"
_TEXTS = {"dse": dse.read, "newsmtsc": newsmtsc.read, "plv": plv.read, "re3d": re3d.read}

_Parsed = TypeVar("_Parsed")


def read_stance(data: Path, split: str) -> Corpus:
    """What is marked, and that nothing else in these texts is a statement."""
    left_out: Counter[str] = Counter()
    joined = _join(STANCE[split], data, split, marked_statements, left_out)
    rows = [to_row(name, text, statements, left_out) for name, text, statements in joined]
    return Corpus.of("sentence-stance", split, rows, left_out)


def read_light(data: Path, split: str) -> Corpus:
    """Sentiment of each target; for training alone."""
    left_out: Counter[str] = Counter()
    rows = [_bare_row(*joined) for joined in _join(LIGHT, data, split, _lights, left_out)]
    return Corpus.of("sentence-light", split, rows, left_out)


def read_pairs(data: Path, split: str) -> Corpus:
    """Stance of p toward q and of q toward p; for training alone."""
    left_out: Counter[str] = Counter()
    rows = [_bare_row(*joined) for joined in _join(PAIRS, data, split, _directed, left_out)]
    return Corpus.of("sentence-pairs", split, rows, left_out)


def marked_statements(record: Mapping[str, Any]) -> list[MarkedStatement]:
    """The statements of an object of ``sentence-stance``."""
    found = []
    for statement in record["statements"]:
        actors = tuple(ActorSpan(id, sign, start, end) for id, sign, start, end in statement["actors"])
        if unknown := {actor.sign for actor in actors} - {*STANCES, "p", "="}:
            raise ValueError(f"the sign {unknown.pop()!r} is none of + 0 - p =")
        found.append(MarkedStatement({role: statement[role] for role in ("content", "cue", "source")}, actors))
    return found


def _join(
    path: Path, data: Path, split: str, parse: Callable[[Mapping[str, Any]], _Parsed], left_out: Counter[str]
) -> Iterator[tuple[str, str, _Parsed]]:
    """Id and text of each labelled text that ``data`` has, with its labels.

    Raises CorpusError, naming file and line, for labels that are not in the format.
    """
    parsed = []
    for number, record in read_objects(path):
        try:
            key = record["corpus"], record["digest"]
            if key[0] not in _TEXTS:
                raise ValueError(f"the corpus {key[0]!r} is none of {', '.join(_TEXTS)}")
            parsed.append((key, parse(record)))
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusError(f"{path}, line {number}: {error!r}") from error
    texts = {
        (corpus, digest(row["text"])): (row["id"], row["text"])
        for corpus in sorted({corpus for (corpus, _), _ in parsed})
        for row in _TEXTS[corpus](data, split).examples
    }
    for key, labels in parsed:
        if key in texts:
            yield *texts[key], labels
        else:
            left_out["text that is not in the corpus"] += 1


def _bare_row(name: str, text: str, pairs: list[Row]) -> Row:
    return {"id": name, "text": text, "annotated": False, "statements": [], "pairs": pairs}


def _lights(record: Mapping[str, Any]) -> list[Row]:
    return [pair("sentiment", [[start, end]], SENTIMENTS[sign]) for start, end, sign in record["targets"]]


def _directed(record: Mapping[str, Any]) -> list[Row]:
    found = []
    for labels in record["pairs"]:
        p, q = labels["p"], labels["q"]
        forth, back = dse.CLASSES[labels["class"]]
        found += [pair("stance", [q], forth, holder=[p]), pair("stance", [p], back, holder=[q])]
    return found
