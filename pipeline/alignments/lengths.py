"""How well two stretches of text fit by length alone.

Source: Gale and Church, A program for aligning sentences in bilingual corpora, Computational Linguistics 19 (1993).
The number of English characters behind one Chinese character is estimated from the two texts (it is 4 to 6 in laws and reports,
where the paper's European pairs have 1), the variance is fixed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from pipeline.alignments.band import Band, Bead, Floats

# Share of each bead in a Chinese text and its English version; free skips are rare, splits of one long Chinese
# sentence into two or three English ones are common.
PRIORS: dict[Bead, float] = {(1, 1): 0.80, (1, 2): 0.085, (2, 1): 0.06, (1, 3): 0.02, (3, 1): 0.012, (2, 2): 0.012,
                             (1, 0): 0.006, (0, 1): 0.005}
VARIANCE = 6.8
ZH_EN_RATIO = (3.5, 6.5)    # English characters per Chinese character in translations of official texts
GAP = 4.0                   # cost of opening a gap: a passage without counterpart
IN_GAP = 1.2                # cost of each sentence in a gap


def length_costs(zh: NDArray[np.int64], en: NDArray[np.int64], band: Band, *, variance: float = VARIANCE,
                 priors: dict[Bead, float] = PRIORS, ratios: tuple[float, float] = ZH_EN_RATIO,
                 skip_by_length: bool = False) -> dict[Bead, Floats]:
    """Minus log probability of ending each bead at each cell of the band, by length and prior.

    zh, en: lengths of the sentences in characters. skip_by_length: a sentence without counterpart costs the more
    the longer it is (as in the paper); otherwise IN_GAP. ratios: bounds of the characters of the second text per
    character of the first; totals outside them mean that one text has a part the other lacks. Cells where the bead
    would begin outside the grid get inf.
    """
    ratio = float(np.clip(max(en.sum(), 1) / max(zh.sum(), 1), *ratios))
    totals_zh, totals_en = np.concatenate([[0], np.cumsum(zh)]), np.concatenate([[0], np.cumsum(en)])
    columns = band.columns
    rows = np.arange(band.n + 1)[:, None]
    costs: dict[Bead, Floats] = {}
    for (up, left), prior in priors.items():
        length_zh = (totals_zh[rows] - totals_zh[np.maximum(rows - up, 0)]) * ratio
        length_en = totals_en[columns] - totals_en[np.maximum(columns - left, 0)]
        if (up and left) or skip_by_length:
            cost = length_cost(length_zh, length_en, ratio, variance) - np.log(prior)
        else:
            cost = np.full(columns.shape, IN_GAP)
        costs[up, left] = np.where((rows < up) | (columns < left), np.inf, cost)
    return costs


def length_cost(expected: Floats, found: Floats, ratio: float, variance: float) -> Floats:
    """-log P(a difference at least this large | the two are translations); 0 where the lengths agree."""
    mean = np.maximum((expected + found) / 2.0, 1.0)
    delta = np.abs(found - expected) / np.sqrt(mean * variance)
    return np.asarray(-(np.log(2.0) + log_ndtr(-delta)), dtype=np.float64)
