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
