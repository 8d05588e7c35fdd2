"""Words, tokens and windows: offsets hold and every word is read exactly once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stancelib.encoding import TextEncoder, check_text, split_words
from stancelib.errors import InvalidInputError, InvalidTypeError

AWKWARD = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab  .,“”\"'\r\n\té́e̋\u200b\u200d\ufe0f👍👨‍👩‍👧🇹🇷ßİﬁ中\x00"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=120,
)


@given(AWKWARD)
def test_words_are_in_order_and_without_white_space(text: str) -> None:
    words = split_words(text)
    assert (words.starts < words.ends).all()
    assert (words.ends[:-1] <= words.starts[1:]).all()
    for a, b in zip(words.starts, words.ends, strict=True):
        assert not any(c.isspace() for c in text[a:b])


def test_combining_marks_and_joiners_stay_with_their_character() -> None:
    text = "cafe\u0301 👨\u200d👩\u200d👧 k"
    words = split_words(text)
    found = [text[a:b] for a, b in zip(words.starts, words.ends, strict=True)]
    assert found[0] == "cafe\u0301"
    assert all(not word.startswith(("\u0301", "\u200d")) for word in found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet="ab z.,é中👍 \n", max_size=400))
def test_every_word_belongs_to_the_core_of_one_window(text_encoder: TextEncoder, text: str) -> None:
    encoded = text_encoder.encode(text)
    windows = text_encoder.windows(encoded)
    owned = [w for window in windows for w in range(*window.core)]
    assert owned == list(range(len(encoded.words) if windows else 0))
    for window in windows:
        assert window.words[0] <= window.core[0] <= window.core[1] <= window.words[1]
        assert window.tokens[1] - window.tokens[0] <= text_encoder.capacity


def test_inner_words_have_the_margin_as_context(text_encoder: TextEncoder) -> None:
    encoded = text_encoder.encode("plan " * 200)
    windows = text_encoder.windows(encoded)
    assert len(windows) > 2
    for window in windows[1:-1]:
        assert window.core[0] - window.words[0] >= text_encoder.config.margin
        assert window.words[1] - window.core[1] >= text_encoder.config.margin


def test_first_window_can_be_shortened(text_encoder: TextEncoder) -> None:
    encoded = text_encoder.encode("plan " * 100)
    windows = encoded.windows(20, 0, first=7)
    assert [w.tokens for w in windows[:3]] == [(0, 7), (7, 27), (27, 47)]


def test_surface_features_say_case_quotation_and_paragraph() -> None:
    words = split_words("KENYA said “No deal”.\n\nTurkey left")
    shape, quoted, paragraph = words.surface.T.tolist()
    assert shape == [3, 1, 0, 2, 1, 0, 0, 2, 1]
    assert quoted == [0, 0, 1, 2, 2, 3, 0, 0, 0]
    assert paragraph == [1, 0, 0, 0, 0, 0, 0, 1, 0]


def test_collate_points_each_word_to_its_first_token(text_encoder: TextEncoder) -> None:
    encoded = text_encoder.encode("Turkey praised zeal")
    batch = text_encoder.collate([(encoded, w) for w in text_encoder.windows(encoded)])
    vocabulary = text_encoder.tokenizer.get_vocab()
    firsts = batch.input_ids[0][batch.word_tokens[0]]
    assert firsts.tolist() == [vocabulary["turkey"], vocabulary["praised"], vocabulary["z"]]
    assert batch.input_ids[0, 0] == 2
    assert batch.input_ids[0, -1] == 3


def test_a_megabyte_without_a_space_is_read(text_encoder: TextEncoder) -> None:
    encoded = text_encoder.encode("a" * 1_000_000)
    assert int(encoded.words.ends[-1]) == 1_000_000
    assert np.all(encoded.words.ends - encoded.words.starts <= 64)


@pytest.mark.parametrize("bad", [None, 3, b"bytes", ["list"], bytearray(b"x")])
def test_what_is_no_string_is_refused_by_name(bad: object) -> None:
    with pytest.raises(InvalidTypeError, match=type(bad).__name__):
        check_text(bad)


def test_lone_surrogates_are_refused_with_their_place() -> None:
    with pytest.raises(InvalidInputError, match="character 3"):
        check_text("abc\ud800")
