"""Print the tables of docs/claims.md from the tables as they stand; --write puts them into the page.

python docs/make_claims.py [--processed DIR] [--write]: everything between `<!-- tables -->` and `<!-- end -->` is replaced.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.store import Store

PAGE = Path(__file__).with_name("claims.md")
BEGIN, END = "<!-- tables -->", "<!-- end -->"
ORDER = ("holds", "fails", "inconclusive", "too_little_data", "not_testable")
INTERVAL = "estimate [95 % interval], documents"
HEADLINES = {
    "1 development leads before 2019": ["C009", "C010"], "2 security from 2019": ["C011", "C007"],
    "3 CAC strict, MIIT and MOST lenient": ["C071", "C065", "C068"], "4 early documents are vaguer": ["C033", "C034"],
    "5 three laws as legal basis": ["C049"], "6 MIIT co-signs four named rules": ["C069"],
    "7 安全 stands for safety and security": ["C017", "C018"], "8 Global South": ["C091", "C129"],
    "9 goals of the 2017 plan for 2020, 2025, 2030": ["C103"], "10 sovereignty": ["C116", "C057"]}


def number(value: object, digits: int = 3) -> str:
    """A figure, or a dash where it is missing; years and counts without decimals."""
    if not isinstance(value, int | float) or pd.isna(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.{digits}f}"


def shown(value: object) -> str:
    """A figure behind a verdict in few words."""
    if isinstance(value, dict):
        return str(value["verdict"]) if "verdict" in value else ", ".join(f"{key} {shown(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return number(value) if isinstance(value, float) else str(value)


def told(row: pd.Series) -> str:
    """`estimate [low, high], n = documents`."""
    if pd.isna(row["estimate"]):
        return f"no estimate, n = {row['n_documents']}"
    ends = "" if pd.isna(row["low"]) else f" [{number(row['low'])}, {number(row['high'])}]"
    return f"{number(row['estimate'])}{ends}, n = {row['n_documents']}"


def heading(title: str, *columns: str) -> str:
    """A title and the first two lines of a table."""
    return f"\n### {title}\n\n| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"


def tables(claims: pd.DataFrame, trends: pd.DataFrame, as_of: str) -> Iterator[str]:
    """Lines of the generated part."""
    claims = claims.set_index("claim_id")
    words = {claim_id: json.loads(evidence) for claim_id, evidence in claims["evidence"].items()}
    counts = claims["verdict"].value_counts()
    yield f"As of {as_of}: {len(claims)} claims; " + ", ".join(f"{counts.get(name, 0)} {name}" for name in ORDER) + "."
    yield heading("The ten headline claims", "headline", "claim", "verdict", INTERVAL, "what decided")
    for headline, claim_ids in HEADLINES.items():
        for claim_id in claim_ids:
            numbers = "; ".join(f"{key}: {shown(value)}" for key, value in list(words[claim_id]["numbers"].items())[:6])
            yield (f"| {headline} | {claim_id} {words[claim_id]['claim']} | **{claims.loc[claim_id, 'verdict']}** "
                   f"| {told(claims.loc[claim_id])} | {numbers.replace('|', '/')} |")
    yield heading("Chinese texts on a digital topic by year", "year", "documents", "development", "security")
    yearly = trends[(trends["universe"] == "cn_digital") & (trends["lang"] == "zh") & (trends["grouping"] == "all")
                    & trends["measure"].isin(["development", "security"]) & (trends["estimator"] == "raw")]
    for period, rows in yearly.groupby("period", sort=True):
        found = rows.set_index("measure")
        yield (f"| {period} | {found.loc['security', 'n_documents']} | {told(found.loc['development'])} "
               f"| {told(found.loc['security'])} |")
    yield heading("Slopes over all defensible choices", "measure", "language", "specifications that agree in sign", "label")
    for row in trends[trends["grouping"] == "robustness"].itertuples():
        yield f"| {row.measure} | {row.lang} | {number(row.estimate, 2)} | {', '.join(row.flags)} |"
    yield heading("The whole ledger", "claim", "says", "verdict", INTERVAL)
    for claim_id, row in claims.sort_index().iterrows():
        yield f"| {claim_id} | {words[claim_id]['claim']} | {row['verdict']} | {told(row)} |"


def main() -> None:
    """Print, or write into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processed", type=Path, default=Path("processed"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with Store(options.processed / "tifa.duckdb", read_only=True) as store:
        runs = store.read("runs")
        text = "\n".join(tables(store.read("claims"), store.read("trends"), str(runs["as_of"].dropna().max())))
    if not options.write:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page[:page.index(BEGIN)] + f"{BEGIN}\n\n{text}\n\n" + page[page.index(END):], encoding="utf-8")


if __name__ == "__main__":
    main()
