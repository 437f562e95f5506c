"""The cover: drawn from the title, the dates and a picture of the book, or fitted from a file.

A baseline sRGB JPEG of 1600 x 2560 pixels, which all shops and readers take, or of the height that the device asks for.
The upper part shows the picture, cropped to where most happens in it; the title stands below on a deep color of the
picture. A book without a picture has a cover of text alone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from epubmaker.errors import UsageError
from epubmaker.imaging.encode import to_jpeg
from epubmaker.imaging.fit import resize
from epubmaker.imaging.sniff import Undecodable
from epubmaker.model.articles import Issue
from epubmaker.packager.cover.artwork import Color, accent, crop_to, panel
from epubmaker.packager.cover.fonts import Face, find_face
from epubmaker.packager.cover.typeset import Measure, Setting, set_in_box
from epubmaker.text.direction import text_direction

__all__ = ["Cover", "CoverText", "draw_cover", "fit_cover"]

WIDTH, HEIGHT = 1600, 2560  # the height where the device asks for no other
_MARGIN = 120
_QUALITY = 85
_PICTURE_SHARE = (1240 / 2560, 1640 / 2560)  # of the height, at least and at most; the title stands below it
_TITLE_SIZES = (400, 360, 320, 290, 270, 250, 230, 210, 190, 172, 156, 142, 128, 116, 104, 94, 84, 76)
_TITLE_LEADING, _SMALL_LEADING = 1.22, 1.3
_HEAD, _RULE = 150, 180  # from the top to the title; the length of the colored rule above it
_SMALL_SIZES = (68, 60, 52, 46, 40)
_MEASURED_AT = 200  # pixels
_MAX_TITLE = 300  # characters
_HANGING = frozenset("（［｛〔〈《「『【〘〖")
# Punctuation that ASCII has, for the font inside Pillow: dates in it are better than none.
_TYPED = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " ", "\u202f": " "}
)
_PAPER: Color = (250, 248, 243)
_FADED: Color = (214, 211, 204)


@dataclass(frozen=True, slots=True)
class CoverText:
    """The texts of the cover: `subtitle` is the range of dates, `line` the number of articles; both may be empty."""

    title: str
    subtitle: str
    line: str
    language: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover picture: a baseline JPEG's bytes."""

    data: bytes
    issues: tuple[Issue, ...] = ()


def draw_cover(
    text: CoverText, picture: Path | None, *, height: int = HEIGHT, gray: bool = False, quality: int | None = None
) -> Cover:
    """Draw the cover, `height` pixels high, with a picture of the book, which is ignored when it cannot be read.

    `quality` is the JPEG quality; None: the best. Characters that no font on this computer can draw are left out, with
    an issue `cover-font` for each text, so that the cover shows no boxes.
    """
    art = _read(picture) if picture is not None else None
    accent_color = accent(art)
    canvas = Image.new("RGB", (WIDTH, height), panel(art, text.title))
    draw = ImageDraw.Draw(canvas)
    pens = title, dates, count = tuple(
        _Pen.for_text(words, text.language) for words in (text.title, text.subtitle, text.line)
    )
    right = title.right_to_left
    floor = _draw_foot(draw, (count, dates), height, right=right) - 60
    top = round(height * 0.117)
    if art is not None:
        top = _picture_height(art, title, height, floor)
        canvas.paste(crop_to(art, WIDTH, top), (0, 0))
    else:
        draw.rectangle((50, 50, WIDTH - 51, height - 51), outline=accent_color, width=4)
    start = WIDTH - _MARGIN - _RULE if right else _MARGIN
    draw.rectangle((start, top + 90, start + _RULE, top + 104), fill=accent_color)
    title.draw_down(draw, top + _HEAD, floor - top - _HEAD, right=right)
    issues = tuple(pen.issue for pen in pens if pen.issue is not None)
    return Cover(_encoded(canvas.convert("L") if gray else canvas, quality), issues)


def fit_cover(path: Path, *, gray: bool = False, quality: int | None = None) -> Cover:
    """Return the user's picture as the cover: scaled down to fit 1600 x 2560 pixels, its proportions unchanged.

    Raises UsageError when the file cannot be read or is no picture.
    """
    from epubmaker.imaging.decode import decode  # noqa: PLC0415 - 50 ms for all the formats, as in `_read`

    try:
        image = decode(path.read_bytes(), (WIDTH, HEIGHT), gray=gray).image
    except OSError as error:
        raise UsageError(
            path, f"cannot be read: {error.strerror or error}", "name a picture file for the cover"
        ) from error
    except Undecodable as error:
        raise UsageError(path, str(error), "give a JPEG, PNG or another picture for the cover") from error
    scale = min(1.0, HEIGHT / image.height)
    fitted = resize(image, (max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    return Cover(_encoded(fitted, quality))


def _encoded(image: Image.Image, quality: int | None) -> bytes:
    """Return a JPEG; below the best quality, colors have half of the resolution."""
    best = quality is None or quality >= _QUALITY
    return to_jpeg(image, _QUALITY if quality is None else min(quality, _QUALITY), fine=best)


def _read(path: Path) -> Image.Image | None:
    from epubmaker.imaging.decode import decode  # noqa: PLC0415 - a cover of type alone needs none of it

    try:
        return decode(path.read_bytes(), (2 * WIDTH, HEIGHT)).image.convert("RGB")
    except (OSError, Undecodable):
        return None


def _picture_height(art: Image.Image, title: _Pen, height: int, floor: int) -> int:
    """Return the height of the picture: what its proportions and the space left by the title allow, within bounds."""
    least, most = (round(share * height) for share in _PICTURE_SHARE)
    spare = max(0, floor - least - _HEAD - title.height(floor - least - _HEAD))
    whole = round(art.height * WIDTH / art.width) - least
    return min(most, least + max(round(0.8 * spare), min(whole, spare)))


def _draw_foot(draw: ImageDraw.ImageDraw, pens: tuple[_Pen, _Pen], height: int, *, right: bool) -> int:
    """Draw the last line and the dates above it, with a thin line above both; return the height where that begins."""
    floor = height - 110
    for pen, color in zip(pens, (_FADED, _PAPER), strict=True):
        if pen.text:
            floor = pen.draw_up(draw, floor, color, right=right) - 22
    if any(pen.text for pen in pens):
        draw.rectangle((_MARGIN, floor - 14, WIDTH - _MARGIN, floor - 12), fill=_FADED)
    return floor


@dataclass(frozen=True, slots=True)
class _Pen:
    """A text and the face that draws it; the text is empty when no face can."""

    text: str
    face: Face
    language: str
    issue: Issue | None = None

    @classmethod
    def for_text(cls, words: str, language: str) -> _Pen:
        """Find a face. Where none has both the letters and the symbols (such as emoji), the symbols are left out."""
        text = unicodedata.normalize("NFC", " ".join(words.split()))[:_MAX_TITLE]
        face = find_face(text, language)
        if face is not None:
            return cls(text, face, language)
        plain = text.translate(_TYPED)
        face = find_face(plain, language)
        if face is not None:
            return cls(plain, face, language)
        letters = " ".join("".join(filter(_is_text, text)).split())
        face = find_face(letters, language) if letters != text else None
        if face is not None and letters:
            left_out = "".join(dict.fromkeys(character for character in text if not _is_text(character)))
            issue = Issue(
                "cover-font", "warning", "cover", f"no font draws {left_out} of {text!r}: left out of the cover"
            )
            return cls(letters, face, language, issue)
        advice = "install one for its script, such as Noto"
        issue = Issue("cover-font", "warning", "cover", f"no font on this computer draws {text!r}: left out; {advice}")
        return cls("", Face(None), language, issue if text else None)

    @property
    def right_to_left(self) -> bool:
        return text_direction(self.text) == "rtl"

    def height(self, room: int) -> int:
        """Return how many of `room` pixels of height the text takes as a title."""
        setting = self._set(room, _TITLE_SIZES, _TITLE_LEADING)
        return round(len(setting.lines) * setting.size * _TITLE_LEADING)

    def draw_down(self, draw: ImageDraw.ImageDraw, top: int, room: int, *, right: bool) -> None:
        """Draw a title from `top` downwards, as large as `room` pixels of height allow."""
        if self.text:
            self._draw(draw, self._set(room, _TITLE_SIZES, _TITLE_LEADING), top, _TITLE_LEADING, _PAPER, right=right)

    def draw_up(self, draw: ImageDraw.ImageDraw, bottom: int, color: Color, *, right: bool) -> int:
        """Draw a small text that ends at `bottom`; return where it begins."""
        setting = self._set(2 * _SMALL_SIZES[0], _SMALL_SIZES, _SMALL_LEADING)
        top = round(bottom - len(setting.lines) * setting.size * _SMALL_LEADING)
        self._draw(draw, setting, top, _SMALL_LEADING, color, right=right)
        return top

    def _set(self, room: int, sizes: tuple[int, ...], leading: float) -> Setting:
        width = WIDTH - 2 * _MARGIN
        return set_in_box(self.text, self._measure, width=width, height=room, sizes=sizes, leading=leading)

    def _measure(self, size: int) -> Measure:
        """Return a function that measures a line at a size; widths at different sizes are proportional."""
        right_to_left = self.right_to_left
        return lambda line: _length(self.face, line, right_to_left) * size / _MEASURED_AT

    def _draw(
        self, draw: ImageDraw.ImageDraw, setting: Setting, top: int, leading: float, color: Color, *, right: bool
    ) -> None:
        font = self.face.at(setting.size)
        shapes = _shapes(font)
        direction = ("rtl" if self.right_to_left else "ltr") if shapes else None
        language = self.language if shapes else None
        for number, line in enumerate(setting.lines):
            baseline = top + number * setting.size * leading + setting.size
            # The left half of a full-width opening bracket is blank: moved out, its line looks aligned with the others.
            hang = round(setting.size * 0.45) if line[0] in _HANGING else 0
            place = (WIDTH - _MARGIN if right else _MARGIN - hang, round(baseline))
            anchor = "rs" if right else "ls"
            draw.text(place, line, color, font, anchor, direction=direction, language=language)


@lru_cache(maxsize=4096)  # a title is tried in 18 sizes: measured for each, a long one took 130 ms
def _length(face: Face, line: str, right_to_left: bool) -> float:  # noqa: FBT001 - one of the cache's keys
    font = face.at(_MEASURED_AT)
    direction = ("rtl" if right_to_left else "ltr") if _shapes(font) else None
    return font.getlength(line, direction=direction)


def _shapes(font: ImageFont.FreeTypeFont) -> bool:
    """Return whether Raqm lays the font out. Pillow refuses a direction without it, and always for its own font."""
    return font.layout_engine == ImageFont.Layout.RAQM


def _is_text(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMNPZ"
