"""All document pairs of a corpus: paired, aligned twice (seeds, then what the first pass taught), renderings read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from pipeline.alignments.aligning import Link, align_bags
from pipeline.alignments.articles import article_walls
from pipeline.alignments.evidence import bag_of_sentences
from pipeline.alignments.lexicon import Lexicon, learn_lexicon, merge_lexicons, seed_lexicon
from pipeline.alignments.pairing import Candidate, find_candidates
from pipeline.alignments.renderings import ALIGNMENT_COLUMNS, read_renderings

LEAST_EXPLAINED = 0.2       # a pair found by evidence stands if the links explain this share of one of its sides (seeds alone)
LEAST_LINK = 0.2            # links of the first pass that teach translations: seeds alone explain little
ZH_TO_EN = 4.5              # English characters per Chinese character, to weigh the two sides of a pair alike


class Aligned(NamedTuple):
    """The contract's tables `alignments` and `renderings`."""

    alignments: pd.DataFrame
    renderings: pd.DataFrame


@dataclass(frozen=True)
class Text:
    """One document for alignment, sentence by sentence, in order."""

    sent_nos: list[int]
    lengths: list[int]
    articles: list[str | None]
    bags: list[list[str]]


def align_corpus(documents: pd.DataFrame, sentences: pd.DataFrame, mentions: pd.DataFrame,
                 senses: pd.DataFrame) -> Aligned:
    """Links and renderings of every pair of a Chinese and an English version.

    documents, sentences, mentions, senses: the contract's tables. Returns: `alignments`, one row per m:n link of a
    pair, every sentence of both documents in exactly one link, lists of `sent_no`, an empty list on the other side
    for a sentence without counterpart (its score is 0), score in [0, 1]; sorted by pair, documents and place.
    `renderings`: see renderings.read_renderings.
    """
    candidates = find_candidates(documents, mentions)
    wanted = {doc_id for found in candidates for doc_id in (found.zh_doc_id, found.en_doc_id)}
    texts = read_texts(sentences, mentions, documents, wanted)
    first = {found: align_texts(texts[found.zh_doc_id], texts[found.en_doc_id], seed_lexicon()) for found in candidates
             if found.zh_doc_id in texts and found.en_doc_id in texts}
    kept = confirm(first, texts)
    lexicon = learn_from(kept, first, texts)
    final = {found: align_texts(texts[found.zh_doc_id], texts[found.en_doc_id], lexicon) for found in kept}
    alignments = _alignment_rows(final, texts)
    return Aligned(alignments, read_renderings(alignments, sentences, senses, lexicon))


def read_texts(sentences: pd.DataFrame, mentions: pd.DataFrame, documents: pd.DataFrame,
               wanted: set[str]) -> dict[str, Text]:
    """The documents of `wanted` that have sentences."""
    side = {row.doc_id: "en" if row.lang == "en" else "zh" for row in documents.itertuples()}
    entities: dict[tuple[str, int], list[str]] = {}
    linked = mentions[mentions.doc_id.isin(wanted) & mentions.entity_id.notna() & (mentions.entity_id != "NIL")]
    for doc_id, sent_no, entity_id in linked[["doc_id", "sent_no", "entity_id"]].itertuples(index=False):
        entities.setdefault((doc_id, int(sent_no)), []).append(entity_id)
    texts = {}
    for doc_id, rows in sentences[sentences.doc_id.isin(wanted)].sort_values(["doc_id", "sent_no"]).groupby("doc_id"):
        numbers = [int(number) for number in rows.sent_no]
        surfaces = [str(text) for text in rows.text]
        texts[str(doc_id)] = Text(
            numbers, [len(text) for text in surfaces],
            [article if isinstance(article, str) else None for article in rows.article],
            bag_of_sentences(surfaces, side[str(doc_id)], [entities.get((str(doc_id), no), []) for no in numbers]))
    return texts


def align_texts(zh: Text, en: Text, lexicon: Lexicon) -> list[Link]:
    """Links that cover both documents, articles first where both have them."""
    walls = article_walls(zh.articles, en.articles, zh.bags, en.bags, zh.lengths, en.lengths, lexicon)
    return align_bags(zh.bags, en.bags, zh.lengths, en.lengths, lexicon, walls=walls)


def explained_shares(links: Sequence[Link], zh: Text, en: Text) -> tuple[float, float]:
    """Score-weighted share of the characters of either document that two-sided links cover, (zh, en), in [0, 1]."""
    zh_part = sum(link.score * sum(zh.lengths[link.zh_start:link.zh_end]) for link in links)
    en_part = sum(link.score * sum(en.lengths[link.en_start:link.en_end]) for link in links)
    return zh_part / max(sum(zh.lengths), 1), en_part / max(sum(en.lengths), 1)


def confirm(first: Mapping[Candidate, Sequence[Link]], texts: Mapping[str, Text]) -> list[Candidate]:
    """Sidecar pairs, and for each other English document the one Chinese text that it translates best, if any does.

    A zh document may keep several English versions; they share its pair id.
    """
    kept = [found for found in first if found.basis == "sidecar"]
    best: dict[str, tuple[float, Candidate]] = {}
    for found, links in first.items():
        if found.basis == "sidecar":
            continue
        share = max(explained_shares(links, texts[found.zh_doc_id], texts[found.en_doc_id]))
        if share >= LEAST_EXPLAINED and (found.en_doc_id not in best or share > best[found.en_doc_id][0]):
            best[found.en_doc_id] = (share, found)
    return sorted([*kept, *(found for _, found in best.values())])


def learn_from(kept: Sequence[Candidate], first: Mapping[Candidate, Sequence[Link]],
               texts: Mapping[str, Text]) -> Lexicon:
    """The seeds with what the first alignment of the kept pairs teaches."""
    links = []
    for found in kept:
        zh, en = texts[found.zh_doc_id], texts[found.en_doc_id]
        links += [([token for bag in zh.bags[link.zh_start:link.zh_end] for token in bag],
                   [token for bag in en.bags[link.en_start:link.en_end] for token in bag])
                  for link in first[found] if link.score >= LEAST_LINK]
    return merge_lexicons(learn_lexicon(links), seed_lexicon())


def _alignment_rows(final: Mapping[Candidate, Sequence[Link]], texts: Mapping[str, Text]) -> pd.DataFrame:
    rows = []
    for found in sorted(final, key=lambda found: (found.pair_id, found.zh_doc_id, found.en_doc_id)):
        zh, en = texts[found.zh_doc_id], texts[found.en_doc_id]
        for link in final[found]:
            rows.append((found.pair_id, found.zh_doc_id, found.en_doc_id, zh.sent_nos[link.zh_start:link.zh_end],
                         en.sent_nos[link.en_start:link.en_end], link.score))
    return pd.DataFrame(rows, columns=ALIGNMENT_COLUMNS).astype({"score": "float64"})


