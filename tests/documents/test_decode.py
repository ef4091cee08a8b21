"""Bytes to text: traps 2 and 3 (fallback chains that lie, pages declared gb2312 with rarer characters)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.decode import decode, reading_score
from pipeline.documents.mojibake import repair_mojibake
from pipeline.errors import SetAside

ZH = "样例部门决定加强数据安全管理，促进人工智能产业发展，自公布之日起施行。"
RARE = "样例委员会主任朱镕、委员陶喆、书记王堃和𠮷先生共同签署了关于网络发展的意见。"
TW = "樣例委員會關於推動數位發展與資訊安全的要點，各機關應依本要點辦理。"
EN = "The sample agency’s “plan” takes effect in May – see annex. Résumé of duties: none. "
ORGAN_TW = "國家發展和改革委員會"

CASES = [
    # bytes, declared, expected text, encoding, flags, reason
    (ZH.encode(), "", ZH, "utf-8", set(), "plain UTF-8"),
    (EN.encode(), "", EN, "utf-8", set(), "plain English"),
    (b"\xef\xbb\xbf" + ZH.encode(), "gbk", ZH, "utf-8", set(), "the byte order mark outranks the declaration"),
    (ZH.encode("utf-16"), "", ZH, "utf-16-le", set(), "UTF-16 with its mark"),
    (b"\xfe\xff" + ZH.encode("utf-16-be"), "utf-8", ZH, "utf-16-be", set(), "big-endian with its mark, wrongly declared"),
    (ZH.encode("gbk"), "gb2312", ZH, "gb18030", set(), "declared and true"),
    (RARE.encode("gb18030"), "gb2312", RARE, "gb18030", set(), "trap 3: gb2312 is read as gb18030, four-byte 𠮷 too"),
    (ZH.encode("gbk"), "", ZH, "gb18030", {"encoding_guessed"}, "undeclared GBK"),
    (ZH.encode("gbk"), "utf-8", ZH, "gb18030", {"encoding_guessed", "encoding_conflict"}, "a lying declaration"),
    (ZH.encode(), "gb2312", ZH, "utf-8", {"encoding_conflict"}, "UTF-8 declared gb2312: valid UTF-8 outranks"),
    (ORGAN_TW.encode("big5"), "", ORGAN_TW, "big5", {"encoding_guessed"}, "trap 2: not Chinese noise in UTF-16"),
    (TW.encode("big5"), "gb2312", TW, "big5", {"encoding_guessed", "encoding_conflict"}, "Big5 declared gb2312"),
    (TW.encode("gbk"), "", TW, "gb18030", {"encoding_guessed"}, "traditional characters in GBK are not Big5"),
    (ZH.encode("utf-16-le"), "", ZH, "utf-16-le", {"encoding_guessed"}, "UTF-16 without a mark"),
    (TW.encode("utf-16-be"), "", TW, "utf-16-be", {"encoding_guessed"}, "the other byte order"),
    (EN.encode("utf-16-le"), "", EN, "utf-16-le", {"encoding_guessed"}, "English UTF-16 is full of NUL, and valid UTF-8"),
    (ZH.encode("hz"), "", ZH, "hz", {"encoding_guessed"}, "HZ is plain ASCII to a careless reader"),
    (EN.encode("cp1252"), "", EN, "windows-1252", {"encoding_guessed"}, "curly quotes are not GBK pairs"),
    (EN.encode("cp1252"), "gb2312", EN, "windows-1252", {"encoding_guessed", "encoding_conflict"}, "declared Chinese"),
]


@pytest.mark.parametrize(("data", "declared", "text", "encoding", "flags", "reason"), CASES, ids=[c[-1] for c in CASES])
def test_encodings_are_told_apart(data, declared, text, encoding, flags, reason):
    found = decode(data, declared=declared)
    assert (found.text, found.encoding, set(found.flags)) == (text, encoding, flags), reason


@pytest.mark.parametrize(("data", "kept"), [
    (ZH.encode() + b"\xff" + ZH.encode(), 2 * len(ZH)),
    ((ZH * 2).encode()[:-1], 2 * len(ZH) - 1),
    (EN.encode() + b"\x93" + EN.encode(), 2 * len(EN)),
], ids=["one bad byte", "cut in the middle of a character", "one stray byte in English"])
def test_one_bad_byte_costs_one_character(data, kept):
    found = decode(data)
    assert found.encoding == "utf-8"
    assert found.flags == ("encoding_errors",)
    assert sum(char != "\ufffd" for char in found.text) == kept


def test_utf16_page_without_mark_contradicts_html():
    assert "encoding_conflict" in decode(ZH.encode("utf-16-le"), markup=True).flags
    assert "encoding_conflict" not in decode(ZH.encode("utf-16-le")).flags


def test_noise_is_set_aside_not_decoded():
    noise = bytes((i * 73 + 41) % 256 for i in range(6000))
    with pytest.raises(SetAside) as aside:
        decode(noise)
    assert aside.value.reason == "unknown_encoding"


PHRASES = st.sampled_from(["加强数据安全保护", "推动产业健康发展", "网络运营者应当履行义务", "鼓励企业开展合作", "本办法自五月一日起施行",
                           "建立健全工作机制", "依法追究责任", "人工智能技术应用"])


@given(st.lists(PHRASES, min_size=2, max_size=12), st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be", "hz"]))
def test_any_encoding_of_official_prose_comes_back(phrases, encoding):
    text = "，".join(phrases) + "。"
    assert decode(text.encode(encoding)).text == text


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_reason(data):
    try:
        assert isinstance(decode(data).text, str)
    except SetAside as aside:
        assert aside.reason == "unknown_encoding"


def test_scores_order_readings_of_the_same_bytes():
    right = reading_score(ZH)
    wrong = [reading_score(ZH.encode("gbk").decode(name, "replace")) for name in ("big5hkscs", "utf-16-le", "cp1252")]
    assert right > 0.7 > max(wrong) + 0.2


MOJIBAKE = [("cp1252", "read as Western"), ("latin-1", "read as latin-1"), ("ptcp154", "read as Kazakh, seen in the wild")]


def misread(text, codec):
    """UTF-8 read as `codec`, undefined bytes shown as browsers show them."""
    return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize(("codec", "reason"), MOJIBAKE, ids=[case[0] for case in MOJIBAKE])
def test_double_mojibake_is_repaired(codec, reason):
    text, flags = repair_mojibake("\n".join(["标题行保持不变", *[misread(ZH, codec)] * 3]))
    assert flags == ("mojibake_repaired",), reason
    assert text.split("\n") == ["标题行保持不变", ZH, ZH, ZH]


@pytest.mark.parametrize("text", [ZH, EN, TW, "Стратегия развития искусственного интеллекта утверждена.", "Café au lait, señor."])
def test_sound_text_is_left_alone(text):
    assert repair_mojibake(text) == (text, ())


def test_lost_text_is_set_aside():
    with pytest.raises(SetAside) as aside:
        repair_mojibake("锟斤拷锟斤拷锟斤拷锟斤拷，锟斤拷锟斤拷")
    assert aside.value.reason == "mojibake"
