"""Parts of a headline's difference: they add up exactly, whatever happened, and each is what its step does alone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.estimates.attribution import MICRO, Part, attribute, what_happened
from pipeline.estimates.snapshot import PLAIN, Counted, Snapshot, cell_value

CELL, NEXT = "security/zh/2024", "security/zh/2025"
POINTS = {"level": {"last": CELL, "first": None, "estimator": "raw"}}


def doc(hits: int, size: int, *, path: str = "", content: str = "1", corrections: str = "", cell: str = CELL) -> Counted:
    return Counted(path, path, content, corrections, {cell: [1, hits, size]} if size else {})


def snapshot(documents: dict[str, Counted], **options: object) -> Snapshot:
    named = {doc_id: replace(one, path=one.path or doc_id, title=one.path or doc_id) for doc_id, one in documents.items()}
    return replace(Snapshot("2026-01-01", named, {("knowledge", "a.yml"): "1", ("program", "code of codes"): "1"}, {}, POINTS),
                   **options)  # type: ignore[arg-type]


def number(of: Snapshot, cell: str = CELL) -> float:
    return round(cell_value({doc_id: one.counts for doc_id, one in of.documents.items()}, cell, PLAIN) or 0.0, 6)


BASE = {"a": doc(2, 10), "b": doc(3, 10)}
CASES = [
    ({**BASE, "c": doc(9, 10)}, {}, [("new", 0.216667, ("c",))], "one new document is the whole difference"),
    ({"a": BASE["a"]}, {}, [("removed", -0.05, ("b",))], "one document went"),
    ({"a": BASE["a"], "b2": doc(8, 10, path="b")}, {}, [("changed", 0.25, ("b",))], "other bytes at one path: one changed document"),
    ({"a": BASE["a"], "b": doc(8, 10, content="2")}, {}, [("changed", 0.25, ("b",))], "an edited sidecar changes the document"),
    ({"a": BASE["a"], "b": doc(8, 10, corrections="x")}, {}, [("corrections", 0.25, ("b",))], "a person corrected codes"),
    ({"a": doc(4, 10), "b": BASE["b"]}, {"rules": {("knowledge", "a.yml"): "2", ("program", "code of codes"): "1"}},
     [("knowledge", 0.1, ())], "same documents, other knowledge"),
    ({"a": doc(4, 10), "b": BASE["b"]}, {"rules": {("knowledge", "a.yml"): "1", ("program", "code of codes"): "2"}},
     [("program", 0.1, ())], "same documents, other program"),
    ({"a": doc(0, 0), "b": BASE["b"], "c": doc(3, 10)}, {}, [("new", 0.05, ("c",))],
     "a document that a new one pushes out of the series belongs to the new one"),
    ({"a": BASE["a"], "c": doc(9, 10)}, {}, [("removed", -0.05, ("b",)), ("new", 0.35, ("c",))], "one went, one came"),
    (BASE, {}, [], "nothing happened"),
]


@pytest.mark.parametrize(("documents", "options", "expected", "reason"), CASES, ids=[case[3] for case in CASES])
def test_parts(documents: dict[str, Counted], options: dict[str, object], expected: list[tuple[str, float, tuple[str, ...]]],
               reason: str) -> None:
    before, now = snapshot(BASE), snapshot(documents, **options)
    found = attribute(before, now, "level", old=number(before), new=number(now))
    assert [(part.step, pytest.approx(part.amount), part.titles) for part in found] == [
        (step, amount, titles) for step, amount, titles in expected], reason


def test_another_year_from_the_new_documents_on() -> None:
    before = snapshot(BASE)
    now = snapshot({"a": BASE["a"], "c": doc(9, 10, cell=NEXT)}, points={"level": POINTS["level"] | {"last": NEXT}})
    assert [(part.step, round(part.amount, 6)) for part in attribute(before, now, "level", old=0.25, new=0.9)] == [
        ("removed", -0.05), ("new", 0.7)]


def test_a_count_that_is_no_sum_is_one_part() -> None:
    before, now = snapshot(BASE, points={}), snapshot({"a": BASE["a"], "c": doc(9, 10)}, points={})
    assert attribute(before, now, "claims_hold", old=3, new=5) == [Part("together", 2.0, (), ("removed", "new"))]


def test_the_day_is_a_part_of_its_own() -> None:
    before, now = snapshot(BASE), snapshot({**BASE, "c": doc(9, 10)})
    parts = attribute(before, now, "claims_hold", old=3, new=6, earlier_day=4)
    assert [(part.step, part.amount) for part in parts] == [("new", 1.0), ("day", 2.0)]


counted = st.builds(lambda hits, more, content, mark: doc(hits, hits + more, content=content, corrections=mark),
                    st.integers(0, 5), st.integers(0, 5), st.sampled_from("12"), st.sampled_from(["", "x"]))
states = st.builds(lambda documents, rule, code: snapshot(
    documents, rules={("knowledge", "a.yml"): rule, ("program", "code of codes"): code}),
    st.dictionaries(st.sampled_from("abcdefg"), counted, max_size=6), st.sampled_from("12"), st.sampled_from("12"))


@settings(max_examples=300, deadline=None)
@given(states, states)
def test_parts_add_up_exactly(before: Snapshot, now: Snapshot) -> None:
    old, new = number(before), number(now)
    parts = attribute(before, now, "level", old=old, new=new)
    assert sum(round(part.amount * MICRO) for part in parts) == round(new * MICRO) - round(old * MICRO)
    happened = set(what_happened(before, now).steps)
    assert {part.step for part in parts} <= happened | {"together", "day"}
    assert "day" not in {part.step for part in parts} or not happened
