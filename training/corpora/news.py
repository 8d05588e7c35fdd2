"""News written for this project, for training alone: marked as markup.py says, one paragraph a line.

``news`` are the lines of ``training/annotations/news-statements.txt``, each a text of its own, most with one
statement. ``news-articles`` are whole articles: lines that stand together, with an empty line after each article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from training.corpora.markup import MarkedStatement, parse, to_row
from training.corpora.polnear_stance import ANNOTATIONS
from training.corpora.schema import Corpus, CorpusError

LINES = ANNOTATIONS / "news-statements.txt"
ARTICLES = ANNOTATIONS / "news-articles.txt"
BREAK = "\n\n"  # between the paragraphs of an article

Text = tuple[str, tuple[MarkedStatement, ...]]


def read_lines(data: Path, split: str) -> Corpus:
    """Train; ``data`` is not read, the file lies beside this package."""
    return _corpus("news", split, (line for article in paragraphs(LINES) for line in article))


def read_articles(data: Path, split: str) -> Corpus:
    """Train; ``data`` is not read, the file lies beside this package."""
    return _corpus("news-articles", split, map(join, paragraphs(ARTICLES)))


def paragraphs(path: Path) -> Iterator[list[Text]]:
    """Lines that stand together. Raises CorpusError with the line number for what is not in the format."""
    numbered = enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    for empty, lines in groupby(numbered, key=lambda item: not item[1].strip()):
        if not empty:
            yield [_parse(path, number, line) for number, line in lines]


def join(article: list[Text]) -> Text:
    """One text of several, and its statements."""
    text, statements = "", list[MarkedStatement]()
    for paragraph, found in article:
        text += BREAK if text else ""
        statements += [s.shifted(len(text)) for s in found]
        text += paragraph
    return text, tuple(statements)


def _parse(path: Path, number: int, line: str) -> Text:
    try:
        return parse(line)
    except ValueError as error:
        raise CorpusError(f"{path}, line {number}: {error}") from error


def _corpus(name: str, split: str, texts: Iterator[Text]) -> Corpus:
    left_out: Counter[str] = Counter()
    rows = [to_row(f"{name}-{n}", text, statements, left_out) for n, (text, statements) in enumerate(texts)]
    return Corpus.of(name, split, rows, left_out)
