"""Instruments that a text names as its legal basis."""

from __future__ import annotations

import re

from pipeline.documents.layout import DATE_ZH, Layout, tidy
from pipeline.documents.wording import one_of
from pipeline.text import quoted_titles

OPENING_CHARS = 6000
_FORMULA = re.compile(rf"(?:根据|依据|依照|按照|遵照)(?P<named>[^。；;]{{2,900}}?){one_of('basis_verbs')}")
_HEADER = re.compile(rf"^[（(]?(?:根据\s?)?{DATE_ZH}.{{0,240}}(?:通过|修正|修订|公布|发布|批准)")
_GOAL = re.compile("贯彻|落实|实施(?=《)|执行(?=《)")
_PLAIN_LAW = re.compile(
    "(?:^|[、，和及与以]|根据|依据)(?P<law>(?:中华人民共和国)?宪法|中华人民共和国[\u4e00-\u9fff]{2,30}?法"
    "|全国人民代表大会(?:常务委员会)?关于[\u4e00-\u9fff]{4,60}?的决定)(?=$|[、，和及与以等的有])")
_ENGLISH = re.compile(
    r"(?:on the basis of|in accordance with|pursuant to|according to|based on|under)\s(?P<named>[^.;]{4,900}?)"
    r"(?:,?\s(?:and\s)?(?:other|relevant|these|this|so as|in order|with|taking)\b|\.|;|$)")
_ENGLISH_REST = re.compile(
    r",?\s(?:and\s)?(?:other\s(?:relevant\s)?laws|other relevant|relevant laws|so as|in order|with the|to promote)\b")
_ENGLISH_MADE = re.compile(r"(?i)(?:formulated|drafted|enacted|developed|made|established|issued)")
_ENGLISH_TITLE = re.compile(
    r"(?:the\s|The\s)?(?P<title>(?:PRC\s|[A-Z(][A-Za-z’'&-]*\s)?(?:[A-Z(][A-Za-z’'&)-]*\s|of\s|the\s|for\s|on\s|and\s(?=[A-Z])|in\s|to\s){0,24}"
    r"?(?:Law|Measures|Provisions|Regulations?|Opinions|Act|Code|Constitution|Rules|Decision)(?:\s(?:of|on|for|in|to)(?:\s(?:the|and|of|on|for|in|to|[A-Z][A-Za-z’'&-]*)){1,18})?)")
_HAVING_REGARD = re.compile(r"Having regard to the (?P<title>Treaty[^,\n]{4,120}|Charter[^,\n]{4,120})")


def legal_basis(layout: Layout, *, press: bool) -> list[str]:
    """Titles named with 根据 / 依据 / 按照 … 制定 (formulated in accordance with …) in the opening, as printed.

    Without 《》; 宪法 counts; what is only 贯彻 or 落实 does not. A report on an instrument has none of its own.
    Only the first formula is read: the one of the opening or of article 1.
    """
    if press:
        return []
    return _english_basis(layout) if layout.lang == "en" else _chinese_basis(layout)


def _chinese_basis(layout: Layout) -> list[str]:
    lines = [line for line in layout.text[:2 * OPENING_CHARS].split("\n") if not _HEADER.match(line.strip())]
    opening = re.sub(r"“[^“”]{20,1200}”", "", "\n".join(lines)[:OPENING_CHARS])
    best: list[str] = []
    for match in _FORMULA.finditer(opening):
        named = re.sub(r"[\n\r]", "", match["named"])
        titles = [tidy(title) for title in _titles(named)]
        if titles and not _refers_back(opening, match) and not re.search("第一条|决定，?对", named):
            best = titles if len(titles) > len(best) and (not best or set(best) <= set(titles)) else best
            if re.search("第一条|制定本", opening[max(0, match.start() - 400):match.end() + 6]) or len(best) > 0:
                break
    return best


def _refers_back(opening: str, match: re.Match[str]) -> bool:
    """A formula in the reported text of others (《规定》第七条规定，…) is no basis."""
    sentence = opening[max(0, match.start() - 30):match.start()]
    return re.search("第[一二三四五六七八九十]{1,4}条规定|问：|答：", sentence) is not None


def _titles(named: str) -> list[str]:
    named = re.sub(r"[（(](?:以下|下称|以下简称)[^（）()]{0,80}[）)]", "", named)
    cut = _GOAL.search(named)
    if cut and cut.start() == 0:
        return []
    found = [(span.start, named[span.start:span.end]) for span in quoted_titles(named)]
    outside = re.sub("《[^《》]{1,160}》", lambda title: "#" * len(title.group()), named)
    for match in _PLAIN_LAW.finditer("、" + outside):
        found.append((match.start("law") - 1, match["law"]))
    return list(dict.fromkeys(title for _, title in sorted(found)))


def _english_basis(layout: Layout) -> list[str]:
    opening = " ".join(line.text for line in layout.lines)[:2500]
    regard = [match["title"].strip() for match in _HAVING_REGARD.finditer(opening)]
    if regard:
        return list(dict.fromkeys(regard))
    for sentence in re.split(r"(?<=[.])\s", opening[:1800])[:8]:
        match = _ENGLISH.search(sentence)
        if match and _ENGLISH_MADE.search(sentence[:match.start()]):
            named = re.sub(r"[（(][^()（）]{0,80}[)）]", "", sentence[match.start("named"):])
            return english_titles(named)
    return []


def english_titles(named: str) -> list[str]:
    """Titles of instruments in a list such as `the X Law, the Measures for Y, and other laws`, as printed."""
    named = _ENGLISH_REST.split(named)[0]
    parts = re.split(r",\s(?:and\s)?(?=[Tt]he\s|PRC\s|[A-Z])|\sand\s(?=the\s[A-Z])", named)
    titles = []
    for part in parts:
        match = _ENGLISH_TITLE.search(part.strip())
        if match:
            titles.append(" ".join(match["title"].split()).removeprefix("The ").strip(" ,."))
    return list(dict.fromkeys(titles))
