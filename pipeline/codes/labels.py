"""The labels of the codebook, in the order in which every table and model file holds them."""

from __future__ import annotations

from pipeline.errors import UnknownLabel

FRAMES = ("development", "security")
THEMES = ("ethics", "cooperation", "sovereignty", "competition", "rulemaking", "inclusion")
FRAME_LABELS = FRAMES + THEMES
MODALITIES = ("prohibit", "oblige", "permit", "encourage", "commit", "state")
MARKS = ("has_deadline", "has_quantity", "has_responsible", "has_sanction", "has_reference")
SENSES = ("state", "data", "technical", "person", "general")
LANGUAGES = ("zh", "en")
TARGETS = FRAME_LABELS + tuple(f"modality.{name}" for name in MODALITIES) + MARKS

_LANGUAGE_OF = {"zh": "zh", "zh-Hans": "zh", "zh-Hant": "zh", "mixed": "zh", "en": "en"}


def model_language(lang: str) -> str:
    """zh or en: the model that reads documents of this language (mixed texts are read as Chinese).

    Raises: UnknownLabel for a language the codebook does not know.
    """
    if lang not in _LANGUAGE_OF:
        raise UnknownLabel(f"Unknown language {lang!r}", where="codes",
                           todo=f"Languages are {', '.join(_LANGUAGE_OF)}.")
    return _LANGUAGE_OF[lang]
