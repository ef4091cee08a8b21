"""What the report shows of the two languages and of versions, as plain frames: one call for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.alignments.bindings import SOFTER, count_bindings, read_bindings
from pipeline.alignments.consequences import rendering_consequences
from pipeline.alignments.shares import rendering_shares
from pipeline.alignments.shifts import FRAMES, REASONS, frame_shifts, pair_summary
from pipeline.alignments.sides import compare_sides
from pipeline.alignments.versions import compare_versions
from pipeline.keeping import Keep, content_key, fresh

KEYS = ["pair_id", "zh_doc_id", "en_doc_id"]


def compare_corpus(tables: Mapping[str, pd.DataFrame], *, seed: int = 0, keep: Keep = fresh) -> dict[str, pd.DataFrame]:
    """Everything the sections `lens` and `drafts` of the report show.

    tables: documents, sentences, codes, senses, alignments, renderings of the contract. Returns frames by name:
    `rendering_shares` (shares.rendering_shares), `consequences` (consequences.rendering_consequences), `sides`
    (sides.compare_sides), `shifts` (rank_shifts), `pairs` (shifts.pair_summary with the counts of
    bindings.count_bindings), `versions` and `changes` (versions.compare_versions). keep: remembers compared versions,
    and `pairs` and `shifts` while no link, sentence or code of a pair differs.
    """
    documents, codes, alignments = (tables[name] for name in ("documents", "codes", "alignments"))
    versions = compare_versions(documents, tables["sentences"], codes, keep=keep)
    pairs, shifts = _compare_pairs(alignments, tables["sentences"], codes, keep=keep)
    return {"rendering_shares": rendering_shares(tables["renderings"], tables["senses"], documents, seed=seed),
            "consequences": rendering_consequences(tables["renderings"], codes, seed=seed),
            "sides": compare_sides(documents, codes, alignments, seed=seed, pairs=pairs),
            "shifts": shifts, "pairs": pairs, "versions": versions.pairs, "changes": versions.changes}


def _compare_pairs(alignments: pd.DataFrame, sentences: pd.DataFrame, codes: pd.DataFrame, *, keep: Keep
                   ) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`pairs` and `shifts` of all aligned pairs; done again when a link, a sentence or a code of any of them differs."""
    linked = {*alignments.zh_doc_id, *alignments.en_doc_id}
    parts = ((alignments, (*KEYS, "zh_sents", "en_sents", "score")), (sentences, ("doc_id", "sent_no", "text")),
             (codes, ("doc_id", "sent_no", "modality", *FRAMES)))
    seen = [[_plain(rows[name]) for name in columns] for frame, columns in parts
            for rows in [frame[frame.doc_id.isin(linked)] if "doc_id" in frame else frame]]

    def compare() -> list[Any]:
        bindings = read_bindings(alignments, sentences)
        pairs = pair_summary(alignments, codes).merge(count_bindings(bindings), on=KEYS, how="left")
        counted = [name for name in pairs.columns if name.startswith(("shall", "should", "will", "may", "none", "n_binding"))]
        pairs = pairs.fillna(dict.fromkeys(counted, 0)).astype(dict.fromkeys(counted, "int64"))
        shifts = rank_shifts(frame_shifts(alignments, codes), bindings)
        return [[list(frame.columns), frame.to_numpy(dtype=object).tolist()] for frame in (pairs, shifts)]

    pairs, shifts = (pd.DataFrame(rows, columns=columns, dtype=object)
                     for columns, rows in keep(content_key("pairs", seen), compare))
    return pairs, shifts


def _plain(column: pd.Series) -> list[Any]:
    """Values as JSON holds them; lists that came as arrays are lists."""
    return [value.tolist() if isinstance(value, np.ndarray) else value for value in column.tolist()]


def rank_shifts(shifts: pd.DataFrame, bindings: pd.DataFrame) -> pd.DataFrame:
    """Frame shifts with the binding words of both sides, and the duties that English merely wishes or allows.

    shifts: shifts.frame_shifts. bindings: bindings.read_bindings. A link whose Chinese binds while its English says
    should or may is `softened` even where both codes are the same. Returns the rows of `shifts` and those links, with
    zh_word and en_word (missing where the Chinese does not bind); most reasons first (a duty without a binding English
    word counts as one more), then by score and place.
    """
    words = bindings[["zh_word", "en_word", "binding"]].set_axis(_places(bindings), axis=0)
    joined = shifts.set_axis(_places(shifts), axis=0).join(words)
    softer = bindings[bindings.binding.isin(SOFTER)].set_axis(_places(bindings[bindings.binding.isin(SOFTER)]), axis=0)
    fresh = softer[~softer.index.isin(joined.index)].reindex(columns=joined.columns)
    for name in ("reasons", "lost", "gained"):
        fresh[name] = pd.Series([[] for _ in range(len(fresh))], index=fresh.index, dtype=object)
    joined = pd.concat([joined, fresh]) if len(fresh) else joined
    joined["reasons"] = pd.Series([[name for name in REASONS if name in reasons or (name == "softened" and binding in SOFTER)]
                                   for reasons, binding in zip(joined.reasons, joined.binding, strict=True)],
                                  index=joined.index, dtype=object)
    unbound = joined.binding.isin([*SOFTER, "none"]).astype(int)
    ranked = joined.assign(n=-(joined.reasons.map(len) + unbound), s=-joined.score.fillna(0.0).astype(float),
                           place=[str(place) for place in joined.index])
    ranked = ranked.sort_values(["n", "s", "place"], kind="stable").drop(columns=["n", "s", "place", "binding"])
    return ranked.reset_index(drop=True)


def _places(links: pd.DataFrame) -> pd.Index[str]:
    """One key per link."""
    rows = links[[*KEYS, "zh_sents", "en_sents"]].to_numpy(dtype=object).tolist()
    return pd.Index([f"{pair} {zh} {en} {list(map(int, zh_sents))} {list(map(int, en_sents))}"
                     for pair, zh, en, zh_sents, en_sents in rows], dtype=object)
