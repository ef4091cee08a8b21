"""Commitments as a reader counts them: one row per sentence, deadline and actor, its quantities together."""

from __future__ import annotations

import pandas as pd

from pipeline.reports.material import Material
from pipeline.reports.numbers import is_number, quantity
from pipeline.reports.series import records

COLUMNS = ["deadline", "state", "doc_id", "sent_no", "actor_id", "quantities", "action", "text", "issued"]


def ledger(material: Material) -> pd.DataFrame:
    """Rows of `commitments` of this report's documents, those of one sentence joined; reposts are left out, and English
    versions of Chinese texts that stand in the report: a promise and its translation are one.

    A sentence that promises three quantities by one date is one commitment with three quantities.
    Returns: COLUMNS; passed deadlines first (latest first), then those ahead (soonest first), then those without. The
    same frame is given to all who ask.
    """
    if "ledger" not in material.worked_out:
        material.worked_out["ledger"] = _ledger(material)
    found: pd.DataFrame = material.worked_out["ledger"]
    return found


def _ledger(material: Material) -> pd.DataFrame:
    again = _told_again(material)
    amounts: dict[tuple[str, int, str, str], list[str]] = {}
    words: dict[tuple[str, int, str, str], tuple[str, str]] = {}
    for row in records(material.tables["commitments"]):
        if row["doc_id"] not in material.by_id or row["doc_id"] in again:
            continue
        key = (str(row["doc_id"]), int(row["sent_no"]), _text(row["deadline"]), _text(row["actor_id"], but="NIL"))
        words.setdefault(key, (_text(row["action"]), _text(row["text"])))
        listed = amounts.setdefault(key, [])
        if is_number(row["quantity"]):
            listed.append(f"{quantity(row['quantity'])} {_text(row['unit'])}".strip())
    rows = [[key[2] or None, state_of(key[2], as_of=material.as_of), key[0], key[1], key[3] or None,
             "; ".join(dict.fromkeys(amounts[key])), *words[key], material.by_id[key[0]].date_issued]
            for key in sorted(amounts)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    ordered = frame.sort_values(["deadline", "doc_id", "sent_no", "actor_id"], na_position="last")
    passed = ordered[ordered["state"] == "passed"].sort_values(["deadline", "doc_id", "sent_no"],
                                                               ascending=[False, True, True])
    return pd.concat([passed, *(ordered[ordered["state"] == state] for state in ("ahead", "undated"))],
                     ignore_index=True)


def _told_again(material: Material) -> set[str]:
    """Reposts, and English versions of Chinese texts in this report."""
    reposts = {doc_id for doc_id, row in material.by_id.items() if isinstance(row.duplicate_of, str)}
    originals = {row.pair_id for doc_id, row in material.by_id.items()
                 if isinstance(row.pair_id, str) and str(row.lang).startswith("zh") and doc_id not in reposts}
    return reposts | {doc_id for doc_id, row in material.by_id.items() if row.lang == "en" and row.pair_id in originals}


def _text(value: object, *, but: str = "") -> str:
    """A text, or nothing where it is missing or says `but`."""
    return value if isinstance(value, str) and value != but else ""


def state_of(deadline: object, *, as_of: str) -> str:
    """`passed` when the whole of the printed deadline lies before `as_of`, `ahead` when not, `undated` without one."""
    if not isinstance(deadline, str) or not deadline:
        return "undated"
    return "passed" if deadline < as_of[:len(deadline)] else "ahead"
