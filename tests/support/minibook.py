"""The smallest book around given documents, written by hand, so that EPUBCheck can judge them alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from epubmaker.model.chapters import Document
from epubmaker.model.pictures import PictureFile

_CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
_PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:epubmaker:test</dc:identifier>
<dc:title>Test</dc:title><dc:language>en</dc:language>
<meta property="dcterms:modified">2022-01-01T00:00:00Z</meta></metadata>
<manifest>{items}</manifest><spine>{spine}</spine></package>"""
_NAVIGATION = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>Test</title></head><body><nav epub:type="toc" role="doc-toc"><ol>{entries}</ol></nav></body></html>"""


def write_book(
    path: Path,
    documents: Iterable[Document],
    pictures: Iterable[PictureFile] = (),
    styles: Mapping[str, str] | None = None,
) -> Path:
    """Write a valid EPUB at `path` with the documents in its spine, in order; return the path."""
    documents = tuple(documents)
    pictures = tuple({picture.name: picture for picture in pictures}.values())
    sheets = dict(styles or {"style.css": "p { margin: 0 }"})
    items = [_item("nav", "nav.xhtml", "application/xhtml+xml", {"nav"})]
    items += [_item(f"d{n}", d.name, "application/xhtml+xml", d.properties) for n, d in enumerate(documents)]
    items += [_item(f"p{n}", picture.name, picture.media_type) for n, picture in enumerate(pictures)]
    items += [_item(f"s{n}", name, "text/css") for n, name in enumerate(sheets)]
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("nav", *(f"d{n}" for n in range(len(documents)))))
    entries = "".join(f"<li><a href={quoteattr(d.name)}>{escape(d.name)}</a></li>" for d in documents)
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", _CONTAINER)
        book.writestr("EPUB/package.opf", _PACKAGE.format(items="".join(items), spine=spine))
        book.writestr("EPUB/nav.xhtml", _NAVIGATION.format(entries=entries))
        for document in documents:
            book.writestr(f"EPUB/{document.name}", document.content)
        for picture in pictures:
            book.write(picture.path, f"EPUB/{picture.name}")
        for name, sheet in sheets.items():
            book.writestr(f"EPUB/{name}", sheet)
    return path


def _item(identifier: str, href: str, media_type: str, properties: Iterable[str] = ()) -> str:
    said = " ".join(sorted(properties))
    extra = f' properties="{said}"' if said else ""
    return f'<item id="{identifier}" href={quoteattr(href)} media-type="{media_type}"{extra}/>'
