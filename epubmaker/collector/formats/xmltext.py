"""Makes XML that anybody may have written ready for a parser: its encoding, and what breaks most files that are broken."""

from __future__ import annotations

import codecs
import re
import sys
from html.entities import html5

from epubmaker.collector.formats.encoding import decode

__all__ = ["mended", "utf8"]

_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#(?:x([0-9A-Fa-f]{1,7})|([0-9]{1,8}));|([A-Za-z][A-Za-z0-9]{1,31});)?")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,400}>")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0, section 2.2
_OF_XML = frozenset({"amp", "apos", "gt", "lt", "quot"})


def utf8(data: bytes) -> bytes:
    """Return XML in UTF-8, without a declaration of any other encoding."""
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    decoded = decode(data)
    if decoded.encoding == "utf-8" and not decoded.damaged:
        declared = _DECLARATION.match(decoded.text[:500])
        if declared is None or "encoding" not in declared[0] or re.search("utf-?8", declared[0], re.IGNORECASE):
            return data
    return _DECLARATION.sub("", decoded.text.removeprefix("\ufeff"), count=1).encode("utf-8", "replace")


def mended(data: bytes) -> bytes:
    """Return XML in UTF-8 with entities of HTML as characters, bare "&" escaped, and without forbidden characters."""
    text = _NO_XML.sub("", data.decode("utf-8", "replace").lstrip("\ufeff \t\r\n"))
    if "&" in text:
        parts = _CDATA.split(text)
        parts[::2] = [_REFERENCE.sub(_referred, part) for part in parts[::2]]
        text = "".join(parts)
    return text.encode("utf-8", "replace")


def _referred(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name in _OF_XML:
        return found[0]
    if hexadecimal or decimal:
        number = int(hexadecimal, 16) if hexadecimal else int(decimal)
        return "" if number > sys.maxunicode or _NO_XML.match(chr(number)) else found[0]
    character = html5.get(f"{name};") if name else None
    return f"&amp;{found[0][1:]}" if character is None else "".join(f"&#{ord(one)};" for one in character)
