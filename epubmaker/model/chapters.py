"""The results of the second stage: draft -> render -> pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple, TypeAlias

from epubmaker.model.articles import Entry, Issue, Origin
from epubmaker.model.pictures import Picture, PictureRef

__all__ = [
    "DEFAULT_SETTINGS",
    "Chapter",
    "Document",
    "DocumentForm",
    "Draft",
    "DraftSettings",
    "LeftOut",
    "Length",
    "LinkSlot",
    "PackedChapter",
    "PackedDocument",
    "PictureAnchor",
    "PictureSlot",
    "Piece",
    "Section",
    "ShownSize",
    "Weight",
]


_PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "ex": 8.0}  # of each unit, at the usual size of text


@dataclass(frozen=True, slots=True)
class Length:
    """A length in CSS (Values and Units 3): `unit` is px, pt, em or ex."""

    number: float
    unit: str = "px"

    @property
    def pixels(self) -> float:
        """The length in pixels, where the text has the usual size."""
        return self.number * _PIXELS[self.unit]

    @property
    def of_text(self) -> bool:
        """Whether the size of the text decides how long it is."""
        return self.unit in {"em", "ex"}

    def __str__(self) -> str:
        return f"{self.number:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class ShownSize:
    """The size at which a page shows a picture: either side, and `align`, a value of CSS's `vertical-align`, or "".

    It holds for a picture within a text, an item or a cell; with `always` also for one that stands by itself.
    """

    width: Length | None = None
    height: Length | None = None
    align: str = ""
    always: bool = False


@dataclass(frozen=True, slots=True)
class PictureSlot:
    """The place of one picture in a chapter.

    `before` and `after` are markup that is left out if there is neither picture nor placeholder, such as the tags of a
    `figure` with nothing else in it. `alt` is plain text, not escaped; empty for a decorative picture. `linked`: the
    slot is inside an `a` element, so that a placeholder must not contain another. `optional`: there is no placeholder.
    `captioned`: its caption says what `alt` does. `word`: the picture stands for `alt` in a sentence, as a formula or a
    sign does, and where it cannot be had that text takes its place. `shown` is the size at which it is to be shown,
    None for its own; `inline`: it stands among text.
    """

    ref: PictureRef
    alt: str
    before: str = ""
    after: str = ""
    linked: bool = False
    optional: bool = False
    captioned: bool = False
    word: bool = False
    shown: ShownSize | None = None
    inline: bool = True


@dataclass(frozen=True, slots=True)
class LinkSlot:
    """The value of one `href` that leads out of the article: an absolute http(s) address, not escaped.

    `render` puts the chapter's file name there when the book holds that article, else the address. Of the address of a
    note (see `text.notes`) the slot is the place of the whole attribute, which is left out when the book lacks the note.
    """

    address: str


Piece: TypeAlias = str | PictureSlot | LinkSlot

DocumentForm: TypeAlias = Literal["epub", "kepub", "adobe"]
"""The engine that a document's markup is made for: any, Kobo's own, or Adobe's and similar ones."""


@dataclass(frozen=True, slots=True)
class DraftSettings:
    """What a draft is made by, besides its article.

    `keep_all`: what a site puts around its articles stays. `whole_page`: of a page all of it is taken. `repeated_text`
    are the keys of the text that the article's source repeats (see `chapters.boilerplate`), to be dropped at its edges;
    `repeated_pictures` are the keys of the pictures of the article that its source repeats (see
    `text.pictureaddresses`), to be dropped where they have no caption; `repeated_lines` are the keys of the lines and
    places that most articles of its source have (see `chapters.furniture`), to be dropped where they are the site's.
    `still` is the address of the picture for an article that has none, "" for no picture.
    """

    keep_all: bool = False
    repeated_text: frozenset[int] = frozenset()
    repeated_pictures: frozenset[str] = frozenset()
    still: str = ""
    whole_page: bool = False
    repeated_lines: frozenset[int] = frozenset()


DEFAULT_SETTINGS = DraftSettings()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a chapter lacks of its article's page: how many pieces of each kind of furniture, and how many characters."""

    counts: tuple[tuple[str, int], ...] = ()
    characters: int = 0


class Section(NamedTuple):
    """Where a section of an article is: the number of the document, counted from 1, and the id there."""

    part: int
    id: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A chapter's text, with slots for its pictures and for its links to other articles of the book.

    language            BCP 47
    parts               the files that it is cut into, one unless the chapter is long; joined, the pieces of a part are
                        valid XHTML flow content, without the header with the title
    excerpt             its first words, as plain text
    kicker, standfirst  the lines above and below the title, as plain text; "" where there is none
    features            manifest properties that its documents need: "svg", "mathml"
    dropped             characters of what its source repeats that were dropped
    left_out            what else was taken away
    sections            the places that other articles may lead to, by the ids that they have in the article

    A draft depends on the article alone, and on what its source repeats, where that is to be dropped.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    parts: tuple[tuple[Piece, ...], ...]
    excerpt: str = ""
    kicker: str = ""
    standfirst: str = ""
    features: frozenset[str] = frozenset()
    issues: tuple[Issue, ...] = ()
    origin: Origin | None = None
    dropped: int = 0
    left_out: LeftOut = LeftOut()
    sections: Mapping[str, Section] = field(default_factory=dict)

    @property
    def pictures(self) -> tuple[PictureRef, ...]:
        """Every picture it names, in reading order, each once."""
        found = {piece.ref: None for part in self.parts for piece in part if isinstance(piece, PictureSlot)}
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Document:
    """One XHTML content document: final bytes, and its file name inside the package folder."""

    name: str
    content: bytes
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PictureAnchor:
    """Where a chapter shows a picture: its caption (or alternative text), a link to it, the chapter's language, its file.

    `article` is the title of the article, where the picture is to be listed.
    """

    caption: str
    href: str
    language: str
    file: str
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChapterFields:
    """The fields of a chapter, packed or not, beside its documents.

    `dropped` counts the characters that were left out because its source repeats them. `closes` is False for an article
    that shares a page with others and is not the last of them. `seconds` is how long an adult needs to read it.
    `standfirst` is the first sentence of its standfirst, "" where it has none.
    """

    entry: Entry
    language: str
    pictures: tuple[Picture, ...] = ()
    anchors: tuple[PictureAnchor, ...] = ()
    excerpt: str = ""
    issues: tuple[Issue, ...] = ()
    dropped: int = 0
    left_out: LeftOut = LeftOut()
    closes: bool = True
    seconds: int = 0
    standfirst: str = ""


_CHAPTER_FIELDS = tuple(each.name for each in fields(_ChapterFields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter(_ChapterFields):
    """One article in the book; the table of contents links to the first of its documents.

    An article that shares a page with others has one document, with its part of the page: the parts in order, up to the
    one that `closes` the page, are the page.
    """

    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class PackedDocument:
    """One content document as the container holds it.

    `deflated` is a raw deflate stream (RFC 1951), `crc` the CRC-32 of what it inflates to, `size` the bytes of that.
    """

    name: str
    deflated: bytes
    crc: int
    size: int
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedChapter(_ChapterFields):
    """A chapter whose documents are ready to be stored in the container as they are."""

    documents: tuple[PackedDocument, ...]

    @classmethod
    def of(cls, chapter: Chapter, documents: Iterable[PackedDocument]) -> PackedChapter:
        """Return a chapter with its documents packed."""
        others = {name: getattr(chapter, name) for name in _CHAPTER_FIELDS}
        return cls(documents=tuple(documents), **others)


@dataclass(frozen=True, slots=True)
class Weight:
    """The bytes that a chapter adds to the container: its documents, and each of its picture files, by name.

    A picture that several chapters share is in the container once.
    """

    documents: int
    pictures: Mapping[str, int]
