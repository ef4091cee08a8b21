"""documents: files → text and facts of each document, and a reason for every file that gives none.

walk → sniff → readers/ → clean → facts, one killable process per few files (reading); versions links the results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.documents.reading import FileResult, read_files
from pipeline.documents.walk import SeenFile, walk

if TYPE_CHECKING:
    from pipeline.documents.extract import read_file
    from pipeline.documents.programs import environment
    from pipeline.documents.versions import link_versions

__all__ = ["FileResult", "SeenFile", "environment", "link_versions", "read_file", "read_files", "walk"]


def __getattr__(name: str) -> Any:
    """Parsers and tables are loaded when they are used: the reading processes need no pandas, the flow no lxml."""
    if name == "read_file":
        from pipeline.documents.extract import read_file

        return read_file
    if name == "link_versions":
        from pipeline.documents.versions import link_versions

        return link_versions
    if name == "environment":
        from pipeline.documents.programs import environment

        return environment
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
