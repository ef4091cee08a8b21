"""Interface words: every string a reader sees, in English and Chinese, from knowledge/words/reports.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.errors import KnowledgeError, UnknownLabel
from pipeline.knowledge import load_words

LANGS = ("en", "zh")


@dataclass(frozen=True)
class Text:
    """One string in both interface languages; a name that has one form only stands twice."""

    en: str
    zh: str

    def of(self, lang: str) -> str:
        """The string in `en` or `zh`."""
        return self.zh if lang == "zh" else self.en

    @property
    def same(self) -> bool:
        """True when both languages show the same characters."""
        return self.en == self.zh


def plain(value: object) -> Text:
    """A value that reads the same in both languages (a date, a number, a name as printed)."""
    return Text(str(value), str(value))


def join(parts: list[Text], *, en: str = " ", zh: str = "") -> Text:
    """Sentences one after another."""
    return Text(en.join(part.en for part in parts), zh.join(part.zh for part in parts))


def say(key: str, **values: object) -> Text:
    """The string `key` with its {places} filled; a Text fills each language with its own form.

    Raises: KnowledgeError when the string or one of its values is missing.
    """
    entry = _strings().get(key)
    if entry is None:
        raise KnowledgeError(f"There is no interface string {key!r}", where="words/reports.yml", todo="Add it.")
    try:
        return Text(*(getattr(entry, lang).format(**{name: value.of(lang) if isinstance(value, Text) else value
                                                     for name, value in values.items()}) for lang in LANGS))
    except (KeyError, IndexError, ValueError) as error:
        raise KnowledgeError(f"The interface string {key!r} needs a value it was not given: {error}",
                             where="words/reports.yml", todo="Correct the string or its caller.") from error


def label(kind: str, code: object) -> Text:
    """The words for a code of a closed list (`tier`, `verdict` …); a dash where the value is missing.

    Raises: UnknownLabel for a code that the list does not have.
    """
    if code is None or code != code:
        return Text("–", "–")
    found = _labels(kind).get(str(code))
    if found is None:
        raise UnknownLabel(f"{code!r} is no {kind}", where=f"words/reports.yml, labels, {kind}",
                           todo="Correct the table that holds it, or add its words.")
    return found


def label_or_code(kind: str, code: object) -> Text:
    """As `label`, for open lists: a code without words is shown as it stands."""
    return label(kind, code) if str(code) in _labels(kind) or code is None or code != code else plain(code)


@lru_cache(maxsize=1)
def _strings() -> dict[str, Text]:
    return {key: _text(value, where=key) for key, value in _part("strings").items()}


@lru_cache(maxsize=64)
def _labels(kind: str) -> dict[str, Text]:
    lists = _part("labels")
    if kind not in lists:
        raise KnowledgeError(f"There is no list of labels {kind!r}", where="words/reports.yml", todo="Add it.")
    entries = lists[kind]
    if not isinstance(entries, Mapping):
        raise KnowledgeError(f"The labels {kind!r} are no mapping", where="words/reports.yml", todo="Correct them.")
    return {str(code): _text(value, where=f"{kind}.{code}") for code, value in entries.items()}


def _part(name: str) -> Mapping[str, object]:
    part = load_words("reports").get(name)
    if not isinstance(part, Mapping):
        raise KnowledgeError(f"The part {name!r} is missing", where="words/reports.yml", todo="Restore it.")
    return part


def _text(value: object, *, where: str) -> Text:
    if not isinstance(value, Mapping) or set(value) != set(LANGS):
        raise KnowledgeError(f"{where!r} needs exactly `en` and `zh`", where="words/reports.yml", todo="Add the other.")
    return Text(str(value["en"]), str(value["zh"]))
