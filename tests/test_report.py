"""Reports: what a reader sees, and that nothing of the text is taken for mark-up."""

from __future__ import annotations

import io
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hand_made import DOCUMENT, MINISTER, TEXT, USA, span, statement, toward
from rich.console import Console

from stancelib.errors import InvalidInputError
from stancelib.report import plain, shorten, to_html, to_table
from stancelib.types import Actor, Document, Span, Speaker

HOSTILE = """<script>alert("x")</script>&'"""


class Page(HTMLParser):
    """Tags of a page with their attributes, all its words, and the text it marks: whole, and in pieces."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words, self.marked = "", ""
        self.pieces: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("section", "a", "span"):
            self.open.append(tag if tag == "a" else dict(attrs).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("section", "a", "span"):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.open[:1] == ["text"] and self.open[-1] != "a":
            self.marked += data
            self.pieces.append((self.open[-1], data))

    def classes_of(self, title: str) -> set[str]:
        """Classes of the pieces whose tip contains ``title``."""
        pieces = [attrs for tag, attrs in self.tags if tag == "span" and title in (attrs.get("title") or "")]
        return {name for attrs in pieces for name in (attrs["class"] or "").split()}


def table_text(document: Document, *, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(to_table(document))
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def hostile_document() -> tuple[str, Document]:
    text = f"{HOSTILE} said so."
    content = Span.of(text, 0, len(HOSTILE))
    speaker = Speaker(HOSTILE, "unnamed", HOSTILE, content)
    stance = replace(toward(Actor(HOSTILE, HOSTILE, "group"), 0.1, 0.8), mentions=(content,))
    said = replace(statement(0, "indirect", speaker, [], [], stance), content=(content,), cue=(content,))
    return text, Document((said,), id=HOSTILE, model=HOSTILE, warnings=(HOSTILE,))


def test_table_names_speaker_country_and_stance_in_words() -> None:
    shown = table_text(DOCUMENT)
    assert "Orhan Belli (TUR)" in shown
    assert "▼ against 0.90 United States" in shown
    assert "▲ favor 0.85 NATO" in shown


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_table_fits_the_terminal(width: int) -> None:
    assert max(map(len, table_text(DOCUMENT, width=width).splitlines())) <= width


def test_table_takes_brackets_for_text_not_for_mark_up() -> None:
    speaker = Speaker("[red]Rouge[/red]", "unnamed")
    document = Document((statement(0, "direct", speaker, [span("truce")], []),))
    assert "[red]Rouge[/red]" in table_text(document)


def test_table_says_where_nobody_is_named() -> None:
    assert "nobody named" in table_text(
        Document((statement(0, "direct", Speaker("", "none"), [span("truce")], []),))
    )


def test_plain_drops_what_could_steer_a_terminal() -> None:
    assert plain("\x1b[31mred\x07\nnext\u202eline\x9b") == "[31mred next line"


@pytest.mark.parametrize("text", ["word " * 100, "x" * 100, " " * 500 + "y"])
def test_shorten_keeps_to_the_width_and_shows_the_cut(text: str) -> None:
    short = shorten(text, 20)
    assert len(short) <= 20
    assert short.endswith("…")


def test_shorten_leaves_what_fits() -> None:
    assert shorten("twenty characters ok", 20) == "twenty characters ok"


def test_page_shows_the_text_unchanged() -> None:
    assert Page(to_html(TEXT, DOCUMENT)).marked == TEXT


def test_page_marks_content_speaker_cue_and_actor() -> None:
    page = Page(to_html(TEXT, DOCUMENT))
    assert {"content", "actor", "against"} <= page.classes_of("0: against United States")
    assert page.classes_of("0: speaker Orhan Belli (TUR)") == {"speaker"}
    assert page.classes_of("0: cue") == {"cue"}


def test_marks_end_where_the_spans_end() -> None:
    document = Document((statement(0, "indirect", MINISTER, [span("the truce")], [span("welcomed")]),))
    pieces = Page(to_html(TEXT, document)).pieces
    assert [data for classes, data in pieces if "content" in classes.split()] == ["the truce"]


def test_overlapping_statements_keep_text_and_both_marks() -> None:
    wide, narrow = span("Belli was wrong about Washington"), span("Washington and called")
    document = Document(
        (
            statement(0, "indirect", MINISTER, [wide], [], toward(USA, 0.1, 0.8, span("Washington"))),
            statement(1, "indirect", MINISTER, [narrow], [narrow]),
        )
    )
    page = Page(to_html(TEXT, document))
    both = [a for t, a in page.tags if t == "span" and {"content", "cue"} <= set((a["class"] or "").split())]
    assert page.marked == TEXT
    assert "0: against United States" in (both[0]["title"] or "")
    assert "1: cue" in (both[0]["title"] or "")


def test_symbol_follows_the_last_piece_of_an_actor() -> None:
    split = toward(USA, 0.1, 0.8, span("United States"))
    document = Document((statement(0, "direct", MINISTER, [span("The United States")], [span("United")], split),))
    pieces = Page(to_html(TEXT, document)).pieces
    assert [("last" in classes.split(), data) for classes, data in pieces if "actor" in classes.split()] == [
        (False, "United"),
        (True, " States"),
    ]


def test_every_statement_links_to_its_place_and_back() -> None:
    tags = Page(to_html(TEXT, DOCUMENT)).tags
    ids = {attrs["id"] for _, attrs in tags if "id" in attrs}
    links = {(attrs["href"] or "").removeprefix("#") for tag, attrs in tags if tag == "a"}
    assert ids == links == {f"{where}-{i}" for where in ("text", "statement") for i in range(4)}


def test_statements_that_begin_together_both_have_an_anchor() -> None:
    twice = (statement(n, "indirect", MINISTER, [span("truce")], []) for n in range(2))
    ids = [attrs.get("id") for _, attrs in Page(to_html(TEXT, Document(tuple(twice)))).tags]
    assert ids.count("text-0") == ids.count("text-1") == 1


def test_page_has_the_matrix_with_signs() -> None:
    words = Page(to_html(TEXT, DOCUMENT)).words
    assert "−0.88" in words
    assert "+0.40" in words


def test_page_counts_and_warns() -> None:
    words = Page(to_html(TEXT, DOCUMENT)).words
    assert "Statements: 4 (2 indirect, 1 direct, 1 mixed). Speakers: 3. " in words
    assert "Stances: 5 (2 favor, 1 neutral, 2 against)" in words
    assert "the last 3 words were left out" in words


def test_nothing_of_the_text_becomes_mark_up() -> None:
    text, document = hostile_document()
    html = to_html(text, document, title=HOSTILE)
    page = Page(html)
    assert "<script" not in html
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert page.marked == text
    assert page.words.count(HOSTILE) >= 8  # title, heading, warning, model, card, stance, matrix on both sides


@pytest.mark.parametrize("mark", ['"', "'", "<", "&"])
def test_marks_stay_inside_attributes(mark: str) -> None:
    speaker = replace(MINISTER, name=f"a{mark} onmouseover={mark}b")
    page = Page(to_html(TEXT, Document((statement(0, "direct", speaker, [span("truce")], []),))))
    assert any(f"a{mark} onmouseover={mark}b" in (attrs.get("title") or "") for _, attrs in page.tags)
    assert not any("onmouseover" in attrs for _, attrs in page.tags)


def test_page_needs_nothing_from_elsewhere() -> None:
    tags = Page(to_html(TEXT, DOCUMENT)).tags
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in tags}
    assert "src=" not in to_html(TEXT, DOCUMENT)


def test_document_of_another_text_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="very text"):
        to_html(TEXT.replace("truce", "truck"), DOCUMENT)


def test_text_without_statements_makes_a_page() -> None:
    page = Page(to_html("Nothing & nobody.", Document(id="quiet")))
    assert page.marked == "Nothing & nobody."
    assert "Statements: 0 (none)" in page.words
