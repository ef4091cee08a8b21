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
  cohesion, entropy_left, entropy_right (bits), burst (variance of yearly counts over their mean): NULL for given ones.
  given: given families that share a wording with this one. flags: few_documents, few_issuers, in_titles_only …
`formulation_uses`: one occurrence; `text[start_char:end_char] == surface`; variant is its wording as a family member.
`formulation_variants`: one wording of a family. mutated_from: the earlier wording of the family that it took over from;
  turn_year: first year from which on documents with it outnumber those with the other; old_before … new_after:
  documents with either before and from that year; p, q: rank test that its documents are later, adjusted. flags: replaced.
"""

from __future__ import annotations

import pandas as pd

from pipeline.estimates.material import Material

FORMULATIONS = ("family_id universe lang kind name_zh name_en wording n_uses n_documents n_issuers n_variants first_date "
                "first_doc_id first_sent_no issuers issuer_dates peak_period last_period state slope slope_low slope_high "
                "slope_p slope_q n_series cohesion entropy_left entropy_right burst given flags").split()
USES = "family_id universe lang variant doc_id sent_no start_char end_char surface".split()
VARIANTS = ("family_id universe lang variant n_uses n_documents first_date first_doc_id last_date mutated_from turn_year "
            "old_before new_before old_after new_after p q flags").split()


def find_formulations(material: Material, *, as_of: str) -> dict[str, pd.DataFrame]:
    """The three tables by name."""
    return {"formulations": pd.DataFrame(columns=FORMULATIONS), "formulation_uses": pd.DataFrame(columns=USES),
            "formulation_variants": pd.DataFrame(columns=VARIANTS)}
