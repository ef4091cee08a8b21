"""Fetching documents from where they are published: the only folder that opens sockets.

Client, clock and resolver are arguments. Pages land under raw/ as bytes with a sidecar; nothing is read of them here but
the links that lead on.
"""

from pipeline.sources.catalogue import CATALOGUE, load_catalogue
from pipeline.sources.checking import Seen, check_source, expected_range
from pipeline.sources.client import Client, Limits
from pipeline.sources.definitions import Source, load_sources
from pipeline.sources.fetching import WORDS, Report, fetch_source
from pipeline.sources.trouble import Timing

__all__ = ["CATALOGUE", "WORDS", "Client", "Limits", "Report", "Seen", "Source", "Timing", "check_source", "expected_range",
           "fetch_source", "load_catalogue", "load_sources"]
