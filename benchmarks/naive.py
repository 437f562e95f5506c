"""The script that a competent person writes in an hour: Requests, Beautiful Soup, Pillow and ebooklib, one after the other.

    python benchmarks/naive.py FOLDER BOOK.epub

It does the obvious: a session that keeps its connection, pictures no larger than a page,
chapters in ebooklib's own classes. No clean-up of the markup, no captions, no retries, no cover.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

import requests
from bs4 import BeautifulSoup
from ebooklib import epub
from PIL import Image

_BOX = (1440, 1920)
_TITLE = re.compile(r"\[(.*)\]\((.*)\)")


def main(folder: Path, output: Path) -> None:
    """Make the book."""
    book = epub.EpubBook()
    book.set_identifier("naive")
    book.set_title("Articles")
    book.set_language("zh")
    session = requests.Session()
    chapters = []
    for number, path in enumerate(sorted(folder.glob("*.txt"))):
        lines = path.read_text(encoding="utf-8").split("\n", 3)
        found = _TITLE.match(lines[1])
        title = found[1] if found else path.stem
        soup = BeautifulSoup(lines[3], "html.parser")
        for index, img in enumerate(soup.find_all("img")):
            name = f"images/{number}-{index}.jpg"
            item = epub.EpubItem(uid=name, file_name=name, media_type="image/jpeg")
            item.content = picture(session.get(str(img["src"]), timeout=20).content)
            book.add_item(item)
            img["src"] = name
        chapter = epub.EpubHtml(uid=f"c{number}", title=title, file_name=f"{number}.xhtml")
        chapter.content = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{soup}</body></html>"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.spine = ["nav", *chapters]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    epub.write_epub(str(output), book)


def picture(data: bytes) -> bytes:
    """Return a picture as a JPEG that fits a page."""
    image = Image.open(BytesIO(data)).convert("RGB")
    image.thumbnail(_BOX, Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
