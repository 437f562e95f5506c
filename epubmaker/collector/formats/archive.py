"""The archive form, in which a mirror of feeds keeps articles.

    ---                                                      front matter (see `frontmatter`), then
    title: "title"
    ---
    <!--1642027143000-->                                     when it was published or archived, Unix milliseconds
    [title](link)                                            the title may hold brackets, entities and markup
    ------
    <div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div>…         when it was published, then the article's HTML

Each of these lines may be missing. A missing title or a line that cannot be read becomes an issue, never an error.

What several of them say is taken from the first that says it: title and link from the line in brackets, then the front
matter, then the text; the date of publication from the text, then the front matter, then the comment.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import PurePath
from typing import NamedTuple

from epubmaker.collector.formats import frontmatter
from epubmaker.collector.formats.frontmatter import FrontMatter, read_front_matter
from epubmaker.text.addresses import resolve
from epubmaker.text.characters import letters, plain
from epubmaker.text.html import decoded, without_cdata
from epubmaker.text.moments import from_unix, is_like_date, parse_date

__all__ = [
    "ArchiveHead",
    "FrontHead",
    "body_of",
    "clean_title",
    "day_in_name",
    "front_head",
    "is_archived",
    "is_stub",
    "language_in",
    "no_post",
    "read_head",
    "shows_something",
    "source_in",
    "title_from",
]

_COMMENT = re.compile(r"\s*<!--\s*(?:(?P<stamp>-?\d{1,20})|(?:(?!-->).){0,300}?)\s*-->", re.DOTALL)
_TITLE = re.compile(r"\s*(?P<line>\[[^\n]*)(?:\n|$)")
_PLAIN_TITLE = re.compile(r"\s*(?P<title>[^\s<][^\n<]*)\n[ \t]*(?=[-=]{3,}[ \t]*(?:\n|$))")
_RULE = re.compile(r"\s*[-=]{3,}[ \t]*(?:\n|$)")
_PUBLISHED = re.compile(r"\s*<div>\s*<i>(?:\s*<br ?/?>)?([^<>]{4,80})</i>\s*</div>", re.IGNORECASE)
_CDATA = re.compile(r"\s*<!\[CDATA\[", re.IGNORECASE)
_PUBLISHED_WITHIN = re.compile(rf"(?:\s*<div\b[^<>]*>){{1,5}}?{_PUBLISHED.pattern}", re.IGNORECASE)
_TIME = re.compile(r"<time\b[^<>]*?\sdatetime\s*=\s*[\"']?([^\"'<>]{4,40})", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p\b", re.IGNORECASE)
_ZONE = re.compile(r"[0-9](?:\.[0-9]+)? ?(?:[+-][0-9]{2}:?[0-9]{2}|Z|UTC?|GMT|[ECMP][SD]T)\)?\s*", re.IGNORECASE)
_SHOWS = re.compile(r"<(?:audio|embed|iframe|img|math|object|picture|svg|video)\b", re.IGNORECASE)
_TOP = 3000  # characters of the body in which a `time` may stand above the first paragraph
_SAME_MOMENT = timedelta(hours=36)  # a day in any time zone, and the other one that says which hour of it
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_TAG_OR_COMMENT = re.compile(rf"{_TAG.pattern}|<!--.*?-->", re.DOTALL)
_LINE_END = re.compile(
    r"</?(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|ol|p|pre|"
    r"section|table|td|th|title|tr|ul)(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
# An escaped one; alone it may be what is meant.
_BREAK_IN_WORDS = re.compile(r"(?<=\w)</?br\s*/?>|</?br\s*/?>(?=\w)", re.IGNORECASE)
_HEADING = re.compile(r"<(title|h1|h2)\b[^<>]*>", re.IGNORECASE)
# How pages mark headings for screen readers alone.
_HIDDEN = re.compile(r"invisible|visually-?hidden|screen-reader|sr-only|\shidden\b|display\s*:\s*none", re.IGNORECASE)
_FILE_NAME = re.compile(r"\s*[^\s<>]+\.(?:avif|gif|jpe?g|mp3|mp4|pdf|png|svg|webp)\s*", re.IGNORECASE)
_HEADING_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("title", "h1", "h2")}

_LAYOUT = frozenset({"Cf", "Cn", "Co"})  # categories: format (bidi controls, for instance), unassigned, private use
_JOINERS = frozenset("\u200c\u200d")  # format characters that belong to the spelling of Persian and to composed emoji
_TITLE_FROM_TEXT = 60
_TITLE_LINE, _FRONT_MATTER, _COMMENT_ABOVE = "title line", "front matter", "comment"
_MOST_AUTHORS = 5
_BY = re.compile(r"\A(?:(?i:by):? (?=[A-Z])|(?:文|作者)[:：/／] ?)")
_MARKDOWN = frozenset({".markdown", ".md"})
_DAY_IN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}(?=[-_. ])", re.ASCII)  # as Jekyll names posts
# A post in HTML. A text in Markdown may begin with an element, too: its headings tell it.
_BLOCK = re.compile(
    r"<(?:address|article|aside|blockquote|br|center|div|dl|figure|font|h[1-6]|header|hr|iframe|img|main|ol|p|picture|pre|"
    r"section|span|table|time|ul|video)\b",
    re.IGNORECASE,
)
_MARKDOWN_HEADING = re.compile(r"\n[ \t]*\n#{1,6} \S")
_NO_POSTS = frozenset(
    {
        "404",
        "about",
        "archive",
        "archives",
        "categories",
        "category",
        "home",
        "index",
        "page",
        "pages",
        "search",
        "section",
        "table",
        "tag",
        "tags",
    }
)


class ArchiveHead(NamedTuple):
    """What stands above an article's body; `body` is the index in the text where the body begins.

    `problems` are pairs of an issue code and a message. `source` is the name of the site, channel or feed; it, `author`
    and `tag` are "" where the file does not say. `origins` are pairs of a field and where its value stands.
    `no_article` says why the file is probably none: "layout: page".
    """

    title: str
    link: str | None
    published: datetime | None
    archived: datetime | None
    body: int
    problems: tuple[tuple[str, str], ...] = ()
    source: str = ""
    author: str = ""
    tag: str = ""
    no_article: str = ""
    origins: tuple[tuple[str, str], ...] = ()


class FrontHead(NamedTuple):
    """What front matter says of an article. `date` is that of publication; "" and None stand for what it does not say."""

    title: str = ""
    link: str | None = None
    date: datetime | None = None
    author: str = ""
    tag: str = ""
    problems: tuple[tuple[str, str], ...] = ()


class _Lines(NamedTuple):
    """The lines of the form, found in a text; `body` is where the body begins.

    `in_form`: the title line is one of the archive form for certain, and no heading or link of a text in Markdown.
    """

    front: FrontMatter | None
    has_comment: bool
    stamp: str
    title: str | None
    in_form: bool
    body: int
    dated: str = ""
    published: datetime | None = None


def read_head(text: str, name: str) -> ArchiveHead:
    """Read what stands above an article's body from its text, or from a beginning of it; line ends are newlines.

    `name` is the name of the file. Without a title line and front matter the title is the body's first heading, else its
    first words, else the name's stem.
    """
    problems: list[tuple[str, str]] = []
    lines = _lines_above(text)
    front = lines.front
    title: str = ""
    link: str | None = None
    if lines.title is not None:
        title, written = _title_and_link(lines.title)
        link = resolve(None, written) if written else None
        if written and link is None:
            problems.append(("article-bad-link", f"not a web address: {written[:200]}"))
    elif front is None:
        problems.append(("article-no-header", "no line with a title and a link above the text"))
    archived = from_unix(int(lines.stamp)) if lines.stamp else None
    if lines.stamp and archived is None:
        problems.append(("article-bad-date", f"the archive date {lines.stamp} is no date"))
    if lines.dated and lines.published is None and is_like_date(lines.dated):
        # Any other line is a byline, a place or the name of a section.
        problems.append(("article-bad-date", f"the publication date is no date: {lines.dated}"))
    said = front_head(front) if front else FrontHead()
    problems += said.problems

    body = text[lines.body :]
    above = _TITLE_LINE if title or link else _FRONT_MATTER
    title = title or said.title
    link = link or said.link
    source = source_in(front, link) if front else ""
    published, dated_by = _published(lines, body, (said.date, archived if lines.title is not None else None), name)
    shown = title or title_from(body)
    return ArchiveHead(
        title=shown or PurePath(name).stem,
        link=link,
        published=published,
        archived=archived,
        body=lines.body,
        problems=tuple(problems),
        source=source,
        author=said.author,
        tag=said.tag,
        no_article=_no_article(lines, title, link, body, name),
        origins=(
            ("title", above if title else "text" if shown else "file name"),
            ("link", above),
            ("published", dated_by),
            ("archived", _COMMENT_ABOVE),
            ("source", _FRONT_MATTER if source else "link"),
            ("author", _FRONT_MATTER),
            ("tag", _FRONT_MATTER),
        ),
    )


def front_head(front: FrontMatter) -> FrontHead:
    """Return what front matter says of an article."""
    date = front.moment(*frontmatter.DATE)
    bad = front.bad_date("date") if date is None else ""
    problem = ("article-bad-date", f"the date in the front matter is no date: {bad[:80]}")
    return FrontHead(
        title=clean_title(front.text(*frontmatter.TITLE)),
        link=_link_in(front),
        date=date,
        author=_clean_name(_BY.sub("", ", ".join(front.texts(*frontmatter.AUTHOR)[:_MOST_AUTHORS]))),
        tag=_tag_in(front),
        problems=(problem,) if bad else (),
    )


def day_in_name(name: str) -> tuple[datetime | None, str]:
    """Return the day that a file's name begins with, as "2022-01-31 title.md" does, and the name's stem without it."""
    stem = PurePath(name).stem
    found = _DAY_IN_NAME.match(f"{stem}.")
    day = parse_date(found[0]) if found else None
    return day, (stem[10:].lstrip("-_. ") if day else "") or stem


def is_archived(text: str, *, is_whole: bool) -> bool:
    """Tell whether a text, or the beginning of one, is in the archive form, or HTML below front matter: not Markdown."""
    lines = _lines_above(text)
    is_wiki_link = not lines.has_comment and (lines.title or "").endswith("]]")
    if lines.stamp or (lines.in_form and not is_wiki_link):
        return True
    if lines.front is None and not is_whole and frontmatter.begins(text):  # it ends below
        return True
    body = text[lines.front.end :].strip() if lines.front else ""
    if not body:
        return lines.front is not None
    ends = not is_whole or body.endswith(">")
    return ends and _BLOCK.match(body) is not None and not ("\n#" in body and _MARKDOWN_HEADING.search(body))


def body_of(text: str) -> tuple[str, str]:
    """Return the body, and the language that front matter declares above it, "" for none.

    The body begins where `read_head` says, which takes three times as long.
    """
    lines = _lines(text)
    return text[lines.body :], language_in(lines.front) if lines.front else ""


def _lines(text: str) -> _Lines:
    front = read_front_matter(text)
    position = front.end if front else 0
    comment = _COMMENT.match(text, position)
    if comment:
        position = comment.end()
    has_comment = comment is not None
    found = _title_line(text, position)
    in_form = (
        found is not None
        and found[0].lstrip().startswith("[")
        and (has_comment or _RULE.match(text, found.end()) is not None)
    )
    if front and not in_form:
        found = None
    title = found[0].strip() if found else None
    position = found.end() if found else position
    if found or not front:
        rule = _RULE.match(text, position)
        position = rule.end() if rule else position
    stamp = (comment["stamp"] or "") if comment else ""
    opened = _CDATA.match(text, position)
    dated = _PUBLISHED.match(text, opened.end() if opened else position)
    if dated is None:
        return _Lines(front, has_comment, stamp, title, in_form, position)
    line = html.unescape(dated[1]).strip()
    published = parse_date(line)
    position = dated.end() if published else position
    return _Lines(front, has_comment, stamp, title, in_form, position, line, published)


_lines_above = lru_cache(maxsize=1)(_lines)  # `is_archived` and then `read_head` look at the same text


# --- dates -----------------------------------------------------------------------------------------------------------


def _published(
    lines: _Lines, body: str, above: tuple[datetime | None, datetime | None], name: str
) -> tuple[datetime | None, str]:
    """Return when an article was published, and where that stands.

    `above` is what the front matter says, and the comment, in the archive form: mirrors take it from the feed. A date in
    the text that does not say its time zone is as good as a day, so that another one near it is more exact.
    """
    front = lines.front
    written, has_zone = _written(lines, body)
    exact = above[0] or above[1]
    by = _FRONT_MATTER if above[0] else _COMMENT_ABOVE
    if written is not None:
        if exact is not None and not has_zone and abs(exact - written) < _SAME_MOMENT:
            return exact, by
        return written, "text"
    if exact is None and front is not None:
        exact, by = front.moment(*frontmatter.LAST_CHANGE), _FRONT_MATTER
    if exact is None and not lines.stamp and (front or lines.has_comment or lines.in_form):
        day = _DAY_IN_NAME.match(PurePath(name).name)
        exact, by = parse_date(day[0]) if day else None, "file name"
    return exact, by


def _written(lines: _Lines, body: str) -> tuple[datetime | None, bool]:
    """Return the date that stands at the top of a body, and whether it says its time zone."""
    written = lines.dated
    if not written:
        wrapped = _PUBLISHED_WITHIN.match(body)
        if wrapped:
            written = wrapped[1]
        elif "<time" in (top := body[:_TOP]):
            paragraph = _PARAGRAPH.search(top)
            time = _TIME.search(top, 0, paragraph.start() if paragraph else len(top))
            written = time[1] if time else ""
    if not written:
        return None, False
    written = html.unescape(written).strip()
    return lines.published or parse_date(written), _ZONE.search(written) is not None


# --- front matter ----------------------------------------------------------------------------------------------------


def _link_in(front: FrontMatter) -> str | None:
    for value in front.addresses(*frontmatter.LINK):
        if value.startswith(("http://", "https://")) and (link := resolve(None, html.unescape(value))):
            return link
    return None


def language_in(front: FrontMatter) -> str:
    """Return the language that front matter declares, in any spelling; "" for none, or several."""
    named = front.texts(*frontmatter.LANGUAGE)
    return named[0] if len(named) == 1 else ""


def source_in(front: FrontMatter, link: str | None) -> str:
    """Return the name of a source: a field of that meaning, or the feed's name, which mirrors write as tag and category.

    Several tags are subjects, and so is one of a post that comes from nowhere else.
    """
    for key in frontmatter.SOURCE:
        named = front.texts(key)
        if len(named) == 1 and "://" not in named[0]:
            return _clean_name(named[0])
    if link is None:
        return ""
    tags, categories = front.texts(*frontmatter.TAGS), front.texts(*frontmatter.CATEGORIES)
    return _clean_name(tags[0]) if len(tags) == 1 and tags == categories else ""


def _tag_in(front: FrontMatter) -> str:
    """Return the first tag, else the first category: of a list, or of names with commas between them."""
    found = front.texts(*frontmatter.TAGS, *frontmatter.CATEGORIES)
    if not found:
        return ""
    first = found[0] if len(found) > 1 else found[0].partition(",")[0]
    return _clean_name(first.strip().lstrip("#"))


def _no_article(lines: _Lines, title: str, link: str | None, body: str, name: str) -> str:
    """Return why a file is no article; "" where it is one.

    Beside posts in Markdown lie read-me's and lists of an archive, so that these need more than a text.
    """
    front, ending = lines.front, name[name.rfind(".") :].lower()
    is_certain = lines.in_form or ending not in _MARKDOWN
    if ending == ".txt" or front is None:
        return "" if is_certain else "no front matter"
    reason = no_post(front)
    if reason or is_certain:
        return reason
    if not (title or clean_title(_first_heading(body))):
        return "no title"
    dated = front.moment(*frontmatter.DATE, *frontmatter.LAST_CHANGE) or _DAY_IN_NAME.match(PurePath(name).name)
    return "" if link or dated or lines.stamp else "no date"


def no_post(front: FrontMatter) -> str:
    """Return why front matter is none of a post: "draft", "layout: page"; "" where it may be."""
    for key in frontmatter.LAYOUT:
        layout = front.text(key)
        if layout.lower() in _NO_POSTS:
            return f"{key}: {layout}"
    is_draft = front.is_true("draft") or front.is_false("published") or front.text("status").lower() == "draft"
    return "draft" if is_draft else ""


# --- titles ----------------------------------------------------------------------------------------------------------


def _title_line(text: str, position: int) -> re.Match[str] | None:
    """Match the line with the title if it comes next: "[title](link)", "[title]", or a text with a rule under it."""
    found = _TITLE.match(text, position)
    if found:
        line = found["line"].rstrip(" \t")
        if line.endswith("]") or (line.endswith(")") and "](" in line):
            return found
    return _PLAIN_TITLE.match(text, position)


def is_stub(body: str, title: str) -> bool:
    """Tell whether a body shows nothing but the title, or a part of it."""
    text = _without_tags(body, "")
    if len(text) > 2 * len(title) + 100:  # as most texts are; the letters of each would take ten times as long
        return False
    return not shows_something(body) and letters(clean_title(text)) in letters(title)


def shows_something(markup: str) -> bool:
    """Tell whether there is more than text: pictures, players, formulas."""
    return _SHOWS.search(markup) is not None


def clean_title(markup: str) -> str:
    """Return a title as plain text: without tags, entities, control and layout characters, on one line."""
    text = decoded(_without_tags(without_cdata(markup), _gap) if "<" in markup else markup)
    if "<" in text:
        text = _BREAK_IN_WORDS.sub(" ", text)
    if not text.isprintable():  # printable texts hold no layout characters, and need no look at each character
        text = "".join(char for char in text if char in _JOINERS or unicodedata.category(char) not in _LAYOUT)
    return unicodedata.normalize("NFC", plain(text))


_clean_name = lru_cache(maxsize=1024)(clean_title)  # a few names stand in thousands of files


def _title_and_link(line: str) -> tuple[str, str | None]:
    """Split `[title](link)` at the last `](`, since titles may hold brackets and links parentheses."""
    middle = line.rfind("](")
    if not line.startswith("["):
        return clean_title(line), None
    if middle < 0 or not line.endswith(")"):
        return clean_title(line[1:].removesuffix("]")), None
    return clean_title(line[1:middle]), html.unescape(line[middle + 2 : -1]).strip() or None


def _without_tags(markup: str, instead: str | Callable[[re.Match[str]], str]) -> str:
    # After the last `-->` comments are not searched for: each `<!--` there would cost a search to the end of the text.
    end = markup.rfind("-->") + 3 if "-->" in markup else 0
    return _TAG_OR_COMMENT.sub(instead, markup[:end]) + _TAG.sub(instead, markup[end:])


def _gap(tag: re.Match[str]) -> str:
    """Return what a tag is between words: a space where a line ends, else nothing."""
    return " " if _LINE_END.match(tag[0]) else ""


def title_from(body: str) -> str:
    title = clean_title(_first_heading(body))
    if title:
        return title
    words = _first_words(body[:2000])
    if len(words) <= _TITLE_FROM_TEXT:
        return words
    return words[:_TITLE_FROM_TEXT].rpartition(" ")[0] or words[:_TITLE_FROM_TEXT]


def _first_words(beginning: str) -> str:
    """Return the words that a text begins with; of a plain one, only those above its first blank line."""
    if not _LINE_END.search(beginning):
        for part in _BLANK_LINE.split(beginning):
            if any(map(str.isalnum, words := clean_title(part))):
                return words
    return clean_title(beginning)


def _first_heading(body: str) -> str:
    """Return the content of the first heading that is closed and shown, and is no name of a file; "" if there is none."""
    unclosed: set[str] = set()
    for start in _HEADING.finditer(body):
        name = start[1].lower()
        if name in unclosed:
            continue
        end = _HEADING_ENDS[name].search(body, start.end())
        if end is not None:
            content = body[start.end() : end.start()]
            if _HIDDEN.search(start[0]) or _FILE_NAME.fullmatch(content):
                continue
            return content
        unclosed.add(name)
        if len(unclosed) == len(_HEADING_ENDS):
            break
    return ""
