"""Decoding: spans from tags, whole quotations, pieces that belong together."""

from __future__ import annotations

import numpy as np
import pytest

from stancelib.attribution import (
    LONGEST_SECTION,
    Attribution,
    Floats,
    WordSpan,
    complete_quotes,
    decode_all,
    sections,
    spans_of,
)
from stancelib.calibration import platt, softmax
from stancelib.encoding import split_words
from stancelib.links import LinkVectors, distance_buckets, in_reach
from stancelib.spans import trim, trim_content

O, B, I = np.eye(3, dtype=np.float32)  # noqa: E741
FREE = np.zeros((3, 3, 3), np.float32)
ROLE = {"source": 0, "cue": 1, "content": 2}


class ByDistance:
    """A link scorer that prefers the nearest candidate, or the farthest, and any candidate to none."""

    def __init__(self, *, far: bool = False) -> None:
        self.sign = 1 if far else -1

    def link(self, query: str, key: str, queries: Floats, keys: Floats) -> LinkVectors:
        buckets = np.arange(32)
        distance = np.where(buckets > 15, buckets - 16, buckets).astype(np.float32)
        flat = np.zeros((len(queries), 1), np.float32), np.zeros((len(keys), 1), np.float32)
        return LinkVectors(*flat, np.full(len(queries), -99, np.float32), self.sign * distance)


def attributions(text: str, *, far: bool = False, **spans: list[str]) -> list[Attribution]:
    """Decode as if the encoder had tagged these pieces of the text."""
    words = split_words(text)
    tags = np.tile(9 * O, (len(words), 3, 1))
    for role, parts in spans.items():
        for part in parts:
            a, b = words.covering(text.index(part), text.index(part) + len(part))
            tags[a, ROLE[role]] = 9 * B
            tags[a + 1 : b, ROLE[role]] = 9 * I
    (found,) = decode_all([words], [tags], [np.zeros((len(words), 4), np.float32)], ByDistance(far=far), FREE)
    return found


def texts(text: str, spans: tuple[WordSpan, ...]) -> list[str]:
    words = split_words(text)
    return [text[slice(*words.offsets(*s))] for s in spans]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([0, 1, 2, 0], [(1, 3)]),
        ([1, 1, 2, 1], [(0, 1), (1, 3), (3, 4)]),
        ([0, 0], []),
        ([1], [(0, 1)]),
        ([], []),
    ],
)
def test_spans_of_tags(tags: list[int], expected: list[WordSpan]) -> None:
    assert spans_of(np.array(tags, np.int64)) == expected


def test_a_quote_never_ends_in_the_middle_of_its_marks() -> None:
    text = "“We will sign the pact soon,” said Ms Odera."
    (found,) = attributions(text, content=["sign the"], cue=["said"], source=["Ms Odera"])
    assert texts(text, found.content) == ["We will sign the pact soon"]


def test_two_contents_of_one_quotation_share_it() -> None:
    words = split_words("“We will sign. They will not.”")
    assert complete_quotes([(1, 4), (5, 7)], words) == [(1, 4), (5, 8)]


def test_an_unbalanced_mark_swallows_nothing() -> None:
    text = "He said “we go home and the rest of the paragraph is plain."
    (found,) = attributions(text, content=["we go"], cue=["said"])
    assert texts(text, found.content) == ["we go"]


def test_pieces_around_a_cue_are_one_statement() -> None:
    text = "“We go,” said Ms Odera. “Now.” Others left."
    (found,) = attributions(text, content=["We go", "Now"], cue=["said"], source=["Ms Odera"])
    assert texts(text, found.content) == ["We go", "Now"]
    assert found.cue is not None
    assert texts(text, (found.cue,)) == ["said"]


CLAUSE = "He plans talks with Assad, who thanked Moscow for help."


@pytest.mark.parametrize(
    ("cue", "outside", "contents"),
    [
        (0.8, 0.6, ["He plans talks with Assad, who", "Moscow for help."]),
        (0.4, 0.6, [CLAUSE]),  # hardly a cue
        (0.8, 0.4, [CLAUSE]),  # reported within the content: "said that Assad thanked Moscow"
    ],
)
def test_a_content_does_not_run_on_over_a_cue_that_is_rather_outside(
    cue: float, outside: float, contents: list[str]
) -> None:
    words = split_words(CLAUSE)
    probabilities = np.tile(O, (len(words), 3, 1))
    probabilities[:, ROLE["content"]] = [0.04, 0.16, 0.8]
    (thanked, _) = words.covering(CLAUSE.index("thanked"), CLAUSE.index(" Moscow"))
    probabilities[thanked, ROLE["cue"]] = [1 - cue, cue, 0]
    probabilities[thanked, ROLE["content"]] = [outside, 0, 1 - outside]
    staying = np.zeros((3, 3, 3), np.float32)
    staying[ROLE["content"], 1:, 0] = -3  # to outside
    logits, states = np.log(probabilities + 1e-6), np.zeros((len(words), 4), np.float32)
    (found,) = decode_all([words], [logits], [states], ByDistance(), staying)
    assert [text for a in found for text in texts(CLAUSE, a.content)] == contents


def test_a_quote_continued_in_the_next_paragraph_keeps_its_speaker() -> None:
    filler = "word " * 300
    text = f"Ms Odera said: “We go. {filler}\n\n“We stay. {filler}\n\n“We rest.” Rain fell."
    (found,) = attributions(text, content=["We go", "We stay", "We rest"], cue=["said"], source=["Ms Odera"])
    assert len(found.content) == 3
    assert found.source is not None


def test_a_new_quotation_in_the_next_paragraph_is_another_statement() -> None:
    filler = "word " * 300
    text = f"Ms Odera said: “We go.” {filler}\n\n“We stay.” Rain fell."
    found = attributions(text, content=["We go", "We stay"], cue=["said"], source=["Ms Odera"])
    assert [len(a.content) for a in found] == [1, 1]
    assert found[1].cue is None


def test_a_plain_content_takes_no_cue_of_another_paragraph() -> None:
    text = "Ms Odera said they go.\n\nThey rest, for now."
    found = attributions(text, content=["they go", "They rest"], cue=["said"], source=["Ms Odera"])
    assert [a.cue is None for a in found] == [False, True]


def test_a_content_of_two_paragraphs_takes_the_cue_of_its_last() -> None:
    text = "“We go.\n\nWe rest,” Ms Odera said."
    (found,) = attributions(text, content=["We go.\n\nWe rest"], cue=["said"], source=["Ms Odera"])
    assert found.cue is not None


def test_a_quotation_takes_the_cue_of_the_paragraph_before_but_not_of_the_next() -> None:
    text = "“We go.”\n\nMs Odera said:\n\n“We rest.”"
    found = attributions(text, content=["We go", "We rest"], cue=["said"], source=["Ms Odera"])
    assert [a.cue is None for a in found] == [True, False]


def test_a_quotation_never_goes_back_past_a_paragraph_with_a_cue() -> None:
    text = "Rain fell, Ms Odera claimed.\n\n“We go,” Mr Tulsi said.\n\n“We rest.”"
    names = {"cue": ["claimed", "said"], "source": ["Ms Odera", "Mr Tulsi"]}
    found = attributions(text, far=True, content=["Rain fell", "We go", "We rest"], **names)
    assert [texts(text, (a.cue,)) for a in found if a.cue] == [["claimed"], ["said"]]
    assert [texts(text, (a.source,)) for a in found if a.source] == [["Ms Odera"], ["Mr Tulsi"]]
    assert texts(text, found[1].content) == ["We go", "We rest"]


def test_sections_cover_a_text_and_stay_bounded() -> None:
    for text in ("word " * 20_000, "A few words here.\n\n" * 4_000, "“We go.\n\n" * 4_000, "", "word"):
        words = split_words(text)
        found = sections(words)
        assert [w for a, b in found for w in range(a, b)] == list(range(len(words)))
        assert all(b - a <= LONGEST_SECTION for a, b in found)


def test_no_section_begins_within_a_quote_that_goes_on() -> None:
    words = split_words("“We go. " + "word " * 1600 + "\n\n“We stay.” He left.\n\nRain fell. " + "word " * 1600)
    assert [words.text[words.starts[a] :][:4] for a, _ in sections(words)] == ["“We ", "Rain"]


def test_probability_is_that_of_the_contents_words() -> None:
    (found,) = attributions("Kenya said no.", content=["no"], cue=["said"])
    assert found.probability == pytest.approx(1 - softmax(np.stack([9 * B]))[0, 0], abs=1e-6)


def test_distances_tell_side_and_overlap() -> None:
    queries, keys = np.array([[10, 12]]), np.array([[12, 13], [9, 10], [11, 14], [200, 201], [0, 1]])
    assert distance_buckets(queries, keys).tolist() == [[0, 16, 15, 14, 22]]
    assert in_reach(np.array([[0, 1]]), np.array([[201, 202], [202, 203]])).tolist() == [[True, False]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“that they will go,”", "they will go"),
        (" that “they will go.” ", "they will go"),
        ("That", "That"),
        ("thatched roofs.", "thatched roofs"),
        ("help from the U.S.", "help from the U.S."),
        ("the plan (agreed in Oslo).", "the plan (agreed in Oslo)"),
        ("’Tis", "Tis"),
        ("— …", ""),
        ("\x85no\x85", "no"),
    ],
)
def test_edges_of_content(text: str, expected: str) -> None:
    assert text[slice(*trim_content(text, 0, len(text)))] == expected


def test_trim_keeps_a_leading_that_outside_content() -> None:
    assert "that man"[slice(*trim("that man,", 0, 9))] == "that man"


def test_platt_curve() -> None:
    assert platt(0.7, 1, 0) == pytest.approx(0.7)
    assert platt(0.5, 3, 1) == pytest.approx(1 / (1 + np.exp(-1)))
    assert 0 < platt(0.0, 1, 0) < platt(1.0, 1, 0) < 1


def test_temperature_above_one_softens() -> None:
    logits = np.array([[2.0, 0.0, 0.0]], np.float32)
    assert softmax(logits, 2.0).max() < softmax(logits).max()
    assert softmax(logits, 2.0).sum() == pytest.approx(1)


def test_a_bias_moves_the_share_of_its_label_and_not_the_odds_of_the_others() -> None:
    logits = np.array([[2.0, 1.0, 0.0]], np.float32)
    ((a, b, c),) = softmax(logits, 2.0, (0.0, 0.7, 0.0))
    assert np.log(a / c) == pytest.approx(1)
    assert np.log(b / c) == pytest.approx(0.5 + 0.7)
    assert a + b + c == pytest.approx(1)
