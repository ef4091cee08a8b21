"""What an HTML head says: title, date, source, address, author."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipeline.documents.page import PageHints

_TITLE = ("articletitle", "og:title", "dc.title", "dcterms.title", "citation_title", "title")
_DATE = ("pubdate", "publishdate", "article:published_time", "firstpublishedtime", "dc.date.issued", "dcterms.issued",
         "dcterms.created", "dc.date", "date", "govuk:first-published-at", "createdate", "datepublished", "datecreated")
_SOURCE = ("contentsource", "source", "govuk:primary-publishing-organisation", "og:site_name", "sitename",
           "dc.publisher", "publisher", "application-name")
_URL = ("og:url", "dc.identifier")
_AUTHOR = ("author", "dc.creator", "article:author", "citation_author")
MAX_CHARS = 300


def page_hints(tree: HtmlElement) -> PageHints:
    """Hints of a page head; of several names for one thing the one most specific to documents counts."""
    named: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip().lower()
        content = " ".join((meta.get("content") or "").split())[:MAX_CHARS]
        if name and content:
            named.setdefault(name, content)
    title = next((" ".join(element.text_content().split())[:MAX_CHARS] for element in tree.iter("title")), "")
    canonical = next((link.get("href") or "" for link in tree.iter("link")
                      if (link.get("rel") or "").lower() == "canonical"), "")

    def first(names: tuple[str, ...]) -> str:
        return next((named[name] for name in names if name in named), "")

    return PageHints(title=first(_TITLE) or title, date=first(_DATE), source=first(_SOURCE),
                     url=canonical or first(_URL), author=first(_AUTHOR))
