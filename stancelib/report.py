"""A Document for human eyes: a table for the terminal, a page for the browser.

Both print text that anybody may have written, so nothing of it is read as mark-up: the table takes it as plain
``Text`` without control characters, the page escapes all of it. Colours are told apart by the colour-blind (blue,
vermilion, grey), and each label also stands in words.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from stancelib.errors import InvalidInputError
from stancelib.label_names import AGAINST, FAVOR, NEUTRAL, meaning, rank
from stancelib.types import STANCE_LABELS, ActorStance, Document, Span, Speaker, Statement

if TYPE_CHECKING:
    pass

SYMBOLS = {FAVOR: "▲", NEUTRAL: "●", AGAINST: "▼", "other": "◆"}  # by meaning; other: labels of somebody's own
_STYLES = {FAVOR: "bold #3a9bdc", NEUTRAL: "grey58", AGAINST: "bold #e0701f", "other": "bold"}
_RGB = {1: "0,114,178", -1: "213,94,0"}  # Okabe and Ito (2008): blue and vermilion


def to_table(doc: Document, *, width: int = 140) -> Table:
    """One row a statement: content, kind and probability, speaker, stance toward each actor with its probability.

    Content is cut to about ``width`` characters.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=True)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Statement", ratio=5, overflow="fold")
    table.add_column("Kind, p", no_wrap=True)
    table.add_column("Speaker", ratio=3, overflow="fold")
    table.add_column("Stance toward", ratio=4, overflow="fold")
    for s in doc.statements:
        table.add_row(
            str(s.id),
            Text(shorten(content_of(s), width)),
            Text(f"{s.kind}\n{s.probability:.2f}"),
            Text(plain(_named(s.speaker))),
            Text("\n").join(_stance_line(t) for t in s.stances),
        )
    return table


def to_html(text: str, doc: Document, *, title: str | None = None) -> str:
    """A page that needs no script, no network and no other file: the text with its statements marked, a card for
    each statement, and the speaker × actor matrix.

    Raises InvalidInputError if ``doc`` is not of this ``text``.
    """
    heading = title or doc.id or "stancelib report"
    cards = "".join(_card(i, s) for i, s in enumerate(doc.statements))
    sections = (
        f"<header><h1>{escape(heading)}</h1>{_counts(doc)}{_warnings(doc)}{_LEGEND}</header>",
        f'<main><section class="text">{_marked_text(text, doc)}</section>',
        f'<aside aria-label="Statements">{cards}</aside></main>',
        _matrix(doc),
    )
    return _PAGE.format(title=escape(heading), style=_STYLE, body="\n".join(sections))


def content_of(statement: Statement) -> str:
    """The words of a statement, gaps between its pieces shown as an ellipsis."""
    return " … ".join(span.text for span in statement.content)


def plain(text: str) -> str:
    """``text`` on one line, without control characters that could move a terminal's cursor or change colours."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text).split())


def shorten(text: str, width: int) -> str:
    """``plain`` text of at most ``width`` characters, an ellipsis where something was cut."""
    line = plain(text[: 4 * width])
    return line if len(line) <= width and len(text) <= 4 * width else line[: width - 1].rstrip() + "…"


def _named(speaker: Speaker) -> str:
    return (speaker.name or "nobody named") + (f" ({speaker.country})" if speaker.country else "")


def _stance_line(stance: ActorStance) -> Text:
    means = _meaning(stance.label)
    label = f"{SYMBOLS[means]} {plain(stance.label)} {stance.probabilities[stance.label]:.2f}"
    return Text.assemble((label, _STYLES[means]), f" {plain(stance.actor.name)}")


def _meaning(label: str) -> str:
    return meaning(label) or "other"


# The marked text: spans may overlap, so it is cut at every border, and each piece carries all that covers it.


@dataclass(frozen=True, slots=True)
class _Mark:
    span: Span
    classes: str
    tip: str


def _marked_text(text: str, doc: Document) -> str:
    marks = [m for s in doc.statements for m in _marks(s)]
    if wrong := next((m.span for m in marks if text[m.span.start : m.span.end] != m.span.text), None):
        raise InvalidInputError(
            f"the text has {text[wrong.start : wrong.end]!r} at {wrong.start}:{wrong.end} where the Document has "
            f"{wrong.text!r}: give the very text that the Document was made of"
        )
    anchors: defaultdict[int, str] = defaultdict(str)
    for i, s in enumerate(doc.statements):
        anchors[s.content[0].start] += (
            f'<a class="ref" id="text-{i}" href="#statement-{i}">{escape(str(s.id))}</a>'
        )
    pieces = _pieces(len(text), marks)
    return "".join(anchors[start] + _piece(text[start:end], end, covering) for start, end, covering in pieces)


def _marks(s: Statement) -> Iterator[_Mark]:
    says = "; ".join(f"{t.label} {t.actor.name} {t.probabilities[t.label]:.2f}" for t in s.stances)
    for span in s.content:
        yield _Mark(span, "content", f"{s.id}: {_named(s.speaker)}" + (f": {says}" if says else ""))
    for span in s.cue:
        yield _Mark(span, "cue", f"{s.id}: cue")
    if s.speaker.mention:
        yield _Mark(s.speaker.mention, "speaker", f"{s.id}: speaker {_named(s.speaker)}")
    for t in s.stances:
        for span in t.mentions:
            yield _Mark(span, f"actor {_meaning(t.label)}", f"{s.id}: {t.label} {t.actor.name}")


def _pieces(length: int, marks: Iterable[_Mark]) -> Iterator[tuple[int, int, list[_Mark]]]:
    """Cut 0..length at every border of a mark: (start, end, marks that cover it), in order."""
    waiting = sorted(marks, key=lambda m: m.span.start, reverse=True)
    borders = sorted({0, length, *(x for m in waiting for x in (m.span.start, m.span.end))})
    active: list[_Mark] = []
    for start, end in pairwise(borders):
        active = [m for m in active if m.span.end > start]
        while waiting and waiting[-1].span.start == start:
            active.append(waiting.pop())
        yield start, end, active


def _piece(piece: str, end: int, covering: list[_Mark]) -> str:
    if not covering:
        return escape(piece)
    classes = " ".join(dict.fromkeys(m.classes for m in covering))
    if any(m.classes.startswith("actor") and m.span.end == end for m in covering):
        classes += " last"  # the symbol of the stance follows the last piece of an actor
    tip = "\n".join(dict.fromkeys(m.tip for m in covering))
    return f'<span class="{escape(classes)}" title="{escape(tip)}">{escape(piece)}</span>'


# What stands around it.


def _counts(doc: Document) -> str:
    kinds = Counter(s.kind for s in doc.statements)
    labels = Counter(t.label for s in doc.statements for t in s.stances)
    speakers = {s.speaker.name for s in doc.statements if s.speaker.name}
    of_kind = ", ".join(f"{n} {escape(kind)}" for kind, n in kinds.most_common()) or "none"
    shown = sorted({*labels, *(() if set(labels) - set(STANCE_LABELS) else STANCE_LABELS)}, key=rank)
    of_label = ", ".join(f"{labels[label]} {escape(label)}" for label in shown)
    return (
        f"<p>Statements: {len(doc.statements)} ({of_kind}). Speakers: {len(speakers)}. "
        f"Stances: {labels.total()} ({of_label}). Model: {escape(doc.model or 'not named')}.</p>"
    )


def _warnings(doc: Document) -> str:
    items = "".join(f"<li>{escape(w)}</li>" for w in doc.warnings)
    return f'<ul class="warnings" aria-label="Warnings">{items}</ul>' if items else ""


def _card(i: int, s: Statement) -> str:
    cue = f", “{escape(' … '.join(c.text for c in s.cue))}”" if s.cue else ""
    told = (s.speaker.kind if s.speaker.name else "", s.speaker.country, s.speaker.description)
    who = ", ".join(filter(None, told))
    return (
        f'<article id="statement-{i}"><h2><a class="ref" href="#text-{i}">{escape(str(s.id))}</a>'
        f"{escape(s.speaker.name or 'nobody named')} <small>{escape(who)}</small></h2>"
        f"<blockquote>{escape(content_of(s))}</blockquote>"
        f"<p>{escape(s.kind)}{cue}; probability {s.probability:.2f}</p>"
        f"<ul>{''.join(_stance_item(t) for t in s.stances)}</ul></article>"
    )


def _stance_item(t: ActorStance) -> str:
    bar = "".join(
        f'<i class="{_meaning(label)}" style="width:{100 * p:.1f}%"></i>' for label, p in t.probabilities.items()
    )
    numbers = ", ".join(f"{escape(label)} {p:.2f}" for label, p in t.probabilities.items())
    means = _meaning(t.label)
    return (
        f'<li><b class="{means}">{SYMBOLS[means]} {escape(t.label)}</b> {escape(t.actor.name)}'
        f'<span class="bar" aria-hidden="true">{bar}</span><small>{numbers}</small></li>'
    )


def _matrix(doc: Document) -> str:
    try:
        table = doc.matrix()
    except InvalidInputError:
        return ""  # labels of somebody's own, which say neither for nor against
    if table.empty:
        return ""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th>{"".join(_cell(float(x)) for x in row)}</tr>'
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    )
    return (
        '<section class="matrix"><table><caption>Speaker × actor: mean of P(favor) − P(against), '
        f"from −1 (against) to +1 (favor)</caption><tr><td></td>{head}</tr>{rows}</table></section>"
    )


def _cell(score: float) -> str:
    if score != score:  # NaN: never speaks of this actor
        return "<td></td>"
    colour = f"rgba({_RGB[1 if score > 0 else -1]},{0.75 * min(abs(score), 1):.2f})"
    return f'<td style="background:{colour}">{score:+.2f}</td>'.replace("-", "−")


_LEGEND = (
    '<p class="legend"><span class="content">content</span> <span class="cue">cue</span> '
    '<span class="speaker">speaker</span> '
    + " ".join(f'<span class="actor {label} last">actor: {label}</span>' for label in STANCE_LABELS)
    + " <small>Point at a mark for what it says; a number leads to the statement.</small></p>"
)

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head><body>
{body}
</body></html>
"""

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #5b5b5b; --line: #d5d5d5;
  --content: #fbf3d0; --favor: #0067a3; --neutral: #666; --against: #b34a00; --speaker: #00694c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --soft: #a8a8a8; --line: #444;
  --content: #37321c; --favor: #6cc0f5; --neutral: #aaa; --against: #ff9a52; --speaker: #4fd0a8; } }
body { margin: 1.5rem auto; max-width: 80rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1rem; margin: 0; } small { color: var(--soft); }
main { display: grid; gap: 2rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 44rem; }
@media (min-width: 60rem) { main { grid-template-columns: 3fr 2fr; }
  aside { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; } }
@media print { main { display: block; } aside { position: static; max-height: none; } }
.content { background: var(--content); }
.cue { border-bottom: 2px dotted var(--soft); }
.speaker { color: var(--speaker); font-weight: 600; }
.favor { color: var(--favor); } .neutral { color: var(--neutral); } .against { color: var(--against); }
.actor { border-bottom: 3px solid; }
.actor::after { font-size: .7em; vertical-align: super; }
.actor.favor.last::after { content: "▲"; }
.actor.neutral.last::after { content: "●"; }
.actor.against.last::after { content: "▼"; }
.actor.other.last::after { content: "◆"; }
.ref { font-size: .75rem; margin-right: .35em; padding: 0 .35em; border: 1px solid; border-radius: .6em;
  color: inherit; text-decoration: none; user-select: none; }
.ref:target { background: var(--content); }
article { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; margin-bottom: .8rem; }
article:target { outline: 3px solid var(--favor); outline-offset: -3px; }
article p, article blockquote, article ul { margin: .3rem 0; padding: 0; list-style: none; }
article p { color: var(--soft); font-size: .85rem; }
blockquote { overflow-wrap: anywhere; }
.bar { display: flex; height: .4rem; margin-top: .15rem; }
.bar i { background: currentColor; }
.matrix { overflow-x: auto; }
table { border-collapse: collapse; }
caption { text-align: left; padding: .5rem 0; }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; font-weight: normal; }
td { text-align: right; font-variant-numeric: tabular-nums; min-width: 3rem; }
.warnings { color: var(--against); }
"""
