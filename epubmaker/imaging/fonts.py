"""Finds a font of this computer that has every character of a text.

Tried in this order: the fonts that fontconfig names (Linux, BSD, and macOS where it is installed), which knows the user's
preferences for a language; the usual fonts of Linux, macOS and Windows by their file names; the font inside Pillow, which
has ASCII. A font is taken only if its glyphs are there: one that supports a script may lack characters of a rare name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont, features

from epubmaker.imaging.fontfolders import font_folders
from epubmaker.text.direction import text_direction

__all__ = ["Face", "find_face"]

# Families that are made for headlines, by language; fontconfig goes on with others.
_FAMILIES = "Noto Sans Display,Noto Sans,Source Sans 3,Open Sans,Roboto,Helvetica Neue,Liberation Sans,sans-serif"
_FAMILIES_OF = {
    "ar": "Noto Sans Arabic,Noto Kufi Arabic,Noto Naskh Arabic,sans-serif",
    "fa": "Vazirmatn,Noto Sans Arabic,Noto Naskh Arabic,sans-serif",
    "ur": "Noto Nastaliq Urdu,Noto Sans Arabic,Noto Naskh Arabic,sans-serif",
    "zh": "sans-serif",
    "ja": "sans-serif",
    "ko": "sans-serif",
}
# fontconfig's names for the varieties of Chinese.
_FC_LANGUAGES = {"zh": "zh-cn", "zh-hans": "zh-cn", "zh-hant": "zh-tw", "zh-hk": "zh-hk", "zh-hant-hk": "zh-hk"}

# File names as the systems have them, bold fonts first.
_FILES = (
    # Windows
    *(
        "segoeuib.ttf",
        "msyhbd.ttc",
        "msyh.ttc",
        "msjhbd.ttc",
        "YuGothB.ttc",
        "meiryob.ttc",
        "malgunbd.ttf",
        "simhei.ttf",
    ),
    *("tahomabd.ttf", "NirmalaB.ttf", "Nirmala.ttc", "LeelaUIb.ttf", "ebrimabd.ttf", "arialbd.ttf", "seguisym.ttf"),
    # macOS
    *("HelveticaNeue.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc", "STHeiti Medium.ttc", "ヒラギノ角ゴシック W6.ttc"),
    *(
        "AppleSDGothicNeo.ttc",
        "GeezaPro.ttc",
        "SFArabic.ttf",
        "ArialHB.ttc",
        "Kohinoor.ttc",
        "Thonburi.ttc",
        "Arial Unicode.ttf",
    ),
    # Linux without fontconfig's tools
    *("NotoSans-Bold.ttf", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc"),
    *("DroidSansFallbackFull.ttf", "NotoSansArabic-Bold.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSansHebrew-Bold.ttf"),
    *("NotoSansDevanagari-Bold.ttf", "NotoSansThai-Bold.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf"),
)
_MAX_TRIED = 80  # faces for one text
_UNASSIGNED = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Face:
    """A font file and the index of a face in it; without a path, the font inside Pillow."""

    path: str | None
    index: int = 0

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the face at `size` pixels; raises OSError when it cannot be read."""
        return _font(self, size)

    def draws(self, text: str) -> bool:
        """Tell whether the face has a glyph for each character of a text; not if it is unreadable."""
        rarest_first = sorted(set(filter(_is_drawn, text)), reverse=True)  # most faces lack one of the first
        try:
            font = _font(self, 24, ImageFont.Layout.BASIC)
            missing = _picture(font, _UNASSIGNED)
            return all(_picture(font, character) != missing for character in rarest_first)
        except (OSError, ValueError):
            return False


def find_face(text: str, language: str) -> Face | None:
    """Return a face with a glyph for every character of `text`; None if there is none.

    `language` (BCP 47) matters where languages draw the same character in different ways, as Chinese and Japanese do.
    """
    if not _can_shape(text):
        return None
    for number, face in enumerate(_candidates(_language_of(text, language))):
        if number >= _MAX_TRIED:
            break
        if face.draws(text):
            return face
    bundled = Face(None)
    return bundled if bundled.draws(text) else None


def _can_shape(text: str) -> bool:
    """Return whether the letters can be joined and ordered as their script requires, which needs Raqm in Pillow."""
    return bool(features.check("raqm")) or not any(_needs_shaping(character) for character in text)


def _needs_shaping(character: str) -> bool:
    """Return whether a character belongs to a script that is joined, reordered or written from right to left."""
    code = ord(character)
    return 0x0590 <= code < 0x0900 or 0x0900 <= code < 0x0E00 or 0x0F00 <= code < 0x10A0 or 0x1780 <= code < 0x18B0


def _is_drawn(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in {"Cc", "Cf"}


def _language_of(text: str, language: str) -> str:
    """Return the language to ask fontconfig for: the book's, or one of the text's script if that is another."""
    if language.split("-", maxsplit=1)[0] in {"zh", "ja", "ko"}:
        return language
    codes = [ord(character) for character in text]
    if any(0x3040 <= code < 0x3100 for code in codes):
        return "ja"
    if any(0xAC00 <= code < 0xD7A4 for code in codes):
        return "ko"
    if any(0x3400 <= code < 0xA000 for code in codes):
        return "zh-Hans"
    return (
        "ar"
        if text_direction(text) == "rtl" and language.split("-", maxsplit=1)[0] in {"en", "und", "mul"}
        else language
    )


@cache
def _candidates(language: str) -> tuple[Face, ...]:
    return tuple(dict.fromkeys((*_from_fontconfig(language), *_from_folders())))


def _from_fontconfig(language: str) -> Iterator[Face]:
    program = shutil.which("fc-match")
    if program is None:
        return
    primary = language.split("-", maxsplit=1)[0]
    spoken = _FC_LANGUAGES.get(language.lower(), _FC_LANGUAGES.get(primary, primary))
    pattern = f"{_FAMILIES_OF.get(primary, _FAMILIES)}:bold:lang={spoken}"
    try:
        listed = subprocess.run(  # noqa: S603 - no shell; only the language tag varies
            [program, "-s", "-f", "%{file}\\t%{index}\\n", pattern], capture_output=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return
    for line in listed.decode("utf-8", "replace").splitlines():
        path, _, index = line.partition("\t")
        # An index of more than 16 bits names an instance of a variable font; FreeType takes it as it is.
        if path and index.isdigit():
            yield Face(path, int(index))


def _from_folders() -> Iterator[Face]:
    found: dict[str, str] = {}
    for folder in font_folders():
        for parent, _folders, names in os.walk(folder):
            for name in sorted(names):
                found.setdefault(name.lower(), str(Path(parent) / name))
    for name in _FILES:
        if name.lower() in found:
            yield Face(found[name.lower()])


@cache
def _font(face: Face, size: int, layout: ImageFont.Layout | None = None) -> ImageFont.FreeTypeFont:
    if face.path is None:
        bundled = ImageFont.load_default(size)
        if not isinstance(bundled, ImageFont.FreeTypeFont):
            raise OSError("this Pillow was built without FreeType")  # noqa: TRY003 - treated like FreeType's errors
        return bundled
    return ImageFont.truetype(face.path, size, face.index, layout_engine=layout)


def _picture(font: ImageFont.FreeTypeFont, character: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(character, mode="L")
    return mask.size, bytes(mask)
