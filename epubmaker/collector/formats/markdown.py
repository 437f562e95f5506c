"""Notes and posts in Markdown: CommonMark (https://spec.commonmark.org/), with what GitHub, Obsidian and Pandoc add."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple

from epubmaker.collector.formats import frontmatter
from epubmaker.collector.formats.archive import (
    FrontHead,
    clean_title,
    day_in_name,
    front_head,
    is_archived,
    is_stub,
    language_in,
    no_post,
    source_in,
)
from epubmaker.collector.formats.archiveform import encoding_problems, text_measure, unix_lines
from epubmaker.collector.formats.encoding import decode, decode_head, is_text
from epubmaker.collector.formats.format import HEAD_BYTES, Body, Format, Head, Item, NoArticleError, UnreadableError
from epubmaker.collector.formats.frontmatter import FrontMatter, read_front_matter
from epubmaker.text.outlets import outlet

__all__ = ["Markdown"]

_SUFFIXES = (".markdown", ".md")
_ABOUT_OTHERS = frozenset({"404", "about", "changelog", "contributing", "index", "license", "readme"})
_LONGEST_STUB = 2000  # characters
_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NO_TITLE = re.compile(r" {4}| {0,3}(?:\t|[<>|*+-]|[0-9]{1,9}[.)][ \t])")  # no paragraph, or none for certain
_MARKUP = re.compile(r"[\\`*_\[\]<>&~=$!%^]")


class _Note(NamedTuple):
    """A file's text, its front matter, and the text below that."""

    text: str
    front: FrontMatter | None
    body: str
    problems: tuple[tuple[str, str], ...]


class Markdown(Format):
    """Files that end in `.md` and are not in the archive form."""

    name = "markdown"
    title = "Markdown, with front matter or without, as Obsidian and static sites have it"
    suffixes = frozenset(_SUFFIXES)

    def fits(self, name: str, start: bytes) -> bool:
        """Tell by the ending; the archive form and posts in HTML have the same."""
        if not name.lower().endswith(_SUFFIXES):
            return False
        text = unix_lines(decode_head(start) or decode(start).text)
        return not is_archived(text, is_whole=len(start) < HEAD_BYTES)

    def heads(self, item: Item) -> tuple[Head]:
        """Return what front matter, the first heading and the file's name say."""
        note = _read(item)
        if "\0" in note.text and not is_text(note.text[:HEAD_BYTES]):
            raise UnreadableError("article-not-text", "not a text file")
        front, said = note.front, front_head(note.front) if note.front else FrontHead()
        day, stem = day_in_name(PurePath(item.name).name)
        heading = "" if said.title else _heading(note.body)
        title = said.title or heading or clean_title(stem) or stem
        changed = front.moment(*frontmatter.LAST_CHANGE) if front else None
        published = said.date or changed or day
        refusal = no_post(front) if front else ""
        doubt = refusal or _doubt(front, said, is_dated=published is not None)
        is_about_others = PurePath(item.name).name.lower().partition(".")[0] in _ABOUT_OTHERS
        if (refusal or (doubt and is_about_others)) and not item.is_named:
            raise NoArticleError(doubt)
        measure = (0, 0) if _is_stub(note.body, title) else text_measure(note.body)
        return (
            Head(
                title=title,
                link=said.link,
                published=published,
                problems=said.problems,
                source=(source_in(front, said.link) if front else "") or outlet(said.link),
                author=said.author,
                tag=said.tag,
                text_size=measure[0],
                text_hash=measure[1],
                doubt=doubt,
                origins=_origins(said, heading, is_named_for_day=day is not None and not (said.date or changed)),
            ),
        )

    def body(self, item: Item, member: str) -> Body:
        """Return the text as HTML."""
        del member
        # Imported for the first note: archives of HTML do without the parser.
        from epubmaker.collector.formats.commonmark import to_html  # noqa: PLC0415

        note = _read(item)
        language = language_in(note.front) if note.front else ""
        return Body(to_html(note.body, item.name), note.problems, language=language)


def _read(item: Item) -> _Note:
    decoded = decode(item.read())
    text = unix_lines(decoded.text)
    front = read_front_matter(text)
    problems = encoding_problems(decoded.text, decoded.encoding, decoded.damaged)
    return _Note(text, front, text[front.end :] if front else text, problems)


def _doubt(front: FrontMatter | None, said: FrontHead, *, is_dated: bool) -> str:
    """Return what a post of an archive has, and a note may lack."""
    if front is None:
        return "no front matter"
    if not said.title:
        return "no title"
    return "" if said.link or is_dated else "no date"


def _origins(said: FrontHead, heading: str, *, is_named_for_day: bool) -> tuple[tuple[str, str], ...]:
    title = "front matter" if said.title else "first heading" if heading else "file name"
    date = "front matter" if said.date else "file name" if is_named_for_day else ""
    found: tuple[tuple[str, str | None], ...] = (
        ("title", title),
        ("link", said.link and "front matter"),
        ("published", date),
    )
    found += (("author", said.author and "front matter"), ("tag", said.tag and "front matter"))
    return tuple((name, origin) for name, origin in found if origin)


# --- the title -------------------------------------------------------------------------------------------------------


def _heading(text: str) -> str:
    """Return the first heading of the first level, or one of any level above all text; "" without one."""
    fence = before = ""
    is_top = True
    for line in text.splitlines():
        if fence:
            closing = _FENCE.match(line)
            fence = "" if closing and closing[1].startswith(fence) and not line[closing.end() :].strip() else fence
            continue
        under = _UNDERLINE.fullmatch(line) if before else None
        is_top = is_top and (not before or under is not None)
        if opening := _FENCE.match(line):
            fence, before, is_top = opening[1], "", False
            continue
        level, written = _written(line) if under is None else (1 if "=" in line else 2, before)
        if (level == 1 or (level and is_top)) and (title := _plain(written)):
            return title
        before = "" if level or _NO_TITLE.match(line) else line.strip()
        is_top = is_top and bool(level or before or not line.strip())
    return ""


def _written(line: str) -> tuple[int, str]:
    """Return the level and the text of a heading that begins with "#"; the level of another line is 0."""
    found = _HEADING.match(line)
    if found is None:
        return 0, ""
    text = line[found.end() :].strip()
    without = text.rstrip("#")
    return len(found[1]), without.rstrip() if without.endswith((" ", "\t")) or not without else text


def _plain(heading: str) -> str:
    if not _MARKUP.search(heading):
        return clean_title(heading)
    from epubmaker.collector.formats.commonmark import line_to_html  # noqa: PLC0415 - as in `body`

    return clean_title(line_to_html(heading))


def _is_stub(body: str, title: str) -> bool:
    """Tell whether a text shows nothing but its title."""
    return len(body) < _LONGEST_STUB and "](" not in body and "![" not in body and is_stub(body, title)
