"""The size at which a chapter shows a picture, as markup: what the article declares, within what the file holds."""

from __future__ import annotations

from epubmaker.model.chapters import PictureSlot, ShownSize
from epubmaker.model.pictures import Picture, PictureFile

__all__ = ["size_attributes"]

_SMALL = 240  # pixels of width, below which a picture is narrow in any shape
# The widths of pictures, by the most of height over width for which each is: so all come out about equally high.
# About half of a page: a picture that leads, and a drawing, whose words are to be read.
_LARGE = ((0.8, ""), (1.1, ' class="s1"'), (1.35, ' class="s2"'), (float("inf"), ' class="s3"'))
# About a third of a page: a photograph in the text. The foot of a page stays blank where the next picture does not fit.
_IN_TEXT = (
    (0.45, ""),
    (0.6, ' class="t1"'),
    (0.8, ' class="t2"'),
    (1.1, ' class="t3"'),
    (float("inf"), ' class="t4"'),
)


def size_attributes(picture: Picture, slot: PictureSlot, file: PictureFile, *, leads: bool = False) -> str:
    """Return the attributes of a picture's file that say how large it is shown; the first of a chapter may lead it."""
    is_strip = len(picture.files) > 1  # its pieces are meant to fill the page
    if not is_strip and (slot.inline or (slot.shown and slot.shown.always)):
        size = _declared(picture, slot.shown)
        if size:
            return size
    # A picture as high as the page leaves no room for its caption.
    step = "" if is_strip else _step(file, large=leads or slot.inline or file.media_type == "image/png")
    return f"{_pixels(file.width, file.height)}{step}"


def _declared(picture: Picture, shown: ShownSize | None) -> str:
    """Return the attributes for the size that an article declares, "" where a picture has its own size."""
    file = picture.files[0]
    natural = width, height = file.width / picture.scale, file.height / picture.scale
    measures = []
    if shown is not None and (shown.width or shown.height):
        ratio = file.width / file.height
        width = shown.width.pixels if shown.width else shown.height.pixels * ratio if shown.height else 0.0
        height = shown.height.pixels if shown.height else width / ratio
        sides = (("width", shown.width, width), ("height", shown.height, height))
        if any(given and given.of_text for _, given, _ in sides):
            measures = [
                f"{name}: {given if given and given.of_text else f'{side / 16:.4g}em'}" for name, given, side in sides
            ]
        elif width > natural[0]:
            width, height = natural
    if shown is not None and shown.align:
        measures.append(f"vertical-align: {shown.align}")
    if not measures and (width, height) == (file.width, file.height):
        return ""
    style = f' style="{"; ".join(measures)}"' if measures else ""
    return f"{_pixels(width, height)}{style}"


def _pixels(width: float, height: float) -> str:
    return f' width="{max(1, round(width))}" height="{max(1, round(height))}"'


def _step(file: PictureFile, *, large: bool) -> str:
    """Return the class for the width of a picture; "" for one that is small enough in any shape."""
    if file.width < _SMALL:
        return ""
    return next(step for most, step in (_LARGE if large else _IN_TEXT) if file.height <= most * file.width)
