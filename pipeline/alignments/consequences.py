"""What the rendering of 安全 does to the codes: English of the same passages, by the word the translator chose."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.alignments.renderings import RENDERINGS
from pipeline.alignments.shifts import FRAMES
from pipeline.estimates.intervals import MIN_DOCUMENTS, draw_weights, ratio_draws

CONSEQUENCE_COLUMNS = ["rendering", "measure", "zh", "en", "difference", "low", "high", "n_pairs", "n"]
N_DRAWS = 2000


def rendering_consequences(renderings: pd.DataFrame, codes: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Frames of both sides of the links that hold 安全, by its rendering.

    renderings, codes: the contract's tables. A link counts once for each rendering that it has. Returns one row per
    rendering (in the order of the contract, then `all`) and measure (development, security): share of links with the
    frame in the Chinese (the sentence of the 安全) and in the English (any sentence of the link), both in [0, 1], their
    difference (English minus Chinese) with the 95 % interval, whole pairs resampled, missing below five pairs.
    """
    joined = _coded_links(renderings, codes)
    rows: list[tuple[object, ...]] = []
    for name in (*RENDERINGS, "all"):
        part = joined if name == "all" else joined[joined.rendering == name]
        part = part.drop_duplicates(["zh_doc_id", "en_doc_id", "sent_no"])
        rows += [_row(name, frame, part, seed=seed) for frame in FRAMES if len(part)]
    return pd.DataFrame(rows, columns=CONSEQUENCE_COLUMNS)


def _coded_links(renderings: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """renderings whose sentences are coded on both sides, with zh_<frame> and en_<frame> as 0 or 1."""
    linked = codes[codes.doc_id.isin({*renderings.zh_doc_id, *renderings.en_doc_id})]
    coded = {(str(doc_id), int(number)): tuple(map(bool, frames)) for doc_id, number, *frames
             in linked[["doc_id", "sent_no", *FRAMES]].to_numpy(dtype=object).tolist()}
    rows = []
    for pair, zh, en, number, rendering, sents in renderings[
            ["pair_id", "zh_doc_id", "en_doc_id", "sent_no", "rendering", "en_sents"]].to_numpy(dtype=object).tolist():
        left = coded.get((str(zh), int(number)))
        right = [coded[str(en), int(one)] for one in sents if (str(en), int(one)) in coded]
        if left is not None and right:
            rows.append((pair, zh, en, int(number), rendering, *map(float, left),
                         *(float(any(found[place] for found in right)) for place in range(len(FRAMES)))))
    return pd.DataFrame(rows, columns=["pair_id", "zh_doc_id", "en_doc_id", "sent_no", "rendering",
                                       *(f"{side}_{frame}" for side in ("zh", "en") for frame in FRAMES)])


def _row(name: str, frame: str, part: pd.DataFrame, *, seed: int) -> tuple[object, ...]:
    sums = part.assign(n=1.0).groupby("pair_id", sort=True)[["n", f"zh_{frame}", f"en_{frame}"]].sum()
    n, zh, en = (sums[column].to_numpy(dtype=np.float64)[:, None] for column in sums.columns)
    low: float | None = None
    high: float | None = None
    if len(sums) >= MIN_DOCUMENTS:
        weights = draw_weights(len(sums), n_draws=N_DRAWS, seed=seed, name=f"consequence:{name}:{frame}")
        drawn = ratio_draws(weights, en - zh, n, scales=["difference"], design=np.full(1, np.nan), seed=seed)
        ends = drawn.bounds()
        low, high = round(float(ends[0][0]), 4), round(float(ends[1][0]), 4)
    total = float(n.sum())
    shares = float(zh.sum()) / total, float(en.sum()) / total
    return (name, frame, round(shares[0], 4), round(shares[1], 4), round(shares[1] - shares[0], 4), low, high, len(sums), int(total))
