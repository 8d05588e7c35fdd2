"""Our labels of real sentences and press releases: stand-off, joined to the user's copies of their corpora.

The files in ``training/annotations`` (their README is the data card) have no text, only an object a text: the
corpus that it is from (dse, newsmtsc or plv: a sentence of the same split; re3d: a document; polnear, lee,
reuters: an article), the digest of its text, where it is a part of that text "from" [start, end], and labels
with offsets in the part and the signs of markup.py. ``sentence-stance`` has all statements of a text with their
actors and stances by our guide, and so have ``lee-stance`` and ``reuters-stance`` of whole articles;
``sentence-light`` the light in which a sentence of DSE puts the entities marked there, and ``news-light`` that
on names in sentences of NewsMTSC and PolNeAR, both as in NewsMTSC; ``sentence-pairs`` what two entities are
toward each other, as in DSE; ``sentence-acts``, ``lee-acts`` and ``reuters-acts`` who acts for or against whom
in a sentence, by PLOVER's kinds of acts. ``crowd-light`` and ``crowd-pairs`` are NewsMTSC and DSE themselves,
each label of their crowds beside what annotators think that the crowd said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from training.corpora import dse, lee, newsmtsc, plv, polnear, re3d, reuters
from training.corpora.jsonl import read_objects
from training.corpora.marked import SENTIMENTS, STANCES
from training.corpora.markup import ActorSpan, MarkedStatement, to_row
from training.corpora.polnear_stance import ANNOTATIONS, digest
from training.corpora.schema import Corpus, CorpusError, Row, pair

STANCE = {"train": ("sentence-stance.jsonl", "sentence-stance-2.jsonl"), "dev": ("sentence-stance-dev.jsonl",)}
LEE = ("lee-stance.jsonl",)
REUTERS = ("reuters-stance.jsonl",)
LIGHT = ("sentence-light.jsonl",)
NEWS_LIGHT = ("news-light.jsonl", "news-light-2.jsonl")
PAIRS = ("sentence-pairs.jsonl", "sentence-pairs-2.jsonl")
ACTS = ("sentence-acts.jsonl",)
LEE_ACTS = ("lee-acts.jsonl",)
REUTERS_ACTS = ("reuters-acts.jsonl",)
CROWD_LIGHT = ("crowd-light.jsonl", "crowd-light-2.jsonl")
CROWD_PAIRS = ("crowd-pairs.jsonl", "crowd-pairs-2.jsonl")
_TEXTS = {
    "dse": dse.read,
    "lee": lee.read,
    "newsmtsc": newsmtsc.read,
    "plv": plv.read,
    "polnear": polnear.read,
    "re3d": re3d.read,
    "reuters": reuters.read,
}

_Parsed = TypeVar("_Parsed")


def read_stance(data: Path, split: str) -> Corpus:
    """What is marked, and that nothing else in these texts is a statement."""
    return _stance("sentence-stance", STANCE[split], data, split)


def read_lee(data: Path, split: str) -> Corpus:
    """The same of whole articles; for training alone."""
    return _stance("lee-stance", LEE, data, split)


def read_reuters(data: Path, split: str) -> Corpus:
    """The same of reports of an agency; for training alone."""
    return _stance("reuters-stance", REUTERS, data, split)


def _stance(name: str, files: Sequence[str], data: Path, split: str) -> Corpus:
    left_out: Counter[str] = Counter()
    joined = _join(files, data, split, marked_statements, left_out)
    rows = [to_row(key, text, statements, left_out) for key, text, statements in joined]
    return Corpus.of(name, split, rows, left_out)


def read_light(data: Path, split: str) -> Corpus:
    """Sentiment of each target; for training alone."""
    return _pairs_alone("sentence-light", LIGHT, data, split, _lights)


def read_news_light(data: Path, split: str) -> Corpus:
    """The same; for training alone."""
    return _pairs_alone("news-light", NEWS_LIGHT, data, split, _lights)


def read_pairs(data: Path, split: str) -> Corpus:
    """Stance of p toward q and of q toward p; for training alone."""
    return _pairs_alone("sentence-pairs", PAIRS, data, split, _directed)


def read_acts(data: Path, split: str) -> Corpus:
    """Stance of who acts toward whom the act concerns; for training alone."""
    return _pairs_alone("sentence-acts", ACTS, data, split, _acts)


def read_lee_acts(data: Path, split: str) -> Corpus:
    """The same in Lee's articles."""
    return _pairs_alone("lee-acts", LEE_ACTS, data, split, _acts)


def read_reuters_acts(data: Path, split: str) -> Corpus:
    """The same in reports of Reuters."""
    return _pairs_alone("reuters-acts", REUTERS_ACTS, data, split, _acts)


def read_crowd_light(data: Path, split: str) -> Corpus:
    """NewsMTSC with several labels a target; for training alone."""
    return _with_readings("crowd-light", newsmtsc.read, CROWD_LIGHT, data, split, _lights)


def read_crowd_pairs(data: Path, split: str) -> Corpus:
    """DSE with several labels a pair; for training alone."""
    return _with_readings("crowd-pairs", dse.read, CROWD_PAIRS, data, split, _directed)


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
    files: Sequence[str],
    data: Path,
    split: str,
    parse: Callable[[Mapping[str, Any]], _Parsed],
    left_out: Counter[str],
) -> Iterator[tuple[str, str, _Parsed]]:
    """Id and text of each labelled text that ``data`` has, with its labels.

    Raises CorpusError, naming file and line, for labels that are not in the format.
    """
    parsed = []
    lines = ((ANNOTATIONS / file, line) for file in files for line in read_objects(ANNOTATIONS / file))
    for path, (number, record) in lines:
        try:
            key = record["corpus"], record["digest"]
            if key[0] not in _TEXTS:
                raise ValueError(f"the corpus {key[0]!r} is none of {', '.join(_TEXTS)}")
            parsed.append((key, _part(record), parse(record)))
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusError(f"{path}, line {number}: {error!r}") from error
    texts = {
        (corpus, digest(row["text"])): (row["id"], row["text"])
        for corpus in sorted({corpus for (corpus, _), *_ in parsed})
        for row in _TEXTS[corpus](data, split).examples
    }
    for key, (start, end), labels in parsed:
        if key in texts:
            name, text = texts[key]
            if end is not None and end > len(text):
                raise CorpusError(f"{name}: labels from {start} to {end}, the text has {len(text)} characters")
            yield name if end is None else f"{name}@{start}", text[start:end], labels
        else:
            left_out["text that is not in the corpus"] += 1


def _part(record: Mapping[str, Any]) -> tuple[int, int | None]:
    """From where to where a text is labelled; to None: the whole of it."""
    start, end = record.get("from", (0, None))
    if "from" in record and not 0 <= start < end:
        raise ValueError(f"from {record['from']!r} is no part of a text")
    return start, end


def _pairs_alone(
    name: str, files: Sequence[str], data: Path, split: str, parse: Callable[[Mapping[str, Any]], list[Row]]
) -> Corpus:
    """Sentences with pairs alone."""
    left_out: Counter[str] = Counter()
    rows = [
        {"id": key, "text": text, "annotated": False, "statements": [], "pairs": pairs}
        for key, text, pairs in _join(files, data, split, parse, left_out)
    ]
    return Corpus.of(name, split, rows, left_out)


def _with_readings(
    name: str,
    crowd: Callable[[Path, str], Corpus],
    files: Sequence[str],
    data: Path,
    split: str,
    parse: Callable[[Mapping[str, Any]], list[Row]],
) -> Corpus:
    """The crowd's pairs, and beside each the annotators': together a soft label of weight 1.

    The crowd's label counts as much as two of the annotators', for they only guess it. A pair that stands there
    twice counts twice, as in the crowd's corpus alone. What annotators say of other pairs is left out.
    """
    corpus = crowd(data, split)
    left_out = corpus.left_out.copy()
    readings: dict[tuple[str, str], list[str]] = {}
    for _, text, pairs in _join(files, data, split, parse, left_out):
        for found in pairs:
            readings.setdefault((text, _spans(found)), []).append(found["label"])
    rows, used = [], set()
    for row in corpus.examples:
        soft: list[Row] = []
        for found in row["pairs"]:
            key = row["text"], _spans(found)
            used.add(key)
            labels = Counter([found["label"]] * 2 + readings.get(key, []))
            soft += [{**found, "label": x, "weight": n / labels.total()} for x, n in labels.items()]
        rows.append({**row, "pairs": soft})
    if unused := len(readings.keys() - used):
        left_out["label of a pair that the crowd did not label"] = unused
    return Corpus.of(name, split, rows, left_out)


def _spans(found: Row) -> str:
    return str((found["holder"], found["target"]))


def _lights(record: Mapping[str, Any]) -> list[Row]:
    return [pair("sentiment", [[start, end]], SENTIMENTS[sign]) for start, end, sign in record["targets"]]


def _acts(record: Mapping[str, Any]) -> list[Row]:
    """Each act, and, as in DSE, that whom it concerns is neutral toward who acts, unless it acts too."""
    acts = {(tuple(source), tuple(target)): STANCES[sign] for source, target, sign in record["acts"]}
    back = {(target, source): "neutral" for source, target in acts}
    return [pair("stance", [[*of]], label, holder=[[*by]]) for (by, of), label in (back | acts).items()]


def _directed(record: Mapping[str, Any]) -> list[Row]:
    found = []
    for labels in record["pairs"]:
        p, q = labels["p"], labels["q"]
        forth, back = dse.CLASSES[labels["class"]]
        found += [pair("stance", [q], forth, holder=[p]), pair("stance", [p], back, holder=[q])]
    return found
