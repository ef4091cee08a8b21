"""Sentences of two texts, linked m:n, by length and evidence."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.alignments.band import (
    Band,
    Bead,
    Floats,
    cheapest_path,
    make_band,
    rising_chain,
    touches_edge,
    wall_costs,
)
from pipeline.alignments.evidence import SAME
from pipeline.alignments.lengths import GAP, PRIORS, VARIANCE, ZH_EN_RATIO, length_costs
from pipeline.alignments.lexicon import Lexicon
from pipeline.alignments.likelihood import word_gains

HALF_WIDTH = 40
WORD_WEIGHT = 0.5           # tokens of one sentence are not independent: their evidence counts half
# Logistic fit of "the English is a translation" on gain per token: links of the seven parallel reports, each aligned
# with its own English (right where they touch gold) and with that of the next year (wrong), learned lexicon.
SCORE_SLOPE, SCORE_LEVEL = 2.0, -1.6


class Link(NamedTuple):
    """Sentences zh[zh_start:zh_end] and en[en_start:en_end] are one unit; one side may be empty. score in [0, 1]."""

    zh_start: int
    zh_end: int
    en_start: int
    en_end: int
    score: float


def align_bags(zh: Sequence[Sequence[str]], en: Sequence[Sequence[str]], zh_lengths: Sequence[int],
               en_lengths: Sequence[int], lexicon: Lexicon | None, *, priors: Mapping[Bead, float] = PRIORS,
               walls: Sequence[tuple[int, int]] = (), ratios: tuple[float, float] = ZH_EN_RATIO,
               variance: float = VARIANCE, half_width: int = HALF_WIDTH) -> list[Link]:
    """Links that cover both texts completely, in order.

    zh, en: tokens per sentence (evidence.bag_of_sentences). lexicon None: lengths alone (plain Gale–Church).
    walls: (sentence of zh, sentence of en) that begin together, rising in both: no link crosses one.
    The band doubles until the path keeps clear of its edges; time and memory are linear in length × band.
    """
    if not zh or not en:
        return _one_sided(len(zh), len(en))
    knots = _between(walls, _knots(zh, en)) if lexicon is not None else list(walls)
    while True:
        band = make_band(len(zh), len(en), knots, half_width=half_width)
        costs = length_costs(np.array(zh_lengths), np.array(en_lengths), band, priors=dict(priors), ratios=ratios, variance=variance,
                             skip_by_length=lexicon is None)
        gains = word_gains(band, zh, en, lexicon, list(costs)) if lexicon is not None else {}
        for bead, gain in gains.items():
            costs[bead] = costs[bead] - WORD_WEIGHT * gain
        costs = wall_costs(band, costs, walls)
        path = cheapest_path(band, costs, gap=0.0 if lexicon is None else GAP)
        if band.width >= band.m or not touches_edge(band, path):
            return _links(path, band, gains, zh, en)
        half_width *= 2


def _one_sided(n: int, m: int) -> list[Link]:
    return [Link(place, place + 1, 0, 0, 0.0) for place in range(n)] + [
        Link(n, n, place, place + 1, 0.0) for place in range(m)]


def _between(walls: Sequence[tuple[int, int]], knots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Walls with the knots that fit between them."""
    if not walls:
        return list(knots)
    starts_zh, starts_en = [x for x, _ in walls], [y for _, y in walls]
    fitting = [(x, y) for x, y in knots if bisect_right(starts_zh, x) == bisect_right(starts_en, y)]
    return rising_chain([*walls, *(knot for knot in fitting if knot[0] not in starts_zh and knot[1] not in starts_en)])


def _knots(zh: Sequence[Sequence[str]], en: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Sentences that share a token which each text has once: the guide of the band.

    A knot must have two others near it on the chain, so that one false friend does not bend the band.
    """
    once_zh, once_en = _once(zh), _once(en)
    chain = rising_chain([(once_zh[token], once_en[token]) for token in once_zh.keys() & once_en.keys()])
    slope = len(en) / len(zh)
    good = []
    for place, (x, y) in enumerate(chain):
        near = chain[max(0, place - 2):place] + chain[place + 1:place + 3]
        agreeing = sum(abs((y - v) - slope * (x - u)) <= 5 + 0.5 * abs(y - v) for u, v in near)
        if agreeing >= min(2, len(near)):
            good.append((x, y))
    return good


def _once(bags: Sequence[Sequence[str]]) -> dict[str, int]:
    counts = Counter(token for bag in bags for token in set(bag) if token.startswith(SAME))
    return {token: place for place, bag in enumerate(bags) for token in bag
            if token.startswith(SAME) and counts[token] == 1}


def _links(path: Sequence[tuple[int, int, Bead]], band: Band, gains: Mapping[Bead, Floats],
           zh: Sequence[Sequence[str]], en: Sequence[Sequence[str]]) -> list[Link]:
    links = []
    for row, column, (up, left) in path:
        score = 0.0
        if up and left:
            gain = float(gains[up, left][row, column - band.low[row]]) if gains else 0.0
            tokens = (sum(map(len, zh[row - up:row])) + sum(map(len, en[column - left:column]))) / 2
            score = 1.0 / (1.0 + float(np.exp(-(SCORE_SLOPE * gain / max(tokens, 1.0) + SCORE_LEVEL))))
        links.append(Link(row - up, row, column - left, column, round(score, 4)))
    return links
