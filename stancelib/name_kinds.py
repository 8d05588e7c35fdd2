"""What the encoder takes names for: somebody's, an organisation's, or neither. NumPy only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from stancelib.calibration import Floats

NAME_KINDS = ("other", "person", "organization")  # of words
PERSON, ORGANIZATION = NAME_KINDS.index("person"), NAME_KINDS.index("organization")


@dataclass(frozen=True)
class NameKinds:
    """Probabilities [words, kinds] (see NAME_KINDS) of the words of a text, with their characters.

    Without words, nothing is known of any name.
    """

    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    probabilities: Floats | None = None

    def of(self, start: int, end: int, kind: int) -> float:
        """How likely the characters start:end are a name of that kind: the mean over their words; 0 for none."""
        first, stop = bisect_right(self.ends, start), bisect_left(self.starts, end)
        if self.probabilities is None or first >= stop:
            return 0.0
        return float(self.probabilities[first:stop, kind].mean())


UNKNOWN_KINDS = NameKinds()
