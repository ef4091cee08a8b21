"""Registry names as a spaCy component: `Doc.spans["registry"]`, for those who work with spaCy.

No pretrained pipeline is needed: `blank_pipeline` takes a blank language whose tokens tifa supplies (Chinese
characters, English words), so no segmentation is guessed (trap 7). The tables are filled without building a Doc.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.errors import TifaError
from pipeline.mentions.gazetteer import find_names

SPANS_KEY = "registry"
_TOKEN = re.compile("([0-9A-Za-zÀ-ɏ]{1,200}|[\\s\\S])( ?)")


def blank_pipeline(lang: str) -> Language:
    """spaCy's blank zh or en with tifa's tokens and the registry component. Raises: TifaError for other languages."""
    if lang not in ("zh", "en"):
        raise TifaError(f"Unknown language {lang!r}", todo="Use zh or en.")
    nlp = spacy.blank(lang)
    nlp.tokenizer = _tokenizer(nlp.vocab)
    nlp.add_pipe("tifa_registry")
    return nlp


def _tokenizer(vocab: Vocab) -> Callable[[str], Doc]:
    def make_doc(text: str) -> Doc:
        words, spaces = split_tokens(text)
        return Doc(vocab, words=words, spaces=spaces)

    return make_doc


def split_tokens(text: str) -> tuple[list[str], list[bool]]:
    """Tokens of a text and whether a blank follows each: together they are the text."""
    found = [(match[1], match[2] == " ") for match in _TOKEN.finditer(text)]
    return [word for word, _ in found], [blank for _, blank in found]


@Language.component("tifa_registry")
def mark_registry_names(doc: Doc) -> Doc:
    """Put every registry name of the text into doc.spans["registry"], label = type, kb_id = entity id."""
    spans = [doc.char_span(hit.start, hit.end, label=hit.entity.type, kb_id=hit.entity.entity_id,
                           alignment_mode="expand") for hit in find_names(doc.text)]
    doc.spans[SPANS_KEY] = sorted((span for span in spans if span is not None), key=lambda span: (span.start, span.end))
    return doc
