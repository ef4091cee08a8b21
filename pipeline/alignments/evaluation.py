"""How right the alignment is, measured on parallel texts.

The material: a folder with `work_reports/*.tsv` (zh, en per line: units translated together) and
`articles/*.tsv` (article, zh, en). The units are joined into running text on each side and cut again by the
splitter given; two sentences belong together where they share a unit; the gold links are the connected components.
Line order is gone: what joins the lines is nothing where a sentence goes on, and a line end where a heading or list
item ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.alignments.aligning import Link, align_bags
from pipeline.alignments.articles import Article, align_articles
from pipeline.alignments.corpus import LEAST_LINK
from pipeline.alignments.evidence import bag_of_sentences
from pipeline.alignments.lexicon import Lexicon, learn_lexicon, merge_lexicons, seed_lexicon
from pipeline.errors import TifaError
from pipeline.text import Span

Pair = tuple[tuple[int, ...], tuple[int, ...]]
Splitter = Callable[[pd.DataFrame], pd.DataFrame]      # documents (doc_id, text, title) → the contract's `sentences`


class Parallel(NamedTuple):
    """One bilingual text, cut: sentences of both sides, and the gold links as tuples of sentence numbers."""

    name: str
    zh: list[str]
    en: list[str]
    gold: list[Pair]


def read_parallel(path: Path, split: Splitter) -> Parallel:
    """A file of zh–en units as running text, cut by `split`, with gold links."""
    units = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    if any(len(unit) != 2 for unit in units):
        raise TifaError("A line is not zh, tab, en", where=str(path), todo="Give one unit per line.")
    sides = []
    for side in (0, 1):
        text, spans = join_units([unit[side] for unit in units])
        frame = split(pd.DataFrame({"doc_id": [path.stem], "text": [text], "title": [None]}, dtype=object))
        cuts = [Span(int(start), int(end)) for start, end in frame[["start_char", "end_char"]].to_numpy()]
        sides.append((text, spans, cuts))
    (zh, zh_units, zh_cuts), (en, en_units, en_cuts) = sides
    return Parallel(path.stem, [zh[cut.start:cut.end] for cut in zh_cuts], [en[cut.start:cut.end] for cut in en_cuts],
                    gold_links(zh_cuts, en_cuts, zh_units, en_units))


def join_units(units: Sequence[str]) -> tuple[str, list[Span]]:
    """Running text of one side, and where each unit lies in it."""
    text, spans = "", []
    for unit in units:
        text += _joint(text, unit)
        spans.append(Span(len(text), len(text) + len(unit)))
        text += unit
    return text, spans


def _joint(before: str, unit: str) -> str:
    if not before:
        return ""
    last = before.rstrip()[-1:]
    goes_on = last in "，、：；。！？,;:.!?”\"）)" or (last.isascii() and unit[:1].islower())
    if not goes_on or unit.startswith(("——", "--", "–", "•")):
        return "\n"
    return " " if last.isascii() or (last == "”" and unit[:1].isascii()) else ""


def gold_links(zh: Sequence[Span], en: Sequence[Span], zh_units: Sequence[Span], en_units: Sequence[Span]) -> list[Pair]:
    """Connected components of sentences that share a unit; sentences without any stand alone."""
    parent = list(range(len(zh) + len(en)))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for zh_unit, en_unit in zip(zh_units, en_units, strict=True):
        nodes = [place for place, cut in enumerate(zh) if cut.start < zh_unit.end and cut.end > zh_unit.start]
        nodes += [len(zh) + place for place, cut in enumerate(en) if cut.start < en_unit.end and cut.end > en_unit.start]
        for node in nodes[1:]:
            parent[root(node)] = root(nodes[0])
    groups: dict[int, tuple[list[int], list[int]]] = {}
    for node in range(len(parent)):
        side, place = (0, node) if node < len(zh) else (1, node - len(zh))
        groups.setdefault(root(node), ([], []))[side].append(place)
    return sorted((tuple(left), tuple(right)) for left, right in groups.values())


class Score(NamedTuple):
    """F1 over two-sided links, in [0, 1]. strict: the same sentences on both sides. overlap: one shared on each."""

    strict: float
    overlap: float


def score_links(found: Sequence[Pair], gold: Sequence[Pair]) -> Score:
    """One-sided links count neither for nor against (they cost what the others miss)."""
    found, gold = ([pair for pair in pairs if pair[0] and pair[1]] for pairs in (found, gold))
    same = len(set(found) & set(gold))
    right, reached = _share_touched(found, gold), _share_touched(gold, found)
    return Score(2 * same / max(len(found) + len(gold), 1), 2 * right * reached / max(right + reached, 1e-9))


def _share_touched(pairs: Sequence[Pair], others: Sequence[Pair]) -> float:
    """Share of the pairs that share a sentence on each side with one of the others."""
    by_zh: dict[int, list[Pair]] = {}
    for other in others:
        for sentence in other[0]:
            by_zh.setdefault(sentence, []).append(other)
    touched = sum(any(set(other[1]) & set(pair[1]) for sentence in pair[0] for other in by_zh.get(sentence, []))
                  for pair in pairs)
    return touched / max(len(pairs), 1)


def as_pair(link: Link) -> Pair:
    """The link as tuples of sentence numbers."""
    return tuple(range(link.zh_start, link.zh_end)), tuple(range(link.en_start, link.en_end))


def evaluate_reports(folder: Path, split: Splitter) -> pd.DataFrame:
    """Scores of plain Gale–Church, of the first pass (seeds) and of the second (seeds and learned), per report.

    split: the splitter of the sentences stage, or any that gives its columns. The lexicon of the second pass is
    learned from the first pass over all reports of the folder; gold is not used.
    Returns: report, n_zh, n_en, n_links, and strict/overlap F1 of each; last row: means.
    """
    texts = [read_parallel(path, split) for path in sorted(folder.glob("*.tsv"))]
    bags = [(bag_of_sentences(text.zh, "zh"), bag_of_sentences(text.en, "en")) for text in texts]

    def run(lexicon: Lexicon | None) -> list[list[Link]]:
        return [align_bags(zh, en, [len(item) for item in text.zh], [len(item) for item in text.en], lexicon)
                for text, (zh, en) in zip(texts, bags, strict=True)]

    plain, first = run(None), run(seed_lexicon())
    taught = [(_joined(zh[link.zh_start:link.zh_end]), _joined(en[link.en_start:link.en_end]))
              for links, (zh, en) in zip(first, bags, strict=True) for link in links if link.score >= LEAST_LINK]
    second = run(merge_lexicons(learn_lexicon(taught), seed_lexicon()))
    rows = []
    for number, text in enumerate(texts):
        scores = [score_links([as_pair(link) for link in links[number]], text.gold) for links in (plain, first, second)]
        two_sided = sum(1 for pair in text.gold if pair[0] and pair[1])
        rows.append([text.name, len(text.zh), len(text.en), two_sided, *(value for score in scores for value in score)])
    table = pd.DataFrame(rows, columns=["report", "n_zh", "n_en", "n_links", "plain_strict", "plain_overlap",
                                        "first_strict", "first_overlap", "second_strict", "second_overlap"])
    mean = ["mean", *(int(table[name].sum()) for name in ("n_zh", "n_en", "n_links")), *table.iloc[:, 4:].mean()]
    return pd.concat([table, pd.DataFrame([mean], columns=table.columns)], ignore_index=True)


def _joined(bags: Sequence[Sequence[str]]) -> list[str]:
    return [token for bag in bags for token in bag]


def evaluate_articles(folder: Path) -> pd.DataFrame:
    """Articles aligned right, by number and with the numbers masked, per instrument and in sum (`n` articles)."""
    rows = []
    for path in sorted(folder.glob("*.tsv")):
        units = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:] if line]
        zh, en = [unit[1] for unit in units], [unit[2] for unit in units]
        articles = [Article(unit[0], place, place + 1) for place, unit in enumerate(units)]
        bags = bag_of_sentences(zh, "zh"), bag_of_sentences(en, "en")
        lengths = [len(item) for item in zh], [len(item) for item in en]
        right = [sum(left == other for left, other in align_articles(
            articles, articles, *bags, *lengths, seed_lexicon(), masked=masked)) for masked in (False, True)]
        rows.append([path.stem, len(units), *right])
    table = pd.DataFrame(rows, columns=["instrument", "n", "by_number", "masked"])
    total = ["sum", *(int(table[name].sum()) for name in ("n", "by_number", "masked"))]
    return pd.concat([table, pd.DataFrame([total], columns=table.columns)], ignore_index=True)
