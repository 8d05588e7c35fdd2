"""Lines that mark spans inside the text: the text without the marks, and where the spans are."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from training.corpora.schema import CorpusError

# Signs in the files of labels made for this project.
STANCES = {"+": "favor", "0": "neutral", "-": "against"}
SENTIMENTS = {"+": "positive", "0": "neutral", "-": "negative"}

_Parsed = TypeVar("_Parsed")


def parse_line(parse: Callable[[str], _Parsed], line: str, path: Path, number: int) -> _Parsed:
    """What ``parse`` makes of a line. Raises CorpusError, naming file and line, for its ValueError."""
    try:
        return parse(line)
    except ValueError as error:
        raise CorpusError(f"{path}, line {number}: {error}") from error


def unmark(sentence: str, mark: re.Pattern[str]) -> tuple[str, list[tuple[str, int]]]:
    """Take all matches of ``mark`` out of ``sentence``; returns the text, and each mark with its place in it."""
    text, places, position = "", [], 0
    for match in mark.finditer(sentence):
        text += sentence[position : match.start()]
        places.append((match.group(), len(text)))
        position = match.end()
    return text + sentence[position:], places
