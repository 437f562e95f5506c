"""The cover: drawn from the title, the dates and a picture of the book, or fitted from a file.

1600 x 2560 pixels, which all shops and readers take, as a baseline sRGB JPEG.  With a picture: the picture above, cropped
to what happens in it, the title below on a deep colour taken from it.  Without one: type alone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image, ImageDraw, features

from epubmaker.errors import UsageError
from epubmaker.imaging.decode import decode
from epubmaker.imaging.encode import to_jpeg
from epubmaker.imaging.fit import resize
from epubmaker.imaging.undecodable import Undecodable
from epubmaker.model import Issue
from epubmaker.packager.artwork import Colour, accent, crop_to, panel, pick
from epubmaker.packager.fonts import Face, find_face, is_right_to_left
from epubmaker.packager.typeset import Measure, Setting, set_in_box

__all__ = ["Cover", "CoverText", "draw_cover", "fit_cover", "pick"]

WIDTH, HEIGHT = 1600, 2560
_MARGIN = 120
_QUALITY = 85
_PICTURE_HEIGHT = (1240, 1640)  # at least, at most: below it the title has its place
_TITLE_SIZES = (400, 360, 320, 290, 270, 250, 230, 210, 190, 172, 156, 142, 128, 116, 104, 94, 84, 76)
_SMALL_SIZES = (68, 60, 52, 46, 40)
_LONGEST = 300  # characters of a title
_HANGING = frozenset("（［｛〔〈《「『【〘〖")
_PAPER: Colour = (250, 248, 243)
_FADED: Colour = (214, 211, 204)


@dataclass(frozen=True, slots=True)
class CoverText:
    """What stands on the cover: `subtitle` is the range of dates, `line` how much there is, both worded; may be empty."""

    title: str
    subtitle: str
    line: str
    language: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover picture: a baseline JPEG's bytes."""

    data: bytes
    issues: tuple[Issue, ...] = ()


def draw_cover(text: CoverText, picture: Path | None, *, grey: bool = False) -> Cover:
    """Draw the cover.  `picture` is a picture file of the book, left aside when it cannot be read.

    What no font on this computer can draw is left out, with an issue `cover-font` for each text: never boxes.
    """
    art = _read(picture) if picture is not None else None
    background, rule = panel(art, text.title), accent(art)
    canvas = Image.new("RGB", (WIDTH, HEIGHT), background)
    top = 2 * _MARGIN + 60
    if art is not None:
        height = min(_PICTURE_HEIGHT[1], max(_PICTURE_HEIGHT[0], round(art.height * WIDTH / art.width)))
        canvas.paste(crop_to(art, WIDTH, height), (0, 0))
        top = height
    draw = ImageDraw.Draw(canvas)
    issues = _draw_text(draw, text, top, rule, alone=art is None)
    if grey:
        canvas = canvas.convert("L")
    return Cover(to_jpeg(canvas, _QUALITY, fine=True), issues)


def fit_cover(path: Path, *, grey: bool = False) -> Cover:
    """Return the user's own cover: fitted into 1600 x 2560, in its own shape, never enlarged.

    Raises UsageError when the file cannot be read or is no picture.
    """
    try:
        image = decode(path.read_bytes(), (WIDTH, HEIGHT), grey=grey).image
    except OSError as error:
        raise UsageError(
            path, f"cannot be read: {error.strerror or error}", "name a picture file for the cover"
        ) from error
    except Undecodable as error:
        raise UsageError(path, str(error), "give a JPEG, PNG or another picture for the cover") from error
    scale = min(1.0, HEIGHT / image.height)
    fitted = resize(image, (max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    return Cover(to_jpeg(fitted, _QUALITY, fine=True))


def _read(path: Path) -> Image.Image | None:
    try:
        return decode(path.read_bytes(), (2 * WIDTH, HEIGHT)).image.convert("RGB")
    except (OSError, Undecodable):
        return None


def _draw_text(draw: ImageDraw.ImageDraw, text: CoverText, top: int, rule: Colour, *, alone: bool) -> tuple[Issue, ...]:
    """Draw the rule, the title under it, and from the bottom up the line and the dates."""
    pens = [_Pen.for_text(words, text.language) for words in (text.title, text.subtitle, text.line)]
    title, dates, count = pens
    right = is_right_to_left(text.title)
    start = WIDTH - _MARGIN if right else _MARGIN
    draw.rectangle((start - (180 if right else 0), top + 90, start + (0 if right else 180), top + 104), fill=rule)
    floor = HEIGHT - 110
    for pen, colour in ((count, _FADED), (dates, _PAPER)):
        if pen.text:
            floor = pen.draw_up(draw, floor, _SMALL_SIZES, colour, right=right) - 22
    if dates.text or count.text:
        draw.rectangle((_MARGIN, floor - 14, WIDTH - _MARGIN, floor - 12), fill=_FADED)
    title.draw_down(draw, top + 150, floor - 60 - (top + 150), _TITLE_SIZES, _PAPER, right=right)
    if alone:
        draw.rectangle((50, 50, WIDTH - 51, HEIGHT - 51), outline=rule, width=4)
    return tuple(pen.issue for pen in pens if pen.issue is not None)


@dataclass(frozen=True, slots=True)
class _Pen:
    """A text with the face that can draw it; empty when none can."""

    text: str
    face: Face
    language: str
    issue: Issue | None = None

    @classmethod
    def for_text(cls, words: str, language: str) -> _Pen:
        """Find a face; symbols (emoji, above all) that no face with the letters has are left out of the text."""
        text = unicodedata.normalize("NFC", " ".join(words.split()))[:_LONGEST]
        face = find_face(text, language)
        if face is not None:
            return cls(text, face, language)
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

    def draw_down(
        self, draw: ImageDraw.ImageDraw, top: int, room: int, sizes: tuple[int, ...], colour: Colour, *, right: bool
    ) -> None:
        """Draw the lines from `top` downwards, as large as `room` pixels of height allow."""
        if self.text:
            self._draw(draw, self._set(room, sizes, 1.22), top, 1.22, colour, right=right)

    def draw_up(
        self, draw: ImageDraw.ImageDraw, bottom: int, sizes: tuple[int, ...], colour: Colour, *, right: bool
    ) -> int:
        """Draw the text to end at `bottom`; returns where it begins."""
        setting = self._set(2 * sizes[0], sizes, 1.3)
        top = round(bottom - len(setting.lines) * setting.size * 1.3)
        self._draw(draw, setting, top, 1.3, colour, right=right)
        return top

    def _set(self, room: int, sizes: tuple[int, ...], leading: float) -> Setting:
        width = WIDTH - 2 * _MARGIN
        return set_in_box(self.text, self._measure, width=width, height=room, sizes=sizes, leading=leading)

    def _measure(self, size: int) -> Measure:
        return partial(_length, self.face, size, is_right_to_left(self.text))

    def _draw(
        self, draw: ImageDraw.ImageDraw, setting: Setting, top: int, leading: float, colour: Colour, *, right: bool
    ) -> None:
        font = self.face.at(setting.size)
        raqm = features.check("raqm")  # without it Pillow refuses both arguments; `fonts` has then seen to it that
        direction = ("rtl" if is_right_to_left(self.text) else "ltr") if raqm else None  # nothing needs them
        language = self.language if raqm else None
        for number, line in enumerate(setting.lines):
            baseline = top + number * setting.size * leading + setting.size
            # A full-width opening bracket is blank on its left: hung out, its line looks flush with the others.
            hang = round(setting.size * 0.45) if line[0] in _HANGING else 0
            place = (WIDTH - _MARGIN if right else _MARGIN - hang, round(baseline))
            anchor = "rs" if right else "ls"
            draw.text(place, line, colour, font, anchor, direction=direction, language=language)


def _length(face: Face, size: int, right_to_left: bool, line: str) -> float:  # noqa: FBT001 - partial fills it in
    if features.check("raqm"):
        return face.at(size).getlength(line, direction="rtl" if right_to_left else "ltr")
    return face.at(size).getlength(line)


def _is_text(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMNPZ"
