"""The cover: drawn from the texts and a picture of the book, or fitted from a file.

A baseline sRGB JPEG of 1600 x 2560 pixels, which all shops and readers take, or of the height that the device asks for.
It is laid out as a magazine's: the name and the date on top, large enough to tell issues apart on a shelf, then the
picture, cropped to where most happens in it, then headlines. Light on a deep color of the picture, or dark on paper for
screens of e-ink. A book without a picture has a cover of text alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from epubmaker.errors import UsageError, cause_of
from epubmaker.imaging.encode import to_jpeg
from epubmaker.imaging.fit import resize
from epubmaker.imaging.fonts import Face, find_face
from epubmaker.imaging.sniff import Undecodable
from epubmaker.model.articles import Issue
from epubmaker.packager.cover.artwork import Color, accent, crop_to, panel
from epubmaker.packager.cover.typeset import Measure, Setting, set_in_box
from epubmaker.text.direction import text_direction

__all__ = ["Cover", "CoverLook", "CoverText", "draw_cover", "own_cover"]

WIDTH, HEIGHT = 1600, 2560  # the height where the device asks for no other
_MARGIN = 120
_QUALITY = 85
_NAME_SIZES = (270, 250, 230, 210, 190, 172, 156, 142, 128, 116, 104, 94, 84, 76)
_DATE_SIZES = (150, 136, 124, 112, 100, 88, 76)
_HEADLINE_SIZES = (70, 66, 62, 58)
_ALONE_SIZES = (108, 100, 92, 84, 78, 72, 66, 60)  # of headlines on a cover without a picture
_SMALL_SIZES = (58, 52, 46, 40)
_NAME_LEADING, _ARABIC_LEADING, _HEADLINE_LEADING, _SMALL_LEADING = 1.15, 1.5, 1.22, 1.3
_RULE = 16  # thickness of the rule above the name
_NAME_SHARE = 0.21  # of the height, that the name may have; of a cover with no headlines twice as much
_PICTURE_SHARE = 0.29  # of the height, that the picture has at least
_HEADLINES_LINES = 2
_GAP = 44  # pixels between blocks
_ABOVE_DATES, _FOOT = 20, 90  # pixels between the name and the dates, and below the last line
_MEASURED_AT = 200  # pixels
_MAX_TITLE = 300  # characters
_HANGING = frozenset("（［｛〔〈《「『【〘〖")
# Punctuation that ASCII has, for the font inside Pillow: dates in it are better than none.
_TYPED = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " ", "\u202f": " "}
)
_PAPER: Color = (250, 248, 243)


class _Colors(NamedTuple):
    """The colors of a cover: behind everything, of the texts, of small ones, of the rule."""

    ground: Color
    ink: Color
    faded: Color
    rule: Color

    @classmethod
    def of(cls, art: Image.Image | None, title: str, *, on_paper: bool) -> _Colors:
        """Return dark colors on paper, or light ones on what goes with the picture or the title."""
        deep = panel(art, title)
        if on_paper:
            return cls(_PAPER, (24, 24, 24), (92, 90, 86), deep)
        return cls(deep, _PAPER, (214, 211, 204), accent(art))


@dataclass(frozen=True, slots=True)
class CoverText:
    """The texts of the cover; all but the title may be empty.

    `title` is the name on top, `subtitle` the range of dates, `line` the number of articles, `credit` the authors and the
    publisher. `headlines` are titles of articles, each with its language (BCP 47). `digits` is the range of dates without
    letters, for a computer without a font for those of `subtitle`: issues must not look the same on the shelf.
    """

    title: str
    subtitle: str
    line: str
    language: str
    headlines: Sequence[tuple[str, str]] = ()
    credit: str = ""
    digits: str = ""


@dataclass(frozen=True, slots=True)
class CoverLook:
    """How a cover looks beside its texts.

    `height` is in pixels, `quality` the JPEG quality (None: the best). `on_paper`: dark on white, for a screen of e-ink;
    `gray`: without colors.
    """

    height: int = HEIGHT
    on_paper: bool = False
    gray: bool = False
    quality: int | None = None


DEFAULT_LOOK = CoverLook()


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover picture: a baseline JPEG's bytes, and its width and height in pixels."""

    data: bytes
    size: tuple[int, int]
    issues: tuple[Issue, ...] = ()


def draw_cover(text: CoverText, picture: Path | None, look: CoverLook = DEFAULT_LOOK) -> Cover:
    """Draw the cover with a picture of the book, which is ignored when it cannot be read.

    Characters that no font on this computer can draw are left out, with an issue `cover-font` for each text but
    headlines, so that the cover shows no boxes.
    """
    art = _read(picture) if picture is not None else None
    return _drawn(text, art, look)


def own_cover(path: Path, text: CoverText, look: CoverLook = DEFAULT_LOOK) -> Cover:
    """Return the user's picture as the cover: scaled down to fit 1600 x 2560 pixels, its proportions unchanged.

    One that is wider than high is no cover: it becomes the picture of a drawn one. Raises UsageError when the file cannot
    be read or is no picture.
    """
    from epubmaker.imaging.decode import decode  # noqa: PLC0415 - 50 ms for all the formats, as in `_read`

    try:
        image = decode(path.read_bytes(), (2 * WIDTH, HEIGHT), gray=look.gray).image
    except OSError as error:
        raise UsageError(path, f"cannot be read: {cause_of(error)}", "name a picture file for the cover") from error
    except Undecodable as error:
        raise UsageError(path, str(error), "give a JPEG, PNG or another picture for the cover") from error
    if image.width > image.height:
        return _drawn(text, image.convert("RGB"), look)
    scale = min(1.0, WIDTH / image.width, HEIGHT / image.height)
    fitted = resize(image, (max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    return Cover(_encoded(fitted, look.quality), fitted.size)


def _drawn(text: CoverText, art: Image.Image | None, look: CoverLook) -> Cover:
    height = look.height
    colors = _Colors.of(art, text.title, on_paper=look.on_paper)
    canvas = Image.new("RGB", (WIDTH, height), colors.ground)
    draw = ImageDraw.Draw(canvas)
    pens = [_Pen.for_text(words, text.language) for words in (text.title, text.subtitle, text.line, text.credit)]
    name, dates, count, credit = pens
    if not dates.text:
        dates = _Pen.for_text(text.digits, text.language)
    right = name.right_to_left
    found = (_Pen.for_text(words, language) for words, language in text.headlines)
    headlines = [pen for pen in found if pen.text and pen.issue is None]
    draw.rectangle((_MARGIN, _MARGIN - _RULE, WIDTH - _MARGIN, _MARGIN), fill=colors.rule)
    room = round(height * _NAME_SHARE * (1 if headlines else 2))
    leading = _ARABIC_LEADING if right else _NAME_LEADING
    top = name.set_in(room, _NAME_SIZES, leading).draw(draw, _MARGIN + _GAP, colors.ink, right=right)
    if dates.text:
        top = dates.set_in(2 * _DATE_SIZES[0], _DATE_SIZES, _NAME_LEADING).draw(
            draw, top + _ABOVE_DATES, colors.ink, right=right
        )
    top += _GAP
    floor = height - _FOOT
    for pen in (count, credit):
        if pen.text:
            block = pen.set_in(2 * _SMALL_SIZES[0], _SMALL_SIZES, _SMALL_LEADING)
            floor -= block.height
            block.draw(draw, floor, colors.faded, right=right)
    floor -= _GAP
    if art is not None:
        blocks = _fitting(headlines, floor - top - round(height * _PICTURE_SHARE) - _GAP, _HEADLINE_SIZES)
        bottom = floor - sum(block.height + _GAP for block in blocks)
        canvas.paste(crop_to(art, WIDTH, bottom - top), (0, top))
        top = bottom + _GAP
    else:
        blocks = _fitting(headlines, floor - top, _ALONE_SIZES)
        if blocks:
            draw.rectangle((_MARGIN, top, WIDTH - _MARGIN, top + 3), fill=colors.faded)
        top += _GAP
    for block in blocks:
        top = block.draw(draw, top, colors.ink, right=block.pen.right_to_left) + _GAP
    if look.on_paper:
        draw.rectangle((0, 0, WIDTH - 1, height - 1), outline=(160, 160, 160), width=4)  # else it has no edge on paper
    issues = tuple(pen.issue for pen in pens if pen.issue is not None)
    return Cover(_encoded(canvas.convert("L") if look.gray else canvas, look.quality), canvas.size, issues)


def _fitting(headlines: Sequence[_Pen], room: int, sizes: tuple[int, ...]) -> list[_Block]:
    """Return as many headlines as `room` pixels of height take, each of at most two lines, and all of one size."""
    blocks: list[_Block] = []
    for pen in headlines:
        most = round(_HEADLINES_LINES * sizes[0] * _HEADLINE_LEADING)
        block = pen.set_in(most, sizes, _HEADLINE_LEADING)
        if sum(each.height + _GAP for each in blocks) + block.height + _GAP > room:
            break
        blocks.append(block)
    size = min((block.setting.size for block in blocks), default=0)
    return [
        block.pen.set_in(round(_HEADLINES_LINES * size * _HEADLINE_LEADING) + 1, (size,), _HEADLINE_LEADING)
        for block in blocks
    ]


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

    def set_in(self, room: int, sizes: tuple[int, ...], leading: float) -> _Block:
        """Return the text in lines, at the best size for `room` pixels of height."""
        if not self.text:
            return _Block(self, Setting(0, ()), leading)
        width = WIDTH - 2 * _MARGIN
        setting = set_in_box(
            self.text, self._measure, width=width, height=room, sizes=sizes, leading=leading, language=self.language
        )
        return _Block(self, setting, leading)

    def _measure(self, size: int) -> Measure:
        """Return a function that measures a line at a size; widths at different sizes are proportional."""
        right_to_left = self.right_to_left
        return lambda line: _length(self.face, line, right_to_left) * size / _MEASURED_AT


class _Block(NamedTuple):
    """A text in lines."""

    pen: _Pen
    setting: Setting
    leading: float

    @property
    def height(self) -> int:
        """Pixels of height."""
        return round(len(self.setting.lines) * self.setting.size * self.leading)

    def draw(self, draw: ImageDraw.ImageDraw, top: int, color: Color, *, right: bool) -> int:
        """Draw the lines from `top` downwards; return where they end."""
        if not self.setting.lines:
            return top
        pen, size = self.pen, self.setting.size
        font = pen.face.at(size)
        shapes = _shapes(font)
        direction = ("rtl" if pen.right_to_left else "ltr") if shapes else None
        language = pen.language if shapes else None
        for number, line in enumerate(self.setting.lines):
            baseline = top + number * size * self.leading + size
            # The left half of a full-width opening bracket is blank: moved out, its line looks aligned with the others.
            hang = round(size * 0.45) if line[0] in _HANGING else 0
            place = (WIDTH - _MARGIN if right else _MARGIN - hang, round(baseline))
            draw.text(place, line, color, font, "rs" if right else "ls", direction=direction, language=language)
        return top + self.height


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
