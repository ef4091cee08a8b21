"""Fetch an encoder from the Hugging Face hub: only when the user names it and asks for it."""

from __future__ import annotations

from pathlib import Path

from pipeline.codes.encoder import FILES, installed_versions
from pipeline.errors import TifaError


def download_encoder(name: str, revision: str = "") -> Path:
    """The folder in the local cache of the hub that holds this encoder's files, fetched where they are missing.

    Only configuration, tokenizer and safetensors are fetched. Raises: TifaError when the hub refuses or cannot be reached.
    """
    installed_versions()
    from httpx import HTTPError
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision or None, allow_patterns=list(FILES)))
    except (HfHubHTTPError, LocalEntryNotFoundError, HTTPError, ValueError, OSError) as error:
        raise TifaError(f"The encoder could not be fetched: {str(error).splitlines()[0]}", where=name,
                        todo="Check its name and the connection, or copy its folder here by other means and give that.") from error
