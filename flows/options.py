"""Options and formats that several commands share, and how a frame is printed."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pipeline.settings import Settings, load_settings


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
Models = Annotated[Path | None, typer.Option(help="Folder of weights and error rates that `tifa train --models` wrote.",
                                           envvar="TIFA_MODELS")]
Recogniser = Annotated[str | None, typer.Option(help="How names are found: rules, or spacy for what the rules leave, too "
                                                    "(docs/mentions.md).", envvar="TIFA_RECOGNISER")]
Reports = Annotated[Path | None, typer.Option(help="Folder of the reports.", envvar="TIFA_REPORTS")]


def settings_from(**given: object) -> Settings:
    return load_settings(given)


def print_frame(frame: pd.DataFrame, format: TableFormat) -> None:
    """A frame on stdout: aligned for people, CSV without formula cells, or JSON."""
    if format is TableFormat.json:
        from pipeline.reports.exports import native

        records = [{key: native(value) for key, value in record.items()} for record in frame.to_dict("records")]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=1, default=str))
    elif format is TableFormat.csv:
        echo_csv(frame)
    elif len(frame):
        with pd.option_context("display.width", 200, "display.max_colwidth", 60, "display.max_rows", 500,
                               "display.max_columns", 40, "display.unicode.east_asian_width", True):
            typer.echo(frame.to_string(index=False, na_rep="—"))


def echo_csv(frame: pd.DataFrame) -> None:
    """A frame as CSV on stdout; a cell that a spreadsheet would run is prefixed by an apostrophe."""
    from pipeline.reports.exports import safe_cell

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([safe_cell(value) for value in row])
