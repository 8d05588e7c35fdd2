"""The command line: it parses and prints, the library does the work.

Results go to standard output, everything else to standard error. What is wrong with the input is told in one line,
with exit code 2.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

import stancelib
from stancelib import cli_actors, cli_labels
from stancelib.errors import InvalidInputError
from stancelib.progress import summary
from stancelib.report import plain, to_html, to_table
from stancelib.terminal import one_line_errors, show_log

if TYPE_CHECKING:
    from stancelib.types import Document

Actors = Sequence[str] | Mapping[str, Sequence[str]] | None

MinProbability = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="The least a statement must have to be reported; the model's own without it."),
]

STDIN = "-"

app = typer.Typer(
    name="stancelib",
    help="Who says what about whom, in English news text.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)

_EXAMPLES = """
Read an English news text and show its statements: who makes each, and where the speaker stands toward each
political actor in it.

[bold]Examples[/bold]

stancelib predict article.txt

stancelib predict article.txt --html report.html

stancelib predict article.txt --json | jq '.statements[].speaker.name'

cat article.txt | stancelib predict - --actors "U.S.,Turkey"

stancelib predict article.txt --actors-file actors.json --model ./my-model
"""


_SCORE_EXAMPLES = """
Score every row of an archive: CSV, TSV, JSONL, Parquet, or folders of .txt files; .gz and .zst too.

Every row of the input ends up in OUT, or in OUT.errors.jsonl with the reason. A run that was killed goes on where
it stopped when the same command is given again.

[bold]Examples[/bold]

stancelib score articles.csv -o scored.jsonl

stancelib score archive/*.jsonl.gz -o stances.parquet --rows stances --text-column body --carry date,outlet

stancelib score folder-of-txt -o statements.csv --rows statements --actors "U.S.,Turkey"

zcat articles.csv.gz | stancelib score - -o scored.jsonl --workers 2

RAY_ADDRESS=head:6379 stancelib score /shared/archive/*.parquet -o /shared/scored.parquet --engine ray --workers 32
"""


class RowKind(str, Enum):
    """What a row of the output is."""

    documents = "documents"
    statements = "statements"
    stances = "stances"


class Engine(str, Enum):
    """What runs the workers."""

    local = "local"
    ray = "ray"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stancelib {stancelib.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Who says what about whom, in English news text."""


@app.command(help=_EXAMPLES, short_help="Show who says what about whom in a text.")
def predict(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text file in UTF-8, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the Document as JSON, not as a table.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Also write a page with the statements marked in the text.")
    ] = None,
    actors: Annotated[
        str | None, typer.Option(metavar="NAMES", help='Only these actors, by commas: "U.S.,Turkey".')
    ] = None,
    actors_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Only these actors: JSON (a list of names, or an object of name: aliases) or CSV (name,alias).",
        ),
    ] = None,
    min_probability: MinProbability = None,
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="A model folder or Hub id; the default model without it.")
    ] = None,
) -> None:
    with one_line_errors():
        text = read_text(file)
        chosen = parse_actor_options(actors, actors_file)
        if html is not None and not html.parent.is_dir():
            raise InvalidInputError(f"no folder {html.parent} for {html.name}: make it first, or name another")
        document = _predict(text, chosen, min_probability, model)
        if html is not None:
            title = None if file == STDIN else Path(file).name
            html.write_text(to_html(text, document, title=title), encoding="utf-8", newline="")
    _show(document, as_json=as_json)
    if html is not None:
        typer.echo(f"wrote {html}", err=True)


@app.command(help=_SCORE_EXAMPLES, short_help="Score every row of an archive; goes on after a kill.")
def score(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders of .txt files, globs, or - for CSV or JSONL."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", help=".jsonl or .parquet; .csv for the flat rows.")
    ],
    rows: Annotated[
        RowKind, typer.Option(help="Nested documents, or a flat table of statements or stances.")
    ] = RowKind.documents,
    text_column: Annotated[str | None, typer.Option(metavar="NAME", help="Guessed where it is obvious.")] = None,
    id_column: Annotated[str | None, typer.Option(metavar="NAME", help="Guessed; else rows are numbered.")] = None,
    carry: Annotated[str, typer.Option(metavar="NAMES", help="Columns to carry over, by commas.")] = "",
    encoding: Annotated[str, typer.Option(help="Of text files and tables.")] = "utf-8-sig",
    actors: Annotated[
        str | None, typer.Option(metavar="NAMES", help='Only these actors, by commas: "U.S.,Turkey".')
    ] = None,
    actors_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only these actors: JSON or CSV, as for predict.")
    ] = None,
    min_probability: MinProbability = None,
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="A model folder or Hub id; the default model without it.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, mps; by default CUDA where there is one.")] = None,
    dtype: Annotated[
        str,
        typer.Option(help="auto: bfloat16 where the processor has units for it; or float32, bfloat16, float16."),
    ] = "auto",
    workers: Annotated[int, typer.Option(min=1, help="Processes; each holds the model.")] = 1,
    engine: Annotated[
        Engine, typer.Option(help="Where they run: here, or on the Ray cluster that RAY_ADDRESS names.")
    ] = Engine.local,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace a finished OUT, and drop an interrupted run of other options."),
    ] = False,
) -> None:
    with one_line_errors():
        show_log()
        result = stancelib.score_files(
            inputs,
            output,
            rows=rows.value,
            text_column=text_column,
            id_column=id_column,
            carry=[name.strip() for name in carry.split(",") if name.strip()],
            encoding=encoding,
            actors=parse_actor_options(actors, actors_file),
            min_probability=min_probability,
            model=model,
            device=device,
            dtype=dtype,
            workers=workers,
            engine=engine.value,
            overwrite=overwrite,
        )
    Console(stderr=True).print(summary(result))


def read_text(file: str) -> str:
    """The text of a file, or of standard input for ``-``, with its line ends as they are.

    A byte order mark at the start is no part of the text: offsets count from the character after it.
    Raises InvalidInputError for what is not UTF-8 or has nothing in it, OSError for what cannot be read.
    """
    data = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    name = "standard input" if file == STDIN else file
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{name} is not UTF-8 (byte {data[error.start]:#04x} at {error.start}): "
            "convert it first, for instance with iconv -f WINDOWS-1252 -t UTF-8"
        ) from error
    if not text.strip():
        raise InvalidInputError(f"{name} is empty: give a file with at least one sentence")
    return text


def parse_actor_options(names: str | None, file: Path | None) -> Actors:
    """What ``--actors`` and ``--actors-file`` ask for; None if neither is given."""
    if names is None and file is None:
        return None
    if names is not None and file is not None:
        raise InvalidInputError("both --actors and --actors-file are given: put all names into the file")
    chosen = _read_actors(file) if file else [name.strip() for name in (names or "").split(",") if name.strip()]
    if not chosen:
        where = file or f"--actors {names!r}"
        raise InvalidInputError(f'{where} names nobody: give at least one name, such as --actors "U.S.,Turkey"')
    return chosen


def _read_actors(file: Path) -> Sequence[str] | Mapping[str, Sequence[str]]:
    text = read_text(str(file))
    return _actors_of_csv(text, file) if file.suffix.lower() == ".csv" else _actors_of_json(text, file)


def _actors_of_json(text: str, file: Path) -> Sequence[str] | Mapping[str, Sequence[str]]:
    try:
        data: object = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInputError(f"{file} is not JSON ({error}); a table of name,alias must end in .csv") from error
    if isinstance(data, list) and _are_names(data):
        return data
    if isinstance(data, dict) and all(
        isinstance(aliases, list) and _are_names(aliases) for aliases in data.values()
    ):
        return data
    raise InvalidInputError(
        f'{file} must hold a list of names, ["U.S.", "Turkey"], or an object of name and aliases, '
        '{"SDF": ["the SDF"]}'
    )


def _are_names(items: list[object]) -> bool:
    return all(isinstance(item, str) for item in items)


def _actors_of_csv(text: str, file: Path) -> Mapping[str, Sequence[str]]:
    """Rows of ``name,alias``, a name once for each alias; the header is optional, and so is the alias."""
    aliases: dict[str, list[str]] = {}
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise InvalidInputError(f"{file} is not CSV ({error}): give rows of name,alias") from error
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells == ["name", "alias"]):
            continue
        if len(cells) > 2 or not cells[0]:
            raise InvalidInputError(f"{file}, row {number}: {','.join(row)!r} is not name,alias")
        aliases.setdefault(cells[0], []).extend(filter(None, cells[1:]))
    return aliases


def _predict(text: str, actors: Actors, least: float | None, model: str | None) -> Document:
    with Console(stderr=True).status("reading …"):
        read = stancelib.predict if model is None else stancelib.StanceTagger.from_pretrained(model).predict
        return read(text, actors=actors, min_probability=least)


def _show(document: Document, *, as_json: bool) -> None:
    for warning in document.warnings:
        typer.echo(f"warning: {plain(warning)}", err=True)
    if as_json:
        typer.echo(document.to_json(indent=2).encode())  # bytes: JSON is UTF-8 whatever the terminal is
    elif document.statements:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without the symbols of the table shows "?"
        Console().print(to_table(document))
    else:
        typer.echo("no statements found", err=True)


cli_actors.add_command(app)
cli_labels.add_commands(app)
