"""What each reader takes from a file: every sentence of the document, nothing that only the page shows."""

import gzip
import io
import zipfile

import pytest

from pipeline.documents.extract import read_texts
from pipeline.documents.readers.docx import read_docx
from pipeline.documents.readers.html import read_html
from pipeline.documents.readers.pdf_layout import Line, join_pages
from pipeline.documents.sniff import sniff
from pipeline.errors import SetAside

ARTICLES = [f"第{n}条 样例单位应当依法保护样例数据，防范样例风险，不得损害样例权益。" for n in "一二三四五六"]
BODY = "".join(f"<p>{line}</p>" for line in ARTICLES)


def page(body, *, head="", charset="utf-8", title="样例数据管理办法"):
    return (f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}_样例网</title>{head}</head><body>'
            f'<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/a">新闻</a></li></ul></div><h1>{title}</h1>'
            f'<div class="main"><div class="article">{body}</div></div><div class="footer">版权所有 样例网</div>'
            '<div class="share">分享到 <a href="#">微信</a></div></body></html>')


def html(body, **options):
    return read_html(page(body, **options).encode(options.get("charset", "utf-8")))


HTML = [
    (BODY, [ARTICLES[0], ARTICLES[5]], ["首页", "版权所有", "分享到"], "menus and footers go, articles stay"),
    (BODY + "<table><tr><td>序号</td><td>任务</td></tr><tr><td>1</td><td><p>样例</p><p>任务</p></td></tr></table>",
     ["序号\t任务", "1\t样例 任务"], [], "a table row is a line, its cells parted by tabs"),
    (BODY + "<p>附件：<a href='x.doc'>样例汇总表</a></p>", ["附件：样例汇总表"], [], "links keep their words"),
    (BODY + "<script>var t='脚本文字';</script><style>.x{content:'样式'}</style>", [ARTICLES[5]], ["脚本文字", "样式"], "code is no text"),
    (BODY.replace("<p>", "").replace("</p>", "<br><br>"), ARTICLES, [], "paragraphs made of line breaks"),
    (BODY + "<p>第七条 未闭合<div>样例<p>第八条 仍须保留。", ["第八条 仍须保留。"], [], "text behind broken markup"),
    ("<table><tr><td>菜单</td></tr><tr><td>" + BODY + "<table><tr><td>1</td><td>样例</td></tr></table></td></tr></table>",
     [*ARTICLES, "1\t样例"], [], "a table that only places the text, with a real one in it"),
    ("<p>2024-05-06 10:00 来源： 样例网</p>" + BODY, ARTICLES, [], "a dateline"),
    ("<ul>" + "".join(f"<li>{line}</li>" for line in ARTICLES) + "</ul>", ARTICLES, ["首页"], "a document that is a list"),
]


@pytest.mark.parametrize(("body", "kept", "gone", "reason"), HTML, ids=[case[3] for case in HTML])
def test_html(body, kept, gone, reason):
    lines = html(body).text.split("\n")
    assert [line for line in kept if line not in lines] == [], reason
    assert [word for word in gone if any(word in line for line in lines)] == [], reason
    assert lines[0] == "样例数据管理办法"


def test_html_english():
    body = "".join(f"<p>Section {n}. The sample agency shall report on safety and publish its rules.</p>" for n in range(1, 9))
    lines = html(body, title="Sample Data Policy").text.split("\n")
    assert lines == ["Sample Data Policy", *[f"Section {n}. The sample agency shall report on safety and publish its rules."
                                             for n in range(1, 9)]]


def test_declared_gb2312_page_keeps_rare_characters():
    """Trap 3: lxml, given the bytes, keeps one character of such a page."""
    body = BODY + "<p>主任朱镕、委员陶喆、书记王堃和𠮷先生签署。</p>"
    reading = read_html(page(body, charset="gb2312").encode("gb18030"))
    assert "主任朱镕、委员陶喆、书记王堃和𠮷先生签署。" in reading.text
    assert ARTICLES[5] in reading.text and reading.encoding == "gb18030"


def test_site_selectors_outrank_guesses():
    body = BODY + '<div class="share">微信扫一扫</div>'
    data = page(f'<div id="UCAP-CONTENT">{body}</div><div><p>相关报道：样例会议在样例市召开，与会者进行了讨论。</p></div>').encode()
    assert "相关报道" not in read_html(data, url="https://www.gov.cn/zhengce/x.htm").text
    assert ARTICLES[5] in read_html(data, url="https://www.gov.cn/zhengce/x.htm").text


def test_page_hints_and_dateline():
    head = '<meta name="PubDate" content="2024-05-06"><meta name="ContentSource" content="样例部">'
    found = html(BODY, head=head).page
    assert (found.date, found.source, found.title) == ("2024-05-06", "样例部", "样例数据管理办法_样例网")
    for dateline in ("2024年05月06日 10:00 来源： 样例网", "来源：样例网　发布时间：2024年05月06日 10:00"):
        line = html(f"<div>{dateline}</div>" + BODY).page
        assert (line.date, line.source) == ("2024年05月06日 10:00", "样例网")


HTML_FLAGS = [
    (BODY + '<div style="display: none">' + "人工智能" * 300 + "</div>", "hidden_text", True, "keyword stuffing"),
    (BODY + '<div style="display:none">cookie</div>', "hidden_text", False, "a hidden note"),
    (BODY, "low_text_share", False, "a plain page"),
]


@pytest.mark.parametrize(("body", "flag", "expected", "reason"), HTML_FLAGS, ids=[case[3] for case in HTML_FLAGS])
def test_html_flags(body, flag, expected, reason):
    reading = html(body)
    assert (flag in reading.flags) is expected, reason
    assert "人工智能" not in reading.text


def test_entities_of_a_page_are_never_resolved():
    text = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p>' + BODY
    reading = read_html(text.encode())
    assert "xml_doctype" in reading.flags and "root:" not in reading.text and ARTICLES[5] in reading.text


def test_ten_thousand_nested_elements_do_not_lose_the_text():
    assert ARTICLES[5] in read_html(page("<div>" * 10_000 + BODY + "</div>" * 10_000).encode()).text


REFUSED = [
    (page("<p>您访问的页面不存在或已删除。</p>", title="页面不存在").encode(), "soft_404", "page not there"),
    (page("<p>Page not found</p>", title="404 Not Found").encode(), "soft_404", "page not there, English"),
    (page("<p>Please enable JavaScript to view this site.</p>", title="Sample").encode(), "no_text", "text only for scripts"),
]


@pytest.mark.parametrize(("data", "reason", "why"), REFUSED, ids=[case[2] for case in REFUSED])
def test_pages_without_a_document(data, reason, why):
    with pytest.raises(SetAside) as aside:
        read_html(data)
    assert aside.value.reason == reason and aside.value.hint, why


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def p(text, properties=""):
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(body, **parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", xml)
    return out.getvalue()


DOCX = [
    (p("正文。"), ["正文。"], "paragraph"),
    (f"<w:p><w:ins>{p('插入')[5:-6]}</w:ins></w:p>", ["插入"], "tracked insertion stays"),
    ("<w:p><w:del><w:r><w:delText>删除</w:delText></w:r></w:del></w:p>" + p("完"), ["完"], "tracked deletion goes"),
    (f"<w:sdt><w:sdtContent>{p('控件')}</w:sdtContent></w:sdt>", ["控件"], "content control"),
    (f"<w:tbl><w:tr><w:tc>{p('甲')}</w:tc><w:tc>{p('乙')}{p('丙')}</w:tc></w:tr></w:tbl>", ["甲\t乙 丙"], "table"),
    (f"<w:tbl><w:tr><w:tc>{p('外')}<w:tbl><w:tr><w:tc>{p('内')}</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>", ["外", "内"], "nested table"),
    (f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:tc>{p('行')}</w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>", ["行"], "row in a control"),
    (f"<w:p><w:hyperlink>{p('链接')[5:-6]}</w:hyperlink></w:p>", ["链接"], "hyperlink"),
    (f"<w:p><w:r><w:t>前</w:t><w:pict><w:txbxContent>{p('文本框')}</w:txbxContent></w:pict></w:r></w:p>", ["前", "文本框"], "text box"),
    ("<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t></w:r></w:p>", ["甲", "乙 丙"], "breaks and tabs"),
    ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t></w:r></w:p>", ["3"], "field code"),
]


@pytest.mark.parametrize(("body", "lines", "reason"), DOCX, ids=[case[2] for case in DOCX])
def test_docx(body, lines, reason):
    assert read_docx(docx(body)).text.split("\n") == lines, reason


def test_docx_prints_the_numbers_word_computes():
    num = '<w:pPr><w:numPr><w:ilvl w:val="{0}"/><w:numId w:val="7"/></w:numPr></w:pPr>'
    levels = ('<w:lvl w:ilvl="0"><w:start w:val="9"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>'
              '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>')
    numbering = (f'<w:numbering {W}><w:abstractNum w:abstractNumId="2">{levels}</w:abstractNum>'
                 '<w:num w:numId="7"><w:abstractNumId w:val="2"/></w:num></w:numbering>')
    body = p("甲。", num.format(0)) + p("乙：", num.format(0))
    body += p("丙；", num.format(1)) + p("丁。", num.format(1)) + p("戊。", num.format(0))
    assert read_docx(docx(body, numbering=numbering)).text.split("\n") == [
        "第九条 甲。", "第十条 乙：", "（一）丙；", "（二）丁。", "第十一条 戊。"]


def test_docx_with_a_document_type_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f'<!DOCTYPE w:document [<!ENTITY a "b">]><w:document {W}/>')
    with pytest.raises(SetAside) as aside:
        read_docx(out.getvalue())
    assert aside.value.reason == "xml_doctype"


def line(text, left=70, right=520, base=700.0, size=12.0):
    return Line(text, left, right, base, size)


FULL = "样例单位应当依法履行样例义务，建立健全样例制度，采取样例措施，保障样例"
PDF = [
    ([[line(FULL), line("数据安全。", right=150, base=680)]], [FULL + "数据安全。"], "a wrapped Chinese line"),
    ([[line("样例短句。", right=150), line("第二条 新的一条。", right=200, base=680)]],
     ["样例短句。", "第二条 新的一条。"], "a new article"),
    ([[line(FULL), line("（一）列项；", right=150, base=680)]], [FULL, "（一）列项；"], "a list item after a full line"),
    ([[line("The sample agency shall report on the develop-"), line("ment of rules.", right=150, base=680),
       line("Rules on development follow here in full and to the end.", base=660)]],
     ["The sample agency shall report on the development of rules.", "Rules on development follow here in full and to the end."],
     "a hyphen that only broke the line"),
    ([[line("The agency shall build an AI-"), line("enabled service.", right=150, base=680)]],
     ["The agency shall build an AI-enabled service."], "a hyphen of the word"),
    ([[line("— 1 —", 280, 300, 40)], [line("— 2 —", 280, 300, 40), line("正文。", right=100, base=700)]], ["正文。"], "page numbers"),
    ([[line("样例白皮书", 70, 130, 800), line(f"第{n}条 内容。", right=160, base=700)] for n in "一二三四"],
     [f"第{n}条 内容。" for n in "一二三四"], "running heads"),
    ([[line(FULL)], [line("数据安全。", right=150)]], [FULL + "数据安全。"], "a paragraph that goes on over the page"),
    ([[line("Article 1", right=120), line("Terms used here.", right=160, base=680)],
      [line("Article 2", right=120), line("Scope of it.", right=160, base=680)],
      [line("Article 3", right=120), line("Entry into force.", right=160, base=680)]],
     ["Article 1", "Terms used here.", "Article 2", "Scope of it.", "Article 3", "Entry into force."], "headings are no running heads"),
]


@pytest.mark.parametrize(("pages", "lines", "reason"), PDF, ids=[case[2] for case in PDF])
def test_pdf_layout(pages, lines, reason):
    assert join_pages(pages) == lines, reason


TEXT = ("样例通知：各单位应当按照样例要求开展样例工作，及时报告样例情况。" * 3).encode()
KINDS = [
    (TEXT, "a.txt", "text", (), "text"), (TEXT, "a", "text", ("type_sniffed",), "no suffix"),
    (TEXT, "a.txt ", "text", ("type_sniffed",), "space"),
    (TEXT, "a.html", "text", ("type_mismatch",), "text named html"), (TEXT, "a.md", "markdown", (), "Markdown"),
    (page(BODY).encode(), "a.txt", "html", ("type_mismatch",), "a page named txt"), (page(BODY).encode(), "a.htm", "html", (), "page"),
    (gzip.compress(TEXT), "a.txt.gz", "text", (), "gzip"), (gzip.compress(TEXT), "a.txt", "text", ("content_encoded",), "hidden gzip"),
    (b"x" * 900 + b"%PDF-1.4", "a.pdf", "pdf", (), "junk before the header"), (docx(p("x")), "a.docx", "docx", (), "DOCX"),
    (TEXT.decode().encode("utf-16-le"), "a.txt", "text", (), "UTF-16 is not binary"),
]


@pytest.mark.parametrize(("data", "name", "kind", "flags", "reason"), KINDS, ids=[case[4] for case in KINDS])
def test_type_comes_from_the_content(data, name, kind, flags, reason):
    found = sniff(data, name)
    assert (found.kind, found.flags) == (kind, flags), reason


OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600
UNSUPPORTED = [
    (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "docx_encrypted"),
    (b"From: a\n\nhi", "a.eml", "unsupported_type"), (b"a,b\n1,2\n", "a.csv", "unsupported_type"),
    (b"\x89PNG....", "a.txt", "unsupported_type"),
    (b"PK\x03\x04xl/workbook", "a.xlsx", "unsupported_type"), (b"PK\x03\x04oops", "a.docx", "docx_malformed"), (b"", "a.txt", "no_text"),
    (b"\x7fELF" + bytes(range(256)) * 20, "a.txt", "binary"), (gzip.compress(TEXT)[:-20], "a.gz", "gzip_malformed"),
    (b"MIME-Version: 1.0\n\nhi", "a.mht", "unsupported_type"),
]


@pytest.mark.parametrize(("data", "name", "reason"), UNSUPPORTED, ids=[f"{case[1]} {case[2]}" for case in UNSUPPORTED])
def test_what_is_no_document_says_so(data, name, reason):
    with pytest.raises(SetAside) as aside:
        sniff(data, name)
    assert aside.value.reason == reason and aside.value.hint


def test_saved_mime_page(tmp_path):
    path = tmp_path / "a.mht"
    path.write_bytes(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=X\n\n--X\nContent-Type: text/html; charset=utf-8\n"
                     b"Content-Transfer-Encoding: base64\n\n" + __import__("base64").encodebytes(page(BODY).encode()) + b"--X--\n")
    (document,) = read_texts(path, name="a.mht", sha256="0" * 64)
    assert ARTICLES[5] in document.text and document.media_type == "multipart/related"


def test_ids_come_from_the_bytes_and_two_versions_get_two(tmp_path):
    zh = "样例各方认为应当加强数字合作，促进样例发展，维护样例安全。\n" * 30
    en = "The sample parties agree that digital cooperation should be promoted and that it is to be safe.\n" * 20
    (tmp_path / "a.txt").write_text(zh + en, encoding="utf-8")
    first, second = read_texts(tmp_path / "a.txt", name="a.txt", sha256="ab" * 32)
    assert (first.doc_id, second.doc_id) == ("ab" * 8, "ab" * 8 + "-2")
    assert (first.lang, second.lang) == ("zh-Hans", "en")
    assert first.pair_id == second.pair_id == "ab" * 8
    assert "two_language_file" in first.flags


@pytest.mark.parametrize(("stated", "lang"), [("zh", "zh-Hans"), ("zh-Hant", "zh-Hant"), ("mixed", "mixed")])
def test_the_sidecar_outranks_what_the_text_looks_like(tmp_path, stated, lang):
    (tmp_path / "a.txt").write_bytes(TEXT)
    (document,) = read_texts(tmp_path / "a.txt", name="a.txt", sidecar={"lang": stated}, sha256="0" * 64)
    assert document.lang == lang


@pytest.mark.parametrize(("data", "name"), [(OLE, "a.doc"), (OLE, "a.wps"), (b"{\\rtf1 x}", "a.rtf")], ids=["doc", "wps", "rtf"])
def test_legacy_files_name_libreoffice_where_it_is_missing(tmp_path, monkeypatch, data, name):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SetAside) as aside:
        read_texts(tmp_path / name, name=name, sha256="0" * 64)
    assert aside.value.reason == "unsupported_type" and "LibreOffice" in aside.value.hint


def test_legacy_files_are_converted_where_it_is_installed(tmp_path, monkeypatch):
    """A stand-in for soffice that does what it does: writes document.docx into --outdir."""
    (tmp_path / "ready.docx").write_bytes(docx("".join(p(line) for line in ARTICLES)))
    program = tmp_path / "soffice"
    program.write_text(f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\ncp {tmp_path}/ready.docx "$2"/document.docx\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "a.doc").write_bytes(OLE)
    (document,) = read_texts(tmp_path / "a.doc", name="a.doc", sha256="0" * 64)
    assert document.text.split("\n") == ARTICLES
    assert (document.media_type, document.flags) == ("application/msword", ("converted",))
