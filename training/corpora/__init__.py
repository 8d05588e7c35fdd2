"""One reader a corpus; ``read`` is the door. training/README.md says where each is published."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from training.corpora import (
    crossner,
    dse,
    gap,
    hard,
    intl,
    news,
    newsmtsc,
    plv,
    polnear,
    polnear_stance,
    re3d,
    sentences,
    stancelib_json,
    written,
)
from training.corpora.schema import Corpus, CorpusError

READERS: dict[str, tuple[Callable[[Path, str], Corpus], tuple[str, ...]]] = {
    "polnear": (polnear.read, ("train", "dev")),
    "polnear-stance": (polnear_stance.read, ("train", "dev")),
    "hard": (hard.read, ("train", "dev")),
    "news": (news.read_lines, ("train",)),
    "news-articles": (news.read_articles, ("train",)),
    "acts": (written.read_acts, ("train",)),
    "portrayals": (written.read_portrayals, ("train",)),
    "sentence-stance": (sentences.read_stance, ("train", "dev")),
    "lee-stance": (sentences.read_lee, ("train",)),
    "reuters-stance": (sentences.read_reuters, ("train",)),
    "sentence-light": (sentences.read_light, ("train",)),
    "news-light": (sentences.read_news_light, ("train",)),
    "sentence-pairs": (sentences.read_pairs, ("train",)),
    "sentence-acts": (sentences.read_acts, ("train",)),
    "lee-acts": (sentences.read_lee_acts, ("train",)),
    "reuters-acts": (sentences.read_reuters_acts, ("train",)),
    "crowd-light": (sentences.read_crowd_light, ("train",)),
    "crowd-pairs": (sentences.read_crowd_pairs, ("train",)),
    "newsmtsc": (newsmtsc.read, ("train", "dev_rw", "dev_mt")),
    "dse": (dse.read, ("train", "dev")),
    "plv": (plv.read, ("train", "dev")),
    "intl-train": (intl.read_train, ("train",)),
    "intl-dev": (intl.read_dev, ("dev",)),
    "crossner-politics": (crossner.read, ("train", "dev")),
    "re3d": (re3d.read, ("train",)),
    "gap": (gap.read, ("train",)),
    "stancelib-json": (stancelib_json.read, ("train", "dev")),
}


def read(name: str, data: Path, split: str) -> Corpus:
    """Read one split of corpus ``name`` under the folder ``data``.

    Raises CorpusError for an unknown corpus or split, and for files that are missing or in no known format.
    """
    if name not in READERS:
        raise CorpusError(f"unknown corpus {name!r}: choose one of {', '.join(READERS)}")
    reader, splits = READERS[name]
    if split not in splits:
        raise CorpusError(f"{name} has no split {split!r}: choose one of {', '.join(splits)}")
    try:
        return reader(data, split)
    except CorpusError:
        raise
    except FileNotFoundError as error:
        raise CorpusError(
            f"{name}: {error.filename} is missing; training/README.md says where it is published"
        ) from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise CorpusError(
            f"{name}: {data / name} is not in its format ({error!r}); training/README.md describes it"
        ) from error
