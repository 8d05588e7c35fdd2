"""Show what the corpora hold and what their readers leave out.

python -m training.corpora --data ../shared/data
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from training.corpora import READERS, read
from training.corpora.schema import Corpus, CorpusError


def main() -> None:
    """Print a table of all corpora under --data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    names = ("corpus", "split", "texts", "statements", "pairs", "left out")
    table = Table(*(Column(name, overflow="fold") for name in names))
    for name, (_, splits) in READERS.items():
        for split in splits:
            try:
                table.add_row(*_row(read(name, args.data, split)))
            except CorpusError as error:
                table.add_row(name, split, "–", "–", "–", str(error))
    Console().print(table)


def _row(corpus: Corpus) -> tuple[str, ...]:
    rows = corpus.examples
    labels = Counter(f"{p['task']} {p['label']}" for pairs in rows["pairs"] for p in pairs)
    statements = sum(len(s) for s in rows["statements"])
    return (corpus.name, corpus.split, str(len(rows)), str(statements), _lines(labels), _lines(corpus.left_out))


def _lines(counts: Counter[str]) -> str:
    return "\n".join(f"{key}: {n}" for key, n in counts.most_common())


if __name__ == "__main__":
    main()
