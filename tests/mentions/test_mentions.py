"""Which spans are mentions: tables of (text, expected, reason) with Chinese, English and must-not-match cases."""

import pytest

from pipeline.errors import TifaError
from pipeline.mentions import mentions_in_text

ZH = [
    ("国务院和国家互联网信息办公室另行通知。", [("国务院", "ACTOR", "cn-state-council"), ("国家互联网信息办公室", "ACTOR", "cn-cac")],
     "registry names, no word boundary in Chinese"),
    ("國家發展和改革委員會負責。", [("國家發展和改革委員會", "ACTOR", "cn-ndrc")], "traditional script matches"),
    ("由ＴＣ２６０起草。", [("ＴＣ２６０", "ACTOR", "cn-tc260")], "full width matches"),
    ("民政部门应当配合。", [], "民政部 is not cut out of 民政部门"),
    ("国务院有关部门、县级以上人民政府应当支持。", [], "any of many bodies is no ACTOR"),
    ("省、自治区、直辖市人民政府应当支持。", [], "a list of levels denotes many"),
    ("国家网信部门会同国务院电信主管部门制定目录。",
     [("国家网信部门", "ACTOR", "cn-cac"), ("国务院电信主管部门", "ACTOR", "cn-miit")], "a description of one body is an ACTOR"),
    ("市科技主管部门可以给予补助。", [("市科技主管部门", "ACTOR", "NIL")], "one body within the place of the text"),
    ("深圳市样例发展管理局牵头。", [("深圳市样例发展管理局", "ACTOR", "NIL")], "place and ending, longer than the place"),
    ("工业和信息化部样例发展司发函。", [("工业和信息化部样例发展司", "ACTOR", "NIL")], "a part of a known body is one span"),
    ("以习近平新时代中国特色社会主义思想为指导。", [], "names inside a doctrine name neither person nor country"),
    ("发展中国家的代表出席。", [], "中国 is not cut out of 发展中国家"),
    ("根据《中华人民共和国网络安全法》制定本办法。", [("中华人民共和国网络安全法", "INSTRUMENT", "cn-law-csl")], "the marks are left out"),
    ("《办法》第三条规定了《本办法》的范围。", [], "generic and self-referring titles are no INSTRUMENT"),
    ("应当取得《电信业务样例许可证》。", [], "a licence is not an instrument"),
    ("《样例数据流通促进条例》自公布之日起施行。", [("样例数据流通促进条例", "INSTRUMENT", "NIL")], "an unknown title is NIL, not guessed"),
    ("依照著作权法第十条处理。", [("著作权法", "INSTRUMENT", "cn-law-copyright")], "a law named without marks"),
    ("符合GB/T 35273—2020的要求。", [("GB/T 35273—2020", "INSTRUMENT", None)], "the number of a standard"),
    ("联合国大会通过A/RES/78/311号决议。",
     [("联合国大会", "FORUM", "unga"), ("A/RES/78/311", "INSTRUMENT", "int-unga-78-311")], "longest name; UN number"),
    ("到2030年，产业规模显著扩大。", [("到2030年", "DATE", "NIL")], "到 belongs to the limit"),
    ("会议于2024年5月5日至7日举行。", [("2024年5月5日至7日", "DATE", "NIL")], "a range is one DATE"),
    ("请于9月28日前报送。", [("9月28日前", "DATE", "NIL")], "a date without a year, with its limit"),
    ("应当在30日内或者六个月内改正。", [], "relative limits are no DATE"),
    ("2022年第21次会议审议通过。", [], "a serial number is no DATE"),
    ("党的二十届三中全会作出部署。", [("党的二十届三中全会", "FORUM", "cpc-20-3")], "a plenum is a FORUM"),
    ("推进“一带一路”合作。", [("“一带一路”", "INITIATIVE", "in-bri")], "quotation marks that belong to the name"),
    ("论坛由中国国家互联网信息办公室主办。",
     [("中国国家互联网信息办公室", "ACTOR", "cn-cac")], "中国 before a body of the state belongs to it"),
    ("来自江苏省盐城市的企业。", [("江苏省盐城市", "GPE", "cn-city-yancheng")], "province and city are one place, linked as the city"),
    ("在杭州市余杭区开展试点。", [("杭州市余杭区", "GPE", "NIL")], "a district behind its city"),
    ("在中国（样例）自由贸易试验区内试行。", [("中国（样例）自由贸易试验区", "GPE", "NIL")], "a zone with its place in brackets"),
    ("由市样例局、市样例协会和省样例促进机构办理。",
     [("市样例局", "ACTOR", "NIL"), ("市样例协会", "ORG", "NIL"), ("省样例促进机构", "ACTOR", "NIL")], "local bodies without a place"),
    ("各市样例局、城市管理局面。", [], "各市, 城市: no single body"),
    ("开展“样例先行”专项行动。", [("样例先行", "INITIATIVE", "NIL")], "the name of a campaign stands in the marks"),
    ("组织实施样例应用拓展工程，提升水平。", [("样例应用拓展工程", "INITIATIVE", "NIL")], "what is carried out by name"),
    ("不搞“半拉子”工程。", [], "a scolding word names no programme"),
    ("各方在均衡水平上推广安全产品，本行政区域内地方标准适用。", [], "names that two words form where they meet are none"),
    ("沿海地区隆重庆祝，联合国内外力量。", [], "海地, 重庆 and 联合国 stand across words"),
    ("联合国内设机构来信。", [("联合国", "FORUM", "un")], "the same beginning, yet the name"),
    ("国务院公安部门等会同外交部门、有关部门研究。",
     [("国务院公安部门", "ACTOR", "cn-mps"), ("外交部门", "ACTOR", "cn-mfa")], "a list names the State Council once"),
    ("经市委、市政府同意。", [("市委", "ACTOR", "NIL"), ("市政府", "ACTOR", "NIL")], "party and government of the place"),
    ("市人民政府有关部门和省政府有关部门应当支持。", [], "whose departments are meant, not which"),
    ("财政部办公厅发函，外交部长出席。", [("财政部办公厅", "ACTOR", None)], "an office belongs to its body; an office holder is no body"),
    ("由市样例教育基地和市科学技术协会办理。", [("市科学技术协会", "ORG", "NIL")], "a place word that opens no name hides none behind it"),
    ("样例实验室质量评审委员会负责评估。", [("样例实验室质量评审委员会", "ACTOR", "NIL")], "a committee that bears a name"),
    ("实施消费样例“三样”行动，开展“样例先行”行动。", [("消费样例“三样”行动", "INITIATIVE", "NIL"), ("样例先行", "INITIATIVE", "NIL")],
     "words before the marks belong to the name; behind them only its kind"),
    ("设立国家样例产业发展基金，不用国家基金会的。", [("国家样例产业发展基金", "ORG", "NIL")], "a state fund by name"),
    ("中美、中欧关系稳定，其中美国和集中欧洲资源。",
     [("中美", "GPE", "NIL"), ("中欧", "GPE", "NIL"), ("美国", "GPE", "us"), ("欧洲", "GPE", None)],
     "pairs of states, not the end of another word"),
    ("位于昌平区和北京市大兴区，不在片区域内。", [("昌平区", "GPE", "NIL"), ("北京市大兴区", "GPE", "NIL")], "districts of large cities"),
    ("国家重点样例任务（以下简称“样安专项”）启动，样安专项另行申报。",
     [("样安专项", "INITIATIVE", "NIL"), ("样安专项", "INITIATIVE", "NIL")],
     "a short name that is defined tells its type by its ending"),
    ("印度洋沿岸，2030年前后。", [("2030年", "DATE", "NIL")], "印度 is not cut out of 印度洋; 前后 is no limit"),
]
EN = [
    ("It published the “Guidance on Sample Data Protection” and “Some Good Words on Data”.",
     [("Guidance on Sample Data Protection", "INSTRUMENT", "NIL")], "a title in quotation marks names its kind"),
    ("Notice of November 7, 2024, and Commission Decision of 24 January 2024 apply.",
     [("Notice of November 7, 2024", "INSTRUMENT", "NIL"), ("Commission Decision of 24 January 2024", "INSTRUMENT", "NIL")],
     "an act named by its date"),
    ("The Criminal Code applies, the source Code does not.", [("Criminal Code", "INSTRUMENT", "NIL")], "a code of a field of law"),
    ("The Sample Food, Drug, and Cosmetic Act and title 18, United States Code, apply.",
     [("Sample Food, Drug, and Cosmetic Act", "INSTRUMENT", "NIL"),
      ("title 18, United States Code", "INSTRUMENT", None)], "a series; a title of the code"),
    ("Under Federal Law No. 152-FZ and Bill C-27.",
     [("Federal Law No. 152-FZ", "INSTRUMENT", "NIL"), ("Bill C-27", "INSTRUMENT", None)], "numbers"),
    ("Main Principles of Sample Technology", [], "a heading is no instrument"),
    ("It is developing an AI Sample Standard.", [], "an indefinite standard is none yet"),
    ("The Sample Security Standard applies.", [("Sample Security Standard", "INSTRUMENT", "NIL")], "a standard by name"),
    ("Later, the OPEN Sample Data Act61 mandated it.", [("OPEN Sample Data Act", "INSTRUMENT", "NIL")], "the mark of a note is no part"),
    ("Vice President Harris announced it.", [("Harris", "PERSON", "NIL")], "an office holder with one name"),
    ("Graphics Processing Unit prices rise.", [], "a unit that is no body"),
    ("The Cyberspace Administration of China (CAC) and MIIT issued it.",
     [("Cyberspace Administration of China", "ACTOR", "cn-cac"), ("CAC", "ACTOR", "cn-cac"), ("MIIT", "ACTOR", "cn-miit")],
     "names and abbreviations"),
    ("Most of us say it is safe.", [], "common words are not MOST, US, IT or SAFE"),
    ("the united nations and the UNITED NATIONS", [("UNITED NATIONS", "FORUM", "un")], "a name needs its capitals"),
    ("The reusable museum bus", [], "English names need word boundaries"),
    ("The Secretary may publish a notice.", [("Secretary", "ACTOR", "NIL")], "a bare office denotes one body of the document"),
    ("the Ministry of Sample Affairs", [("Ministry of Sample Affairs", "ACTOR", "NIL")], "an unknown ministry by its head"),
    ("under Regulation (EU) 2024/1689 and Directive 95/46/EC",
     [("Regulation (EU) 2024/1689", "INSTRUMENT", "eu-ai-act"), ("Directive 95/46/EC", "INSTRUMENT", "NIL")], "EU numbers"),
    ("pursuant to Executive Order 14110 and 99 CFR part 7",
     [("Executive Order 14110", "INSTRUMENT", "us-eo-14110"), ("99 CFR part 7", "INSTRUMENT", "NIL")], "US numbers"),
    ("These Measures shall enter into force on September 1, 2025.", [("September 1, 2025", "DATE", "NIL")],
     "self-reference is no INSTRUMENT"),
    ("emissions should peak by 2030", [("by 2030", "DATE", "NIL")], "by belongs to the limit"),
    ("within 180 days of entry into force", [], "relative limits are no DATE"),
    ("Premier Sample Person spoke.", [("Sample Person", "PERSON", "NIL")], "the title is left out of a name"),
    ("rules for non-UK contexts", [], "non-UK is not the UK"),
    ("The Sample\nMinistry of Samples", [("Ministry of Samples", "ACTOR", "NIL")], "a short line ends a phrase"),
    ("experts of AI for good", [], "half of the capitals missing"),
    ("under Executive Order 14110 of October 30, 2023 (Safe Sample Development and Use), agencies act",
     [("Executive Order 14110 of October 30, 2023 (Safe Sample Development and Use)", "INSTRUMENT", "us-eo-14110")],
     "an order with date and title is one name"),
    ("Singapore-based firms and the one-China principle", [("Singapore", "GPE", "sg")], "a place before -based, none in one-China"),
    ("in the eastern region and northeast China", [("eastern region", "GPE", "reg-east"), ("northeast China", "GPE", "reg-northeast")],
     "parts of China without capitals"),
    ("Sample's Ministry of Samples's New Data Office", [("Ministry of Samples", "ACTOR", "NIL"), ("New Data Office", "ACTOR", "NIL")],
     "owner and owned are two names"),
    ("the Government of Samples Data Framework", [("Government of Samples Data Framework", "INSTRUMENT", "NIL")],
     "what the name ends with decides"),
]
MIXED = [
    ("国务院印发通知。\nThe Ministry of Sample Affairs replied in May 2023.",
     [("国务院", "ACTOR", "cn-state-council"), ("Ministry of Sample Affairs", "ACTOR", "NIL"), ("May 2023", "DATE", "NIL")],
     "a mixed text is read by the rules of both languages"),
]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), [
    *(("zh", *row) for row in ZH), *(("en", *row) for row in EN), *(("mixed", *row) for row in MIXED)])
def test_mentions(lang: str, text: str, expected: list[tuple[str, str, str | None]], reason: str) -> None:
    found = [(hit.surface, hit.type, hit.entity_id) for hit in mentions_in_text(text, lang)]
    wanted = [(surface, kind, found[place][2] if entity_id is None and place < len(found) else entity_id)
              for place, (surface, kind, entity_id) in enumerate(expected)]
    assert found == wanted, reason


DEFINED = [
    ("zh", "《样例算法备案细则》（以下简称“样例细则”）已经发布。样例细则第二条另有规定。", "样例细则", 2,
     "a defined short name binds behind it"),
    ("zh", "《样例算法备案细则》（以下简称《办法》）已经发布。《办法》第二条另有规定。", "办法", 0,
     "a generic short name is a self-reference"),
    ("en", 'The Sample Review Agency ("SRA") answers. SRA will report.', "SRA", 2, "hereinafter forms, quoted"),
    ("en", "The Sample Review Agency (SRA) answers. SRA will report.", "SRA", 2, "a bare acronym whose letters fit"),
    ("en", "The Sample Review Agency (XYZ) answers. XYZ will report.", "XYZ", 0, "an acronym that does not fit"),
    ("en", "the Sample Strategy on Artificial Intelligence (AI). AI is used.", "AI", 0, "AI stands for the words before it"),
]


@pytest.mark.parametrize(("lang", "text", "short", "count", "reason"), DEFINED)
def test_definitions(lang: str, text: str, short: str, count: int, reason: str) -> None:
    assert [hit.surface for hit in mentions_in_text(text, lang)].count(short) == count, reason


def test_unknown_language_stops() -> None:
    with pytest.raises(TifaError, match="Unknown language"):
        mentions_in_text("texte", "fr")


@pytest.mark.parametrize(("text", "lang"), [
    ("《" * 40_000, "zh"), ("（" * 40_000, "zh"), ("〔2017〕" * 8_000, "zh"), ("国家" * 20_000, "zh"), ("市" * 40_000, "zh"),
    ("The " * 12_000, "en"), ("A of " * 10_000, "en"), ("(" * 40_000, "en"), ("第一条、" * 10_000, "zh"), ("根据《" * 10_000, "zh"),
    ("中国—" * 12_000, "zh"), ("Articles 1, " * 5_000, "en"), ("within " * 8_000, "en")])
def test_hostile_runs_take_linear_time(text: str, lang: str) -> None:
    """Trap 17: every quantifier is bounded."""
    import time

    started = time.perf_counter()
    mentions_in_text(text, lang)
    assert time.perf_counter() - started < 6
