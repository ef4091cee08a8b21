"""The character array: folding, masking, trimming; and the grams made of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codes.batch import ARTICLE, FRAGMENT, ITEM, PLAIN, Mask, encode, fold_table
from pipeline.codes.features import grams
from pipeline.codes.names import TITLE, masks_of, registry_names
from pipeline.text import match_key

EDGE_CHAR = "\ue000"


@pytest.mark.parametrize(("text", "expected", "reason"), [
    ("發展ＡＩ。", "发展ai", "script, width, case and closing mark"),
    ("第四条 鼓励创新", "鼓励创新", "article number"),
    ("（二）鼓励创新；", "鼓励创新", "list number"),
    ("一九八四年", "一九八四年", "a numeral that numbers nothing stays"),
    ("第 十二 条", "第十二条", "a number alone is the sentence"),
    ("2023年12月", "0000年00月", "digits count as one digit"),
])
def test_folding(text: str, expected: str, reason: str) -> None:
    assert encode([text], drop_blanks=True).text().strip(EDGE_CHAR) == expected, reason


@pytest.mark.parametrize(("text", "opening"), [
    ("第四条 鼓励创新", ARTICLE), ("Article 4 Providers shall", ARTICLE), ("（四）鼓励", ITEM), ("(b) provide logs", ITEM),
    ("鼓励创新", PLAIN), ("and other systems", FRAGMENT), ("a system", FRAGMENT), ("A system", PLAIN)])
def test_opening(text: str, opening: int) -> None:
    assert encode([text], drop_blanks=False).opening.tolist() == [opening]


def test_masks_become_one_character() -> None:
    text = "依据《样例发展条例》和国家发展和改革委员会规定"
    masked = encode([text], masks=[masks_of(text, registry_names(text, "zh"))], drop_blanks=True).text()
    assert "发展" not in masked and "《" in masked and "规定" in masked
    assert encode(["abc"], masks=[[Mask(0, 2, TITLE)]], drop_blanks=True).text() == f"{EDGE_CHAR}\ue100c{EDGE_CHAR}"


def test_the_table_folds_as_match_key_does() -> None:
    sample = "國際網絡 ＡＢＣａｂｃ—’“x"
    folded = "".join(chr(fold_table()[ord(char)]) for char in sample)
    assert folded == match_key(sample)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=6), st.sampled_from(["zh", "en"]))
def test_grams_do_not_cross_sentences(texts: list[str], lang: str) -> None:
    together = grams(encode(texts, drop_blanks=lang == "zh"), lang)
    for number, text in enumerate(texts):
        alone = grams(encode([text], drop_blanks=lang == "zh"), lang)
        own = together.buckets[together.first[number]:together.first[number + 1]]
        assert np.array_equal(own, alone.buckets)
