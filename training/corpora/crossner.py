"""CrossNER, politics (Liu et al. 2021): names in sentences of Wikipedia, as CoNLL columns.

``crossner-politics/{train,dev}.txt``: a token and its BIO tag a line, an empty line after each sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.corpora.schema import Corpus, CorpusError, Row, name

KINDS = {
    "politician": "person",
    "person": "person",
    "politicalparty": "organization",
    "organisation": "organization",
}


def read(data: Path, split: str) -> Corpus:
    """Sentences with persons and organisations; every other name is "other"."""
    file = data / "crossner-politics" / f"{split}.txt"
    sentences = file.read_text(encoding="utf-8").split("\n\n")
    rows = (_row(f"crossner-{n}", _tokens(s, file)) for n, s in enumerate(sentences) if s.strip())
    return Corpus.of("crossner-politics", split, rows, Counter())


def _tokens(sentence: str, file: Path) -> Iterator[tuple[str, str]]:
    for line in sentence.strip("\n").split("\n"):
        token, tab, tag = line.partition("\t")
        if not tab or not token.strip():
            raise CorpusError(f"{file}: line {line!r:.60} is not a token, a tab and a tag")
        yield token, tag.strip()[2:]


def _row(number: str, tokens: Iterator[tuple[str, str]]) -> Row:
    text, names = "", []
    for token, tag in tokens:
        text += " " * bool(text)
        if tag in KINDS:
            names.append(name(len(text), len(text) + len(token), KINDS[tag]))
        text += token
    return named_row(number, text, [name(0, len(text), "other"), *names])


def named_row(number: str, text: str, names: Sequence[Row]) -> Row:
    """A row of which nothing but names is known."""
    return {"id": number, "text": text, "annotated": False, "names": names, "statements": [], "pairs": []}
