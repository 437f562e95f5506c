"""The least work that any program can do, to compare epubmaker's time with. It writes no book.

    python benchmarks/floor.py FOLDER FILE.zip

    | read     each article                                a thread
    | parse    its HTML once, with lxml; write it out       the same thread
    | fetch    its pictures, 16 at once                    threads, on connections that stay open
    | shrink   decode; too large: at a fraction in the codec, resize, encode    a thread for each core
    | store    deflate texts at zlib's default level, store pictures, in order                    the main thread

All the costly parts release the interpreter's lock, so that threads use all cores and no process must be started.
There is no clean-up, no metadata, no table of contents and no check of anything.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from lxml import etree, html
from PIL import Image

_BOX = (1440, 1920)
_QUALITY = 82
_CONNECTIONS = 16
_WINDOW = 64  # articles in flight
_local = threading.local()

_Started: TypeAlias = tuple[str, bytes, list[Future[bytes]]]


def main(folder: Path, output: Path) -> None:
    """Do the work."""
    with (
        ThreadPoolExecutor(1) as parser,
        ThreadPoolExecutor(_CONNECTIONS) as fetchers,
        ThreadPoolExecutor(os.cpu_count()) as shrinkers,
        ZipFile(output, "w") as archive,
    ):

        def start(text: Path) -> _Started:
            document, addresses = parse(text)
            return text.stem, document, [fetchers.submit(had, address, shrinkers) for address in addresses]

        for stem, document, pictures in windowed(parser, start, sorted(folder.glob("*.txt"))):
            archive.writestr(f"{stem}.xhtml", document, ZIP_DEFLATED)
            for index, picture in enumerate(pictures):
                archive.writestr(f"{stem}-{index}.jpg", picture.result(), ZIP_STORED)


def windowed(parser: ThreadPoolExecutor, start: Callable[[Path], _Started], paths: list[Path]) -> Iterator[_Started]:
    """Yield `start(path)` for each path in order, at most `_WINDOW` ahead."""
    waiting: deque[Future[_Started]] = deque()
    for path in paths:
        waiting.append(parser.submit(start, path))
        if len(waiting) > _WINDOW:
            yield waiting.popleft().result()
    for future in waiting:
        yield future.result()


def parse(path: Path) -> tuple[bytes, list[str]]:
    """Return an article as XHTML, and the addresses of its pictures."""
    body = path.read_bytes().split(b"\n", 3)[3]
    tree = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    return etree.tostring(tree, encoding="utf-8"), [img.get("src") for img in tree.iter("img")]


def had(address: str, shrinkers: ThreadPoolExecutor) -> bytes:
    """Return a picture, fetched and shrunk."""
    return shrinkers.submit(shrink, fetch(address)).result()


def fetch(address: str) -> bytes:
    """Return the body at an address, over this thread's connection."""
    parts = urlsplit(address)
    connection: HTTPConnection | None = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", parts.path)
    return connection.getresponse().read()


def shrink(data: bytes) -> bytes:
    """Return a picture as a JPEG that fits the box: unchanged, after decoding, where it already does."""
    with Image.open(BytesIO(data)) as image:
        if image.width <= _BOX[0] and image.height <= _BOX[1]:
            image.load()
            return data
        scale = min(1, _BOX[0] / image.width, _BOX[1] / image.height)
        size = round(image.width * scale), round(image.height * scale)
        image.draft("RGB", size)
        out = BytesIO()
        image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0).save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
