"""PolNeAR (Newell, Margolin and Ruths 2018): attributions in U.S. political news, as brat stand-off.

``polnear/{train,dev}/text/NAME.txt`` with ``attributions/NAME_ANNOTATOR.ann``; an article with two annotators
gives two examples. ``T`` lines are spans (pieces separated by ``;``), ``E`` lines link them to an attribution.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from training.corpora.schema import Corpus, Row

_SPAN = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t(.*)")
_ROLES = {"Content": "content", "Cue": "cue", "Source": "source"}
_TRIGGERS = ("Attribution", "Attribution-no-source")

Spans = list[list[int]]


class _Span(NamedTuple):
    id: str
    kind: str
    pieces: Spans


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
        text = read_article(folder, name)
        statements = list(read_events(file.read_text(encoding="utf-8"), text, left_out).values())
        yield {"id": f"{name}#{annotator}", "text": text, "annotated": True, "statements": statements, "pairs": []}


def read_article(folder: Path, name: str) -> str:
    """The text of an article of a split's folder, with line ends as they are, so that offsets hold."""
    with (folder / "text" / f"{name}.txt").open(encoding="utf-8", newline="") as source:
        return source.read()


def read_events(annotation: str, text: str, left_out: Counter[str]) -> dict[str, dict[str, Spans]]:
    """Attributions of one brat file by event id, without the spans whose text is not what stands in ``text``."""
    lines = annotation.split("\n")
    found = [_read_span(line, text, left_out) for line in lines if line.startswith("T")]
    spans = {s.id: s for s in found if s}
    events: dict[str, dict[str, Spans]] = {}
    linked: set[str] = set()
    for line in lines:
        if line.startswith("E"):
            _read_event(line, spans, events, linked, left_out)
        elif line.strip() and not line.startswith(("T", "#", "A", "R", "*")):
            left_out["line of no known kind"] += 1
    left_out.update(f"{s.kind} in no attribution" for s in spans.values() if s.id not in linked)
    return events


def _read_span(line: str, text: str, left_out: Counter[str]) -> _Span | None:
    match = _SPAN.fullmatch(line)
    if match is None:
        left_out["malformed span line"] += 1
        return None
    pieces = [[int(x) for x in piece.split()] for piece in match[3].split(";")]
    inside = all(a < b <= len(text) for a, b in pieces)
    # brat breaks the line where the span does, so that its text ends there
    if not inside or " ".join(text[a:b] for a, b in pieces).partition("\n")[0] != match[4]:
        left_out["span whose text is not at its offsets"] += 1
        return None
    return _Span(match[1], match[2], pieces)


def _read_event(
    line: str,
    spans: dict[str, _Span],
    events: dict[str, dict[str, Spans]],
    linked: set[str],
    left_out: Counter[str],
) -> None:
    event, _, rest = line.partition("\t")
    arguments = [argument.partition(":")[::2] for argument in rest.split()]
    if not arguments or not all(role and span for role, span in arguments):
        left_out["malformed event line"] += 1
        return
    (trigger, _), *others = arguments
    if trigger not in _TRIGGERS:
        left_out[f"{trigger} event"] += 1
        return
    linked.update(span for _, span in arguments)
    found = _by_role(others, spans, left_out)
    if found["content"]:
        events[event] = found
    else:
        left_out["attribution without content"] += 1


def _by_role(
    arguments: Iterable[tuple[str, str]], spans: dict[str, _Span], left_out: Counter[str]
) -> dict[str, Spans]:
    found: dict[str, Spans] = {"content": [], "cue": [], "source": []}
    for role, span in arguments:
        known = _ROLES.get(role.rstrip("0123456789"))
        if known is None:
            left_out[f"argument {role}"] += 1
        elif span not in spans:
            left_out["argument without a span in the text"] += 1
        else:
            found[known].extend(spans[span].pieces)
    return found
