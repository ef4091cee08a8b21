"""Kind, status, bindingness and audience of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.documents.covers import Cover
from pipeline.documents.english_covers import read_english_cover
from pipeline.documents.issuers import newspaper
from pipeline.documents.layout import Layout, squeeze
from pipeline.documents.promulgation import Event
from pipeline.documents.titles import DRAFT_SUFFIX, DRAFT_SUFFIX_EN, has_body_of, is_paper
from pipeline.documents.wording import entries, one_of, patterns_by_kind

DOC_TYPES = ("law", "administrative_regulation", "departmental_rule", "local_regulation", "normative_document", "plan",
             "standard", "guideline", "white_paper", "initiative", "work_report", "legislative_plan", "speech",
             "judicial_document", "press", "research", "other")
STATUSES = ("draft_for_comment", "in_force", "amended", "repealed", "unknown")
_BINDING = {"law", "administrative_regulation", "departmental_rule", "local_regulation", "judicial_document"}
_SOFT = {"plan", "guideline", "standard", "legislative_plan"}
_DECLARATORY = {"initiative", "white_paper", "speech"}
_RULE_NOUN = re.compile(
    r"(?:办法|规定|细则|规则|条例|规程|规范)(?:[（(][^（）()]{1,16}[)）])?$|(?i:\b(?:measures|provisions|rules|regulations?)\b)")
_QUESTIONS = re.compile("答记者问|答问|问答$|负责人就.{2,90}答|就《[^《》]{2,90}》.{0,12}答")
_NEWS_HEAD = re.compile(one_of("news_headline_words"))
_NEWS_OPENING = re.compile(one_of("news_opening_words"))
_DRAFT_CUES = re.compile(one_of("draft_cues"))
_DRAFT_EN = re.compile(f"(?i){one_of('draft_cues_en')}")
_CONGRESS_REPORT = re.compile(
    "工作报告$|在[^。\n]{0,20}(?:全国|人民)代表大会[^。\n]{0,30}上的报告|(?i:report on the work of the government)")
_REPORTS_TO_CONGRESS = re.compile("向大会(?:报告|作|作政府)(?:政府)?工作?|向大会作报告|^各位代表|作政府工作报告")


def is_press(layout: Layout, headline: str, cover: Cover) -> bool:
    """News about an instrument, or questions and answers on it; not a page that prints the instrument itself.

    A headline or first sentence reports a release (近日…发布《X》) and X does not follow as a text of its own.
    """
    if newspaper(layout):
        return True
    if layout.lang == "en":
        return read_english_cover(layout).agency != ""
    first = headline or (layout.lines[0].text if layout.lines else "")
    opening = layout.opening(700)
    if re.search(f"{one_of('joint_texts')}$", first):
        return False
    if _QUESTIONS.search(first) or re.search("^(?:一、)?问\\s?[1１一]?\\s?[：:]", "\n".join(line.text for line in layout.lines[:12]), re.M):
        return True
    if cover.order_bodies or cover.ordered:
        return False
    if re.search("相关内容节选|内容节选|内容摘编|要点摘编", layout.opening(2500)):
        return True
    titles = [cover.forwarded, cover.called] + re.findall("《([^《》]{3,90})》", first + opening)
    if any(title and has_body_of(layout, title) for title in titles):
        return False
    if re.search("(?:的通知|的公告|的意见|的决定|的函|意见|办法|规定|条例|指南|法)$", first) and not _NEWS_OPENING.search(opening[:300]):
        return False
    return bool((_NEWS_HEAD.search(first) and (_NEWS_OPENING.search(opening) or "典型案例" in first)) and not _prints_sections(layout))


def _prints_sections(layout: Layout) -> bool:
    """Whether numbered sections of an instrument stand on lines of their own (一、 … （一） … or articles)."""
    lines = [line.text for line in layout.lines]
    chapters = sum(1 for line in lines if re.match("^[一二三四五六七八九十]{1,3}、", line))
    items = sum(1 for line in lines if re.match("^[（(][一二三四五六七八九十]{1,3}[)）]", line))
    articles = sum(1 for line in lines if re.match("^第[一二三四五六七八九十百]{1,5}条", line))
    return articles >= 3 or (chapters >= 3 and items >= 3)


def draft_status(layout: Layout, cover: Cover, raw_title: str, headline: str) -> bool:
    """Whether the text is put up for comment, or a bill: its suffix, its notice or its own words say so."""
    if DRAFT_SUFFIX.search(raw_title) or DRAFT_SUFFIX_EN.search(raw_title):
        return True
    if layout.lang == "en":
        return any(_DRAFT_EN.search(line.text) for line in layout.lines[:6])
    if cover.called and cover.called in raw_title + cover.called and re.search("征求|征集", layout.opening(1200)):
        return True
    top = [headline] + [line.text for line in layout.lines[:30]]
    return any((DRAFT_SUFFIX.search(text) or _DRAFT_CUES.search(text)) and len(text) < 140 for text in top)


def status_of(doc_type: str, *, draft: bool, title: str | None, layout: Layout) -> str:
    """Status as far as the text alone can say; later versions and repeals are the corpus's to find."""
    if draft:
        return "draft_for_comment"
    return plain_status(doc_type, (title or "") + layout.opening(300))


def plain_status(doc_type: str, opening: str) -> str:
    """Status of a text that is no draft, by itself: repealed when it says so, else by its kind."""
    if re.search(r"[（(](?:已废止|已失效|废止)[)）]|(?i:\(repealed\))", opening):
        return "repealed"
    return "unknown" if doc_type in {"press", "speech", "research", "other", "work_report", "initiative", "white_paper"} else "in_force"


def doc_type_of(title: str | None, layout: Layout, cover: Cover, events: list[Event], issuers: Sequence[str], *, press: bool,
                local: bool, jurisdiction: str | None, headline: str) -> str:
    """Kind of document under codebook section 7; `other` where no rule fits.

    departmental_rule needs an order number of a ministry-level body; the same kind of text sent out by notice or
    plainly published is a normative_document.
    """
    if press:
        return "press"
    if is_paper(layout):
        return "research"
    if layout.lang == "en":
        return _ordered_type(layout) or _english_type(title, layout, local=local, jurisdiction=jurisdiction)
    name = re.sub(r"[（(][^（）()]{1,24}[)）]$", "", title or "").strip()
    lead = issuers[0] if issuers else ""
    if any("最高人民法院" in body or "最高人民检察院" in body for body in issuers) or name.startswith(("最高人民法院", "最高人民检察院")):
        return "judicial_document" if not _CONGRESS_REPORT.search(name) else "work_report"
    if _CONGRESS_REPORT.search(name) or _REPORTS_TO_CONGRESS.search(layout.opening(600)):
        return "work_report"
    if re.search("人民代表大会", lead):
        return "law" if lead.startswith("全国") else "local_regulation"
    if any(body.endswith("国务院") for body in issuers) and (cover.order_number or events) and re.search("条例|规定|办法|细则|决定", name):
        return "administrative_regulation"
    if lead.endswith("国务院") and len(issuers) == 1 and re.search("(?:条例|规定|办法)$", name):
        return "administrative_regulation"
    if (cover.order_number and cover.order_kind == "令") or any("令第" in event.surface for event in events):
        if local:
            return "local_regulation"
        return "administrative_regulation" if lead.endswith("国务院") else "departmental_rule"
    opening = squeeze(layout.opening(1500) + headline)
    if title and (f"《{title}》白皮书" in opening or ("新闻办公室" in lead and "白皮书" in opening)):
        return "white_paper"
    return _type_by_name(name, layout, local=local)


def _type_by_name(name: str, layout: Layout, *, local: bool) -> str:
    if name.endswith("法") and not name.endswith("办法") and (name.startswith("中华人民共和国") or len(name) <= 14):
        return "law"
    if name.endswith("条例") or (name.startswith("中华人民共和国") and re.search("(?:实施细则|规定|办法)$", name)):
        return "local_regulation" if local else "administrative_regulation"
    for doc_type, patterns in patterns_by_kind("types_zh"):
        if any(re.search(pattern, name) for pattern in patterns):
            return doc_type
    if not name and re.search("(?:讲话|致辞|演讲)", layout.opening(200)):
        return "speech"
    return "initiative" if re.search(one_of("initiative_cues"), name + layout.opening(1500)) else "other"


def _ordered_type(layout: Layout) -> str | None:
    """Kind of what an English order promulgates: the State Council's regulation or a ministry's rule."""
    order = read_english_cover(layout).order
    if not order:
        return None
    return "administrative_regulation" if order.startswith("State Council") else "departmental_rule"


def _english_type(title: str | None, layout: Layout, *, local: bool, jurisdiction: str | None) -> str:
    opening = layout.opening(1800)
    for source, name in ((title or "", "types_en"), (opening, "types_en_body")):
        for doc_type, patterns in patterns_by_kind(name):
            if source and any(re.search(pattern, source) for pattern in patterns):
                return _chinese_regulation(doc_type, title or "", opening, local=local, jurisdiction=jurisdiction)
    return "other"


def _chinese_regulation(doc_type: str, title: str, opening: str, *, local: bool, jurisdiction: str | None) -> str:
    """Regulations of a place are local; Regulations of the whole country (条例) are the State Council's."""
    regulation = re.search(r"(?i)\bregulations?\b", title + opening[:300]) is not None
    if jurisdiction == "EU" and re.search(r"(?i)\b(?:regulation|directive)\b", title):
        return "law"
    if jurisdiction == "CN" and doc_type in {"regulation", "normative_document"} and regulation:
        if local:
            return "local_regulation"
        return "administrative_regulation" if re.match(r"(?i)regulations?\b|.{0,60}\bregulations?$", title) else "normative_document"
    return "departmental_rule" if doc_type == "regulation" else doc_type


def bindingness_of(doc_type: str, title: str | None, layout: Layout) -> str | None:
    """binding, soft or declaratory; None for kinds that lay nothing down (press, research, reports, other)."""
    if doc_type in _BINDING:
        return "binding"
    if doc_type == "normative_document":
        opening = layout.opening(900) if not title else ""
        return "binding" if _RULE_NOUN.search(title or "") or re.search(r"these (?:measures|provisions|rules)", opening, re.I) else "soft"
    if doc_type == "standard" and re.search("强制性国家标准|(?i:mandatory national standard)", layout.opening(1500)):
        return "binding"
    return "soft" if doc_type in _SOFT else "declaratory" if doc_type in _DECLARATORY else None


def audience_of(doc_type: str, tier: str | None, layout: Layout, title: str | None) -> str:
    """international when addressed to foreign states, forums or publics, else domestic."""
    cues = entries("international_cues")
    if tier == "company":
        return "domestic"
    if tier == "international" or (doc_type == "white_paper" and tier == "state_council"):
        return "international"
    if doc_type in {"initiative", "speech", "other"}:
        opening = (title or "") + "\n" + layout.opening(2500)
        return "international" if sum(len(re.findall(cue, opening)) for cue in cues) >= 2 else "domestic"
    return "domestic"
