"""The paper around an instrument: orders, forwarding notices, calls for comment, labelled boxes, signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.documents.layout import Layout, is_structure, squeeze
from pipeline.documents.wording import entries, mapping, one_of
from pipeline.knowledge import Entity, load_registry
from pipeline.numerals import find_dates

_DATE_LINE = re.compile(r"^[（(]?(?:(?:19|20)[0-9]{2}|二[〇零○][〇零○一二三四五六七八九]{2})\s?年\s?[0-9一二三四五六七八九十]{1,3}\s?月"
                        r"(?:\s?[0-9一二三四五六七八九十]{1,3}\s?日)?[）)]?(?:印发|发布)?$")
_ORDER_NUMBER = re.compile(
    r"(?P<kind>令|公告)\s{0,2}(?P<number>(?:[0-9]{4}\s?年\s?)?第\s{0,2}[0-9一二三四五六七八九十百零〇○]{1,6}\s{0,2}号)")
_PROMULGATES = re.compile(
    r"《(?P<title>(?:[^《》]|《[^《》]{1,80}》){2,120})》\s{0,2}(?:已经|已于|已由|业经|经|于)(?P<how>[^。]{0,300}?)(?:现予|予以)(?:公布|发布)(?P<when>[^。]{0,80})")
_FORWARDS = re.compile(
    r"关于(?:印发|发布|公布|转发)\s{0,2}(?:《(?P<quoted>(?:[^《》]|《[^《》]{1,80}》){2,120})》|(?P<plain>[^《》\n]{4,80}?))\s{0,2}的\s{0,2}"
    r"(?:通知|公告|决定|通告|函)")
_CALLS = re.compile(
    r"(?:《(?P<before>(?:[^《》]|《[^《》]{1,80}》){2,120})》[^。\n《]{0,12}(?:公开|向社会)?(?:公开)?(?:征求|征集)[^。\n]{0,8}意见"
    r"|(?:征求|征集)(?:对)?\s?《(?P<after>(?:[^《》]|《[^《》]{1,80}》){2,120})》[^。\n]{0,14}意见)")
_SIGNER = re.compile(
    rf"^(?:[\u4e00-\u9fff]{{0,24}}{one_of('offices')}[：:]?\s{{0,3}}"
    "(?:[\u4e00-\u9fff·]{1,4}(?:\\s{1,3}[\u4e00-\u9fff]{1,2})?)?\\s{0,3}){1,30}$|^[\u4e00-\u9fff]{2,4}$")
_MAX_BODIES = 40


@dataclass(frozen=True)
class Signature:
    """Bodies and date under a notice, in printed order. at: index of the date line."""

    names: tuple[str, ...]
    iso: str | None
    at: int


@dataclass(frozen=True)
class Cover:
    """What stands around the instrument; None, "" or () where the document has no such part.

    order_bodies, order_number, order_kind: heading of an order (令) or a numbered announcement (公告). ordered:
    what it promulgates. forwarded: what a notice sends out. called: the draft a call for comment puts up.
    adopted_words, effect_words: the order's own clauses.
    """

    order_bodies: tuple[str, ...] = ()
    order_number: str = ""
    order_kind: str = ""
    ordered: str = ""
    adopted_words: str = ""
    effect_words: str = ""
    forwarded: str = ""
    called: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    signature: Signature | None = None


def read_cover(layout: Layout) -> Cover:
    """Everything the document prints around its instrument. Looks at the opening, and at date lines anywhere."""
    if layout.lang == "en":
        return Cover()
    opening = layout.opening(3500)
    bodies, number, kind = _read_order(layout)
    promulgates = _PROMULGATES.search(opening)
    forwards = _FORWARDS.search(squeeze_titles(opening))
    calls = _CALLS.search(opening)
    return Cover(
        order_bodies=bodies, order_number=number, order_kind=kind,
        ordered=promulgates["title"] if promulgates else "",
        adopted_words=promulgates["how"] if promulgates else "",
        effect_words=promulgates["when"] if promulgates else "",
        forwarded=(forwards["quoted"] or forwards["plain"] or "") if forwards else "",
        called=(calls["before"] or calls["after"] or "") if calls else "",
        labels=_read_labels(layout), signature=read_signature(layout))


def squeeze_titles(text: str) -> str:
    """Headings broken over lines joined again: 印发\\n《X\\n（2025年）》的通知."""
    text = re.sub(r"(关于(?:印发|发布|公布|转发))\s{1,3}(?=《)", r"\1", text)
    text = re.sub(r"《[^《》]{2,140}》", lambda found: squeeze(found.group()), text)
    return re.sub(r"(?<=》)\s{1,3}(?=的(?:通知|公告))", "", text)


_NO_ORDER = re.compile("[。，《]|^[（(]?[0-9]|关于|有限公司")


def _read_order(layout: Layout) -> tuple[tuple[str, ...], str, str]:
    """Bodies and number of an order printed over the text: lines of bodies, 令, 第12号 (on one or several lines)."""
    lines = [line.text for line in layout.lines[:400]]
    for place in range(len(lines)):
        text = lines[place]
        if not (text.endswith(("令", "公告")) or _ORDER_NUMBER.search(text)) or len(text) > 120 or _NO_ORDER.search(text):
            continue
        following = " ".join(lines[place:place + 3])
        number = _ORDER_NUMBER.search(following)
        if number is None or number.start() > len(text):
            continue
        head = _before_order(following[:number.start()])
        names = [name for name in split_bodies(head) if not re.search("[0-9：:]", name)]
        above = place - 1
        while above >= 0 and place - above < _MAX_BODIES and is_body(lines[above]):
            names = split_bodies(lines[above]) + names
            above -= 1
        if names:
            return tuple(names), squeeze(number["number"]), number["kind"]
    return (), "", ""


def _before_order(words: str) -> str:
    return words.strip(" （(").removesuffix("令").removesuffix("公告").strip()


def split_bodies(text: str) -> list[str]:
    """Names of bodies set side by side with blanks or 、; a blank inside one registry name does not cut it."""
    if squeeze(text) and lookup_body(squeeze(text)):
        return [squeeze(text)]
    parts = [part for part in re.split(r"[\s、，,]{1,9}", text.strip("（()）")) if part]
    return [name for part in parts for name in _unglue(part)]


def _unglue(part: str) -> list[str]:
    """A part that is several registry names set without a mark (中央网信办农业农村部商务部), cut into them."""
    if len(part) < 9 or lookup_body(part):
        return [part]
    names: list[str] = []
    rest = part
    while rest:
        size = next((size for size in range(min(len(rest), 24), 2, -1) if load_registry().lookup(rest[:size])), 0)
        if not size:
            return [part]
        names.append(rest[:size])
        rest = rest[size:]
    return names


def lookup_body(name: str) -> str | None:
    """Registry id of a body; a general office, secretariat or department stands for the body it belongs to."""
    registry = load_registry()
    term = re.sub("第[一二三四五六七八九十]{1,4}届", "", name)
    candidates = [name, name.removeprefix("中华人民共和国"), term, "中国共产党" + term, re.sub("^(?:The|the|THE) ", "", name), f"UN {name}",
                  re.sub("^(?:The )?(?:People['’]s Republic of China )?| of the People['’]s Republic of China$", "", name)]
    for suffix in entries("office_suffixes"):
        if name.endswith(suffix) and len(name) > len(suffix) + 2:
            candidates.append(name.removesuffix(suffix))
    for candidate in candidates:
        found = [entity for entity in registry.lookup(candidate) if entity.type in {"ACTOR", "FORUM", "ORG"}]
        if found:
            return _whole(found[0]).entity_id
    return None


def _whole(entity: Entity) -> Entity:
    """The ministry for its general office; the offices of the State Council and the Party's centre stand for themselves."""
    name = entity.name("zh") or ""
    if entity.tier == "ministry" and entity.parent and name.endswith(entries("office_suffixes")):
        parent = load_registry().entities[entity.parent]
        return parent if parent.tier == "ministry" and name.startswith(parent.name("zh") or "-") else entity
    return entity


BODY_END = re.compile(one_of("body_endings") + "$")


def is_body(line: str) -> bool:
    """Whether the whole line is the name of one or several bodies, as in a signature."""
    if len(line) > 90 or is_structure(line) or re.search("[。：:《》？?0-9]", line):
        return False
    parts = split_bodies(line)
    return bool(parts) and all(
        lookup_body(part) is not None or (4 <= len(part) <= 30 and BODY_END.search(part) is not None) for part in parts)


def is_date_line(line: str) -> bool:
    """Whether the line is a calendar date and nothing else."""
    return _DATE_LINE.match(line) is not None


def read_signature(layout: Layout) -> Signature | None:
    """The first date line with bodies (or only signers) over it; the instrument's own comes before its annexes."""
    lines = [line.text for line in layout.lines]
    for place, text in enumerate(lines):
        if not is_date_line(text):
            continue
        names = _bodies_above(lines, place)
        if names is not None:
            found = find_dates(text, "zh")
            return Signature(tuple(names), found[0].iso if found else None, place)
    return None


def _bodies_above(lines: list[str], place: int) -> list[str] | None:
    names: list[str] = []
    signed = False
    above = place - 1
    while above >= 0 and place - above <= _MAX_BODIES:
        text = lines[above]
        joined = squeeze(lines[above - 1] + text) if above else ""
        if is_body(text):
            names = split_bodies(text) + names
        elif joined and lookup_body(joined):
            names = [joined, *names]
            above -= 1
        elif _SIGNER.match(text) and not names:
            signed = True
        elif not names and (tail := _trailing_bodies(text)):
            names = tail
            break
        else:
            break
        above -= 1
    return names if names or signed else None


def _trailing_bodies(text: str) -> list[str]:
    """Bodies at the end of a line that begins with something else (附件：… 中央网信办秘书局 工业和信息化部办公厅)."""
    taken: list[str] = []
    for part in reversed(text.split(" ")):
        if not lookup_body(part):
            break
        taken.insert(0, part)
    return taken if len(taken) > 1 else []


_LABEL_WORDS = "|".join(r"\s{0,3}".join(label) for label in sorted(mapping("labels"), key=len, reverse=True))
_LABEL = re.compile(
    rf"(?:^|(?<=[\s\n]))(?P<label>{_LABEL_WORDS}|{one_of('other_labels')})\s?[：:]\s{{0,2}}", re.M)


def _read_labels(layout: Layout) -> dict[str, str]:
    """Values of a box such as 发文字号：…; a value ends at its line or at the next label, or stands on the next line."""
    opening = "\n".join(line.text for line in layout.lines[:60])[:4000]
    found = list(_LABEL.finditer(opening))
    labels: dict[str, str] = {}
    for place, match in enumerate(found):
        name = str(mapping("labels").get(squeeze(match["label"])) or "")
        end = found[place + 1].start() if place + 1 < len(found) else len(opening)
        value = opening[match.end():end].strip().split("\n")[0].strip()
        if name and value and name not in labels:
            labels[name] = value[:300]
    return labels
