"""Labels of somebody's own: what they mean, and that they are shown wherever labels are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hand_made import DOCUMENT, TEXT
from rich.console import Console

from stancelib.errors import InvalidInputError
from stancelib.label_names import like, meaning, polarity, rank
from stancelib.report import to_html, to_table
from stancelib.tally import Tally
from stancelib.types import Document

THREE = ("favor", "neutral", "against")


@pytest.mark.parametrize(
    ("label", "means"),
    [
        ("Support", "favor"),
        ("strongly oppose", "against"),
        ("no stance", "neutral"),
        ("somewhat_positive", "favor"),
        ("not supportive", None),
        ("for and against", None),
        ("cat", None),
        ("", None),
    ],
)
def test_meaning(label: str, means: str | None) -> None:
    assert meaning(label) == means


def test_labels_of_like_meaning() -> None:
    assert [like(x, THREE) for x in ("Support", "none", "anti", "cat", "favor")] == [
        *("favor", "neutral", "against", None, "favor")
    ]
    assert like("support", ("strongly favor", "weakly favor")) is None


def test_labels_are_sorted_from_for_to_against() -> None:
    assert sorted(["cat", "oppose", "none", "pro"], key=rank) == ["pro", "none", "oppose", "cat"]


def test_polarity_sums_what_means_the_same() -> None:
    five = {"strongly support": 0.4, "support": 0.2, "none": 0.1, "oppose": 0.2, "strongly oppose": 0.1}
    assert polarity(five) == pytest.approx(0.3)
    assert polarity({"yes": 0.5, "no": 0.5}) is None


def relabelled(*labels: str) -> Document:
    """The hand-made document with other names for its three labels."""
    names = dict(zip(THREE, labels, strict=True))
    statements = []
    for s in DOCUMENT.statements:
        stances = tuple(
            replace(t, label=names[t.label], probabilities={names[k]: p for k, p in t.probabilities.items()})
            for t in s.stances
        )
        statements.append(replace(s, stances=stances))
    return replace(DOCUMENT, statements=tuple(statements))


def test_the_matrix_reads_labels_by_their_meaning() -> None:
    own = relabelled("support", "none", "oppose")
    assert own.matrix().equals(DOCUMENT.matrix())


def test_the_matrix_of_labels_that_tell_nothing_needs_their_values() -> None:
    own = relabelled("A", "B", "C")
    with pytest.raises(InvalidInputError, match="'A', 'B', 'C' none means in favor"):
        own.matrix()
    assert own.matrix(values={"A": 1, "B": 0, "C": -1}).equals(DOCUMENT.matrix())
    with pytest.raises(InvalidInputError, match="nothing of the label 'C'"):
        own.matrix(values={"A": 1, "B": 0})


@pytest.mark.parametrize("labels", [("support", "none", "oppose"), ("A", "B", "<C>")])
def test_own_labels_are_shown_in_table_and_page(labels: tuple[str, str, str]) -> None:
    own = relabelled(*labels)
    used = {t.label for s in own.statements for t in s.stances}
    console = Console(width=160)
    with console.capture() as seen:
        console.print(to_table(own))
    page = to_html(TEXT, own)
    assert all(label in seen.get() for label in used)
    assert "<C>" not in page
    assert all(label.replace("<", "&lt;").replace(">", "&gt;") in page for label in used)


def test_a_tally_has_no_mean_where_labels_tell_nothing() -> None:
    (_, _, mean), *_ = Tally.of([relabelled("A", "B", "C")], errors=0).top_actors()
    assert mean is None
