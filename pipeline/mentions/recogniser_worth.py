"""What the recogniser is worth beside the rules: which additions pay, and F1 with and without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.mentions.find import find_candidates
from pipeline.mentions.recogniser import Seen, fill_in
from pipeline.mentions.recogniser_training import FOLDS, N_NETWORKS, TYPES, Labelled, fold_of
from pipeline.mentions.records import Candidate

LEAST_RIGHT = 3
Marked = Sequence[Sequence[Seen]]


class Worth(NamedTuple):
    """Counts over sentences, span and type exact, as multisets of surfaces and types.

    hits, found: right spans and all spans of the rules. added, right: spans the recogniser adds, and how many of them are
    names the rules missed. wanted: names there are.
    """

    hits: int
    found: int
    added: int
    right: int
    wanted: int

    @property
    def rules(self) -> float:
        """F1 of the rules, 0 to 1."""
        return 2 * self.hits / max(1, self.found + self.wanted)

    @property
    def both(self) -> float:
        """F1 of the rules with the additions, 0 to 1."""
        return 2 * (self.hits + self.right) / max(1, self.found + self.added + self.wanted)

    def plus(self, other: Worth) -> Worth:
        """Both counts together."""
        return Worth(*(mine + its for mine, its in zip(self, other, strict=True)))


class Ruled(NamedTuple):
    """A labelled sentence with what the rules find in it and what networks that did not know its family mark in it."""

    row: Labelled
    rules: Sequence[Candidate]
    seen: Sequence[Seen]


def apply_rules(rows: Sequence[Labelled], lang: str, marked: Marked) -> list[Ruled]:
    """The rows, with the rules of the language applied once."""
    return [Ruled(row, find_candidates(row.text, lang), seen) for row, seen in zip(rows, marked, strict=True)]


def count(ruled: Iterable[Ruled], needed: Mapping[str, int]) -> Worth:
    """What these sentences say of the rules and of additions from these votes on."""
    sums = Worth(0, 0, 0, 0, 0)
    for row, rules, seen in ruled:
        names, by_rules = Counter(row.entities), _surfaces(row.text, rules)
        added = _surfaces(row.text, fill_in(row.text, rules, seen, needed))
        sums = sums.plus(Worth((by_rules & names).total(), by_rules.total(), added.total(),
                               ((names - by_rules) & added).total(), names.total()))
    return sums


def choose(ruled: Sequence[Ruled]) -> dict[str, int]:
    """Type → votes from which its additions gain F1 on these sentences; a type that gains nothing is left out.

    An addition gains when it is right more often than half of the F1 that is there. A type needs three right ones.
    """
    needed = {}
    for kind in TYPES:
        worth = {votes: count(ruled, {kind: votes}) for votes in range(1, N_NETWORKS + 1)}
        gains = {votes: one.both - one.rules for votes, one in worth.items() if one.right >= LEAST_RIGHT and one.both > one.rules}
        if gains:
            needed[kind] = max(gains, key=lambda votes: (gains[votes], votes))
    return needed


def cross_validated(ruled: Sequence[Ruled]) -> Worth:
    """The worth where the votes for each part of the families are chosen on the other parts."""
    sums = Worth(0, 0, 0, 0, 0)
    for fold in range(FOLDS):
        here = [one for one in ruled if fold_of(one.row.family) == fold]
        others = [one for one in ruled if fold_of(one.row.family) != fold]
        sums = sums.plus(count(here, choose(others)))
    return sums


def _surfaces(text: str, candidates: Iterable[Candidate]) -> Counter[tuple[str, str]]:
    return Counter((text[one.start:one.end], str(one.type)) for one in candidates)
