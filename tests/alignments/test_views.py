"""What the report shows of the two languages: shares with intervals, sides, duties, shifts; on invented tables."""

import pandas as pd
import pytest

from pipeline.alignments import compare_corpus
from pipeline.alignments.bindings import binding_of, count_bindings, read_bindings
from pipeline.alignments.consequences import rendering_consequences
from pipeline.alignments.shares import rendering_shares, translator_of
from pipeline.alignments.shifts import frame_shifts
from pipeline.alignments.sides import compare_sides
from pipeline.alignments.views import rank_shifts
from pipeline.errors import UnknownLabel

ZH = ["样例平台应当保障数据安全。", "样例平台不得泄露数据。", "推进样例发展。"]
EN = ["Sample platforms shall ensure data safety.", "Sample platforms should not leak data.", "Advance sample development."]


def corpus(n_pairs: int) -> dict[str, pd.DataFrame]:
    """n pairs of three sentences; the first 安全 is `safety` in odd pairs, `security` in even ones. English texts of even
    pairs are coded without security where the Chinese has it."""
    documents, sentences, codes, senses, alignments, renderings = [], [], [], [], [], []
    for pair in range(n_pairs):
        zh, en = f"z{pair}", f"e{pair}"
        for doc_id, lang, texts in ((zh, "zh-Hans", ZH), (en, "en", EN)):
            documents.append((doc_id, lang, "\n".join(texts), "CN", None, None, "law", ["b1"], f"20{30 + pair % 2}-01-01", "in_force"))
            for number, text in enumerate(texts):
                sentences.append((doc_id, number, 10 * number, None, None, "body", text))
                lost = lang == "en" and pair % 2 == 0
                codes.append((doc_id, number, number == 2, number < 2 and not lost, "oblige" if number < 2 else "commit"))
        senses.append((zh, 0, 10, 12, "安全", "data", pair == 0))
        alignments += [(f"p{pair}", zh, en, [number], [number], 0.9) for number in range(3)]
        renderings.append((f"p{pair}", zh, en, 0, 10, 12, "data", ("security", "safety")[pair % 2], [0], 1, 2))
    return {
        "documents": pd.DataFrame(documents, columns=["doc_id", "lang", "text", "jurisdiction", "duplicate_of", "work_id",
                                                      "doc_type", "issuers", "date_issued", "status"]).astype(object),
        "sentences": pd.DataFrame(sentences, columns=["doc_id", "sent_no", "start_char", "article", "heading", "kind", "text"]),
        "codes": pd.DataFrame(codes, columns=["doc_id", "sent_no", "development", "security", "modality"]),
        "senses": pd.DataFrame(senses, columns=["doc_id", "sent_no", "start_char", "end_char", "surface", "sense", "in_name"]),
        "alignments": pd.DataFrame(alignments, columns=["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "score"]),
        "renderings": pd.DataFrame(renderings, columns=["pair_id", "zh_doc_id", "en_doc_id", "sent_no", "start_char", "end_char",
                                                        "sense", "rendering", "en_sents", "en_start_char", "en_end_char"])}


def shares_of(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return rendering_shares(tables["renderings"], tables["senses"], tables["documents"])


def test_shares_sum_to_one_in_every_group_and_hold_their_interval() -> None:
    shares = shares_of(corpus(6))
    sums = shares.groupby(["grouping", "group_value"]).share.sum()
    assert sums.round(3).eq(1).all()
    overall = shares[shares.grouping == "all"].set_index("rendering")
    assert (overall.n["safety"], overall.n["security"], overall.n_pairs["safety"]) == (3, 3, 6)
    assert (overall.low <= overall.share).all()
    assert (overall.share <= overall.high).all()
    assert set(shares.group_value[shares.grouping == "in_name"]) == {"name", "text"}


def test_below_five_pairs_there_is_no_interval() -> None:
    shares = shares_of(corpus(4))
    assert shares.low.isna().all()
    several = corpus(5)
    several["renderings"]["pair_id"] = "one"
    assert shares_of(several).low.isna().all(), "versions of one text are one pair"


def test_an_unknown_rendering_stops() -> None:
    tables = corpus(1)
    tables["renderings"]["rendering"] = "secured"
    with pytest.raises(UnknownLabel, match="secured"):
        shares_of(tables)


@pytest.mark.parametrize(("text", "expected", "reason"), [
    ("Sample Measures. Translated by China Law Translate.", "China Law Translate", "signed"),
    ("Sample Measures.", "unnamed", "not signed"),
    ("x" * 4100 + "DigiChina" + "x" * 4100, "unnamed", "a name in the middle is no signature"),
])
def test_translator(text: str, expected: str, reason: str) -> None:
    assert translator_of(text) == expected, reason


def test_the_difference_on_pairs_is_translation() -> None:
    tables = corpus(8)
    sides = compare_sides(tables["documents"], tables["codes"], tables["alignments"])
    rows = sides[(sides.period == "all") & (sides.estimator == "raw")].set_index(["measure", "side"])
    assert rows.estimate["security", "zh_pairs"] == pytest.approx(2 / 3, abs=1e-3)
    assert rows.estimate["security", "en_pairs"] == pytest.approx(1 / 3, abs=1e-3), "half of the versions lose it"
    assert rows.estimate["security", "translation"] == pytest.approx(-1 / 3, abs=1e-3)
    assert rows.low["security", "translation"] < -1 / 3 < rows.high["security", "translation"] < 0
    assert rows.estimate["development", "translation"] == 0
    assert rows.estimate["gap", "translation"] == pytest.approx(1 / 3, abs=1e-3)
    assert rows.estimate["gap", "alone"] == pytest.approx(rows.estimate["gap", "translation"], abs=1e-3), "all texts are paired"


def test_texts_without_a_version_are_selection_not_translation() -> None:
    tables = corpus(6)
    more = tables["documents"].iloc[[0]].assign(doc_id="only zh")
    tables["documents"] = pd.concat([tables["documents"], more], ignore_index=True)
    extra = pd.DataFrame([("only zh", number, True, False, "commit") for number in range(40)], columns=tables["codes"].columns)
    sides = compare_sides(tables["documents"], pd.concat([tables["codes"], extra], ignore_index=True), tables["alignments"])
    rows = sides[(sides.period == "all") & (sides.estimator == "raw") & (sides.measure == "development")].set_index("side").estimate
    assert rows["translation"] == 0
    assert rows["alone"] < -0.3
    years = sides[(sides.period == "2030") & (sides.side == "zh_pairs")]
    assert years.low.isna().all(), "three texts a year are too few"
    unrelated = compare_sides(tables["documents"].assign(jurisdiction="EU"), tables["codes"], tables["alignments"])
    assert "en_alone" not in set(unrelated.side)


@pytest.mark.parametrize(("text", "expected", "reason"), [
    ("Platforms shall report, and may appeal.", ("shall", "shall"), "the strongest counts"),
    ("Platforms may not report.", ("shall", "may not"), "a prohibition"),
    ("Platforms should report.", ("should", "should"), "softened"), ("Platforms report.", ("none", None), "no binding word"),
    ("Report in May.", ("none", None), "the month"),
    ("Platforms may appeal.", ("may", "may"), "allowed"), ("A shallow sample.", ("none", None), "inside a word"),
])
def test_binding(text: str, expected: tuple[str, str | None], reason: str) -> None:
    assert binding_of(text) == expected, reason


def test_duties_and_shifts() -> None:
    tables = corpus(2)
    bindings = read_bindings(tables["alignments"], tables["sentences"])
    assert list(bindings.binding) == ["shall", "should"] * 2
    counts = count_bindings(bindings)
    assert (list(counts.n_binding), list(counts["should"])) == ([2, 2], [1, 1])
    assert count_bindings(bindings.iloc[:0]).empty
    ranked = rank_shifts(frame_shifts(tables["alignments"], tables["codes"]), bindings)
    found = [(row.pair_id, row.zh_sents, row.reasons, row.zh_word, row.en_word) for row in ranked.itertuples()]
    assert found[0] == ("p0", [1], ["lost", "softened"], "不得", "should")
    assert ("p1", [1], ["softened"], "不得", "should") in found, "equal codes, weaker word"
    assert ("p0", [0], ["lost"], "应当", "shall") in found
    assert len(found) == 3


def test_consequences_by_rendering() -> None:
    tables = corpus(10)
    found = rendering_consequences(tables["renderings"], tables["codes"]).set_index(["rendering", "measure"])
    assert found.difference["safety", "security"] == 0
    assert found.difference["security", "security"] == -1, "the made texts lose it where 安全 is security"
    assert found.n["all", "security"] == 10
    assert found.low["all", "security"] <= found.difference["all", "security"] <= found.high["all", "security"]


def test_one_call_gives_all_frames_and_the_same_twice() -> None:
    tables = corpus(5)
    one, two = compare_corpus(tables, seed=3), compare_corpus(tables, seed=3)
    assert set(one) == {"rendering_shares", "consequences", "sides", "shifts", "pairs", "versions", "changes"}
    assert all(one[name].equals(two[name]) for name in one)
    empty = compare_corpus({name: frame.iloc[:0] for name, frame in tables.items()})
    assert all(frame.empty for frame in empty.values())
