"""Links over invented texts: coverage, order, m:n beads, gaps, walls, articles."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.alignments.aligning import Link, align_bags
from pipeline.alignments.articles import Article, align_articles, article_walls, articles_of
from pipeline.alignments.band import cheapest_path, make_band, rising_chain
from pipeline.alignments.evidence import bag_of_sentences
from pipeline.alignments.lengths import PRIORS, length_costs
from pipeline.alignments.lexicon import learn_lexicon, merge_lexicons, seed_lexicon

ZH = ["样例市政府工作报告", "去年新增岗位1200万个。", "新建铁路3500公里，投资增长12.5%。", "我们加强数据安全管理，保护个人信息。",
      "样例平台应当建立风险评估制度。", "鼓励企业开展人工智能创新。", "本报告请代表审议。"]
EN = ["Report on the work of the sample city government", "Twelve million jobs were added last year.",
      "A total of 3,500 kilometers of railway were built.", "Investment grew by 12.5 percent.",
      "We strengthened data security management and protected personal information.",
      "Sample platforms shall set up a risk assessment system. ", "Enterprises are encouraged to innovate in artificial intelligence.",
      "I submit this report to the deputies for review."]


def links_of(zh: list[str], en: list[str], walls: tuple[tuple[int, int], ...] = ()) -> list[Link]:
    return align_bags(bag_of_sentences(zh, "zh"), bag_of_sentences(en, "en"), [len(text) for text in zh],
                      [len(text) for text in en], seed_lexicon(), walls=walls)


def spans(links: list[Link]) -> list[tuple[int, int, int, int]]:
    return [link[:4] for link in links]


def test_a_split_sentence_becomes_one_link() -> None:
    assert spans(links_of(ZH, EN)) == [(0, 1, 0, 1), (1, 2, 1, 2), (2, 3, 2, 4), (3, 4, 4, 5), (4, 5, 5, 6), (5, 6, 6, 7),
                                       (6, 7, 7, 8)]


def test_a_dropped_passage_stays_visible() -> None:
    links = links_of(ZH, EN[:4] + EN[7:])
    dropped = [link.zh_start for link in links if link.en_start == link.en_end]
    assert dropped == [3, 4, 5]
    assert all(link.score == 0 for link in links if link.en_start == link.en_end)


def test_an_added_passage_stays_visible() -> None:
    links = links_of([*ZH[:3], *ZH[6:]], EN)
    added = [link.en_start for link in links if link.zh_start == link.zh_end]
    assert {5, 6} <= set(added) <= {4, 5, 6}, "a neighbour may take the first added sentence as its own third"


def test_right_links_score_higher_than_forced_wrong_ones() -> None:
    right = min(link.score for link in links_of(ZH, EN))
    wrong = links_of(["禁止销毁九十七份样例档案。"], ["Fishing boats returned to 43 quiet harbours."])
    assert right > 0.3 > max(link.score for link in wrong)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_links_cover_both_texts_in_order(n: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    zh, en = [ZH[place] for place in rng.integers(0, len(ZH), n)], [EN[place] for place in rng.integers(0, len(EN), m)]
    links = links_of(zh, en)
    assert [number for link in links for number in range(link.zh_start, link.zh_end)] == list(range(n))
    assert [number for link in links for number in range(link.en_start, link.en_end)] == list(range(m))
    assert all(0 <= link.score <= 1 for link in links)
    assert all((link.zh_end - link.zh_start, link.en_end - link.en_start) in PRIORS for link in links)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_path_is_the_cheapest(n: int, m: int, seed: int) -> None:
    """Against plain recursion over all paths with the same costs, gaps included."""
    rng = np.random.default_rng(seed)
    band = make_band(n, m, [], half_width=m)
    costs = length_costs(rng.integers(1, 60, n), rng.integers(1, 200, m), band)
    path = cheapest_path(band, costs, gap=2.0)
    assert priced(path, costs, band.low, 2.0) == pytest.approx(exhaustive(n, m, costs, band.low, 2.0))


def priced(path, costs, low, gap):
    total, before = 0.0, (1, 1)
    for row, column, bead in path:
        total += costs[bead][row, column - low[row]] + (gap if bead in {(1, 0), (0, 1)} and bead != before else 0.0)
        before = bead
    return total


def exhaustive(n, m, costs, low, gap):
    best = {(0, 0, (1, 1)): 0.0}
    for row in range(n + 1):
        for column in range(m + 1):
            here = [(state, value) for (i, j, state), value in list(best.items()) if (i, j) == (row, column)]
            for bead, cost in costs.items():
                end = (row + bead[0], column + bead[1])
                if end[0] > n or end[1] > m:
                    continue
                for state, value in here:
                    one_sided = bead in {(1, 0), (0, 1)}
                    price = value + cost[end[0], end[1] - low[end[0]]] + (gap if one_sided and bead != state else 0.0)
                    key = (*end, bead if one_sided else (1, 1))
                    best[key] = min(best.get(key, np.inf), price)
    return min(value for (i, j, _), value in best.items() if (i, j) == (n, m))


def test_no_link_crosses_a_wall() -> None:
    links = links_of(ZH, EN, walls=((2, 4),))
    assert not any(link.zh_start < 2 < link.zh_end or link.en_start < 4 < link.en_end for link in links)
    assert not any((link.zh_start < 2 and link.en_start >= 4) or (link.zh_start >= 2 and link.en_start < 4)
                   for link in links if link.zh_end > link.zh_start and link.en_end > link.en_start)


@pytest.mark.parametrize(("pairs", "length"), [
    ([(0, 0), (1, 1), (2, 2)], 3), ([(0, 5), (1, 1), (2, 2), (3, 3)], 3), ([(0, 1), (0, 2), (1, 2)], 2), ([], 0),
])
def test_rising_chain(pairs: list[tuple[int, int]], length: int) -> None:
    chain = rising_chain(pairs)
    assert len(chain) == length
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(chain))


ARTICLES_ZH = ["为了保障样例数据安全，制定本办法。", "网络运营者应当保护个人信息。", "违反规定的，处5万元罚款。", "鼓励人工智能技术创新。"]
ARTICLES_EN = ["These measures are formulated to guarantee sample data security.",
               "Network operators shall protect personal information.", "Violations are fined 50,000 yuan.",
               "Innovation in artificial intelligence technology is encouraged."]


def align_numbered(numbers_zh: list[int], numbers_en: list[int], *, masked: bool = False) -> list[tuple[int, int]]:
    zh, en = [ARTICLES_ZH[number] for number in numbers_zh], [ARTICLES_EN[number] for number in numbers_en]
    return align_articles(
        [Article(str(place + 1), place, place + 1) for place in range(len(zh))],
        [Article(str(place + 1), place, place + 1) for place in range(len(en))],
        bag_of_sentences(zh, "zh"), bag_of_sentences(en, "en"), [len(text) for text in zh], [len(text) for text in en],
        seed_lexicon(), masked=masked)


def test_articles_by_number_and_masked() -> None:
    assert align_numbered([0, 1, 2, 3], [0, 1, 2, 3]) == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert align_numbered([0, 1, 2, 3], [0, 1, 2, 3], masked=True) == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_content_overrules_a_shifted_number() -> None:
    assert align_numbered([0, 1, 2, 3], [0, 2, 3], masked=True) == [(0, 0), (2, 1), (3, 2)], "the second was left out"


def test_articles_of_a_text() -> None:
    assert articles_of([None, "1", "1", None, "2", None]) == [Article("1", 1, 3), Article("2", 4, 5)]
    assert articles_of(["3", None, "3"]) == [Article("3", 0, 3)], "a header inside an article does not end it"


def test_a_text_without_articles_has_no_walls() -> None:
    bags = bag_of_sentences(ARTICLES_ZH, "zh"), bag_of_sentences(ARTICLES_EN, "en")
    assert article_walls([None] * 4, ["1", "2", "3", "4"], *bags, [9] * 4, [40] * 4, seed_lexicon()) == []


def test_the_lexicon_learns_what_the_seeds_lack() -> None:
    links = [(["蓝鲸", "发展"], ["whale", "develop"]), (["蓝鲸", "数据"], ["whale", "data"]), (["数据", "发展"], ["data", "develop"]),
             (["蓝鲸"], ["whale"])]
    learned = learn_lexicon(links)
    assert max(learned.forward["蓝鲸"], key=learned.forward["蓝鲸"].get) == "whale"
    assert learned.forward["蓝鲸"]["whale"] > 0.8
    assert "蓝鲸" in merge_lexicons(learned, seed_lexicon()).forward
    assert seed_lexicon().forward["风险"]["risk"] > 0.3
    assert learn_lexicon([]) == learn_lexicon([(["独"], ["alone"])]), "one link teaches nothing"
