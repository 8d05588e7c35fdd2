"""``python -m stancelib``: the command line."""

from stancelib.cli import app

app(prog_name="stancelib")
