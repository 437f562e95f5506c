"""Books in EPUB as inputs of a build."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from checkout import ROOT
from cleanbooks import AssertClean
from openbook import OpenBook
from pictures import jpeg
from webpages import SENTENCES

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import Scan, scan
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

OFFLINE = Network(offline=True)
CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="OPS/a%20b/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
NAMES = ("cover", "part", "one", "one-b", "two", "notes")
PACKAGE = f"""<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<metadata><dc:title>Tales of the pier</dc:title><dc:creator>Ida Moll</dc:creator><dc:language>en</dc:language>
<dc:date>2020-05-06</dc:date></metadata><manifest>
{"".join(f'<item id="{name}" href="text/{name}.xhtml" media-type="application/xhtml+xml"/>' for name in NAMES)}
<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/><item id="p" href="p.jpg" media-type="image/jpeg"/>
</manifest><spine toc="toc">{"".join(f'<itemref idref="{name}"/>' for name in NAMES)}</spine>
<guide><reference type="cover" href="text/cover.xhtml"/></guide></package>"""
NCX = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Part one</text></navLabel>
<content src="text/part.xhtml"/>
<navPoint><navLabel><text>The first &amp; best</text></navLabel><content src="text/one.xhtml"/>
<navPoint><navLabel><text>A section</text></navLabel><content src="text/one-b.xhtml"/></navPoint></navPoint>
<navPoint><navLabel><text>The second</text></navLabel><content src="text/two.xhtml"/></navPoint></navPoint>
</navMap></ncx>"""


def document(body: str) -> str:
    return f"""<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 xml:lang="en"><head><title/></head><body>{body}</body></html>"""


PROSE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
FILES: Mapping[str, str | bytes] = {
    "META-INF/container.xml": CONTAINER.replace("%20", " "),
    "OPS/a b/book.opf": PACKAGE,
    "OPS/a b/toc.ncx": NCX,
    "OPS/a b/p.jpg": jpeg(400, 300),
    "OPS/a b/text/cover.xhtml": document('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "OPS/a b/text/part.xhtml": document("<h1>Part one</h1>"),
    "OPS/a b/text/one.xhtml": document(
        f'<h2>The first</h2><p><a id="x"/>A&nbsp;start <a href="two.xhtml#y">there</a></p>{PROSE}'
        '<img src="../p.jpg" alt=""/>'
    ),
    "OPS/a b/text/one-b.xhtml": document(f"<h3>A section</h3>{PROSE}<p>End of one</p>"),
    "OPS/a b/text/two.xhtml": document(f"{PROSE}<p>End of two</p>"),
    "OPS/a b/text/notes.xhtml": document("<p>Notes of two</p>"),
}


def book(path: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip")
        for name, data in files.items():
            written.writestr(name, data)
    return path


def test_chapters_of_a_book_are_articles_by_its_table_of_contents(tmp_path: Path) -> None:
    found = scan([book(tmp_path / "a.epub")])

    assert found.issues == ()
    assert [(entry.title, entry.member) for entry in found.entries] == [
        ("The first & best", "OPS/a b/text/one.xhtml"),
        ("The second", "OPS/a b/text/two.xhtml"),
    ]
    assert {(entry.format, entry.source, entry.author, entry.published) for entry in found.entries} == {
        ("epub", "Tales of the pier", "Ida Moll", datetime(2020, 5, 6, tzinfo=UTC))
    }
    one, two = (parse(entry).html for entry in found.entries)
    assert "A\xa0start <a>there</a></p>" in one
    assert "End of one" in one
    assert "Notes of two" in two


ONE_FILE = f"""<div class="all"><h1 id="top">Tales of the pier</h1><p>By Ida Moll</p>
<div><h2><a id="c1"/>The first</h2><p>To <a href="#c2">two</a>, <a href="two.xhtml#c3">more</a>, <a href="#n">a note</a></p>
{PROSE}<h3 id="c1-s">A section</h3><p id="n">Section</p></div>tail<ol><li>one</li><li id="c2">The second
{PROSE}</li><li>End of two</li></ol></div>"""
ENTRIES = [
    ("The first", "one.xhtml#c1"),
    ("The second", "one.xhtml#c2"),
    ("The third", "two.xhtml#c3"),
    ("", "one.xhtml#no"),
]


@pytest.mark.parametrize("is_nested", [False, True])
def test_chapters_may_be_places_in_one_document(tmp_path: Path, assert_clean: AssertClean, *, is_nested: bool) -> None:
    section = "<navPoint><navLabel><text>A section</text></navLabel><content src='text/one.xhtml#c1-s'/></navPoint>"
    points = [
        f"<navPoint><navLabel><text>{title}</text></navLabel><content src='text/{place}'/>{inner}</navPoint>"
        for (title, place), inner in zip(ENTRIES, [section, "", "", ""], strict=True)
    ]
    part = "<navPoint><navLabel><text>Tales</text></navLabel><content src='text/part.xhtml'/>{}</navPoint>"
    listed = part.format("".join(points)) if is_nested else "".join(points)
    files = {
        **FILES,
        "OPS/a b/toc.ncx": f"{NCX.partition('<navPoint>')[0]}{listed}</navMap></ncx>",
        "OPS/a b/text/one.xhtml": document(ONE_FILE),
        "OPS/a b/text/one-b.xhtml": document("<p>Still of two</p>"),
        "OPS/a b/text/two.xhtml": document(f"<p>The last of two</p><h2 id='c3'>The third</h2>{PROSE}"),
    }

    found = scan([book(tmp_path / "a.epub", files)])
    build(Options((tmp_path / "a.epub",), output=tmp_path / "b.epub", network=OFFLINE))

    by_title = {entry.title: entry for entry in found.entries if entry.title.startswith("The ")}
    assert list(by_title) == ["The first", "The second", "The third"]
    assert [entry.member.rpartition("/")[2] for entry in by_title.values()] == [place for _, place in ENTRIES[:3]]
    one, two, three = (parse(entry).html for entry in by_title.values())
    assert all(text in one for text in ("A section", "Section", "tail", "one", '<a href="#n">a note'))
    assert "Ida Moll" not in one
    assert all(text in two for text in ("The second", "End of two", "Still of two", "The last of two"))
    assert "End of two" not in one + three
    assert three.count(SENTENCES[0]) == 1
    assert "Notes of two" in three
    assert_clean(tmp_path / "b.epub")


def test_pictures_come_from_the_book(tmp_path: Path, assert_clean: AssertClean) -> None:
    report = build(Options((book(tmp_path / "a.epub"),), output=tmp_path / "b.epub", network=OFFLINE))

    assert [record.status for record in report.pictures] == ["embedded"]
    assert_clean(tmp_path / "b.epub")


@pytest.mark.parametrize("kepub", [False, True])
def test_a_book_of_ours_comes_back_as_its_articles(tmp_path: Path, assert_clean: AssertClean, *, kepub: bool) -> None:
    first, second = tmp_path / "a.epub", tmp_path / "b.epub"
    build(Options((ROOT / "seeds",), output=first, network=OFFLINE, kepub=kepub, force=True))
    build(Options((first,), output=second, network=OFFLINE))

    fields = [
        [
            (entry.key, entry.title, entry.link, entry.published, entry.source, entry.author)
            for entry in scan([path]).entries
        ]
        for path in (ROOT / "seeds", first, second)
    ]
    assert sorted(map(str, fields[0])) == sorted(map(str, fields[1])) == sorted(map(str, fields[2]))
    assert_clean(second)
    if not kepub:
        once, again = OpenBook.read(first), OpenBook.read(second)
        texts = [["".join(of.tree(name).itertext()).split() for name in of.chapters] for of in (once, again)]
        assert texts[0] == texts[1]


def test_short_posts_that_share_a_page_come_back_one_by_one(tmp_path: Path) -> None:
    for number in range(4):
        text = (
            f"<!--164202714300{number}-->\n[Post {number}](https://e.org/{number})\n------\n\n<p>Short {number}</p>\n"
        )
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    build(Options((tmp_path,), output=tmp_path / "a.epub", network=OFFLINE, min_text=100))

    entries = scan([tmp_path / "a.epub"]).entries

    assert [(entry.title, entry.link) for entry in entries] == [(f"Post {n}", f"https://e.org/{n}") for n in range(4)]
    assert [f"<body>\n<p>Short {n}</p>\n</body>" in parse(entry).html for n, entry in enumerate(entries)] == [True] * 4


def test_a_book_in_a_folder_is_no_input(tmp_path: Path) -> None:
    book(tmp_path / "a.epub")

    assert scan([tmp_path]) == Scan((), (), {})


ENCRYPTED = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">
<e:EncryptedData><e:EncryptionMethod Algorithm="{}"/></e:EncryptedData></encryption>"""
AES, FONTS = "http://www.w3.org/2001/04/xmlenc#aes128-cbc", "http://www.idpf.org/2008/embedding"
PROTECTED = "protected by DRM: only its seller's programs can read it"
LAUGHS = '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + PACKAGE.replace("Tales", "&b;")


def test_fonts_that_are_hidden_are_no_protection(tmp_path: Path) -> None:
    files = {**FILES, "META-INF/encryption.xml": ENCRYPTED.format(FONTS)}

    assert len(scan([book(tmp_path / "a.epub", files)]).entries) == 2


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({**FILES, "META-INF/encryption.xml": ENCRYPTED.format(AES)}, PROTECTED),
        ({}, "not a whole EPUB: META-INF/container.xml is missing"),
        ({"META-INF/container.xml": "<container/>"}, "not a whole EPUB: it does not name its package"),
        ({"META-INF/container.xml": b"\0\xff"}, "not a whole EPUB: META-INF/container.xml is no XML"),
        ({**FILES, "OPS/a b/text/two.xhtml": b"\0" * 90_000_000}, "it unpacks to more than 90 MB: unpack it yourself"),
    ],
)  # fmt: skip
def test_a_book_that_cannot_be_read_is_an_issue(tmp_path: Path, files: Mapping[str, str | bytes], cause: str) -> None:
    found = scan([book(tmp_path / "a.epub", files)])

    assert found.entries == ()
    assert [(issue.code, issue.message) for issue in found.issues] == [("article-unreadable", cause)]


def test_entities_are_not_expanded_and_names_do_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "secret.xhtml").write_text(document("<p>Secret</p>"), encoding="utf-8")
    package = LAUGHS.replace("text/two.xhtml", "../../../secret.xhtml")
    nested = document("<div>" * 3000 + "<p>Deep</p>")
    found = scan([book(tmp_path / "a.epub", {**FILES, "OPS/a b/book.opf": package, "OPS/a b/text/one.xhtml": nested})])

    assert found.issues == ()
    assert not any("aaaa" in entry.source for entry in found.entries)
    assert not any("Secret" in parse(entry).html for entry in found.entries)


def test_a_book_that_is_cut_is_an_issue(tmp_path: Path) -> None:
    data = book(tmp_path / "a.epub").read_bytes()
    for length in range(100, len(data), len(data) // 20):
        (tmp_path / "b.epub").write_bytes(data[:length])
        found = scan([tmp_path / "b.epub"])
        assert found.entries == ()
        assert len(found.issues) == 1
