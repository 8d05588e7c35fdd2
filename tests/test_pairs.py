"""What a stance is read from: the words of a triple's scope, as rows of many texts' states."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from stancelib.modeling import HEAD_SIZE, HEADS, StanceHead, pool
from stancelib.pairs import NEAR, NEAR_BARE, REACH, PairIndex, Triple, index_pairs

H = 8
STATEMENT = Triple(holder=((30, 31),), content=((10, 20),), target=((12, 13),))
BARE = Triple(holder=((100, 101),), content=(), target=((300, 302),))


def test_the_scope_of_a_statement_is_its_spans_and_the_words_beside_them() -> None:
    near_holder = [*range(30 - NEAR, 31 + NEAR)]
    assert STATEMENT.scope(0, 1000).tolist() == sorted({*range(10 - NEAR, 20 + NEAR), *near_holder})


def test_the_scope_of_two_bare_spans_is_what_stands_around_them() -> None:
    around = [*range(100 - NEAR_BARE, 101 + NEAR_BARE), *range(300 - NEAR_BARE, 302 + NEAR_BARE)]
    assert BARE.scope(0, 1000).tolist() == around


def test_the_scope_ends_with_the_text() -> None:
    assert STATEMENT.scope(11, 14).tolist() == [11, 12, 13]


def test_a_quote_of_pages_is_read_around_the_target_only() -> None:
    scope = Triple((), ((0, 100_000),), ((500, 501),)).scope(0, 100_000)
    assert (scope[0], scope[-1]) == (500 - REACH, 500 + REACH)


def test_rows_are_those_of_each_text() -> None:
    index = index_pairs([(STATEMENT, 0, (0, 40)), (BARE, 5000, (0, 400))])
    assert [part.tolist() for part in index.target] == [[12, 5300, 5301], [0, 1, 1]]
    assert [part.tolist() for part in index.content] == [[*range(10, 20)], [0] * 10]
    assert index.has.tolist() == [[True, True], [True, False]]


def test_no_pairs_have_no_rows() -> None:
    assert index_pairs([]).has.shape == (0, 2)


@pytest.fixture
def head() -> StanceHead:
    torch.manual_seed(0)
    return StanceHead(H, 3, 0.0).eval()


@pytest.fixture
def states() -> torch.Tensor:
    return torch.randn(400, H, generator=torch.Generator().manual_seed(1))


INDEX = index_pairs([(STATEMENT, 0, (0, 400)), (BARE, 0, (0, 400))])


def changed(head: StanceHead, states: torch.Tensor, word: int) -> list[bool]:
    """Whether each pair of INDEX has another result once the state of ``word`` is another."""
    other = states.clone()
    other[word] += 1
    return [not torch.equal(a, b) for a, b in zip(head(states, INDEX), head(other, INDEX), strict=True)]


@pytest.mark.parametrize(
    ("word", "pairs"), [(26, [True, False]), (110, [False, True]), (200, [False, False]), (25, [False, False])]
)
def test_a_pair_sees_its_scope_and_nothing_else(
    head: StanceHead, states: torch.Tensor, word: int, pairs: list[bool]
) -> None:
    assert changed(head, states, word) == pairs


def test_the_rows_in_use_alone_give_the_same_result(head: StanceHead, states: torch.Tensor) -> None:
    used, index = INDEX.compact()
    assert len(used) < 400
    torch.testing.assert_close(head(states[torch.from_numpy(used)], index), head(states, INDEX))


@pytest.mark.parametrize("difference", ["bare_query", "bare_out"])
def test_what_bare_spans_learn_for_themselves_leaves_statements_alone(
    head: StanceHead, states: torch.Tensor, difference: str
) -> None:
    before = head(states, INDEX)
    with torch.no_grad():
        getattr(head, difference).weight.normal_()
    statement, bare = (torch.equal(a, b) for a, b in zip(before, head(states, INDEX), strict=True))
    assert statement
    assert not bare


def test_attention_is_a_mean_whose_weights_sum_to_one(head: StanceHead, states: torch.Tensor) -> None:
    alike = states[:1].expand(400, H)  # of equal values any such mean is the value
    expected = head.value(alike[:1]).expand(2, -1)
    torch.testing.assert_close(head._read(torch.randn(2, HEADS * HEAD_SIZE), alike, INDEX.scope), expected)


def test_pooling_is_the_mean_of_a_pairs_words() -> None:
    states = torch.tensor([[1.0, 2.0], [3.0, 6.0], [5.0, 5.0]])
    pooled = pool(states, (np.array([0, 1, 2]), np.array([0, 0, 2])), 3)
    assert pooled.tolist() == [[2.0, 4.0], [0.0, 0.0], [5.0, 5.0]]


def test_a_statement_without_a_speaker_is_read_with_the_learnt_vector(
    head: StanceHead, states: torch.Tensor
) -> None:
    nobody: PairIndex = index_pairs([(Triple((), ((10, 20),), ((12, 13),)), 0, (0, 400))])
    before = head(states, nobody)
    with torch.no_grad():
        head.no_holder.add_(1)
    assert not torch.allclose(before, head(states, nobody))
