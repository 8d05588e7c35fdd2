"""A text and its Document, made by hand: what the tests of types, report and command line share."""

from __future__ import annotations

from stancelib.types import Actor, ActorStance, Document, Span, Speaker, Statement, StatementKind

TEXT = (
    "ANKARA — “The United States has abandoned us,” Turkish Defence Minister Orhan Belli said on Monday. "
    "“NATO stood by our side, and it was\nright to do so.”\n\nTurkey welcomed the truce. "
    "Lena Hartwig, a German diplomat, told reporters that Belli was wrong about Washington "
    "and called the American role <b>“vital & decent”</b>."
)
USA = Actor("USA", "United States", "country", "USA")
NATO = Actor("NATO", "NATO", "igo")
BELLI = Actor("orhan-belli", "Orhan Belli", "person", "TUR")


def span(piece: str, *, nth: int = 0) -> Span:
    """The ``nth`` place of ``piece`` in TEXT."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(piece, start + 1)
    return Span.of(TEXT, start, start + len(piece))


def toward(actor: Actor, favor: float, against: float, *mentions: Span) -> ActorStance:
    """A stance by two of its probabilities."""
    p = {"favor": favor, "neutral": round(1 - favor - against, 6), "against": against}
    return ActorStance(actor, mentions, max(p, key=lambda label: p[label]), p)


def statement(
    id: int, kind: StatementKind, speaker: Speaker, content: list[Span], cue: list[Span], *stances: ActorStance
) -> Statement:
    """A statement of probability 0.9."""
    return Statement(id, kind, 0.9, tuple(content), tuple(cue), speaker, stances)


MINISTER = Speaker("Orhan Belli", "person", "TUR", span("Orhan Belli"), "Turkish Defence Minister")
TURKEY = Speaker("Turkey", "country", "TUR", span("Turkey"))
DIPLOMAT = Speaker("Lena Hartwig", "person", "DEU", span("Lena Hartwig"))

DOCUMENT = Document(
    statements=(
        statement(
            0,
            "direct",
            MINISTER,
            [
                span("The United States has abandoned us"),
                span("NATO stood by our side, and it was\nright to do so"),
            ],
            [span("said")],
            toward(USA, 0.02, 0.9, span("United States")),
            toward(NATO, 0.85, 0.05, span("NATO")),
        ),
        statement(1, "indirect", TURKEY, [span("the truce")], [span("welcomed")]),
        statement(
            2,
            "indirect",
            DIPLOMAT,
            [span("Belli was wrong about Washington")],
            [span("told reporters")],
            toward(BELLI, 0.1, 0.6, span("Belli", nth=1)),
            toward(USA, 0.3, 0.2, span("Washington")),
        ),
        statement(
            3,
            "mixed",
            DIPLOMAT,
            [span("the American role <b>“vital & decent”</b>")],
            [span("called")],
            toward(USA, 0.8, 0.1, span("American")),
        ),
    ),
    model="hand-made 1",
    warnings=("the last 3 words were left out",),
)
