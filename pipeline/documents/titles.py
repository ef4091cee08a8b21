"""The instrument's own name, found in orders, notices, headlines and headings."""

from __future__ import annotations

import re

from pipeline.documents.covers import Cover, is_body, is_date_line, lookup_body, squeeze_titles
from pipeline.documents.issuers import newspaper
from pipeline.documents.layout import Layout, is_sentence, is_structure, squeeze, tidy
from pipeline.documents.wording import entries, one_of
from pipeline.text import has_han, match_key

DRAFT_SUFFIX = re.compile(rf"\s?[（(](?:公开)?{one_of('draft_suffixes')}[）)]\s?$")
DRAFT_SUFFIX_EN = re.compile(
    r"\s?\((?:draft(?: for [a-z ]{3,60})?|exposure draft|consultation draft|expert draft|scholars? draft)\)\s?$", re.I)
_MEDIA_TAG = re.compile(
    rf"^(?:【[^】]{{1,12}}】|{one_of('media_tags')}\s?[|｜丨]\s?|[\u4e00-\u9fff]{{2,5}}\s?[|｜丨]\s?|(?:重磅|刚刚|最新)[！!，,：:]\s?)")
_MEDIA_TAIL = re.compile(r"\s?[（(]?[，,]?\s?(?:附)?(?:全文|附件|原文|附下载|附PPT|附解读)[）)]?\s?$")
_GAZETTE = re.compile(r"[（(]国务院公报[^（）()]{1,20}[）)]$")
_QUOTED = re.compile(r"《(?P<title>(?:[^《》]|《[^《》]{1,80}》){3,140})》")
_SUBTITLE = re.compile(r"^(?:——|—|--)")
_VERSION = re.compile(rf"^[（(]{one_of('title_versions')}[）)]$")
_NAVIGATION = re.compile(one_of("navigation"))
_BELOW_TITLE = re.compile(
    r"^(?:[（(](?!.{1,14}[）)]$)|[（(](?:19|20)[0-9]{2}\s?年[0-9]{1,2}\s?月|(?:19|20)[0-9]{2}[-年/]\s?[0-9]{1,2}|《[^》]{2,16}》\s?[（(0-9])"
    f"|^{one_of('below_title')}")
_INSTRUMENT_END = re.compile(one_of("instrument_nouns") + "(?:（[^（）]{1,24}）)?$")


def clean_headline(headline: str) -> str:
    """A headline without media tags (重磅 |), 附全文 and the like, and without the site's name."""
    text = tidy(headline.replace("\u200b", ""))
    for mark in ("_", *entries("site_name_marks")):
        cut = text.find(mark)
        if cut > 3:
            text = text[:cut].rstrip(" -_|–—·")
    for _ in range(3):
        stripped = _MEDIA_TAIL.sub("", _MEDIA_TAG.sub("", text)).strip()
        if stripped == text or len(stripped) < 4:
            break
        text = stripped
    return _GAZETTE.sub("", text)


def join_title(lines: list[str]) -> str:
    """Lines of one heading as one title; Chinese lines meet without a blank, but a blank between bodies stays."""
    title = ""
    for line in lines:
        glue = "" if not title or (has_han(title[-1:]) and has_han(line[:1])) or line[:1] in "（(《》" else " "
        title += glue + line
    title = re.sub(r"(?<=[\u4e00-\u9fff])\s(?=关于)", "", title)
    return tidy(title).strip("《》") if title.startswith("《") and title.endswith("》") and title.count("《") == 1 else tidy(title)


def strip_draft(title: str) -> tuple[str, bool]:
    """The title without （征求意见稿） or (Draft for Feedback), and whether it bore one."""
    plain = DRAFT_SUFFIX_EN.sub("", DRAFT_SUFFIX.sub("", title))
    return plain.strip(), plain != title


def heading_before_body(layout: Layout, start: int = 0) -> list[str]:
    """The lines of a heading right above the first article, chapter or section behind line `start`."""
    lines = [line.text for line in layout.lines]
    body = next((place for place in range(start, len(lines)) if is_structure(lines[place])), None)
    if body is None:
        return []
    taken: list[str] = []
    for text in reversed(lines[max(0, body - 14):body]):
        if re.match(r"^[（(].{0,200}[）)]$", text) and not _VERSION.match(text):
            continue
        if is_sentence(text) or is_date_line(text) or is_structure(text):
            break
        if len(taken) < 3:
            taken.insert(0, text)
        if not _VERSION.match(text) and _INSTRUMENT_END.search(text) and not text.startswith("关于"):
            break
    return taken


def has_body_of(layout: Layout, title: str) -> bool:
    """Whether the instrument itself stands in the text: its title as a line of its own with articles or sections behind.

    A news item about an instrument names it, at most links it; it does not print it.
    """
    wanted = _key(title)
    size = sum(len(line.text) for line in layout.lines)
    passed = 0
    lines = [line.text for line in layout.lines]
    for place, text in enumerate(lines):
        passed += len(text)
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if len(text) > len(title) + 16 or not _prints(text, following, wanted):
            continue
        if size - passed > 500 and passed < 0.7 * size:
            behind = lines[place + 1:place + 60]
            if sum(map(is_structure, behind)) >= 2 or any(len(line) > 80 for line in behind):
                return place > 2 or _articles(lines) >= 3
    return False


def _prints(text: str, following: str, wanted: str) -> bool:
    return _key(text) == wanted or (len(following) <= len(wanted) + 16 and _key(text + following) == wanted)


def _articles(lines: list[str]) -> int:
    return sum(1 for line in lines if re.match(r"^第[一二三四五六七八九十百0-9]{1,6}条|^[一二三四五六七八九十]{1,3}、", line))


def _key(title: str) -> str:
    plain = re.sub(r"[《》〈〉“”\"]", "", DRAFT_SUFFIX.sub("", tidy(title)))
    return match_key(squeeze(DRAFT_SUFFIX.sub("", plain)))


def chinese_title(layout: Layout, cover: Cover, headline: str, *, press: bool) -> str | None:
    """Title of a Chinese document; draft suffix still on. headline: the page's, "" where there is none."""
    if press:
        return clean_headline(headline) or _first_heading(layout)
    if cover.ordered:
        return _printed_heading(layout, cover.ordered)
    for candidate in (cover.forwarded, cover.called):
        if candidate:
            return candidate
    quoted = _quoted_instrument(layout, clean_headline(headline))
    if quoted:
        return quoted
    notice = _notice_heading(layout)
    if notice:
        return notice
    if cover.labels.get("title"):
        return join_title([cover.labels["title"]])
    return _heading(layout, clean_headline(headline))


def _notice_heading(layout: Layout) -> str | None:
    """A notice's own heading behind a report on it: X关于…的通知, with a number or the addressees right below."""
    lines = [line.text for line in layout.lines[:80]]
    for place, text in enumerate(lines[1:], start=1):
        if re.match("^[^，。：！|《]{0,90}关于[^，。：！|]{4,90}的(?:通知|公告|意见|函|决定|通告|批复|指导意见|实施意见)$", text):
            below = lines[place + 1:place + 3]
            if any(re.search(r"[〔\[（(][0-9]{4}[〕\]）)].{0,10}号$|[：:]$", one) for one in below):
                return join_title([text])
    return None


def _printed_heading(layout: Layout, ordered: str) -> str:
    """The heading of an ordered text is often longer than the order's quotation (bodies 关于修改《…》的决定)."""
    for line in layout.lines[:60]:
        text = line.text
        longer = _key(text).endswith(_key(ordered)) and len(ordered) + 2 < len(text) <= len(ordered) + 60
        if longer and re.match("[^，。]{2,80}(?:关于|等部门)", text) and not re.search("[：|｜，。]|发布|公布|印发", text):
            return join_title([text])
    return ordered


def _quoted_instrument(layout: Layout, headline: str) -> str | None:
    """《X》 of a headline (X 发布), or of the first words of a report, when the text prints X itself."""
    opening = squeeze_titles(layout.opening(900))
    for source in (headline, opening):
        for match in _QUOTED.finditer(source):
            if has_body_of(layout, match["title"]):
                return _printed_heading(layout, match["title"])
    released = re.search(r"(?:印发|发布|公布|出台|起草)(?:了)?《(?P<title>[^《》]{4,80})》", opening)
    names_itself = _INSTRUMENT_END.search(headline) is not None and not re.search("[《：|！]", headline)
    reports = re.search("近日|日前|起草了|[0-9]日|全文", opening) is not None and not names_itself
    if released and reports and _articles([line.text for line in layout.lines]) >= 3:
        return _printed_heading(layout, released["title"])
    return None


def is_paper(layout: Layout) -> bool:
    """Whether an abstract stands near the top, as in papers and briefs; authors follow their title."""
    return any(re.match(r"(?:内容)?摘\s?要\s?(?:[：:]|$)|(?i:abstract)\b", line.text) for line in layout.lines[:14])


def _heading(layout: Layout, headline: str) -> str | None:
    lines = [line.text for line in layout.lines[:40]]
    if headline and not is_sentence(headline) and _INSTRUMENT_END.search(headline) and not re.search("[|！]|：.{0,12}条", headline):
        return headline
    first = _first_heading(layout)
    above = heading_before_body(layout)
    if first and (_INSTRUMENT_END.search(first) or not above):
        return first
    if above and _INSTRUMENT_END.search(join_title(above)):
        return join_title(above)
    return first or (headline if headline and lines and not is_sentence(lines[0]) else None)


def _first_heading(layout: Layout) -> str | None:
    """The lines at the top, up to the first sentence, date, bracket or section."""
    taken: list[str] = []
    most = 1 if is_paper(layout) or newspaper(layout) else 4
    for line in layout.lines[:12]:
        text = line.text
        if _NAVIGATION.search(text) or (taken and text == taken[0]) or (not taken and not has_han(text) and len(text) < 30):
            continue
        if (is_sentence(text) or is_structure(text) or is_date_line(text) or _SUBTITLE.match(text)
                or _BELOW_TITLE.match(text) or (taken and (is_body(text) or (not has_han(text) and has_han(taken[0]))))):
            break
        if taken and _ends_title(taken) and not _VERSION.match(text):
            break
        taken.append(text)
        if len(taken) == most:
            break
    if not taken or all(is_body(text) for text in taken) or len(join_title(taken)) < 4:
        return None
    return join_title(taken)


def _ends_title(taken: list[str]) -> bool:
    title = join_title(taken)
    return bool(_INSTRUMENT_END.search(title)) and not (lookup_body(title) or len(squeeze(title)) < 5)
