"""What labels mean, as far as their names tell: a model may have others than favor, neutral and against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FAVOR, NEUTRAL, AGAINST = MEANINGS = ("favor", "neutral", "against")

_NAMES = {
    FAVOR: ("favour", "for", "pro", "support", "supports", "supportive", "positive", "approve", "approves"),
    NEUTRAL: ("none", "neither", "other", "no stance", "mixed", "unclear"),
    AGAINST: ("anti", "con", "oppose", "opposes", "opposed", "critical", "negative", "disapprove", "disapproves"),
}
_NEGATIONS = frozenset({"not", "no", "non", "never"})


def meaning(label: str) -> str | None:
    """Favor, neutral or against, for a label such as "support" or "strongly oppose"; None where no word tells."""
    plain = label.casefold().replace("_", " ").replace("-", " ").strip()
    if (whole := _of(plain)) is not None:
        return whole
    words = plain.split()
    found = {m for m in map(_of, words) if m is not None}
    return found.pop() if len(found) == 1 and not _NEGATIONS & set(words) else None


def _of(name: str) -> str | None:
    return next((m for m, names in _NAMES.items() if name == m or name in names), None)


def like(label: str, known: Sequence[str]) -> str | None:
    """The one label of ``known`` that means what ``label`` means; None where there is none or more than one."""
    if label in known:
        return label
    mine = meaning(label)
    same = [k for k in known if mine is not None and meaning(k) == mine]
    return same[0] if len(same) == 1 else None


def rank(label: str) -> tuple[int, str]:
    """Sorts labels from for to against, then those of unknown meaning by name."""
    found = meaning(label)
    return (MEANINGS.index(found) if found else len(MEANINGS), label)


def polarity(probabilities: Mapping[str, float]) -> float | None:
    """P(for) − P(against), from −1 to 1; None where no label means one of the two."""
    poles = {m: [p for label, p in probabilities.items() if meaning(label) == m] for m in (FAVOR, AGAINST)}
    return sum(poles[FAVOR]) - sum(poles[AGAINST]) if all(poles.values()) else None
