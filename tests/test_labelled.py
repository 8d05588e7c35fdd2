"""A model against gold rows: what the evaluation asks it, and what it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stancelib.attribution import Floats
from stancelib.evaluation.labelled import evaluate_rows, pair_tasks, score_rows
from stancelib.evaluation.linking import link_tasks
from stancelib.evaluation.subgroups import of_pairs
from stancelib.links import LinkVectors
from stancelib.tagger import StanceTagger

TEXT = "“We support Qatar,” she said. Ankara told us the plan of Russia will not end. Kenya condemned the raid."


def spans(*pieces: str) -> list[list[int]]:
    return [[TEXT.index(p), TEXT.index(p) + len(p)] for p in pieces]


def statement(content: str, cue: str, source: str) -> dict[str, Any]:
    return {"content": spans(content), "cue": spans(cue), "source": spans(source)}


def pair(task: str, holder: str, content: str, target: str) -> dict[str, Any]:
    given = {role: spans(piece) if piece else [] for role, piece in (("holder", holder), ("content", content))}
    return {"task": task, **given, "target": spans(target), "label": "against", "weight": 1.0}


ROW: dict[str, Any] = {
    "id": "1",
    "text": TEXT,
    "annotated": True,
    "statements": [
        statement("We support Qatar", "said", "she"),
        statement("the plan of Russia will not end", "told us", "Ankara"),
        statement("the raid", "condemned", "Kenya"),
    ],
    "pairs": [
        pair("stance", "she", "We support Qatar", "Qatar"),
        pair("stance", "Kenya", "", "Russia"),
    ],
}


def test_subgroups_of_a_pair_say_who_speaks_how_and_about_whom() -> None:
    in_statement, bare = of_pairs(TEXT, ROW["pairs"])
    assert in_statement == {
        "target": "name",
        "actor": "state",
        "speaker": "pronoun",
        "statement": "direct",
        "content": "short",
    }
    assert bare == {"target": "name", "actor": "state", "speaker": "name", "text": "short"}


def test_a_target_that_no_table_has_is_told_apart() -> None:
    (groups,) = of_pairs(TEXT, [pair("stance", "she", "", "plan")])
    assert groups["actor"] == "not in the table"


def test_the_model_without_target_is_asked_about_the_whole_content(
    tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    stance = tagger.engine.stance

    def noted(states: Floats, pairs: Any) -> Floats:
        asked.append(pairs)
        return stance(states, pairs)

    monkeypatch.setattr(tagger.engine, "stance", noted)
    task = pair_tasks(tagger, [ROW])["stance"]
    assert [j.gold for j in task.withheld] == [j.gold for j in task.judgements] == ["against"] * 2
    told, blind = asked
    assert len(blind.target[0]) > len(told.target[0])
    assert [j.probabilities for j in task.withheld] != [j.probabilities for j in task.judgements]


def test_a_pair_is_judged_by_the_calibration_of_its_head(tagger: StanceTagger) -> None:
    biases = {"stance_pair": (0, 50, 0), "stance": (50, 0, 0)}
    config = replace(tagger.config, biases=biases, temperatures={"stance": 1e6})
    biased = StanceTagger(tagger.engine.model, tagger.encoder.tokenizer, config, device="cpu")
    assert [j.label for j in pair_tasks(biased, [ROW])["stance"].judgements] == ["favor", "neutral"]


def test_every_statement_found_has_its_probability_and_whether_it_is_one(tagger: StanceTagger) -> None:
    found = tagger.predict(TEXT).statements
    first, *others = [
        {"content": [[s.start, s.end] for s in statement.content], "cue": [], "source": []} for statement in found
    ]
    gold = {"id": "2", "text": TEXT, "annotated": True, "pairs": [], "statements": others}
    sure = evaluate_rows(tagger, [gold])["statements"].sure  # type: ignore[union-attr]
    assert sure == [(s.probability, i > 0) for i, s in enumerate(found)]
    assert first
    assert others


def test_scoring_an_epoch_gives_the_same_figures_without_the_rest(tagger: StanceTagger) -> None:
    whole, quick = evaluate_rows(tagger, [ROW]), score_rows(tagger, [ROW])
    assert quick["stance"].figures == whole["stance"].figures
    assert quick["statements"].figures == whole["statements"].figures
    assert not quick["stance"].withheld  # type: ignore[union-attr]
    assert whole["stance"].judgements[0].groups["speaker"] == "pronoun"  # type: ignore[union-attr]


def links_to(monkeypatch: pytest.MonkeyPatch, tagger: StanceTagger, *, none: float) -> None:
    """Make the engine link every span to the nearest; ``none`` is the score of no link."""

    def link(query: str, key: str, queries: Floats, keys: Floats) -> LinkVectors:
        near = -np.minimum(np.arange(32), np.abs(np.arange(32) - 16)).astype(np.float32)
        zeros = np.zeros((max(len(queries), len(keys)), 1), np.float32)
        nothing = np.full(len(queries), none, np.float32)
        return LinkVectors(zeros[: len(queries)], zeros[: len(keys)], nothing, near)

    monkeypatch.setattr(tagger.engine, "link", link)


def test_links_are_judged_on_given_spans(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    links_to(monkeypatch, tagger, none=-100)
    found = link_tasks(tagger, [ROW, ROW])  # two annotations may have one id
    assert {name: task.figures for name, task in found.items()} == {
        "source_linked": {"right": 1, "count": 6},
        "cue_linked": {"right": 1, "count": 6},
    }


def test_no_link_is_right_where_the_gold_has_none(tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    links_to(monkeypatch, tagger, none=100)
    first, *others = ROW["statements"]
    found = link_tasks(tagger, [{**ROW, "statements": [{**first, "source": []}, *others]}])
    assert found["source_linked"].figures == {"right": pytest.approx(1 / 3), "count": 3}
    assert found["cue_linked"].figures["right"] == 0


def test_a_text_without_cues_is_not_asked_for_them(tagger: StanceTagger) -> None:
    row = {**ROW, "statements": [{**statement, "cue": []} for statement in ROW["statements"]]}
    found = link_tasks(tagger, [row])
    assert not found["cue_linked"].counts
    assert found["source_linked"].figures["count"] == 3


def test_a_content_that_begins_within_a_quotation_is_asked_too(
    tagger: StanceTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    links_to(monkeypatch, tagger, none=-100)
    statements = [statement("support Qatar", "said", "she"), *ROW["statements"][1:]]
    assert link_tasks(tagger, [{**ROW, "statements": statements}])["cue_linked"].figures["right"] == 1
