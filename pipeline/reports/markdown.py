"""report.md: the report in text, both languages' findings, for diffs and e-mail."""

from __future__ import annotations

from pipeline.reports.blocks import Chart, Code, Findings, Heading, Prose, Section, Table
from pipeline.reports.material import Material
from pipeline.reports.words import Text, say

MAX_ROWS = 40
_ESCAPES = str.maketrans({**{char: "\\" + char for char in "\\`*_[]|#~"}, "<": "&lt;", ">": "&gt;", "&": "&amp;"})


def as_markdown(material: Material, sections: list[Section]) -> str:
    """English first, then Chinese; tables cut at forty rows (data/*.csv has all of them)."""
    parts = [_language(material, sections, lang) for lang in ("en", "zh")]
    return "\n\n---\n\n".join(parts) + "\n"


def _language(material: Material, sections: list[Section], lang: str) -> str:
    lines = [f"# {escape(say('report_title').of(lang))}", escape(say("as_of", date=material.as_of).of(lang))]
    for section in sections:
        lines.append(f"## {escape(section.title.of(lang))}")
        for block in section.blocks:
            lines += _block(block, lang)
    return "\n\n".join(lines)


def _block(block: object, lang: str) -> list[str]:
    if isinstance(block, Prose | Heading):
        text = escape(block.text.of(lang))
        return [f"### {text}" if isinstance(block, Heading) else text]
    if isinstance(block, Findings):
        return ["\n".join("- " + escape(" ".join(text.of(lang) for text in (item.text, item.basis, item.change)))
                          for item in block.items)]
    if isinstance(block, Chart):
        return [f"**{escape(block.title.of(lang))}**", escape(block.caption.of(lang)), *_table(block.table, lang)]
    if isinstance(block, Table):
        return [f"**{escape(block.title.of(lang))}**", *_table(block, lang)]
    if isinstance(block, Code):
        return ["```\n" + block.text.replace("```", "'''") + "\n```"]
    return []


def _table(table: Table, lang: str) -> list[str]:
    if table.frame.empty:
        return [escape(table.empty.of(lang))] if table.empty else []
    shown = [(place, column) for place, column in enumerate(table.columns)]
    head = [escape(column.title.of(lang)) for _, column in shown]
    rule = ["---:" if column.numeric else "---" for _, column in shown]
    rows = [[_cell(row[place].text, lang) for place, _ in shown] for row in table.rows[:MAX_ROWS]]
    lines = ["| " + " | ".join(cells) + " |" for cells in [head, rule, *rows]]
    more = len(table.frame) - len(rows)
    note = [escape(say("more_rows", n=more, file=f"data/{table.id}.csv").of(lang))] if more > 0 else []
    return ["\n".join(lines), *note]


def _cell(text: Text, lang: str) -> str:
    return escape(text.of(lang))


def escape(text: str) -> str:
    """Text that Markdown shows as it stands: no markup, no HTML, one line."""
    return " ".join(text.split()).translate(_ESCAPES)
