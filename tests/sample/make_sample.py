"""Build `raw/sample/` and `raw/sample/TRUTH.yml` from `tests/sample/sources/`.

`python -m tests.sample.make_sample` writes the files; `--check` compares instead and exits with 1 on a difference.
The truth is the author's: facts from the front matter, frame counts from the markers. No code of the pipeline is used.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from tests.sample.pages import html_page
from tests.sample.papers import docx_bytes, markdown_file, pdf_bytes, text_file
from tests.sample.reading import Source, read_sources

RAW_SAMPLE = Path(__file__).parents[2] / "raw" / "sample"
PERIODS = {"2014-2018": range(2014, 2019), "2019-2021": range(2019, 2022), "2022-2025": range(2022, 2026)}
TRUTH_HEAD = """\
# What a right reading of the documents in this folder says. They are SAMPLE TEXTS, written for testing this program:
# instruments, numbers and quotations are invented, real bodies appear by name only. Explained in tests/sample/README.md.
# Built by tests/sample/make_sample.py from the author's own marks, never from the program's answers. Do not edit.
"""
CENTRAL = ("party_central", "npc", "state_council", "ministry")


def build_all(sources: list[Source]) -> dict[str, bytes]:
    """Every file of the sample, path relative to raw/sample → bytes, sidecars and TRUTH.yml included."""
    files: dict[str, bytes] = {}
    for source in sources:
        path = source.meta["file"]
        files[path] = _file_bytes(source)
        if "sidecar" in source.meta:
            files[f"{path}.meta.yml"] = _yaml(source.meta["sidecar"])
    files["TRUTH.yml"] = TRUTH_HEAD.encode() + _yaml(truth(sources))
    return files


def _file_bytes(source: Source) -> bytes:
    text = "".join(block.text for block in source.blocks)
    if "示例文本" not in text and "SAMPLE TEXT" not in text:
        raise ValueError(f"{source.name}: does not say that it is a sample")
    kind = source.meta["format"]
    if kind == "html":
        return html_page(source, charset="utf-8").encode()
    if kind == "html-gb18030":
        return html_page(source, charset="gb2312").encode("gb18030")
    if kind == "pdf":
        return pdf_bytes(source)
    if kind == "docx":
        return docx_bytes(source)
    if kind == "md":
        return markdown_file(source).encode()
    encoding = {"txt": "utf-8", "txt-wrapped": "utf-8", "txt-bom": "utf-8-sig", "txt-gb18030": "gb18030"}[
        kind
    ]
    return text_file(source, wrapped=kind == "txt-wrapped").encode(encoding)


def truth(sources: list[Source]) -> dict[str, Any]:
    """What a right reading of the sample says: facts per file, frame counts per file, shares per year and period."""
    names = {source.name: source.meta["file"] for source in sources}
    files = {source.meta["file"]: _file_truth(source, names) for source in sources}
    in_universe = [source for source in sources if source.truth["universe"]]
    return {
        "files": dict(sorted(files.items())),
        "shares_by_year": {
            lang: _shares([s for s in in_universe if s.chinese == (lang == "zh")], by_period=False)
            for lang in ("zh", "en")
        },
        "shares_by_period": {
            "zh": _shares([s for s in in_universe if s.chinese], by_period=True),
            "zh_central": _shares(
                [s for s in in_universe if s.chinese and s.truth["tier"] in CENTRAL], by_period=True
            ),
        },
    }


def _file_truth(source: Source, names: dict[str, str]) -> dict[str, Any]:
    facts = source.truth
    for key in ("version_of", "superseded_by", "duplicate_of"):
        if key in facts:
            facts[key] = names[facts[key]]
    facts["format"] = source.meta["format"]
    if "commitments" in facts:  # who promises is the lead issuer, unless the source names another
        facts["commitments"] = [{"actor": facts["issuers"][0], **planted} for planted in facts["commitments"]]
    _check_facts(source, facts)
    return facts | counts([source])


def _check_facts(source: Source, facts: dict[str, Any]) -> None:
    """Raises ValueError when the text does not say what the facts say it does."""
    text = "".join(block.text for block in source.blocks)
    promised = [*facts.get("cites", []), *facts.get("legal_basis", [])]
    promised += [commitment["anchor"] for commitment in facts.get("commitments", [])]
    absent = [phrase for phrase in promised if phrase not in text]
    if absent:
        raise ValueError(f"{source.name}: the text does not contain {absent}")


def counts(sources: list[Source]) -> dict[str, int]:
    """Body sentences and how many of them their author marked development, security and both."""
    marks = [mark for source in sources for mark in source.sentences]
    return {
        "n_body": len(marks),
        "n_development": sum(mark.development for mark in marks),
        "n_security": sum(mark.security for mark in marks),
        "n_both": sum(mark.development and mark.security for mark in marks),
    }


def _shares(sources: list[Source], *, by_period: bool) -> dict[str, dict[str, float | int]]:
    groups: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        year = int(source.truth["date_issued"][:4])
        groups[
            next(name for name, years in PERIODS.items() if year in years) if by_period else str(year)
        ].append(source)
    shares: dict[str, dict[str, float | int]] = {}
    for name, members in sorted(groups.items()):
        count = counts(members)
        shares[name] = {"n_documents": len(members), **count} | {
            label: round(count[f"n_{label}"] / count["n_body"], 3) for label in ("development", "security")
        }
    return shares


def _yaml(value: Any) -> bytes:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110).encode()


def main() -> int:
    """Write or check the sample. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the files on disk, write nothing")
    check = parser.parse_args().check
    built = build_all(read_sources())
    on_disk = {path.relative_to(RAW_SAMPLE).as_posix() for path in RAW_SAMPLE.rglob("*") if path.is_file()}
    different = sorted(on_disk - set(built))
    for path in different:
        if not check:
            (RAW_SAMPLE / path).unlink()
    for path, data in built.items():
        target = RAW_SAMPLE / path
        if target.is_file() and target.read_bytes() == data:
            continue
        different.append(path)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    print("\n".join(different) or "nothing to change", file=sys.stderr)
    return 1 if check and different else 0


if __name__ == "__main__":
    raise SystemExit(main())
