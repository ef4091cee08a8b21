"""Two versions of one text in one language, compared article by article: the pure function behind `tifa diff`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from pipeline.alignments.aligning import align_bags
from pipeline.alignments.articles import LEAST, article_walls
from pipeline.alignments.band import Bead, rising_chain
from pipeline.alignments.changes import compare_texts, content_of, effects_of, noise_key
from pipeline.alignments.evidence import same_tokens, words_of
from pipeline.alignments.lexicon import Lexicon
from pipeline.errors import TifaError

CHANGES = ("added", "removed", "moved", "reworded")
COLUMNS = ["change", "article_a", "article_b", "sents_a", "sents_b", "effects", "removed", "inserted", "likeness",
           "text_a", "text_b"]
COMPARED = frozenset({"body", "heading", "table"})
ALIKE = 0.6             # aligned passages less alike than this may each have a better match elsewhere
LEAST_ALIKE = 0.4       # less alike: one passage went and another came
LEAST_MOVED = 0.75      # a passage that went and one that came are the same, moved
LEAST_MOVED_CHARS = 8   # shorter passages recur by chance
SAME_LENGTHS = (0.8, 1.25)
SAME_VARIANCE = 3.0
SAME_PRIORS: dict[Bead, float] = {(1, 1): 0.9, (1, 2): 0.03, (2, 1): 0.03, (1, 0): 0.02, (0, 1): 0.02}


class _Side(NamedTuple):
    sent_nos: list[int]
    texts: list[str]
    articles: list[str | None]
    bags: list[list[str]]


class _Passage(NamedTuple):
    """Sentences of one or both versions that belong together; places into the two sides."""

    a: list[int]
    b: list[int]
    moved: bool = False
    split_from: int | None = None


def diff_versions(a: pd.DataFrame, b: pd.DataFrame, *, lang: str, codes_a: pd.DataFrame | None = None,
                  codes_b: pd.DataFrame | None = None) -> pd.DataFrame:
    """Changes from version a to version b, in the order of b (removed passages stand where they stood).

    a, b: `sentences` rows of one document each; headings, body and tables are compared, from the
    first article on where there are articles. lang: zh or en. codes_a,
    codes_b: `codes` rows of the two, for what the change does to development and security. Returns: one row per
    change; `change` one of CHANGES; `article_a`, `article_b` printed numbers (None outside articles); `sents_a`,
    `sents_b` sentence numbers; `effects` words of changes.EFFECTS; `removed`, `inserted` the passages that differ;
    `likeness` in [0, 1]; the texts. Differences in punctuation, blanks, width, script, variant spelling and the
    passage's own number are no changes; a moved passage may also be reworded (removed or inserted not empty).
    Raises: TifaError for another language.
    """
    if lang not in {"zh", "en"}:
        raise TifaError(f"Unknown language {lang!r}", where="diff", todo="Compare two zh or two en versions.")
    one, two = _read(a, lang), _read(b, lang)
    passages = _match_moved(_split_unlike(_align(one, two), one, two, lang), one, two, lang)
    passages = _mark_moved(_rejoin(passages, one, two, lang))
    coded = [_coded(codes) for codes in (codes_a, codes_b)]
    rows = [row for passage in passages if (row := _row(passage, one, two, lang, coded)) is not None]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def summarise_diff(changes: pd.DataFrame) -> pd.DataFrame:
    """Counts: `change` × `effect` (`wording` where a change has none), n; in the order of CHANGES, then by effect."""
    rows = [(change, effect) for change, effects in changes[["change", "effects"]].itertuples(index=False)
            for effect in (effects or ["wording"])]
    table = pd.DataFrame(rows, columns=["change", "effect"]).value_counts().rename("n").reset_index()
    place = table.change.map({change: number for number, change in enumerate(CHANGES)})
    return table.assign(place=place).sort_values(["place", "effect"]).drop(columns="place").reset_index(drop=True)


def _read(frame: pd.DataFrame, lang: str) -> _Side:
    kept = _instrument(frame[frame.kind.isin(COMPARED)].sort_values("sent_no"))
    texts = [str(text) for text in kept.text]
    return _Side([int(number) for number in kept.sent_no], texts,
                 [number if isinstance(number, str) else None for number in kept.article],
                 [_bag(text, lang) for text in texts])


def _instrument(rows: pd.DataFrame) -> pd.DataFrame:
    """From the headings right before the first article on, where there are articles: covers, notices and the press
    release around an instrument are no part of it."""
    numbered = [isinstance(number, str) for number in rows.article]
    if sum(numbered) < LEAST:
        return rows
    first = numbered.index(True)
    kinds = list(rows.kind)
    while first and kinds[first - 1] == "heading":
        first -= 1
    return rows.iloc[first:]


def _bag(text: str, lang: str) -> list[str]:
    """Words and numbers as tokens that mean the same in both versions."""
    key = content_of(text)
    return [f"#{word}" for word in words_of(key, lang)] + same_tokens(key, lang)


def _align(one: _Side, two: _Side) -> list[_Passage]:
    sizes = [[max(len(noise_key(text)), 1) for text in side.texts] for side in (one, two)]
    nothing = Lexicon({}, {})
    walls = article_walls(one.articles, two.articles, one.bags, two.bags, sizes[0], sizes[1], nothing)
    links = align_bags(one.bags, two.bags, sizes[0], sizes[1], nothing, priors=SAME_PRIORS, walls=walls,
                       ratios=SAME_LENGTHS, variance=SAME_VARIANCE)
    return [_Passage(list(range(link.zh_start, link.zh_end)), list(range(link.en_start, link.en_end))) for link in links]


def _split_unlike(passages: Sequence[_Passage], one: _Side, two: _Side, lang: str) -> list[_Passage]:
    """Passages that are little alike, in single sentences again: either side may be found elsewhere."""
    found = []
    for number, passage in enumerate(passages):
        if passage.a and passage.b and _likeness(passage, one, two, lang) < ALIKE:
            found += [_Passage([place], [], split_from=number) for place in passage.a]
            found += [_Passage([], [place], split_from=number) for place in passage.b]
        else:
            found.append(passage)
    return found


def _likeness(passage: _Passage, one: _Side, two: _Side, lang: str) -> float:
    old, new = _text(one, passage.a), _text(two, passage.b)
    return 1.0 if noise_key(old) == noise_key(new) else compare_texts(old, new, lang).likeness


def _rejoin(passages: Sequence[_Passage], one: _Side, two: _Side, lang: str) -> list[_Passage]:
    """Sentences that were split and found no better match, joined again where they are alike at all."""
    split: dict[int, list[_Passage]] = {}
    for passage in passages:
        if passage.split_from is not None:
            split.setdefault(passage.split_from, []).append(passage)
    found: list[_Passage] = []
    for passage in passages:
        if passage.split_from is None:
            found.append(passage)
        else:
            found += _joined_again(split.pop(passage.split_from, []), one, two, lang)
    return found


def _joined_again(parts: Sequence[_Passage], one: _Side, two: _Side, lang: str) -> list[_Passage]:
    whole = _Passage([place for part in parts for place in part.a], [place for part in parts for place in part.b])
    if not whole.a or not whole.b:
        return [part._replace(split_from=None) for part in parts]
    if _likeness(whole, one, two, lang) >= LEAST_ALIKE:
        return [whole]
    ranked = sorted((-_likeness(_Passage([a], [b]), one, two, lang), a, b) for a in whole.a for b in whole.b)
    alike, a, b = ranked[0]
    best = [_Passage([a], [b])] if -alike >= LEAST_ALIKE else []
    left = [_Passage([place], []) for place in whole.a if not (best and place == a)]
    return best + left + [_Passage([], [place]) for place in whole.b if not (best and place == b)]


def _match_moved(passages: Sequence[_Passage], one: _Side, two: _Side, lang: str) -> list[_Passage]:
    """Join what went with what came where they are the same passage; the most alike first."""
    gone = [place for place, passage in enumerate(passages) if not passage.b and _long(one, passage.a)]
    came = [place for place, passage in enumerate(passages) if not passage.a and _long(two, passage.b)]
    words = {place: set(_words(passages[place], one, two)) for place in [*gone, *came]}
    pairs = []
    for left in gone:
        for right in came:
            shared = len(words[left] & words[right])
            if 2 * shared < LEAST_MOVED * 0.8 * (len(words[left]) + len(words[right])):
                continue
            alike = compare_texts(_text(one, passages[left].a), _text(two, passages[right].b), lang).likeness
            if alike >= LEAST_MOVED:
                pairs.append((-alike, left, right))
    joined: dict[int, int] = {}
    for _, left, right in sorted(pairs):
        if left not in joined.values() and right not in joined:
            joined[right] = left
    return [_Passage(passages[joined[place]].a, passage.b) if place in joined else passage
            for place, passage in enumerate(passages) if place not in joined.values()]


def _mark_moved(passages: Sequence[_Passage]) -> list[_Passage]:
    """Passages of both versions that stand in another order than most others do."""
    pairs = [(passage.a[0], passage.b[0]) for passage in passages if passage.a and passage.b]
    in_order = set(rising_chain(pairs))
    return [passage._replace(moved=bool(passage.a and passage.b) and (passage.a[0], passage.b[0]) not in in_order)
            for passage in passages]


def _long(side: _Side, places: Sequence[int]) -> bool:
    return len(noise_key(_text(side, places))) >= LEAST_MOVED_CHARS


def _words(passage: _Passage, one: _Side, two: _Side) -> list[str]:
    side, places = (one, passage.a) if passage.a else (two, passage.b)
    return [token for place in places for token in side.bags[place]]


def _text(side: _Side, places: Sequence[int]) -> str:
    texts = [side.texts[place] for place in places]
    return " ".join(texts) if texts and texts[0].isascii() else "".join(texts)


def _coded(codes: pd.DataFrame | None) -> Mapping[int, Mapping[str, Any]] | None:
    if codes is None:
        return None
    return {int(number): {"development": development, "security": security} for number, development, security
            in codes[["sent_no", "development", "security"]].to_numpy(dtype=object)}


def _codes_of(coded: Mapping[int, Mapping[str, Any]] | None, numbers: Sequence[int]) -> Mapping[str, Any] | None:
    found = [coded[number] for number in numbers if number in coded] if coded is not None else []
    return {frame: any(bool(row[frame]) for row in found) for frame in ("development", "security")} if found else None


def _row(passage: _Passage, one: _Side, two: _Side, lang: str, coded: Sequence[Mapping[int, Mapping[str, Any]] | None]
         ) -> tuple[object, ...] | None:
    old, new = _text(one, passage.a), _text(two, passage.b)
    same = noise_key(old) == noise_key(new)
    if same and not passage.moved:
        return None
    pieces = compare_texts(old, new, lang)
    if not (passage.moved or pieces.removed or pieces.inserted):
        return None
    change = "moved" if passage.moved else "reworded" if passage.a and passage.b else "removed" if passage.a else "added"
    numbers_a = [one.sent_nos[place] for place in passage.a]
    numbers_b = [two.sent_nos[place] for place in passage.b]
    effects = [] if same else effects_of(
        old, new, lang, old_codes=_codes_of(coded[0], numbers_a), new_codes=_codes_of(coded[1], numbers_b))
    return (change, one.articles[passage.a[0]] if passage.a else None, two.articles[passage.b[0]] if passage.b else None,
            numbers_a, numbers_b, effects, pieces.removed, pieces.inserted, round(pieces.likeness, 4), old, new)
