"""What each kind of rule sees in the tables: subjects, and the state each is in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipeline.alerts.rules import Rule

Tables = Mapping[str, pd.DataFrame]
DRAFT = "draft_for_comment"
UNCLEAR = ""


@dataclass(frozen=True)
class Sighting:
    """One subject (a group, a claim, a text, a file) and its state now. state: empty when it cannot be told.

    facts: what the sentence is filled with. alone: whether a subject never seen before is news by itself.
    """

    subject: str
    state: str
    facts: dict[str, object] = field(default_factory=dict)
    alone: bool = False


def crosses(tables: Tables, rule: Rule) -> Iterator[Sighting]:
    """Groups whose interval lies wholly above or wholly below the line; any other is unclear, points without interval too."""
    wanted = rule.wanted
    rows = tables["trends"]
    for key in ("measure", "universe", "grouping", "lang", "estimator"):
        rows = rows[rows[key] == wanted[key]]
    if wanted["group"] != "*":
        rows = rows[rows["group_value"] == wanted["group"]]
    rows = rows[rows["low"].notna() & rows["high"].notna()]
    yearly = rows["period"].astype(str).str.fullmatch("[0-9]{4}")
    rows = rows[rows["period"] == "all"] if wanted["period"] == "all" else \
        rows[yearly].sort_values("period").drop_duplicates("group_value", keep="last")
    entities = tables["entities"].set_index("entity_id")
    line = float(str(wanted["line"]))
    for row in rows.sort_values("group_value").to_dict("records"):
        state = "above" if row["low"] > line else "below" if row["high"] < line else UNCLEAR
        names = entities.loc[row["group_value"]] if row["group_value"] in entities.index else None
        facts = {key: row[key] for key in ("measure", "period", "estimate", "low", "high", "n_documents")}
        yield Sighting(str(row["group_value"]), state, facts | {
            "line": line, "group": row["group_value"] if names is None else names["name_en"] or names["name_zh"],
            "group_zh": row["group_value"] if names is None else names["name_zh"] or names["name_en"]})


def new_formulation(tables: Tables, rule: Rule) -> Iterator[Sighting]:
    """Discovered families of fixed expressions that stand in enough documents of one universe (the one with most)."""
    rows = tables["formulations"]
    rows = rows[(rows["kind"] == "discovered") & (rows["n_documents"] >= rule.wanted["minimum_documents"])]
    rows = rows.sort_values(["family_id", "n_documents", "universe"], ascending=[True, False, True])
    for row in rows.drop_duplicates("family_id").to_dict("records"):
        first = row["first_date"] if isinstance(row["first_date"], str) else "?"  # no text that holds it prints a date
        yield Sighting(str(row["family_id"]), "repeated",
                       {"name": row["wording"], "n_documents": row["n_documents"], "first_use": first}, alone=True)


def claim_flips(tables: Tables, rule: Rule) -> Iterator[Sighting]:
    """The verdict of each claim."""
    chosen = rule.wanted["claims"]
    for row in tables["claims"].sort_values("claim_id").to_dict("records"):
        if chosen == ["*"] or row["claim_id"] in chosen:  # type: ignore[operator]
            claim = json.loads(row["evidence"] or "{}").get("claim", "")
            yield Sighting(row["claim_id"], row["verdict"], {"claim": claim, "n_documents": row["n_documents"]})


def final_text(tables: Tables, rule: Rule) -> Iterator[Sighting]:
    """Whether there is a final text: of every draft in the corpus, or of the instruments that are waited for."""
    texts = tables["documents"]
    texts = texts[texts["duplicate_of"].isna() & texts["work_id"].notna()].sort_values("doc_id")
    final = set(texts.loc[texts["status"] != DRAFT, "work_id"])
    drafts = texts[texts["status"] == DRAFT]
    if rule.wanted["instruments"] == ["*"]:
        for row in drafts.to_dict("records"):
            yield Sighting(row["doc_id"], "final" if row["work_id"] in final else "draft", {"name": row["title"]})
        return
    names = tables["entities"].set_index("entity_id")["name_zh"].to_dict()
    for instrument in rule.wanted["instruments"]:  # type: ignore[attr-defined]
        state = "final" if instrument in final else "draft" if instrument in set(drafts["work_id"]) else "absent"
        yield Sighting(instrument, state, {"name": names.get(instrument, instrument)})


def set_aside(tables: Tables, rule: Rule) -> Iterator[Sighting]:
    """Files that could not be read."""
    files = tables["files"]
    for row in files[files["outcome"] == "quarantined"].sort_values("path").to_dict("records"):
        yield Sighting(row["path"], "set_aside", {"reason": row["reason"], "hint": row["hint"] or ""}, alone=True)


KINDS: dict[str, Callable[[Tables, Rule], Iterator[Sighting]]] = {
    "crosses": crosses, "new_formulation": new_formulation, "claim_flips": claim_flips, "final_text": final_text,
    "set_aside": set_aside}
