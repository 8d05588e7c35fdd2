"""PolNeAR (Newell, Margolin and Ruths 2018): attributions in U.S. political news, as brat stand-off.

``polnear/{train,dev}/text/NAME.txt`` with ``attributions/NAME_ANNOTATOR.ann``; an article with two annotators
gives two examples. ``T`` lines are spans (pieces separated by ``;``), ``E`` lines link them to an attribution.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.corpora.schema import Corpus, Row

_SPAN = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t")
_EVENT = re.compile(r"(E\d+)\t(\S+?):\S+((?: \S+:\S+)*)\s*")
_ROLES = {"Content": "content", "Cue": "cue", "Source": "source"}
_TRIGGERS = ("Attribution", "Attribution-no-source")

Spans = list[list[int]]


def read(data: Path, split: str) -> Corpus:
    """All annotators' files of a split."""
    left_out: Counter[str] = Counter()
    return Corpus.of("polnear", split, _rows(data / "polnear" / split, left_out), left_out)


def _rows(folder: Path, left_out: Counter[str]) -> Iterator[Row]:
    files = sorted((folder / "attributions").glob("*.ann"))
    if not files:
        raise FileNotFoundError(2, "no annotation", str(folder / "attributions"))
    for file in files:
        name, _, annotator = file.stem.rpartition("_")
        # newline="" keeps line ends as they are, so that offsets hold.
        with (folder / "text" / f"{name}.txt").open(encoding="utf-8", newline="") as source:
            text = source.read()
        statements = list(read_events(file.read_text(encoding="utf-8"), text, left_out).values())
        yield {"id": f"{name}#{annotator}", "text": text, "annotated": True, "statements": statements, "pairs": []}


def read_events(annotation: str, text: str, left_out: Counter[str]) -> dict[str, dict[str, Spans]]:
    """Attributions of one brat file by event id; offsets are checked against ``text``."""
    spans: dict[str, Spans] = {}
    events: dict[str, dict[str, Spans]] = {}
    lines = annotation.splitlines()
    for line in lines:
        if line.startswith("T"):
            if match := _SPAN.match(line):
                spans[match[1]] = [[int(x) for x in piece.split()] for piece in match[3].split(";")]
            else:
                left_out["malformed span line"] += 1
    for line in lines:
        if line.startswith("E"):
            _read_event(line, spans, events, len(text), left_out)
        elif line.strip() and not line.startswith(("T", "#", "A", "R", "*")):
            left_out["line of no known kind"] += 1
    return events


def _read_event(
    line: str, spans: dict[str, Spans], events: dict[str, dict[str, Spans]], length: int, left_out: Counter[str]
) -> None:
    match = _EVENT.fullmatch(line)
    if match is None:
        left_out["malformed event line"] += 1
        return
    if match[2] not in _TRIGGERS:
        left_out[f"{match[2]} event"] += 1
        return
    found: dict[str, Spans] = {"content": [], "cue": [], "source": []}
    for argument in match[3].split():
        role, _, span = argument.partition(":")
        pieces = spans.get(span)
        if pieces is None or any(not 0 <= a < b <= length for a, b in pieces):
            left_out["argument without a span in the text"] += 1
        elif known := _ROLES.get(role.rstrip("0123456789")):
            found[known].extend(pieces)
        else:
            left_out[f"argument {role}"] += 1
    if found["content"]:
        events[match[1]] = found
    else:
        left_out["attribution without content"] += 1
