"""Where quotations open and close, in every style of mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.quotes import paragraphs, quotations


def inner(text: str) -> list[str]:
    return [text[q.inner_start : q.inner_end] for q in quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We will sign,” said Ms Odera. “Soon.”", ["We will sign,", "Soon."]),
        ('He called it "a gift" and "a trap".', ["a gift", "a trap"]),
        ("``Not yet,'' she said.", ["Not yet,"]),
        ("''Not yet,'' she said. ''Later.''", ["Not yet,", "Later."]),
        ("«Jamais», a dit le ministre.", ["Jamais"]),
        ("‘No deal,’ said the envoy.", ["No deal,"]),
        ("'No deal,' said the envoy.", ["No deal,"]),
        ('“Text closed by a straight mark" here', ["Text closed by a straight mark"]),
    ],
)
def test_every_style_of_marks(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It wasn’t Kenya’s plan.",
        "It wasn't Kenya's plan.",
        "the states’ leaders met",
        "the '90s and the ‘80s",
        "5'10",
    ],
)
def test_apostrophes_are_no_quotations(text: str) -> None:
    assert quotations(text) == []


def test_plural_apostrophe_does_not_close_a_single_quote() -> None:
    assert inner("‘The states’ leaders will come,’ she said.") == ["The states’ leaders will come,"]


def test_only_the_outermost_of_nested_quotations() -> None:
    assert inner("“They told us ‘leave’ and we left,” he said.") == ["They told us ‘leave’ and we left,"]


def test_multi_paragraph_quote_is_left_open_until_its_last_paragraph() -> None:
    found = quotations("“First part.\n\n“Second part,” she said.")
    assert [q.closed for q in found] == [False, True]


def test_a_forgotten_mark_ends_with_its_paragraph() -> None:
    text = "He said “never and left.\n\nThe “talks” go on."
    assert inner(text) == ["never and left.", "talks"]


def test_wrapped_lines_do_not_end_a_quotation() -> None:
    assert inner("“We will\r\nsign it,” he said.") == ["We will\r\nsign it,"]


def test_paragraphs_leave_out_the_white_space_between_them() -> None:
    text = "One.\r\n\r\nTwo lines\nof it.\n \nThree."
    assert [text[a:b] for a, b in paragraphs(text)] == ["One.", "Two lines\nof it.", "Three."]


@given(st.text(alphabet="ab .\n“”‘’\"'`«»s", max_size=60))
def test_quotations_are_in_order_and_hold_their_inner_part(text: str) -> None:
    reached = 0
    for q in quotations(text):
        assert reached <= q.start < q.inner_start <= q.inner_end <= q.end <= len(text)
        reached = q.end


@pytest.mark.parametrize("unit", ["“", "«”", "‘ ", "'a", '" ', "``", "\n“", "’ "])
def test_a_page_of_marks_is_read_in_linear_time(unit: str) -> None:
    quotations(unit * 100_000)  # hangs for hours if any step is quadratic
