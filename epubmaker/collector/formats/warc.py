"""Web archives (WARC 1.0 and 1.1, ISO 28500): the pages that a crawler or a browser kept, with their pictures."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from importlib.util import find_spec

from epubmaker.collector.formats.format import Body, Format, Head, Item, UnreadableError

__all__ = ["Warc"]

_BEGINS = (b"WARC/1.0", b"WARC/1.1")
_GZIP = b"\x1f\x8b"


class Warc(Format):
    """The pages of a web archive, one article each. Needs the extra `warc`."""

    name = "warc"
    title = "WARC, and WACZ: web archives (needs pip install 'epubmaker[warc]')"
    suffixes = frozenset({".warc", ".warc.gz"})
    max_bytes = 16_000_000_000
    holds_pictures = True

    def fits(self, name: str, start: bytes) -> bool:
        """By the first line, packed or not."""
        del name
        if start.startswith(_GZIP):
            try:
                start = zlib.decompressobj(wbits=31).decompress(start, len(_BEGINS[0]))
            except zlib.error:
                return False
        return start.startswith(_BEGINS)

    def heads(self, item: Item) -> Iterator[Head]:
        """Yield the heads of the pages."""
        _require()
        from epubmaker.collector.formats.warcpages import heads  # noqa: PLC0415 - it needs warcio

        return heads(item)

    def body(self, item: Item, member: str) -> Body:
        """Return the main text of a page, or all of it."""
        _require()
        from epubmaker.collector.formats.warcpages import body  # noqa: PLC0415 - as above

        return body(item, member)

    def picture(self, item: Item, member: str, address: str) -> bytes | None:
        """Return a picture of a page as the archive has it."""
        _require()
        from epubmaker.collector.formats.warcpages import picture  # noqa: PLC0415 - as above

        return picture(item, member, address)


def _require() -> None:
    if not all(map(find_spec, ("warcio", "brotli"))):
        raise UnreadableError("article-unreadable", "a web archive needs the extra: pip install 'epubmaker[warc]'")
