"""What tifa knows that is not code: registry, codebook, word lists, claims. All of it YAML beside this file.

This is the only loader. It refuses what a careless edit produces: unknown keys, duplicate keys or names, aliases
that multiply, nesting without end, impossible dates. Scalars keep the form in which they are written (NO is the
text "NO", 012 is "012", 1.10 is "1.10"); only true, false, null, plain integers and plain decimals are converted.
"""

from pipeline.knowledge.entities import Entity, Name, Registry, load_registry
from pipeline.knowledge.files import (
           KNOWLEDGE,
           MODELS,
           genre_of,
           load_error_rates,
           load_words,
           load_yaml,
           models_folder,
           read_yaml,
           use_models,
)

__all__ = ["KNOWLEDGE", "MODELS", "Entity", "Name", "Registry", "genre_of", "load_error_rates", "load_registry", "load_words",
           "load_yaml", "models_folder", "read_yaml", "use_models"]
