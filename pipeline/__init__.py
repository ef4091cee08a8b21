"""tifa as a library: plain functions from documents to claims. `open_corpus` reads the tables a run has written."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.corpus import open_corpus

__all__ = ["open_corpus"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the corpus reader only when it is asked for, so that one stage can be imported without all others."""
    if name == "open_corpus":
        from pipeline.corpus import open_corpus

        return open_corpus
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
