"""Replace what a book cannot hold, such as videos and players of other sites, by a line with a link to it.

Form controls are replaced by their text, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from bs4.element import NavigableString, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.triggers import EMBEDS
from epubmaker.chapters.tree import (
    Edits,
    attribute,
    element,
    is_text,
    picture_ref,
    tags_in_order,
    text_within,
    walk,
)
from epubmaker.chapters.xhtml.content import HEADINGS, names
from epubmaker.text.addresses import resolve, site
from epubmaker.text.characters import plain

__all__ = ["name_embeds", "name_posts", "reduce_controls"]

_SOUND = names("audio amp-audio")
_MOVING = names("video amp-video amp-vimeo amp-youtube lite-youtube youtube-video")
_ADDRESSES = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-url", "data", "href")
# A part of a page that a browser saved, in the folder beside it: on the web there is nothing at that address.
_SAVED_PART = re.compile(r"(?:\./)?[^/?#:]{1,255}(?:_files|\.files)/")
_FIELDS = names("select textarea")  # what a reader chooses or writes
_CONTENT = names("a img p ul ol table")  # content of an `object` that replaces it where it cannot be shown
_VIDEO_HOSTS = re.compile(
    r"(?:^|\.)(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|dailymotion\.com|bilibili\.com|v\.qq\.com|youku\.com|"
    r"rutube\.ru|twitch\.tv|brightcove\.net|jwplayer\.com|tiktok\.com|streamable\.com|ted\.com)$"
)
_SOUND_HOSTS = re.compile(
    r"(?:^|\.)(?:soundcloud\.com|spotify\.com|podcasts\.apple\.com|simplecast\.com|megaphone\.fm)$"
)
# Counters, advertisements and buttons, which are dropped without a line.
_NOTHING_HOSTS = re.compile(
    r"(?:^|\.)(?:doubleclick\.net|googlesyndication\.com|googletagmanager\.com|google-analytics\.com|adnxs\.com|"
    r"amazon-adsystem\.com|taboola\.com|outbrain\.com|criteo\.com|scorecardresearch\.com|recaptcha\.net|disqus\.com)$"
)
_NOTHING_PATHS = re.compile(r"^/plugins/(?:like|share_button|page)\.php|^/recaptcha/|^/widgets/(?:follow|tweet)_button")
# Where posts name their page: a Facebook post, one of Instagram, any quotation.
_POST_ADDRESSES = ("data-href", "data-instgrm-permalink", "cite")
_SWITCH = re.compile(
    r"toggle|switch|sidenote|margin|spoiler|accordion|collaps|expand|disclos|read-?more|show-?more|"
    r"(?:^|[\s_-])(?:tab|menu|nav|drawer|modal|fn|note)s?(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_TASK = re.compile(r"task|todo|check-?list", re.IGNORECASE)
_POST_CLASS = re.compile(r"(?:^|\s)fb-(?:post|video|comment-embed)(?:$|\s)")


def name_embeds(root: Tag, context: PassContext) -> None:
    """Replace players and frames below `root` by paragraphs with a link."""
    edits = Edits(root)
    inside: set[int] = set()
    for node in walk(root):
        if isinstance(node, Tag) and node.name in EMBEDS and id(node) not in inside:
            inside.update(id(child) for child in walk(node) if isinstance(child, Tag) and child.name in EMBEDS)
            _replace(node, context, edits)
    edits.apply()


def _replace(tag: Tag, context: PassContext, edits: Edits) -> None:
    address = _address(tag, context.base)
    own_words = context.words
    if address is None and tag.name in {"object", "applet"}:
        edits.replace(tag, *tag.contents)
    elif address is None:
        if tag.name in _SOUND | _MOVING:
            edits.replace(tag, element("p", [NavigableString(own_words["audio" if tag.name in _SOUND else "video"])]))
        else:
            _leave_out(tag, context, edits)
    elif _is_nothing(tag, address):
        _leave_out(tag, context, edits)
    elif tag.name == "object" and tag.find(list(_CONTENT)) is not None:
        edits.replace(tag, *tag.contents)
    else:
        page = _page(address)
        word = own_words[_kind(tag, page)]
        title = plain(attribute(tag, "title") or attribute(tag, "aria-label"))[:200] or site(page) or page
        link = element("a", [NavigableString(f"{word}: {title}")], href=page)
        edits.replace(tag, element("p", [link]))


def _leave_out(frame: Tag, context: PassContext, edits: Edits) -> None:
    edits.remove(frame)
    context.left_out["frame"] += 1


def _address(tag: Tag, base: str | None) -> str | None:
    video = attribute(tag, "data-videoid") or attribute(tag, "videoid")
    if video and tag.name in {"amp-youtube", "lite-youtube", "youtube-video"}:
        return resolve(None, f"https://www.youtube.com/watch?v={video}")
    if video and tag.name == "amp-vimeo":
        return resolve(None, f"https://vimeo.com/{video}")
    offered = [attribute(tag, name) for name in _ADDRESSES]
    offered += [attribute(source, "src") for source in tag.find_all("source", limit=3)]
    offered += [attribute(param, "value") for param in tag.find_all("param", attrs={"name": ["movie", "src"]}, limit=1)]
    found = (
        resolve(base, address)
        for address in offered
        if address and not address.startswith("about:") and not _SAVED_PART.match(address)
    )
    return next((address for address in found if address), None)


def _is_nothing(tag: Tag, address: str) -> bool:
    if tag.name in _SOUND | _MOVING:
        return False
    sizes = [attribute(tag, name).removesuffix("px") for name in ("width", "height")]
    if any(size in {"0", "1"} for size in sizes):
        return True
    parts = urlsplit(address)
    return bool(_NOTHING_HOSTS.search(parts.hostname or "") or _NOTHING_PATHS.search(parts.path))


def _kind(tag: Tag, address: str) -> str:
    host = urlsplit(address).hostname or ""
    if tag.name in _MOVING or _VIDEO_HOSTS.search(host):
        return "video"
    return "audio" if tag.name in _SOUND or _SOUND_HOSTS.search(host) else "embedded"


def _youtube(path: str, _: Mapping[str, list[str]]) -> str | None:
    match = re.match(r"/(?:embed|v|shorts)/([\w-]{6,20})", path, re.ASCII)
    return f"https://www.youtube.com/watch?v={match[1]}" if match and match[1] != "videoseries" else None


def _vimeo(path: str, _: Mapping[str, list[str]]) -> str | None:
    match = re.match(r"/video/(\d+)", path, re.ASCII)
    return f"https://vimeo.com/{match[1]}" if match else None


def _bilibili(_: str, query: Mapping[str, list[str]]) -> str | None:
    video = query.get("bvid", [""])[0]
    return f"https://www.bilibili.com/video/{video}" if re.fullmatch(r"\w{6,20}", video, re.ASCII) else None


def _dailymotion(path: str, _: Mapping[str, list[str]]) -> str | None:
    match = re.match(r"/embed/video/(\w+)", path, re.ASCII)
    return f"https://www.dailymotion.com/video/{match[1]}" if match else None


_PAGES: Mapping[str, Callable[[str, Mapping[str, list[str]]], str | None]] = {
    "www.youtube.com": _youtube,
    "youtube.com": _youtube,
    "www.youtube-nocookie.com": _youtube,
    "player.vimeo.com": _vimeo,
    "player.bilibili.com": _bilibili,
    "www.dailymotion.com": _dailymotion,
}


def _page(address: str) -> str:
    """Return the address of the page of a video for the address of its player, any other address as it is."""
    parts = urlsplit(address)
    page = _PAGES.get(parts.hostname or "")
    return (page(parts.path, parse_qs(parts.query)) if page is not None else None) or address


def name_posts(root: Tag, context: PassContext) -> None:
    """Replace posts of other sites that a script would have loaded, and whose text is not here, by a line with a link."""
    edits = Edits(root)
    inside: set[int] = set()
    for node in tags_in_order(root):
        if id(node) in inside or not _is_post(node) or any(map(is_text, walk(node))):
            continue
        held = [tag for tag in walk(node) if isinstance(tag, Tag)]
        inside.update(map(id, held))
        links = [attribute(tag, "href") for tag in held if tag.name == "a"]
        offered = [attribute(node, name) for name in _POST_ADDRESSES] + links
        address = next(filter(None, (resolve(context.base, each) for each in offered if each)), None)
        if address is not None and not any(picture_ref(tag) for tag in held):
            label = f"{context.words['embedded']}: {site(address) or address}"
            edits.replace(node, element("p", [element("a", [NavigableString(label)], href=address)]))
    edits.apply()


def _is_post(tag: Tag) -> bool:
    return tag.name == "blockquote" or ("data-href" in tag.attrs and bool(_POST_CLASS.search(attribute(tag, "class"))))


def reduce_controls(root: Tag, context: PassContext) -> None:
    """Show tick boxes as characters; what is there to choose, to write or to send goes.

    A box that opens a note or a part of the page goes, with its label where that is a sign alone. A button outside of a
    form may be a part of the text, and one that is all of a heading is.
    """
    edits = Edits(root)
    boxes: list[Tag] = []
    labels: dict[str, Tag] = {}
    for node in walk(root):
        if isinstance(node, Tag) and node.name == "input" and attribute(node, "type").lower() in {"checkbox", "radio"}:
            boxes.append(node)
        elif isinstance(node, Tag) and node.name == "label" and "for" in node.attrs:
            labels.setdefault(attribute(node, "for"), node)
        elif isinstance(node, Tag) and _is_control(node):
            edits.remove(node)
            context.left_out["control"] += 1
    for box in boxes:
        label = labels.get(attribute(box, "id")) if "id" in box.attrs else None
        around = box.parent if box.parent is not None and box.parent.name not in {"form", "li", "td"} else None
        is_sign = label is not None and not any(map(str.isalnum, text_within(label, 20)))
        if is_sign or ((label or around) and any(_is_switch(tag) for tag in (box, label, around) if tag is not None)):
            edits.remove(box)
            if is_sign and label is not None:
                edits.remove(label)
        else:
            edits.replace(box, NavigableString("☑ " if "checked" in box.attrs else "☐ "))
    edits.apply()


def _is_control(tag: Tag) -> bool:
    """Tell whether an element is there to choose, to write or to send."""
    if tag.name == "input":
        return attribute(tag, "type").lower() != "hidden"
    return tag.name in _FIELDS or (tag.name == "button" and _is_in_form(tag))


def _is_in_form(button: Tag) -> bool:
    """Tell whether a button belongs to a form, and is not what a heading says."""
    above = {parent.name for parent in button.parents}
    return "form" in above and above.isdisjoint(HEADINGS)


def _is_switch(tag: Tag) -> bool:
    """Tell whether a box, or its label, opens something, by its names."""
    called = " ".join(attribute(tag, name) for name in ("class", "id", "name", "for"))
    return _SWITCH.search(called) is not None and not _TASK.search(called)
