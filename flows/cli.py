"""The command `tifa`. Messages go to stderr, data to stdout; exit status 0 done, 1 failed, 2 usage, 3 set aside (--strict)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.progress import say
from pipeline import __version__
from pipeline.errors import TifaError
from pipeline.settings import Settings, load_settings

app = typer.Typer(
    name="tifa", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="tifa (提法, a fixed official formulation) reads Chinese and English policy documents and shows how development "
         "and security are framed, by whom, in which instruments, and how that changes.\n\nFirst: put documents into raw/ "
         "and run [bold]tifa run[/bold]; then open reports/latest/index.html.",
    rich_markup_mode="rich")


class TextFormat(StrEnum):
    text = "text"
    csv = "csv"
    jsonl = "jsonl"


class TableFormat(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


class FileFormat(StrEnum):
    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


class Lang(StrEnum):
    zh = "zh"
    en = "en"


Raw = Annotated[Path | None, typer.Option(help="Folder of the documents as published.", envvar="TIFA_RAW")]
Processed = Annotated[Path | None, typer.Option(help="Folder of the tables.", envvar="TIFA_PROCESSED")]
Reports = Annotated[Path | None, typer.Option(help="Folder of the reports.", envvar="TIFA_REPORTS")]


def _settings(**given: object) -> Settings:
    return load_settings(given)


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
    dask: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://…", envvar="TIFA_DASK")] = None,
    full: Annotated[bool | None, typer.Option("--full", help="Make every row again.", envvar="TIFA_FULL")] = None,
    strict: Annotated[bool | None, typer.Option("--strict", help="End with status 3 when a file was set aside.",
                                                envvar="TIFA_STRICT")] = None,
) -> None:
    """Bring the tables and the report up to date with whatever is new, changed or gone under raw/."""
    settings = _settings(raw=raw, processed=processed, reports=reports, as_of=as_of, workers=workers, dask=dask, full=full,
                         strict=strict)
    if not settings.raw.is_dir():
        raise TifaError("The folder of raw documents does not exist", where=str(settings.raw),
                        todo="Create it and put documents into it, or pass --raw.")
    say(f"tifa {__version__} reads {settings.raw} and writes {settings.database} and {settings.reports}.")
    say("Starting Prefect; this takes about 15 seconds the first time …")
    from flows.prefect_home import run_refresh

    result = run_refresh(settings)
    _summarise(result, settings)
    n_aside = result.run["n_quarantined"]
    if settings.strict and n_aside:
        say(f"--strict: {n_aside} files were set aside.")
        raise typer.Exit(3)


def _summarise(result: object, settings: Settings) -> None:
    """At most five lines: what was read, what was set aside, where the report is."""
    counts = result.run  # type: ignore[attr-defined]
    n_documents = counts["n_seen"] - counts["n_quarantined"] - counts["n_duplicates"] - counts["n_skipped"]
    say(f"{counts['n_seen']} files seen: {n_documents} read as documents, {counts['n_duplicates']} byte-identical copies, "
        f"{counts['n_quarantined']} set aside, {counts['n_skipped']} skipped. `tifa status` says why.")
    if result.nothing_new:  # type: ignore[attr-defined]
        say("Nothing is new since the last run: tables and report stay as they are.")
    latest = settings.reports / "latest" / "index.html"
    if latest.is_file():
        say(f"Report: {latest}")


@app.command()
def annotate(
    lang: Annotated[Lang | None, typer.Option(help="Language of lines that do not say theirs.", envvar="TIFA_LANG")] = None,
    batch: Annotated[int, typer.Option(help="Lines coded together; 1 answers each line at once.", min=1, max=10_000)] = 1,
) -> None:
    """Code sentences: JSON Lines on stdin, JSON Lines on stdout, in the same order, without any database."""
    from pipeline.annotate import annotate_lines

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


@app.command()
def kwic(
    pattern: Annotated[str, typer.Argument(help="Words, or a regular expression.")],
    lang: Annotated[str | None, typer.Option(help="zh, en, or a full code such as zh-Hant.", envvar="TIFA_LANG")] = None,
    issuer: Annotated[str | None, typer.Option(help="Entity id, or part of the printed name.", envvar="TIFA_ISSUER")] = None,
    since: Annotated[str | None, typer.Option(help="First date, e.g. 2019 or 2019-03.", envvar="TIFA_SINCE")] = None,
    until: Annotated[str | None, typer.Option(help="Last date.", envvar="TIFA_UNTIL")] = None,
    window: Annotated[int, typer.Option(help="Characters on either side.", min=0, max=500, envvar="TIFA_WINDOW")] = 30,
    format: Annotated[TextFormat, typer.Option(help="text, csv or jsonl.", envvar="TIFA_FORMAT")] = TextFormat.text,
    processed: Processed = None,
) -> None:
    """Concordance: every place where PATTERN stands, with its context, document and offsets."""
    from pipeline.corpus import open_corpus

    rows = open_corpus(_settings(processed=processed).processed).kwic(
        pattern, lang=lang, issuer=issuer, since=since, until=until, window=window)
    if format is TextFormat.jsonl:
        for record in rows.to_dict("records"):
            typer.echo(json.dumps(record, ensure_ascii=False))
    elif format is TextFormat.csv:
        _echo_csv(rows)
    else:
        for row in rows.itertuples(index=False):
            typer.echo(f"{row.date_issued or '—':<10} {row.left:>{window}}【{row.hit}】{row.right}  "
                       f"{_shorten(row.title or row.doc_id, 30)} {row.doc_id}:{row.start_char}")
    say(f"{len(rows)} hits in {rows['doc_id'].nunique()} documents.")


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 1] + "…"


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT, in DuckDB's SQL.")],
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    processed: Processed = None,
) -> None:
    """Read-only SQL on the tables. `tifa query "SHOW TABLES"` lists them."""
    from pipeline.corpus import open_corpus

    _print_frame(open_corpus(_settings(processed=processed).processed).sql(sql), format)


@app.command()
def claims(
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    check: Annotated[Path | None, typer.Option(help="Explain in plain words what is wrong with a claim file.")] = None,
    processed: Processed = None,
) -> None:
    """The claims ledger: what papers claim, measured on the tables as they stand."""
    from pipeline.claims import check_claim_file

    if check is not None:
        problems = check_claim_file(check)
        for problem in problems:
            typer.echo(problem)
        if problems:
            raise typer.Exit(1)
        say(f"{check} is a claim that tifa can evaluate.")
        return
    from pipeline.corpus import open_corpus

    ledger = open_corpus(_settings(processed=processed).processed).claims
    if format is TableFormat.table:
        ledger = ledger.drop(columns=["evidence"])
    _print_frame(ledger, format)


Labels = Annotated[list[Path] | None, typer.Option(help="Labels files (JSON Lines); default ../shared/gold.", envvar="TIFA_LABELS")]
TrainingFolder = Annotated[Path | None, typer.Option("--corpus", help="Folder of unlabelled documents; default ../shared/policy.",
                                                     envvar="TIFA_CORPUS")]
Seed = Annotated[int, typer.Option(help="Start of every random choice.", envvar="TIFA_SEED")]


@app.command()
def train(
    labels: Labels = None, corpus: TrainingFolder = None, seed: Seed = 0,
    models: Annotated[Path | None, typer.Option(help="Folder to write weights and card into.", envvar="TIFA_MODELS")] = None,
) -> None:
    """Fit the classifiers from labels; write weights, error rates and the model card; print the cross-validation."""
    from flows.train import run_train

    run_train(labels, corpus, models, seed)


@app.command()
def evaluate(
    labels: Labels = None, corpus: TrainingFolder = None, seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Write the figures as JSON, too.", envvar="TIFA_OUT")] = None,
    cross: Annotated[bool, typer.Option("--cross-validate", help="Cross-validate on the labels given, too.",
                                        envvar="TIFA_CROSS_VALIDATE")] = False,
) -> None:
    """Quality of the classifiers, Chinese and English apart.

    With --labels: the shipped models are scored on your labels. Without: five-fold cross-validation by document family on
    the labels they were trained on.
    """
    from flows.train import run_evaluate

    run_evaluate(labels, corpus, out, seed, cross_validate=cross or labels is None)


@app.command()
def lens(
    term: Annotated[str, typer.Argument(help="A Chinese term, e.g. 治理.")],
    en: Annotated[str, typer.Option("--en", help="English words, parted by commas: governance,management,regulation.")],
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    sentences: Annotated[int, typer.Option(help="Print so many sentences, side by side; 0 for none.", min=0)] = 5,
    processed: Processed = None,
) -> None:
    """How a Chinese term is rendered in aligned English, with counts, intervals, sentences."""
    from pipeline.alignments.lens import render_term
    from pipeline.corpus import open_corpus

    corpus = open_corpus(_settings(processed=processed).processed)
    found = render_term(corpus.alignments, corpus.sentences, term, en.split(","))
    if format is not TableFormat.table:
        _print_frame(found.sentences if format is TableFormat.csv else found.shares, format)
        return
    _print_frame(found.shares.round({"share": 3, "low": 3, "high": 3}), format)
    for row in found.sentences.head(sentences).itertuples(index=False):
        typer.echo(f"\n[{row.rendering}] {row.zh_doc_id}:{row.start_char}\n  {row.zh_text}\n  {row.en_text}")
    say(f"{len(found.sentences)} places in {found.sentences['pair_id'].nunique()} pairs.")


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="Document id, path under raw/ or title of the earlier version.")],
    b: Annotated[str, typer.Argument(help="The same for the later version.")],
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
    processed: Processed = None,
) -> None:
    """Article-aligned comparison of two versions: added, removed, moved, reworded, and what each change does."""
    from pipeline.alignments.diff import diff_versions, summarise_diff
    from pipeline.corpus import open_corpus

    corpus = open_corpus(_settings(processed=processed).processed)
    one, two = corpus.document(a), corpus.document(b)
    langs = {str(document["lang"]).split("-")[0] for document in (one, two)}
    if len(langs) > 1:
        raise TifaError("The two documents are in different languages", where=f"{a}, {b}", todo="Compare versions of one text.")
    rows = {name: getattr(corpus, name) for name in ("sentences", "codes")}
    parts = [rows[name][rows[name]["doc_id"] == document["doc_id"]] for name in rows for document in (one, two)]
    changes = diff_versions(parts[0], parts[1], lang=langs.pop(), codes_a=parts[2], codes_b=parts[3])
    if format is not TableFormat.table:
        _print_frame(changes, format)
        return
    for change in changes.itertuples(index=False):
        typer.echo(f"{change.change:<9} art. {change.article_a or '—'} → {change.article_b or '—'}  "
                   f"[{', '.join(change.effects) or 'wording'}]\n  − {change.text_a or ''}\n  + {change.text_b or ''}")
    _print_frame(summarise_diff(changes), format)
    say(f"{len(changes)} changes from {one['title']} ({one['date_issued']}) to {two['title']} ({two['date_issued']}).")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.")],
    format: Annotated[FileFormat, typer.Option(help="parquet, csv or xlsx.", envvar="TIFA_FORMAT")] = FileFormat.parquet,
    processed: Processed = None,
) -> None:
    """All tables as files."""
    from pipeline.reports.exports import write_csv, write_workbook
    from pipeline.store import TABLES, Store, to_arrow

    folder.mkdir(parents=True, exist_ok=True)
    with Store(_settings(processed=processed).database, read_only=True) as store:
        frames = store.read_all(name for name in TABLES if name not in {"file_states", "stage_states"})
    if format is FileFormat.xlsx:
        write_workbook(frames.items(), folder / "tables.xlsx")
    for name, frame in frames.items() if format is not FileFormat.xlsx else ():
        if format is FileFormat.csv:
            write_csv(frame, folder / f"{name}.csv")
        else:
            import pyarrow.parquet

            pyarrow.parquet.write_table(to_arrow(name, frame), folder / f"{name}.parquet")
    say(f"{len(frames)} tables as {format.value} in {folder}.")


@app.command()
def status(
    raw: Raw = None, processed: Processed = None,
    format: Annotated[TableFormat, typer.Option(help="table, csv or json.", envvar="TIFA_FORMAT")] = TableFormat.table,
) -> None:
    """Documents, last runs, files set aside with their reasons, and what the next run would redo."""
    from flows.status import describe_status

    settings = _settings(raw=raw, processed=processed)
    report = describe_status(settings)
    if format is TableFormat.json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
        return
    for line in report.lines:
        typer.echo(line)
    _print_frame(report.set_aside, format)


def _print_frame(frame: object, format: TableFormat) -> None:
    import pandas as pd

    assert isinstance(frame, pd.DataFrame)
    if format is TableFormat.json:
        from pipeline.reports.exports import native

        records = [{key: native(value) for key, value in record.items()} for record in frame.to_dict("records")]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=1, default=str))
    elif format is TableFormat.csv:
        _echo_csv(frame)
    elif len(frame):
        with pd.option_context("display.width", 200, "display.max_colwidth", 60, "display.max_rows", 500,
                               "display.max_columns", 40, "display.unicode.east_asian_width", True):
            typer.echo(frame.to_string(index=False, na_rep="—"))


def _echo_csv(frame: object) -> None:
    import csv

    import pandas as pd

    from pipeline.reports.exports import safe_cell

    assert isinstance(frame, pd.DataFrame)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([safe_cell(value) for value in row])


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns nothing to the shell but the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app(args=arguments, prog_name="tifa")
    except TifaError as error:
        if os.environ.get("TIFA_DEBUG"):
            raise
        say(f"tifa: {error}")
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has gone, as `tifa kwic … | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("TIFA_DEBUG"):
            raise
        say(f"tifa: an unexpected {type(error).__name__} ended the work: {error}. The tables are as they were. "
            "This is a mistake in the program; please report what `tifa --debug …` prints.")
        sys.exit(1)
    return 0


if __name__ == "__main__":
    main()
