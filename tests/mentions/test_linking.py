"""Links that rest on the document: places, bare offices, ministries without a country."""

import pytest

from pipeline.mentions.find import find_candidates
from pipeline.mentions.linking import link_in_document

CASES = [
    ("zh", "深圳市样例数据规定", "市人民政府应当支持。", "市人民政府", "cn-city-sz-gov", "the place in the title"),
    ("zh", "浙江省样例条例", "省人民代表大会常务委员会批准。", "省人民代表大会常务委员会", "cn-zj-pcsc", "a congress of the place"),
    ("zh", "上海市样例规定", "市商务部门应当支持。", "市商务部门", "cn-sh-swj", "the one body of the place the words fit"),
    ("zh", "上海市样例规定", "市样例部门应当支持。", "市样例部门", "NIL", "the registry has no such body"),
    ("zh", "样例条例", "市人民政府应当支持。", "市人民政府", "NIL", "no place: no guess"),
    ("en", "Sample Rule", "The Secretary of Commerce of the United States acts. The Secretary may wait.", "Secretary",
     "us-secretary-commerce", "the one body of the text that bears the word"),
    ("en", "Sample Rule", "The Secretary of Commerce and the Secretary of State of the United States. The Secretary may wait.",
     "Secretary", "NIL", "two bodies: no guess"),
    ("en", "Sample Rule", "In Turkey the Ministry of Trade acts.", "Ministry of Trade", "tr-trade", "the text names the state"),
    ("zh", "样例条例", "2024年5月31日北京市第十六届人民代表大会常务委员会通过。市人民政府应当支持。",
     "市人民政府", "cn-bj-gov", "the congress that passed it"),
    ("en", "Sample Rule", "The UK AI Safety Institute was set up. AISI tests models.", "AISI", "uk-aisi", "the text names whose it is"),
    ("en", "Sample Rule", "The UK AI Safety Institute and the US AI Safety Institute. AISI tests models.",
     "AISI", "NIL", "two bear the name"),
    ("en", "Sample Rule", "AISI tests models.", "AISI", "NIL", "nobody says whose"),
    ("en", "Sample Rule", "The Conference of the Parties meets.", "Conference of the Parties", "NIL", "of which treaty is not said"),
    ("en", "Sample Rule", "The Ministry of Trade acts.", "Ministry of Trade", "NIL", "whose ministry is not said"),
]


STATES = [
    ("EU", "The Commission shall adopt acts.", "Commission", "eu-commission", "what the word always means in texts of the Union"),
    ("CN", "The Constitution protects it.", "Constitution", "cn-law-constitution", "of the state whose text it is"),
    ("CN", "The Ministry of Justice answers.", "Ministry of Justice", "cn-moj", "of the state whose text it is"),
    ("XX", "The Ministry of Justice answers.", "Ministry of Justice", "NIL", "an unknown state: no guess"),
    ("US", "“Secretary” means the Secretary of Commerce. In the United States the Secretary of State and the Secretary may act.",
     "Secretary", "us-secretary-commerce", "the text says what the word means"),
]


@pytest.mark.parametrize(("state", "text", "surface", "entity_id", "reason"), STATES)
def test_links_by_state(state: str, text: str, surface: str, entity_id: str, reason: str) -> None:
    linked = link_in_document({"title": "Sample", "text": text, "issuers": [], "jurisdiction": state}, find_candidates(text, "en"))
    ids = {found.entity_id for found in linked if text[found.start:found.end] == surface}
    assert ids == {entity_id}, reason


@pytest.mark.parametrize(("lang", "title", "text", "surface", "entity_id", "reason"), CASES)
def test_links(lang: str, title: str, text: str, surface: str, entity_id: str, reason: str) -> None:
    linked = link_in_document({"title": title, "text": text, "issuers": []}, find_candidates(text, lang))
    ids = [found.entity_id for found in linked if text[found.start:found.end] == surface]
    assert ids == [entity_id], reason
