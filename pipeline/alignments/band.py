"""Where on the grid of two texts the search looks: a band around a guide, and the cheapest path inside it.

Rows are nodes 0..n of the first text (node i stands behind sentence i-1), columns nodes 0..m of the second. The band
keeps `width + 1` columns in each row, so time and memory grow with length × width, never with n × m.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bead = tuple[int, int]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Band:
    """`low[i]` is the first column kept in row i (never falling); each row keeps `width + 1` columns."""

    low: Ints
    width: int
    n: int
    m: int

    @property
    def columns(self) -> Ints:
        """Column of every cell, shape (n + 1, width + 1)."""
        return self.low[:, None] + np.arange(self.width + 1)[None, :]


def make_band(n: int, m: int, knots: Sequence[tuple[int, int]], *, half_width: int) -> Band:
    """Band around the polyline through (0, 0), the knots and (n, m).

    knots: (sentence of the first text, sentence of the second), rising in both. half_width: columns kept on each
    side of the line at least.
    """
    xs, ys = [0.0], [0.0]
    for x, y in knots:
        xs.append(x + 0.5)
        ys.append(y + 0.5)
    xs.append(float(max(n, 1)))
    ys.append(float(m))
    line = np.interp(np.arange(n + 1), xs, ys)
    steepest = float(np.max(np.diff(line), initial=0.0))
    width = min(m, 2 * half_width + min(m, int(np.ceil(steepest)) * 3))
    low = np.clip(np.rint(line - width / 2).astype(np.int64), 0, m - width)
    return Band(np.maximum.accumulate(low), width, n, m)


def rising_chain(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of pairs that rises strictly in both members (patience sorting, O(k log k))."""
    order = sorted(set(pairs), key=lambda pair: (pair[0], -pair[1]))
    tails: list[int] = []
    ends: list[int] = []
    back = [-1] * len(order)
    for place, (_, y) in enumerate(order):
        slot = bisect_left(tails, y)
        back[place] = ends[slot - 1] if slot else -1
        if slot == len(tails):
            tails.append(y)
            ends.append(place)
        else:
            tails[slot], ends[slot] = y, place
    chain = []
    place = ends[-1] if ends else -1
    while place >= 0:
        chain.append(order[place])
        place = back[place]
    return chain[::-1]


BARRED = 1e6        # finite, so that sums along a row stay numbers


def wall_costs(band: Band, costs: Mapping[Bead, Floats], walls: Sequence[tuple[int, int]]) -> dict[Bead, Floats]:
    """The costs with every bead barred that crosses a wall or joins sentences from different sides of one.

    walls: (sentence of the first text, sentence of the second) that begin a part together, rising in both.
    """
    if not walls:
        return dict(costs)
    part_of_row = np.searchsorted([x for x, _ in walls], np.arange(band.n), side="right")
    part_of_column = np.searchsorted([y for _, y in walls], np.arange(band.m), side="right")
    rows, columns = np.arange(band.n + 1)[:, None], band.columns
    before_row, after_row = (part_of_row[np.clip(rows + step, 0, band.n - 1)] for step in (-1, 0))
    before_column, after_column = (part_of_column[np.clip(columns + step, 0, band.m - 1)] for step in (-1, 0))
    barred_costs = {}
    for (up, left), cost in costs.items():
        if up == 0:         # a row node belongs to the part it ends and the part it begins
            open_ = (before_column >= before_row) & (before_column <= after_row)
        elif left == 0:
            open_ = (before_row >= before_column) & (before_row <= after_column)
        else:
            first_row = part_of_row[np.maximum(rows - up, 0)]
            first_column = part_of_column[np.maximum(columns - left, 0)]
            open_ = (first_row == before_row) & (first_column == before_column) & (before_row == before_column)
        barred_costs[up, left] = np.where(open_, cost, cost + BARRED)
    return barred_costs


@dataclass(frozen=True)
class _Filled:
    """best: cheapest cost of each cell. paired: with a two-sided bead last, and which. up, left: with a gap last."""

    best: Floats
    paired: Floats
    choice: NDArray[np.int8]
    up: Floats
    left: Floats


def cheapest_path(band: Band, costs: Mapping[Bead, Floats], *, gap: float) -> list[tuple[int, int, Bead]]:
    """Cheapest way from (0, 0) to (n, m): one (row, column, bead) per step, by its end node, in order.

    costs: for each bead (a, k) the cost of ending it at each cell of the band, same shape as `band.columns`; inf
    where it cannot end. (1, 0) and (0, 1) are the cost of one more sentence in a gap; opening a gap costs `gap` on
    top, so that a long insertion (a repost's furniture, a passage the translator left out) is one event, not many.
    """
    beads = [bead for bead in costs if all(bead)]
    filled = _fill(band, costs, beads, gap)
    path: list[tuple[int, int, Bead]] = []
    row, column, inside = band.n, band.m, (0, 0)
    while (row, column) != (0, 0):
        bead, inside = _step_back(band, filled, costs, beads, row, column, inside, gap)
        path.append((row, column, bead))
        row, column = row - bead[0], column - bead[1]
    return path[::-1]


def _fill(band: Band, costs: Mapping[Bead, Floats], beads: Sequence[Bead], gap: float) -> _Filled:
    shape = (band.n + 1, band.width + 1)
    best, paired, up, left = (np.full(shape, np.inf) for _ in range(4))
    choice = np.full(shape, -1, dtype=np.int8)
    skip = np.cumsum(np.where(np.isfinite(costs[0, 1]), costs[0, 1], BARRED), axis=1)
    for row in range(band.n + 1):
        if row == 0:
            paired[0, 0 - band.low[0]] = 0.0
        for which, (back, aside) in enumerate(beads):
            if back > row:
                continue
            came = _shifted(best[row - back], int(band.low[row] - aside - band.low[row - back])) + costs[back, aside][row]
            better = came < paired[row]
            paired[row, better] = came[better]
            choice[row, better] = which
        if row:
            shift = int(band.low[row] - band.low[row - 1])
            entered = np.minimum(_shifted(best[row - 1], shift) + gap, _shifted(up[row - 1], shift))
            up[row] = entered + costs[1, 0][row]
        base = np.minimum(paired[row], up[row])
        left[row, 1:] = np.minimum.accumulate(base + gap - skip[row])[:-1] + skip[row, 1:]
        best[row] = np.minimum(base, left[row])
    return _Filled(best, paired, choice, up, left)


def _step_back(band: Band, filled: _Filled, costs: Mapping[Bead, Floats], beads: Sequence[Bead], row: int, column: int,
               inside: Bead, gap: float) -> tuple[Bead, Bead]:
    """The bead that ends at a node, and the gap that the node before it must be inside of ((0, 0): none)."""
    cell = column - int(band.low[row])
    if inside == (0, 0):
        level = filled.best[row, cell]
        if filled.paired[row, cell] <= level:
            return beads[filled.choice[row, cell]], (0, 0)
        inside = (1, 0) if filled.up[row, cell] <= level else (0, 1)
    if inside == (1, 0):
        before = column - int(band.low[row - 1])
        opened = filled.best[row - 1, before] + gap if 0 <= before <= band.width else np.inf
        return (1, 0), ((0, 0) if opened <= filled.up[row - 1, before] else (1, 0))
    base = min(filled.paired[row, cell - 1], filled.up[row, cell - 1])
    step = max(float(costs[0, 1][row, cell]), 0.0) if np.isfinite(costs[0, 1][row, cell]) else BARRED
    opened = base + gap + step
    return (0, 1), ((0, 0) if opened <= filled.left[row, cell] + 1e-6 else (0, 1))


def _shifted(values: Floats, shift: int) -> Floats:
    """values[b + shift] for every b, inf outside."""
    out = np.full(len(values), np.inf)
    start, stop = max(0, -shift), min(len(values), len(values) - shift)
    if start < stop:
        out[start:stop] = values[start + shift:stop + shift]
    return out


def touches_edge(band: Band, path: Sequence[tuple[int, int, Bead]]) -> bool:
    """Whether the path runs along an edge of the band that is not an edge of the grid: the band was too narrow."""
    for row, column, _ in path:
        low, high = int(band.low[row]), int(band.low[row]) + band.width
        if (column <= low and low > 0) or (column >= high and high < band.m):
            return True
    return False
