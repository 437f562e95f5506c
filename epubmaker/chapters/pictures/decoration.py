"""Tell pictures that only decorate the page or count visitors, and those that stand for a character."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from epubmaker.chapters.style import is_hidden, read

__all__ = ["Size", "declared_size", "emoji_text", "is_decoration", "is_formula", "may_be_icon"]

Size: TypeAlias = tuple[int | None, int | None]
"""Width and height in pixels, None where they are not known."""

_SMALL = 32  # pixels; smaller pictures are icons
_LARGEST_AVATAR = 150
_LARGEST_EMOJI = 72

_FORMULA = re.compile(r"(?:^|[\s_-])(?:tex|latex|math|mathjax|equation|formula|eeimg|mwe)(?:$|[\s_-])", re.IGNORECASE)
_AVATAR = re.compile(
    r"(?:^|[\s_-])(?:avatar|gravatar|user-?pic|author-?(?:photo|image|avatar))(?:$|[\s_-])", re.IGNORECASE
)
_AVATAR_HOST = re.compile(r"//[\w.-]*gravatar\.com/", re.IGNORECASE)
_TRACKER = re.compile(
    r"//(?:[\w-]+\.)*(?:doubleclick\.net|scorecardresearch\.com|google-analytics\.com|quantserve\.com|chartbeat\.net|"
    r"pixel\.wp\.com|pixel\.quantserve\.com|stats\.wordpress\.com|feedsportal\.com|statcounter\.com|histats\.com|"
    r"hm\.baidu\.com|cnzz\.com|2o7\.net|omtrdc\.net|imrworldwide\.com|mc\.yandex\.ru|counter\.yadro\.ru)/"
    r"|//(?:www\.)?facebook\.com/tr\b|//feeds\.feedburner\.com/~r/|//feeds\.[\w.-]+/~r/|/(?:__utm|b|count|track)\.gif\?",
    re.IGNORECASE,
)
# Drawings of the page's own: a magnifying glass, an arrow. A photograph may be called "icon-of-a-saint.jpg".
_ICON = re.compile(
    r"(?:(?:/icons?/[^?#]*|/(?:icon|ico)[-_][^/?#]*|[-_]icon)\.(?:svg|png|gif|ico|webp|avif)|/icons?/[^.?#]*)(?:[?#]|$)",
    re.IGNORECASE,
)
_LARGEST_ICON = 100

_EMOJI_CLASS = re.compile(
    r"(?:^|[\s_-])(?:emoji|emojione|twemoji|joypixels|smiley|emoticon|wp-smiley)(?:$|[\s_-])", re.IGNORECASE
)
_EMOJI_ADDRESS = re.compile(
    r"/(?:emoji|emojis|emojione|twemoji|smileys?|smilies|emoticons?)/|emoji\.php/", re.IGNORECASE
)
_CODE_POINTS = re.compile(r"(?:u|emoji_?u?)?([0-9a-f]{2,6}(?:[-_][0-9a-f]{2,6}){0,9})", re.IGNORECASE)


def declared_size(attributes: Mapping[str, str]) -> Size:
    """Return the width and the height in pixels that attributes or inline style declare, None where they do not."""
    width, height = read(attributes.get("style", "")).size(attributes)
    return None if width is None else int(width), None if height is None else int(height)


def is_formula(attributes: Mapping[str, str]) -> bool:
    """Return True for a picture of a formula, by the classes that the usual programs give it."""
    return bool(_FORMULA.search(attributes.get("class", ""))) or "eeimg" in attributes


def is_decoration(attributes: Mapping[str, str], sources: Sequence[str], size: Size) -> bool:
    """Return True for tracking pixels, spacers, icons and authors' portraits beside a byline; `size` is as declared."""
    kind = attributes.get("class", "")
    if is_formula(attributes):
        return False
    width, height = size
    least, most = min(width or 0, height or 0), max(width or 0, height or 0)
    if width is not None and height is not None and (most < _SMALL or least <= 2):
        return True
    if (width is not None and width <= 2) or (height is not None and height <= 2):
        return True
    if any(_TRACKER.search(source[:200]) for source in sources):
        return True
    if most <= _LARGEST_ICON and any(_ICON.search(source[:500]) for source in sources):
        return True
    portrait = bool(_AVATAR.search(kind)) or any(_AVATAR_HOST.search(source[:200]) for source in sources)
    return portrait and most <= _LARGEST_AVATAR


def may_be_icon(attributes: Mapping[str, str], sources: Sequence[str]) -> bool:
    """Return True for a picture that decorates, but could be seen: no pixel, no visitor's counter, no portrait."""
    width, height = declared_size(attributes)
    if min(width or _SMALL, height or _SMALL) <= 2 or any(_TRACKER.search(source[:200]) for source in sources):
        return False
    return not _AVATAR.search(attributes.get("class", "")) and not is_hidden(attributes)


def emoji_text(attributes: Mapping[str, str], sources: Sequence[str], size: Size) -> str | None:
    """Return the characters that a picture stands for, "" when they are unknown; None when it is an ordinary picture."""
    width, height = size
    if max(width or 0, height or 0) > _LARGEST_EMOJI:
        return None
    alt = attributes.get("alt", "").strip()
    named = _EMOJI_CLASS.search(attributes.get("class", ""))
    if not named and not (len(alt) <= 20 and any(_EMOJI_ADDRESS.search(source[:500]) for source in sources)):
        return None
    if alt:
        return alt
    for source in sources:
        match = _CODE_POINTS.fullmatch(source.split("?", 1)[0].rsplit("/", 1)[-1].rsplit(".", 1)[0])
        if match:
            return "".join(map(_character, re.split("[-_]", match[1])))
    return ""


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if 0xA0 <= number <= 0x1FFFF else ""
