"""Echoes: what a local text takes from an earlier central one, and what is none."""

import pandas as pd
import pytest

from pipeline.estimates.material import prepare_material
from pipeline.estimates.measures import measure_by_name
from pipeline.trends.echo import find_echoes

PASSAGE = "各渡口应当在涨潮之前收拢竹筏并向乡邻报明桥灯的数目"


def tables(local: str, central: str, *, later: bool = False, n_other: int = 0) -> dict[str, pd.DataFrame]:
    texts = [("c", "ministry", "2015-01-01", central), ("l", "local", "2014-01-01" if later else "2020-01-01", local)]
    texts += [(f"o{number}", "ministry", "2012-01-01", central) for number in range(n_other)]
    documents = pd.DataFrame([{"doc_id": name, "lang": "zh-Hans", "tier": tier, "jurisdiction": "CN", "date_issued": date,
                               "duplicate_of": None, "text": text, "title": name} for name, tier, date, text in texts])
    sentences = pd.DataFrame([{"doc_id": name, "sent_no": 0, "start_char": 0, "end_char": len(text), "text": text}
                              for name, _, _, text in texts])
    return {"documents": documents, "sentences": sentences, "codes": sentences[["doc_id", "sent_no"]]}


@pytest.mark.parametrize(("local", "central", "options", "n", "reason"), [
    (f"本县{PASSAGE}。", f"{PASSAGE}，不得遗漏。", {}, 1, "taken word for word"),
    (f"本县{PASSAGE.replace('并', '，并')}。", f"{PASSAGE}，不得遗漏。", {}, 1, "a comma more"),
    (f"本县{PASSAGE}。", f"{PASSAGE}。", {"later": True}, 0, "the local text is the earlier one"),
    (f"依照《{PASSAGE}》办理。", f"现印发《{PASSAGE}》。", {}, 0, "a title"),
    (f"所谓“{PASSAGE}”之说。", f"{PASSAGE}。", {}, 0, "a quotation"),
    (f"本县{PASSAGE[:10]}。", f"{PASSAGE}。", {}, 0, "too short"),
    (f"本县{PASSAGE}。", f"{PASSAGE}。", {"n_other": 9}, 0, "a formula of many central texts"),
    ("the harbour shall keep its rafts", "the harbour shall keep its rafts", {}, 0, "no Han characters")])
def test_echoes(local: str, central: str, options: dict[str, object], n: int, reason: str) -> None:
    given = tables(local, central, **options)
    found = find_echoes(prepare_material(given))
    assert len(found) == n, reason
    for row in found.itertuples():
        assert local[row.start_char:row.end_char] == row.surface
        assert central[row.source_start_char:row.source_end_char].replace("，", "") == row.surface.replace("，", "")


def test_share_of_sentences() -> None:
    given = tables(f"本县{PASSAGE}。", f"{PASSAGE}，不得遗漏。")
    given["echoes"] = find_echoes(prepare_material(given))
    top, bottom = measure_by_name("local_echo").vectors(prepare_material(given))
    assert (list(top), list(bottom)) == ([0.0, 1.0], [0.0, 1.0])
