"""From what stands on a page to the document: cut head and tail of the page, drop furniture, mend broken lines."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.documents.dateline import is_dateline, with_dateline
from pipeline.documents.flat import flat_page
from pipeline.documents.page import PageHints, Reading
from pipeline.documents.sites import Site, everywhere, line_pattern, site_of
from pipeline.text import han_share

BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ufff9-\ufffb]|[\U000e0000-\U000e007f]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_RETURN_MARK = re.compile(" ?\u21a9\ufe0e?(?= |$)", re.M)
_SPACE_RUN = re.compile("[ \u00a0\u3000\t]{40,}")
_ESCAPE = re.compile("\x1b(?:\\[[0-9;?]{0,20}[A-Za-z]|\\][^\x07\x1b]{0,200}(?:\x07|\x1b\\\\)?)")
_BLANK_LINES = re.compile(r"\n[ \t\u3000]*(?:\n[ \t\u3000]*){2,}")


_MARGIN = " \t\u00a0\u3000"


def clean(reading: Reading, *, url: str = "") -> Reading:
    """The reading with nothing but the document in its text; its page hints completed from the page's own head.

    url: address from the sidecar, if any. Flags added: bidi_controls, control_chars.
    """
    text, flags = strip_controls(reading.text)
    site = site_of(url or reading.page.url, text)
    page = reading.page
    if site is not None and site.flat_head:
        text, page = flat_page(text, page, site)
    lines = [line.rstrip(_MARGIN) for line in text.split("\n")]
    if reading.kind == "markdown":
        lines = [line.lstrip(_MARGIN) for line in lines]
    page = with_dateline(page, lines[:_HEAD_LINES])  # of a repost, which is cut off next
    lines = _cut(lines, site)
    if site is not None and site.repost:
        lines = _without_page_title(lines, page)
    page = with_dateline(page, lines[:_HEAD_LINES])
    lines = [line for place, line in enumerate(lines) if place >= _HEAD_LINES or not is_dateline(line.strip())]
    lines = _drop(lines, site)
    if site is not None and site.rejoin:
        lines = _rejoin(lines)
    text = mend_fragments("\n".join(lines)) if han_share(text) > 0.2 else "\n".join(lines)
    text = _BLANK_LINES.sub("\n\n", text).strip("\n \t\u3000")
    return replace(reading, text=text, page=page, flags=(*reading.flags, *flags))


def strip_controls(text: str) -> tuple[str, list[str]]:
    """`text` without characters that print nothing and only reorder, hide or break; and flags for what stood there.

    Zero-width characters inside words (工信厅〔2025〕 + U+200B + 号) are removed without a flag: pages are full of them.
    """
    flags = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if BIDI_CONTROLS.search(text):
        flags.append("bidi_controls")
        text = BIDI_CONTROLS.sub("", text)
    if _CONTROLS.search(text):
        flags.append("control_chars")
        text = _CONTROLS.sub("", _ESCAPE.sub("", text))
    return _SPACE_RUN.sub(" ", _RETURN_MARK.sub("", _INVISIBLE.sub("", text))), flags


_HEAD_LINES = 12
"""A page head is over when none of its marks stands in this many lines."""


def _cut(lines: list[str], site: Site | None) -> list[str]:
    """The lines between the site's start and end; all of them where these are not found."""
    if site is None:
        return lines
    start, end = line_pattern(site.start_lines), line_pattern(site.end_lines)
    while start is not None:
        found = next((i for i, line in enumerate(lines) if start.fullmatch(line.strip())), None)
        if found is None:
            break
        lines = lines[found + 1:]
        start = start if any(start.fullmatch(line.strip()) for line in lines[:_HEAD_LINES]) else None
    if end is not None:
        lines = next((lines[:i] for i, line in enumerate(lines) if end.fullmatch(line.strip())), lines)
    return lines


def _drop(lines: list[str], site: Site | None) -> list[str]:
    patterns = everywhere().drop_lines + (site.drop_lines if site is not None else ())
    furniture = line_pattern(patterns)
    assert furniture is not None
    return [line for line in lines if len(line) > 200 or not furniture.fullmatch(line.strip())]


_MEDIA_TITLE = re.compile(r"[|｜！!？?]|[布发]《|印发《|《[^》]{1,80}》[^》]{0,12}(?:施行|发布|公布|出台)|全文|[，,：:]")


def _without_page_title(lines: list[str], page: PageHints) -> list[str]:
    """A reposted document begins behind the reposting page's own title and account name.

    A page title that is plainly the document's own name stays, once, when the document does not repeat it.
    """
    key = re.sub(r"\s", "", page.title)
    full = [i for i, line in enumerate(lines) if line.strip()]
    heads = [i for i in full[:4] if key and re.sub(r"\s", "", lines[i]) == key]
    lines = lines[heads[-1] + 1:] if heads else lines
    names = {page.source, page.source.split("-")[0].split(" ")[0]}
    lines = [line for i, line in enumerate(lines) if not (i < 40 and line.strip() and line.strip() in names)]
    opening = re.sub(r"\s", "", "".join(lines[:60])[:1500])
    return [page.title, *lines] if key and key not in opening and not _MEDIA_TITLE.search(page.title) else lines


_TERMINAL = "。！？!?；;：:”）)】》."


def _rejoin(lines: list[str]) -> list[str]:
    """Paragraphs of a page whose links broke the lines: what no empty line parts belongs together."""
    out: list[str] = []
    open_paragraph = False
    for line in lines:
        if not line.strip():
            open_paragraph = False
            continue
        if open_paragraph and out:
            out[-1] += line if not out[-1].endswith(tuple(_TERMINAL)) or line[0] in "，。、；：" else "\n" + line
        else:
            out.append(line)
        open_paragraph = True
    return out


_BROKEN_NUMBER = re.compile(r"(?<=[\u4e00-\u9fff])\n?([〔\[（(])\n?((?:19|20)[0-9]{2})\n?([〕\]）)])\n?(?=第?[0-9]{1,4}\n?号)")
_LONE_NUMBER = re.compile(r"(?m)^((?:附件[:：]?\s?)?[0-9]{1,2}[.．、]?)\n(?=[^\n0-9])")
_LONE_STOP = re.compile(r"\n(?=[，、；。）〉》”][^\n])|\n(?=[，、；。][ ]?(?:\n|$))")
_LONE_POINT = re.compile(r"(?m)^([0-9]{1,2})\n(?=[.．、][^\n])")


def mend_fragments(text: str) -> str:
    """Chinese text whose lines were broken inside a number, a list mark or before punctuation, made whole.

    工信厅函 / 〔 / 2025 / 〕 / 161号 → one line; "1." / "表一" → "1.表一". Hard-wrapped prose is left as it is.
    """
    text = _BROKEN_NUMBER.sub(r"\1\2\3", text)
    text = _LONE_POINT.sub(r"\1", text)
    text = _LONE_NUMBER.sub(r"\1", text)
    return _LONE_STOP.sub("", text)
