"""Instruments that a text says it repeals, replaces or amends."""

from __future__ import annotations

import re

from pipeline.documents.bases import english_titles
from pipeline.documents.layout import Layout, tidy
from pipeline.text import quoted_titles

SEARCHED_CHARS = 400_000
_REPEALED = re.compile(
    r"》\s?(?:[（(][^（）()《》]{1,120}[）)])?(?:等[^《》。；\n]{0,20})?[，,]?(?:自[^，。；《》\n]{2,40}?起)?"
    r"(?:同时|即行|相应|一并|即|现)?(?:予以)?(?:废止|停止(?:施行|执行)|失效)")
_REPEALS = re.compile(
    r"(?:现|决定|同时|现决定)废止\s?(?P<named>(?:《[^《》]{2,120}》(?:[（(][^（）()《》]{1,80}[）)])?[、和及]{0,2}){1,30})")
_REPLACES = re.compile(
    r"本(?:标准|文件|规范|指南)\s?代替\s?"
    r"(?:《(?P<title>[^《》]{2,120})》|(?P<number>[A-Z]{1,4}(?:/[A-Z]{1,2})?\s?[0-9.]{3,9}\s?[—–-]\s?[0-9]{4}))")
_BORDER = re.compile("[。；;\n]|施行[，,。]|实施[，,。]|执行[，,。]|生效[，,。]")
_PASSED_OVER = re.compile("[^《》]{0,14}(?:修正|修订|修改)")
_REPEAL_ACT = re.compile("^(?:[^《》]{0,40})?关于(?:修改|修正|废止|停止)")
_AMENDS = re.compile(
    "关于(?:修改|修正)(?:和废止)?\\s?《(?P<title>(?:[^《》]|《[^《》]{1,80}》){2,120})》(?:[^《》]{0,12})?的(?:决定|通知|公告)")
_EN_REPEALED = re.compile(
    r"(?:\s\([^()]{1,160}\))?,? (?:shall be|are|is|will be|shall stand) (?:simultaneously |hereby |thereby |also )?"
    r"(?:repealed|abolished|annulled|rescinded|revoked|superseded by th(?:is|ese))")
_EN_NAME = (r"(?:the )?(?:(?:[0A-Z][A-Za-z]{1,20}|of|and|\([A-Z]{2,6}\)) ){0,8}?"
            r"(?:Executive Order|Memorandum|Directive|Regulation|Decision|Guidance)"
            r"(?: [A-Z][a-z]{2,12})?(?: \((?:EU|EC|EEC)\))?(?: No\.?)? [0-9M][0-9A-Z/-]{2,14}")
_EN_ACTIVE = re.compile(
    r"(?i:this (?:memorandum|order|regulation|directive|act|law|decision|policy|guidance)) (?:hereby )?"
    r"(?:(?:rescinds|repeals|revokes|supersedes)(?: and replaces)?|replaces) "
    rf"(?P<named>{_EN_NAME}(?:(?:, | and |, and ){_EN_NAME}){{0,8}})")
_EN_TITLE = re.compile(r"\brepealing (?P<named>[^\n;]{6,200})")
_EN_NUMBERED = re.compile(_EN_NAME)


def superseded_titles(layout: Layout, title: str | None) -> list[str]:
    """Titles, as printed, of the instruments that this text says it repeals or replaces, in printed order.

    Without 《》. Of an instrument with a number and no title, its kind and number (Executive Order 14110). What is
    amended is not in it (see amended_title), nor what others repealed (《…》已废止).
    """
    text = layout.text[-SEARCHED_CHARS:]
    found = _english(text, layout, title) if layout.lang == "en" else _chinese(text)
    return list(dict.fromkeys(tidy(name) for name in found if name))


def amended_title(title: str | None) -> str | None:
    """The instrument that a decision amends, from the decision's title (关于修改《…》的决定); None for other titles."""
    match = _AMENDS.search(title or "")
    return match["title"] if match else None


def _chinese(text: str) -> list[str]:
    found: list[tuple[int, str]] = []
    for match in _REPEALED.finditer(text):
        sentence = text[max(0, match.start() - 1200):match.start() + 1]
        borders = [border.end() for border in _BORDER.finditer(sentence)]
        found += _named(sentence, borders[-1] if borders else 0, match.start())
    for match in _REPEALS.finditer(text):
        found += _named(match["named"], 0, match.start())
    for match in _REPLACES.finditer(text):
        found.append((match.start(), match["title"] or match["number"]))
    return [name for _, name in sorted(found, key=lambda one: one[0])]


def _named(sentence: str, border: int, at: int) -> list[tuple[int, str]]:
    """Titles of the list before the verb; not the decision by which one of them was amended (《决定》修正的《X》)."""
    words = sentence[border:]
    if re.match("(?:根据|依据|依照)", words):
        words = words[words.find("，") + 1:]
    return [(at, words[span.start:span.end]) for span in quoted_titles(words)
            if not _PASSED_OVER.match(words[span.end + 1:]) and not _REPEAL_ACT.match(words[span.start:span.end])]


def _english(text: str, layout: Layout, title: str | None) -> list[str]:
    found: list[str] = []
    named = _EN_TITLE.search(title or "")
    if named:
        found += _EN_NUMBERED.findall(named["named"])
    active = _EN_ACTIVE.search(layout.opening(6000).replace("\n", " "))
    if active:
        found += _EN_NUMBERED.findall(active["named"])
    for line in layout.lines[-80:]:
        for match in _EN_REPEALED.finditer(line.text):
            sentence = re.split(r"[.;]\s", line.text[max(0, match.start() - 600):match.start()])[-1]
            clause = re.split(r"(?:force|effect)[^,]{0,60}(?:,|\band\b)|[0-9]{4},? and ", sentence)[-1]
            found += english_titles(clause.strip()) or _EN_NUMBERED.findall(clause)
    return [re.sub("^[Tt]he ", "", name) for name in found]
