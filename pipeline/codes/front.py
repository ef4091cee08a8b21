"""An encoder as the training sees it: its columns beside, or in place of, what the head counts in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from pipeline.codes.design import Space
from pipeline.codes.encoder import Encoder, readable

__all__ = ["Front", "centred", "readable"]

SCALE = 1.0
"""Root mean square length of the encoder's columns in the stacked space; that of the grams is about 1."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Front:
    """alone: the encoder replaces the sentence's grams; headings and cues stay. Sentences are embedded once."""

    encoder: Encoder
    alone: bool = False
    known: dict[str, Floats] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, object]:
        """What the model files record."""
        return {**self.encoder.facts, "alone": self.alone}

    def embed(self, texts: Sequence[str]) -> Floats:
        """Embeddings of the texts, one row each."""
        new = sorted(set(texts) - self.known.keys())
        self.known.update(zip(new, self.encoder.embed(new), strict=True))
        return np.stack([self.known[text] for text in texts]) if texts else np.zeros((0, self.encoder.columns), dtype=np.float32)

    def described(self) -> str:
        """A paragraph for the model card."""
        cut = self.encoder.share_cut(sorted(self.known))
        revision = f", revision {self.encoder.revision}" if self.encoder.revision else ""
        return (f"Encoder: {self.encoder.name}{revision}, sha256 `{self.encoder.sha256}`; the mean over its tokens, "
                f"{self.encoder.columns} columns, {'in place of' if self.alone else 'beside'} the grams of the sentence, centred "
                f"and scaled. It reads at most {self.encoder.max_tokens} tokens; {cut:.1%} of the labelled sentences are longer "
                "and lose their end. Senses do not use it. The encoder may have seen the documents when it was trained.\n")


def centred(space: Space, embedded: Floats) -> Space:
    """The space with the mean and spread of an encoder's columns over the labelled sentences; as it is without columns."""
    if not embedded.shape[1]:
        return space
    spread = SCALE / (np.maximum(embedded.std(axis=0), 1e-6) * np.sqrt(embedded.shape[1]))
    return replace(space, centre=embedded.mean(axis=0), spread=spread.astype(np.float32))
