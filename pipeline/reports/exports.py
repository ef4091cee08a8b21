"""Files beside the page: CSV and a workbook that no spreadsheet runs, JSON that every run writes the same way."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

_STARTERS = frozenset("=+-@\t\r\n＝＋－＠")
MAX_SHEET_ROWS = 100_000
MAX_CELL = 32_000
_PLAIN = frozenset({str, int, bool, type(None)})


def safe_cell(value: object) -> str:
    """A value as a CSV cell: text that a spreadsheet would take for a formula is prefixed by '.

    Numbers stay numbers (a negative number begins with - and is no formula); missing is empty; lists are joined
    by '; '. The check looks past leading blanks, as spreadsheets do.
    """
    value = native(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return safe_cell("; ".join(str(part) for part in value))
    return _safe_text(str(value))


@lru_cache(maxsize=1 << 14)
def _safe_text(text: str) -> str:
    """Looked at once where it stands many times, as ids and names do."""
    first = text.lstrip(" \u00a0\u3000")[:1]
    return "'" + text if text[:1] in _STARTERS or first in _STARTERS else text


def native(value: object) -> Any:
    """numpy scalars as Python's, NaN and infinities as None."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, np.ndarray):
        return [native(part) for part in value.tolist()]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return None if value is pd.NaT or value is pd.NA else value


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """`frame` as UTF-8 CSV with a byte order mark (Excel reads Chinese only with it), LF line ends."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([safe_cell(str(name)) for name in frame.columns])
    writer.writerows(zip(*(_cells(frame[name]) for name in frame.columns), strict=True))
    path.write_text(buffer.getvalue(), encoding="utf-8-sig", newline="")


def _cells(column: pd.Series) -> list[str]:
    """`safe_cell` of a column."""
    return [_safe_text(value) if type(value) is str else repr(value) if type(value) is int else safe_cell(value)
            for value in column.tolist()]


def write_workbook(tables: Iterable[tuple[str, pd.DataFrame]], path: Path) -> None:
    """One sheet per table; every text is written as text, so no cell is a formula or a link."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "in_memory": True, "default_date_format": "yyyy-mm-dd"}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": _EPOCH, "title": "tifa report"})
    bold = book.add_format({"bold": True})
    for name, frame in tables:
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(frame.columns):
            sheet.write_string(0, place, str(column), bold)
        shown = frame.head(MAX_SHEET_ROWS)
        write_string, write_number = sheet.write_string, sheet.write_number
        for number, row in enumerate(zip(*(shown[name].tolist() for name in shown.columns), strict=True), start=1):
            for place, value in enumerate(row):
                if type(value) is str:
                    write_string(number, place, value[:MAX_CELL])
                elif type(value) is int:
                    write_number(number, place, value)
                elif value is not None:
                    _write(sheet, number, place, native(value))
    book.close()


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        sheet.write_string(row, column, text[:MAX_CELL])


def write_json(value: object, path: Path) -> None:
    """JSON with sorted keys, indented, so that two reports can be compared line by line."""
    text = json.dumps(plain_data(value), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="")


def plain_data(value: object) -> Any:
    """Mappings, lists and numbers as JSON knows them; everything else as text."""
    if type(value) in _PLAIN:
        return value
    value = native(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain_data(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(part) for part in value]
    return str(value)


_EPOCH = pd.Timestamp("2000-01-01").to_pydatetime()  # a fixed date: same tables, same bytes
