"""Books written through `BookWriter`, as checkers and reading systems find them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from books import METADATA, START, STYLE, chapter, draw_picture, entries, grouped, write
from cleanbooks import AssertClean
from PIL import Image

from epubmaker.errors import LostPictureError
from epubmaker.model.books import BookStatus, Metadata
from epubmaker.packager.writer import BookWriter

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def jpeg(size: tuple[int, int] = (160, 256)) -> bytes:
    held = BytesIO()
    Image.new("RGB", size, "#456").save(held, "JPEG")
    return held.getvalue()


def spine_of(files: dict[str, bytes]) -> list[str]:
    package = ET.fromstring(files["EPUB/package.opf"])
    hrefs = {item.get("id"): item.get("href", "") for item in package.iter(f"{OPF}item")}
    return [hrefs[ref.get("idref")] for ref in package.iter(f"{OPF}itemref")]


def nav_of(files: dict[str, bytes]) -> list[str]:
    nav = next(ET.fromstring(files["EPUB/nav.xhtml"]).iter(f"{XHTML}nav"))
    return [link.get("href", "") for link in nav.iter(f"{XHTML}a")]


def ncx_of(files: dict[str, bytes]) -> list[str]:
    return [content.get("src", "") for content in ET.fromstring(files["EPUB/toc.ncx"]).iter(f"{NCX}content")]


@pytest.mark.slow
def test_books_of_every_shape_pass_epubcheck(tmp_path: Path, assert_clean: AssertClean) -> None:
    shared, own = draw_picture(tmp_path, "shared"), draw_picture(tmp_path, "own")
    mixed = [
        chapter(1, "zh-Hans", [shared, own], parts=2),
        chapter(2, "en", [shared]),
        chapter(3, "ar"),
    ]
    full = METADATA._replace(
        authors=("甲", "Second & Third"),
        publisher="P < Q",
        description="First.\n\nSecond \x00 & third.",
        date=START,
        sort_title="Yaowen",
        subjects=("news", "新闻"),
        series="每日要闻",
        series_index="20220112",
    )
    arabic = Metadata("أخبار", "ar", "isbn:none of our business & more", START)
    write(tmp_path / "mixed.epub", mixed, grouped(mixed, 2), metadata=full, cover=jpeg(), missing=3)
    write(tmp_path / "plain.epub", mixed[2:], grouped(mixed[2:], 0), metadata=arabic)

    assert_clean(tmp_path / "mixed.epub", tmp_path / "plain.epub")


def test_spine_nav_and_ncx_agree_and_every_file_is_in_the_manifest(tmp_path: Path) -> None:
    made = [chapter(n, ("zh-Hans", "en", "ar")[n % 3], parts=1 + n % 2) for n in range(61)]
    write(tmp_path / "b.epub", made, grouped(made, 30), cover=jpeg())
    files = entries(tmp_path / "b.epub")

    spine = spine_of(files)
    assert spine[:3] == ["cover.xhtml", "front.xhtml", "contents.xhtml"]
    assert nav_of(files) == ncx_of(files)
    places = [spine.index(name) for name in nav_of(files)]
    assert places == sorted(places)
    articles = [name for name in nav_of(files) if name.startswith("a-")]
    assert list(dict.fromkeys(articles)) == [one.item.href for one in made]
    assert [name for name in spine if name.startswith("g-")] == ["g-1.xhtml", "g-2.xhtml"]  # the third has one article
    assert {name for name in spine if name.startswith("a-")} == {
        document.name for one in made for document in one.chapter.documents
    }
    package = ET.fromstring(files["EPUB/package.opf"])
    hrefs = [f"EPUB/{item.get('href')}" for item in package.iter(f"{OPF}item")]
    assert sorted(hrefs) == sorted(set(files) - {"mimetype", "META-INF/container.xml", "EPUB/package.opf"})


def test_one_group_is_opened_by_the_contents_page(tmp_path: Path) -> None:
    made = [chapter(1), chapter(2)]
    write(tmp_path / "b.epub", made, grouped(made, 2))
    files = entries(tmp_path / "b.epub")

    assert spine_of(files) == ["front.xhtml", "contents.xhtml", *(one.item.href for one in made)]
    assert nav_of(files) == ["contents.xhtml", *(one.item.href for one in made)]


def test_the_same_input_gives_the_same_bytes_and_an_unchanged_book_is_left_alone(tmp_path: Path) -> None:
    made = [chapter(1, pictures=[draw_picture(tmp_path, "one")]), chapter(2)]
    first = write(tmp_path / "b.epub", made, grouped(made, 1))
    before = (tmp_path / "b.epub").stat()
    again = write(tmp_path / "b.epub", made, grouped(made, 1))
    (tmp_path / "other").mkdir()
    other = write(tmp_path / "other" / "c.epub", made, grouped(made, 1))
    changed = write(tmp_path / "b.epub", made[:1], grouped(made[:1], 1))

    assert (first.status, again.status, changed.status) == (
        BookStatus.WRITTEN,
        BookStatus.UNCHANGED,
        BookStatus.WRITTEN,
    )
    assert (first.sha256, first.size) == (again.sha256, again.size) == (other.sha256, other.size)
    assert first.size == before.st_size
    assert (tmp_path / "c.epub").exists() is False
    assert (first.articles, first.pictures, changed.articles, changed.pictures) == (2, 1, 1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.epub", "one.jpg", "other"]


def test_the_container_is_what_ocf_asks_for(tmp_path: Path) -> None:
    picture = draw_picture(tmp_path, "one")
    made = [chapter(1, pictures=[picture]), chapter(2, pictures=[picture])]
    write(tmp_path / "b.epub", made, grouped(made, 1), cover=jpeg())

    assert (tmp_path / "b.epub").read_bytes()[:58] == (
        b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0oa\xab,\x14\0\0\0\x14\0\0\0\x08\0\0\0mimetypeapplication/epub+zip"
    )
    with zipfile.ZipFile(tmp_path / "b.epub") as book:
        found = book.infolist()
        assert book.read(f"EPUB/{picture.files[0].name}") == picture.files[0].path.read_bytes()
    assert len({entry.filename for entry in found}) == len(found)
    assert {entry.date_time for entry in found} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr >> 16) for entry in found} == {(3, 0o100644)}
    stored = {entry.filename for entry in found if entry.compress_type == zipfile.ZIP_STORED}
    assert stored == {"mimetype", "EPUB/cover.jpg", f"EPUB/{picture.files[0].name}"}


def test_the_package_says_what_libraries_read(tmp_path: Path) -> None:
    made = [chapter(1, "ar")]
    metadata = Metadata(
        "أخبار", "ar", "x\x07 y", START, authors=("A", "B"), series="S", series_index="7", subjects=("news",)
    )
    write(tmp_path / "b.epub", made, grouped(made, 0), metadata=metadata, cover=jpeg())
    files = entries(tmp_path / "b.epub")
    package = ET.fromstring(files["EPUB/package.opf"])

    assert package.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert package.get("dir") == "rtl"
    assert package.find(f"{OPF}spine").attrib == {"toc": "ncx", "page-progression-direction": "rtl"}  # type: ignore[union-attr]
    assert [e.text for e in package.iter(f"{DC}creator")] == ["A", "B"]
    assert [e.text for e in package.iter(f"{DC}identifier")] == ["x y"]
    assert b'content="x y"' in files["EPUB/toc.ncx"]
    properties = [(meta.get("property"), meta.text) for meta in package.iter(f"{OPF}meta") if meta.get("property")]
    assert properties.count(("dcterms:modified", "2022-01-12T22:00:21Z")) == 1
    assert [value for name, value in properties if name == "schema:accessModeSufficient"] == ["textual,visual"]
    assert ("belongs-to-collection", "S") in properties
    assert ("group-position", "7") in properties
    assert b'<meta name="cover" content="cover-image"/>' in files["EPUB/package.opf"]
    assert b'<meta name="calibre:series_index" content="7"/>' in files["EPUB/package.opf"]
    assert b"generator" not in files["EPUB/package.opf"]
    assert [(r.get("type"), r.get("href")) for r in package.iter(f"{OPF}reference")] == [
        ("cover", "cover.xhtml"),
        ("title-page", "front.xhtml"),
        ("toc", "contents.xhtml"),
        ("text", made[0].item.href),
    ]


def test_an_unfinished_book_leaves_the_older_one_and_no_debris(tmp_path: Path) -> None:
    made = [chapter(1)]
    write(tmp_path / "b.epub", made, grouped(made, 0))
    older = (tmp_path / "b.epub").read_bytes()
    with BookWriter(tmp_path / "b.epub", STYLE) as writer:
        writer.add_chapter(chapter(2).chapter)

    assert (tmp_path / "b.epub").read_bytes() == older
    assert [path.name for path in tmp_path.iterdir()] == ["b.epub"]


def test_a_picture_that_vanished_is_an_error_and_no_book(tmp_path: Path) -> None:
    picture = draw_picture(tmp_path, "one")
    picture.files[0].path.unlink()
    with pytest.raises(LostPictureError), BookWriter(tmp_path / "b.epub", STYLE) as writer:
        writer.add_chapter(chapter(1, pictures=[picture]).chapter)

    assert list(tmp_path.iterdir()) == []
