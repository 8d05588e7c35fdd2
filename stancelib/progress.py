"""The bar of a long scoring run, and its one-screen summary."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from stancelib.tally import Tally

if TYPE_CHECKING:
    from stancelib.scoring import ScoreSummary


class ScoreProgress:
    """A bar on standard error with rows, rows a second, time left and errors; quiet where nobody looks."""

    def __init__(self, *, shown: bool | None, total: int) -> None:
        """``total`` is the size of the input in bytes; ``shown`` None: only on a terminal."""
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("scoring"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TextColumn("{task.fields[rate]:.1f}/s"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[errors]:,} errors"),
            console=console,
            disable=not (console.is_terminal if shown is None else shown),
        )
        self._task = self._bar.add_task("scoring", total=max(1, total), rows=0, rate=0.0, errors=0)

    def __enter__(self) -> ScoreProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, tally: Tally, *, read: int) -> None:
        """Show what has been counted after ``read`` bytes of input."""
        rows = tally.documents + tally.errors
        elapsed = self._bar.tasks[0].elapsed or 0.0
        rate = rows / elapsed if elapsed else 0.0
        self._bar.update(self._task, completed=read, rows=rows, rate=rate, errors=tally.errors)


def summary(result: ScoreSummary) -> RenderableType:
    """What a run did, on one screen. Names come from the texts and are shown as they are, never as markup."""
    tally = result.tally
    counts = Table(show_header=False, box=None)
    counts.add_row("rows", f"{result.rows:,}")
    counts.add_row("scored", f"{tally.documents:,}")
    counts.add_row("errors", f"{tally.errors:,}" + (f"  → {result.errors_file}" if result.errors_file else ""))
    if result.repeated_ids:
        counts.add_row("repeated ids", f"{result.repeated_ids:,}  (kept)")
    counts.add_row("statements", f"{tally.statements:,}")
    counts.add_row("stances", f"{tally.stances:,}")
    counts.add_row("time", f"{result.seconds:,.1f} s")
    counts.add_row("output", Text(str(result.output)))
    speakers = Table("speaker", "statements", title="top speakers")
    for name, count in tally.top_speakers():
        speakers.add_row(Text(name), f"{count:,}")
    actors = Table("actor", "stances", "mean stance", title="top actors")
    for name, count, mean in tally.top_actors():
        actors.add_row(Text(name), f"{count:,}", "" if mean is None else f"{mean:+.2f}")
    return Group(counts, *(t for t in (speakers, actors) if t.row_count))
