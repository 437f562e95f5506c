"""Drop from the top of an article the lines that the chapter's header repeats: the date and the title."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bs4.element import NavigableString, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, in_order, walk
from epubmaker.chapters.xhtml.content import HEADINGS, names
from epubmaker.text.characters import plain

__all__ = ["drop_date_line", "drop_title"]

_LINES = names("div p i em time span small")
_WORD = re.compile(r"[^\W_]+")
_SITE = re.compile(r"\s+[|\-–—_·•:»]+\s+")
# RFC 2822, section 3.3, with the names of zones that feeds use: Python's reader takes whatever follows for a comment.
_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3,9}, ?)?[0-9]{1,2} [A-Za-z]{3,9} [0-9]{2,4} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"(?: ?(?:[+-][0-9]{4}|[A-Za-z]{1,5}))?(?: \([A-Za-z ]{1,40}\))?"
)
_BEFORE_TITLE = 300  # characters at most before the title: a section's name, a date, names of authors
_NODES = 200
_LONGEST = 500
_LONGEST_DATE = 200  # white space between its parts included


def drop_date_line(root: Tag, context: PassContext) -> None:
    """Remove the first line of the body if it is the date of publication and nothing else."""
    line = next(
        (child for child in root.contents if not (isinstance(child, NavigableString) and child.isspace())), None
    )
    if context.published is None or not isinstance(line, Tag) or line.name not in _LINES:
        return
    nodes = list(walk(line)) if len(line.contents) < 10 else []
    raw = "".join([node for node in nodes if isinstance(node, NavigableString)])
    if (
        not nodes
        or len(raw) > _LONGEST_DATE
        or any(isinstance(node, Tag) and node.name not in _LINES for node in nodes)
    ):
        return
    if _moment(plain(raw)) == context.published.astimezone(UTC):
        edits = Edits(root)
        edits.remove(line)
        edits.apply()


def _moment(text: str) -> datetime | None:
    try:
        if _MAIL_DATE.fullmatch(text):
            moment = parsedate_to_datetime(text)
        elif text[:4].isdigit():
            moment = datetime.fromisoformat(text)
        else:
            return None
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def drop_title(root: Tag, context: PassContext) -> None:
    """Remove the article's title where the body begins with it, as a heading or as a paragraph."""
    parts = _SITE.split(context.title)
    whole = _key(context.title)
    wanted = {whole, *map(_key, {parts[0], parts[-1]} - {context.title})}
    wanted = {key for key in wanted if len(key) >= min(4, len(whole))} - {""}
    if not wanted:
        return
    first = {key[0] for key in wanted}
    length = 0
    for number, node in enumerate(in_order(root)):
        if number > _NODES or length > _BEFORE_TITLE:
            return
        if isinstance(node, Tag) and (node.name in HEADINGS or (node.name == "p" and not length)):
            text = _short_text(node)
            if text is not None and _is_one_of(text, wanted, first) and node.find("img") is None:
                edits = Edits(root)
                edits.remove(node)
                edits.apply()
                return
        elif isinstance(node, NavigableString):
            length += len(node.strip())


def _is_one_of(text: str, wanted: AbstractSet[str], first: AbstractSet[str]) -> bool:
    """Return True when a text's key is wanted. The first letter alone rules out most texts."""
    word = _WORD.search(text)
    return word is not None and word[0][0].casefold()[0] in first and _key(text) in wanted


def _short_text(tag: Tag) -> str | None:
    """Return the text of an element, None when it is longer than a title."""
    only = tag.contents[0] if len(tag.contents) == 1 else None
    if isinstance(only, NavigableString):
        return only if len(only) <= _LONGEST else None
    found = ""
    for number, node in enumerate(walk(tag)):
        if isinstance(node, NavigableString):
            found += node
        if len(found) > _LONGEST or number > _NODES:
            return None
    return found


def _key(text: str) -> str:
    """Return the letters and digits of a text, for comparing."""
    return "".join(_WORD.findall(text.casefold()))
