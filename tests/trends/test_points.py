"""Kept points are the points; laws of the weights and of measures that few documents decide."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.estimates.intervals import bounds, document_weights, ratio_draws
from pipeline.estimates.sparse import Sparse, flat_measure, rare_share
from pipeline.trends import estimate_trends
from tests.trends.synthetic import Plan, make_tables

AS_OF = "2026-01-01"
RATES = [{"label": label, "lang": "zh", "stratum": "all", "tp": 160, "fn": 40, "tn": 760, "fp": 40, "n": 1000}
         for label in ("development", "security", "ethics")]
IDS = st.lists(st.text("abc〇一", min_size=1, max_size=4), unique=True, min_size=1, max_size=8)


class Memory:
    """Keeps what it was asked for, and counts what it had to make."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}
        self.made = 0

    def __call__(self, key: str, make: Callable[[], Any]) -> Any:
        if key not in self.held:
            self.made += 1
            self.held[key] = json.dumps(make())
        return json.loads(self.held[key])


def points(tables: dict[str, pd.DataFrame], memory: Memory, **options: Any) -> pd.DataFrame:
    given = {"seed": 1, "error_rates": RATES, **options}
    return estimate_trends(tables, as_of=AS_OF, n_draws=300, universes=("cn_digital",), checks=False, keep=memory, **given)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    rare = {"ethics": lambda year: 0.01, "security": lambda year: 0.3}
    return make_tables(Plan(n_documents=48, years=(2018, 2019, 2020, 2021), share=rare), seed=3)


def without(tables: dict[str, pd.DataFrame], doc_id: str) -> dict[str, pd.DataFrame]:
    return {name: frame[frame["doc_id"] != doc_id] if "doc_id" in frame else frame for name, frame in tables.items()}


@pytest.mark.parametrize("gone", ["d000000", "d000013", "d000047"])
def test_one_document_more_gives_what_a_run_from_nothing_gives(tables: dict[str, pd.DataFrame], gone: str) -> None:
    memory, anew = Memory(), Memory()
    points(without(tables, gone), memory)
    before, memory.made = memory.made, 0
    pd.testing.assert_frame_equal(points(tables, memory), points(tables, anew))
    assert 0 < memory.made < before / 2, "years without the document are not drawn again"


@pytest.mark.parametrize(("options", "reason"), [
    ({"seed": 2}, "other draws"), ({"error_rates": [{**row, "fp": 60} for row in RATES]}, "other error rates")])
def test_what_points_hang_on_is_in_their_key(tables: dict[str, pd.DataFrame], options: dict[str, Any], reason: str) -> None:
    memory = Memory()
    points(tables, memory)
    pd.testing.assert_frame_equal(points(tables, memory, **options), points(tables, Memory(), **options), obj=reason)


@pytest.mark.parametrize(("table", "column", "value", "reason"), [
    ("codes", "development", None, "a sentence is coded otherwise"), ("documents", "doc_type", "plan", "another kind of text")])
def test_what_is_counted_is_in_their_key(tables: dict[str, pd.DataFrame], table: str, column: str, value: str | None,
                                         reason: str) -> None:
    rates = [*RATES, *({**row, "stratum": "statute", "tp": 195, "fn": 5} for row in RATES)]
    memory, frame = Memory(), tables[table].copy()
    points(tables, memory, error_rates=rates)
    frame.loc[1, column] = not frame.loc[1, column] if value is None else value
    changed = {**tables, table: frame}
    pd.testing.assert_frame_equal(points(changed, memory, error_rates=rates), points(changed, Memory(), error_rates=rates), obj=reason)


@given(ids=IDS, more=IDS)
def test_the_weights_of_a_document_do_not_hang_on_the_others(ids: list[str], more: list[str]) -> None:
    every = list(dict.fromkeys([*more, *ids]))
    alone, together = (document_weights(some, n_draws=16, seed=5) for some in (ids, every))
    assert (alone == together[:, [every.index(name) for name in ids]]).all()
    assert (alone > 0).all()


@pytest.mark.parametrize(("law", "reason"), [
    (rare_share(0.02, np.full(40, 30.0), design=2.0, scarce=12), "Clopper and Pearson"),
    (flat_measure(0.0, np.full(20, 30.0), np.zeros(20), scale="share", design=float("nan")), "Jeffreys, no hit"),
    (flat_measure(0.5, np.full(20, 30.0), np.full(20, 15.0), scale="difference", design=1.5), "Jeffreys on a difference"),
    (flat_measure(1.3, np.full(20, 30.0), np.full(20, 39.0), scale="difference", design=1.5), "a corrected difference above 1"),
    (flat_measure(0.1, np.full(20, 30.0), np.eye(20)[0] * 60, scale="rate", design=float("nan")), "Gamma")])
def test_exact_ends_are_those_of_many_draws(law: Sparse, reason: str) -> None:
    drawn = bounds(law.draws(200_001, seed=3)[:, None], np.array([np.nan]))
    assert law.ends(0.025) == pytest.approx((float(drawn[0][0]), float(drawn[1][0])), abs=0.004), reason


def test_documents_that_are_all_alike_are_not_resampled() -> None:
    sizes = np.arange(10.0, 20.0)[:, None]
    drawn = ratio_draws(document_weights([str(size) for size in sizes], n_draws=200, seed=1), sizes / 2, sizes, scales=["share"],
                        design=np.array([np.nan]), seed=1)
    low, high = drawn.bounds()
    assert set(drawn.sparse) == {0}
    assert low[0] < 0.4 and high[0] > 0.6, "ten documents of one half each are no proof of one half"
