"""The tables `formulations`, `formulation_uses` and `formulation_variants`: given and discovered fixed wordings.

`formulations`: one row per family, universe and language.
  family_id: name in formulations.yml (given) or `d-` and ten hex digits of its wording (discovered). universe:
  `cn_texts` or `other_texts`. kind: given, discovered. name_zh, name_en: names where given. wording: the most used one.
  n_uses, n_documents, n_issuers, n_variants: counted over works (no reposts, duplicates, older versions, drafts, press).
  first_date, first_doc_id, first_sent_no: first dated use in the corpus, a latest possible date, not the origin; NULL
  where no document with it prints a date. issuers: lead issuers in order of their first use, issuer_dates beside them.
  peak_period: year with the largest share of documents (years of at least five documents). last_period: year of last use.
  state: new, rising, steady, falling, gone, too_little_data (below the minimum n), undated (no yearly series).
  slope, slope_low, slope_high: change of the share of documents per year with its 95 % interval; slope_p, slope_q: its
  p and the same adjusted for all families of the table (Benjamini & Hochberg). n_series: documents of the series.
  cohesion, entropy_left, entropy_right (bits), burst: those of the head wording as in `pipeline.trends.strings`; NULL for
  given ones.
  given: listed formulations of which a wording holds, or is held by, the head wording (discovered ones only). flags: empty
  so far.
`formulation_uses`: one occurrence; `text[start_char:end_char] == surface`; variant is its wording as a family member.
`formulation_variants`: one wording of a family. mutated_from: the earlier wording of the family that it took over from;
  turn_year: the year that parts the documents of the two best; old_before … new_after:
  documents with either before and from that year; p, q: rank test that its documents are later, adjusted. flags: replaced.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from pipeline.estimates.correction import kinds_of_text
from pipeline.estimates.formulations import load_formulations
from pipeline.estimates.intervals import Flags
from pipeline.estimates.material import Ints, Material, plain
from pipeline.estimates.universe import listed, universe_by_name
from pipeline.text import has_han, match_key
from pipeline.trends.mutations import variant_rows
from pipeline.trends.states import State, find_states
from pipeline.trends.uses import discovered_uses, given_uses

FORMULATIONS = ("family_id universe lang kind name_zh name_en wording n_uses n_documents n_issuers n_variants first_date "
                "first_doc_id first_sent_no issuers issuer_dates peak_period last_period state slope slope_low slope_high "
                "slope_p slope_q n_series cohesion entropy_left entropy_right burst given flags").split()
USES = "family_id universe lang variant doc_id sent_no start_char end_char surface".split()
VARIANTS = ("family_id universe lang variant n_uses n_documents first_date first_doc_id last_date mutated_from turn_year "
            "old_before new_before old_after new_after p q flags").split()
UNIVERSES = ("cn_texts", "other_texts")
LANGS = ("zh", "en")
MIN_IN_YEAR = 5
FACTS = ("cohesion", "entropy_left", "entropy_right", "burst")


def find_formulations(material: Material, *, as_of: str, engine: str = "rjieba") -> dict[str, pd.DataFrame]:
    """The three tables by name. engine: which segmenter cuts Chinese words (rjieba, jieba, characters)."""
    given = given_uses(material)
    parts: dict[str, list[pd.DataFrame]] = {"formulations": [], "formulation_uses": [], "formulation_variants": []}
    for name in UNIVERSES:
        chosen = material.select(universe_by_name(name), as_of=as_of).documents
        for lang in LANGS:
            documents = chosen[(chosen["series_lang"] == lang)]
            if documents["in_all"].any():
                found = _of_documents(material, documents, given, lang=lang, engine=engine)
                for table, frame in found.items():
                    parts[table].append(frame.assign(universe=name, lang=lang))
    columns = {"formulations": FORMULATIONS, "formulation_uses": USES, "formulation_variants": VARIANTS}
    return {table: (pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns[table]))
            .reindex(columns=columns[table]) for table, frames in parts.items()}


def _of_documents(material: Material, documents: pd.DataFrame, given: pd.DataFrame, *, lang: str, engine: str
                  ) -> dict[str, pd.DataFrame]:
    """The tables of one universe and language."""
    whole = documents.index[documents["in_all"]].to_numpy(dtype=np.int64)
    heads, discovered = discovered_uses(material, whole, lang=lang, engine=engine)
    heads = heads[~heads["wording"].isin(_listed_wordings())]  # found again, so counted with the given ones only
    discovered = discovered[discovered["family_id"].isin(set(heads["family_id"]))]
    inside = np.isin(material.document_of[given["place"].to_numpy(dtype=np.int64)], whole)
    uses = _located(material, documents, pd.concat([given[inside], discovered], ignore_index=True))
    facts = heads.set_index("family_id")
    states = _states(uses, documents)
    size = int(documents["in_series"].sum())
    rows = [_family(name, list(found), facts, states, size) for name, found in groupby(
        uses.sort_values(["family_id", "date_issued", "doc_id", "start_char"]).itertuples(), lambda use: str(use.family_id))]
    after = {name: entry.after for name, entry in load_formulations().items() if entry.after}
    return {"formulations": pd.DataFrame(rows), "formulation_uses": uses, "formulation_variants": variant_rows(uses, after)}


def _located(material: Material, documents: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """Uses with document, sentence and offsets in the document; what stands there; date, year and lead issuer."""
    places = uses["place"].to_numpy(dtype=np.int64)
    start, end = uses["start"].to_numpy(dtype=np.int64), uses["end"].to_numpy(dtype=np.int64)
    texts = material.body["text"].to_numpy()
    number = material.document_of[places]
    dates = documents["date_issued"].reindex(number)
    leads = documents["issuers"].reindex(number).map(lambda value: (listed(value) or ["NIL"])[0])
    return plain(pd.DataFrame({
        "family_id": uses["family_id"], "variant": uses["variant"], "doc_id": material.body["doc_id"].to_numpy()[places],
        "sent_no": material.body["sent_no"].to_numpy()[places], "start_char": material.origins[places] + start,
        "end_char": material.origins[places] + end, "number": number, "date_issued": dates.to_numpy(), "lead": leads.to_numpy(),
        "surface": [texts[place][first:last] for place, first, last in zip(places, start, end, strict=True)],
        "year": [int(date[:4]) if isinstance(date, str) and date else 0 for date in dates],
    }).sort_values(["family_id", "doc_id", "start_char"]).reset_index(drop=True))


def _states(uses: pd.DataFrame, documents: pd.DataFrame) -> dict[str, tuple[State, str | None]]:
    """State and peak year of each family."""
    families = sorted(set(uses["family_id"]))
    series = documents[documents["in_series"]]
    years: Ints = np.array(series["year"].astype(int), dtype=np.int64)
    kinds = kinds_of_text(series["doc_type"])
    rows = pd.Series(np.arange(len(series)), index=series.index).reindex(uses["number"]).to_numpy()
    used = np.zeros((len(series), len(families)), dtype=bool)
    known = np.isfinite(rows)
    columns = uses["family_id"].map({name: column for column, name in enumerate(families)}).to_numpy(dtype=np.int64)
    used[rows[known].astype(np.int64), columns[known]] = True
    if not len(series):
        return {name: (State("undated"), None) for name in families}
    return {name: (state if used[:, column].any() else State("undated"), _peak(used[:, column], years))
            for column, (name, state) in enumerate(zip(families, find_states(used, years, kinds), strict=True))}


def _peak(used: Flags, years: Ints) -> str | None:
    """The year with the largest share of documents that use it, among years of at least five documents."""
    distinct, place = np.unique(years, return_inverse=True)
    sizes, hits = np.bincount(place), np.bincount(place, weights=used)
    shares = np.where(sizes >= MIN_IN_YEAR, hits / sizes, 0.0)
    return str(distinct[np.argmax(shares)]) if shares.max() > 0 else None


def _family(family: str, uses: list[Any], facts: pd.DataFrame, states: dict[str, tuple[State, str | None]], n_series: int
            ) -> dict[str, object]:
    """The row of one family. uses: its rows in the order of date, document and place."""
    entry = load_formulations().get(family)
    dated = [use for use in uses if use.year]
    adopters: dict[str, str] = {}
    for use in dated:
        adopters.setdefault(use.lead, use.date_issued)
    adopters.pop("NIL", None)
    numbers = Counter(use.variant for use in uses)
    state, peak = states[family]
    row: dict[str, object] = {
        "family_id": family, "kind": "given" if entry else "discovered", "name_en": entry.title if entry else None,
        "name_zh": next((text for text in entry.wordings if has_han(text)), None) if entry else None,
        "wording": min(numbers, key=lambda variant: (-numbers[variant], variant)) if entry else facts.at[family, "wording"],
        "n_uses": len(uses), "n_documents": len({use.doc_id for use in uses}),
        "n_issuers": len({use.lead for use in uses} - {"NIL"}), "n_variants": len(numbers),
        "first_date": dated[0].date_issued if dated else None, "first_doc_id": dated[0].doc_id if dated else None,
        "first_sent_no": dated[0].sent_no if dated else None, "issuers": list(adopters),
        "issuer_dates": list(adopters.values()), "peak_period": peak,
        "last_period": str(max(use.year for use in dated)) if dated else None, "state": state.state, "slope": state.slope,
        "slope_low": state.low, "slope_high": state.high, "slope_p": state.p, "slope_q": state.q, "n_series": n_series,
        "flags": [], "given": None if entry else _listed_with(str(facts.at[family, "wording"]))}
    return row | {fact: None if entry else facts.at[family, fact] for fact in FACTS}


@lru_cache(maxsize=1)
def _listed_wordings() -> dict[str, str]:
    """Match key of every listed wording → name of its formulation."""
    return {match_key(wording): name for name, entry in load_formulations().items() if entry.kind == "formulation"
            for wording in entry.wordings}


def _listed_with(wording: str) -> list[str]:
    """Listed formulations of which a wording holds this one or is held by it."""
    return sorted({name for own, name in _listed_wordings().items() if own in wording or wording in own})
