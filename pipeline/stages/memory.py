"""What costly comparisons of whole documents gave, and what the recogniser said of sentences, kept in the table `kept`
from run to run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd

from pipeline.keeping import Keep
from pipeline.mentions.recogniser import LANGS, answer_state, is_recogniser_on
from pipeline.stages.fingerprints import Stage, chain, fingerprint
from pipeline.store import Store
from pipeline.tables import TABLES


@contextmanager
def kept(store: Store, step: str, *stages: Stage, full: bool = False) -> Iterator[Keep]:
    """A `keep` for one step that rests on the code and knowledge of some stages.

    What was not asked for within the block is forgotten at its end, so that the table holds
    what today's documents need and nothing else. full: ask for everything anew.
    """
    rows = store.connection.execute("SELECT key, value FROM kept WHERE step = ?", [step]).fetchall()
    before: dict[str, str] = dict(rows)
    asked: dict[str, str] = {}
    state = chain(*map(fingerprint, stages))

    def keep(key: str, make: Callable[[], Any]) -> Any:
        name = f"{state} {key}"
        if name not in asked:
            known = None if full else before.get(name)
            asked[name] = known if known is not None else json.dumps(make(), ensure_ascii=False)
        return json.loads(asked[name])

    yield keep
    gone = sorted(before.keys() - asked.keys())
    new = [(step, name, value) for name, value in asked.items() if before.get(name) != value]
    with store.transaction():
        store.connection.execute("DELETE FROM kept WHERE step = ? AND key IN (SELECT unnest(?))",
                                 [step, gone + [name for _, name, _ in new]])
        store.append("kept", pd.DataFrame(new, columns=list(TABLES["kept"]), dtype=object))


NAMES = "names"
_KEYS = "SELECT md5(lang || chr(10) || text) FROM sentences, (SELECT unnest(?) AS lang)"  # recogniser.sentence_key of each


def known_names(store: Store, doc_ids: Sequence[str]) -> pd.DataFrame:
    """What was kept of the recogniser's answers about sentences of these documents: rows of `kept`."""
    rows = store.connection.execute(
        f"SELECT step, key, value FROM kept WHERE step = ? AND split_part(key, ' ', 2) IN ({_KEYS} WHERE doc_id IN "
        "(SELECT unnest(?)))", [NAMES, list(LANGS), list(doc_ids)]).fetchall()
    return pd.DataFrame(rows, columns=list(TABLES["kept"]), dtype=object)


def keep_names(store: Store, rows: pd.DataFrame) -> None:
    """Keep new answers. Call inside a transaction."""
    store.connection.execute("DELETE FROM kept WHERE step = ? AND key IN (SELECT unnest(?))", [NAMES, list(rows["key"])])
    store.append("kept", rows)


def forget_names(store: Store) -> None:
    """Forget answers about sentences that are gone and, while the recogniser is on, those of earlier weights or code."""
    if not store.connection.execute("SELECT count(*) FROM kept WHERE step = ?", [NAMES]).fetchall()[0][0]:
        return
    with store.transaction():
        store.connection.execute(f"DELETE FROM kept WHERE step = ? AND split_part(key, ' ', 2) NOT IN ({_KEYS})", [NAMES, list(LANGS)])
        if is_recogniser_on():
            store.connection.execute("DELETE FROM kept WHERE step = ? AND split_part(key, ' ', 1) NOT IN (SELECT unnest(?))",
                                     [NAMES, [answer_state(lang) for lang in LANGS]])


class Notes:
    """A `keep` for one batch in any process, from rows of `kept`; `new` holds what had to be made."""

    def __init__(self, known: pd.DataFrame) -> None:
        self._known: dict[str, str] = dict(zip(known["key"], known["value"], strict=True))
        self._made: dict[str, str] = {}

    def keep(self, key: str, make: Callable[[], Any]) -> Any:
        """The answer kept under the key, else what `make` returns."""
        if key not in self._known:
            self._known[key] = self._made[key] = json.dumps(make(), ensure_ascii=False)
        return json.loads(self._known[key])

    @property
    def new(self) -> pd.DataFrame:
        """Rows of `kept`, by key."""
        return pd.DataFrame([(NAMES, key, value) for key, value in sorted(self._made.items())],
                            columns=list(TABLES["kept"]), dtype=object)
