"""The readers of the corpora, on files written by hand in each corpus's format."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from training.corpora import READERS, hard, intl, news, polnear, polnear_stance, read, reuters, sentences
from training.corpora.jsonl import read_objects
from training.corpora.markup import parse
from training.corpora.plv import is_dev
from training.corpora.polnear import read_events
from training.corpora.schema import Corpus, CorpusError
from training.corpora.states import with_other_states

OURS = {"hard", "news", "news-articles", "acts", "portrayals"}  # whose files lie in the repository
FIXTURES = Path(__file__).parent / "fixtures" / "corpora"
REAL = Path(__file__).parents[1] / ".." / "shared" / "data"

needs_data = pytest.mark.skipif(not REAL.is_dir(), reason="the corpora are not at ../shared/data")


class AlwaysDraws(Random):
    """Draws a state that the test names."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state

    def sample(self, population: Any, k: int, **_: Any) -> list[Any]:
        assert self.state in population
        assert k == 1
        return [self.state]


def rows(name: str, split: str = "train") -> list[dict[str, Any]]:
    return list(read(name, FIXTURES, split).examples)


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def pieces(text: str, spans: Sequence[Sequence[int]]) -> list[str]:
    return [text[a:b] for a, b in spans]


def spelled(row: dict[str, Any]) -> list[dict[str, list[str]]]:
    """The statements of a row with the words instead of the offsets."""
    return [
        {role: pieces(row["text"], s[role]) for role in ("content", "cue", "source")} for s in row["statements"]
    ]


def labelled(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Pairs of a row as (holder, target, label)."""
    text = row["text"]
    return [
        (" ".join(pieces(text, p["holder"])), " ".join(pieces(text, p["target"])), p["label"])
        for p in row["pairs"]
    ]


# Our own annotation


def test_the_annotation_of_polnear_is_joined_to_its_text() -> None:
    name = "gazette_2031-05-03_quiet-port"
    text = (FIXTURES / f"polnear/train/text/{name}.txt").read_text(encoding="utf-8")
    actor = {"actor": "Russia", "kind": "country", "country": "RUS", "mention": [0, 6], "place": False}
    speaker = {"name": "", "kind": "none", "country": None}
    record = {
        "annotation": f"{name}_a1.ann",
        "end": 38,
        "digest": polnear_stance.digest(text[:38]),
        "statements": [
            {"event": "E1", "speaker": speaker, "actors": [actor | {"stance": "against"}]},
            {"event": "E9", "speaker": speaker, "actors": []},
        ],
    }
    found, left_out = joined(record)
    assert [labelled(r) for r in found] == [[("she", "Russia", "against")]]
    assert spelled(found[0]) == [{"content": ["Russia will oppose the plan"], "cue": ["said"], "source": ["she"]}]
    assert left_out == {"event that is not in PolNeAR": 1}
    assert joined(record | {"end": 37}) == ([], {"article that is not the one annotated": 1})


def joined(record: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.jsonl"
        path.write_text(json.dumps(record), encoding="utf-8")
        left_out: Counter[str] = Counter()
        return list(polnear_stance.read_rows(path, FIXTURES, left_out)), dict(left_out)


def signed(
    record: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """What the reader makes of one object of ``polnear-actors.jsonl``."""
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr(polnear_stance, "FILES", ())
    monkeypatch.setattr(polnear_stance, "SIGNED", path)
    corpus = read("polnear-stance", FIXTURES, "train")
    return list(corpus.examples), {reason: n for reason, n in corpus.left_out.items() if n}


def test_signs_on_an_article_of_polnear_are_joined_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "gazette_2031-05-03_quiet-port"
    text = (FIXTURES / f"polnear/train/text/{name}.txt").read_text(encoding="utf-8")
    record = {
        "annotation": f"{name}_a1.ann",
        "start": 0,
        "digest": polnear_stance.digest(text),
        "events": {"E1": [["-", 0, 6], ["p", 23, 27]], "E9": []},
    }
    (row,), left_out = signed(record, tmp_path, monkeypatch)
    assert labelled(row) == [("she", "Russia", "against")]
    assert left_out == {"place-only mention": 1, "event that is not in PolNeAR": 1}
    found = signed(record | {"start": 1}, tmp_path, monkeypatch)
    assert found == ([], {"article that is not the one annotated": 1})


def test_the_end_of_an_article_begins_where_its_labels_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "gazette_2031-05-02_harbour-vote"
    text = (FIXTURES / f"polnear/train/text/{name}.txt").read_text(encoding="utf-8")
    start, at = text.index("Kenya"), text.index("The café")
    record = {
        "annotation": f"{name}_b2.ann",
        "start": start,
        "digest": polnear_stance.digest(text[start:]),
        "events": {"E2": [["0", at + 4, at + 8]]},
    }
    (row,), _ = signed(record, tmp_path, monkeypatch)
    assert (row["id"], row["text"]) == (f"{name}@{start}", text[start:])
    assert {"The café was full"} == {c for s in spelled(row) for c in s["content"]}
    assert labelled(row) == [("", "café", "neutral")]
    assert all(n["end"] <= len(row["text"]) for n in row["names"])


@pytest.mark.parametrize(
    ("change", "needle"),
    [
        ({"events": {"E1": [["!", 0, 6]]}}, "'!' is none of"),
        ({"events": {"E1": [["+", 0]]}}, "not enough values"),
        ({"start": -1}, "before the article"),
        ({"start": None}, "NoneType"),
        ({"digest": None, "annotation": 7, "events": None}, "NoneType"),
    ],
)
def test_signs_that_are_not_in_the_format_are_refused(
    change: dict[str, Any], needle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = {"annotation": "x_a1.ann", "start": 0, "digest": "", "events": {}}
    with pytest.raises(CorpusError, match=rf"labels\.jsonl, line 1: .*{needle}"):
        signed(record | change, tmp_path, monkeypatch)


@needs_data
@pytest.mark.parametrize("split", ["train", "dev"])
def test_all_of_our_annotation_fits_polnear(split: str) -> None:
    corpus = read("polnear-stance", REAL, split)
    assert set(corpus.left_out) == {"place-only mention"}
    for row in corpus.examples:
        for p in row["pairs"]:
            assert any(a <= p["target"][0][0] < b for a, b in p["content"])


def annotated_articles(*files: str) -> list[str]:
    return [
        polnear_stance.article_of(record)
        for name in files
        for _, record in read_objects(polnear_stance.ANNOTATIONS / name)
    ]


def test_no_annotated_article_is_in_both_splits() -> None:
    articles = annotated_articles(*polnear_stance.FILES, *polnear_stance.DEV)
    assert len(set(articles)) == len(articles) > 400
    assert not set(annotated_articles(polnear_stance.SIGNED)) & set(annotated_articles(*polnear_stance.DEV))


@needs_data
def test_no_sentence_of_an_article_whose_stances_are_dev_is_trained_on() -> None:
    folder = REAL / "polnear" / "train"
    texts = {polnear.read_article(folder, article) for article in annotated_articles(*polnear_stance.DEV)}
    dev = {polnear_stance.digest(text) for text in texts}
    files = (*sentences.STANCE["train"], *sentences.NEWS_LIGHT, *sentences.PAIRS, *sentences.ACTS)
    records = [r for name in files for _, r in read_objects(polnear_stance.ANNOTATIONS / name)]
    assert len(dev) > 40
    assert [r for r in records if r["digest"] in dev] == []


def test_labels_of_sentences_are_joined_to_the_corpus_they_are_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The Turkish army praised Qatar and Kenya."
    actors = [["QAT", "+", 25, 30], ["KEN", "p", 35, 40]]
    said = {"source": [[0, 16]], "cue": [[17, 24]], "content": [[25, 40]], "actors": actors}
    records = [
        {"corpus": "dse", "digest": polnear_stance.digest(text), "statements": [said]},
        {"corpus": "dse", "digest": polnear_stance.digest("Another."), "statements": []},
    ]
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    monkeypatch.setitem(sentences.STANCE, "train", (path,))
    corpus = read("sentence-stance", FIXTURES, "train")
    (row,) = corpus.examples
    assert row["annotated"]
    assert spelled(row) == [{"content": ["Qatar and Kenya"], "cue": ["praised"], "source": ["The Turkish army"]}]
    assert labelled(row) == [("The Turkish army", "Qatar", "favor")]
    assert corpus.left_out == {"place-only mention": 1, "text that is not in the corpus": 1}


def test_a_label_of_a_part_of_an_article_is_joined_to_that_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (FIXTURES / "polnear/train/text/gazette_2031-05-02_harbour-vote.txt").read_text(encoding="utf-8")
    start = text.index("The café")
    record = {
        "corpus": "polnear",
        "digest": polnear_stance.digest(text),
        "from": [start, start + 17],
        "targets": [[4, 8, "-"]],
    }
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr("training.corpora.sentences.LIGHT", (path,))
    (row,) = rows("sentence-light")
    assert (row["text"], pieces(row["text"], row["pairs"][0]["target"])) == ("The café was full", ["café"])
    assert row["id"].endswith(f"@{start}")
    path.write_text(json.dumps(record | {"from": [start, 999]}), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"labels from \d+ to 999, the text has"):
        rows("sentence-light")


def test_statements_in_articles_of_lee_are_joined_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Kenya says £5 is enough."
    write(tmp_path / "lee" / "lee.cor", f"\n {text} \n".encode("cp1252"))
    (tmp_path / "lee" / "lee_background.cor").write_text("Another article.\n", encoding="utf-8")
    said = {"source": [[0, 5]], "cue": [[6, 10]], "content": [[11, 23]], "actors": []}
    record = {"corpus": "lee", "digest": polnear_stance.digest(text), "statements": [said]}
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr("training.corpora.sentences.LEE", (path,))
    (row,) = read("lee-stance", tmp_path, "train").examples
    assert spelled(row) == [{"content": ["£5 is enough"], "cue": ["says"], "source": ["Kenya"]}]


def test_statements_in_reports_of_reuters_are_joined_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "The envoy of Kenya said talks\nhad failed.\n    A second   meeting is planned.\n Reuter\n\x03"
    text = "The envoy of Kenya said talks had failed.\nA second meeting is planned."
    reports = [{"id": "7", "title": "TALKS FAIL", "body": body}, {"id": "8", "title": "A HEADLINE ALONE"}]
    write(tmp_path / "reuters" / "reuters-003.json", json.dumps(reports))
    assert reuters.read(tmp_path, "train").left_out == {"report without text": 1}
    said = {"source": [[0, 18]], "cue": [[19, 23]], "content": [[24, 40]], "actors": []}
    record = {"corpus": "reuters", "digest": polnear_stance.digest(text), "statements": [said]}
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr("training.corpora.sentences.REUTERS", (path,))
    (row,) = read("reuters-stance", tmp_path, "train").examples
    assert (row["id"], row["text"]) == ("reuters-7", text)
    assert spelled(row) == [
        {"content": ["talks had failed"], "cue": ["said"], "source": ["The envoy of Kenya"]},
    ]


@pytest.mark.parametrize(
    "content", ["[", '["text"]', '[{"body": "no id"}]', '[{"id": "1", "body": 7}]', "7", b"\xff"]
)
def test_reports_in_another_format_are_refused(content: str | bytes, tmp_path: Path) -> None:
    write(tmp_path / "reuters" / "reuters-000.json", content)
    with pytest.raises(CorpusError, match=r"reuters-000\.json is no list of objects with an id and a body"):
        read("reuters-stance", tmp_path, "train")


def test_the_light_on_entities_of_dse_is_joined_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Russia and Kenya held talks."
    targets = [[0, 6, "0"], [11, 16, "+"]]
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps({"corpus": "dse", "digest": polnear_stance.digest(text), "targets": targets}))
    monkeypatch.setattr("training.corpora.sentences.LIGHT", (path,))
    (row,) = rows("sentence-light")
    assert [(p["task"], *pieces(text, p["target"]), p["label"]) for p in row["pairs"]] == [
        ("sentiment", "Russia", "neutral"),
        ("sentiment", "Kenya", "positive"),
    ]


def test_what_entities_in_newsmtsc_are_toward_each_other_is_joined_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The plan of Lee Marsh was a raid on Kenya."
    record = {
        "corpus": "newsmtsc",
        "digest": polnear_stance.digest(text),
        "pairs": [{"p": [12, 21], "q": [36, 41], "class": "3"}],
    }
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr("training.corpora.sentences.PAIRS", (path,))
    (row,) = rows("sentence-pairs")
    assert labelled(row) == [("Lee Marsh", "Kenya", "against"), ("Kenya", "Lee Marsh", "neutral")]


def test_who_acts_for_or_against_whom_is_joined_to_the_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Russia and Kenya held talks."
    acts = [[[11, 16], [0, 6], "+"], [[11, 16], [22, 27], "-"], [[22, 27], [11, 16], "-"]]
    record = {"corpus": "dse", "digest": polnear_stance.digest(text), "acts": acts}
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr("training.corpora.sentences.ACTS", (path,))
    (row,) = rows("sentence-acts")
    assert sorted(labelled(row)) == [
        ("Kenya", "Russia", "favor"),
        ("Kenya", "talks", "against"),
        ("Russia", "Kenya", "neutral"),
        ("talks", "Kenya", "against"),
    ]


def test_annotators_labels_and_the_crowds_which_counts_twice_are_one_soft_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, *others = rows("newsmtsc")
    crowd, *more = plain["pairs"]
    (target,) = crowd["target"]
    readings = [[*target, "0"], [*target, "+"], [0, 1, "+"]]
    digest = polnear_stance.digest(plain["text"])
    paths = [tmp_path / str(n) for n in range(3)]
    for path, reading in zip(paths, readings, strict=True):
        record = {"corpus": "newsmtsc", "digest": digest, "targets": [reading]}
        path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr("training.corpora.sentences.CROWD_LIGHT", paths)
    corpus = read("crowd-light", FIXTURES, "train")
    first, *rest = corpus.examples
    assert crowd["label"] == "negative"
    shares = {"negative": 0.5, "neutral": 0.25, "positive": 0.25}
    assert first["pairs"] == [*({**crowd, "label": x, "weight": w} for x, w in shares.items()), *more]
    assert list(rest) == others
    assert corpus.left_out["label of a pair that the crowd did not label"] == 1


def test_both_directions_of_a_pair_are_labelled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = next(row for row in rows("dse") if row["pairs"][0]["label"] == "against")
    forth, back = plain["pairs"][:2]
    (q,), (p,) = forth["target"], back["target"]
    record = {
        "corpus": "dse",
        "digest": polnear_stance.digest(plain["text"]),
        "pairs": [{"p": p, "q": q, "class": "0"}],
    }
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setattr("training.corpora.sentences.CROWD_PAIRS", (path,))
    row = next(row for row in rows("crowd-pairs") if row["text"] == plain["text"])
    found = [(pair["label"], round(pair["weight"], 3)) for pair in row["pairs"][:3]]
    assert found == [("against", 0.667), ("neutral", 0.333), (back["label"], 1.0)]


@pytest.mark.parametrize(
    ("record", "needle"),
    [
        ({"corpus": "nyt", "digest": "0", "statements": []}, "the corpus 'nyt' is none of dse"),
        ({"digest": "0", "statements": []}, "KeyError.*corpus"),
        ({"corpus": "dse", "digest": "0", "statements": [], "from": [5, 2]}, r"\[5, 2\] is no part"),
        ({"corpus": "dse", "digest": "0", "statements": [], "from": [5]}, "not enough values"),
        (
            {
                "corpus": "dse",
                "digest": "0",
                "statements": [{"content": [[0, 1]], "cue": [], "source": [], "actors": [["KEN", "!", 0, 1]]}],
            },
            "the sign '!' is none of",
        ),
    ],
)
def test_labels_of_sentences_that_are_not_in_the_format_are_refused(
    record: dict[str, Any], needle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    monkeypatch.setitem(sentences.STANCE, "train", (path,))
    with pytest.raises(CorpusError, match=f"labels.jsonl, line 1: .*{needle}"):
        read("sentence-stance", FIXTURES, "train")


@needs_data
@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("sentence-stance", "train"),
        ("sentence-stance", "dev"),
        ("lee-stance", "train"),
        ("reuters-stance", "train"),
        ("sentence-light", "train"),
        ("news-light", "train"),
        ("sentence-pairs", "train"),
        ("sentence-acts", "train"),
        ("lee-acts", "train"),
        ("reuters-acts", "train"),
        ("crowd-light", "train"),
        ("crowd-pairs", "train"),
    ],
)
def test_all_labels_of_sentences_fit_their_corpora(name: str, split: str) -> None:
    folder = name.partition("-")[0]
    if folder in ("lee", "reuters") and not (REAL / folder).is_dir():
        pytest.skip(f"the articles are not at ../shared/data/{folder}")
    corpus = read(name, REAL, split)
    assert set(corpus.left_out) <= {"place-only mention"}
    assert len(corpus.examples) > 300
    weights = sorted({pair["weight"] for row in corpus.examples for pair in row["pairs"]})
    assert weights == ([0.25, 0.5, 0.75, 1.0] if name.startswith("crowd-") else [1.0])
    total = sum(pair["weight"] for row in corpus.examples for pair in row["pairs"])
    crowd = {"crowd-light": "newsmtsc", "crowd-pairs": "dse"}.get(name, name)
    assert total == pytest.approx(sum(map(len, read(crowd, REAL, split).examples["pairs"])))


@pytest.mark.parametrize(
    "files",
    [
        *sentences.STANCE.values(),
        sentences.LEE,
        sentences.LIGHT,
        sentences.NEWS_LIGHT,
        sentences.PAIRS,
        sentences.ACTS,
        sentences.LEE_ACTS,
        sentences.REUTERS_ACTS,
        *((file,) for file in (*sentences.CROWD_LIGHT, *sentences.CROWD_PAIRS)),
    ],
)
def test_no_text_is_labelled_twice(files: tuple[str, ...]) -> None:
    texts = [
        (r["corpus"], r["digest"], *r.get("from", ()))
        for name in files
        for _, r in read_objects(polnear_stance.ANNOTATIONS / name)
    ]
    assert len(set(texts)) == len(texts) > 300


def test_a_written_statement_is_marked_in_its_line() -> None:
    line = (
        "[s:The envoy] [v:said] [c:{-KEN:Kenya} would pay if {=KEN:Nairobi} left {pUGA:Uganda} to {+EU:the EU}]."
    )
    text, (statement,) = parse(line)
    assert text == "The envoy said Kenya would pay if Nairobi left Uganda to the EU."
    assert pieces(text, statement.spans["source"]) == ["The envoy"]
    assert pieces(text, statement.spans["cue"]) == ["said"]
    assert statement.places() == {"UGA"}
    stances = {i: (pieces(text, m), label) for i, (m, label) in statement.stances().items()}
    assert stances == {"KEN": (["Kenya", "Nairobi"], "against"), "EU": (["the EU"], "favor")}


def test_further_statements_of_a_line_are_numbered() -> None:
    text, statements = parse("[s:She] [v:hailed] [c:{+KEN:Kenya}]; [s2:he] [v2:blamed] [c2:{-KEN:Nairobi}].")
    assert [pieces(text, s.spans["source"]) for s in statements] == [["She"], ["he"]]
    assert [s.stances()["KEN"][1] for s in statements] == ["favor", "against"]


def test_statements_of_a_line_can_share_their_source() -> None:
    text, statements = parse("[s12:She] [v:hailed] [c:{+KEN:Kenya}], [v2:blaming] [c2:{-UGA:Uganda}].")
    assert [pieces(text, s.spans["source"]) for s in statements] == [["She"], ["She"]]
    assert [pieces(text, s.spans["cue"]) for s in statements] == [["hailed"], ["blaming"]]


@pytest.mark.parametrize(
    ("line", "needle"),
    [
        ("[s:She] said", "needs content"),
        ("[c:one] [s:a] [s:b]", "one source at most"),
        ("[c:one {+KEN:Kenya]}", "does not fit"),
        ("[c:one", "not closed"),
        ("one] two", "does not fit"),
        ("[c:one] {+KEN:Kenya}", "not in the content"),
        ("[c:{=KEN:Kenya}]", "comes first"),
        ("[c:{+KEN:Kenya} {-KEN:Kenya}]", "two labels"),
        ("[c:one] [c3:two]", "leave out 1"),
        ("[c12:one]", "does not fit"),
        ("[c:one [c2:two]]", "does not fit"),
        ("[c:] one", "nothing in the mark"),
        ("[c:one {+KEN:}]", "nothing in the mark"),
    ],
)
def test_marks_that_are_not_in_the_format_are_refused(tmp_path: Path, line: str, needle: str) -> None:
    (tmp_path / "marked.txt").write_text(f"# negation\n\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=f"line 3: .*{needle}"):
        list(hard.read_examples(tmp_path / "marked.txt"))
    with pytest.raises(CorpusError, match=f"line 3: .*{needle}"):
        list(news.blocks(tmp_path / "marked.txt"))


@pytest.mark.parametrize("line", ["Kenya closed the port.", "[c:one] [c2:two]"])
def test_a_hard_line_has_one_statement(tmp_path: Path, line: str) -> None:
    (tmp_path / "hard.txt").write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"line 1: \d statements: a hard line has one"):
        list(hard.read_examples(tmp_path / "hard.txt"))


def written(corpus: str, place: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The rows of a corpus of this project whose file holds ``content``."""
    path = tmp_path / "written.txt"
    path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(place, path)
    return list(read(corpus, FIXTURES, "train").examples)


def test_a_line_of_written_news_without_marks_reports_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "Kenya closed the port.\n\n[s:She] [v:blamed] [c:{-KEN:Kenya}].\n"
    plain, told = written("news", "training.corpora.news.LINES", content, tmp_path, monkeypatch)
    assert plain["annotated"]
    assert plain["statements"] == plain["pairs"] == []
    assert len(told["statements"]) == len(told["pairs"]) == 1


def test_each_statement_of_a_line_has_its_own_source_and_stance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "[s:She] [v:hailed] [c:{+KEN:Kenya}]; [s2:he] [v2:blamed] [c2:{-KEN:Nairobi}]."
    (row,) = written("news", "training.corpora.news.LINES", content, tmp_path, monkeypatch)
    found = [
        [*(pieces(row["text"], p[part])[0] for part in ("holder", "content")), p["label"]] for p in row["pairs"]
    ]
    assert found == [["She", "Kenya", "favor"], ["he", "Nairobi", "against"]]


def test_lines_that_stand_together_are_the_paragraphs_of_an_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "Port closed\n[s:She] [v:blamed] [c:{-KEN:Kenya}].\n\nTalks\n"
    first, second = written("news-articles", "training.corpora.news.ARTICLES", content, tmp_path, monkeypatch)
    assert (first["text"], second["text"]) == ("Port closed\n\nShe blamed Kenya.", "Talks")
    assert spelled(first) == [{"content": ["Kenya"], "cue": ["blamed"], "source": ["She"]}]
    (toward,) = first["pairs"]
    assert (pieces(first["text"], toward["target"]), toward["label"]) == (["Kenya"], "against")


def test_an_act_has_what_each_of_two_is_toward_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "0- [p:The mayor] was jeered by [q:dockers].\n+? [p:Kenya] will aid [q:Chad].\n"
    jeered, aided = written("acts", "training.corpora.written.ACTS", content, tmp_path, monkeypatch)
    assert jeered["text"] == "The mayor was jeered by dockers."
    read_pairs = [
        (*pieces(row["text"], pair["holder"]), *pieces(row["text"], pair["target"]), pair["label"])
        for row in (jeered, aided)
        for pair in row["pairs"]
    ]
    assert read_pairs == [
        ("The mayor", "dockers", "neutral"),
        ("dockers", "The mayor", "against"),
        ("Kenya", "Chad", "favor"),
    ]


def test_a_portrayal_has_the_light_on_each_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "{+:Hale} mended what {-:the board} had done to {0:Chad}.\n"
    (row,) = written("portrayals", "training.corpora.written.PORTRAYALS", content, tmp_path, monkeypatch)
    found = [(*pieces(row["text"], p["target"]), p["task"], p["label"]) for p in row["pairs"]]
    assert found == [
        ("Hale", "sentiment", "positive"),
        ("the board", "sentiment", "negative"),
        ("Chad", "sentiment", "neutral"),
    ]


@pytest.mark.parametrize(
    "line", ["Hale mended it.", "{+Hale} mended it.", "{+:Hale mended it.", "{+:Hale {0:Chad}}."]
)
def test_a_portrayal_that_is_not_in_the_format_is_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CorpusError, match="line 1: not a sentence with"):
        written("portrayals", "training.corpora.written.PORTRAYALS", line, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "line",
    [
        "[p:Kenya] aids [q:Chad].",
        "+0 Kenya aids [q:Chad].",
        "+0 [q:Chad], [p:Kenya]",
        "?? [p:Kenya], [q:Chad]",
        "+0 [Kenya] [p:aids] [q:Chad]",
    ],
)
def test_an_act_that_is_not_in_the_format_is_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CorpusError, match="line 1: not two labels"):
        written("acts", "training.corpora.written.ACTS", line, tmp_path, monkeypatch)


def test_minimal_pairs_stay_on_one_side_of_the_split() -> None:
    examples = list(hard.read_examples(hard.FILE))
    sides: dict[int, set[bool]] = {}
    for example in examples:
        sides.setdefault(example.group, set()).add(hard.is_dev(example))
    assert all(len(side) == 1 for side in sides.values())
    train, dev = (list(read("hard", FIXTURES, split).examples["text"]) for split in ("train", "dev"))
    assert dev == [e.text for e in examples if hard.is_dev(e)]
    assert not set(dev) & set(train)
    assert 0.05 < len(dev) / len(examples) < 0.25
    assert {e.text for e in examples if not hard.is_dev(e)} <= set(train)
    assert {e.text for path in hard.MORE for e in hard.read_examples(path)} <= set(train)


def test_hard_lines_come_again_with_other_states_in_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hard.txt").write_text("[c:{-KEN:Kenya} lied].\n[c:{0EU:The EU} met].\n", encoding="utf-8")
    monkeypatch.setattr(hard, "FILE", tmp_path / "hard.txt")
    monkeypatch.setattr(hard, "MORE", ())
    monkeypatch.setattr(hard, "is_dev", lambda example: False)
    first, other, last = rows("hard")
    assert (first["text"], last["text"]) == ("Kenya lied.", "The EU met.")
    assert other["text"].endswith(" lied.")
    assert "Kenya" not in other["text"]
    assert [p["label"] for p in other["pairs"]] == ["against"]
    assert rows("hard")[1] == other


def test_twins_have_the_same_other_states(tmp_path: Path) -> None:
    (tmp_path / "hard.txt").write_text("[c:{-KEN:Kenya} lied].\n[c:{+KEN:Kenya} helped].\n", encoding="utf-8")
    _, lied, _, helped = (e.text.split()[:-1] for e in hard.read_examples(tmp_path / "hard.txt", vary=True))
    assert lied == helped


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("[c:{+KEN:Kenya} and {pKEN:Nairobi}]", "[c:{+PER:Peru} and {pPER:Lima}]"),
        ("[s:a Kenyan] [c:{-KEN:the Kenyan army}]", "[s:an Angolan] [c:{-AGO:the Angolan army}]"),
        ("[c:{0KEN:Kenya} {=KEN:the Kenyans}]", "[c:{0PER:Peru} {=PER:the Peruvians}]"),
        ("[s:A Kenyan] [c:{0KEN:Kenya} and a {=KEN:Kenyan}]", "[s:An Omani] [c:{0OMN:Oman} and an {=OMN:Omani}]"),
        ("[c:{+DJI:Djibouti} came]", "[c:{+PER:Peru} came]"),  # its capital is called the same
        ("[c:{+BEL:Belgium} came]", "[c:{+PSE:Palestine} came]"),  # without a capital, without a demonym
    ],
)
def test_other_states_stand_in_the_same_forms(line: str, other: str) -> None:
    assert with_other_states(line, AlwaysDraws(re.findall("[A-Z]{3}", other)[0])) == other


def test_two_states_stay_two() -> None:
    for seed in range(40):
        other = with_other_states("[c:{-KEN:Kenya} lied to {+PER:Peru}]", Random(seed))
        assert other is not None
        _, (statement,) = parse(other)
        assert len(statement.stances()) == 2
        assert not {"KEN", "PER"} & set(statement.stances())


@pytest.mark.parametrize(
    "line",
    [
        "[c:{+EU:The EU} came]",
        "[c:{+NLD:The Netherlands} came]",  # another state has no article
        "[c:{+KEN:the colony} came]",
        "[c:{+PER:Peru} gave up {-KEN:the colony of Peru}]",
        "[c:{+DNK:Denmark} came], a Dane",
        "[c:{+TCD:Chad} came], said Chad Miller",
        "[c:{+IND:India} came] over the Indian Ocean",
        "[c:{+GEO:Georgia} fears {-gd:Georgian Dream}]",
    ],
)
def test_a_line_whose_states_cannot_all_be_exchanged_has_no_other(line: str) -> None:
    assert with_other_states(line, Random(0)) is None


@pytest.mark.parametrize(
    ("corpus", "texts", "pairs"),
    [("news-articles", 672, 6298), ("acts", 5240, 10406), ("portrayals", 3400, 6383)],
)
def test_what_was_written_is_all_read(corpus: str, texts: int, pairs: int) -> None:
    examples = read(corpus, FIXTURES, "train").examples
    assert (len(examples), sum(map(len, examples["pairs"]))) == (texts, pairs)


# PolNeAR


def test_polnear_keeps_each_annotators_reading_of_an_article() -> None:
    ids = [r["id"] for r in rows("polnear")]
    assert ids == [
        "gazette_2031-05-02_harbour-vote#a1",
        "gazette_2031-05-02_harbour-vote#b2",
        "gazette_2031-05-03_quiet-port#a1",
    ]


def test_polnear_reads_a_discontinuous_span_as_pieces() -> None:
    first = spelled(rows("polnear")[0])[0]
    assert first == {
        "content": ["“Turkey will not support the raid,”", "“We oppose it.”"],
        "cue": ["said"],
        "source": ["Dana Orlov"],
    }


def test_polnear_joins_numbered_contents_of_one_attribution() -> None:
    assert spelled(rows("polnear")[1])[0] == spelled(rows("polnear")[0])[0]


def test_polnear_takes_an_attribution_without_a_source() -> None:
    assert spelled(rows("polnear")[1])[1] == {"content": ["The café was full"], "cue": [], "source": []}


def test_polnear_keeps_an_attribution_whose_other_arguments_are_broken() -> None:
    assert [s["content"] for s in spelled(rows("polnear")[1])[2:]] == [["The café was full"]] * 2


def test_polnear_counts_what_it_leaves_out() -> None:
    assert read("polnear", FIXTURES, "train").left_out == Counter(
        {
            "malformed span line": 1,
            "malformed event line": 1,
            "Discuss event": 1,
            "Discard event": 1,
            "Discuss in no attribution": 1,
            "Discard in no attribution": 1,
            "span whose text is not at its offsets": 1,
            "attribution without content": 2,
            "argument without a span in the text": 2,
            "argument Listener": 1,
            "line of no known kind": 1,
        }
    )


def test_polnear_dev_is_read_from_its_own_folder() -> None:
    (row,) = rows("polnear", "dev")
    assert spelled(row) == [{"content": ["“Qatar will support the plan,”"], "cue": ["said"], "source": ["he"]}]


def test_polnear_marks_its_texts_as_annotated() -> None:
    assert all(r["annotated"] and r["pairs"] == [] for r in rows("polnear"))


def test_polnear_offsets_hold_in_a_text_with_windows_line_ends(tmp_path: Path) -> None:
    folder = tmp_path / "polnear" / "train"
    (folder / "text").mkdir(parents=True)
    (folder / "attributions").mkdir()
    (folder / "text" / "note.txt").write_bytes(b"One line.\r\nTwo lines, she said.\r\n")
    annotation = "T1\tContent 11 20\tTwo lines\nT2\tAttribution 26 30\tsaid\nE1\tAttribution:T2 Content:T1\n"
    (folder / "attributions" / "note_a1.ann").write_text(annotation)
    (row,) = read("polnear", tmp_path, "train").examples
    assert spelled(row)[0]["content"] == ["Two lines"]


def test_polnear_checks_a_span_by_its_first_line() -> None:
    text = "“We oppose it.\n\nWe always did.”"
    events = read_events("T1\tContent 0 31\t“We oppose it.\nE1\tAttribution:T2 Content:T1", text, Counter())
    assert events == {"E1": {"content": [[0, 31]], "cue": [], "source": []}}


@pytest.mark.parametrize("span", ["0 9\tKenya", "0 5;5 5\tKenya ", "0 5\tQatar"])
def test_polnear_leaves_out_a_span_that_is_not_in_the_text(span: str) -> None:
    left_out: Counter[str] = Counter()
    read_events(f"T1\tContent {span}", "Kenya", left_out)
    assert left_out == Counter({"span whose text is not at its offsets": 1})


def test_polnear_reads_a_crafted_event_line_in_linear_time() -> None:
    left_out: Counter[str] = Counter()
    read_events("E1\tAttribution:T4" + " a:b:c:d" * 30 + " x", "text", left_out)
    assert left_out == Counter({"malformed event line": 1})


# NewsMTSC


def test_newsmtsc_gives_a_sentence_with_all_its_targets() -> None:
    assert [labelled(r) for r in rows("newsmtsc")] == [
        [("", "Dana Orlov", "negative"), ("", "Sam Tibble", "positive")],
        [("", "Ana Čolić", "negative"), ("", "Lee Marsh", "neutral")],
        [("", "Lee Marsh", "negative")],
        [("", "Ana Čolić", "positive")],
    ]


def test_newsmtsc_pairs_are_sentiment_in_a_text_of_unknown_statements() -> None:
    row = rows("newsmtsc")[0]
    assert {p["task"] for p in row["pairs"]} == {"sentiment"}
    assert row["annotated"] is False


def test_newsmtsc_counts_what_it_leaves_out() -> None:
    expected = {"malformed line": 2, "target outside the sentence": 1, "polarity 3.0": 1}
    assert read("newsmtsc", FIXTURES, "train").left_out == Counter(expected)


@pytest.mark.parametrize(("split", "targets"), [("dev_rw", 2), ("dev_mt", 2)])
def test_newsmtsc_has_two_development_sets(split: str, targets: int) -> None:
    assert sum(len(r["pairs"]) for r in rows("newsmtsc", split)) == targets


# DSE


def test_dse_gives_p_toward_q_and_then_q_toward_p() -> None:
    favor, neutral, against, back = (labelled(r) for r in rows("dse"))
    assert favor[:2] == [("Turk", "Qatar", "favor"), ("Qatar", "Turk", "neutral")]
    assert neutral == [("Russia", "Kenya", "neutral"), ("Kenya", "Russia", "neutral")]
    assert against == [("Russia", "Russia", "against"), ("Russia", "Russia", "neutral")]
    assert back == [("Qatar", "Kenya", "neutral"), ("Kenya", "Qatar", "favor")]


def test_dse_rows_of_one_sentence_are_one_example() -> None:
    first = rows("dse")[0]
    assert first["text"] == "The Turkish army praised Qatar and Kenya."
    assert labelled(first)[2:] == [("Qatar", "Kenya", "neutral"), ("Kenya", "Qatar", "against")]


def test_dse_tells_two_entities_of_one_name_apart() -> None:
    forth, _ = rows("dse")[2]["pairs"]
    assert (forth["holder"], forth["target"]) == ([[0, 6]], [[17, 23]])


def test_dse_unescapes_quotation_marks(tmp_path: Path) -> None:
    write(tmp_path / "dse" / "train.txt", '"[Kenya] told [Qatar] ""no""."\tKenya\tQatar\t3\n')
    assert [r["text"] for r in read("dse", tmp_path, "train").examples] == ['Kenya told Qatar "no".']


def test_dse_names_leave_out_white_space_in_the_brackets(tmp_path: Path) -> None:
    write(tmp_path / "dse" / "train.txt", "[Kenya ]told[ Qatar] of it.\tKenya\tQatar\t3\n")
    (row,) = read("dse", tmp_path, "train").examples
    assert labelled(row)[0] == ("Kenya", "Qatar", "against")


def test_dse_counts_what_it_leaves_out() -> None:
    assert read("dse", FIXTURES, "train").left_out == Counter({"malformed line": 2, "p or q not in brackets": 1})


# PLV


def test_plv_turns_codes_into_stances_of_source_toward_target() -> None:
    assert [labelled(r)[0] for r in rows("plv")] == [
        ("rebels", "The port of Kenya", "against"),
        ("Turkey", "Qatar", "favor"),
        ("Russia", "Turkey", "neutral"),
    ]


def test_plv_takes_the_marks_out_of_the_text() -> None:
    assert rows("plv")[0]["text"] == "The port of Kenya was raided by rebels."


def test_plv_dev_is_chosen_by_the_sentence_alone() -> None:
    dev = [r["text"] for r in rows("plv", "dev")]
    assert dev == ["Kenya praised Qatar over the talks.", "Qatar condemned Chad over the talks."]
    assert all(map(is_dev, dev))
    assert not any(is_dev(r["text"]) for r in rows("plv"))


def test_plv_counts_what_it_leaves_out() -> None:
    expected = {"source or target not marked": 1, "no gold code": 1}
    assert read("plv", FIXTURES, "train").left_out == Counter(expected)
    assert read("plv", FIXTURES, "dev").left_out == Counter()


def test_plv_keeps_quotation_marks(tmp_path: Path) -> None:
    head, *_ = (FIXTURES / "plv" / "train.tsv").read_text(encoding="utf-8").splitlines()
    line = '0\t1\tx\t"We left," <s>Fiji</s> told <t>Chad</t>.\t1\tAGREE'
    write(tmp_path / "plv" / "train.tsv", f"{head}\n{line}\n")
    found = [r["text"] for split in ("train", "dev") for r in read("plv", tmp_path, split).examples]
    assert found == ['"We left," Fiji told Chad.']


def test_plv_leaves_out_a_sentence_with_two_targets(tmp_path: Path) -> None:
    head, *_ = (FIXTURES / "plv" / "train.tsv").read_text(encoding="utf-8").splitlines()
    line = "0\t1\tx\t<s>Fiji</s> sent aid to <t>Chad</t> and <t>Peru</t>.\t2\tAID"
    write(tmp_path / "plv" / "train.tsv", f"{head}\n{line}\n")
    corpora = [read("plv", tmp_path, split) for split in ("train", "dev")]
    assert [len(c.examples) for c in corpora] == [0, 0]
    assert sum((c.left_out for c in corpora), Counter()) == Counter({"source or target marked twice": 1})


# The project's own annotation


def test_intl_train_gives_statements_and_stances() -> None:
    first, second = rows("intl-train")
    assert spelled(first)[1] == {"content": ["Russia’s plan"], "cue": ["condemned"], "source": ["She"]}
    assert labelled(first) == [("Lena Hartwig", "Turkey", "favor"), ("She", "Russia", "against")]
    assert labelled(second) == [("", "Qatar", "neutral")]


def test_intl_stances_have_their_statements_content() -> None:
    row = rows("intl-train")[0]
    assert [pieces(row["text"], p["content"]) for p in row["pairs"]] == [
        ["Turkey stood by us in northern Kenya"],
        ["Russia’s plan"],
    ]


@pytest.mark.parametrize(("name", "split"), [("intl-train", "train"), ("intl-dev", "dev")])
def test_intl_leaves_out_places_and_counts_them(name: str, split: str) -> None:
    corpus = read(name, FIXTURES, split)
    assert corpus.left_out == Counter({"place-only mention": 1})
    assert all(target != "Kenya" for row in corpus.examples for _, target, _ in labelled(row))


def test_intl_refuses_a_span_outside_the_text(tmp_path: Path) -> None:
    lines = (FIXTURES / "intl-train" / "intl-train.jsonl").read_text(encoding="utf-8").splitlines()
    document = json.loads(lines[1])
    document["statements"][0]["actors"][0]["mention"] = [900, 912]
    write(tmp_path / "intl-train" / "intl-train.jsonl", json.dumps(document))
    with pytest.raises(CorpusError, match=r"invented-2: span \(900, 912\) is not in the text"):
        read("intl-train", tmp_path, "train")


def test_intl_documents_keep_speakers_and_optional_actors() -> None:
    (document,) = intl.read_documents("intl-dev", FIXTURES)
    (statement,) = document["statements"]
    assert statement["speakers"] == ["Omar Reyes"]
    assert [a["actor"] for a in statement["optional_actors"]] == ["Qatar"]


# stancelib's own format


def test_own_jsonl_gives_statements_and_stances() -> None:
    first, second = rows("stancelib-json")
    assert spelled(first) == [{"content": ["Kenya will support us"], "cue": ["said"], "source": ["Dana Orlov"]}]
    assert labelled(first) == [("Dana Orlov", "Kenya", "favor")]
    assert (second["annotated"], second["statements"]) == (True, [])


def test_own_jsonl_without_an_id_is_known_by_its_line() -> None:
    assert [r["id"] for r in rows("stancelib-json")] == ["own-1", "2"]


def _shift_mention(record: dict[str, Any]) -> None:
    record["statements"][0]["stances"][0]["mentions"][0]["start"] += 1


def _shift_speaker(record: dict[str, Any]) -> None:
    record["statements"][0]["speaker"]["mention"]["end"] -= 1


def _drop_text(record: dict[str, Any]) -> None:
    del record["text"]


def _rename_label(record: dict[str, Any]) -> None:
    record["statements"][0]["stances"][0]["label"] = "positive"


def _count_from_the_end(record: dict[str, Any]) -> None:
    length, cue = len(record["text"]), record["statements"][0]["cue"][0]
    cue |= {"start": cue["start"] - length, "end": cue["end"] - length}


def _other_version(record: dict[str, Any]) -> None:
    record["schema_version"] = 99


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_shift_mention, "'Turkey'"),
        (_shift_speaker, "'Sam Tibble'"),
        (_drop_text, '"text" is None'),
        (_rename_label, "'positive' is none of favor, neutral, against"),
        (_count_from_the_end, "is not 'told us'"),
        (_other_version, "schema_version is 99"),
    ],
)
def test_own_jsonl_names_the_line_that_does_not_fit(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], said: str
) -> None:
    good = (FIXTURES / "stancelib-json" / "dev.jsonl").read_text(encoding="utf-8")
    record = json.loads(good)
    spoil(record)
    (tmp_path / "stancelib-json").mkdir()
    path = tmp_path / "stancelib-json" / "train.jsonl"
    path.write_text(good + json.dumps(record) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"train\.jsonl, line 2: .*{said}"):
        read("stancelib-json", tmp_path, "train")


@pytest.mark.parametrize("line", ['{"text": ', "[1]", '"text"'])
def test_own_jsonl_names_the_line_that_is_no_object(tmp_path: Path, line: str) -> None:
    write(tmp_path / "stancelib-json" / "dev.jsonl", f"\n{line}\n")
    with pytest.raises(CorpusError, match=r"jsonl, line 2:"):
        read("stancelib-json", tmp_path, "dev")


# The door


def test_an_unknown_corpus_is_told_which_there_are() -> None:
    with pytest.raises(CorpusError, match="unknown corpus 'polnaer'") as error:
        read("polnaer", FIXTURES, "train")
    assert all(name in str(error.value) for name in READERS)


def test_an_unknown_split_is_told_which_there_are() -> None:
    with pytest.raises(CorpusError, match="newsmtsc has no split 'dev': choose one of train, dev_rw, dev_mt"):
        read("newsmtsc", FIXTURES, "dev")


def test_development_data_cannot_be_read_for_training() -> None:
    with pytest.raises(CorpusError, match="intl-dev has no split 'train'"):
        read("intl-dev", FIXTURES, "train")


@pytest.mark.parametrize("name", sorted(set(READERS) - OURS))
def test_missing_files_are_named_with_where_to_find_them(tmp_path: Path, name: str) -> None:
    joined_to = {
        "polnear-stance": "polnear",
        "sentence-stance": "dse",
        "sentence-light": "dse",
        "sentence-pairs": "newsmtsc",
        "lee-stance": "lee",
        "reuters-stance": "reuters",
        "news-light": "newsmtsc",
        "sentence-acts": "polnear",
        "lee-acts": "lee",
        "reuters-acts": "reuters",
        "crowd-light": "newsmtsc",
        "crowd-pairs": "dse",
    }
    folder = joined_to.get(name, name)
    with pytest.raises(CorpusError, match=rf"{name}: .*{folder}.* is missing; training/README\.md"):
        read(name, tmp_path, READERS[name][1][0])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("intl-train/intl-train.jsonl", '{"id": "x"}'),
        ("plv/train.tsv", "a\tb\n1\t2\n"),
        ("dse/train.txt", b"\xff\xfe"),
    ],
)
def test_a_file_in_another_format_is_refused(tmp_path: Path, file: str, content: str | bytes) -> None:
    name = file.partition("/")[0]
    write(tmp_path / file, content)
    with pytest.raises(CorpusError, match=rf"{name}: .*{name} is not in its format"):
        read(name, tmp_path, "train")


def test_a_missing_article_is_named(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "polnear", tmp_path / "polnear")
    article = tmp_path / "polnear" / "dev" / "text" / "gazette_2031-06-01_dev-note.txt"
    article.unlink()
    with pytest.raises(CorpusError, match=r"dev-note\.txt is missing"):
        read("polnear", tmp_path, "dev")


# The corpora themselves, where they are


@pytest.fixture(scope="module")
def real() -> Callable[[str], Corpus]:
    return lambda name: read(name, REAL, "train")


@needs_data
def test_the_real_corpora_have_the_published_counts(real: Callable[[str], Corpus]) -> None:
    news, own, polnear, dse = (real(n).examples for n in ("newsmtsc", "intl-train", "polnear", "dse"))
    assert sum(len(pairs) for pairs in dse["pairs"]) / 2 + real("dse").left_out.total() == 12659
    assert sum(len(pairs) for pairs in news["pairs"]) == 8739
    assert sum(len(statements) for statements in own["statements"]) == 1804
    assert sum(len(pairs) for pairs in own["pairs"]) == 1722
    assert len({id.rpartition("#")[0] for id in polnear["id"]}) == 818
