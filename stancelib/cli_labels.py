"""The commands for one's own labels: annotate-tasks, convert, check, train, evaluate."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from stancelib.errors import InvalidInputError, StancelibError
from stancelib.report import plain
from stancelib.terminal import one_line_errors

_FORMATS = """
Labels are documents (.jsonl: what `stancelib predict --json` prints, corrected, with "text" beside it), or rows of
text,speaker,actor,label for stance and text,target,label for sentiment (.csv, .tsv, .jsonl).
"""

_CHECK = f"""
Check a file of labels before training: every fault with its line, field, value and fix, counts of the labels, thin
classes, and texts that train and dev share. Exits with code 1 where there are faults.
{_FORMATS}
[bold]Examples[/bold]

stancelib check labels.jsonl

stancelib check train.csv --dev dev.csv --labels support,none,oppose
"""

_TRAIN = f"""
Fine-tune a model on your own labels, and show how it does against the one it began from.
{_FORMATS}
Run the same command again after a kill, and it goes on.

[bold]Examples[/bold]

stancelib train labels.jsonl -o my-model

stancelib train train.csv --dev dev.csv -o my-model --from models/default --epochs 6

stancelib train labels.csv -o my-model --encoder microsoft/deberta-v3-small --lora
"""

_EVALUATE = f"""
Score a model on a file of labels: figures with 95 % intervals, and a report to read.
{_FORMATS}
[bold]Examples[/bold]

stancelib evaluate test.csv --model my-model

stancelib evaluate test.jsonl --model my-model --against models/default --report out/
"""

_TASKS = """
Make tasks for Label Studio from texts, with what the model finds as predictions to correct. Import OUT as tasks,
and paste the file beside it (.xml) as the labeling interface.

[bold]Examples[/bold]

stancelib annotate-tasks articles.csv -o tasks.json

stancelib annotate-tasks folder-of-txt -o tasks.json --model my-model
"""

_CONVERT = """
Turn an export of Label Studio (JSON) or Doccano (JSONL with relations) into labels for `stancelib train`.

[bold]Examples[/bold]

stancelib convert project-1.json -o labels.jsonl
"""

Labels = Annotated[
    str, typer.Option(metavar="NAMES", help="The labels of stance, by commas; by default those of the file.")
]


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this file into ``app``."""
    app.command(help=_CHECK, short_help="Check a file of labels: every fault with its fix.")(check)
    app.command(help=_TRAIN, short_help="Fine-tune a model on your own labels.")(train)
    app.command("annotate-tasks", help=_TASKS, short_help="Make tasks for Label Studio from texts.")(
        annotate_tasks
    )
    app.command(help=_CONVERT, short_help="Labels from Label Studio or Doccano.")(convert)
    app.command(help=_EVALUATE, short_help="Score a model on a file of labels.")(evaluate)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".jsonl, .csv or .tsv")],
    dev: Annotated[Path | None, typer.Option(metavar="FILE", help="Labels kept for development.")] = None,
    labels: Labels = "",
) -> None:
    with one_line_errors():
        _need_extra()
        from stancelib.tuning.check import check_labels, to_page

        found = check_labels(file, dev, labels=_names(labels))
    Console().print(to_page(found), soft_wrap=True)
    if found.faults:
        raise typer.Exit(1)


def train(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".jsonl, .csv or .tsv")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the model.")],
    dev: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labels to choose the epoch by; else a fifth of FILE.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="MODEL", help="Model to go on from; the default model without.")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(metavar="NAME", help="Begin from this Hugging Face encoder instead.")
    ] = None,
    labels: Labels = "",
    epochs: Annotated[int | None, typer.Option(min=1, help="At most; by the size of the data.")] = None,
    learning_rate: Annotated[float | None, typer.Option(min=1e-7, max=0.1, help="Of the encoder.")] = None,
    batch_tokens: Annotated[int | None, typer.Option(min=64, help="Tokens of a step.")] = None,
    lora: Annotated[bool, typer.Option("--lora", help="Train low-rank adapters of the encoder, merged.")] = False,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 13,
    tensorboard: Annotated[Path | None, typer.Option(metavar="DIR", help="Write logs for TensorBoard.")] = None,
) -> None:
    with one_line_errors():
        _need_extra()
        from stancelib.evaluation.report import to_table
        from stancelib.tuning.fine_tune import fine_tune

        result = fine_tune(
            file,
            output,
            dev=dev,
            start=start,
            encoder=encoder,
            labels=_names(labels),
            epochs=epochs,
            learning_rate=learning_rate,
            batch_tokens=batch_tokens,
            lora=lora,
            seed=seed,
            tensorboard=tensorboard,
        )
    if not result.after:
        return  # one of several processes: the first one tells
    console = Console()
    for warning in result.warnings:
        console.print(Text(f"warning: {warning}", style="yellow"))
    against = {"dev": result.before} if result.before is not None else None
    console.print(to_table({"dev": result.after}, against))
    console.print(Text(f"model: {result.folder}"))


def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".jsonl, .csv or .tsv")],
    model: Annotated[str, typer.Option(metavar="MODEL", help="A model folder or Hub id.")],
    against: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Another model, compared on the same texts.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write report.md, report.json and pictures here.")
    ] = None,
) -> None:
    with one_line_errors():
        _need_extra()
        from stancelib.evaluation.report import to_table, write_report
        from stancelib.tuning.check import check_labels
        from stancelib.tuning.fine_tune import evaluate_file

        found = check_labels(file)
        if found.faults:
            raise InvalidInputError(f"{len(found.faults)} faults in {file}; `stancelib check {file}` shows them")
        ours = {file.name: evaluate_file(model, found.files[0])}
        theirs = {file.name: evaluate_file(against, found.files[0])} if against else None
        Console().print(to_table(ours, theirs))
        if report is not None:
            write_report(report, ours, model=model, against=theirs, other=against or "")
            typer.echo(f"wrote {report / 'report.md'}", err=True)


def annotate_tasks(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Texts, as for `stancelib score`.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT", help="A .json file.")],
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A model folder or Hub id; the default model without it.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(metavar="NAME", help="Guessed where it is obvious.")] = None,
) -> None:
    with one_line_errors():
        _need_extra()
        from stancelib.inputs import Meter, choose_columns, find_sources, read_rows
        from stancelib.predict import default_folder
        from stancelib.tagger import StanceTagger
        from stancelib.tuning.convert import write_tasks

        with TemporaryDirectory() as folder:
            sources = find_sources(inputs, spool=Path(folder) / "stdin")
            columns, _ = choose_columns(sources, text=text_column, id=None, carry=(), encoding="utf-8-sig")
            rows = list(read_rows(sources, columns, encoding="utf-8-sig", meter=Meter()))
        tagger = StanceTagger.from_pretrained(model or default_folder())
        count, interface = write_tasks(((r.id, r.text) for r in rows if r.text is not None), tagger, output)
    for row in rows:
        if row.text is None:
            typer.echo(f"left out: {row.file}, row {row.number}: {row.error}", err=True)
    typer.echo(f"wrote {count:,} tasks to {output}; labeling interface: {interface}", err=True)


def convert(
    file: Annotated[Path, typer.Argument(metavar="EXPORT", help="A .json or .jsonl file.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT", help="A .jsonl file of labels.")],
) -> None:
    with one_line_errors():
        _need_extra()
        from stancelib.tuning.convert import convert as run

        count, faults = run(file, output)
    for fault in faults:
        typer.echo(plain(fault), err=True)
    typer.echo(f"wrote {count:,} texts to {output}; {len(faults):,} left out", err=True)
    if faults:
        raise typer.Exit(1)


def _need_extra() -> None:
    try:
        import accelerate  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as error:
        raise StancelibError(f"{error.name} is not installed: pip install 'stancelib[train]'") from error


def _names(labels: str) -> list[str]:
    return [name.strip() for name in labels.split(",") if name.strip()]
