"""Decodes the bytes of an article file, in any encoding."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

__all__ = ["Decoded", "decode", "decode_as", "decode_head", "is_text"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_MARKS = tuple(mark for mark, encoding in _BOMS if encoding != "utf-8")
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]{2,30})|<\?xml[^>]{0,100}encoding=["']([\w.-]+)""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096

# The supersets that browsers read these labels as (WHATWG Encoding Standard, section 4.2).
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_SEVEN_BIT = ("iso2022", "hz")
# With a larger share of bad sequences among the multi-byte ones, a text is not damaged UTF-8 but another encoding.
_DAMAGED_UTF8 = 0.05
_UTF16_SAMPLE = 4096
_CONTROLS = "".join(map(chr, {*range(32), 0x7F} - set(b"\t\n\f\r\x1b")))
_MOST_CONTROLS = 0.05  # of the characters of a text; of a compressed file every tenth is one


class Decoded(NamedTuple):
    """A text, the name of its encoding, and the number of characters that could not be read (now U+FFFD)."""

    text: str
    encoding: str
    damaged: int = 0


def decode(data: bytes) -> Decoded:
    """Decode an article: by its byte order mark, as UTF-8, by its declaration, or by detection; never raises.

    A declaration counts only where the bytes can be decoded by it, since converted archives often keep the old
    declaration. A text with a few broken characters (a file cut short) counts as UTF-8.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], encoding)
    if b"\0" in data and (wide := _utf16_of_ascii(data)):
        return _replacing(data, wide)
    try:
        return Decoded(data.decode(), "utf-8")
    except UnicodeDecodeError:
        pass
    for claimed in (_utf16_without_mark(data), _declared(data)):
        if claimed is not None:
            try:
                return Decoded(data.decode(claimed), claimed)
            except (UnicodeDecodeError, LookupError):
                continue
    damaged_utf8 = _replacing(data, "utf-8")
    multibyte = sum(byte >= 0xC2 for byte in data[:1_000_000])
    if damaged_utf8.damaged <= _DAMAGED_UTF8 * multibyte:
        return damaged_utf8
    return _replacing(data, _python_name(_detected(data)) or "cp1252")


def decode_as(data: bytes, claimed: str) -> Decoded:
    """Decode a text whose encoding something around it names, such as a header; as `decode` where that is wrong, or "".

    What is valid UTF-8 is in UTF-8, whatever the name, but for encodings whose bytes are all ASCII.
    """
    name = _python_name(claimed) if claimed else None
    if name is None:
        return decode(data)
    for tried in (name,) if name.startswith(_SEVEN_BIT) and data.isascii() else ("utf-8-sig", name):
        try:
            return Decoded(data.decode(tried), tried.removesuffix("-sig"))
        except (UnicodeDecodeError, LookupError):
            continue
    return decode(data)


def decode_head(head: bytes) -> str | None:
    """Decode the first bytes of a file, which may end within a character; None where they are not UTF-8."""
    if head.startswith(_OTHER_MARKS) or (b"\0" in head and _utf16_of_ascii(head)):
        return None
    try:
        text, _ = codecs.utf_8_decode(head, "strict", False)  # noqa: FBT003 - "not final": no keywords there
    except UnicodeDecodeError:
        return None
    return text.removeprefix("\ufeff")


def is_text(sample: str) -> bool:
    """Return False for pictures, programs and archives, which are full of control characters."""
    return sum(map(sample.count, _CONTROLS)) <= _MOST_CONTROLS * len(sample)


def _detected(data: bytes) -> str:
    """Return the label of the encoding that a text is likely in, of those that the web uses."""
    # Imported here, since most archives are UTF-8 and need no detection.
    try:
        import chardetng_py  # noqa: PLC0415
    except ImportError:  # it has no wheels for Python 3.14 and newer; chardet knows short texts less well
        import chardet  # noqa: PLC0415

        return chardet.detect(data, encoding_era=chardet.EncodingEra.MODERN_WEB)["encoding"] or ""
    return str(chardetng_py.detect(data))


def _replacing(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))


def _utf16_without_mark(data: bytes) -> str | None:
    """Detect UTF-16: in markup of any language, many bytes in every other place are zero."""
    sample = data[:_UTF16_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    threshold = len(sample) // 20
    if odd > threshold and odd > 4 * even:
        return "utf-16-le"
    if even > threshold and even > 4 * odd:
        return "utf-16-be"
    return None


def _utf16_of_ascii(data: bytes) -> str | None:
    """Detect UTF-16 of mostly ASCII text, which is also valid UTF-8 with a null beside each character."""
    sample = data[:_UTF16_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = max(even, odd)
    return _utf16_without_mark(data) if most > len(sample) // 4 else None


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    if found is None:
        return None
    return _python_name((found[1] or found[2]).decode("ascii", "replace"))


def _python_name(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    return _SUPERSETS.get(name, name)
