"""Our stance annotation of PolNeAR's training articles: stand-off labels, joined to the user's copy of PolNeAR.

``training/annotations/polnear-stance*.jsonl`` (their README is the data card) have no text. They have an object an
article: PolNeAR's annotation file, how many characters from the start were annotated and the digest of these; by
PolNeAR event, the speaker and the actors with their mention, place flag and stance. ``polnear-actors.jsonl`` has
other articles, and ends of these: from which character on, the digest from there to the end, and by event
[sign, start, end] of each actor's first mention (signs as in markup.py), without names and speakers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from stancelib.lexicon import ROLES
from training.corpora.jsonl import read_objects
from training.corpora.marked import STANCES
from training.corpora.polnear import Spans, read_article, read_events
from training.corpora.schema import Corpus, CorpusError, Row, name, pair
from training.corpora.silver import silver_names

ANNOTATIONS = Path(__file__).parents[1] / "annotations"
FILES = tuple(f"polnear-stance{part}.jsonl" for part in ("", "-2", "-3", "-4"))  # as they were annotated
SIGNED = "polnear-actors.jsonl"
DEV = ("polnear-stance-dev.jsonl",)  # whose stances are never trained on


def read(data: Path, split: str) -> Corpus:
    """The annotated parts of articles of ``polnear/train``, those of "dev" too: their stances are new."""
    left_out: Counter[str] = Counter()
    files = DEV if split == "dev" else FILES
    rows = chain.from_iterable(read_rows(ANNOTATIONS / name, data, left_out) for name in files)
    rest = read_signed_rows(ANNOTATIONS / SIGNED, data, left_out) if split == "train" else ()
    return Corpus.of("polnear-stance", split, chain(rows, rest), left_out)


def read_rows(path: Path, data: Path, left_out: Counter[str]) -> Iterator[Row]:
    """Rows of a stand-off file. Articles that differ from the annotated ones are left out and counted."""
    for _, record in read_objects(path):
        text = read_article(data / "polnear" / "train", article_of(record))[: record["end"]]
        if digest(text) != record["digest"]:
            left_out["article that is not the one annotated"] += 1
            continue
        yield _row(record, text, data, left_out)


def read_signed_rows(path: Path, data: Path, left_out: Counter[str]) -> Iterator[Row]:
    """Rows of ``polnear-actors.jsonl``: each text begins where the labels do.

    Raises CorpusError, naming file and line, for labels that are not in the format.
    """
    folder = data / "polnear" / "train"
    for number, record in read_objects(path):
        try:
            file, start, wanted = str(record["annotation"]), int(record["start"]), record["digest"]
            actors = {event: signed_actors(found) for event, found in record["events"].items()}
            if start < 0:
                raise ValueError(f"the start {start} is before the article")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CorpusError(f"{path}, line {number}: {error!r}") from error
        text = read_article(folder, article_of(record))
        rest = text[start:]
        if digest(rest) != wanted:
            left_out["article that is not the one annotated"] += 1
            continue
        # What is wrong in PolNeAR's file is counted by the reader of PolNeAR.
        events = read_events((folder / "attributions" / file).read_text(encoding="utf-8"), text, Counter())
        row = _signed_row(events, actors, start, left_out)
        yield {
            "id": f"{article_of(record)}@{start}",
            "text": rest,
            "annotated": True,
            "names": silver_names(rest),
            **row,
        }


def signed_actors(found: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Sign, start and end of the actors of a statement. ValueError for a sign that there is not."""
    actors = [(sign, start, end) for sign, start, end in found]
    if unknown := {sign for sign, _, _ in actors} - {*STANCES, "p"}:
        raise ValueError(f"the sign {unknown.pop()!r} is none of + 0 - p")
    return actors


def _signed_row(
    events: Mapping[str, Mapping[str, Spans]],
    actors: Mapping[str, Sequence[tuple[str, int, int]]],
    start: int,
    left_out: Counter[str],
) -> Row:
    """Statements and pairs of what comes from ``start`` on, where their offsets begin."""
    statements, pairs = [], []
    left_out.update("event that is not in PolNeAR" for _ in actors.keys() - events.keys())
    for event, spans in events.items():
        if min(a for role in spans.values() for a, _ in role) < start:
            continue  # labelled, if at all, in another file
        statement = {role: [[a - start, b - start] for a, b in found] for role, found in spans.items()}
        statements.append(statement)
        for sign, a, b in actors.get(event, ()):
            if sign == "p":
                left_out["place-only mention"] += 1
                continue
            spoken = {"holder": statement["source"], "content": statement["content"]}
            pairs.append(pair("stance", [[a - start, b - start]], STANCES[sign], **spoken))
    return {"statements": statements, "pairs": pairs}


def article_of(record: Mapping[str, Any]) -> str:
    """The article's name: PolNeAR calls its annotation files NAME_ANNOTATOR.ann."""
    name: str = record["annotation"].rpartition("_")[0]
    return name


def digest(text: str) -> str:
    """What tells that offsets hold in a copy of an article: the start of its SHA-256."""
    return sha256(text.encode()).hexdigest()[:16]


def _row(record: Mapping[str, Any], text: str, data: Path, left_out: Counter[str]) -> Row:
    annotation = data / "polnear" / "train" / "attributions" / record["annotation"]
    # What is wrong in PolNeAR's file is counted by the reader of PolNeAR.
    events = read_events(annotation.read_text(encoding="utf-8"), text, Counter())
    statements, pairs, names = [], [], silver_names(text)
    for labels in record["statements"]:
        statement = events.get(labels["event"])
        if statement is None:
            left_out["event that is not in PolNeAR"] += 1
            continue
        statements.append(statement)
        for actor in labels["actors"]:
            names += _name(text, actor)
            if actor["place"]:
                left_out["place-only mention"] += 1
                continue
            spans = {"holder": statement["source"], "content": statement["content"]}
            pairs.append(pair("stance", [actor["mention"]], actor["stance"], **spans))
    return {
        "id": article_of(record),
        "text": text,
        "annotated": True,
        "names": names,
        "statements": statements,
        "pairs": pairs,
    }


def _name(text: str, actor: Mapping[str, Any]) -> list[Row]:
    """What the annotated kind of an actor tells of the words by which it is mentioned, if they are a bare name."""
    start, end = actor["mention"]
    words = text[start:end].split()
    if not all(word[0].isupper() for word in words) or any(word.strip(".").lower() in ROLES for word in words):
        return []
    kinds = {"person": "person", "country": "other"}
    return [name(start, end, kinds.get(actor["kind"], "organization"))]
