"""The zip container: OCF 3.3, and PKWARE's APPNOTE 6.3. The same entries in the same order give the same bytes.

Every entry bears the same time stamp, system and mode. `mimetype` comes first, stored and without an extra field.
Pictures are stored, since they are compressed already, and pass through in pieces. Documents are deflated whole by
libdeflate: in 0.07 ms where zlib takes 0.19 (a page of 8 KB), to a little less, and to the same bytes on every machine,
which the zlib of a system or of a Python does not promise.

Python's `zipfile` takes 0.012 ms to write an entry of 7 KB that is deflated already, and remembers it in 0.4 KB until the
end. Here it is 0.009 ms and no memory: a book of 20,000 articles with pictures has 40,000 entries.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from deflate import deflate_compress

from epubmaker.errors import LostPictureError, TemporaryFilesError
from epubmaker.model.chapters import Document, PackedDocument

__all__ = ["Container", "entry_size", "pack", "unpack"]

_STORED, _DEFLATED = 0, 8
_VERSION, _VERSION_64 = 20, 45  # of the format, in tenths, that a reader has to know
_UNIX = 3 << 8
_MODE = 0o100644 << 16
_DATE = 1 << 5 | 1  # 1 January 1980, the earliest that the format can say; its time is 0
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF  # stand for "see the fields of 64 bits"
_LOCAL = struct.Struct("<4s5H3I2H")  # 4.3.7: local file header
_CENTRAL = struct.Struct("<4s6H3I5H2I")  # 4.3.12: central directory header
_OFFSET_64 = struct.Struct("<HHQ")  # 4.5.3: ZIP64 extra field, with an offset alone
_END_64 = struct.Struct("<4sQ2H2I4Q")  # 4.3.14
_LOCATOR_64 = struct.Struct("<4sIQI")  # 4.3.15
_END = struct.Struct("<4s4H2IH")  # 4.3.16
_LEVEL, _FAST = 6, 1
_WHOLE = 1 << 22  # bytes of text from which on it is not deflated in one piece
_PIECE = 1 << 16  # bytes handed to the compressor, or copied from a file, at a time
_DIRECTORY = 1 << 18  # bytes of the directory that are held in memory; one of a large book waits in a file
_LARGE = 1 << 19  # bytes from which on a file is not written in one piece


class Container:
    """A zip file under construction, from where an open, seekable binary file stands; that stays the caller's to close.

    Names are ASCII, and no entry is as large as 4 GB; the whole may be larger. All methods raise OSError when the file
    cannot be written, and TemporaryFilesError when there is no room for a long directory.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._end = file.tell()  # where the next entry begins
        self._directory = tempfile.SpooledTemporaryFile(_DIRECTORY)  # noqa: SIM115 - see `discard`
        self._count = self._listed = 0  # entries, and the bytes of their rows in the directory
        try:
            self.add_stored("mimetype", b"application/epub+zip")
        except BaseException:
            self.discard()
            raise

    @property
    def size(self) -> int:
        """Bytes of the whole file, if nothing more were added."""
        return self._end + self._listed + len(self._ending())

    def add(self, name: str, content: bytes) -> None:
        """Add an entry, deflated."""
        self.add_packed(name, pack(Document(name, content)))

    def add_packed(self, name: str, document: PackedDocument) -> None:
        """Add an entry that is deflated already."""
        self._put(name, document.deflated, _DEFLATED, document.crc, document.size)

    def add_stored(self, name: str, content: bytes) -> None:
        """Add an entry as it is."""
        self._put(name, content, _STORED, zlib.crc32(content), len(content))

    def _put(self, name: str, data: bytes, method: int, crc: int, size: int) -> None:
        """Write an entry whole, `data` being the form in which it is kept."""
        self._file.write(self._header(name, method, crc, len(data), size))
        self._file.write(data)

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it is, in one piece where it is not large. Raises LostPictureError where it cannot be read."""
        with ExitStack() as stack:
            try:
                source = stack.enter_context(path.open("rb"))
                first = source.read(_LARGE)
            except OSError as error:
                raise LostPictureError(path, error) from error
            if len(first) < _LARGE:
                self.add_stored(name, first)
            else:
                self._add_in_pieces(name, chain((first,), iter(lambda: source.read(_PIECE), b"")), _STORED)

    def add_pieces(self, name: str, pieces: Iterable[str]) -> None:
        """Add an entry of text (UTF-8), deflated, of which no more than some megabytes are ever in memory."""
        joined = _joined(pieces)
        first = b"".join(islice(joined, _WHOLE // _PIECE))
        rest = next(joined, None)
        if rest is None:
            # For the lists of 10,000 articles in 7 ms, where zlib takes 34 ms for as few bytes.
            self.add_packed(name, pack(Document(name, first), _FAST))
        else:
            self._add_in_pieces(name, chain((first, rest), joined), _DEFLATED)

    def _add_in_pieces(self, name: str, pieces: Iterable[bytes], method: int) -> None:
        """Write an entry after a header that is written once more in the end, when its sizes are known."""
        start = self._end
        file = self._file
        file.seek(_LOCAL.size + len(name), 1)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS) if method == _DEFLATED else None
        crc = size = kept = 0
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            kept += file.write(packer.compress(piece) if packer else piece)
        kept += file.write(packer.flush()) if packer else 0
        file.seek(start)
        file.write(self._header(name, method, crc, kept, size))
        file.seek(self._end)

    def _header(self, name: str, method: int, crc: int, kept: int, size: int) -> bytes:
        """Note an entry for the directory; return its local header."""
        raw = name.encode("ascii")
        about = 0, method, 0, _DATE, crc, kept, size, len(raw)
        offset, extra, version = self._end, b"", _VERSION
        if offset >= _MOST_32:
            offset, extra, version = _MOST_32, _OFFSET_64.pack(1, 8, offset), _VERSION_64
        made = _UNIX | version, version
        row = _CENTRAL.pack(b"PK\1\2", *made, *about, len(extra), 0, 0, 0, _MODE, offset)
        try:
            self._listed += self._directory.write(row + raw + extra)
        except OSError as error:
            raise TemporaryFilesError((error.strerror or str(error)).lower()) from error
        self._count += 1
        self._end += _LOCAL.size + len(raw) + kept
        return _LOCAL.pack(b"PK\3\4", version, *about, 0) + raw

    def close(self) -> None:
        """Write the directory: the container is whole then."""
        try:
            self._directory.seek(0)  # writes what is still in memory
        except OSError as error:
            raise TemporaryFilesError((error.strerror or str(error)).lower()) from error
        shutil.copyfileobj(self._directory, self._file, _PIECE)
        self.discard()
        self._file.write(self._ending())

    def _ending(self) -> bytes:
        """Return what stands after the directory."""
        start, length, count = self._end, self._listed, self._count
        ending = b""
        if start >= _MOST_32 or count >= _MOST_16 or length >= _MOST_32:
            made = _UNIX | _VERSION_64, _VERSION_64
            ending += _END_64.pack(b"PK\6\6", _END_64.size - 12, *made, 0, 0, count, count, length, start)
            ending += _LOCATOR_64.pack(b"PK\6\7", 0, start + length, 1)
        counts = min(count, _MOST_16), min(count, _MOST_16)
        return ending + _END.pack(b"PK\5\6", 0, 0, *counts, min(length, _MOST_32), min(start, _MOST_32), 0)

    def discard(self) -> None:
        """Let go of what is held beside the file; nothing can be added then. Does not raise."""
        with suppress(OSError):  # closing writes what is still in memory, which fails again on a full disk
            self._directory.close()


def _joined(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield texts in larger pieces, as bytes."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > _PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


def entry_size(name: str, length: int) -> int:
    """Return the bytes that an entry of a name adds to a container, where it is kept in `length` bytes."""
    return _LOCAL.size + _CENTRAL.size + 2 * len(name) + length


def pack(document: Document, level: int = _LEVEL) -> PackedDocument:
    """Deflate a document; `level` is libdeflate's, 1 to 12."""
    content = document.content
    deflated = bytes(deflate_compress(content, level))
    return PackedDocument(document.name, deflated, zlib.crc32(content), len(content), document.properties)


def unpack(document: PackedDocument) -> bytes:
    """Return the bytes that were deflated."""
    return zlib.decompress(document.deflated, -zlib.MAX_WBITS, document.size)
