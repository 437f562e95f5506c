"""How pictures stand to each other and to the title: which one leads a chapter, and which are a gallery."""

from __future__ import annotations

import re

__all__ = ["in_galleries", "lead_of"]

_SMALL = 240  # pixels of width, below which a picture is narrow in any shape
_GALLERY = re.compile(r"(?:<figure(?: id=\"[^\"]*\")?>(?:(?!</?figure[ >]).)*</figure>){2,}", re.DOTALL)
# The widths of pictures in a gallery, by the most of height over width for which each is: so two of them fit on a page.
_STEPS = (
    (0.6, ""),
    (0.8, ' class="g1"'),
    (1.1, ' class="g2"'),
    (1.35, ' class="g3"'),
    (float("inf"), ' class="g4"'),
)
_SIZED = re.compile(
    r'(?P<start><img [^<>]* width="(?P<width>\d+)" height="(?P<height>\d+)")(?: class="s[123]")?(?P<end>[^<>]*/>)'
)
_FIRST_FIGURE = re.compile(
    r'<figure(?: id="[^"]*")?><img [^<>]*width="(?P<width>\d+)" height="(?P<height>\d+)"[^<>]*/>'
    r"(?:(?!<figure).)*?</figure>",
    re.DOTALL,
)
_LEVEL = 0.8  # height over width of a picture that leaves room for the title below it


def in_galleries(body: str) -> str:
    """Return a text in which figures that follow each other have pictures so narrow that two fit on a page."""
    return _GALLERY.sub(lambda run: _SIZED.sub(_smaller, run[0]), body) if "</figure><figure" in body else body


def _smaller(image: re.Match[str]) -> str:
    width, height = int(image["width"]), int(image["height"])
    step = next(step for most, step in _STEPS if height <= most * width) if width >= _SMALL else ""
    return f"{image['start']}{step}{image['end']}"


def lead_of(body: str) -> tuple[str, str]:
    """Return the figure that a text begins with, for the place above the title, and the rest; "" where there is none.

    Below a title with a standfirst it would often be alone on the next page. A high or a small picture does not lead.
    """
    found = _FIRST_FIGURE.match(body)
    if found is None or found[0].count("<img ") != 1:
        return "", body
    width, height = int(found["width"]), int(found["height"])
    if height > _LEVEL * width or width < _SMALL:
        return "", body
    return found[0].replace("<figure", '<figure class="lead"', 1) + "\n", body[found.end() :]
