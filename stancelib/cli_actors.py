"""The command that looks names up in the table of known actors."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stancelib.gazetteer import load_gazetteer
from stancelib.report import plain
from stancelib.terminal import one_line_errors

_HELP = """
Look up names in the table of known actors: which actor a name means, and as what.

[bold]Examples[/bold]

stancelib actors "the Kremlin"

stancelib actors "Angela Merkel" Obama

stancelib actors Turkish YPG "United Nations" DEU
"""

_AS = {
    "names": "a name",
    "demonyms": "of its people or forces",
    "seats": "a seat of its government",
    "cautious": "only beside the full name or a title",
}
UNKNOWN = 1


def add_command(app: typer.Typer) -> None:
    """Put the command into ``app``."""
    app.command(help=_HELP, short_help="Look up a name in the table of known actors.")(actors)


def actors(names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names, adjectives, ids.")]) -> None:
    with one_line_errors():
        gazetteer = load_gazetteer()
        table = Table()
        for title in ("name", "means", "id", "kind", "country", "as"):
            table.add_column(title, overflow="fold")
        unknown = []
        for name in names:
            meanings = gazetteer.meanings(name)
            for actor, column in meanings:
                told = "\n".join([actor.name, *filter(None, gazetteer.offices(actor).split("; "))])
                row = (name, told, actor.id, actor.kind, actor.country or "", _AS[column])
                table.add_row(*map(Text, row))
            if not meanings:
                unknown.append(name)
    if table.row_count:
        Console().print(table)
    for name in unknown:
        close = ", ".join(gazetteer.close_names(name))
        hint = f"; close to it: {close}" if close else ""
        typer.echo(f"nobody is known as {plain(name)!r}{hint}", err=True)
    if unknown:
        raise typer.Exit(UNKNOWN)
