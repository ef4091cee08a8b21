"""The network of the recogniser: spaCy's NER on tokens that tifa supplies, kept as plain arrays.

Chinese tokens are characters that know the word they stand in (jieba's) and their place in it; English tokens are words
with their ends and shape. No pretrained vectors, no pickle: `arrays_of` and `network_from` are the way to and from disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import fix_random_seed

from pipeline.errors import TifaError
from pipeline.mentions.component import split_tokens
from pipeline.segment import cut_plain
from pipeline.text import match_key

Arrays = dict[str, npt.NDArray[np.float16]]

# What a token shows the network, and rows of the table of each. LEMMA holds the word around a character, TAG its place in it.
SHOWN: Mapping[str, tuple[tuple[str, int], ...]] = {
    "zh": (("NORM", 2000), ("LEMMA", 2000), ("TAG", 20)),
    "en": (("NORM", 2000), ("PREFIX", 500), ("SUFFIX", 1000), ("SHAPE", 500)),
}
WIDTH, WINDOW = {"zh": 40, "en": 64}, {"zh": 2, "en": 1}  # small: there are two thousand names to learn from
DEPTH, PIECES, HIDDEN = 3, 3, 32


def make_doc(vocab: Vocab, text: str, lang: str) -> Doc:
    """A text as tokens. Raises: TifaError for languages other than zh and en."""
    words, spaces = split_tokens(match_key(text) if lang == "zh" else text)
    if lang == "en":
        return Doc(vocab, words=words, spaces=spaces)
    if lang != "zh":
        raise TifaError(f"Unknown language {lang!r}", todo="Use zh or en.")
    around: list[tuple[str, str]] = []
    for word in cut_plain(match_key(text)):
        around += [(word, "SBME"[0 if len(word) == 1 else 1 if place == 0 else 3 if place == len(word) - 1 else 2])
                   for place in range(len(word))]
    shown, place = [], 0
    for word, space in zip(words, spaces, strict=True):
        shown.append(around[place])
        place += len(word) + space
    return Doc(vocab, words=words, spaces=spaces, lemmas=[word for word, _ in shown], tags=[tag for _, tag in shown])


def new_network(lang: str, types: Sequence[str], seed: int) -> Language:
    """A network that knows nothing yet, of random start. types: what it can call a name."""
    fix_random_seed(seed)
    nlp = spacy.blank(lang)
    ner: Any = nlp.add_pipe("ner", config={"model": {
        "@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "extra_state_tokens": False,
        "hidden_width": HIDDEN, "maxout_pieces": 2, "use_upper": True, "nO": None,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {"@architectures": "spacy.MultiHashEmbed.v2", "width": WIDTH[lang], "attrs": [name for name, _ in SHOWN[lang]],
                      "rows": [rows for _, rows in SHOWN[lang]], "include_static_vectors": False},
            "encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": WIDTH[lang], "depth": DEPTH,
                       "window_size": WINDOW[lang], "maxout_pieces": PIECES}}}})
    for kind in sorted(types):
        ner.add_label(kind)
    example = Example.from_dict(make_doc(nlp.vocab, "文 a", lang), {"entities": []})
    nlp.initialize(lambda: [example])
    return nlp


def _parameters(nlp: Language) -> list[tuple[str, Any, str]]:
    """Key, node and name of every parameter, in an order that the architecture alone decides."""
    ner: Any = nlp.get_pipe("ner")
    return [(f"{number}.{name}", node, name) for number, node in enumerate(ner.model.walk())
            for name in node.param_names if node.has_param(name)]


def arrays_of(nlp: Language) -> Arrays:
    """The parameters of a network, in half precision."""
    return {key: np.asarray(node.get_param(name)).astype(np.float16) for key, node, name in _parameters(nlp)}


def network_from(arrays: Mapping[str, npt.NDArray[np.float16]], lang: str, types: Sequence[str]) -> Language:
    """The network with these parameters. Raises: TifaError when they are of another architecture."""
    nlp = new_network(lang, types, 0)
    found = _parameters(nlp)
    shapes = {key: np.asarray(node.get_param(name)).shape for key, node, name in found}
    if shapes != {key: array.shape for key, array in arrays.items()}:
        raise TifaError("The weights of the recogniser are of another architecture", where=lang,
                        todo="Train it again: tifa train --names --models DIR.")
    for key, node, name in found:
        node.set_param(name, arrays[key].astype(np.float32))
    return nlp
