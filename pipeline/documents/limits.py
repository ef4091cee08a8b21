"""How large an input may be before it is set aside. One place, because the limits protect each other.

A policy document of 2 million characters would fill four books; what is longer is a data dump or an attack.
"""

MAX_FILE_BYTES = 256 << 20
"""A file above this is not opened at all."""
MAX_TEXT_BYTES = 32 << 20
"""A text, Markdown or HTML file above this is set aside before it is decoded."""
MAX_DECODED_BYTES = 64 << 20
"""What one compressed part (gzip member, PDF stream, DOCX part) may expand to."""
MAX_DECODED_TOTAL = 256 << 20
"""What all compressed parts of one file may expand to together."""
MAX_TEXT_CHARS = 2_000_000
"""Length of the text of one document."""
MAX_PATH_BYTES = 4000
"""Paths above this cannot be opened (PATH_MAX is 4096 on Linux)."""
MAX_PDF_PAGES = 20_000
MIN_TEXT_LETTERS = 20
"""Fewer letters than this are no document."""
MIN_SIGNS = 1000
"""A text of this many signs is kept (flagged `degenerate_text`) even when hardly any is a letter."""
LONG_LINE_CHARS = 100_000
"""A line above this is flagged `very_long_line`."""
