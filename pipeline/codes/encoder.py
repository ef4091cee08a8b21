"""A multilingual encoder of the user's choice in front of the linear head: sentence embeddings as further columns.

Needs the extra `transformers`; nothing here is imported from it before an encoder is asked for. Encoders are read from a
folder of this machine (safetensors only, no code of theirs is run) and on its processor; nothing is downloaded here.
What the encoder reads is what the head reads: folded, without enumerator and final marks, misleading names replaced.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.codes.batch import NAME, Batch
from pipeline.codes.names import spoken_names
from pipeline.errors import TifaError

LIBRARIES = ("torch", "transformers")
FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
         "vocab.txt", "merges.txt", "*.model", "model*.safetensors", "model.safetensors.index.json")
"""What of an encoder's folder is read, and so hashed."""
MAX_TOKENS = 256
STEP, ROWS = 16, 8
"""Sentences are padded to a multiple of STEP tokens and read ROWS at a time, always as many: the shape of what is computed
depends on a sentence alone, never on its neighbours."""
_HUB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoder:
    """A loaded encoder. sha256: over the files it was read from. columns: length of an embedding. max_tokens: what is longer
    is cut there."""

    name: str
    revision: str
    sha256: str
    columns: int
    max_tokens: int
    tokenizer: Any
    network: Any

    @property
    def facts(self) -> dict[str, object]:
        """What a model file records of the encoder that its weights need."""
        return {"name": self.name, "revision": self.revision, "sha256": self.sha256, "columns": self.columns,
                "max_tokens": self.max_tokens, "pooling": "mean", "versions": installed_versions()}

    def embed(self, texts: Sequence[str]) -> Floats:
        """One row of length 1 per text (the mean over its tokens), the same whatever other texts are asked for."""
        distinct = sorted(set(texts))
        tokens = self._tokens(distinct)["input_ids"] if distinct else []
        shapes: dict[int, list[int]] = {}
        for number, ids in enumerate(tokens):
            shapes.setdefault(-(-len(ids) // STEP) * STEP, []).append(number)
        found = np.zeros((len(distinct), self.columns), dtype=np.float32)
        for length, numbers in sorted(shapes.items()):
            for first in range(0, len(numbers), ROWS):
                some = numbers[first:first + ROWS]
                found[some] = self._read([tokens[number] for number in some], length)[:len(some)]
        place = {text: number for number, text in enumerate(distinct)}
        return found[[place[text] for text in texts]]

    def share_cut(self, texts: Sequence[str]) -> float:
        """Share of the texts that are longer than `max_tokens` and so lose their end."""
        cut = [bool(one.overflowing) for one in self._tokens(list(texts)).encodings] if texts else []
        return sum(cut) / max(len(cut), 1)

    def _tokens(self, texts: list[str]) -> Any:
        return self.tokenizer(texts, truncation=True, max_length=self.max_tokens)

    def _read(self, rows: Sequence[Sequence[int]], length: int) -> Floats:
        import torch

        ids = np.full((ROWS, length), self.tokenizer.pad_token_id or 0, dtype=np.int64)
        mask = np.zeros((ROWS, length), dtype=np.int64)
        for place in range(ROWS):
            row = rows[min(place, len(rows) - 1)]
            ids[place, :len(row)], mask[place, :len(row)] = row, 1
        with torch.inference_mode():
            states = self.network(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).last_hidden_state
        return pool(states.numpy(), mask)


def pool(states: Floats, mask: npt.NDArray[np.int64]) -> Floats:
    """Mean of the token states where the mask is 1, scaled to length 1. states: rows × tokens × columns."""
    weights = mask[:, :, None].astype(np.float32)
    mean = (states * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    return np.asarray(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def readable(batch: Batch, lang: str) -> list[str]:
    """The sentences of a batch as the encoder reads them: masked titles and names as a neutral word each."""
    words = {NAME + kind: word for kind, word in enumerate(spoken_names(lang))}
    text = batch.text()
    return [text[start + 1:stop - 1].translate(words)
            for start, stop in zip(batch.first[:-1].tolist(), batch.first[1:].tolist(), strict=True)]


def installed_versions() -> dict[str, str]:
    """Versions of the libraries of the extra. Raises: TifaError when it is not installed."""
    try:
        return {name: metadata.version(name) for name in LIBRARIES}
    except metadata.PackageNotFoundError as error:
        raise TifaError(f"The models need an encoder, and {error.name} is not installed", where="the extra transformers",
                        todo='Install it: .venv/bin/python -m pip install -c constraints.txt -e ".[transformers]".') from error


def needed_encoder(folder: Path) -> Mapping[str, Any] | None:
    """What the models of a folder record of the encoder they need; None when they need none."""
    for path in sorted(folder.glob("codes_*.json")):
        facts = json.loads(path.read_text(encoding="utf-8")).get("encoder")
        if facts:
            return dict(facts)
    return None


def load_needed(facts: Mapping[str, Any], models: Path) -> Encoder:
    """The encoder that a model file names. Raises: TifaError when it is not here or not the one the model was trained with."""
    installed_versions()
    encoder = load_encoder(find_encoder(str(facts["name"]), str(facts["revision"]), models=models))
    if encoder.sha256 != facts["sha256"]:
        raise TifaError(f"The encoder {encoder.name} is not the one these models were trained with (sha256 {encoder.sha256[:12]}… "
                        f"instead of {str(facts['sha256'])[:12]}…)", where=str(models),
                        todo="Restore its files, or train again with `tifa train --encoder`.")
    return encoder


def find_encoder(name: str, revision: str = "", *, models: Path | None = None) -> Path:
    """The folder of an encoder: `name` itself, `encoder` beside the models, or a name of the Hugging Face hub in its local cache.

    Raises: TifaError that says where it looked.
    """
    looked = [Path(name)] + ([models / "encoder"] if models else [])
    for folder in looked:
        if (folder / "config.json").is_file():
            return folder.absolute()
    if _HUB_NAME.fullmatch(name):
        cached = _cached(name, revision)
        if cached is not None:
            return cached
    places = ", ".join(map(str, looked)) + (", the local cache of the Hugging Face hub" if _HUB_NAME.fullmatch(name) else "")
    raise TifaError(f"The encoder {name} is not on this machine", where=places,
                    todo="Copy its folder there (config.json, tokenizer.json, model.safetensors); for a name of the hub, let "
                         "`tifa train --encoder NAME --download` fetch it.")


def _cached(name: str, revision: str) -> Path | None:
    installed_versions()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, revision=revision or None, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return folder if (folder / "config.json").is_file() else None


def encoder_hash(folder: Path) -> str:
    """sha256 over the names and contents of the files that an encoder is read from."""
    listed = sorted({path for pattern in FILES for path in folder.glob(pattern) if path.is_file()})
    total = hashlib.sha256()
    for path in listed:
        with path.open("rb") as file:
            total.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


@lru_cache(maxsize=1)
def load_encoder(folder: Path) -> Encoder:
    """Load an encoder from its folder. Raises: TifaError when that is impossible, with the reason."""
    installed_versions()
    import torch
    import transformers
    from safetensors import SafetensorError

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), **safe)
        network, loaded = transformers.AutoModel.from_pretrained(
            str(folder), use_safetensors=True, dtype=torch.float32, output_loading_info=True, **safe)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise TifaError(f"The encoder cannot be loaded: {str(error).splitlines()[0]}", where=str(folder),
                        todo="Give a folder with config.json, tokenizer.json and model.safetensors of a known architecture.") from error
    # The pooler is not used; any other part without weights would be left random.
    missing = sorted(name for name in loaded["missing_keys"] if "pooler" not in name)
    config = network.config
    if missing or config.is_encoder_decoder or not tokenizer.is_fast:
        reason = (f"weights are missing, first {missing[0]}" if missing else
                  "it also has a decoder" if config.is_encoder_decoder else "it has no tokenizer.json")
        raise TifaError(f"The encoder cannot be used: {reason}", where=str(folder), todo="Choose another one.")
    limits = [MAX_TOKENS, tokenizer.model_max_length, getattr(config, "max_position_embeddings", MAX_TOKENS) - 2]
    # In the cache of the hub a folder is called by its commit and stands in snapshots/.
    in_cache = folder.parent.name == "snapshots"
    name = folder.parent.parent.name.removeprefix("models--").replace("--", "/") if in_cache else str(folder)
    return Encoder(name, folder.name if in_cache else "", encoder_hash(folder), int(config.hidden_size),
                   int(min(limits)) // STEP * STEP, tokenizer, network.eval())
