"""The cue files of the codebook (modality.yml, formulas.yml, marks.yml) as flat lists."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_yaml

FORMULA = "formula.both"


def cue_lists(lang: str) -> tuple[dict[str, list[str]], list[tuple[str, str, str, int]]]:
    """`concern.group` → cues, and `concern.not` → exceptions, for modality, formulas and marks, in file order; the pairs.

    Raises: KnowledgeError for a list or a pair that is not as marks.yml explains.
    """
    lists: dict[str, list[str]] = {}
    pairs: list[tuple[str, str, str, int]] = []
    modality = _mapping(load_yaml(KNOWLEDGE / "codebook" / "modality.yml"), "modality.yml")
    for part in ("cues", "others"):
        for group, value in _mapping(modality[part], f"modality.yml {part}").items():
            if group != "about":
                lists[f"modality.{group}"] = _listed(value, lang, where=f"modality.yml {group}")
    lists["modality.overrides"] = _listed(modality["overrides"], lang, where="modality.yml overrides")
    lists["modality.not"] = _listed(modality["not"], lang, where="modality.yml not")
    formulas = _mapping(load_yaml(KNOWLEDGE / "codebook" / "formulas.yml"), "formulas.yml")
    lists[FORMULA] = _listed(formulas["both"], lang, where="formulas.yml both")
    for mark, groups in _mapping(load_yaml(KNOWLEDGE / "codebook" / "marks.yml"), "marks.yml").items():
        for group, value in _mapping(groups, f"marks.yml {mark}").items():
            if group == "pairs":
                pairs += _pairs(mark, _mapping(value, f"marks.yml {mark}.pairs"))
            else:
                lists[f"{mark}.{group}"] = _listed(value, lang, where=f"marks.yml {mark}.{group}")
    if unknown := [name for name, *ends, _ in pairs if not set(ends) <= set(lists)]:
        raise KnowledgeError(f"A pair of unknown lists: {unknown[0]}", where="marks.yml", todo="Name lists of the mark.")
    return lists, pairs


def _mapping(loaded: object, where: str) -> Mapping[str, object]:
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where=f"codebook/{where}", todo="Name its lists.")
    return loaded


def _listed(value: object, lang: str, *, where: str) -> list[str]:
    if not isinstance(value, dict):
        raise KnowledgeError("A cue list has the keys zh and en", where=where, todo="Write {zh: [...], en: [...]}.")
    return [str(cue) for cue in value.get(lang, [])]


def _pairs(mark: str, given: Mapping[str, object]) -> list[tuple[str, str, str, int]]:
    found = []
    for name, value in given.items():
        if not isinstance(value, list) or len(value) != 3 or not isinstance(value[2], int):
            raise KnowledgeError(f"The pair {name} is not [first list, second list, characters]",
                                 where=f"marks.yml {mark}.pairs", todo="Write it so.")
        found.append((f"{mark}.{name}", f"{mark}.{value[0]}", f"{mark}.{value[1]}", value[2]))
    return found
