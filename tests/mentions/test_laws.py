"""Laws that hold for every text: spans are slices, do not overlap, do not depend on what stands elsewhere."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mentions import mentions_in_text
from pipeline.mentions.gazetteer import fold
from pipeline.mentions.records import Candidate, keep_longest

PIECES = ["国务院", "《样例规划》", "有关部门", "到2030年", "，", "。", "（以下简称“样例”）", "市人民政府", "《《", "》", "第三条",
          "ＡＩ", "U.S. ",
          "the Secretary ", "Ministry of Sample Works", " (SRA)", "GB/T 1234—2020", "within 30 days", "\n", " ", "中国", "é", "𠮷"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=14).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["zh", "en"]))
def test_spans_are_slices_in_order_without_overlap(text: str, lang: str) -> None:
    found = mentions_in_text(text, lang)
    assert all(text[hit.start:hit.end] == hit.surface and hit.surface for hit in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert found == mentions_in_text(text, lang)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_fold_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(text)


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(
    lambda pair: Candidate(pair[0], pair[0] + pair[1], "ACTOR", "NIL", "suffix"))


@given(st.lists(SPANS, max_size=20))
def test_longest_wins_and_nothing_free_is_lost(spans: list[Candidate]) -> None:
    kept = keep_longest(spans)
    assert kept == keep_longest(list(reversed(spans)))
    for span in spans:
        rivals = [other for other in kept if other.start < span.end and span.start < other.end]
        assert rivals and max(other.end - other.start for other in rivals) >= span.end - span.start
