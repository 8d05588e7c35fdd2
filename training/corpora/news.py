"""News written for this project, for training alone: marked as markup.py says, one paragraph a line.

``news`` are the lines of ``training/annotations/news-statements.txt``, each a text of its own, most with one
statement. ``news-articles`` are whole articles: lines that stand together, with an empty line after each article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from training.corpora.marked import parse_line
from training.corpora.markup import MarkedStatement, parse, to_row
from training.corpora.polnear_stance import ANNOTATIONS
from training.corpora.schema import Corpus

LINES = ANNOTATIONS / "news-statements.txt"
ARTICLES = ANNOTATIONS / "news-articles.txt"
BREAK = "\n\n"  # between the paragraphs of an article

Text = tuple[str, tuple[MarkedStatement, ...]]


def read_lines(data: Path, split: str) -> Corpus:
    """Train; ``data`` is not read, the file lies beside this package."""
    return _corpus("news", split, (line for block in blocks(LINES) for line in block))


def read_articles(data: Path, split: str) -> Corpus:
    """Train; ``data`` is not read, the file lies beside this package."""
    return _corpus("news-articles", split, map(_join, blocks(ARTICLES)))


def blocks(path: Path) -> Iterator[list[Text]]:
    """Lines that stand together. Raises CorpusError with the line number for what is not in the format."""
    numbered = enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    for empty, lines in groupby(numbered, key=lambda item: not item[1].strip()):
        if not empty:
            yield [parse_line(parse, line, path, number) for number, line in lines]


def _join(article: list[Text]) -> Text:
    text, statements = "", list[MarkedStatement]()
    for paragraph, found in article:
        text += BREAK if text else ""
        statements += [s.shifted(len(text)) for s in found]
        text += paragraph
    return text, tuple(statements)


def _corpus(name: str, split: str, texts: Iterator[Text]) -> Corpus:
    left_out: Counter[str] = Counter()
    rows = [to_row(f"{name}-{n}", text, statements, left_out) for n, (text, statements) in enumerate(texts)]
    return Corpus.of(name, split, rows, left_out)
