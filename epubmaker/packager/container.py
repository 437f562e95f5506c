"""The zip container: OCF 3.3.  The same entries in the same order give the same bytes, whenever and wherever.

Every entry bears the same time stamp, system and mode.  `mimetype` comes first, stored and without an extra field.
Pictures are stored, since they are compressed already, and pass through in pieces.  Documents are deflated whole by
libdeflate: in 0.07 ms where zlib takes 0.19 (a page of 8 KB), to a little less, and to the same bytes on every machine,
which the zlib of a system or of a Python does not promise.
"""

from __future__ import annotations

import contextlib
import shutil
import struct
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
_VERSION = 20  # of the format, in tenths: what deflated entries need
_DATE = 1 << 5 | 1  # `_STAMP` as the format writes it; its time is 0
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")  # APPNOTE 4.3.7
_ROW = struct.Struct("<HHIQQQ")  # of `_Directory`, before the name


class Container:
    """A zip file under construction in an open binary file, which stays the caller's to close.

    All methods raise OSError when the file cannot be written.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._directory = _Directory()
        self._zip.filelist = self._directory  # type: ignore[assignment]  # it is appended to, counted and gone through
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
        self._put(name, document.deflated, zipfile.ZIP_DEFLATED, document.crc, document.size)

    def add_stored(self, name: str, content: bytes) -> None:
        """Add an entry as it is."""
        self._put(name, content, zipfile.ZIP_STORED, zlib.crc32(content), len(content))

    def _put(self, name: str, data: bytes, method: int, crc: int, size: int) -> None:
        """Write an entry whole, `data` being the form in which it is kept, and note it for the directory.

        `ZipFile.writestr` writes a header, the data and the header once more, and seeks in between, for 0.06 ms; to make
        a `ZipInfo` and its header takes 0.01 ms, this 0.002.
        """
        archive = self._zip
        file = archive.fp
        assert file is not None  # noqa: S101 - for the type checker: it is open until the end
        raw = name.encode("ascii")
        offset = archive.start_dir
        crc_and_sizes = crc, len(data), size
        file.write(_LOCAL_HEADER.pack(b"PK\3\4", _VERSION, 0, method, 0, _DATE, *crc_and_sizes, len(raw), 0) + raw)
        file.write(data)
        archive.start_dir = offset + _LOCAL_HEADER.size + len(raw) + len(data)
        self._directory.add(raw, method, *crc_and_sizes, offset)

    def add_file(self, name: str, path: Path, size: int) -> None:
        """Add a file of `size` bytes as it is."""
        entry = _entry(name, zipfile.ZIP_STORED)
        entry.file_size = size
        with path.open("rb") as source, self._opened(entry) as target:
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
        with self._opened(_entry(name)) as target:
            yield target

    @contextlib.contextmanager
    def _opened(self, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
        with self._zip.open(entry, "w") as target:
            yield target
        self._zip.NameToInfo.clear()  # it would keep them all

    def close(self) -> None:
        """Write the directory: the container is whole then."""
        self._zip.close()

    def abandon(self) -> None:
        """Write nothing more.  Without this the zip file would try to complete itself when it is thrown away."""
        self._zip.fp = None


class _Directory:
    """The entries written so far, for the directory at the end of the container.

    In place of `ZipFile.filelist` and, like that, a list of `ZipInfo`s to those who go through it; but packed, in 70 bytes
    each.  As objects, and once more in a dictionary, they took 600: 25 MB in a book of 20,000 articles with pictures.
    """

    def __init__(self) -> None:
        self._rows = bytearray()
        self._count = 0

    def add(self, name: bytes, *numbers: int) -> None:
        """Add an entry by its method, its CRC-32, its bytes as they are kept and unpacked, and where it begins."""
        self._rows += _ROW.pack(len(name), *numbers) + name
        self._count += 1

    def append(self, entry: zipfile.ZipInfo) -> None:
        sizes = entry.compress_size, entry.file_size
        self.add(entry.filename.encode("ascii"), entry.compress_type, entry.CRC, *sizes, entry.header_offset)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[zipfile.ZipInfo]:
        start = 0
        while start < len(self._rows):
            length, method, crc, compressed, size, offset = _ROW.unpack_from(self._rows, start)
            start += _ROW.size + length
            entry = _entry(self._rows[start - length : start].decode("ascii"), method)
            entry.CRC, entry.compress_size, entry.file_size, entry.header_offset = crc, compressed, size, offset
            yield entry


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
