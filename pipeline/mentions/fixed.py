"""Chinese names with a fixed form: pairs of states, plenums, state platforms and funds, named committees, weeks and days."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.knowledge import load_registry
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of, pattern_of, word_list
from pipeline.text import match_key

_HAN = "\u4e00-\u9fff"
# 中美, 中欧 …, not 其中美国, 集中日程, 高中英语, 中法院, 中日益
_PAIR = ("(?<![集其心期空年目之高初当程人水手眼掌途])中(?:美(?![国丽好术食洲味化容观景学])|俄(?![罗语文])|欧(?![洲元美盟])|"
         "法(?![国院律规治定人庭官制学])|"
         "英(?![国文语才雄])|德(?![国育才])|日(?![本益常程期报历后前子用均夜月])|韩(?!国)|非(?![法常洲但正公国盈标银必经]))")
_MEETING = "(?:领导人会晤|领导人会议|峰会|论坛|对话|会晤|高层对话|部长级会议|圆桌会议|研讨会|工作组|交流会|联委会)"
_PLENUM = re.compile("(?:党的)?(?:十[六七八九]|二十)届[一二三四五六七](?:中(?:、[一二三四五六七]中){0,3}全会)")
_PATTERNS = [
    ("FORUM", re.compile(f"中(?:法|美|俄|英|德|欧|非|阿|拉|日韩|蒙俄|东欧)[{_HAN}]{{0,12}}?{_MEETING}")),
    ("FORUM", _PLENUM),
    ("INSTRUMENT", re.compile("党的(?:十[六七八九]|二十)大报告")),
    ("GPE", re.compile("中(?:法|美|俄|英|日|韩|德|印|欧|澳|巴|意|加)(?:两国)|(?<![集其心期空年目])中(?:法|美|俄|英|日|韩|德|欧|澳)"
                       "(?=双方|双边|关系|联合|合作|元首|领导人|贸易|经贸|人工智能|企业)")),
    ("GPE", re.compile(_PAIR + "(?=[、，。]|之间|[战经科数网贸投能气文人合共达签在就])")),
    ("ACTOR", re.compile(f"(?:国务院|国家)[{_HAN}]{{2,10}}?协调机制")),
    ("INITIATIVE", re.compile(f"(?:全国|国家)(?!级|首)[{_HAN}]{{4,16}}?(?:公共服务平台|信息平台|公示平台|合作平台|管理平台|服务平台|"
                              "共享平台|保护平台|"
                              "交易平台|数据平台|信息系统|公示系统|认证基础设施|专项行动)")),
    ("ORG", re.compile(f"国家(?!自然科学|社会科学)[{_HAN}]{{3,14}}?基金(?!会|委|项目|资助|管理|的|等|委员)")),
    ("INITIATIVE", re.compile(f"(?<=[“])[{_HAN}A-Za-z0-9·+—-]{{2,16}}(?:奖|大赛|计划|行动)(?=”)")),
    ("INITIATIVE", re.compile(f"(?:全国|国家|国际|世界|中国)[{_HAN}]{{2,10}}?(?:宣传周|活动周|科技周|科普日|宣传日|宣传月|活动月)")),
    ("FORUM", re.compile(f"(?<=[用办加参])(?:好|了)?(?P<name>[{_HAN}]{{4,14}}(?:高峰论坛|国际论坛|博览会))")),
]


_COMMITTEE = re.compile("(?:评审委员会|咨询委员会|专责小组|治理工作专班)(?:办公室)?(?=[\u4e00-\u9fff，。、（(])")
_NAMED = re.compile(f"(?:^|[。；，：\n 成组立由、条])(?P<name>(?!第|成|建)[{_HAN}]{{4,18}})$")


def _find_committees(key: str) -> Iterator[Candidate]:
    """Committees and groups that bear a name of four characters or more: 样例实验室评审委员会."""
    for match in _COMMITTEE.finditer(key):
        named = _NAMED.search(key, max(0, match.start() - 19), match.start())
        if named and not pattern_of("not_in_names").search(named["name"]):
            yield Candidate(named.start("name"), match.end(), "ACTOR", _known(key[named.start("name"):match.end()]), "suffix")


def find_fixed_patterns(text: str) -> Iterator[Candidate]:
    """Names with a fixed form: plenums, reports to a congress, pairs of states, committees, state platforms and funds."""
    key = match_key(text)
    yield from _find_committees(key)
    for kind, pattern in _PATTERNS:
        named = "name" in pattern.groupindex
        for match in pattern.finditer(key):
            name = match["name"] if named else match.group()
            if kind in ("GPE", "INSTRUMENT") or pattern is _PLENUM or not pattern_of("not_in_names").search(name):
                yield Candidate(match.end() - len(name), match.end(), kind, _known(name), "suffix")


def _known(surface: str) -> str:
    found = load_registry().lookup(surface)
    return found[0].entity_id if found else NIL


_CAMPAIGN = re.compile(
    f"“(?P<inside>[{_HAN}A-Za-z0-9·+—-]{{2,24}})”(?=(?:专项)?(?:行动|工程|计划)(?!者|方案))")
_QUOTED_FIRST = re.compile(f"“[{_HAN}A-Za-z0-9·+—-]{{2,12}}”[{_HAN}]{{1,10}}?(?:专项行动|行动计划)")
_QUOTED_LATER = re.compile(
    f"(?:实施|开展|启动|推进|组织)(?P<name>[{_HAN}]{{2,14}}?“[{_HAN}A-Za-z0-9+]{{2,10}}”(?:[、和]“[{_HAN}A-Za-z0-9+]{{2,10}}”){{0,3}}"
    "(?:专项)?(?:行动|工程))(?!计划|方案)")
_DONE = re.compile(
    f"(?:组织实施|深入实施|全面实施|推动实施|实施|开展|启动)(?:了|好)?(?P<name>[{_HAN}A-Za-z0-9+]{{4,20}}?(?:专项行动|行动计划|工程|重大专项))"
    "(?=[，。；、,;）)]|$)")


def find_programmes(text: str) -> Iterator[Candidate]:
    """INITIATIVE candidates: “清朗”专项行动 (the name is in the marks), 实施制造业“三品”行动 (it is not), 实施…工程."""
    key = match_key(text)
    for match in _CAMPAIGN.finditer(text):
        if match["inside"] not in word_list("not_programmes"):
            yield Candidate(*match.span("inside"), "INITIATIVE", NIL, "suffix")
    for match in _QUOTED_FIRST.finditer(text):
        yield Candidate(*match.span(), "INITIATIVE", NIL, "suffix")
    for match in _QUOTED_LATER.finditer(text):
        if not pattern_of("not_in_names").search(re.sub("“[^”]{1,12}”|和", "", match["name"])):
            yield Candidate(*match.span("name"), "INITIATIVE", _known(match["name"]), "suffix")
    for match in _DONE.finditer(key):
        if not re.search(f"一批|{any_of('not_in_names')}", match["name"][:-4]):
            yield Candidate(*match.span("name"), "INITIATIVE", NIL, "suffix")
