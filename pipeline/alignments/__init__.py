"""Document pairs → `alignments`, `renderings`: which sentences are versions of each other, and what 安全 becomes."""

from pipeline.alignments.corpus import Aligned, align_corpus
from pipeline.alignments.views import compare_corpus

__all__ = ["Aligned", "align_corpus", "compare_corpus"]
