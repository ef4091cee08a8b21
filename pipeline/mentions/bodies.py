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
from pipeline.mentions.words import alternatives, any_of, word_list, words_by_type
from pipeline.text import match_key

_HAN = "\u4e00-\u9fff"


@lru_cache(maxsize=1)
def _description() -> re.Pattern[str]:
    return re.compile(f"(?P<head>{any_of('body_heads')})(?P<middle>[{_HAN}、]{{0,12}}?)(?P<tail>{any_of('body_tails')})")


@lru_cache(maxsize=1)
def _many_before() -> re.Pattern[str]:
    return re.compile(f"{any_of('many_before')}$")


_COMPOUND = re.compile("发展和改革|工业和信息化|住房和城乡|资源和社会保障|文化和旅游|安全和|经济和信息化|政务服务和|标准和|银行和")
_LEVEL_GOVERNMENT = re.compile("(?P<head>省|市|自治区)(?P<tail>人民政府(?:办公厅|办公室)?|人民代表大会常务委员会|人大常委会|人民代表大会)")


# Organs of the place a local document speaks of: 市经济和信息化局, 省通信管理局, 市交通委.
_LOCAL_ORGAN = re.compile(
    f"(?P<head>省|市|自治区)(?P<middle>[{_HAN}]{{2,14}}?)(?P<tail>委员会办公室|委员会|管理局|局(?!部|面|限|势|长|域|级)|厅(?!级|长|局)|"
    "委(?!员|托|派|办|会|任|婉|靠|常|宣|组|政|及)|公安局|互联网信息办公室|网信办|工作专班|指挥部|促进机构|大数据中心|(?P<org>协会|学会|联合会))")


def find_local_organs(text: str) -> Iterator[Candidate]:
    """ACTOR and ORG candidates without a place in front (市公安局, 市律师协会), as local documents write."""
    key = match_key(text)
    many = (*word_list("many_bodies"), *word_list("not_in_names"))
    for match in _LOCAL_ORGAN.finditer(key):
        before = key[max(0, match.start() - 5):match.start()]
        plain = _COMPOUND.sub("", match["middle"])
        if not _is_one_of_many(key, match, before) and not any(word in plain for word in many):
            yield Candidate(match.start(), match.end(), "ORG" if match["org"] else "ACTOR", _known(match.group()), "description")


def find_descriptions(text: str) -> Iterator[Candidate]:
    """ACTOR candidates such as 国家网信部门, 市科技主管部门, 省人民政府."""
    key = match_key(text)
    many = word_list("many_bodies")
    for pattern in (_description(), _LEVEL_GOVERNMENT):
        for match in pattern.finditer(key):
            middle = match.groupdict().get("middle", "")
            before = key[max(0, match.start() - 5):match.start()]
            if match["head"] in ("省", "市", "自治区", "自治州") and _is_one_of_many(key, match, before):
                continue
            plain = _COMPOUND.sub("", middle)
            if (match["tail"] == "部门" and not middle) or any(word in plain for word in many) or middle.startswith(("、", "部")):
                continue
            if _many_before().search(before) and match["head"] not in ("国务院", "国家", "中央"):
                continue
            yield Candidate(match.start(), match.end(), "ACTOR", _known(match.group()), "description")


# 市 and 省 at the end of a longer word (城市) or of a list or class of places (各省, 设区的市): no single body is meant.
_IN_WORD = re.compile(
    "(?:[城都股上门超集县各全外跨该一两此某闹夜楼早]|地级|区的|直辖|单列|较大的|级|辖|[0-9]|(?:省|自治区|县|区|州|盟|旗|家)、|/|及)$")


def _is_one_of_many(key: str, match: re.Match[str], before: str) -> bool:
    """省 in 各省, 省级, 全省, 省、自治区; 市 in 设区的市, 城市, 上海市 (a name, the registry's business)."""
    if key[match.end("head"):match.end("head") + 1] in "级辖场民、":
        return True
    return bool(_IN_WORD.search(before)) or _is_named(before + match["head"])


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


@lru_cache(maxsize=1)
def _openers() -> re.Pattern[str]:
    return re.compile(any_of("openers"))


@lru_cache(maxsize=1)
def _stops() -> re.Pattern[str]:
    return re.compile(any_of("not_in_names"))


MAX_NAME = 26
_NOT_AN_OPENER = re.compile("^(?:[安健完]全国|.全国家|.全国大|.国家级)")


def _is_seat(hit: Hit) -> bool:
    """Whether bodies are named after the place: provinces, cities, districts; not 内地 or 港澳."""
    return hit.entity.kind in ("province", "city") or hit.name.text.endswith(("省", "市", "区", "州", "县", "兵团", "中国"))


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
    for match in _openers().finditer(key):
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
        if part and "和" not in part["name"] and not _stops().search(part["name"]) and not part["name"].endswith(
                ("部门", "机构", "机制", "委员会", "和")) and part.group()[-2:] not in _NOT_PARTS:
            yield Candidate(start, part.end(), "ACTOR", NIL, "suffix")


_RUN = re.compile(f"[{_HAN}（）()·—-]{{1,{MAX_NAME}}}")
_NOT_PARTS = frozenset("全局 大局 布局 格局 新局 结局 时局 开局 之处 用处 好处 到处 各处 四处 公司".split())
_JOINT = re.compile("联合(?!国|会|声明|办公|研究)")
_PART = re.compile(f"(?P<name>[{_HAN}]{{2,12}}?)(?:司|局|处|办公厅|办公室|秘书处|秘书局|研究室)(?![{_HAN}]{{0,1}}[长级])")


def _any_between(places: list[int], after: int, end: int) -> bool:
    """Whether another name begins inside, not right behind the opener: then two names stand side by side."""
    place = bisect_right(places, after)
    return place < len(places) and places[place] < end


def _built(key: str, start: int, after: int) -> Candidate | None:
    run = _RUN.match(key, after)
    if not run:
        return None
    stop = _stops().search(run.group())
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
    return Candidate(start, end, kind, _known(key[start:end]), "suffix")


_PATTERNS = [
    ("FORUM", re.compile("中(?:法|美|俄|英|德|欧|非|阿|拉|日韩|蒙俄|东欧)"
                         "(?:领导人会晤|领导人会议|峰会|合作论坛|论坛|高级别[\u4e00-\u9fff]{2,8}对话)")),
    ("FORUM", re.compile("(?:党的)?(?:十[六七八九]|二十)届[一二三四五六七](?:中(?:、[一二三四五六七]中){0,3}全会)")),
    ("INSTRUMENT", re.compile("党的(?:十[六七八九]|二十)大报告")),
    ("GPE", re.compile("中(?:法|美|俄|英|日|韩|德|印|欧|澳|巴|意|加)(?:两国)|(?<![集其心期空年目])中(?:法|美|俄|英|日|韩|德|欧|澳)"
                       "(?=双方|双边|关系|联合|合作|元首|领导人|贸易|经贸|人工智能|企业)")),
    ("ACTOR", re.compile("(?:国务院|国家)[\u4e00-\u9fff]{2,10}?协调机制")),
    ("INITIATIVE", re.compile("(?:全国|国家)(?!级)[\u4e00-\u9fff]{4,16}?(?:公共服务平台|信息平台|公示平台|合作平台|管理平台|服务平台|"
                              "认证基础设施|专项行动)")),
]


def find_fixed_patterns(text: str) -> Iterator[Candidate]:
    """Names with a fixed form: plenums, reports to a congress, pairs of states, local associations, state platforms."""
    key = match_key(text)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(key):
            if kind not in ("INITIATIVE", "ACTOR") or not _stops().search(match.group()):
                yield Candidate(match.start(), match.end(), kind, _known(match.group()), "suffix")


def _is_han(mark: str) -> bool:
    return "\u4e00" <= mark <= "\u9fff"
