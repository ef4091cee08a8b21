"""HTML pages for the samples: the clutter of a real site (invented) around the blocks of a source."""

from html import escape
from pathlib import Path

from tests.sample.reading import Block, Source

TEMPLATES = Path(__file__).parent / "templates"  # fields: {title}, {site}, {date}, {origin}, {text}


def html_page(source: Source, *, charset: str) -> str:
    """The whole page: head, clutter of its template, the document, clutter. `charset` is what the page declares."""
    page = source.meta["page"]
    template = (TEMPLATES / f"{source.meta['template']}.html").read_text(encoding="utf-8")
    title, blocks = _headline(source)
    fields = {
        "title": escape(title),
        "site": escape(page["site"]),
        "date": page["date"],
        "origin": escape(page["source"]),
    }
    language = {"zh-Hans": "zh-CN", "zh-Hant": "zh-HK", "en": "en"}[source.truth["lang"]]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="{charset}">\n'
        f"<title>{fields['title']}_{fields['site']}</title>\n"
        "<style>.nav a{color:#333}.footer{font-size:12px}</style>\n"
        '<script>var site={"pv":1};function share(t){window.open("/share?t="+t);}</script>\n</head>\n<body>\n'
        f"{template.format(**fields, text=_body(blocks))}"
        '<script src="/js/stat.js"></script>\n</body>\n</html>\n'
    )


def _headline(source: Source) -> tuple[str, tuple[Block, ...]]:
    """The page's headline and the blocks below it, as sites do it: an order stands under the instrument's name, any
    other document has its first title as headline and not in the text, a repost has a headline of its own."""
    if "page_title" in source.meta:
        return source.meta["page_title"], source.blocks
    first = next(number for number, block in enumerate(source.blocks) if block.kind == "title")
    if source.blocks[first].text.endswith(("令", "公告")):
        return source.truth["title"], source.blocks
    return source.blocks[first].text, source.blocks[:first] + source.blocks[first + 1 :]


def _body(blocks: tuple[Block, ...]) -> str:
    parts: list[str] = []
    for block in blocks:
        text = escape(block.text)
        if block.kind == "row":
            cells = "".join(f"<td>{escape(cell)}</td>" for cell in block.cells)
            parts.append(f"<tr>{cells}</tr>")
        elif block.kind == "title":
            parts.append(
                f'<p align="center" style="text-align:center"><strong style="font-size:18pt">{text}</strong></p>'
            )
        elif block.kind in ("heading", "subheading"):
            parts.append(f'<p style="text-indent:2em"><strong>{text}</strong></p>')
        elif block.kind == "line":
            parts.append(f'<p align="center" style="text-align:center">{text}</p>')
        else:
            parts.append(f'<p style="text-indent:2em">{text}</p>')
    html = "\n".join(parts)
    return html.replace("</p>\n<tr>", "</p>\n<table border=1>\n<tr>").replace(
        "</tr>\n<p", "</tr>\n</table>\n<p"
    )
