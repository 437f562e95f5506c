"""Files that a feed attaches to an article: pictures become figures, sound and films what a player stands for. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from epubmaker.text.addresses import resolve
from epubmaker.text.pictureaddresses import picture_key, picture_keys

__all__ = ["Attachment", "clock", "with_attachments"]

_MOST_PICTURES = 20
_MOST_OTHERS = 10
_PICTURE = re.compile(r"\.(?:avif|gif|jpe?g|jfif|png|svg|webp)$", re.IGNORECASE)
_SOUND = re.compile(r"\.(?:aac|flac|m4a|mp3|oga|ogg|opus|wav)$", re.IGNORECASE)
_FILM = re.compile(r"\.(?:avi|m4v|mkv|mov|mp4|mpe?g|ogv|webm)$", re.IGNORECASE)


class Attachment(NamedTuple):
    """A file beside an article's text.

    `address` is as the feed has it. `type` is a media type or its first part, "" where it is not known. `is_preview`: a
    small picture that stands for the article in lists. `group` is the same for forms of one file in several sizes, 0 for a
    file of its own. `width` is in pixels, 0 where it is not known; `duration` is in figures: "34:12".
    """

    address: str
    type: str = ""
    title: str = ""
    caption: str = ""
    is_preview: bool = False
    group: int = 0
    width: int = 0
    duration: str = ""


def with_attachments(text: str, attached: Sequence[Attachment], base: str | None) -> str:
    """Return an article's HTML with the pictures that it lacks on top and the other files at the end.

    `base` is where relative addresses start from. Of a picture in several sizes the widest is taken. A preview is taken
    where there is no other picture.
    """
    if not attached:
        return text
    pictures: dict[str, tuple[str, Attachment]] = {}  # by key
    groups: dict[int, str] = {}
    others: dict[str, str] = {}  # by address
    for one in attached:
        address = resolve(base, one.address[:2000])
        if address is None:
            continue
        kind = _kind(one.type, address)
        if kind == "image":
            key = picture_key(address, None)
            key = groups.setdefault(one.group, key) if one.group else key
            known = pictures.get(key)
            if known is None or (one.width, known[1].is_preview) > (known[1].width, one.is_preview):
                pictures[key] = address, one
        elif address not in others:
            others[address] = _other(kind, address, one)
    shown = set(picture_keys(text.encode("utf-8", "surrogatepass"), base).split()) if pictures else set()
    chosen = [found for key, found in pictures.items() if key not in shown and not found[1].is_preview]
    if not chosen and not shown and "<img" not in text:
        chosen = list(pictures.values())[:1]
    return "".join([*_figures(chosen[:_MOST_PICTURES]), text, *list(others.values())[:_MOST_OTHERS]])


def _kind(media_type: str, address: str) -> str:
    """Return "image", "audio", "video" or "": by the media type, else by the ending."""
    kind = media_type.partition("/")[0].strip().lower()
    if kind in {"image", "audio", "video"}:
        return kind
    if kind and not media_type.endswith("octet-stream"):
        return ""
    path = urlsplit(address).path
    patterns = (("image", _PICTURE), ("audio", _SOUND), ("video", _FILM))
    return next((name for name, pattern in patterns if pattern.search(path)), "")


def _figures(pictures: Iterable[tuple[str, Attachment]]) -> Iterable[str]:
    for address, one in pictures:
        caption = f"<figcaption>{html.escape(one.caption)}</figcaption>" if one.caption else ""
        yield f'<figure><img src="{html.escape(address)}" alt="{html.escape(one.title)}">{caption}</figure>'


def _other(kind: str, address: str, one: Attachment) -> str:
    title = one.title or _file_name(address)
    title = f"{title} ({one.duration})" if one.duration else title
    if kind:
        return f'<{kind} src="{html.escape(address)}" title="{html.escape(title)}"></{kind}>'
    return f'<p><a href="{html.escape(address)}">{html.escape(title)}</a></p>'


def _file_name(address: str) -> str:
    return unquote(urlsplit(address).path.rpartition("/")[2]) or urlsplit(address).netloc


def clock(duration: str) -> str:
    """Return a duration in seconds as hours, minutes and seconds; one in figures as it is; "" for any other text."""
    if duration.isascii() and duration.isdigit() and len(duration) < 7:
        minutes, seconds = divmod(int(duration), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return duration if re.fullmatch(r"[0-9]{1,3}(?::[0-9]{1,2}){1,2}", duration) else ""
