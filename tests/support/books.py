"""Small books for the tests of the packager: chapters as `render` writes them, and their contents."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image

from epubmaker.model.articles import Entry, Location
from epubmaker.model.books import Book, CoverPicture, Metadata
from epubmaker.model.chapters import Chapter, Document
from epubmaker.model.pictures import Picture, PictureFile
from epubmaker.packager.contents import Contents, ContentsGroup, ContentsItem
from epubmaker.packager.styles.sheets import stylesheet
from epubmaker.packager.writer import BookWriter
from epubmaker.text.direction import body_class, direction

STYLE = stylesheet("news")[0].encode()
START = datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC)
METADATA = Metadata(
    "要闻 & <News>", "zh-Hans", "urn:uuid:12345678-1234-5678-9234-567812345678", START, authors=("记者",)
)
TEXTS = {
    "zh-Hans": (
        "美国与北约展开外交，俄罗斯拒不采取缓和措施",
        "北约秘书长说，他已经提出了与俄罗斯举行一系列会议的想法。",
    ),
    "en": ("A Bridge & Its <Builders>", "The bridge was opened on Wednesday, after eleven years of work."),
    "ar": ("جسر جديد في المدينة", "افتتح الجسر يوم الأربعاء بعد أحد عشر عاما من العمل."),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A chapter with its line in the contents."""

    chapter: Chapter
    item: ContentsItem


def draw_picture(folder: Path, name: str, size: tuple[int, int] = (60, 40)) -> Picture:
    path = folder / f"{name}.jpg"
    Image.linear_gradient("L").resize(size).rotate(len(name) * 7).save(path)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    file = PictureFile(path, f"images/{digest[:20]}.jpg", "image/jpeg", *size, len(content), digest)
    return Picture(f"https://example.org/{name}", (file,), len(content))


def chapter(number: int, language: str = "en", pictures: Sequence[Picture] = (), parts: int = 1) -> Made:
    title, body = TEXTS[language]
    title = f"{title} {number}"
    key = hashlib.sha256(title.encode()).hexdigest()[:12]
    moment = START + timedelta(hours=number)
    entry = Entry(key, Location(""), key, number, key, title, published=moment)
    figures = "".join(
        f'<figure><img src="{file.name}" alt="{number}" width="{file.width}" height="{file.height}"/>'
        f"<figcaption>{body}</figcaption></figure>"
        for picture in pictures
        for file in picture.files
    )
    documents = tuple(
        _document(
            f"a-{key}.xhtml" if part == 1 else f"a-{key}-{part}.xhtml", language, title, f"<p>{body}</p>{figures}"
        )
        for part in range(1, parts + 1)
    )
    item = ContentsItem.of(title, documents[0].name, language, "example.org", moment)
    return Made(Chapter(entry=entry, language=language, documents=documents, pictures=tuple(pictures)), item)


def _document(name: str, language: str, title: str, body: str) -> Document:
    way = ' dir="rtl"' if direction(language) == "rtl" else ""
    return Document(
        name,
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
            f'xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}"{way}>\n<head>'
            f'<title>{escape(title)}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
            f'<body class="{body_class(language)}"><section epub:type="chapter" role="doc-chapter" aria-labelledby="t">'
            f'<header><h1 id="t">{escape(title)}</h1></header>{body}'
            '<footer><nav class="chapter-nav"><p><a href="contents.xhtml">Contents</a></p></nav></footer>'
            "</section></body></html>"
        ).encode(),
    )


def grouped(made: Sequence[Made], size: int) -> Contents:
    """Return contents with groups of `size` articles; one group without a heading where `size` is 0."""
    if not size:
        return Contents((ContentsGroup("", tuple(one.item for one in made)),))
    starts = range(0, len(made), size)
    groups = (ContentsGroup(f"第{n // size + 1}天", tuple(m.item for m in made[n : n + size])) for n in starts)
    return Contents(tuple(groups), by_day=True)


def write(
    path: Path,
    made: Iterable[Made],
    contents: Contents,
    *,
    metadata: Metadata = METADATA,
    cover: bytes | None = None,
    missing: int = 0,
) -> Book:
    with BookWriter(path, STYLE) as writer:
        for one in made:
            writer.add_chapter(one.chapter)
        writer.complete(metadata, contents, cover=CoverPicture(cover) if cover else None, missing=missing)
        return writer.publish()


def entries(path: Path) -> dict[str, bytes]:
    """Return the files of a book in the order of the container."""
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}
