"""The running text of a link's side, and the way back from a place in it to the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

Places = Mapping[tuple[str, int], tuple[int, str]]


class Stretch(NamedTuple):
    """Text of some sentences of one document, joined by blanks; per sentence its start in the text and in the
    document."""

    text: str
    starts: list[int]
    origins: list[int]


def sentence_places(sentences: pd.DataFrame, doc_ids: set[str]) -> dict[tuple[str, int], tuple[int, str]]:
    """(doc_id, sent_no) → (start_char, text) for the sentences of some documents."""
    rows = sentences.loc[sentences.doc_id.isin(doc_ids), ["doc_id", "sent_no", "start_char", "text"]]
    return {(str(doc_id), int(sent_no)): (int(start), str(text))
            for doc_id, sent_no, start, text in rows.to_numpy(dtype=object)}


def stretch_of(places: Places, doc_id: str, sent_nos: Sequence[int]) -> Stretch:
    """The sentences of one side of a link, in order."""
    return join_sentences(places[doc_id, number] for number in sent_nos)


def join_sentences(rows: Iterable[tuple[int, str]]) -> Stretch:
    """rows: (start_char, text) per sentence."""
    text, starts, origins = "", [], []
    for origin, sentence in rows:
        text += " " if text else ""
        starts.append(len(text))
        origins.append(origin)
        text += sentence
    return Stretch(text, starts, origins)


def to_document(stretch: Stretch, offset: int) -> int:
    """Offset in the document of an offset in the stretch."""
    number = max(place for place, start in enumerate(stretch.starts) if start <= offset)
    return stretch.origins[number] + offset - stretch.starts[number]
