"""Discovery on an invented corpus with planted formulations, boilerplate and nested strings."""

import numpy as np
import pandas as pd
import pytest

from pipeline.estimates.material import prepare_material
from pipeline.estimates.surfaces import distinct
from pipeline.estimates.words import read_words
from pipeline.trends.discovery import Criteria, discover
from pipeline.trends.strings import common_strings
from pipeline.trends.uses import describe, discovered_uses

LOOSE = Criteria(documents=20, issuers=2, cohesion=0.2, fixed=0.2, entropy=1.0, policy=1.5, size=3)
SUBJECTS = ["港口", "田野", "书店", "桥梁", "茶园", "渔村", "戏台", "灯塔", "果林", "窑厂", "磨坊", "山路", "温泉", "花圃", "钟楼", "渡口"]
VERBS = ["记录", "喜欢", "等待", "描写", "装饰", "收拾", "照看", "测量", "寻找", "谈论", "打扫", "画出", "想起", "走过", "唱起", "搬运"]


def corpus(n_documents: int = 60) -> dict[str, pd.DataFrame]:
    """Policy texts that say 云桥共济 (planted), statutes with a formula of their own; every other word is drawn by chance."""
    generator = np.random.default_rng(3)
    documents, sentences, codes = [], [], []
    for number in range(n_documents):
        statute = number % 3 == 0
        parts = []
        for line in range(12):
            one, two, verb = generator.choice(SUBJECTS), generator.choice(SUBJECTS), generator.choice(VERBS)
            if line in (5, 7) and not statute:
                parts.append(f"{one}{verb}云桥共济{generator.choice(VERBS)}{two}。")
            elif line == 6 and statute:
                parts.append(f"{one}{verb}处以没收竹筏{generator.choice(VERBS)}{two}。")
            else:
                parts.append(f"{one}{verb}{two}。")
        doc_id, place = f"{number:04d}", 0
        for sent_no, part in enumerate(parts):
            sentences.append({"doc_id": doc_id, "sent_no": sent_no, "start_char": place, "end_char": place + len(part),
                              "heading": None, "article": None, "kind": "body", "text": part})
            codes.append({"doc_id": doc_id, "sent_no": sent_no})
            place += len(part)
        documents.append({
            "doc_id": doc_id, "lang": "zh-Hans", "title": f"文{number}", "issuers": [f"cn-{'abcdef'[number // 3 % 6]}"],
            "tier": "ministry", "doc_type": "law" if statute else "plan", "status": "in_force", "jurisdiction": "CN",
            "audience": "domestic", "topics": ["ai"], "date_issued": f"{2012 + number // 6}-01-01", "date_first_issued": None,
            "work_id": doc_id, "duplicate_of": None, "text": "".join(parts)})
    return {"documents": pd.DataFrame(documents), "sentences": pd.DataFrame(sentences), "codes": pd.DataFrame(codes)}


def test_the_planted_one_is_found_whole() -> None:
    material = prepare_material(corpus())
    words = read_words(material, np.arange(60), lang="zh")
    found, places = discover(describe(material, words), lang="zh", criteria=LOOSE)
    wordings = list(found["wording"])
    assert "云桥共济" in wordings
    assert not any(part in wordings for part in ("云桥", "桥共济", "共济")), "a part that never stands alone"
    assert not any("没收竹筏" in wording for wording in wordings), "what only statutes say"
    row = found.index[found["wording"] == "云桥共济"][0]
    assert 70 <= (places["string"] == row).sum() <= 80, "the segmenter joins a first or last character to its neighbour now and then"
    assert found.at[row, "n_documents"] >= 35


def test_characters_find_it_too() -> None:
    """The find does not hang on the segmenter."""
    material = prepare_material(corpus())
    for engine in ("rjieba", "characters"):
        words = read_words(material, np.arange(60), lang="zh", engine=engine)
        assert "云桥共济" in set(discover(describe(material, words), lang="zh", criteria=LOOSE)[0]["wording"])


def test_facts_by_hand() -> None:
    material = prepare_material(corpus())
    texts = describe(material, read_words(material, np.arange(60), lang="zh", engine="characters"))
    level = {strings.n_words: strings for strings in common_strings(texts, documents=4, longest=4)}[4]
    vocabulary = texts.words.vocabulary
    names = ["".join(vocabulary[token] for token in texts.words.token[first:first + 4]) for first in level.facts["first"]]
    row = level.facts.iloc[names.index("云桥共济")]
    assert (row["n_uses"], row["n_documents"], row["fixed"], row["at_edge"]) == (80, 40, 1.0, 0.0)
    assert row["policy"] == pytest.approx((40.5 / 41) / (0.5 / 21))


def test_distinct() -> None:
    assert list(distinct(np.array([3, 1, 3, 2, 1]))) == [1, 2, 3] and not len(distinct(np.zeros(0, dtype=np.int64)))


def test_english() -> None:
    tables = corpus()
    planted = "the {} lantern and river harmony {} in the {}."
    words = ["harbour", "orchard", "theatre", "meadow", "bakery", "lighthouse", "library", "vineyard", "quarry", "station"]
    generator = np.random.default_rng(5)
    tables["sentences"]["text"] = [planted.format(*generator.choice(words, 3)) if sent_no in (5, 7) and int(doc) % 3 else
                                   "{} near {} beyond {}.".format(*generator.choice(words, 3))
                                   for doc, sent_no in tables["sentences"][["doc_id", "sent_no"]].itertuples(index=False)]
    tables["documents"]["lang"] = "en"
    found, uses = discovered_uses(prepare_material(tables), np.arange(60), lang="en")
    assert any("lantern and river harmony" in wording for wording in found["wording"])
    assert not any(wording.startswith(("the ", "and ")) or wording.endswith((" the", " for")) for wording in found["wording"])
    assert not uses.empty
