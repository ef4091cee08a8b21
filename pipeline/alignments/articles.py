"""Articles of two texts: which ones are the same, by number and by content; where the sentence alignment is walled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.alignments.aligning import Link, align_bags
from pipeline.alignments.band import Bead
from pipeline.alignments.lexicon import Lexicon

LEAST = 3           # articles on each side for the articles to lead
NUMBER_WEIGHT = 4   # how many tokens of evidence an equal number is worth
ARTICLE_VARIANCE = 60.0     # signatures and headings stick to articles: their lengths say less than those of sentences
ARTICLE_PRIORS: dict[Bead, float] = {(1, 1): 0.94, (1, 0): 0.03, (0, 1): 0.03}


class Article(NamedTuple):
    """Sentences [start, end) of one text that stand under the printed number."""

    number: str
    start: int
    end: int


def articles_of(numbers: Sequence[str | None]) -> list[Article]:
    """Runs of sentences with one article number, in order; sentences without number belong to none.

    A sentence without number between two of one article (a heading inside, a page header) does not end the article.
    """
    found: list[Article] = []
    for place, number in enumerate(numbers):
        if number is None:
            continue
        if found and found[-1].number == number:
            found[-1] = found[-1]._replace(end=place + 1)
        else:
            found.append(Article(number, place, place + 1))
    return found


def align_articles(zh: Sequence[Article], en: Sequence[Article], zh_bags: Sequence[Sequence[str]],
                   en_bags: Sequence[Sequence[str]], zh_lengths: Sequence[int], en_lengths: Sequence[int],
                   lexicon: Lexicon, *, masked: bool = False) -> list[tuple[int, int]]:
    """Pairs of indices into zh and en, rising in both.

    Numbers count as evidence, content decides: a renumbered version is still aligned. masked: content alone.
    zh_bags, en_bags, zh_lengths, en_lengths: tokens and characters per sentence of the whole texts.
    """
    left, right = ([_bag(article, bags, masked=masked) for article in articles]
                   for articles, bags in ((zh, zh_bags), (en, en_bags)))
    sizes_left, sizes_right = ([sum(lengths[article.start:article.end]) for article in articles]
                               for articles, lengths in ((zh, zh_lengths), (en, en_lengths)))
    links = align_bags(left, right, sizes_left, sizes_right, lexicon, priors=ARTICLE_PRIORS,
                       variance=ARTICLE_VARIANCE)
    return [(link.zh_start, link.en_start) for link in links if _is_pair(link)]


def _is_pair(link: Link) -> bool:
    return link.zh_end == link.zh_start + 1 and link.en_end == link.en_start + 1


def _bag(article: Article, bags: Sequence[Sequence[str]], *, masked: bool) -> list[str]:
    content = [token for bag in bags[article.start:article.end] for token in bag]
    return content if masked else content + [f"#article-{article.number}"] * NUMBER_WEIGHT


def article_walls(zh_numbers: Sequence[str | None], en_numbers: Sequence[str | None], zh_bags: Sequence[Sequence[str]],
                  en_bags: Sequence[Sequence[str]], zh_lengths: Sequence[int], en_lengths: Sequence[int],
                  lexicon: Lexicon) -> list[tuple[int, int]]:
    """Sentence pairs at which an aligned article begins, and at which it ends; [] where a text has no articles."""
    zh, en = articles_of(zh_numbers), articles_of(en_numbers)
    if min(len(zh), len(en)) < LEAST:
        return []
    pairs = align_articles(zh, en, zh_bags, en_bags, zh_lengths, en_lengths, lexicon)
    walls: list[tuple[int, int]] = []
    for left, right in pairs:
        for wall in ((zh[left].start, en[right].start), (zh[left].end, en[right].end)):
            inside = 0 < wall[0] < len(zh_numbers) and 0 < wall[1] < len(en_numbers)
            if inside and wall not in walls[-1:]:
                walls.append(wall)
    return walls
