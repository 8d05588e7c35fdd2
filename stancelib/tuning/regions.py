"""Marked regions of a text and the relations between them: the shape of annotation tools, to and from documents.

Regions are marked ``content``, ``cue``, ``source`` or ``actor``; an actor has the stance as well. Relations lead
from a content to its cue ("reported with") and source ("said by"), from a later piece of a content to its first
("goes on"), and from a later mention of an actor to its first ("same actor").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from stancelib.types import Document, Span

CONTENT, CUE, SOURCE, ACTOR = MARKS = ("content", "cue", "source", "actor")
WITH_CUE, BY_SOURCE, GOES_ON, SAME_ACTOR = RELATIONS = ("reported with", "said by", "goes on", "same actor")


@dataclass(frozen=True)
class Region:
    """Characters ``start`` to ``end``, marked; ``stance`` is that toward an actor, None for a later mention."""

    id: str
    mark: str
    start: int
    end: int
    stance: str | None = None


@dataclass(frozen=True)
class Relation:
    """One of RELATIONS between two regions."""

    kind: str
    source: str
    target: str


@dataclass(frozen=True)
class Markup:
    """A text with its regions and relations."""

    text: str
    regions: tuple[Region, ...]
    relations: tuple[Relation, ...] = ()
    id: str | None = None


def of_document(text: str, document: Document) -> Markup:
    """The markup of what a model found."""
    regions: list[Region] = []
    relations: list[Relation] = []
    shared: dict[tuple[str, int, int], str] = {}

    def mark(kind: str, span: Span) -> str:
        """A cue or source that several statements share is one region."""
        key = (kind, span.start, span.end)
        if key not in shared:
            shared[key] = f"{kind}-{span.start}-{span.end}"
            regions.append(Region(shared[key], kind, span.start, span.end))
        return shared[key]

    for s in document.statements:
        pieces = [mark(CONTENT, span) for span in s.content]
        relations += [Relation(GOES_ON, piece, pieces[0]) for piece in pieces[1:]]
        relations += [Relation(WITH_CUE, pieces[0], mark(CUE, span)) for span in s.cue]
        if s.speaker.mention is not None:
            relations.append(Relation(BY_SOURCE, pieces[0], mark(SOURCE, s.speaker.mention)))
        for n, stance in enumerate(s.stances):
            names = [f"{ACTOR}-{s.id}-{n}-{i}" for i in range(len(stance.mentions))]
            for i, (name, span) in enumerate(zip(names, stance.mentions, strict=True)):
                regions.append(Region(name, ACTOR, span.start, span.end, None if i else stance.label))
            relations += [Relation(SAME_ACTOR, name, names[0]) for name in names[1:]]
    return Markup(text, tuple(regions), tuple(relations), document.id)


def to_record(markup: Markup) -> dict[str, Any]:
    """A row of labels (see labels.py). Raises ValueError, naming the region, for what makes no statement."""
    known = {r.id: r for r in markup.regions}
    if strange := {r.mark for r in markup.regions} - {*MARKS}:
        raise ValueError(f"unknown mark {sorted(strange)[0]!r}: marks are {', '.join(MARKS)}")
    if strange := {k.kind for k in markup.relations} - {*RELATIONS}:
        raise ValueError(f"unknown relation {sorted(strange)[0]!r}: relations are {', '.join(RELATIONS)}")
    first = {k.source: k.target for k in markup.relations if k.kind == GOES_ON}
    statements: dict[str, dict[str, Any]] = {}
    for region in _marked(markup, CONTENT):
        head = statements.setdefault(_root(region.id, first), {"content": [], "cue": [], "stances": []})
        head["content"].append(_span(markup.text, region))
    for kind, mark in ((WITH_CUE, CUE), (BY_SOURCE, SOURCE)):
        for relation in (k for k in markup.relations if k.kind == kind):
            statement = statements.get(_root(relation.source, first))
            target = known.get(relation.target)
            if statement is None or target is None or target.mark != mark:
                raise ValueError(f"{kind!r} must lead from a content to a {mark}: {_shown(markup, relation)}")
            if mark == CUE:
                statement["cue"].append(_span(markup.text, target))
            else:
                statement["speaker"] = {"mention": _span(markup.text, target)}
    later = {k.source: k.target for k in markup.relations if k.kind == SAME_ACTOR}
    actors: dict[str, list[Region]] = {}
    for region in _marked(markup, ACTOR):
        actors.setdefault(_root(region.id, later), []).append(region)
    for mentions in actors.values():
        _statement_of(markup, mentions[0], statements)["stances"].append(_stance(markup.text, mentions))
    ordered = sorted(statements.values(), key=lambda s: int(s["content"][0]["start"]))
    return {"text": markup.text, "id": markup.id, "statements": ordered}


def _marked(markup: Markup, mark: str) -> Iterable[Region]:
    return sorted((r for r in markup.regions if r.mark == mark), key=lambda r: (r.start, r.end))


def _root(name: str, leads: dict[str, str]) -> str:
    """Where the relations lead in the end; a circle ends where it began."""
    seen = {name}
    while name in leads and leads[name] not in seen:
        name = leads[name]
        seen.add(name)
    return name


def _statement_of(markup: Markup, actor: Region, statements: dict[str, dict[str, Any]]) -> dict[str, Any]:
    for statement in statements.values():
        if any(c["start"] <= actor.start and actor.end <= c["end"] for c in statement["content"]):
            return statement
    raise ValueError(f"the actor {markup.text[actor.start : actor.end]!r} is in no content: mark it inside one")


def _stance(text: str, mentions: Sequence[Region]) -> dict[str, Any]:
    name = text[mentions[0].start : mentions[0].end]
    stances = {m.stance for m in mentions} - {None}
    if len(stances) != 1:
        told = "no stance" if not stances else "several stances"
        raise ValueError(f"the actor {name!r} has {told}: choose one at its first mention")
    return {"actor": {"name": name}, "mentions": [_span(text, m) for m in mentions], "label": stances.pop()}


def _span(text: str, region: Region) -> dict[str, Any]:
    return {"start": region.start, "end": region.end, "text": text[region.start : region.end]}


def _shown(markup: Markup, relation: Relation) -> str:
    texts = {r.id: f"{r.mark} {markup.text[r.start : r.end][:40]!r}" for r in markup.regions}
    return f"{texts.get(relation.source, '?')} to {texts.get(relation.target, '?')}"
