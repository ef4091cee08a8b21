"""Who issued a document: all signatories as printed, lead first."""

from __future__ import annotations

import re
from itertools import takewhile

from pipeline.documents.covers import BODY_END, Cover, is_body, lookup_body, split_bodies
from pipeline.documents.english_covers import read_english_cover
from pipeline.documents.layout import DATE_ZH, Layout, is_sentence, is_structure, squeeze
from pipeline.documents.promulgation import Event, body_named
from pipeline.documents.wording import one_of
from pipeline.knowledge import load_registry

_BODIES = "[\u4e00-\u9fff、，（）()]{2,260}?"
_RELEASED = re.compile(
    rf"(?P<bodies>{_BODIES})(?:等[一二三四五六七八九十0-9]{{1,3}}(?:个)?(?:部门|部委|单位))?"
    r"(?:近日|日前|于近日|今日|(?:[0-9]{1,2}月)?[0-9]{1,2}日|正式|，)?(?:联合)?(?:修订|研究|组织|公开|部署)?"
    rf"{one_of('release_verbs')}(?:了|通知|实施)?(?=[《，“]|关于|[0-9]{{4}}年|$)")
_DRAFTED = re.compile(
    rf"(?P<bodies>{_BODIES})(?:研究|组织|会同有关部门)?(?:起草|研究起草|研究制定|制定|研究形成)(?:了)?(?=《)")
_ANSWERS = re.compile(
    rf"(?P<bodies>{_BODIES})(?:有关部门|相关部门|有关司局|相关司局)?(?:有关|相关)?负责人[^。]{{0,80}}?(?:回答|答记者|提问)")
_PREFIX = re.compile(
    r"^(?P<bodies>[\u4e00-\u9fff、\s（）]{2,160}?)(?:等[一二三四五六七八九十0-9]{0,3}(?:个)?(?:部门|部委))?(?:关于|就(?=《))")
_LEAD_WORDS = re.compile("^(?:.{0,40}(?:近日|日前|今天|今日|[0-9]日|记者获悉|据悉)[，,]?|(?:法规|规定|要求|部署|精神|法律)[，,])")
_SPEAKER = re.compile(
    "代表(?P<body>国务院|第[一二三四五六七八九十]{1,4}届中央委员会|[\u4e00-\u9fff]{2,16}人民政府"
    "|[\u4e00-\u9fff]{2,20}常务委员会|最高人民法院|最高人民检察院)")
_ACTS = re.compile(
    r"(?i)of the european parliament and of the council"
    r"|^(?:commission)\s(?:implementing |delegated )?(?:regulation|decision|recommendation)|^the european commission")
_EN_CONGRESS = re.compile(
    r"(?P<body>Standing Committee of the (?:[0-9]{1,2}(?:st|nd|rd|th) )?[A-Z][A-Za-z' ’]{4,60}?Congress"
    r"(?: of [A-Z][a-z]{2,12} (?:Municipality|Province|City))?)(?=[\s,)])")
_EN_SIGNED = re.compile(
    rf"^(?:(?:The )?{one_of('body_openers_en')}[A-Za-z’' ,&-]{{3,90}}"
    r"|[A-Z][A-Za-z’' ,&-]{3,70}(?:Administration|Commission|Ministry|Department|Committee))"
    r"(?: of the People['’]s Republic of China)?$")
_PRESENTED = re.compile(
    r"Presented to Parliament\s{1,3}by (?:the )?(?P<body>Secretary of State[^\n]{0,12}\s?(?:for [A-Z][A-Za-z, ]{4,60}?))"
    r"(?= by Command|\n|\.)")
_PAPER = re.compile(r"^《(?P<paper>[^》]{2,12}报)》\s?[（(]?\s?(?P<date>(?:19|20)[0-9]{2}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日)")
_DATED_BODIES = re.compile(rf"^[（(]{DATE_ZH}\s?(?P<rest>[\u4e00-\u9fff、 ]{{2,60}})[)）]$")


def issuer_names(layout: Layout, cover: Cover, events: list[Event], *, press: bool, headline: str, title: str) -> list[str]:
    """Names of the issuing bodies as printed, lead first; [] where the text names none.

    From the strongest evidence to the weakest: order, labelled box, signature, header decisions, bracket, the title's
    own prefix, the sentence that reports the release. A body that only explains the text (由…负责解释) is no issuer.
    """
    if layout.lang == "en":
        return _english(layout)
    speaker = _SPEAKER.search(squeeze(layout.opening(700)))
    if press:
        return _reported(layout, headline) or newspaper(layout)[:1]
    if cover.adopted_words and "主席" in "".join(cover.order_bodies):
        return [body_named(squeeze(cover.adopted_words))]
    if cover.order_bodies:
        return [re.sub("第[一二三四五六七八九十]{1,4}届", "", body) for body in cover.order_bodies]
    deciding = next((event.body for event in events if event.body and event.kind in {"adoption", "promulgation", "revision"}), "")
    if deciding:
        prefix = _prefix(title)
        return prefix if deciding in prefix else [squeeze(deciding)]
    if cover.labels.get("bodies"):
        return split_bodies(cover.labels["bodies"])
    if cover.signature and cover.signature.names:
        return list(cover.signature.names)
    if speaker:
        return [speaker["body"]]
    for names in (_bracket(layout), _prefix(title), _prefix(headline), _above_title(layout, title), _under_title(layout),
                  _named_in_title(title)):
        if names:
            return names
    return _reported(layout, headline, title=title)


def _bodies(surface: str) -> list[str]:
    """The list of bodies a sentence names, [] unless every part is one."""
    surface = _LEAD_WORDS.sub("", surface).strip("，、 ")
    parts = [part for part in re.split("、|会同|联合|，|(?<=[部委局办院署会])(?:和|及|与)(?=[\u4e00-\u9fff]{2})", surface) if part]
    cleaned = [name for part in parts for name in split_bodies(re.sub(r"^(?:由|经|是|中，|和)|(?:近日|日前|等)$", "", part))]
    return cleaned if cleaned and all(map(_names_body, cleaned)) else []


def _names_body(part: str) -> bool:
    """A registry name, or what ends like a body and stands for one (not 各部门, 我办)."""
    if lookup_body(part):
        return True
    return 4 <= len(part) <= 24 and BODY_END.search(part) is not None and not re.match("我|各|有关|相关|本", part)


def _above_title(layout: Layout, title: str) -> list[str]:
    """The body on the line right above the title, as on a cover page."""
    wanted = squeeze(title)[:12]
    for place, line in enumerate(layout.lines[1:60], start=1):
        above = layout.lines[place - 1].text
        if wanted and squeeze(line.text).startswith(wanted) and is_body(above):
            return split_bodies(above)
    return []


def _under_title(layout: Layout) -> list[str]:
    """Bodies that stand alone on a line between title and text."""
    names: list[str] = []
    for line in layout.lines[1:10]:
        if is_sentence(line.text) or is_structure(line.text):
            break
        shown = re.sub(r"\s?发布$", "", line.text)
        if is_body(shown):
            names += split_bodies(shown)
        elif names:
            break
    return names


def _named_in_title(title: str) -> list[str]:
    """The company or institution whose own pledge or report the title announces (Huawei … Commitments)."""
    if not re.search("(?i)" + one_of("own_texts"), title):
        return []
    for size in range(min(len(title), 40), 2, -1):
        surface = title[:size].strip()
        found = [entity for entity in load_registry().lookup(surface) if entity.type == "ORG"]
        if found and (size == len(title) or re.search("[\u4e00-\u9fff]", surface) or title[size:size + 1] in " ’'"):
            return [surface]
    return []


def _reported(layout: Layout, headline: str, *, title: str = "") -> list[str]:
    """Bodies of the sentence that reports the release. title: then only of the release of that very instrument."""
    opening = squeeze(layout.opening(1500))
    sources = [opening]
    signed = re.search("签署(?P<body>国务院)令", opening)
    if signed:
        return [signed["body"]]
    if re.search("答记者问|答问", headline or layout.opening(60)):
        names = _first(_ANSWERS, opening)
        if names:
            return names
    for source in (*sources, squeeze(headline)):
        for pattern in (_RELEASED, _DRAFTED):
            names = _first(pattern, source, title=squeeze(title))
            if names:
                return names
    return []


def _first(pattern: re.Pattern[str], text: str, *, title: str = "") -> list[str]:
    """Bodies of the first sentence that fits; a later one that begins with the same body and lists more wins
    (a headline says 等六部门, the report names the six)."""
    best: list[str] = []
    for match in pattern.finditer(text):
        named = re.match("[^《]{0,12}《(?P<title>[^》]{2,120})", text[match.end():])
        if title and not (named and re.sub("[（(].{0,12}$", "", named["title"])[:10] in title):
            continue
        names = _narrow(match["bodies"])
        if names and (not best or (names[0] == best[0] and len(names) > len(best))):
            best = names
    return best


def _narrow(surface: str) -> list[str]:
    """The bodies at the end of the words before the verb, from the first border that leaves nothing but bodies."""
    for border in [0] + [place.end() for place in re.finditer("，|。|近日|日前|[0-9]日|规划|据|》", surface)]:
        names = _bodies(surface[border:])
        if names:
            return names
    return []


def newspaper(layout: Layout) -> list[str]:
    """Paper and printed date of an article's source line (《某某日报》（2022年3月9日 第5版）); [] without one."""
    for line in layout.lines[:6]:
        match = _PAPER.match(line.text)
        if match:
            return [match["paper"], match["date"]]
    return []


def _bracket(layout: Layout) -> list[str]:
    for line in layout.lines[:30]:
        match = _DATED_BODIES.match(line.text)
        if match:
            return [name for name in split_bodies(match["rest"]) if lookup_body(name) or BODY_END.search(name)]
    return []


def _prefix(title: str) -> list[str]:
    match = _PREFIX.match(title or "")
    if not match:
        return []
    names = split_bodies(match["bodies"])
    return names if names and all(lookup_body(name) or (len(name) > 3 and BODY_END.search(name)) for name in names) else []


def _english(layout: Layout) -> list[str]:
    opening = layout.opening(1200)
    acts = _ACTS.search(opening[:400]) or re.search(r"THE EUROPEAN COMMISSION,", opening)
    if acts:
        return ["European Parliament", "Council"] if "parliament" in acts.group().lower() else ["European Commission"]
    if re.search(r"(?i)on behalf of the state council|premier of the state council", opening):
        return ["State Council"]
    congress = _EN_CONGRESS.search(opening)
    if congress:
        return [congress["body"]]
    cover = read_english_cover(layout)
    if cover.adopter:
        return [cover.adopter]
    if cover.signer or cover.order:
        return [cover.signer or cover.order]
    top = [line.text for line in layout.lines[:14] if len(line.text) < 160]
    for text in top:
        if lookup_body(text.strip(" ,.")):
            return [text.strip(" ,.")]
        lead = re.match(r"(?P<body>Council of Europe|G20|OECD|ASEAN)\s", text)
        if lead:
            return [lead["body"]]
    tail = [line.text for line in layout.lines[-12:]]
    signed = list(takewhile(_EN_SIGNED.match, reversed([line.text for line in layout.lines[-24:]])))
    if len(signed) > 1:
        return signed[::-1]
    if re.match(r"THE WHITE HOUSE,", tail[-2] if len(tail) > 1 else "") or re.match(r"THE WHITE HOUSE", tail[-1] if tail else ""):
        return ["The White House"]
    if cover.agency:
        return [cover.agency]
    own = _named_in_title(layout.lines[0].text) if layout.lines else []
    if own:
        return own
    presented = _PRESENTED.search(opening)
    return [" ".join(presented["body"].split())] if presented else []
