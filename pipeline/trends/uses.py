"""Where formulations stand: given ones by their wordings, discovered ones by the strings found."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.estimates.correction import KINDS, kinds_of_text
from pipeline.estimates.formulations import load_formulations
from pipeline.estimates.material import Ints, Material
from pipeline.estimates.surfaces import find_uses
from pipeline.estimates.universe import listed
from pipeline.estimates.words import Words, read_words
from pipeline.trends.discovery import discover
from pipeline.trends.families import family_name, group_wordings
from pipeline.trends.strings import Texts

COLUMNS = ["family_id", "variant", "place", "start", "end"]


def given_uses(material: Material) -> pd.DataFrame:
    """Every use of a listed formulation in a body sentence: COLUMNS; place: in `Material.body`, start, end: in the sentence.

    Of overlapping wordings of one formulation the first, then the longest counts. Sorted.
    """
    entries = {name: entry for name, entry in load_formulations().items() if entry.kind == "formulation"}
    places = sorted(set().union(*material.term_hit_places({entry.key: entry.surfaces for entry in entries.values()}).values()))
    hits = find_uses([material.key_texts[place] for place in places], {name: entry.surfaces for name, entry in entries.items()})
    found = sorted((name, places[number], start, -end, surface) for name, surface, number, start, end in hits)
    rows, reach = [], ("", -1, 0)
    for name, number, start, end, surface in found:
        if (name, number) == reach[:2] and start < reach[2]:
            continue
        rows.append((name, surface, number, start, -end))
        reach = (name, number, -end)
    return pd.DataFrame(rows, columns=COLUMNS)


def discovered_uses(material: Material, documents: Ints, *, lang: str, engine: str = "rjieba"
                    ) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Families found without a list in some documents (numbers), and their uses.

    Returns: families (family_id, wording of the head, cohesion, entropy_left, entropy_right, burst of the head), and uses.
    """
    words = read_words(material, documents, lang=lang, engine=engine)
    strings, places = discover(describe(material, words), lang=lang)
    if strings.empty:
        return pd.DataFrame(columns=["family_id", "wording"]), pd.DataFrame(columns=COLUMNS)
    heads = np.array(group_wordings(strings, lang=lang))
    names = np.array([family_name(wording, lang) for wording in strings["wording"]], dtype=object)
    families = strings.assign(family_id=names)[heads == np.arange(len(heads))]
    string = places["string"].to_numpy(dtype=np.int64)
    first = places["place"].to_numpy(dtype=np.int64)
    last = first + places["n_words"].to_numpy(dtype=np.int64) - 1
    uses = pd.DataFrame({"family_id": names[heads[string]], "variant": strings["wording"].to_numpy()[string],
                         "place": words.sentence[first], "start": words.start[first], "end": words.end[last]})
    return (families[["family_id", "wording", "cohesion", "entropy_left", "entropy_right", "burst"]].reset_index(drop=True),
            uses.sort_values(COLUMNS).reset_index(drop=True))


def describe(material: Material, words: Words) -> Texts:
    """The words with issuer, kind and year of each document."""
    documents = material.documents
    issuers = [(listed(value) or ["NIL"])[0] for value in documents["issuers"]]
    return Texts(words, np.unique(issuers, return_inverse=True)[1].astype(np.int64),
                 (kinds_of_text(documents["doc_type"]) != KINDS.index("statute")).astype(np.int64),
                 np.array([int(date[:4]) if isinstance(date, str) else 0 for date in documents["date_issued"]],
                          dtype=np.int64))
