"""Reads a finished book by its package document, as a reading system does, for tests."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree
from PIL import Image

OPF = "{http://www.idpf.org/2007/opf}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"
DC = "{http://purl.org/dc/elements/1.1/}"
FOLDER = "EPUB/"


@dataclass(frozen=True)
class OpenBook:
    """One book's files, read whole."""

    files: dict[str, bytes]

    @classmethod
    def read(cls, path: Path) -> OpenBook:
        with zipfile.ZipFile(path) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def tree(self, name: str) -> etree._Element:
        return etree.fromstring(self.files[FOLDER + name])

    @cached_property
    def package(self) -> etree._Element:
        return self.tree("package.opf")

    @cached_property
    def spine(self) -> list[str]:
        """The names of the documents in reading order."""
        hrefs = {item.get("id"): item.get("href", "") for item in self.package.iter(f"{OPF}item")}
        return [hrefs[item.get("idref")] for item in self.package.iter(f"{OPF}itemref")]

    @cached_property
    def chapters(self) -> list[str]:
        """The names of the articles' first documents in reading order."""
        return [name for name in self.spine if self.tree(name).find(f".//{XHTML}h1[@id='epm-title']") is not None]

    @cached_property
    def nav(self) -> list[tuple[str, str]]:
        """Title and target of each entry of the nav document's contents."""
        toc = next(nav for nav in self.tree("nav.xhtml").iter(f"{XHTML}nav") if nav.get(f"{OPS}type") == "toc")
        return [("".join(link.itertext()), link.get("href", "")) for link in toc.iter(f"{XHTML}a")]

    @cached_property
    def ncx(self) -> list[tuple[str, str]]:
        """Title and target of each entry of the NCX."""
        found = []
        for point in self.tree("toc.ncx").iter(f"{NCX}navPoint"):
            content = point.find(f"{NCX}content")
            assert content is not None
            found.append((point.findtext(f"{NCX}navLabel/{NCX}text") or "", content.get("src", "")))
        return found

    def text(self, name: str) -> str:
        body = self.tree(name).find(f"{XHTML}body")
        assert body is not None
        return "".join(body.itertext())

    @cached_property
    def figures(self) -> list[tuple[str, list[str]]]:
        """Caption and picture names of each figure in the book."""
        return [
            (
                "".join("".join(caption.itertext()) for caption in figure.iter(f"{XHTML}figcaption")),
                [image.get("src", "") for image in figure.iter(f"{XHTML}img")],
            )
            for name in self.spine
            for figure in self.tree(name).iter(f"{XHTML}figure")
        ]

    @property
    def pictures(self) -> list[str]:
        """The names of the picture files of the articles."""
        return [name for name in self.files if name.startswith(f"{FOLDER}images/")]

    def picture(self, name: str) -> Image.Image:
        return Image.open(io.BytesIO(self.files[FOLDER + name]))

    @property
    def metadata(self) -> dict[str, str]:
        """The first value of each Dublin Core element."""
        found: dict[str, str] = {}
        for element in self.package.iter(f"{DC}*"):
            found.setdefault(etree.QName(element).localname, element.text or "")
        return found
