"""What costly comparisons of whole documents gave, kept in the table `kept` from run to run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd

from pipeline.keeping import Keep
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
