"""What the commands share: errors in one line, and the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from stancelib.errors import StancelibError
from stancelib.report import plain

USAGE_ERROR = 2


def show_log() -> None:
    """What stancelib logs, on standard error."""
    logger = logging.getLogger("stancelib")
    logger.setLevel(logging.INFO)
    logger.handlers = [logging.StreamHandler()]


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Tell what is wrong with the input in one line on standard error, and exit with code 2."""
    try:
        yield
    except StancelibError as error:
        message = str(error)
    except OSError as error:
        message = f"cannot open {error.filename}: {error.strerror}" if error.filename else str(error)
    else:
        return
    typer.echo(f"stancelib: {plain(message)}", err=True)
    raise typer.Exit(USAGE_ERROR)
