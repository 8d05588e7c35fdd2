"""The seed articles: their gold annotation is well formed, complete and says what the README says."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from stancelib.spans import trim_content
from stancelib.types import STANCE_LABELS, ActorKind, Document, Span, SpeakerKind, Statement, StatementKind

SEEDS = Path(__file__).parent.parent / "seeds"
LINES = (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
GOLD = [Document.from_dict(json.loads(line)) for line in LINES]
STATEMENTS = [s for document in GOLD for s in document.statements]
STANCES = [t for s in STATEMENTS for t in s.stances]

# A mark that opens or stands inside a quotation; an apostrophe follows or precedes a letter on the wrong side.
MARK = re.compile(r"[“”«»\"‘]|``|(?<![\w'])'(?=\w)")
OPENED = re.compile(r"(?:[“«\"‘]|``|(?<!\w)')$")
CLOSED = re.compile(r"[.,!?]?(?:[”»\"’]|''?|\.(?:\r?\n){2}[“\"])")


def _article(document: Document) -> str:
    path = SEEDS / "articles" / f"{document.id}.txt"
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


ARTICLES = {document.id: _article(document) for document in GOLD}
IDS = [str(document.id) for document in GOLD]
by_article = pytest.mark.parametrize("gold", GOLD, ids=IDS)


def _spans(statement: Statement) -> Iterator[Span]:
    yield from statement.content
    yield from statement.cue
    if statement.speaker.mention is not None:
        yield statement.speaker.mention
    for stance in statement.stances:
        yield from stance.mentions


def _enclosed(text: str, span: Span) -> bool:
    """Whether marks stand right before and after ``span``; a paragraph may end before the closing one."""
    before = text[max(0, span.start - 3) : span.start]
    return bool(OPENED.search(before) and CLOSED.match(text, span.end))


def _kind(text: str, content: tuple[Span, ...]) -> StatementKind:
    enclosed = [_enclosed(text, span) for span in content]
    if all(enclosed):
        return "direct"
    return "mixed" if any(enclosed) or any(MARK.search(span.text) for span in content) else "indirect"


def _places(text: str, piece: str, within: Span) -> Iterator[tuple[int, int]]:
    """Where ``piece`` stands as whole words inside a span."""
    for match in re.finditer(rf"(?<!\w){re.escape(piece)}(?!\w)", text):
        if within.start <= match.start() and match.end() <= within.end:
            yield match.span()


@pytest.mark.parametrize("line", LINES, ids=IDS)
def test_gold_survives_a_document(line: str) -> None:
    assert Document.from_dict(json.loads(line)).to_json() == line


def test_every_article_has_one_line_of_gold() -> None:
    assert [document.id for document in GOLD] == sorted(path.stem for path in (SEEDS / "articles").iterdir())


@by_article
def test_spans_are_those_of_the_article(gold: Document) -> None:
    text = ARTICLES[gold.id]
    for span in (span for s in gold.statements for span in _spans(s)):
        assert text[span.start : span.end] == span.text != ""


@by_article
def test_content_has_no_marks_at_its_edges(gold: Document) -> None:
    text = ARTICLES[gold.id]
    for span in (span for s in gold.statements for span in s.content):
        assert trim_content(text, span.start, span.end) == (span.start, span.end), span


@by_article
def test_kind_follows_from_the_marks(gold: Document) -> None:
    for statement in gold.statements:
        assert statement.kind == _kind(ARTICLES[gold.id], statement.content), statement.content


@by_article
def test_statements_are_numbered_as_they_appear(gold: Document) -> None:
    starts = [s.content[0].start for s in gold.statements]
    assert [s.id for s in gold.statements] == list(range(len(gold.statements)))
    assert starts == sorted(starts)


@by_article
def test_no_two_statements_share_content(gold: Document) -> None:
    spans = sorted((span.start, span.end) for s in gold.statements for span in s.content)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@by_article
def test_mentions_are_all_those_inside_the_content(gold: Document) -> None:
    text = ARTICLES[gold.id]
    for statement in gold.statements:
        for stance in statement.stances:
            named = {mention.text for mention in stance.mentions}
            found = {place for span in statement.content for name in named for place in _places(text, name, span)}
            assert {(mention.start, mention.end) for mention in stance.mentions} == found


@by_article
def test_a_statement_lists_an_actor_once(gold: Document) -> None:
    for statement in gold.statements:
        actors = [stance.actor.id for stance in statement.stances]
        assert len(actors) == len(set(actors))


def test_gold_is_certain() -> None:
    assert {document.model for document in GOLD} == {"gold"}
    assert {s.probability for s in STATEMENTS} == {1.0}
    for stance in STANCES:
        assert stance.probabilities == {label: float(label == stance.label) for label in STANCE_LABELS}


def test_every_kind_and_label_occurs_and_no_other() -> None:
    assert {s.kind for s in STATEMENTS} == set(get_args(StatementKind))
    assert {s.speaker.kind for s in STATEMENTS} == set(get_args(SpeakerKind))
    assert {t.label for t in STANCES} == set(STANCE_LABELS)
    assert {t.actor.kind for t in STANCES} <= set(get_args(ActorKind))


def test_an_actor_is_the_same_everywhere() -> None:
    actors = {t.actor for t in STANCES}
    assert len(actors) == len({a.id for a in actors}) == len({a.name for a in actors})
    assert all(re.fullmatch("[A-Z]{3}", a.id) and a.id == a.country for a in actors if a.kind == "country")


def test_only_the_cyclone_has_crlf_line_ends() -> None:
    assert [name for name, text in ARTICLES.items() if "\r\n" in text] == ["09-cyclone-aid"]
    assert not re.search(r"(?<!\r)\n", ARTICLES["09-cyclone-aid"])


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("01-maritime-border", "“”"),
        ("02-nuclear-talks", '"'),
        ("04-steel-tariffs", "``"),
        ("05-caspian-gas", "«»"),
        ("08-spy-row", "‘“”’"),
    ],
)
def test_each_style_of_marks_keeps_to_its_article(name: str, marks: str) -> None:
    assert set(re.findall(r"[“”«»\"‘`]", ARTICLES[name])) == set(marks) - {"’"}


def test_single_straight_marks_stand_among_apostrophes() -> None:
    text = ARTICLES["06-migrant-boats"]
    assert not re.search(r"[“”«»\"‘’`]", text)
    assert _enclosed(text, Span.of(text, *next(_places(text, "They laughed at us", Span.of(text, 0, len(text))))))


def test_election_has_combining_marks_and_emoji() -> None:
    text = ARTICLES["07-andean-election"]
    assert unicodedata.normalize("NFD", "Inés") in text
    assert "🇪🇨❤️" in text


def test_spy_row_has_its_headline_in_capitals() -> None:
    assert ARTICLES["08-spy-row"].splitlines()[0].isupper()


def test_some_statement_shows_favor_and_against_at_once() -> None:
    assert sum({"favor", "against"} <= {t.label for t in s.stances} for s in STATEMENTS) >= 8


def test_some_quotes_reopen_at_each_paragraph() -> None:
    reopened = [
        document.id
        for document in GOLD
        for s in document.statements
        if any(re.match(r"\.(?:\r?\n){2}[“\"]", ARTICLES[document.id][span.end :]) for span in s.content[:-1])
    ]
    assert reopened == ["09-cyclone-aid", "11-yemen-truce"]


def test_some_speakers_stand_in_another_sentence() -> None:
    assert {s.speaker.name for s in STATEMENTS if not s.cue} >= {"Aurélie Maisondieu", "Salwa Ba-Haroon"}


def test_joint_speakers_occur() -> None:
    assert {s.speaker.kind for s in STATEMENTS if " and " in s.speaker.name} >= {"person", "country"}


def test_capitals_speak_for_their_countries() -> None:
    names = {s.speaker.mention.text for s in STATEMENTS if s.speaker.kind == "country" and s.speaker.mention}
    assert names >= {"Mogadishu", "Warsaw", "the White House", "The Mexican government", "it"}


def test_readme_counts_are_those_of_the_gold() -> None:
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|[^|]+\| (\d+) \|", readme, re.MULTILINE)
    assert rows == [(document.id, str(len(document.statements))) for document in GOLD]
