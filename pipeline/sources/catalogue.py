"""The instruments that the literature discusses, with the addresses at which their issuers publish them.

pipeline/knowledge/catalogue.csv: `url` (empty where no official address is known), `entity_id` (of the registry), `title`,
`lang` (zh or en), `basis` (where the address was seen, or why there is none).
"""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE
from pipeline.sources.addresses import check_url, tidy_url
from pipeline.sources.definitions import Source
from pipeline.sources.trouble import Refused

CATALOGUE = "catalogue"
COLUMNS = ["entity_id", "title", "lang", "url", "basis"]


def load_catalogue(path: Path = KNOWLEDGE / "catalogue.csv") -> tuple[Source, int]:
    """The catalogue as a source without lists, and how many of its instruments have no address.

    Raises: KnowledgeError for a wrong column, an address that stands twice or cannot be used, or one without a basis.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames != COLUMNS:
            raise KnowledgeError(f"The columns are {reader.fieldnames}", where=path.name, todo=f"Write {', '.join(COLUMNS)}.")
        rows = list(reader)
    with_url = [row for row in rows if row["url"]]
    urls = [tidy_url(row["url"]) for row in with_url]
    hosts = tuple(sorted({urlsplit(url).hostname or "" for url in urls}))
    for row, url in zip(with_url, urls, strict=True):
        if urls.count(url) > 1 or not row["basis"] or row["lang"] not in {"zh", "en"}:
            raise KnowledgeError(f"{row['title']}: address twice, or without basis, or with an unknown language", where=path.name,
                                 todo="Correct the row.")
        try:
            check_url(url, hosts=hosts)
        except Refused as refused:
            raise KnowledgeError(f"{row['title']}: {refused}", where=path.name, todo="Correct the address.") from refused
    known = tuple((url, (("lang", row["lang"]),)) for url, row in zip(urls, with_url, strict=True))
    return Source(CATALOGUE, "various", "both", hosts=hosts, attachments=(), known=known), len(rows) - len(with_url)
