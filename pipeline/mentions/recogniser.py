"""Names that no rule found: an optional recogniser of names (spaCy), asked only about what the rules leave.

Several networks of different random start read a sentence; a span is added where enough of them agree, where no rule found
anything, and only of the types for which that was right often enough in families of documents they had not seen
(`recogniser_training`). Off unless the setting `recogniser` says `spacy`. Source: issue Mentions, design (statistical NER).
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipeline.errors import TifaError
from pipeline.keeping import Keep, fresh
from pipeline.knowledge import MODELS, models_folder
from pipeline.mentions.records import NIL, Candidate
from pipeline.text import has_han

RECOGNISERS = ("rules", "spacy")
FOLDER = "names"
LIBRARIES = ("spacy", "thinc", "rjieba", "opencc-python-reimplemented")
CODE = ("mentions/recogniser.py", "mentions/recogniser_network.py", "mentions/component.py", "segment.py", "text.py")
"""What makes tokens of a sentence and networks of weights."""
LANGS = ("zh", "en")
_in_use = "rules"


class Seen(NamedTuple):
    """A span that networks marked: half-open code points of the sentence, type, how many of them marked it so."""

    start: int
    end: int
    type: str
    votes: int


@dataclass(frozen=True)
class Recogniser:
    """Networks of one language. needed: type → votes from which a span counts; a type that is not there is never added.
    state: 16 hex digits that change with anything that what the networks say depends on."""

    lang: str
    networks: tuple[Any, ...]
    needed: Mapping[str, int]
    state: str


def use_recogniser(name: str) -> bool:
    """From now on this process finds names by `rules` alone or by rules and `spacy`; whether that is new.

    Raises: TifaError for another word, or when there are no weights.
    """
    global _in_use
    if name not in RECOGNISERS:
        raise TifaError(f"There is no recogniser called {name!r}", where="--recogniser", todo=f"Write one of: {', '.join(RECOGNISERS)}.")
    if name == "spacy":
        names_folder()
    before, _in_use = _in_use, name
    return before != name


def is_recogniser_on() -> bool:
    """Whether this process asks the recogniser what the rules leave."""
    return _in_use == "spacy"


def names_folder() -> Path:
    """Where its weights are: in the folder of models in use, else in the one that ships. Raises: TifaError when in neither."""
    for folder in (models_folder() / FOLDER, MODELS / FOLDER):
        if all((folder / f"{lang}.json").is_file() for lang in LANGS):
            return folder
    raise TifaError("There are no weights of the recogniser of names", where=str(models_folder() / FOLDER),
                    todo="Train it: tifa train --names --models DIR, or leave out --recogniser spacy.")


def idle_languages() -> list[str]:
    """Languages in which the recogniser is on and adds nothing, because no type paid when it was trained."""
    if not is_recogniser_on():
        return []
    return [lang for lang in LANGS if not json.loads((names_folder() / f"{lang}.json").read_text(encoding="utf-8"))["needed"]]


def recogniser_state() -> dict[str, str]:
    """What its answers depend on besides code: its files and libraries, name → digest or version."""
    folder = names_folder()
    files = {f"models/{FOLDER}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()[:16]
             for lang in LANGS for path in [folder / f"{lang}.json"]}  # it names the sha256 of the weights
    return files | {library: metadata.version(library) for library in LIBRARIES}


def answer_state(lang: str) -> str:
    """16 hex digits that change with anything that what the networks of a language mark depends on: weights, code, libraries."""
    code = b"".join((Path(__file__).parent.parent / name).read_bytes() for name in CODE)
    libraries = [f"{library} {metadata.version(library)}" for library in LIBRARIES]
    return hashlib.sha256(code + (names_folder() / f"{lang}.json").read_bytes() + " ".join(libraries).encode()).hexdigest()[:16]


def load_recogniser(lang: str) -> Recogniser:
    """The recogniser of a language, zh or en. Raises: TifaError when its files are missing, broken or of another program."""
    path = names_folder() / f"{lang}.json"
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, changed: int) -> Recogniser:
    from pipeline.mentions import recogniser_network as network

    facts = json.loads(path.read_text(encoding="utf-8"))
    weights = path.with_suffix(".npz")
    if not weights.is_file() or hashlib.sha256(weights.read_bytes()).hexdigest() != facts["weights_sha256"]:
        raise TifaError("The weights of the recogniser are not those its description names", where=str(weights),
                        todo="Restore the file, or train again: tifa train --names --models DIR.")
    with np.load(weights, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    parts: list[dict[str, Any]] = [{} for _ in range(facts["n_networks"])]
    for name, array in arrays.items():
        number, _, key = name.partition("/")
        parts[int(number)][key] = array
    return Recogniser(facts["lang"], tuple(network.network_from(part, facts["lang"], facts["types"]) for part in parts),
                      {str(kind): int(votes) for kind, votes in facts["needed"].items()}, answer_state(facts["lang"]))


def read_names(networks: Sequence[Any], text: str, lang: str) -> list[Seen]:
    """What the networks mark in one sentence, by position. A sentence is read by itself: the same answer in any batch."""
    from pipeline.mentions.recogniser_network import make_doc

    votes: Counter[tuple[int, int, str]] = Counter()
    for nlp in networks:
        doc = nlp.get_pipe("ner")(make_doc(nlp.vocab, text, lang))
        votes.update({(span.start_char, span.end_char, span.label_) for span in doc.ents})
    return [Seen(*span, n) for span, n in sorted(votes.items())]


_MARKED = re.compile("《[^《》\n]{1,120}》")
_PLAIN = re.compile("[^《》\n。；;!?！？]{2,90}")


def fill_in(text: str, found: Iterable[Candidate], seen: Iterable[Seen], needed: Mapping[str, int]) -> list[Candidate]:
    """The spans of enough votes that overlap neither what the rules found, nor a title in marks, nor one another; by position.

    Most votes first, then the longest, then the first. Whether a title in marks is a name is the rules' business.
    """
    taken = [(one.start, one.end) for one in found] + [match.span() for match in _MARKED.finditer(text)]
    added = []
    for one in sorted(seen, key=lambda one: (-one.votes, one.start - one.end, one.start, one.type)):
        free = all(one.end <= start or end <= one.start for start, end in taken)
        if free and one.votes >= needed.get(one.type, one.votes + 1) and _PLAIN.fullmatch(text[one.start:one.end]):
            taken.append((one.start, one.end))
            added.append(Candidate(one.start, one.end, one.type, NIL, "recogniser"))
    return sorted(added)


def sentence_key(text: str, lang: str) -> str:
    """32 hex digits of a sentence as the recogniser reads it; the tables compute the same (`stages.memory`)."""
    return hashlib.md5(f"{lang}\n{text}".encode(), usedforsecurity=False).hexdigest()


def with_recognised(text: str, lang: str, found: Sequence[Candidate], sentences: Iterable[tuple[int, int]], *, keep: Keep = fresh
                    ) -> list[Candidate]:
    """The candidates of a text and what the recogniser adds, by position; the candidates alone when it is off.

    lang: zh, en or mixed (decided sentence by sentence). sentences: where they begin and end. Sentences where the rules
    leave nothing that could be a name are not read. keep: answers by sentence, see `pipeline.keeping`.
    """
    if not is_recogniser_on():
        return list(found)
    added: list[Candidate] = []
    starts, ends = [one.start for one in found], [one.end for one in found]  # both in order, for candidates do not overlap
    for start, end in sentences:
        part = text[start:end]
        here = [one._replace(start=one.start - start, end=one.end - start)
                for one in found[bisect_right(ends, start):bisect_left(starts, end)]]
        own = lang if lang != "mixed" else "zh" if has_han(part) else "en"
        recogniser = load_recogniser(own)
        if recogniser.needed and leaves_a_name(part, own, here):
            seen = keep(f"{recogniser.state} {sentence_key(part, own)}", partial(read_names, recogniser.networks, part, own))
            added += [one._replace(start=one.start + start, end=one.end + start)
                      for one in fill_in(part, here, (Seen(*one) for one in seen), recogniser.needed)]
    return sorted([*found, *added])


_FORM = {"zh": re.compile("[\u4e00-\u9fff]{2}|[A-Z][A-Za-z]"), "en": re.compile("[A-Z]")}


def leaves_a_name(text: str, lang: str, found: Iterable[Candidate]) -> bool:
    """Whether anything outside the candidates has the form of a name: two Han or Latin letters, in English a capital
    that does not merely begin the sentence."""
    left = text
    for one in found:
        left = left[:max(0, one.start)] + " " * (min(one.end, len(left)) - max(0, one.start)) + left[min(one.end, len(left)):]
    return bool(_FORM[lang].search(left, 1 if lang == "en" else 0))
