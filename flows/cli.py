"""The command `tifa`. Messages go to stderr, data to stdout; exit status 0 done, 1 failed, 2 usage, 3 set aside (--strict)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from flows import fetching, reading, reviewing, serving
from flows.options import (
    Lang,
    Models,
    Processed,
    Raw,
    Recogniser,
    Reports,
    TableFormat,
    print_frame,
    settings_from,
)
from flows.progress import say
from pipeline import __version__
from pipeline.errors import TifaError

app = typer.Typer(
    name="tifa", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="tifa (提法, a fixed official formulation) reads Chinese and English policy documents and shows how development "
         "and security are framed, by whom, in which instruments, and how that changes.\n\nFirst: put documents into raw/ "
         "and run [bold]tifa run[/bold]; then open reports/latest/index.html.",
    rich_markup_mode="rich")


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", envvar="TIFA_DEBUG")] = False,
) -> None:
    if version:
        typer.echo(f"tifa {__version__}")
        raise typer.Exit
    if debug:
        os.environ["TIFA_DEBUG"] = "1"


@app.command()
def run(
    raw: Raw = None, processed: Processed = None, reports: Reports = None,
    as_of: Annotated[str | None, typer.Option(help="Day of the report, e.g. 2025-12-31; later documents stay out of it.",
                                              envvar="TIFA_AS_OF")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that read and code documents.", envvar="TIFA_WORKERS")] = None,
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://…; its workers must see raw/ too.",
                                             envvar="TIFA_DASK")] = None,
    full: Annotated[bool | None, typer.Option("--full", help="Make every row again.", envvar="TIFA_FULL")] = None,
    ocr: Annotated[bool | None, typer.Option("--ocr", help="Read scanned PDFs with tesseract, when it is installed.",
                                             envvar="TIFA_OCR")] = None,
    pdf: Annotated[bool | None, typer.Option("--pdf", help="Print report.pdf too, when Chromium is installed.",
                                             envvar="TIFA_PDF")] = None,
    strict: Annotated[bool | None, typer.Option("--strict", help="End with status 3 when a file was set aside.",
                                                envvar="TIFA_STRICT")] = None,
    overlap: Annotated[str | None, typer.Option(help="While another run is writing: fail, wait for it, or skip this one.",
                                                envvar="TIFA_OVERLAP")] = None,
    models: Models = None, recogniser: Recogniser = None,
) -> None:
    """Bring the tables and the report up to date with whatever is new, changed or gone under raw/."""
    settings = settings_from(raw=raw, processed=processed, reports=reports, as_of=as_of, workers=workers, dask=dask, full=full,
                             strict=strict, ocr=ocr, pdf=pdf, overlap=overlap, models=models, recogniser=recogniser)
    if not settings.raw.is_dir():
        raise TifaError("The folder of raw documents does not exist", where=str(settings.raw),
                        todo="Create it and put documents into it, or pass --raw.")
    if not settings.database.is_file() and all(path.is_dir() for path in settings.raw.rglob("*")):
        say(f"There is nothing to read under {settings.raw}: the folder holds no files. Put documents into it and run again.")
        return
    say(f"tifa {__version__} reads {settings.raw} and writes {settings.database} and {settings.reports}.")
    from flows.summary import refresh_and_tell

    result = refresh_and_tell(settings)
    if result and settings.strict and result.run["n_quarantined"]:
        say(f"--strict: {result.run['n_quarantined']} files were set aside.")
        raise typer.Exit(3)


@app.command()
def annotate(
    lang: Annotated[Lang | None, typer.Option(help="Language of lines that do not say theirs.", envvar="TIFA_LANG")] = None,
    batch: Annotated[int, typer.Option(help="Lines coded together; 1 answers each line at once.", min=1, max=10_000)] = 1,
    models: Models = None, recogniser: Recogniser = None,
) -> None:
    """Code sentences: JSON Lines on stdin, JSON Lines on stdout, in the same order, without any database."""
    from pipeline.annotate import annotate_lines
    from pipeline.knowledge import use_models
    from pipeline.mentions import use_recogniser

    settings = settings_from(models=models, recogniser=recogniser)
    use_models(settings.models)
    use_recogniser(settings.recogniser)
    failed = False
    for answer, good in annotate_lines(_stdin_lines(), lang=lang.value if lang else None, batch=batch):
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()
        failed = failed or not good
    if failed:
        say("Some lines could not be read; each has its reason in its place.")
        raise typer.Exit(1)


def _stdin_lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace")


app.registered_commands += reading.app.registered_commands + fetching.app.registered_commands

Labels = Annotated[list[Path] | None, typer.Option(help="Labels files (JSON Lines); default ../shared/gold.", envvar="TIFA_LABELS")]
TrainingFolder = Annotated[Path | None, typer.Option("--corpus", help="Folder of unlabelled documents; default ../shared/policy.",
                                                     envvar="TIFA_CORPUS")]
Seed = Annotated[int, typer.Option(help="Start of every random choice.", envvar="TIFA_SEED")]


@app.command()
def train(
    labels: Labels = None, corpus: TrainingFolder = None, seed: Seed = 0,
    models: Annotated[Path | None, typer.Option(help="Folder to write weights and card into.", envvar="TIFA_MODELS")] = None,
    changes: Annotated[Path, typer.Option(help="CSV of the sentences that gained or lost a label.", envvar="TIFA_CHANGES")]
    = Path("reports/changes_of_codes.csv"),
    encoder: Annotated[str | None, typer.Option(help="Folder of a multilingual encoder, or its name on the Hugging Face hub, to "
                                                     "put before the classifiers (docs/encoder.md).", envvar="TIFA_ENCODER")] = None,
    encoder_revision: Annotated[str, typer.Option(help="Commit of the encoder on the hub.", envvar="TIFA_ENCODER_REVISION")] = "",
    encoder_alone: Annotated[bool, typer.Option("--encoder-alone", help="In place of the n-grams of a sentence, not beside them.",
                                                envvar="TIFA_ENCODER_ALONE")] = False,
    download: Annotated[bool, typer.Option("--download", help="Let the encoder be fetched from the hub.",
                                           envvar="TIFA_DOWNLOAD")] = False,
    names: Annotated[bool, typer.Option("--names", help="The recogniser of names (docs/mentions.md) instead of the classifiers.",
                                        envvar="TIFA_NAMES")] = False,
    also: Annotated[list[str] | None, typer.Option(help="With --names: a type to add even where the cross-validation shows no gain.",
                                                   envvar="TIFA_ALSO")] = None,
) -> None:
    """Fit the classifiers from labels; write weights, error rates and the card; print the cross-validation and what changed.

    What changed: the sentences of the corpus that gained or lost a label against the models shipped, by label and year.
    With --names: fit the recogniser of names, and print what it adds to the rules.
    """
    folder = settings_from(models=models).models
    if names:
        from flows.train_names import run_train_names

        run_train_names(labels, folder, seed, also or ())
        return
    from flows.train import open_front, run_train

    front = open_front(encoder, encoder_revision, alone=encoder_alone, download=download, models=folder) if encoder else None
    run_train(labels, corpus, folder, seed, changes, front=front)


@app.command()
def evaluate(
    labels: Labels = None, corpus: TrainingFolder = None, seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Write the figures as JSON, too.", envvar="TIFA_OUT")] = None,
    cross: Annotated[bool, typer.Option("--cross-validate", help="Cross-validate on the labels given, too.",
                                        envvar="TIFA_CROSS_VALIDATE")] = False,
    models: Models = None,
) -> None:
    """Quality of the classifiers, Chinese and English apart.

    With --labels: the shipped models (or those of --models) are scored on your labels. Without: five-fold cross-validation
    by document family on the labels they were trained on.
    """
    from flows.train import run_evaluate
    from pipeline.knowledge import use_models

    use_models(settings_from(models=models).models)
    run_evaluate(labels, corpus, out, seed, cross_validate=cross or labels is None)


@app.command()
def status(
    raw: Raw = None, processed: Processed = None, models: Models = None, recogniser: Recogniser = None,
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
) -> None:
    """Documents, last runs, files set aside with their reasons, and what the next run would redo."""
    from flows.status import describe_status

    settings = settings_from(raw=raw, processed=processed, models=models, recogniser=recogniser)
    report = describe_status(settings)
    if format is TableFormat.json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
        return
    for line in report.lines:
        typer.echo(line)
    print_frame(report.set_aside, format)


app.registered_commands += serving.app.registered_commands
app.registered_commands += reviewing.app.registered_commands


def _explain(error: Exception) -> str:
    """What happened and what to do, in one sentence or two."""
    if isinstance(error, TifaError):
        return str(error)
    if isinstance(error, OSError):
        return (f"{error.strerror or error} ({error.filename or 'a file or connection'}). Check that it is there, may be "
                "read or written, and that the disk has room. Tables change only when a run is complete.")
    return (f"an unexpected {type(error).__name__} ended the work: {error}. Tables change only when a run is complete. "
            "This is a mistake in the program; please report what `tifa --debug …` prints.")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns nothing to the shell but the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app(args=arguments, prog_name="tifa")
    except BrokenPipeError:  # the reader of our output has gone, as `tifa kwic … | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("TIFA_DEBUG"):
            raise
        say(f"tifa: {_explain(error)}")
        sys.exit(1)
    return 0


if __name__ == "__main__":
    main()
