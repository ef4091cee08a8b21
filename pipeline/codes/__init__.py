"""Sentences → codes and senses: what each sentence does, decided as pipeline/knowledge/codebook and the models say."""

from pipeline.codes.coding import CODE_COLUMNS, SENSE_COLUMNS, Coded, annotate_texts, code_sentences
from pipeline.codes.corrections import lay_over, read_corrections

__all__ = ["CODE_COLUMNS", "SENSE_COLUMNS", "Coded", "annotate_texts", "code_sentences", "lay_over", "read_corrections"]
