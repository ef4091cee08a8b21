"""All document pairs of a corpus: paired, aligned twice (seeds, then what the first pass taught), renderings read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

import pandas as pd

from pipeline.alignments.aligning import Link, align_bags
from pipeline.alignments.articles import article_walls
from pipeline.alignments.evidence import bag_of_sentences
from pipeline.alignments.lexicon import Lexicon, learn_lexicon, merge_lexicons, seed_lexicon
from pipeline.alignments.pairing import Candidate, find_candidates
from pipeline.alignments.renderings import ALIGNMENT_COLUMNS, RENDERING_COLUMNS, read_renderings
from pipeline.keeping import Keep, content_key, fresh

LEAST_EXPLAINED = 0.2       # a pair found by evidence stands if the links explain this share of one of its sides (seeds alone)
LEAST_LINK = 0.2            # links of the first pass that teach translations: seeds alone explain little


class Aligned(NamedTuple):
    """The contract's tables `alignments` and `renderings`."""

    alignments: pd.DataFrame
    renderings: pd.DataFrame


@dataclass(frozen=True)
class Text:
    """One document for alignment, sentence by sentence, in order. side: zh or en; entities: registry ids found in it."""

    side: str
    sent_nos: list[int]
    surfaces: list[str]
    articles: list[str | None]
    entities: list[list[str]]

    @cached_property
    def lengths(self) -> list[int]:
        """Characters of each sentence."""
        return [len(text) for text in self.surfaces]

    @cached_property
    def bags(self) -> list[list[str]]:
        """Tokens of each sentence (evidence.bag_of_sentences)."""
        return bag_of_sentences(self.surfaces, self.side, self.entities)

    @cached_property
    def key(self) -> str:
        """Differs when anything does that an alignment of this document rests on."""
        return content_key("text", self.side, self.sent_nos, self.surfaces, self.articles, self.entities)


def align_corpus(documents: pd.DataFrame, sentences: pd.DataFrame, mentions: pd.DataFrame,
                 senses: pd.DataFrame, *, keep: Keep = fresh) -> Aligned:
    """Links and renderings of every pair of a Chinese and an English version.

    documents, sentences, mentions, senses: the contract's tables. Returns: `alignments`, one row per m:n link of a
    pair, every sentence of both documents in exactly one link, lists of `sent_no`, an empty list on the other side
    for a sentence without counterpart (its score is 0), score in [0, 1]; sorted by pair, documents and place.
    `renderings`: see renderings.read_renderings. keep: remembers what each document and pair gave; a pair that comes,
    goes or changes teaches all others new words, so that then all are aligned again.
    """
    candidates = find_candidates(documents, mentions, keep=keep)
    wanted = {doc_id for found in candidates for doc_id in (found.zh_doc_id, found.en_doc_id)}
    texts = read_texts(sentences, mentions, documents, wanted)
    pairs = {found: (texts[found.zh_doc_id], texts[found.en_doc_id]) for found in candidates
             if found.zh_doc_id in texts and found.en_doc_id in texts}
    first = {found: _kept_links(keep, "first", found, pairs, seed_lexicon) for found in pairs}
    kept = confirm(first, texts)
    taught = content_key("taught", [[text.key for text in pairs[found]] for found in kept])
    lexicon = lru_cache(maxsize=1)(partial(learn_from, kept, first, texts))
    final = {found: _kept_links(keep, taught, found, pairs, lexicon) for found in kept}
    alignments = _alignment_rows(final, texts)
    return Aligned(alignments, _rendering_rows(alignments, sentences, senses, lexicon, keep=keep, taught=taught))


def _kept_links(keep: Keep, step: str, found: Candidate, pairs: Mapping[Candidate, tuple[Text, Text]],
                lexicon: Callable[[], Lexicon]) -> list[Link]:
    """The links of one pair; aligned only when this pair was never aligned with this lexicon, which `step` names."""
    zh, en = pairs[found]
    made = keep(content_key("links", step, zh.key, en.key), lambda: [
        [*map(int, link[:4]), float(link.score)] for link in align_texts(zh, en, lexicon())])
    return [Link(*row) for row in made]


def _rendering_rows(alignments: pd.DataFrame, sentences: pd.DataFrame, senses: pd.DataFrame,
                    lexicon: Callable[[], Lexicon], *, keep: Keep, taught: str) -> pd.DataFrame:
    """renderings.read_renderings of all pairs, each read only when its links, senses or lexicon are new."""
    zh_ids, en_ids = set(alignments.zh_doc_id), set(alignments.en_doc_id)
    texts = {str(doc_id): part for doc_id, part in sentences[sentences.doc_id.isin(zh_ids | en_ids)].groupby("doc_id")}
    hits = {str(doc_id): part for doc_id, part in senses[senses.doc_id.isin(zh_ids)].groupby("doc_id")}
    rows: list[list[Any]] = []
    for (_, zh_id, en_id), links in alignments.groupby(ALIGNMENT_COLUMNS[:3], sort=True):
        found = hits.get(str(zh_id), senses.iloc[:0])
        both = pd.concat([texts[str(zh_id)], texts[str(en_id)]])
        names = ["doc_id", "sent_no", "start_char", "end_char", "text"]
        key = content_key("renderings", taught, links.to_numpy(dtype=object).tolist(), _plain(both[names]),
                          _plain(found[[*names[:4], "surface", "sense"]]))
        rows += keep(key, partial(_read_pair, links, both, found, lexicon))
    table = pd.DataFrame(rows, columns=RENDERING_COLUMNS, dtype=object)
    return table.astype({"sent_no": "int64", "start_char": "int64", "end_char": "int64", "en_start_char": "Int64",
                         "en_end_char": "Int64"})


def _read_pair(links: pd.DataFrame, sentences: pd.DataFrame, senses: pd.DataFrame, lexicon: Callable[[], Lexicon]
               ) -> list[list[Any]]:
    return _plain(read_renderings(links, sentences, senses, lexicon()))


def _plain(frame: pd.DataFrame) -> list[list[Any]]:
    """Rows as lists that JSON can hold."""
    columns = [[None if value is pd.NA else value for value in frame[name].tolist()] for name in frame.columns]
    return [list(row) for row in zip(*columns, strict=True)]


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
        texts[str(doc_id)] = Text(
            side[str(doc_id)], numbers, [str(text) for text in rows.text],
            [article if isinstance(article, str) else None for article in rows.article],
            [entities.get((str(doc_id), number), []) for number in numbers])
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


