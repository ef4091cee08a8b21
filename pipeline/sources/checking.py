"""How many documents a list showed when a person looked, and whether what it shows now is the same page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.errors import TifaError
from pipeline.knowledge import load_yaml
from pipeline.sources.client import Client
from pipeline.sources.definitions import Source
from pipeline.sources.landing import write_whole
from pipeline.sources.polling import read_first_page
from pipeline.sources.trouble import Failed, Refused

SMALLEST_SHARE, LARGEST_SHARE, SLACK = 0.5, 2.0, 5


@dataclass(frozen=True)
class Seen:
    """What one list showed. found: documents on its first page, None when it could not be read (see trouble)."""

    url: str
    found: int | None
    expected: int | None
    trouble: str = ""


def expected_range(found: int) -> tuple[int, int]:
    """Numbers of documents that a list may show after it has shown `found`: half to double, with five of slack.

    A page that showed any never shows none.
    """
    low = max(1 if found else 0, min(int(found * SMALLEST_SHARE), found - SLACK))
    return low, max(int(found * LARGEST_SHARE), found + SLACK)


def load_observations(folder: Path, source: str) -> dict[str, int]:
    """Address of a list → documents it showed when it was last checked; empty before the first check."""
    path = folder / f"{source}.yml"
    if not path.is_file():
        return {}
    loaded = load_yaml(path)
    lists = loaded.get("lists") if isinstance(loaded, dict) else None
    if not isinstance(lists, dict) or not all(isinstance(found, int) for found in lists.values()):
        raise TifaError("The record of the last check cannot be read", where=str(path),
                        todo=f"Delete it and run tifa fetch --check {source}.")
    return {str(url): int(found) for url, found in lists.items()}


def check_source(source: Source, client: Client, folder: Path) -> list[Seen]:
    """Read the first page of every list, compare with the last check, and record what was found, with the day.

    A list that could not be read keeps what was recorded of it.
    """
    before = load_observations(folder, source.name)
    seen = []
    for one in source.lists:
        try:
            seen.append(Seen(one.url, len(read_first_page(one, source, client)), before.get(one.url)))
        except (Failed, Refused) as trouble:
            seen.append(Seen(one.url, None, before.get(one.url), str(trouble)))
    found = before | {one.url: one.found for one in seen if one.found is not None}
    if found:
        folder.mkdir(parents=True, exist_ok=True)
        record = {"source": source.name, "checked": client.timing.now().date().isoformat(), "lists": found}
        write_whole(folder / f"{source.name}.yml", yaml.safe_dump(record, allow_unicode=True, sort_keys=False).encode())
    return seen
