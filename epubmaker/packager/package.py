"""What the package document says of the book: EPUB 3.3, section 5.5, and EPUB Accessibility 1.1, section 2.

Pure: metadata in, a list of statements out; `epubmaker.packager.writer` hands them to ebooklib.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC

from epubmaker.model.books import Metadata
from epubmaker.text.characters import plain
from epubmaker.text.words import words

__all__ = ["COVER_ID", "IDENTIFIER_ID", "Statement", "statements"]

COVER_ID = "cover-image"
IDENTIFIER_ID = "id"


@dataclass(frozen=True, slots=True)
class Statement:
    """One element of the package's metadata.

    `element` is a name of Dublin Core ("title") or, for anything else, "meta". The order of `attributes` is kept: the Nook
    finds a cover only where `name` stands before `content`.
    """

    element: str
    value: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def statements(metadata: Metadata, *, cover: bool, pictures: bool) -> Iterator[Statement]:
    """Yield what to state of the book, `dcterms:modified` not included.

    `cover` says that there is a cover picture, `pictures` that there are any pictures in the text.
    """
    yield Statement("identifier", plain(metadata.identifier), {"id": IDENTIFIER_ID})
    yield Statement("title", plain(metadata.title), {"id": "title"})
    yield Statement("language", metadata.language)
    for number, author in enumerate(filter(None, map(plain, metadata.authors or metadata.sources)), start=1):
        yield Statement("creator", author, {"id": f"creator{number}"})
        yield _refined(f"creator{number}", "role", "aut", scheme="marc:relators")
    for element, value in (
        ("publisher", metadata.publisher),
        ("description", metadata.description or metadata.excerpt),
    ):
        if value and plain(value):
            yield Statement(element, plain(value))
    if metadata.date is not None:
        yield Statement("date", metadata.date.astimezone(UTC).date().isoformat())
    for subject in filter(None, map(plain, metadata.subjects)):
        yield Statement("subject", subject)
    yield from _sorting(metadata)
    yield from _series(metadata)
    if cover:
        yield Statement("meta", "", {"name": "cover", "content": COVER_ID})
    yield from _accessibility(metadata.language, visual=cover or pictures)


def _sorting(metadata: Metadata) -> Iterator[Statement]:
    if metadata.sort_title and plain(metadata.sort_title):
        yield _refined("title", "file-as", plain(metadata.sort_title))
        yield Statement("meta", "", {"name": "calibre:title_sort", "content": plain(metadata.sort_title)})


def _series(metadata: Metadata) -> Iterator[Statement]:
    """Yield the series twice: in EPUB 3's own form (Kavita, KOReader) and in calibre's, which more software reads."""
    series = plain(metadata.series or "")
    if not series:
        return
    yield Statement("meta", series, {"property": "belongs-to-collection", "id": "series"})
    yield _refined("series", "collection-type", "series")
    if metadata.series_index is not None:
        yield _refined("series", "group-position", str(metadata.series_index))
    yield Statement("meta", "", {"name": "calibre:series", "content": series})
    if metadata.series_index is not None:
        yield Statement("meta", "", {"name": "calibre:series_index", "content": str(metadata.series_index)})


def _accessibility(language: str, *, visual: bool) -> Iterator[Statement]:
    """Yield what is true of every book made here, and no more.

    No conformance is claimed and no `alternativeText`: whether the alternatives that the web wrote are any good is for a
    person to say. For the same reason text alone is called sufficient only where there is no picture.
    """
    yield _property("schema:accessMode", "textual")
    if visual:
        yield _property("schema:accessMode", "visual")
    yield _property("schema:accessModeSufficient", "textual,visual" if visual else "textual")
    for feature in ("tableOfContents", "readingOrder", "structuralNavigation", "displayTransformability", "unlocked"):
        yield _property("schema:accessibilityFeature", feature)
    yield _property("schema:accessibilityHazard", "none")  # pictures are still, and there is no sound
    yield _property("schema:accessibilitySummary", words(language)["summary"])


def _property(name: str, value: str) -> Statement:
    return Statement("meta", value, {"property": name})


def _refined(target: str, name: str, value: str, scheme: str | None = None) -> Statement:
    more = {"scheme": scheme} if scheme else {}
    return Statement("meta", value, {"refines": f"#{target}", "property": name, **more})
