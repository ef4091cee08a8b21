"""Numbers, articles and dates as printed, in both languages."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numerals import article_number, find_dates, parse_number


@pytest.mark.parametrize(("surface", "value"), [
    ("二十一", 21), ("一百零五", 105), ("十", 10), ("二〇一七", 2017), ("３０", 30), ("1,200", 1200), ("1.5万亿", 1.5e12),
    ("1亿2000万", 1.2e8), ("3千", 3000), ("2.5 million", 2.5e6), ("twelve", 12), ("两千", 2000),
    ("abc", None), ("", None), ("万", None), ("1.2.3", None), ("第一", None),
])
def test_parse_number(surface: str, value: float | None) -> None:
    assert parse_number(surface) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(("surface", "value"), [
    ("第二十一条", 21), ("第 3 条", 3), ("第一百零二條", 102), ("Article 21", 21), ("ARTICLE IV", 4),
    ("Art. 7", 7),
    ("第三章", None), ("particle 3", None), ("Articles of association", None),
])
def test_article_number(surface: str, value: int | None) -> None:
    assert article_number(surface) == value


@pytest.mark.parametrize(("text", "lang", "dates"), [
    ("2017年7月20日印发", "zh", ["2017-07-20"]),
    ("二〇二〇年十月二十五日", "zh", ["2020-10-25"]),
    ("到2030年，2019年12月", "zh", ["2030", "2019-12"]),
    ("国发〔2017〕35号", "zh", []),
    ("July 20, 2017 and 20 July 2017 and 20th of July, 2017", "en", ["2017-07-20"] * 3),
    ("by 2025, in March 2019", "en", ["2025", "2019-03"]),
    ("opened 5.IX.2024", "en", ["2024-09-05"]),
    ("2019-03-01 and 2019/3/1", "en", ["2019-03-01", "2019-03-01"]),
    ("it costs 2000 yuan, 2019-13-40, section 2020.1", "en", []),
    ("2021年2月30日", "zh", []),
])
def test_find_dates(text: str, lang: str, dates: list[str]) -> None:
    assert [hit.iso for hit in find_dates(text, lang)] == dates


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2090, 12, 31)))
def test_dates_survive_printing(day: datetime.date) -> None:
    printed = f"于{day.year}年{day.month}月{day.day}日公布"
    hit, = find_dates(printed, "zh")
    assert hit.iso == day.isoformat()
    assert printed[hit.start:hit.end] == f"{day.year}年{day.month}月{day.day}日"


@given(st.text(alphabet="0123456789年月日 -/.", max_size=40))
def test_find_dates_is_total_and_ordered(text: str) -> None:
    hits = find_dates(text, "zh")
    assert all(one.end <= two.start for one, two in itertools.pairwise(hits))
