"""HTML pages: the element that holds the document, found by the site's own paths or by where the sentences are."""

from __future__ import annotations

import re

from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from pipeline.documents.dateline import with_dateline
from pipeline.documents.decode import decode
from pipeline.documents.mojibake import repair_mojibake
from pipeline.documents.page import Reading
from pipeline.documents.readers.blocks import bare_text, block_lines, drop_furniture, letters, prune, select
from pipeline.documents.readers.main_content import main_lines
from pipeline.documents.readers.page_head import page_hints
from pipeline.documents.sites import Site, site_of
from pipeline.errors import SetAside

LOW_SHARE = 0.3
"""A document below this share of the visible letters of its page is flagged `low_text_share`."""
HIDDEN_CHARS = 200
HIDDEN_SHARE = 0.05
"""Hidden letters above both are flagged `hidden_text`; cookie notes stay below."""
_DECLARED = re.compile(rb"(?i)<meta[^>]{0,300}?charset\s{0,4}=\s{0,4}[\"']?\s{0,4}([a-z0-9_-]{2,20})"
                       rb"|<\?xml[^>]{0,80}encoding=[\"']([a-z0-9_-]{2,20})")
_DOCTYPE = re.compile(r"(?is)<!doctype[^>\[]{0,200}\[.{0,20000}?\]\s{0,20}>")
_XML_HEAD = re.compile(r"(?i)^\s{0,200}<\?xml[^>]{0,200}\?>")
_ENTITY = re.compile(r"&(?![a-zA-Z]{2,8}[0-9]{0,2};|#)([A-Za-z0-9_.]{1,20};)")
_HUGE_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]{0,15})\s[^<>]{20000,}>")
MAX_NESTING = 200
_ANY_WRAPPER = re.compile(r"<(/?)(?:div|section|article|center|blockquote|table|tbody|tr|td|ul|ol|li|span|font|b|i|em|strong|a)\b", re.I)
_BLOCK_WRAPPER = re.compile(r"</?(?:div|section|article|center|blockquote|table|tbody|tr|td|ul|ol|li)\b[^<>]{0,2000}>", re.I)
_WRAPPER = re.compile(r"</?(?:span|font|b|i|em|strong)\b[^<>]{0,2000}>", re.I)
_SOFT_404 = re.compile(
    r"(?i)(?:页面|网页|内容|文章|信息)(?:您访问的)?(?:不存在|已删除|已被删除|找不到|未找到)"
    r"|(?:访问|请求|查看)的(?:页面|网页|内容|信息).{0,8}(?:不存在|删除|找不到)|404 ?(?:not found|error|页面)"
    r"|page (?:not found|does not exist)|the page you (?:requested|are looking for).{0,30}(?:not|no longer)")
_NEEDS_SCRIPT = re.compile(
    r"(?i)(?:enable|requires?|turn on) javascript|javascript (?:is )?(?:disabled|required)|javascriptEnabled"
    r"|请(?:开启|启用|打开).{0,6}javascript|unsupported browser")


def read_html(data: bytes, *, url: str = "") -> Reading:
    """The document on a page. `url`: where the page is from, if the sidecar says it.

    Scripts, styles, hidden and form parts are no text; entities and remote parts are never resolved.
    Flags: xml_doctype, deep_nesting, hidden_text, low_text_share and those of decoding.
    Raises: SetAside(`soft_404`, `no_text`, `html_malformed`).
    """
    found = _DECLARED.search(data[:8192])
    declared = (found.group(1) or found.group(2)).decode() if found else ""
    decoded = decode(data, declared=declared, markup=True)
    text, flags = repair_mojibake(decoded.text)
    tree, more = parse_html(text)
    page = page_hints(tree)
    site = site_of(url or page.url, page.title + "\n" + text[-4000:])
    heading = _heading(tree, site)
    hidden = prune(tree, site.drop_selectors if site else ())
    visible = block_lines(tree)
    n_visible = letters(visible)
    lines = _by_selectors(tree, site, n_visible)
    if lines is None:
        lines = main_lines(tree, block_lines(tree) if drop_furniture(tree, n_visible) else visible)
    _refuse_empty_pages(lines, page.title, visible, text)
    if hidden > max(HIDDEN_CHARS, HIDDEN_SHARE * n_visible):
        more.append("hidden_text")
    if letters(lines) < LOW_SHARE * max(n_visible, letters([bare_text(text)]) - hidden):
        more.append("low_text_share")
    lines = _with_heading(lines, heading, site)
    page = with_dateline(page, visible)
    return Reading("\n".join(lines), "html", page, decoded.encoding, (*decoded.flags, *flags, *more), n_visible)


def parse_html(text: str) -> tuple[HtmlElement, list[str]]:
    """The tree of a page, and flags. Only text is parsed, never bytes: lxml would decode them its own way.

    Raises: SetAside(`html_malformed`) when nothing can be parsed.
    """
    flags = []
    text = _XML_HEAD.sub("", text.replace("\x00", ""))
    doctype = _DOCTYPE.search(text[:40000])
    if doctype:
        flags.append("xml_doctype")
        text = text[:doctype.start()] + text[doctype.end():]
        text = _ENTITY.sub("", text)
    text = _HUGE_TAG.sub(r"<\1>", text)
    if nesting(text) > MAX_NESTING:
        flags.append("deep_nesting")
        text = _WRAPPER.sub(" ", _BLOCK_WRAPPER.sub("<br>", text))
    parser = lxml_html.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text, parser=parser), flags
    except (ParserError, ValueError, AssertionError) as error:
        raise SetAside("html_malformed", str(error), "Open the page in a browser and save it again.") from error


def nesting(text: str) -> int:
    """How deep wrapper elements stand in each other; the parser silently drops what is below some depth."""
    depth = deepest = 0
    for found in _ANY_WRAPPER.finditer(text):
        depth = max(0, depth - 1) if found.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _heading(tree: HtmlElement, site: Site | None) -> str:
    for path in (*(site.title_selectors if site else ()), "h1"):
        for element in select(tree, path)[:3]:
            words = " ".join(element.text_content().split())
            if 4 <= len(words) <= 200:
                return words
    return ""


def _by_selectors(tree: HtmlElement, site: Site | None, n_visible: int) -> list[str] | None:
    """Lines of the element the site's file names, if it holds a fair part of the page; else None."""
    for path in site.selectors if site else ():
        lines = [line for element in select(tree, path)[:1] for line in block_lines(element)]
        if letters(lines) >= max(60, LOW_SHARE * n_visible):
            return lines
    return None


def _refuse_empty_pages(lines: list[str], title: str, visible: list[str], source: str) -> None:
    n_letters = letters(lines)
    if n_letters < 400:
        if _SOFT_404.search(title) or _SOFT_404.search(" ".join(visible)[:2000]):
            raise SetAside("soft_404", "the page says that the document does not exist", "Find its new address.")
        if _NEEDS_SCRIPT.search(source[:20000]) and n_letters < 200:
            raise SetAside("no_text", "the page shows its text only to a browser that runs scripts",
                           "Open it in a browser and save the page, or find the PDF.")


def _with_heading(lines: list[str], heading: str, site: Site | None) -> list[str]:
    """The page's heading is the title of the document, unless a repost gave it another one."""
    key = re.sub(r"\s", "", heading)
    opening = re.sub(r"\s", "", "".join(lines[:12]))
    if not key or key in opening or (site is not None and site.repost):
        return lines
    return [heading, *lines]
