"""Single sentences in, codes, senses and mentions out: no tables, no documents (contract, section 4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pipeline import codes, mentions
from pipeline.errors import TifaError

LANGS = ("zh", "en")
MAX_CHARS = 100_000


def annotate_lines(lines: Iterable[str], *, lang: str | None = None, batch: int = 1) -> Iterator[tuple[str, bool]]:
    """One JSON line out for each line in, in the same order, with whether it succeeded.

    lang: language of lines that do not say theirs. batch: lines coded together; 1 answers each line at once.
    A line that cannot be read gets `{"id": …, "error": …}` in its place.
    """
    pending: list[str] = []
    for line in lines:
        if line.strip():
            pending.append(line)
        if len(pending) >= batch:
            yield from _answer(pending, lang)
            pending = []
    yield from _answer(pending, lang)


def _answer(lines: list[str], lang: str | None) -> Iterator[tuple[str, bool]]:
    answers: list[dict[str, object]] = []
    good: list[dict[str, object]] = []
    for line in lines:
        try:
            record = _read_record(line, lang)
        except TifaError as error:
            answers.append({"id": _id_of(line), "error": str(error)})
        else:
            record["mentions"] = [
                {"start": hit.start, "end": hit.end, "surface": hit.surface, "type": hit.type, "entity_id": hit.entity_id}
                for hit in mentions.mentions_in_text(str(record["text"]), str(record["lang"]))]
            answers.append({"id": record["id"]})
            good.append(record)
    coded = iter(codes.annotate_texts(good)) if good else iter(())
    found = iter(good)
    for answer in answers:
        failed = "error" in answer
        if not failed:
            answer |= next(coded)
            answer["mentions"] = next(found)["mentions"]
        yield json.dumps(answer, ensure_ascii=False), not failed


def _read_record(line: str, lang: str | None) -> dict[str, object]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TifaError(f"Not valid JSON: {error}", todo='Write one object a line: {"id": "x1", "lang": "zh", "text": "…"}.'
                        ) from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise TifaError("The line has no text", todo='Give it as "text": "…".')
    if len(record["text"]) > MAX_CHARS:
        raise TifaError(f"The text has more than {MAX_CHARS} characters", todo="Send one sentence a line.")
    language = record.get("lang") or lang
    if not isinstance(language, str) or language.split("-")[0] not in LANGS:
        raise TifaError(f"The language {language!r} is not one of {', '.join(LANGS)}", todo='Give "lang" or pass --lang.')
    heading = record.get("heading")
    return {"id": record.get("id"), "text": record["text"], "lang": language.split("-")[0],
            "heading": heading if isinstance(heading, str) else ""}


def _id_of(line: str) -> object:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record.get("id") if isinstance(record, dict) else None
