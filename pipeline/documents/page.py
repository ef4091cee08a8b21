"""What the container of a document says about it, apart from its text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageHints:
    """Metadata of the container: HTML meta tags, PDF info, DOCX core properties, Markdown front matter.

    All values are as printed there, "" when the container is silent. They rank below the text.
    title: page or file title, possibly with a site name. date: any notation. source: publishing site or
    body named by the container. url: canonical address. author: person or body named as author.
    """

    title: str = ""
    date: str = ""
    source: str = ""
    url: str = ""
    author: str = ""


@dataclass(frozen=True)
class Reading:
    """What a reader made of one file: lines of text as printed, before furniture is removed.

    text: paragraphs, one a line; cells of a table row joined by a tab. kind: key of sniff.MEDIA_TYPES.
    visible_chars: letters a person would see on the page, clutter included; 0 when text is all there is.
    """

    text: str
    kind: str
    page: PageHints = PageHints()
    encoding: str = ""
    flags: tuple[str, ...] = ()
    visible_chars: int = 0
