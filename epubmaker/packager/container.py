"""The zip container: OCF 3.3.  The same entries in the same order give the same bytes, whenever and wherever.

Every entry bears the same time stamp, system and mode.  `mimetype` comes first, stored and without an extra field.
Pictures are stored, since they are compressed already, and pass through in pieces.  Documents are deflated whole by
libdeflate: in 0.07 ms where zlib takes 0.19 (a page of 8 KB), to a little less, and to the same bytes on every machine,
which the zlib of a system or of a Python does not promise.
"""

from __future__ import annotations

import contextlib
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from deflate import deflate_compress

from epubmaker.model import Document, PackedDocument

__all__ = ["Container", "pack", "unpack"]

_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say
_UNIX = 3
_MODE = 0o100644 << 16
_LEVEL = 6
_PIECE = 1 << 16  # bytes handed to the compressor at a time


class Container:
    """A zip file under construction in an open binary file, which stays the caller's to close.

    All methods raise OSError when the file cannot be written.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        try:
            self.add_stored("mimetype", b"application/epub+zip")
        except BaseException:
            self.abandon()
            raise

    def add(self, name: str, content: bytes) -> None:
        """Add an entry, deflated."""
        self.add_packed(name, pack(Document(name, content)))

    def add_packed(self, name: str, document: PackedDocument) -> None:
        """Add an entry that is deflated already."""
        entry = _entry(name)
        entry.CRC, entry.file_size = document.crc, document.size
        self._put(entry, document.deflated)

    def add_stored(self, name: str, content: bytes) -> None:
        """Add an entry as it is."""
        entry = _entry(name, zipfile.ZIP_STORED)
        entry.CRC, entry.file_size = zlib.crc32(content), len(content)
        self._put(entry, content)

    def _put(self, entry: zipfile.ZipInfo, data: bytes) -> None:
        """Write an entry whole, `data` being the form in which it is kept, and note it for the directory.

        `ZipFile.writestr` writes a header, the data and the header once more, and seeks in between, for 0.06 ms.
        """
        archive = self._zip
        file = archive.fp
        assert file is not None  # noqa: S101 - for the type checker: it is open until the end
        entry.compress_size = len(data)
        entry.header_offset = archive.start_dir
        header = entry.FileHeader(zip64=False)
        file.write(header)
        file.write(data)
        archive.start_dir += len(header) + len(data)
        archive.filelist.append(entry)
        archive.NameToInfo[entry.filename] = entry

    def add_file(self, name: str, path: Path, size: int) -> None:
        """Add a file of `size` bytes as it is."""
        entry = _entry(name, zipfile.ZIP_STORED)
        entry.file_size = size
        with path.open("rb") as source, self._zip.open(entry, "w") as target:
            shutil.copyfileobj(source, target, _PIECE)

    def add_pieces(self, name: str, pieces: Iterable[str]) -> None:
        """Add an entry of text (UTF-8), deflated, of which only a piece is ever in memory."""
        with self.open(name) as target:
            held: list[str] = []
            size = 0
            for piece in pieces:
                held.append(piece)
                size += len(piece)
                if size > _PIECE:
                    target.write("".join(held).encode())
                    held, size = [], 0
            target.write("".join(held).encode())

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open an entry to be written piece by piece, deflated."""
        with self._zip.open(_entry(name), "w") as target:
            yield target

    def close(self) -> None:
        """Write the directory: the container is whole then."""
        self._zip.close()

    def abandon(self) -> None:
        """Write nothing more.  Without this the zip file would try to complete itself when it is thrown away."""
        self._zip.fp = None


def pack(document: Document) -> PackedDocument:
    """Deflate a document."""
    content = document.content
    deflated = bytes(deflate_compress(content, _LEVEL))
    return PackedDocument(document.name, deflated, zlib.crc32(content), len(content), document.properties)


def unpack(document: PackedDocument) -> bytes:
    """Return the bytes that were deflated."""
    return zlib.decompress(document.deflated, -zlib.MAX_WBITS, document.size)


def _entry(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.compress_type = compression
    entry.create_system = _UNIX
    entry.external_attr = _MODE
    return entry
