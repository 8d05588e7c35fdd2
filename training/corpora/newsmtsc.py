"""NewsMTSC (Hamborg and Donnay 2021): sentiment toward targets in news sentences, one JSON object a line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.corpora.schema import Corpus, Row, pair

_LABELS = {2: "negative", 4: "neutral", 6: "positive"}


def read(data: Path, split: str) -> Corpus:
    """``newsmtsc/{train,dev_rw,dev_mt}.jsonl``; a sentence is one example with all its targets."""
    left_out: Counter[str] = Counter()
    return Corpus.of("newsmtsc", split, _rows(data / "newsmtsc" / f"{split}.jsonl", left_out), left_out)


def _rows(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                row = _row(json.loads(line), left_out)
            except (json.JSONDecodeError, KeyError, TypeError):
                left_out["malformed line"] += 1
                continue
            yield row


def _row(record: dict[str, Any], left_out: Counter[str]) -> Row:
    text = record["sentence_normalized"]
    row: Row = {"id": record["primary_gid"], "text": text, "annotated": False, "statements": []}
    return {**row, "pairs": [p for t in record["targets"] if (p := _pair(text, t, left_out))]}


def _pair(text: str, target: dict[str, Any], left_out: Counter[str]) -> Row | None:
    start, end, polarity = target["from"], target["to"], target["polarity"]
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
        left_out["target outside the sentence"] += 1
        return None
    if polarity not in _LABELS:
        left_out[f"polarity {polarity}"] += 1
        return None
    return pair("sentiment", [[start, end]], _LABELS[polarity])
