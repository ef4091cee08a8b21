"""The line under a page's heading that says when it was put up, and by whom: a hint, never the document's own date."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.documents.page import PageHints

_DAY = r"(?:19|20)[0-9]{2}(?:年[0-9]{1,2}月[0-9]{1,2}日|[-/][0-9]{1,2}[-/][0-9]{1,2})"
_HOUR = r" ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_DATE = f"({_DAY}(?:{_HOUR})?)"
_FORWARD = re.compile(_DATE + r"[\s|]{0,6}(?:信息|文章)?来源[:：]\s{0,4}([^\s【|]{2,40})")
_BACKWARD = re.compile(r"来源[:：]\s{0,4}([^\s【|]{2,40})[\s|]{1,6}(?:发布)?(?:时间|日期)[:：]\s{0,4}" + _DATE)
_CLOCK = re.compile(rf"^(?![^0-9]{{0,40}}(?:截止|截至|会议|报名|举行|召开))[^0-9。，；]{{0,24}}({_DAY}{_HOUR})[^。，；]{{0,30}}$")
MAX_LINES = 80


def with_dateline(page: PageHints, lines: list[str]) -> PageHints:
    """`page` with date and source from the first dateline of `lines`, where the head of the page does not say them.

    A line with a day and an hour (某网 2024-05-06 10:12) is one as well: documents print no hours.
    """
    if page.date and page.source:
        return page
    text = "\n".join(lines[:MAX_LINES])[:6000]
    forward, backward = _FORWARD.search(text), _BACKWARD.search(text)
    if forward is not None:
        date, source = forward.group(1), forward.group(2)
    elif backward is not None:
        source, date = backward.group(1), backward.group(2)
    else:
        stamp = next((found for line in lines[:MAX_LINES] if (found := _CLOCK.match(line.strip()))), None)
        return replace(page, date=page.date or stamp.group(1)) if stamp else page
    return replace(page, date=page.date or date, source=page.source or source)


def is_dateline(line: str) -> bool:
    """Whether a line says when and by whom the page was put up, and nothing else (a heading may stand before it)."""
    return len(line) < 120 and (_FORWARD.match(line) is not None or (re.match("来源[:：]", line) is not None
                                and _BACKWARD.match(line) is not None))
