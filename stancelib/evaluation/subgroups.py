"""The subgroups by which judgements are told apart: in what kind of statement, of whom, toward whom, how long."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stancelib.gazetteer import load_gazetteer
from stancelib.quotes import Quotation, quotations, statement_kind
from stancelib.types import Span

Groups = dict[str, str]

LONG = 30  # words from which a content, or a text, counts as long
PRONOUNS = frozenset(
    ("he", "she", "they", "it", "we", "i", "you", "his", "her", "him", "them", "their", "its", "us", "our", "who")
)


def of_pairs(text: str, pairs: Sequence[Mapping[str, Any]]) -> Iterator[Groups]:
    """The subgroups of each labelled pair of a text, of which holder, content and target are given as spans."""
    known, quoted = load_gazetteer().find(text), quotations(text)
    ends = [mention.span.end for mention in known]
    for pair in pairs:
        start, end = pair["target"][0]
        at = bisect_right(ends, start)  # the first mention that does not end before the target
        named = at < len(known) and known[at].span.start < end
        actor = of_actor(known[at].actor.kind) if named else "not in the table"
        yield {"target": of_mention(text[start:end]), "actor": actor} | _of_words(text, pair, quoted)


def _of_words(text: str, pair: Mapping[str, Any], quoted: Sequence[Quotation]) -> Groups:
    groups = {}
    if pair["task"] == "stance":
        groups["speaker"] = of_mention(" ".join(text[a:b] for a, b in pair["holder"]))
    if pair["content"]:
        content = [Span.of(text, a, b) for a, b in pair["content"]]
        groups["statement"] = statement_kind(content, quoted)
        return groups | {"content": of_length(" ".join(span.text for span in content))}
    return groups | {"text": of_length(text)}


def of_mention(words: str) -> str:
    """Whether somebody is meant by a pronoun, or named or described ("name"); "none" for no words."""
    return "none" if not words else "pronoun" if words.lower() in PRONOUNS else "name"


def of_length(text: str) -> str:
    """Whether a text or content has many words."""
    return "long" if len(text.split()) >= LONG else "short"


def of_actor(kind: str) -> str:
    """The kind of an actor in the words of a report."""
    return "state" if kind == "country" else kind
