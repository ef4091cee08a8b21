"""The history of the ledger over all runs: its tally after each run, and every verdict that flipped, with its documents."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports.blocks import Cell, Column, Table
from pipeline.reports.material import Material, brief, title_of
from pipeline.reports.numbers import count, plain_number
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, join, label, plain, say

NAMED = 3   # documents named beside a flip; the CSV has all


def history_tables(material: Material, names: dict[str, str], verdicts: tuple[str, ...]) -> list[Table]:
    """Nothing before the second run that changed anything. names: claim_id -> the claim in words."""
    log = material.tables.get("verdicts", pd.DataFrame())
    if log.empty or log["run_id"].nunique() < 2:
        return []
    ordered = log.sort_values(["started_at", "run_id", "claim_id"]).reset_index(drop=True)
    flips = _flips(ordered)
    return [_tally_table(ordered, flips, verdicts), _flip_table(material, flips, names)]


def _flips(log: pd.DataFrame) -> pd.DataFrame:
    """Events whose verdict differs from that of the claim's event before, newest first, with `before`."""
    before = log.groupby("claim_id")["verdict"].shift(1)
    earlier = log.groupby("claim_id")["estimate"].shift(1)
    version = log.groupby("claim_id")["version"].shift(1)
    flips = log.assign(before=before, estimate_before=earlier, rule_changed=version.notna() & (version != log["version"]))
    flips = flips[flips["before"].notna() & (flips["before"] != flips["verdict"])]
    return flips.sort_values(["started_at", "claim_id"], ascending=[False, True]).reset_index(drop=True)


def _tally_table(log: pd.DataFrame, flips: pd.DataFrame, verdicts: tuple[str, ...]) -> Table:
    now: dict[str, str] = {}
    rows = []
    for (started, run_id), events in log.groupby(["started_at", "run_id"], sort=True):
        now |= dict(zip(events["claim_id"], events["verdict"], strict=True))
        tally = pd.Series(list(now.values())).value_counts()
        rows.append({"started_at": started, "as_of": events["as_of"].iloc[0], "n_flipped": int((flips["run_id"] == run_id).sum()),
                     **{verdict: int(tally.get(verdict, 0)) for verdict in verdicts}})
    frame = pd.DataFrame(rows).iloc[::-1].reset_index(drop=True)
    columns = (Column(say("column_run"), lambda row: plain(str(row.started_at)[:16].replace("T", " "))),
               Column(say("column_as_of"), lambda row: plain(row.as_of)),
               *(Column(label("verdict", verdict), _counter(verdict), numeric=True) for verdict in verdicts),
               Column(say("column_flipped"), lambda row: plain(count(row.n_flipped)), numeric=True))
    return Table("verdict_runs", say("table_verdict_runs", n=count(len(frame))), frame, columns, page=10)


def _counter(name: str) -> Any:
    return lambda row: plain(count(getattr(row, name)))


def _flip_table(material: Material, flips: pd.DataFrame, names: dict[str, str]) -> Table:
    def because(row: Any) -> Text:
        held = [plain(brief(title_of(material.by_id[one]), width=40)) for one in row.because.split("; ") if one in material.by_id]
        if not held:
            return say("because_rule") if row.rule_changed else say("because_other")
        more = [plain(f"+{len(held) - NAMED}")] if len(held) > NAMED else []
        return join([*held[:NAMED], *more], en="; ", zh="；")

    columns = (Column(say("column_as_of"), lambda row: Cell(plain(row.as_of), css="whole")),
               Column(say("column_claim_id"), lambda row: Cell(plain(row.claim_id), css="mono whole", point=f"claim-{row.claim_id}")),
               Column(say("column_claim"), lambda row: Cell(plain(names.get(row.claim_id, "–")), css="roomy")),
               Column(say("column_verdict_before"), lambda row: Cell(label("verdict", row.before), css=f"verdict {row.before}")),
               Column(say("column_now"), lambda row: Cell(label("verdict", row.verdict), css=f"verdict {row.verdict}")),
               Column(say("column_estimates"), lambda row: plain(
                   f"{plain_number(row.estimate_before)} → {plain_number(row.estimate)}"), numeric=True),
               Column(say("column_because"), because))
    frame = flips.assign(because=["; ".join(as_list(ids)) for ids in flips["because"]])
    return Table("verdict_flips", say("table_verdict_flips", n=count(len(frame))), frame, columns, empty=say("empty_flips"))

