"""Where the nodes of a network stand: worked out here, once, so that every reader and every run sees the same picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
ROUNDS = 400
GAP = 10.0
LABEL_HEIGHT = 34.0


def label_width(text: str) -> float:
    """Pixels that a label of 12 px takes, roughly: a Han character 12, any other 6.6."""
    return sum(12.0 if char >= "\u2e80" else 6.6 for char in text)


def lanes(starts: Sequence[float], widths: Sequence[float], edges: Sequence[tuple[int, int]], *, n_lanes: int) -> list[int]:
    """A lane per node so that labels of one lane do not overlap and linked nodes stand near each other.

    starts: horizontal middle of each node in pixels, nodes in order of weight; widths: of their labels. A node takes the
    free lane nearest to its neighbours placed before it, or to the middle; where no lane is free, the emptiest.
    """
    near: dict[int, set[int]] = {place: set() for place in range(len(starts))}
    for one, other in edges:
        near[one].add(other)
        near[other].add(one)
    taken: list[list[tuple[float, float]]] = [[] for _ in range(n_lanes)]
    out: list[int] = []
    for place, (middle, width) in enumerate(zip(starts, widths, strict=True)):
        left, right = middle - width / 2 - GAP, middle + width / 2 + GAP
        wanted = [out[other] for other in near[place] if other < place]
        aim = sum(wanted) / len(wanted) if wanted else (n_lanes - 1) / 2
        free = [lane for lane in range(n_lanes) if all(right <= low or high <= left for low, high in taken[lane])]
        lane = (min(free, key=lambda one: (abs(one - aim), len(taken[one]), one)) if free
                else min(range(n_lanes), key=lambda one: (len(taken[one]), one)))
        taken[lane].append((left, right))
        out.append(lane)
    return out


def springs(n_nodes: int, edges: Mapping[tuple[int, int], float], widths: Sequence[float], *, width: float, height: float
            ) -> Floats:
    """Positions in pixels (n × 2) of a network drawn by forces (Fruchterman and Reingold 1991), then pushed apart.

    edges: (node, node) → weight; heavy ones pull harder. The start is a circle in the order of the nodes, so equal input
    gives equal pictures. Labels (`widths`) do not overlap where there is room for all.
    """
    turn = 2 * np.pi * np.arange(n_nodes) / max(1, n_nodes)
    at = np.column_stack([np.cos(turn), np.sin(turn)]) * 0.4
    pull = np.zeros((n_nodes, n_nodes))
    most = max(edges.values(), default=1.0)
    for (one, other), weight in edges.items():
        pull[one, other] = pull[other, one] = 0.3 + weight / most
    ideal = 1.0 / np.sqrt(max(1, n_nodes))
    for step in range(ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-3)
        force = ideal**2 / distance - pull * distance**2 / ideal
        np.fill_diagonal(force, 0.0)
        moved = (apart / distance[:, :, None] * force[:, :, None]).sum(axis=1) - 0.4 * at
        size = np.maximum(np.sqrt((moved**2).sum(axis=1, keepdims=True)), 1e-9)
        at = at + moved / size * np.minimum(size, 0.1 * (1 - step / ROUNDS))
    at = (at - at.min(axis=0)) / np.maximum(np.ptp(at, axis=0), 1e-9)
    ranks = np.argsort(np.argsort(at, axis=0, kind="stable"), axis=0) / max(1, n_nodes - 1)
    at = 0.4 * at + 0.6 * ranks  # a crowded middle is spread over the whole frame
    half = np.array([[wide / 2, LABEL_HEIGHT / 2] for wide in widths]).reshape(n_nodes, 2)
    return push_apart(at * (np.array([width, height]) - 2 * half) + half, half, width=width, height=height)


def largest_component(nodes: Sequence[str], links: Sequence[tuple[str, str]]) -> list[str]:
    """The nodes that are linked with most others, directly or not, in the order of `nodes`; the first such group."""
    group = {node: node for node in nodes}
    for one, other in links:
        old, new = group[other], group[one]
        group = {node: new if own == old else own for node, own in group.items()}
    sizes = {own: list(group.values()).count(own) for own in dict.fromkeys(group.values())}
    largest = max(sizes, key=lambda own: sizes[own], default="")
    return [node for node in nodes if group[node] == largest]


def push_apart(at: Floats, half: Floats, *, width: float, height: float, rounds: int = 300) -> Floats:
    """Positions moved as little as needed so that no two boxes (`half`: half widths and heights) overlap, in the frame."""
    at = at.copy()
    for _ in range(rounds):
        quiet = True
        for one in range(len(at)):
            for other in range(one + 1, len(at)):
                apart = at[other] - at[one]
                reach = half[one] + half[other] + GAP / 2
                over = reach - np.abs(apart)
                if (over <= 0).any():
                    continue
                quiet = False
                axis = 0 if over[0] < over[1] * 3 else 1
                shift = over[axis] / 2 * (1.0 if apart[axis] >= 0 else -1.0)
                at[one, axis] -= shift
                at[other, axis] += shift
        at = np.clip(at, half, np.array([width, height]) - half)
        if quiet:
            break
    return at
