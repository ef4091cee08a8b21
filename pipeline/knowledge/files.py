"""Safe YAML: bounded, without duplicate keys, without values that change their meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import KnowledgeError

KNOWLEDGE = Path(__file__).parent
MODELS = KNOWLEDGE.parent / "models"
MAX_BYTES = 8_000_000
MAX_DEPTH = 40


_models = MODELS


def use_models(folder: Path | None) -> bool:
    """From now on this process reads weights and error rates in this folder (None: those that ship); whether that is new.

    Raises: KnowledgeError when the folder does not exist.
    """
    global _models
    wanted = MODELS if folder is None else folder.absolute()
    if not wanted.is_dir():
        raise KnowledgeError("The folder of models does not exist", where=str(folder),
                             todo="Write one with `tifa train --models DIR`, or leave out the setting models.")
    before, _models = _models, wanted
    return before != wanted


def models_folder() -> Path:
    """Where weights and error rates are read: the folder that ships, or the one given to `use_models`."""
    return _models


class _Loader(yaml.CSafeLoader):
    """Composes nodes; every plain scalar is text but true, false, null, integers and decimals."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 (the base class declares it so)


def _add_resolvers() -> None:
    # YAML 1.2 core: NO, on, 012 and 1:30 stay text; so does a decimal that would print otherwise (1.10).
    _Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
    _Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:null|~|)$"), ["n", "~", ""])
    _Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
    _Loader.add_implicit_resolver(
        "tag:yaml.org,2002:float", re.compile("^[-+]?(?:0|[1-9][0-9]*)[.](?:0|[0-9]*[1-9])$"), list("-+0123456789"))


_add_resolvers()


def read_yaml(text: str | bytes, *, where: str) -> object:
    """The value of one YAML document.

    Raises: KnowledgeError for what is not plain data (tags, aliases), too large, too deep, or has a key twice.
    """
    if len(text) > MAX_BYTES:
        raise KnowledgeError("The file is too large for a list of facts", where=where, todo="Split it.")
    try:
        if not _is_plainly_flat(text.decode() if isinstance(text, bytes) else text):
            _check_depth(text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
        return None if node is None else _value(node)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise KnowledgeError(f"Not a readable YAML file: {reason}", where=where,
                             todo="Correct the line it names.") from error


_SCALARS: dict[str, Callable[[str], object]] = {
    "tag:yaml.org,2002:str": str, "tag:yaml.org,2002:int": int, "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": {"true": True, "false": False}.__getitem__,
    "tag:yaml.org,2002:null": dict.fromkeys(("null", "~", "")).__getitem__}


def _value(node: yaml.Node) -> object:
    """What a node says. Written out because the library's constructor takes as long again as reading the file."""
    if isinstance(node, yaml.ScalarNode) and node.tag in _SCALARS:
        try:
            return _SCALARS[node.tag](node.value)
        except (KeyError, ValueError) as error:  # !!bool yes, !!int abc, a number of thousands of digits
            raise yaml.YAMLError(f"{node.value[:40]!r} is no {node.tag.rpartition(':')[2]}, line {node.start_mark.line + 1}") from error
    if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
        return [_value(item) for item in node.value]
    if not isinstance(node, yaml.MappingNode) or node.tag != "tag:yaml.org,2002:map":
        raise yaml.YAMLError(f"{node.tag} is no plain data, line {node.start_mark.line + 1}")
    found: dict[object, object] = {}
    for key_node, value_node in node.value:
        key = _value(key_node)
        if isinstance(key, list | dict):
            raise yaml.YAMLError(f"a key is a list or a mapping, line {key_node.start_mark.line + 1}")
        if key in found:
            raise yaml.YAMLError(f"the key {key!r} stands twice, line {key_node.start_mark.line + 1}")
        found[key] = _value(value_node)
    return found


_MAY_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[*&]\S", re.MULTILINE)


def _is_plainly_flat(text: str) -> bool:
    """Whether indentation and brackets alone show that the text is shallow and names no alias (most files, fast)."""
    if _MAY_ALIAS.search(text):
        return False
    for line in text.splitlines():
        opened, closed = line.count("[") + line.count("{"), line.count("]") + line.count("}")
        if opened != closed or len(line) - len(line.lstrip(" -")) + opened > MAX_DEPTH:
            return False
    return True


def _check_depth(text: str | bytes) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not used in these files")
        depth += isinstance(event, yaml.events.CollectionStartEvent)
        depth -= isinstance(event, yaml.events.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError(f"nested deeper than {MAX_DEPTH} levels")


def load_yaml(path: Path) -> object:
    """`read_yaml` of a file. Raises: KnowledgeError also when the file is missing."""
    if not path.is_file():
        raise KnowledgeError("The file is missing", where=str(path), todo="Restore it or correct the name.")
    return read_yaml(path.read_bytes(), where=path.name)


@lru_cache(maxsize=64)
def load_words(name: str) -> dict[str, object]:
    """Word lists of one concern: pipeline/knowledge/words/<name>.yml, a mapping from list name to its entries."""
    loaded = load_yaml(KNOWLEDGE / "words" / f"{name}.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("A word list file is a mapping", where=f"words/{name}.yml", todo="Name its lists.")
    return loaded


def load_error_rates() -> list[dict[str, object]]:
    """Confusion counts of the classifiers in use on randomly sampled sentences, out of fold.

    Returns: rows `label, lang, stratum, tp, fp, fn, tn, n`; an empty list when there are none.
    """
    return _read_error_rates(models_folder() / "error_rates.json")


@lru_cache(maxsize=2)
def _read_error_rates(path: Path) -> list[dict[str, object]]:
    if not path.is_file():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise KnowledgeError("The error rates are not a list", where=path.name, todo="Train the models again.")
    return rows


@lru_cache(maxsize=1)
def _genres() -> dict[str, str]:
    loaded = load_yaml(KNOWLEDGE / "genres.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where="genres.yml", todo="Name its lists.")
    return {str(doc_type): str(genre) for genre, doc_types in loaded.items() for doc_type in doc_types}


def genre_of(doc_type: str | None) -> str:
    """statute, speech or soft: the kind of text of a document type; every type not listed, and none, is soft."""
    return _genres().get(doc_type or "", "soft")
