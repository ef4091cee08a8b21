"""How well the level of vagueness agrees with judgements by reading.

python tests/benchmarks/check_vagueness.py [--processed DIR]: rank correlations with 95 % intervals (sentences resampled) of the
levels 0–3 and of the older `unspecific` with the judgements of tests/golden/vagueness.jsonl, by round and language, among
the sentences that the reader found to ask, allow, promise or forbid something. Needs the tables of the material folder.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.estimates.material import Material, prepare_material
from pipeline.estimates.measures import measure_by_name
from pipeline.estimates.vagueness import vague_level
from pipeline.store import Store

JUDGED = Path(__file__).parents[1] / "golden" / "vagueness.jsonl"
N_DRAWS = 2000


def judged_sentences(material: Material) -> pd.DataFrame:
    """The judgements beside `level` and `unspecific` of the same sentences; judged ones the corpus lacks are left out."""
    judged = pd.DataFrame([json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()])
    top, bottom = measure_by_name("unspecific").vectors(material)
    spans = material.tables["sentences"][["doc_id", "sent_no", "start_char", "end_char"]]
    body = material.body[["doc_id", "sent_no"]].assign(level=vague_level(material), unspecific=np.where(bottom > 0, top, np.nan))
    return judged.merge(body.merge(spans, on=["doc_id", "sent_no"]), on=["doc_id", "start_char", "end_char"])


def agreement(rows: pd.DataFrame, column: str) -> dict[str, tuple[float, float, float]]:
    """Spearman and Kendall (tau-b) of a column with the judgement, each with its interval."""
    values = rows[["vague", column]].dropna().to_numpy(dtype=float)
    generator = np.random.default_rng(1)
    drawn = [values[generator.integers(0, len(values), len(values))] for _ in range(N_DRAWS)]
    found = {}
    for name, statistic in (("spearman", stats.spearmanr), ("kendall", stats.kendalltau)):
        draws = [statistic(part[:, 0], part[:, 1]).statistic for part in drawn if min(np.ptp(part, axis=0)) > 0]
        low, high = np.quantile(draws, [0.025, 0.975])
        found[name] = (float(statistic(values[:, 0], values[:, 1]).statistic), float(low), float(high))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processed", type=Path, default=Path("processed"))
    with Store(parser.parse_args().processed / "tifa.duckdb", read_only=True) as store:
        material = prepare_material(store.read_all(["documents", "sentences", "codes"]))
    rows = judged_sentences(material)
    print(f"{len(rows)} of the judged sentences are in the tables")
    for (number, lang), part in rows[rows["asks"]].groupby(["round", "lang"]):
        for column in ("level", "unspecific"):
            told = ", ".join(f"{name} {value:.2f} [{low:.2f}, {high:.2f}]" for name, (value, low, high)
                             in agreement(part, column).items())
            print(f"round {number} {lang} {column:10s} n {part[column].notna().sum():3d}  {told}")


if __name__ == "__main__":
    main()
