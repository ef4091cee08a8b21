"""What is written without a template: whatever a text holds, it is shown as it is and makes no tag and no attribute."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline.reports import html
from pipeline.reports.blocks import Cell, Column
from pipeline.reports.words import Text, plain

TEXTS = st.text(alphabet="<>&\"'=/ aé安全", max_size=12)


class Page(HTMLParser):
    """Tags with their attributes, and the text, as a browser reads them."""

    def __init__(self, markup: Markup) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXTS, TEXTS)
def test_words_stand_as_they_are(en: str, zh: str) -> None:
    page = Page(html.words(Text(en, zh)))
    assert [tag for tag, _ in page.tags] == (["bdi"] if en == zh else ["span", "span"])
    assert page.text == (en if en == zh else en + zh)


@pytest.mark.parametrize(("options", "tag", "attributes", "reason"), [
    ({}, "bdi", (), "words alone"), ({"css": "x"}, "span", ("css",), "words of a kind"),
    ({"href": "x"}, "a", ("href",), "a link"), ({"href": "x", "css": "x"}, "a", ("href", "css"), "a link of a kind"),
    ({"point": "x"}, "button", ("point",), "a button that opens sentences")])
@given(TEXTS.filter(bool), TEXTS)
def test_cells_hold_what_they_were_given(options: dict[str, str], tag: str, attributes: tuple[str, ...], reason: str, value: str,
                                         text: str) -> None:
    page = Page(html.cells([Cell(plain(text), **dict.fromkeys(options, value))], [Column(plain("n"), lambda row: row, numeric=True)]))
    assert page.tags[0] == ("td", {"class": "num"})
    assert page.tags[1][0] == tag, reason
    names = {"css": "class", "href": "href", "point": "data-point"}
    assert [page.tags[1][1][names[name]] for name in attributes] == [value] * len(attributes)
    assert page.text == text


@given(TEXTS, TEXTS.filter(bool), TEXTS)
def test_sentences_hold_what_they_were_given(text: str, article: str, tip: str) -> None:
    page = Page(html.sentences([("dev", 3, article, "4–9", [(text, "", ""), (text, "m", tip)]), ("", 4, "", "9–12", [])], between=" "))
    assert [tag for tag, _ in page.tags] == ["span", "a", "span", "span", "a"]
    assert page.tags[0][1] == {"class": "s dev", "id": "s3", "data-o": "4–9", "data-a": article}
    assert page.tags[2][1] == {"class": "m", "title": tip}
    assert page.tags[3][1] == {"class": "s", "id": "s4", "data-o": "9–12"}
    assert page.text == f"3{text}{text} 4 "


@given(TEXTS, TEXTS)
def test_sides_of_a_link_hold_what_they_were_given(doc_id: str, text: str) -> None:
    page = Page(html.numbered(doc_id, [(7, text)]))
    assert page.tags == [("p", {}), ("a", {"class": "n", "href": f"{doc_id}.html#s7"})]
    assert page.text == f"7{text}"
