"""Sentences that mark spans inside the text: the text without the marks, and where the spans are."""

from __future__ import annotations

import re


def unmark(sentence: str, mark: re.Pattern[str]) -> tuple[str, list[tuple[str, int]]]:
    """Take all matches of ``mark`` out of ``sentence``; returns the text, and each mark with its place in it."""
    text, places, position = "", [], 0
    for match in mark.finditer(sentence):
        text += sentence[position : match.start()]
        places.append((match.group(), len(text)))
        position = match.end()
    return text + sentence[position:], places
