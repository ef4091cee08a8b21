"""One run as people and programs hear of it: its turn, its summary, and who is told."""

from __future__ import annotations

import json
import time

import pandas as pd

from flows.notify import check_places, tell
from flows.prefect_home import run_refresh
from flows.progress import now, say
from pipeline.settings import Settings
from pipeline.stages import RunResult
from pipeline.store import Store
from pipeline.turns import Busy, write_lock

POLL_SECONDS = 2.0


def refresh_and_tell(settings: Settings) -> RunResult | None:
    """Refresh tables and report when it is this run's turn, print the summary, and send the news.

    Returns: the result, or None when another run was writing and `overlap` says to skip.
    Raises: whatever made the run fail, after it was told.
    """
    check_places(settings)
    if not _our_turn(settings):
        return None
    try:
        result = run_refresh(settings)
    except Exception as error:
        tell(settings, as_of=settings.as_of or now()[:10], state="failed", lines=[f"The run failed: {error}"], report=None)
        raise
    lines = summary_lines(result, settings)
    for line in lines:
        say(line)
    if not result.nothing_new:
        for alert in tell(settings, as_of=result.run["as_of"], state="completed", lines=lines,
                          report=str(result.report) if result.report else None):
            say(f"Alert: {alert.text}")
    return result


def _our_turn(settings: Settings) -> bool:
    """Whether nobody else writes, once the setting `overlap` was followed. Raises: Busy when it says `fail`."""
    told = False
    while True:
        try:
            with write_lock(settings.processed, holder="tifa waits"):
                return True
        except Busy as error:
            if settings.overlap == "fail":
                raise
            if settings.overlap == "skip":
                say(f"{error} This run is skipped.")
                return False
            if not told:
                say(f"{error} This run waits for it.")
            told = True
            time.sleep(POLL_SECONDS)


def _moved_most(findings: pd.DataFrame) -> str:
    """The headline whose difference is the largest in its own unit (shares before counts), and why it differs."""
    parts = [json.loads(text) if isinstance(text, str) else [] for text in findings["parts"]]
    totals = [sum(part["amount"] for part in listed) for listed in parts]
    ranked = sorted((abs(total) > 1, -abs(total), row.finding_id, row.cause) for total, row in zip(
        totals, findings.itertuples(index=False), strict=True) if total)
    if ranked:
        return f"Moved most: {ranked[0][2]} {ranked[0][3]}."
    if len(findings) and set(findings["cause"]) <= {"first report"}:
        return "This is the first report: there is nothing to compare its headlines with."
    return "No headline moved since the last report."


def _flipped(settings: Settings) -> str:
    """Claims whose verdict is another than before."""
    with Store(settings.database, read_only=True) as store:
        claims = store.read("claims", columns=["claim_id", "verdict", "evidence"])
    flipped = [f"{claim_id} ({verdict}, was {json.loads(evidence)['previous_verdict']})" for claim_id, verdict, evidence
               in claims.itertuples(index=False) if json.loads(evidence or "{}").get("flipped")]
    return f"Claims that flipped: {', '.join(flipped[:5])}{' …' if flipped[5:] else ''}." if flipped else "No claim flipped."


def summary_lines(result: RunResult, settings: Settings) -> list[str]:
    """At most five lines: what was read, what changed, the headline that moved most and why, claims that flipped, where the
    report is."""
    counts = result.run
    n_documents = counts["n_seen"] - counts["n_quarantined"] - counts["n_duplicates"] - counts["n_skipped"]
    lines = [f"{counts['n_seen']} files seen: {n_documents} read as documents, {counts['n_duplicates']} byte-identical copies, "
             f"{counts['n_quarantined']} set aside, {counts['n_skipped']} skipped. `tifa status` says why."]
    if result.nothing_new:
        lines.append("Nothing is new since the last run: tables and report stay as they are.")
    else:
        lines += [f"Since the last run: {counts['n_new']} new, {counts['n_changed']} changed, {counts['n_removed']} removed, "
                  f"{counts['n_unchanged']} as before.", _moved_most(result.findings), _flipped(settings)]
    latest = settings.reports / "latest" / "index.html"
    if result.report and latest.is_file() and not latest.samefile(result.report):  # a report for an earlier day
        return [*lines, f"Report: {result.report}"]
    return lines + ([f"Report: {latest}"] if latest.is_file() else [])
