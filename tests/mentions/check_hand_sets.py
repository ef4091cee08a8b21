"""Print how the program does on the sets that were read by hand.

python -m tests.mentions.check_hand_sets [--raw ../shared/policy] [--half tune|check] [--misses] prints one row per set, half and
language: precision and recall with 95 % Wilson intervals, and of what was found the share with the right relation, articles,
deadline, actor, entity. --misses lists places (document, offsets, no text) of the tune half only: the check half is for counting.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.mentions.hand_sets import SETS, Output, Score, details, judge, load_set, run_program, score, wilson


def share_text(hits: int, size: int) -> str:
    if not size:
        return "none"
    low, high = wilson(hits, size)
    return f"{hits / size:.3f} [{low:.2f}, {high:.2f}] n {size}"


def print_score(row: Score) -> None:
    parts = [] if row.name == "linking" else [f"precision {share_text(row.hits, row.given)}", f"recall {share_text(row.hits, row.wanted)}"]
    parts += [f"{key} {share_text(*value)}" for key, value in row.right.items()]
    print(f"{row.name:<12}{row.half:<6}{row.lang}  " + "  ".join(parts))


def print_misses(name: str, output: Output) -> None:
    """Places of the tune half where program and reader differ."""
    for line in (line for line in load_set(name) if line["half"] == "tune"):
        judged = judge(name, line, output.tables[name].get(line["doc_id"], []))
        for kind, rows in (("missed", judged.missed), ("wrong", judged.wrong)):
            for row in rows:
                start, end = (row["start"], row["end"]) if kind == "missed" else (row["start_char"], row["end_char"])
                print(name, line["doc_id"], kind, start, end, row.get("entity") or row.get("entity_id") or row.get("quantity"))
        for one, other in judged.pairs:
            bad = [key for key, good in details(name, one, other) if not good] if name != "linking" else []
            if name == "linking" and other["entity_id"] != one["entity"]:
                bad = [f"{other['entity_id']} for {one['entity']}"]
            if bad:
                print(name, line["doc_id"], "differs", one["start"], one["end"], *bad)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, default=Path("../shared/policy"))
    parser.add_argument("--half", choices=["tune", "check"])
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    output = run_program(options.raw)
    for name in SETS:
        for half in [options.half] if options.half else ["tune", "check"]:
            for lang in ("zh", "en"):
                print_score(score(name, half, lang, output))
        if options.misses:
            print_misses(name, output)


if __name__ == "__main__":
    main()
