"""The pipeline on a tiny untrained model: order, offsets, bad input, the Hub."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stancelib
from stancelib.attribution import Floats
from stancelib.config import ModelConfig
from stancelib.encoding import Batch
from stancelib.errors import InvalidInputError, InvalidTypeError, ModelFolderError
from stancelib.quotes import quotations, statement_kind
from stancelib.spans import find_span
from stancelib.speakers import resolve_speakers
from stancelib.tagger import StanceTagger
from stancelib.types import Document, Span

TEXT = "Ankara said “we support Qatar”. Russia told Kenya that the raid will not end.\r\n\r\n“No plan,” she said."
AWKWARD = st.text(
    alphabet=st.one_of(
        st.sampled_from("Turkey said that we,. “”\"'\r\n\té́e̋\u200b\u200d👍👨‍👩‍👧🇹🇷ßİﬁ中"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=300,
)


def spans_of(document: Document) -> list[Span]:
    found: list[Span] = []
    for s in document.statements:
        found += [*s.content, *s.cue, *(m for t in s.stances for m in t.mentions)]
        found += [s.speaker.mention] if s.speaker.mention else []
    return found


def talkative(tagger: StanceTagger, config: ModelConfig) -> StanceTagger:
    """One that finds many statements, which an untrained model, whose tags are all much the same, does not."""
    found = StanceTagger(tagger.engine.model, tagger.encoder.tokenizer, config, device="cpu")
    encode = found.engine.encode

    def noisy(batch: Batch) -> tuple[Floats, Floats]:
        states, tags = encode(batch)
        noise = np.random.default_rng(batch.input_ids.size).normal(0, 3, tags.shape)
        return states, tags + noise.astype(np.float32)

    found.engine.encode = noisy  # type: ignore[method-assign]
    return found


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=AWKWARD)
def test_every_span_slices_back_to_its_text(tagger: StanceTagger, text: str) -> None:
    document = talkative(tagger, tagger.config).predict(text)
    for span in spans_of(document):
        assert text[span.start : span.end] == span.text
        assert span.text.strip() == span.text
        assert span.text


def test_batch_gives_what_single_gives(tagger: StanceTagger) -> None:
    texts = [TEXT, "She said no.", TEXT * 5, "Kenya."]
    for together, text in zip(tagger.predict_batch(texts), texts, strict=True):
        alone = tagger.predict(text)
        assert [s.content for s in together.statements] == [s.content for s in alone.statements]
        for a, b in zip(together.statements, alone.statements, strict=True):
            for x, y in zip(a.stances, b.stances, strict=True):
                assert x.probabilities == pytest.approx(y.probabilities, abs=1e-3)


def test_one_bad_text_never_stops_the_rest(tagger: StanceTagger) -> None:
    texts: list[Any] = [TEXT, None, "", "abc\ud800", TEXT]
    documents = tagger.predict_batch(texts, ids=["a", "b", "c", "d", "e"])
    assert [d.id for d in documents] == ["a", "b", "c", "d", "e"]
    assert documents[0].statements == documents[4].statements
    assert "NoneType" in documents[1].warnings[0]
    assert documents[2].warnings == ("the text is empty",)
    assert "surrogate" in documents[3].warnings[0]


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\u200b", "…", "👍"])
def test_texts_without_words_give_no_statements_and_no_error(tagger: StanceTagger, text: str) -> None:
    assert tagger.predict(text).statements == ()


@pytest.mark.parametrize("bad", [None, 3, b"bytes", ["list"]])
def test_predict_refuses_what_is_no_text(tagger: StanceTagger, bad: Any) -> None:
    with pytest.raises(InvalidTypeError):
        tagger.predict(bad)


def test_statements_below_the_least_probability_are_left_out(tagger: StanceTagger) -> None:
    everything = tagger.predict(TEXT * 3, min_probability=0).statements
    assert len(everything) > 1
    middle = sorted(s.probability for s in everything)[len(everything) // 2]
    kept = tagger.predict(TEXT * 3, min_probability=middle).statements
    wanted = [s for s in everything if s.probability >= middle]
    assert [(s.probability, s.content) for s in kept] == [(s.probability, s.content) for s in wanted]
    assert 0 < len(kept) < len(everything)


def test_a_higher_threshold_leaves_the_others_to_their_speakers(
    tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    resolve = resolve_speakers

    def noted(text: str, sources: Any, **others: Any) -> Any:
        asked.append(sources)
        return resolve(text, sources, **others)

    monkeypatch.setattr("stancelib.tagger.resolve_speakers", noted)
    for least in (None, 0.99):
        tagger.predict(TEXT * 3, min_probability=least)
    usual, strict = asked
    assert strict == usual


def test_the_functions_pass_the_least_probability_on(
    tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["stancelib.predict"], "_default", tagger)
    assert stancelib.predict(TEXT, min_probability=0).statements
    assert stancelib.predict_batch([TEXT], min_probability=0)[0].statements
    assert not stancelib.predict(TEXT, min_probability=1).statements
    assert not stancelib.predict_batch([TEXT], min_probability=1)[0].statements


def test_without_a_least_probability_the_model_s_own_holds(tagger: StanceTagger) -> None:
    everything = tagger.predict(TEXT * 3, min_probability=0).statements
    least = max(s.probability for s in everything)
    strict = replace(tagger.config, min_probability=least)
    sure = StanceTagger(tagger.engine.model, tagger.encoder.tokenizer, strict, device="cpu").predict(TEXT * 3)
    assert [s.probability for s in sure.statements] == [
        s.probability for s in everything if s.probability >= least
    ]
    assert len(sure.statements) < len(everything)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ("0.5", InvalidTypeError),
        (True, InvalidTypeError),
        (1.5, InvalidInputError),
        (float("nan"), InvalidInputError),
    ],
)
def test_what_is_no_probability_is_refused(tagger: StanceTagger, bad: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"min_probability is .*: give a number from 0"):
        tagger.predict(TEXT, min_probability=bad)


def test_batch_refuses_a_single_string_and_the_wrong_number_of_ids(tagger: StanceTagger) -> None:
    for bad in ("text", b"text", None, 5, {"a": "text"}):
        with pytest.raises(InvalidTypeError, match="list of texts"):
            tagger.predict_batch(bad)  # type: ignore[arg-type]
        with pytest.raises(InvalidTypeError, match="list of items"):
            tagger.sentiment_batch(bad)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="id is 5"):
        tagger.predict("text", id=5)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="1 ids for 2 texts"):
        tagger.predict_batch(["a", "b"], ids=["x"])
    assert tagger.predict_batch([]) == []
    assert tagger.sentiment_batch([]) == []
    assert tagger.stance_batch([]) == []


@pytest.mark.parametrize("target", [(0, 999), (5, 5), (7, 3), (-4, 2), "Atlantis", "", "  ", (6, 7)])
def test_targets_that_are_not_there(tagger: StanceTagger, target: Any) -> None:
    with pytest.raises(InvalidInputError):
        tagger.sentiment(TEXT, target)


@pytest.mark.parametrize("target", [None, 4, (1,), (1, 2, 3), ("a", "b"), 1.5])
def test_targets_of_the_wrong_type(tagger: StanceTagger, target: Any) -> None:
    with pytest.raises(InvalidTypeError):
        tagger.sentiment(TEXT, target)


def test_items_of_a_batch_are_named_in_errors(tagger: StanceTagger) -> None:
    with pytest.raises(InvalidInputError, match="item 1"):
        tagger.sentiment_batch([(TEXT, "Qatar"), (TEXT, "Atlantis")])
    with pytest.raises(InvalidInputError, match="item 0"):
        tagger.stance_batch([(TEXT, "Qatar")])  # type: ignore[list-item]


def test_a_target_is_found_as_a_whole_word_first() -> None:
    assert find_span("Romania and Oman", "Oman") == (12, 16)
    assert find_span("Romania", "oman") == (1, 5)


def test_sentiment_by_substring_and_by_offsets_agree(tagger: StanceTagger) -> None:
    start = TEXT.index("Qatar")
    by_offsets = tagger.sentiment_batch([("Kenya said no.", (0, 5)), (TEXT, (start, start + 5))])[1]
    assert tagger.sentiment(TEXT, "Qatar").probabilities == pytest.approx(by_offsets.probabilities, abs=1e-5)


def test_far_target_of_a_long_text_is_read_in_its_own_window(tagger: StanceTagger) -> None:
    text = "The plan. " * 300 + "Russia told Kenya."
    far = tagger.sentiment(text, "Kenya")
    assert far.probabilities == pytest.approx(
        tagger.sentiment_batch([(text, (len(text) - 6, len(text) - 1))])[0].probabilities, abs=1e-5
    )


@pytest.mark.parametrize(
    ("text", "content", "kind"),
    [
        ("“We go,” he said.", ["We go"], "direct"),
        ("“We go,” he said. “Now.”", ["We go", "Now"], "direct"),
        ("He said they would “go now”.", ["they would “go now"], "mixed"),
        ("“We go,” he said, and that they left.", ["We go", "they left"], "mixed"),
        ("He said they left.", ["they left"], "indirect"),
        ("“Yes.” He said they left “soon” then.", ["they left"], "indirect"),
    ],
)
def test_kind_of_a_statement(text: str, content: list[str], kind: str) -> None:
    spans = [Span.of(text, text.index(c), text.index(c) + len(c)) for c in content]
    assert statement_kind(spans, quotations(text)) == kind


def test_importing_stancelib_does_not_import_torch() -> None:
    code = "import sys, stancelib; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_predict_is_a_function_however_it_is_imported() -> None:
    from stancelib.predict import predict

    assert stancelib.predict is predict


def test_push_to_hub_uploads_what_from_pretrained_downloads(
    tagger: StanceTagger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = tmp_path / "hub"

    def create_repo(self: Any, repo_id: str, **_: Any) -> str:
        (hub / repo_id).mkdir(parents=True, exist_ok=True)
        return f"https://hub.invalid/{repo_id}"

    def upload_folder(self: Any, *, repo_id: str, folder_path: str, **_: Any) -> None:
        shutil.copytree(folder_path, hub / repo_id, dirs_exist_ok=True)

    def snapshot_download(repo_id: str, *, allow_patterns: list[str]) -> str:
        if not (hub / repo_id).is_dir():
            raise huggingface_hub.errors.LocalEntryNotFoundError("not found")
        return str(hub / repo_id)

    monkeypatch.setattr(huggingface_hub.HfApi, "create_repo", create_repo)
    monkeypatch.setattr(huggingface_hub.HfApi, "upload_folder", upload_folder)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    assert tagger.push_to_hub("org/model") == "https://hub.invalid/org/model"
    loaded = StanceTagger.from_pretrained("org/model", device="cpu")
    assert loaded.config.title == tagger.config.title
    with pytest.raises(ModelFolderError, match="'org/other' is no folder here"):
        StanceTagger.from_pretrained("org/other")


def test_push_to_hub_says_what_is_wrong(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match="'not a repo'"):
        tagger.push_to_hub("not a repo")

    def refused(self: Any, repo_id: str, **_: Any) -> str:
        raise ConnectionError("no network")

    monkeypatch.setattr(huggingface_hub.HfApi, "create_repo", refused)
    with pytest.raises(stancelib.StancelibError, match="no network"):
        tagger.push_to_hub("org/model")


def test_a_bias_is_that_of_its_head(tagger: StanceTagger) -> None:
    biases = {"stance_pair": (0, 50, 0), "stance": (50, 0, 0), "sentiment": (0, 0, 50)}
    config = replace(tagger.config, biases=biases)
    biased = talkative(tagger, config)
    assert biased.stance(TEXT, "Ankara", "Qatar").label == "neutral"
    assert biased.sentiment(TEXT, "Kenya").label == "negative"
    statements = biased.predict("Qatar told Russia that Kenya condemned Turkey. " * 9).statements
    assert {stance.label for s in statements for stance in s.stances} == {"favor"}
