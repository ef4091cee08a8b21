"""The same sentence in another shape gets the same answer; names do not speak; formulas do. Sentences are invented."""

import pytest

from pipeline.codes import annotate_texts


def labels(lang: str, text: str, **more: object) -> dict[str, object]:
    return annotate_texts([{"lang": lang, "text": text, **more}])[0]


FRAMES = [
    ("zh", "支持企业加大人工智能研发投入，培育壮大智能产业集群。", {"development"}, "a duty to grow an industry"),
    ("zh", "严厉打击窃取、泄露个人信息的违法犯罪行为，切实保护用户隐私。", {"security"}, "protection of persons against harm"),
    ("zh", "统筹发展和安全，在推动技术创新的同时有效防范各类风险。", {"development", "security"}, "each in its own words"),
    ("zh", "不发展是最大的不安全。", {"development", "security"}, "formula, codebook 1.8"),
    ("zh", "本办法自2023年5月1日起施行。", set(), "entry into force"),
    ("zh", "《促进网络安全发展条例》同时废止。", set(), "both words stand in a title only"),
    ("zh", "国家发展和改革委员会负责解释本办法。", set(), "发展 in the name of a commission"),
    ("en", "We will increase funding for AI research and foster a vibrant startup ecosystem.", {"development"}, "growth"),
    ("en", "Providers must prevent leakage of personal data and protect users against cyberattacks.", {"security"}, "harm"),
    ("en", "Development and security are two wings of one bird.", {"development", "security"}, "formula, codebook 1.8"),
    ("en", "These Measures shall come into force on May 1, 2023.", set(), "entry into force"),
]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), FRAMES)
def test_core_frames(lang: str, text: str, expected: set[str], reason: str) -> None:
    said = set(labels(lang, text)["labels"])  # type: ignore[call-overload]
    assert said & {"development", "security"} == expected, reason


@pytest.mark.parametrize(("lang", "text", "other", "reason"), [
    ("zh", "加快发展人工智能产业，防范安全风险。", "加快發展人工智能產業，防範安全風險。", "Traditional script"),
    ("zh", "鼓励企业开展AI创新应用。", "鼓励企业开展ＡＩ创新应用。", "full-width letters"),
    ("zh", "鼓励企业开展AI创新应用。", "鼓励企业开展AI创新应用", "closing mark"),
    ("zh", "不得泄露用户个人信息；", "不得泄露用户个人信息。", "another closing mark"),
    ("zh", "应当在30日内完成整改。", "应当在３０日内完成整改。", "full-width digits"),
    ("en", "Operators shall report incidents within 24 hours.", "Operators shall report incidents within 24 hours", "mark"),
    ("en", "WE WILL PROMOTE AI ADOPTION.", "We will promote AI adoption.", "capitals"),
    ("en", "We will  promote\nAI adoption.", "We will promote AI adoption.", "line breaks and blanks"),
])
def test_shape_does_not_matter(lang: str, text: str, other: str, reason: str) -> None:
    one, two = labels(lang, text), labels(lang, other)
    for key in ("probabilities", "labels", "modality", "marks"):
        assert one[key] == two[key], reason


def test_a_masked_name_does_not_speak() -> None:
    plain = "评估报告报送国家发展和改革委员会。"
    named = {"lang": "zh", "text": plain, "mentions": [{"start": 6, "end": 16, "type": "ACTOR"}]}
    unnamed = {"lang": "zh", "text": plain, "mentions": []}
    with_name, without = annotate_texts([named, unnamed])
    assert plain[6:16] == "国家发展和改革委员会"
    assert with_name["probabilities"]["development"] < without["probabilities"]["development"]  # type: ignore[index]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), [
    ("zh", "任何组织和个人不得非法买卖个人信息。", "prohibit", "不得"),
    ("zh", "运营者应当每年开展一次检测评估，发现问题不得隐瞒。", "prohibit", "the strongest present wins"),
    ("zh", "网络运营者应当制定应急预案。", "oblige", "应当"),
    ("zh", "用户可以向平台申请更正其信息。", "permit", "可以"),
    ("zh", "鼓励高等院校开设人工智能课程。", "encourage", "鼓励"),
    ("zh", "推进算力基础设施建设，完善数据流通机制。", "commit", "the issuer's programme"),
    ("zh", "本规定所称算法，是指推荐类、排序类技术。", "state", "a definition"),
    ("zh", "智能终端供应商名单见附件。", "state", "应 inside 供应 is no duty"),
    ("en", "Operators shall not sell personal data.", "prohibit", "shall not"),
    ("en", "Providers must keep logs for six months.", "oblige", "must"),
    ("en", "The Secretary may, at the Secretary's discretion, extend the period.", "permit", "may"),
    ("en", "We will accelerate the construction of data centers.", "commit", "the issuer's programme"),
    ("en", "Algorithm means a sequence of instructions.", "state", "a definition"),
])
def test_modality(lang: str, text: str, expected: str, reason: str) -> None:
    assert labels(lang, text)["modality"] == expected, reason


@pytest.mark.parametrize(("lang", "text", "mark", "expected", "reason"), [
    ("zh", "应当自收到申请之日起30日内作出决定。", "has_deadline", True, "a relative limit"),
    ("zh", "到2030年，建成三十个样例示范区。", "has_deadline", True, "a target year"),
    ("zh", "第三十条 运营者应当建立台账。", "has_deadline", False, "an article number is no date"),
    ("zh", "处一万元以上十万元以下罚款。", "has_quantity", True, "a range of fines"),
    ("zh", "处一万元以上十万元以下罚款。", "has_sanction", True, "a penalty"),
    ("zh", "由工业和信息化部牵头，公安部、商务部按照职责分工负责。", "has_responsible", True, "bodies made responsible"),
    ("zh", "根据《样例数据条例》，制定本办法。", "has_reference", True, "an instrument by name"),
    ("zh", "根据有关法律法规，结合实际，制定本办法。", "has_reference", False, "no name"),
    ("en", "The report shall be submitted within 30 days.", "has_deadline", True, "a relative limit"),
    ("en", "Violators shall be fined.", "has_quantity", False, "no number"),
])
def test_marks(lang: str, text: str, mark: str, expected: bool, reason: str) -> None:
    assert (mark in labels(lang, text)["marks"]) is expected, reason  # type: ignore[operator]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), [
    ("zh", "维护国家安全。", [("state", False)], "the state"),
    ("zh", "加强数据安全和网络安全防护。", [("data", False), ("data", False)], "inside compounds"),
    ("zh", "保障人身安全。", [("person", False)], "persons"),
    ("zh", "统筹发展和安全。", [("general", False)], "the abstract pair"),
    ("zh", "依照《样例数据安全法》处理。", [("data", True)], "a title takes the sense of what it protects"),
    ("zh", "产品安全可靠、自主可控。", [("technical", False)], "the technology's own functioning"),
    ("zh", "保持全面开放。", [], "no occurrence"),
    ("en", "They threaten national security.", [("state", False)], "the state"),
    ("en", "AI safety research needs funds.", [("technical", False)], "the technology's own functioning"),
    ("en", "Cybersecurity incidents must be reported.", [("data", False)], "a compound word"),
    ("en", "The park is open.", [], "no occurrence"),
])
def test_senses(lang: str, text: str, expected: list[tuple[str, bool]], reason: str) -> None:
    found = labels(lang, text)["senses"]
    assert [(one["sense"], one["in_name"]) for one in found] == expected, reason  # type: ignore[attr-defined]
    assert all(text[one["start"]:one["end"]] == one["surface"] for one in found)  # type: ignore[attr-defined]
