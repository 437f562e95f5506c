"""The archive form, in which a mirror of feeds keeps articles.

    <!--1642027143000-->                                     when it was archived, Unix milliseconds
    [title](link)                                            the title may hold brackets, entities and markup
    ------
    <div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div>…         when it was published, then the article's HTML

Each of these lines may be missing. A missing title or a line that cannot be read becomes an issue, never an error.
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime
from typing import NamedTuple

from epubmaker.text.addresses import resolve
from epubmaker.text.characters import plain

__all__ = ["Head", "body_start", "clean_title", "read_head"]

_ARCHIVED = re.compile(r"\s*<!--\s*(-?\d{1,20})\s*-->")
_TITLE = re.compile(r"\s*(?P<line>\[[^\n]*)(?:\n|$)")
_PLAIN_TITLE = re.compile(r"\s*(?P<title>[^\s<][^\n<]*)\n[ \t]*(?=[-=]{3,}[ \t]*(?:\n|$))")
_RULE = re.compile(r"\s*[-=]{3,}[ \t]*(?:\n|$)")
_PUBLISHED = re.compile(r"\s*<div>\s*<i>([^<>]{4,80})</i>\s*</div>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_TAG_OR_COMMENT = re.compile(rf"{_TAG.pattern}|<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"<(title|h1|h2)\b[^<>]*>", re.IGNORECASE)
_HEADING_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("title", "h1", "h2")}

_SECONDS_BELOW = 10**11  # smaller numbers count seconds: as milliseconds they would be before March 1973
_LAYOUT = frozenset({"Cf", "Cn", "Co"})  # categories: format (bidi controls, for instance), unassigned, private use
_JOINERS = frozenset("\u200c\u200d")  # format characters that belong to the spelling of Persian and to composed emoji
_TITLE_FROM_TEXT = 60


class Head(NamedTuple):
    """The lines above an article's body; `body` is the index in the text where the body begins.

    `problems` are pairs of an issue code and a message. `source` is the name of the site, channel or feed; it and `author`
    are "" where the lines do not say.
    """

    title: str
    link: str | None
    published: datetime | None
    archived: datetime | None
    body: int
    problems: tuple[tuple[str, str], ...] = ()
    source: str = ""
    author: str = ""


def read_head(text: str, fallback_title: str) -> Head:
    """Read the lines above an article's body from its text, or from a beginning of it; line ends are newlines.

    Without a title line the title is the body's first heading, else its first words, else `fallback_title`.
    """
    problems: list[tuple[str, str]] = []
    position = 0
    archived = published = None
    found = _ARCHIVED.match(text)
    if found:
        position = found.end()
        archived = _from_unix(int(found[1]))
        if archived is None:
            problems.append(("article-bad-date", f"the archive date {found[1]} is no date"))

    title, link = "", None
    found = _title_line(text, position)
    if found:
        position = found.end()
        title, link = _title_and_link(found[0].strip())
        if link is not None and resolve(None, link) is None:
            problems.append(("article-bad-link", f"not a web address: {link[:200]}"))
            link = None
    else:
        problems.append(("article-no-header", "no line with a title and a link above the text"))
    rule = _RULE.match(text, position)
    if rule:
        position = rule.end()

    found = _PUBLISHED.match(text, position)
    if found:
        published = parse_date(html.unescape(found[1]))
        if published is not None:
            position = found.end()
        elif _is_like_date(html.unescape(found[1])):  # else it is a byline, a place or the name of a section
            problems.append(("article-bad-date", f"the publication date is no date: {found[1].strip()}"))
    return Head(
        title=title or _title_from(text[position:]) or fallback_title,
        link=resolve(None, link) if link else None,
        published=published,
        archived=archived,
        body=position,
        problems=tuple(problems),
    )


def body_start(text: str) -> int:
    """Return the index where the body begins: the same as `read_head` gives, in a third of the time."""
    found = _ARCHIVED.match(text)
    position = found.end() if found else 0
    found = _title_line(text, position)
    position = found.end() if found else position
    found = _RULE.match(text, position)
    position = found.end() if found else position
    found = _PUBLISHED.match(text, position)
    return found.end() if found and parse_date(html.unescape(found[1])) is not None else position


def _title_line(text: str, position: int) -> re.Match[str] | None:
    """Match the line with the title if it comes next: "[title](link)", "[title]", or a text with a rule under it."""
    found = _TITLE.match(text, position)
    if found:
        line = found["line"].rstrip(" \t")
        if line.endswith("]") or (line.endswith(")") and "](" in line):
            return found
    return _PLAIN_TITLE.match(text, position)


def clean_title(markup: str) -> str:
    """Return a title as plain text: without tags, entities, control and layout characters, on one line."""
    text = html.unescape(_without_tags(markup) if "<" in markup else markup)
    if not text.isprintable():  # printable texts hold no layout characters, and need no look at each character
        text = "".join(char for char in text if char in _JOINERS or unicodedata.category(char) not in _LAYOUT)
    return unicodedata.normalize("NFC", plain(text))


def parse_date(text: str) -> datetime | None:
    """Read a date, with or without a time, in UTC; None when it is no date.

    Known forms: RFC 5322 (section 3.3, and the obsolete ones of 4.3), ISO 8601, and those of `writtendates`: "1 Jan 2022",
    "January 1st, 2022, 9:30 pm", "2022/1/1". Without a time it is the beginning of the day, without an offset UTC.
    """
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 8 ms, and heads that are known need none

    text = text.strip()
    for parse in (parsedate_to_datetime, datetime.fromisoformat, _read_written):
        try:
            moment = parse(text)
            return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _read_written(text: str) -> datetime:
    from epubmaker.collector.sources.writtendates import read_written  # noqa: PLC0415 - its patterns take 4 ms

    return read_written(text)


def _is_like_date(text: str) -> bool:
    from epubmaker.collector.sources.writtendates import is_like_date  # noqa: PLC0415 - as above

    return is_like_date(text)


def _title_and_link(line: str) -> tuple[str, str | None]:
    """Split `[title](link)` at the last `](`, since titles may hold brackets and links parentheses."""
    middle = line.rfind("](")
    if not line.startswith("["):
        return clean_title(line), None
    if middle < 0 or not line.endswith(")"):
        return clean_title(line[1:].removesuffix("]")), None
    return clean_title(line[1:middle]), html.unescape(line[middle + 2 : -1]).strip() or None


def _without_tags(markup: str) -> str:
    # After the last `-->` comments are not searched for: each `<!--` there would cost a search to the end of the text.
    end = markup.rfind("-->") + 3 if "-->" in markup else 0
    return _TAG_OR_COMMENT.sub("", markup[:end]) + _TAG.sub("", markup[end:])


def _title_from(body: str) -> str:
    title = clean_title(_first_heading(body))
    if title:
        return title
    words = clean_title(body[:2000])
    if len(words) <= _TITLE_FROM_TEXT:
        return words
    return words[:_TITLE_FROM_TEXT].rpartition(" ")[0] or words[:_TITLE_FROM_TEXT]


def _first_heading(body: str) -> str:
    """Return the content of the first heading that is closed; "" if there is none."""
    unclosed: set[str] = set()
    for start in _HEADING.finditer(body):
        name = start[1].lower()
        if name in unclosed:
            continue
        end = _HEADING_ENDS[name].search(body, start.end())
        if end is not None:
            return body[start.end() : end.start()]
        unclosed.add(name)
        if len(unclosed) == len(_HEADING_ENDS):
            break
    return ""


def _from_unix(number: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(number if 0 <= number < _SECONDS_BELOW else number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
