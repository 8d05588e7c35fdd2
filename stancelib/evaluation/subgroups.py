"""The subgroups by which judgements are told apart: in what kind of statement, of whom, toward whom, how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stancelib.gazetteer import ActorMention, load_gazetteer
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
    return (_of_pair(text, pair, known, quoted) for pair in pairs)


def _of_pair(
    text: str, pair: Mapping[str, Any], known: Sequence[ActorMention], quoted: Sequence[Quotation]
) -> Groups:
    start, end = pair["target"][0]
    groups = {"target": of_mention(text[start:end]), "actor": _actor_at(start, end, known)}
    if pair["task"] == "stance":
        groups["speaker"] = of_mention(" ".join(text[a:b] for a, b in pair["holder"]))
    if pair["content"]:
        content = [Span.of(text, a, b) for a, b in pair["content"]]
        groups["statement"] = statement_kind(content, quoted)
        return groups | {"content": of_length(" ".join(span.text for span in content))}
    return groups | {"text": of_length(text)}


def of_mention(words: str) -> str:
    """Whether somebody is named, described or meant by a pronoun; "none" for no words."""
    return "none" if not words else "pronoun" if words.lower() in PRONOUNS else "name"


def of_length(text: str) -> str:
    """Whether a text or content has many words."""
    return "long" if len(text.split()) >= LONG else "short"


def of_actor(kind: str) -> str:
    """The kind of an actor in the words of a report."""
    return "state" if kind == "country" else kind


def _actor_at(start: int, end: int, known: Sequence[ActorMention]) -> str:
    kinds = (of_actor(m.actor.kind) for m in known if m.span.start < end and start < m.span.end)
    return next(kinds, "not in the table")
