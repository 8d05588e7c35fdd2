"""`stancelib actors`: what a name means."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from stancelib.cli import app
from stancelib.gazetteer import load_gazetteer


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("the Kremlin", ("Russia", "RUS", "a seat of its government")),
        ("Turkish", ("Turkey", "TUR", "of its people or forces")),
        ("nato", ("NATO", "igo", "a name")),
        ("DEU", ("Germany", "DEU", "a name")),
        ("Obama", ("Barack Obama", "barack-obama", "President 2009-2017")),
    ],
)
def test_a_name_is_shown_with_what_it_means(name: str, shown: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["actors", name], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    assert all(part in result.output for part in shown)


def test_an_unknown_name_is_told_with_close_ones() -> None:
    result = CliRunner().invoke(app, ["actors", "Turkei", "Kenya"])
    assert result.exit_code == 1
    assert "nobody is known as 'Turkei'; close to it: turkey" in result.output
    assert "Kenya" in result.output


def test_a_name_of_several_actors_shows_all_the_likelier_first() -> None:
    found = load_gazetteer().meanings("Georgia")
    assert found[0][0].id == "GEO"
    assert len({actor.id for actor, _ in found}) == len(found)
