"""What translation does to the codes: links whose Chinese and English sentences are coded differently, with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.errors import UnknownLabel

FRAMES = ("development", "security")
# Codebook section 4: the strongest first. Strength: what binds, what is announced, what is only allowed or wished.
MODALITIES = ("prohibit", "oblige", "permit", "encourage", "commit", "state")
STRENGTH: Mapping[str, int] = {"prohibit": 3, "oblige": 3, "commit": 2, "permit": 1, "encourage": 1, "state": 0}
REASONS = ("dropped", "added", "lost", "gained", "softened", "hardened")
SHIFT_COLUMNS = ["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "reasons", "lost", "gained", "modality_zh",
                 "modality_en", "score"]
Coded = Mapping[tuple[str, int], Mapping[str, Any]]


def frame_shifts(alignments: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Links whose codes differ between the languages.

    alignments, codes: the contract's tables. A side has a frame if one of its sentences has it, and the strongest
    modality of its sentences; links none of whose sentences is coded (headings, notes) are left out. Returns one row
    per link with a shift: `reasons` words of REASONS: dropped (coded Chinese without English), added (coded English
    without Chinese), lost, gained (a frame, named in the columns `lost` and `gained`), softened, hardened (modality
    by STRENGTH); score of the link. Most reasons first, then by score, pair and place.
    Raises: UnknownLabel for a modality that the codebook does not define.
    """
    coded = _coded(codes, set(alignments.zh_doc_id) | set(alignments.en_doc_id))
    rows = []
    for pair_id, zh_id, en_id, zh_sents, en_sents, score in alignments[
            ["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "score"]].to_numpy(dtype=object).tolist():
        zh, en = _side(coded, zh_id, zh_sents), _side(coded, en_id, en_sents)
        reasons, lost, gained = _reasons(zh, en, bool(len(zh_sents)), bool(len(en_sents)))
        if reasons:
            rows.append((pair_id, zh_id, en_id, [int(number) for number in zh_sents], [int(number) for number in en_sents],
                         reasons, lost, gained, zh and zh["modality"], en and en["modality"], score))
    table = pd.DataFrame(rows, columns=SHIFT_COLUMNS, dtype=object).astype({"score": "float64"})
    order = table.assign(n=-table.reasons.map(len), s=-table.score, place=range(len(table)))
    order = order.sort_values(["n", "s", "pair_id", "place"])
    return order.drop(columns=["n", "s", "place"]).reset_index(drop=True)


def _coded(codes: pd.DataFrame, doc_ids: set[str]) -> Coded:
    kept = codes.loc[codes.doc_id.isin(doc_ids), ["doc_id", "sent_no", "modality", *FRAMES]]
    if unknown := sorted(set(kept.modality.dropna()) - set(MODALITIES)):
        raise UnknownLabel(f"Unknown modality {unknown[0]!r}", where="codes", todo="Use the words of codebook section 4.")
    return {(str(doc_id), int(number)): {"modality": modality, **{frame: bool(value) for frame, value in zip(
        FRAMES, frames, strict=True)}} for doc_id, number, modality, *frames in kept.to_numpy(dtype=object).tolist()}


def _side(coded: Coded, doc_id: str, numbers: Sequence[Any]) -> dict[str, Any] | None:
    found = [coded[doc_id, int(number)] for number in numbers if (doc_id, int(number)) in coded]
    if not found:
        return None
    strongest = min((row["modality"] for row in found), key=MODALITIES.index)
    return {"modality": strongest, **{frame: any(row[frame] for row in found) for frame in FRAMES}}


def _reasons(zh: Mapping[str, Any] | None, en: Mapping[str, Any] | None, has_zh: bool, has_en: bool
             ) -> tuple[list[str], list[str], list[str]]:
    if zh is None or en is None:
        one_sided = ["dropped"] if zh is not None and not has_en else ["added"] if en is not None and not has_zh else []
        return one_sided, [], []
    lost = [frame for frame in FRAMES if zh[frame] and not en[frame]]
    gained = [frame for frame in FRAMES if en[frame] and not zh[frame]]
    change = STRENGTH[en["modality"]] - STRENGTH[zh["modality"]]
    marks = {"lost": bool(lost), "gained": bool(gained), "softened": change < 0, "hardened": change > 0}
    return [reason for reason in REASONS if marks.get(reason)], lost, gained


def pair_summary(alignments: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """What an English reader would measure, pair by pair, against the Chinese.

    Returns: pair_id, zh_doc_id, en_doc_id; n_links (two-sided, coded on both sides), and over these links the share
    with development and with security on either side, the share softened and hardened, all in [0, 1]; n_dropped,
    n_added coded sentences' links without counterpart. The unit is the link, so splitting sentences moves nothing.
    """
    coded = _coded(codes, set(alignments.zh_doc_id) | set(alignments.en_doc_id))
    rows = []
    for keys, links in alignments.groupby(["pair_id", "zh_doc_id", "en_doc_id"], sort=True):
        both, dropped, added = [], 0, 0
        for zh_sents, en_sents in links[["zh_sents", "en_sents"]].to_numpy(dtype=object).tolist():
            zh, en = _side(coded, str(keys[1]), zh_sents), _side(coded, str(keys[2]), en_sents)
            if zh is not None and en is not None:
                both.append((zh, en))
            dropped += zh is not None and not len(en_sents)
            added += en is not None and not len(zh_sents)
        size = max(len(both), 1)
        shares = [sum(side[frame] for side in sides) / size for frame in FRAMES for sides in zip(*both, strict=True)] \
            if both else [0.0] * 4
        moves = [STRENGTH[en["modality"]] - STRENGTH[zh["modality"]] for zh, en in both]
        rows.append((*keys, len(both), *(round(share, 4) for share in shares), round(sum(move < 0 for move in moves) / size, 4),
                     round(sum(move > 0 for move in moves) / size, 4), dropped, added))
    return pd.DataFrame(rows, columns=["pair_id", "zh_doc_id", "en_doc_id", "n_links", "development_zh", "development_en",
                                       "security_zh", "security_en", "softened", "hardened", "n_dropped", "n_added"])
