"""What the report shows of the two languages and of versions, as plain frames: one call for all of it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.alignments.bindings import SOFTER, count_bindings, read_bindings
from pipeline.alignments.consequences import rendering_consequences
from pipeline.alignments.shares import rendering_shares
from pipeline.alignments.shifts import REASONS, frame_shifts, pair_summary
from pipeline.alignments.sides import compare_sides
from pipeline.alignments.versions import compare_versions
from pipeline.keeping import Keep, fresh

KEYS = ["pair_id", "zh_doc_id", "en_doc_id"]


def compare_corpus(tables: Mapping[str, pd.DataFrame], *, seed: int = 0, keep: Keep = fresh) -> dict[str, pd.DataFrame]:
    """Everything the sections `lens` and `drafts` of the report show.

    tables: documents, sentences, codes, senses, alignments, renderings of the contract. Returns frames by name:
    `rendering_shares` (shares.rendering_shares), `consequences` (consequences.rendering_consequences), `sides`
    (sides.compare_sides), `shifts` (rank_shifts), `pairs` (shifts.pair_summary with the counts of
    bindings.count_bindings), `versions` and `changes` (versions.compare_versions). keep: remembers compared versions.
    """
    documents, sentences, codes, alignments = (tables[name] for name in ("documents", "sentences", "codes", "alignments"))
    bindings = read_bindings(alignments, sentences)
    versions = compare_versions(documents, sentences, codes, keep=keep)
    pairs = pair_summary(alignments, codes).merge(count_bindings(bindings), on=KEYS, how="left")
    counted = [name for name in pairs.columns if name.startswith(("shall", "should", "will", "may", "none", "n_binding"))]
    return {"rendering_shares": rendering_shares(tables["renderings"], tables["senses"], documents, seed=seed),
            "consequences": rendering_consequences(tables["renderings"], codes, seed=seed),
            "sides": compare_sides(documents, codes, alignments, seed=seed),
            "shifts": rank_shifts(frame_shifts(alignments, codes), bindings),
            "pairs": pairs.fillna(dict.fromkeys(counted, 0)).astype(dict.fromkeys(counted, "int64")),
            "versions": versions.pairs, "changes": versions.changes}


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
