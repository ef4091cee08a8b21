"""What a report section is made of. A section file builds these; templates alone decide how they look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline.reports.words import Text, plain

MAX_ROWS = 100
PAGE = 20  # rows shown before a reader asks for more


@dataclass(frozen=True)
class Cell:
    """One table cell. href: a link inside the report. css: class names. point: id of a plotted point. order: sort key."""

    text: Text
    href: str = ""
    css: str = ""
    point: str = ""
    order: str = ""


@dataclass(frozen=True)
class Evidence:
    """Sentences that a table row opens: a title, a remark, and (doc_id, sent_no, mark) in the order to show.

    total: how many there are, when these are a sample. facts: names and values shown above the sentences.
    """

    title: Text
    remark: Text
    sentences: tuple[tuple[str, int, str], ...]
    total: int = 0
    facts: tuple[tuple[Text, Text], ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a shown table: its heading and how a row of the frame becomes a cell."""

    title: Text
    show: Callable[[Any], Cell | Text]
    numeric: bool = False


@dataclass(frozen=True)
class Line:
    """One row as the page shows it. group: heading above it. waits: not shown until a reader asks for more."""

    cells: list[Cell]
    group: Text | None
    waits: bool


@dataclass(frozen=True)
class Table:
    """A table. frame: every row, with the machine names that data/<id>.csv carries; columns: what is shown of it.

    group: words that stand above the rows sharing them; rows of one group must follow each other.
    evidence: id that a cell opens (`Cell.point`) → what it shows.
    """

    id: str
    title: Text
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    note: Text | None = None
    max_rows: int = MAX_ROWS
    empty: Text | None = None
    group: Callable[[Any], Text] | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    page: int = PAGE
    kind: str = field(default="table", init=False)

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """Cells of the rows shown, in the order of the frame."""
        shown = self.frame.head(self.max_rows).itertuples(index=False)
        return [[_as_cell(column.show(row)) for column in self.columns] for row in shown]

    @cached_property
    def lines(self) -> list[Line]:
        """The rows shown, with the heading of a group before its first row; those beyond `page` wait to be asked for."""
        rows, shown = self.rows, self.frame.head(self.max_rows).itertuples(index=False)
        groups = [self.group(row) for row in shown] if self.group else [None] * len(rows)
        lines, last = [], None
        for place, (cells, group) in enumerate(zip(rows, groups, strict=True)):
            lines.append(Line(cells, group if group != last else None, place >= self.page))
            last = group
        return lines

    @property
    def n_waiting(self) -> int:
        """Rows of the page that are shown when a reader asks for more."""
        return max(0, min(len(self.frame), self.max_rows) - self.page)

    @property
    def n_hidden(self) -> int:
        """Rows that stand in the CSV only."""
        return max(0, len(self.frame) - self.max_rows)


@dataclass(frozen=True)
class Chart:
    """A chart: Vega-Lite per interface language over one list of values, and the table behind it.

    points: point_id → the trends row it plots, whose sentences `evidence` finds. named: point_id → what to call it,
    for points of the table that are not drawn. scrolls: keeps its width on a narrow screen, where a reader pushes it.
    """

    id: str
    title: Text
    alt: Text
    caption: Text
    values: list[dict[str, Any]]
    specs: Mapping[str, dict[str, Any]]
    table: Table
    points: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    wide: bool = False
    scrolls: bool = False
    named: Mapping[str, Text] = field(default_factory=dict)
    kind: str = field(default="chart", init=False)


@dataclass(frozen=True)
class Prose:
    """A paragraph; css `note` for limits and remarks, `lead` for a section's first words."""

    text: Text
    css: str = ""
    kind: str = field(default="prose", init=False)


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: Text
    id: str = ""
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True)
class Finding:
    """One headline in words. change: what happened to it since the last report. href: its evidence."""

    finding_id: str
    text: Text
    basis: Text
    change: Text
    href: str
    link: Text
    tone: str = ""
    figure: Text | None = None


@dataclass(frozen=True)
class Findings:
    """The list of headlines."""

    items: tuple[Finding, ...]
    kind: str = field(default="findings", init=False)


@dataclass(frozen=True)
class Pair:
    """A Chinese sentence beside its English one; `parts` are (text, css) runs that together are the sentence."""

    left: tuple[tuple[str, str], ...]
    right: tuple[tuple[str, str], ...]
    left_source: Cell
    right_source: Cell


@dataclass(frozen=True)
class Pairs:
    """Sentences side by side."""

    title: Text
    items: tuple[Pair, ...]
    kind: str = field(default="pairs", init=False)


@dataclass(frozen=True)
class Island:
    """Data for a part of the page that the browser builds (`documents`: the searchable table)."""

    id: str
    data: Any
    kind: str = field(default="island", init=False)


@dataclass(frozen=True)
class Code:
    """Text to copy."""

    title: Text
    text: str
    kind: str = field(default="code", init=False)


Block = Table | Chart | Prose | Heading | Findings | Pairs | Island | Code


@dataclass(frozen=True)
class Section:
    """One section of the report, in reading order."""

    id: str
    title: Text
    blocks: tuple[Block, ...]

    @property
    def charts(self) -> list[Chart]:
        """The charts among the blocks."""
        return [block for block in self.blocks if isinstance(block, Chart)]

    @property
    def tables(self) -> list[Table]:
        """Every table shown, those behind charts included."""
        return [block if isinstance(block, Table) else block.table
                for block in self.blocks if isinstance(block, Table | Chart)]


def _as_cell(shown: Cell | Text) -> Cell:
    return shown if isinstance(shown, Cell) else Cell(shown)


def text_column(name: str, title: Text) -> Column:
    """A column that shows a value as it stands."""
    return Column(title, lambda row: plain(shown(getattr(row, name))))


def shown(value: object) -> str:
    """A value for display: a dash for nothing, and no characters that reorder or hide what stands around them."""
    if value is None or value != value or value == "":
        return "–"
    return str(value).translate(_UNSHOWN)


# Controls, marks that change the direction of text, and the invisible separators: a title could use them to show
# another one.
_UNSHOWN = dict.fromkeys((*range(32), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0x2028,
                          0x2029, 0xFEFF), " ")
