"""Chinese bodies that the registry does not list: descriptions (国务院电信主管部门), and names built from a place or a
known body and an ending (深圳市发展和改革委员会, 工业和信息化部信息通信发展司).

A description counts when it denotes exactly one body; with 有关, 各, …级 or in a list of levels (省、自治区、直辖市)
it denotes any of many and is left out. Source: codebook section 6.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from pipeline.knowledge import load_registry
from pipeline.mentions.gazetteer import Hit
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import alternatives, any_of, pattern_of, word_list, words_by_type
from pipeline.text import match_key

_HAN = "\u4e00-\u9fff"


@lru_cache(maxsize=1)
def _description() -> re.Pattern[str]:
    return re.compile(f"(?P<head>{any_of('body_heads')})(?P<middle>[{_HAN}、]{{0,12}}?)(?P<tail>{any_of('body_tails')})")


@lru_cache(maxsize=1)
def _many_before() -> re.Pattern[str]:
    return re.compile(f"{any_of('many_before')}$")


_COMPOUND = re.compile("发展和改革|工业和信息化|住房和城乡|资源和社会保障|文化和旅游|安全和|经济和信息化|政务服务和|标准和|银行和|"
                       "市场与信息化|林业和草原|规划和自然|医药和|市场和质量|经济|应急管理|对外|退役军人")
_LEVEL_GOVERNMENT = re.compile("(?P<head>省|市|自治区)(?P<tail>人民政府(?:办公厅|办公室)?|人民代表大会常务委员会|人大常委会|人民代表大会)")


# Organs of the place a local document speaks of: 市经济和信息化局, 省通信管理局, 市交通委.
_LOCAL_ORGAN = re.compile(
    f"(?P<head>省|市|自治区)(?P<middle>[{_HAN}]{{2,14}}?)(?P<tail>委员会办公室|委员会|管理局|局(?!部|面|限|势|长|域|级)|厅(?!级|长|局)|"
    "委(?!员|托|派|办|会|任|婉|靠|常|宣|组|政|及)|公安局|互联网信息办公室|网信办|工作专班|指挥部|促进机构|大数据中心|(?P<org>协会|学会|联合会))|"
    "(?P<bare>省|市|自治区)(?:委(?=、|市政府|省政府|办公厅|，|。|和|的|统|决|领)|政府(?=[，。、和的统批同])|大数据中心|党委(?=[、，和]))")
_LOCAL_HEAD = re.compile("省|市|自治区")


def find_local_organs(text: str) -> Iterator[Candidate]:
    """ACTOR and ORG candidates without a place in front (市公安局, 市律师协会), as local documents write."""
    key = match_key(text)
    many = (*word_list("many_bodies"), *word_list("not_in_names"))
    for match in _matches(_LOCAL_ORGAN, _LOCAL_HEAD, key):
        before = key[max(0, match.start() - 5):match.start()]
        plain = _COMPOUND.sub("", match["middle"] or "")
        if not _is_one_of_many(key, match, before) and not any(word in plain for word in many) and not (
                match["bare"] and (_PLACE_BEFORE.search(before) or _ANY_OF_ITS.match(key, match.end()))):
            yield Candidate(match.start(), match.end(), "ORG" if match["org"] else "ACTOR", _known(match.group()), "description")


_PLACE_BEFORE = re.compile("[一-鿿]$(?<![照经由向报在的与和及同据受委])")
_ANY_OF_ITS = re.compile("(?:其他)?(?:有关|相关)(?:[业务行政主管职能]{2,4})?(?:部门|单位|机构|委办局)")


def _matches(pattern: re.Pattern[str], heads: re.Pattern[str], key: str) -> Iterator[re.Match[str]]:
    """The match at every place where a head stands: one that is no name must not hide the next behind it."""
    for head in heads.finditer(key):
        match = pattern.match(key, head.start())
        if match:
            yield match


def find_descriptions(text: str) -> Iterator[Candidate]:
    """ACTOR candidates such as 国家网信部门, 市科技主管部门, 省人民政府."""
    key = match_key(text)
    many = word_list("many_bodies")
    for pattern, heads in ((_description(), pattern_of("body_heads")), (_LEVEL_GOVERNMENT, _LOCAL_HEAD)):
        for match in _matches(pattern, heads, key):
            middle = match.groupdict().get("middle", "")
            before = key[max(0, match.start() - 5):match.start()]
            if match["head"] in ("省", "市", "自治区", "自治州") and _is_one_of_many(key, match, before):
                continue
            plain = _COMPOUND.sub("", middle)
            if (match["tail"] == "部门" and not middle) or any(word in plain for word in many) or middle.startswith(("、", "部")):
                continue
            if _many_before().search(before) and match["head"] not in ("国务院", "国家", "中央"):
                continue
            if pattern is _LEVEL_GOVERNMENT and _ANY_OF_ITS.match(key, match.end()):
                continue
            yield Candidate(match.start(), match.end(), "ACTOR", _known(match.group()), "description")
            if match["head"] == "国务院":
                yield from _listed_behind(key, match.end())


# 国务院公安部门会同外交部门, 国务院电信主管部门、公安部门: the second is one of the State Council's too.
_LISTED = re.compile(f"(?:、|和|会同|等会同|商)"
                     f"(?P<name>(?!国务院|有关|相关|其他|各|地方|省|县|市)[{_HAN}]{{2,8}}?(?:主管|行政|管理)?部门)(?!规章)")


def _listed_behind(key: str, end: int) -> Iterator[Candidate]:
    """Departments that a list names behind one of the State Council without repeating its name."""
    for _ in range(8):
        match = _LISTED.match(key, end)
        if not match or any(word in _COMPOUND.sub("", match["name"]) for word in word_list("many_bodies")):
            return
        known = _known("国务院" + match["name"])
        yield Candidate(*match.span("name"), "ACTOR", _known(match["name"][:-1]) if known == NIL else known, "description")
        end = match.end()


# 市 and 省 at the end of a longer word (城市) or of a list or class of places (各省, 设区的市): no single body is meant.
_IN_WORD = re.compile(
    "(?:[城都股上门超集县各全外跨该一两此某闹夜楼早]|地级|区的|直辖|单列|较大的|级|辖|[0-9]|(?:省|自治区|县|区|州|盟|旗|家)、|/|及)$")


def _is_one_of_many(key: str, match: re.Match[str], before: str) -> bool:
    """省 in 各省, 省级, 全省, 省、自治区; 市 in 设区的市, 城市, 上海市 (a name, the registry's business)."""
    head = match["head"] or match["bare"]
    if key[match.start() + len(head):match.start() + len(head) + 1] in "级辖场民、":
        return True
    return bool(_IN_WORD.search(before)) or _is_named(before + head)


@lru_cache(maxsize=4096)
def _is_named(surface: str) -> bool:
    """Whether a place the registry knows ends here: 上海市, 广东省."""
    registry = load_registry()
    return any(registry.lookup(surface[start:]) for start in range(max(0, len(surface) - 6), len(surface) - 1))


_TERM = re.compile("第[一二三四五六七八九十]{1,4}届")


@lru_cache(maxsize=4096)
def _known(surface: str) -> str:
    found = load_registry().lookup(_TERM.sub("", surface))
    return found[0].entity_id if found else NIL


@lru_cache(maxsize=1)
def _endings() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{kind}>{alternatives(words)})" for kind, words in words_by_type("suffixes_zh").items())
    return re.compile(groups)


MAX_NAME = 26
_NOT_AN_OPENER = re.compile("^(?:[安健完]全国|.全国家|.全国大|.国家级)")


def _is_seat(hit: Hit) -> bool:
    """Whether bodies are named after the place: provinces, cities, districts; not 内地 or 港澳."""
    return hit.entity.kind in ("province", "city") or (
        hit.name.text.endswith(("省", "市", "区", "州", "县", "兵团", "中国")) and not hit.name.text.endswith("地区"))


def _may_open(opened_by: str, opener: str, kind: str) -> bool:
    """A body is followed by bodies; 全国, 国家 and 世界 begin bodies and meetings, but no single company or school."""
    if opened_by in ("ACTOR", "FORUM"):
        return kind == opened_by or (opened_by == "FORUM" and kind == "INSTRUMENT")
    if kind in ("GPE", "INSTRUMENT"):
        return opened_by == "GPE" or (kind == "INSTRUMENT" and opener == "中国")
    return opened_by == "GPE" or kind != "ORG" or opener in ("中国", "中华")


def find_built_names(text: str, hits: list[Hit]) -> Iterator[Candidate]:
    """Names that begin with a place, a known body or an opener (中国, 全国, 世界 …) and end with the ending of a type.

    hits: registry names in the same text. The middle is at most 26 characters of Chinese without words that only
    stand between names (的, 应当, 、).
    """
    key = match_key(text)
    starts = {hit.start: (hit.end, hit.entity.type) for hit in hits
              if hit.entity.type in ("ACTOR", "FORUM") or (hit.entity.type == "GPE" and _is_seat(hit))}
    for match in pattern_of("openers").finditer(key):
        if not _NOT_AN_OPENER.search(key, max(0, match.start() - 1), match.end() + 1):
            starts.setdefault(match.start(), (match.end(), "OPENER"))
    bodies = {hit.start: hit.end for hit in hits if hit.entity.type == "ACTOR"}
    sorted_bodies, sorted_starts = sorted(bodies), sorted(starts)
    for start, (after, opened_by) in sorted(starts.items()):
        found = _built(key, start, after)
        if found and _may_open(opened_by, key[start:after], str(found.type)) and not (
                found.type in ("ACTOR", "GPE") and _any_between(sorted_bodies if found.type == "ACTOR" else sorted_starts,
                                                                after, found.end)):
            yield found
    for start, after in sorted(bodies.items()):
        part = _PART.match(key, after)
        name = _COMPOUND.sub("", part["name"] or "") if part else ""
        if part and "国务院" not in name and "和" not in name and not pattern_of("not_in_names").search(name) and not (
                part["name"] or "").endswith(("部门", "机构", "机制", "委员会", "和")) and part.group()[-2:] not in _NOT_PARTS:
            yield Candidate(start, part.end(), "ACTOR", NIL, "suffix")


_YEAR_OF_MEETING = re.compile("20[0-9]{2}年?$")
_RUN = re.compile(f"[{_HAN}（）()·—–-]{{1,{MAX_NAME}}}")
_NOT_PARTS = frozenset("全局 大局 布局 格局 新局 结局 时局 开局 之处 用处 好处 到处 各处 四处 公司".split())
_JOINT = re.compile("联合(?!国|会|声明|办公|研究)")
_PART = re.compile(f"(?:(?P<name>[{_HAN}]{{2,12}}?)(?:司|局|处|办公厅|办公室|秘书处|秘书局|研究室|举报中心)|办公厅|秘书局)"
                   f"(?![{_HAN}]{{0,1}}[长级])")


def _any_between(places: list[int], after: int, end: int) -> bool:
    """Whether another name begins inside, not right behind the opener: then two names stand side by side."""
    place = bisect_right(places, after)
    return place < len(places) and places[place] < end


def _built(key: str, start: int, after: int) -> Candidate | None:
    run = _RUN.match(key, after)
    if not run:
        return None
    stop = pattern_of("not_in_names").search(run.group())
    middle = run.group()[:stop.start()] if stop else run.group()
    middle = _JOINT.split(middle)[0].split("(以下")[0]
    endings = list(_endings().finditer(middle))
    if not endings:
        return None
    last = endings[0]
    end = after + last.end()
    kind = last.lastgroup or "ACTOR"
    if kind == "ACTOR" and ("和" in _COMPOUND.sub("", key[start:end]) or (last.start() < 2 and last.group().endswith("部门"))):
        return None
    if key[end:end + 1] in ("长", "员") or (last.start() == 0 and kind != "ACTOR"):
        return None
    year = _YEAR_OF_MEETING.search(key, max(0, start - 5), start) if kind == "FORUM" else None
    return Candidate(year.start() if year else start, end, kind, _known(key[start:end]), "suffix")
