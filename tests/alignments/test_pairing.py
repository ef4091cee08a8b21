"""Pairs from sidecars, registry, numbers and the text itself; on the material, against its manifest."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from pipeline.alignments import align_corpus
from pipeline.alignments.pairing import find_candidates
from pipeline.documents.extract import read_texts
from pipeline.errors import SetAside
from pipeline.sentences import split_documents
from tests.alignments.material import MENTIONS, tables_of

SENSES = pd.DataFrame(columns=["doc_id", "sent_no", "start_char", "end_char", "surface", "sense", "in_name"])
ZH = ["样例数据安全管理办法", "第一条 为了保障样例数据安全，保护个人信息，制定本办法。", "第二条 样例平台应当在35日内完成风险评估。",
      "第三条 违反规定的，处72万元罚款。", "第四条 本办法自2031年5月17日起施行。"]
EN = ["Measures for the Management of Sample Data Security",
      "Article 1 These measures are formulated to guarantee sample data security and protect personal information.",
      "Article 2 Sample platforms shall complete a risk assessment within 35 days.",
      "Article 3 Violations are fined 720,000 yuan.", "Article 4 These measures take effect on May 17, 2031."]
OTHER = ["Regulations on Sample Fisheries", "Article 1 Boats shall carry 14 lamps.", "Article 2 Nets wider than 290 metres are forbidden.",
         "Article 3 Fishing ends on October 2, 2026.", "Article 4 Harbours keep a register of 63 crews."]


def documents_of(*rows: tuple[str, str, list[str], dict[str, str]]) -> pd.DataFrame:
    columns = ["pair_id", "doc_number", "duplicate_of", "title"]
    return pd.DataFrame([{"doc_id": doc_id, "lang": lang, "text": "\n".join(lines), **dict.fromkeys(columns), **more}
                         for doc_id, lang, lines, more in rows], dtype=object)


def found(documents: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    return [(item.zh_doc_id, item.en_doc_id, item.basis, item.pair_id) for item in find_candidates(documents, MENTIONS)]


@pytest.mark.parametrize(("zh", "en", "basis", "reason"), [
    ({"pair_id": "p"}, {"pair_id": "p"}, "sidecar", "the sidecar stands"),
    ({}, {}, "evidence", "numbers and terms alone"),
    ({"doc_number": "样〔2031〕3号"}, {"doc_number": "样〔2031〕3号"}, "number", "one document number"),
    ({"title": "中华人民共和国网络安全法"}, {"title": "Cybersecurity Law of the People's Republic of China"}, "instrument",
     "titles of one instrument of the registry"),
])
def test_bases(zh: dict[str, str], en: dict[str, str], basis: str, reason: str) -> None:
    documents = documents_of(("z", "zh-Hans", ZH, zh), ("e", "en", EN, en))
    assert [item[:3] for item in found(documents)] == [("z", "e", basis)], reason


def test_no_pair_without_evidence() -> None:
    documents = documents_of(("z", "zh-Hans", ZH, {}), ("e", "en", OTHER, {}))
    assert align_corpus(documents, split_documents(documents), MENTIONS, SENSES).alignments.empty
    assert found(documents_of(("z", "zh-Hans", ZH, {}))) == []
    documents = documents_of(("z", "zh-Hans", ZH, {}), ("e", "en", EN, {}))
    links = align_corpus(documents, split_documents(documents), MENTIONS, SENSES).alignments
    assert [(row.zh_sents, row.en_sents) for row in links.itertuples()] == [([place], [place]) for place in range(5)]


def test_several_english_versions_are_kept() -> None:
    documents = documents_of(("z", "zh-Hans", ZH, {"pair_id": "p"}), ("e1", "en", EN, {"pair_id": "p"}),
                             ("e2", "en", [*EN[:4], "Article 4 They take effect on May 17, 2031."], {"pair_id": "p"}))
    assert [item[1] for item in found(documents)] == ["e1", "e2"]


def test_a_duplicate_pairs_through_its_original() -> None:
    documents = documents_of(("z", "zh-Hans", ZH, {}), ("z2", "zh-Hans", ZH, {"pair_id": "p", "duplicate_of": "z"}),
                             ("e", "en", EN, {"pair_id": "p"}))
    assert found(documents) == [("z", "e", "sidecar", "p")]


@pytest.mark.slow
def test_pairs_of_the_material(shared: Path) -> None:
    """All 508 documents without their sidecars against the manifest's pair ids: every English document with one finds a
    Chinese text of the same pair id; of a group of reposts (`dup_group`) the first alone is read."""
    with (shared / "policy" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen: set[str] = set()
    files = []
    for row in rows:
        repost = row["pair_id"] and row["dup_group"] and row["dup_group"] in seen
        seen.add(row["dup_group"])
        files += [] if repost else [row["file"]]
    readable = [name for name in files if _is_readable(shared / "policy" / name)]
    documents, *rest = tables_of(shared / "policy", readable, {})
    pair_of = {row["file"]: row["pair_id"] for row in rows}
    path = dict(zip(documents.doc_id, documents.path, strict=True))
    links = align_corpus(documents, *rest).alignments
    pairs = {(path[zh], path[en]) for zh, en in zip(links.zh_doc_id, links.en_doc_id, strict=True)}
    wanted = {name for name in readable if name.startswith("en/") and pair_of[name]}
    right = {(zh, en) for zh, en in pairs if pair_of[zh] and pair_of[zh] == pair_of[en]}
    print(f"pairs found {len(pairs)}, right {len(right)}, English versions wanted {len(wanted)}")
    assert len({en for _, en in right}) >= 0.9 * len(wanted)
    assert len(right) >= 0.95 * len(pairs)


def _is_readable(path: Path) -> bool:
    try:
        read_texts(path, name=path.name, sha256="0" * 64)
    except SetAside:
        return False
    return True
