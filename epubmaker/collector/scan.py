"""Finds the articles: reads the heads in each file that `locations.folder` finds.

I/O: lists folders and reads files: as much of each as its format needs for the heads, and the whole where an article has no
address, since its key is then made of its bytes.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from epubmaker.collector.formats.format import HEAD_BYTES, Format, Head, NoArticleError, UnreadableError, failure
from epubmaker.collector.formats.table import format_named, recognized
from epubmaker.collector.locations.archivenames import is_archive
from epubmaker.collector.locations.folder import File, Given, files, is_looked_at, is_passed_over, lies_beside
from epubmaker.collector.locations.items import StoredItem, archive_at, state_of
from epubmaker.model.articles import Entry, FileState, Issue, Location
from epubmaker.options import is_remote
from epubmaker.storage.publish import is_epub
from epubmaker.text.addresses import article_key, identity, names_article, resolve
from epubmaker.text.moments import is_zero
from epubmaker.text.naturalorder import natural
from epubmaker.text.outlets import outlet

__all__ = [
    "ArticleHead",
    "FileHeads",
    "HeadIndex",
    "Scan",
    "are_no_posts",
    "doubt_about",
    "ending_of",
    "entries_of",
    "given_texts",
    "read_file",
    "read_files",
    "scan",
]

_REPORT = re.compile(rb'\s*\{\s*"version"\s*:\s*\d+\s*,\s*"program"\s*:\s*"epubmaker')
_POSTS_A_DOUBT = 3  # in a folder of an archive, for each text that may be none
_MOST_DEPTH = 1  # archives around an archive
_ZONES = timedelta(days=1)  # by which two moments may be apart where one of them does not say its time zone


class Scan(NamedTuple):
    """The articles in the inputs, in input order, and issues with files that were passed over.

    `not_read` counts the files that are no articles by their endings, "" for none; with the reason behind it where a file
    of that kind can be an article: ".md (draft)". `origins` are those of the heads, in the order of the entries, where
    heads are not taken from an index.
    """

    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...]
    not_read: Mapping[str, int]
    origins: tuple[tuple[tuple[str, str], ...], ...] = ()


class ArticleHead(NamedTuple):
    """The head of an article, without the path of its file. It begins as an `Entry` goes on, from its key.

    `name` is "" where the file is no archive. In one it is the name of the article's own file there; `archives` then are
    the archives inside the archive that lead to it. `key` is the article's key, `format` the name of its format. `sha256`
    is the hash of the article's own bytes, None where they were not all read. `member`, `size`, `source`, `author`, `tag`,
    `text_size`, `text_hash`, `pictures` and `is_link_only` are those of `Entry`; `problems` are pairs of an issue
    code and a message. `doubt` and `text_file` are those of `formats.format.Head`; so are `origins`, which no index keeps.
    """

    key: str
    title: str
    link: str | None
    published: datetime | None
    archived: datetime | None
    sha256: str | None
    source: str
    author: str
    tag: str
    text_size: int
    text_hash: int
    pictures: str
    member: str
    format: str
    size: int
    is_link_only: bool
    problems: tuple[tuple[str, str], ...] = ()
    text_file: str = ""
    doubt: str = ""
    name: str = ""
    archives: tuple[str, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()


_OF_ENTRY = ArticleHead._fields.index("problems")


class FileHeads(NamedTuple):
    """What one file holds: the heads of its articles, the issues with them, and a count of what is none (see `Scan`).

    `passed` is not empty for archives and for files without an article. Where an issue is says what follows the file's
    label: "" for the file itself.
    """

    heads: Sequence[ArticleHead] = ()
    issues: Sequence[Issue] = ()
    passed: Mapping[str, int] = MappingProxyType({})


class HeadIndex(Protocol):
    """What earlier scans read in files. It is known as long as the file's state is the same."""

    def heads_of(
        self, block: str, files: Sequence[tuple[str, FileState | None]], read: Callable[[int], FileHeads]
    ) -> Sequence[FileHeads]:
        """Return what each file of a block (see `File`) holds, given by path and state; `read` reads the one at an index.

        A file without a state cannot be looked at.
        """


def scan(
    inputs: Sequence[Path | Given],
    found: Callable[[Sequence[Entry]], None] = lambda _: None,
    heads: HeadIndex | None = None,
    written: Collection[Path] = (),
    form: str = "",
) -> Scan:
    """Find the articles of files and folders, and read the heads that `heads` does not know.

    The order is that of `folder.files`. `found` is called after each block of files, with all articles so far. `written`
    are files that the build writes itself, or an earlier one has written: no articles, and not worth a word. `form` is the
    name of the format in which files are read that are named themselves, "" to recognize it.

    Raises InputError when an input does not exist or cannot be listed.
    """
    entries: list[Entry] = []
    doubts: dict[int, str] = {}
    text_files: dict[int, str] = {}
    issues: list[Issue] = []
    passed: Counter[str] = Counter()
    origins: list[tuple[tuple[str, str], ...]] = []
    given = [each if isinstance(each, Given) else Given(each, each.as_posix()) for each in inputs]
    walked = files(given, issues, passed, {os.path.normcase(os.path.realpath(path)) for path in written})
    for _, block in groupby(walked, attrgetter("block")):
        batch = list(block)
        for file, (its, problems, others) in zip(batch, _heads(batch, heads, form), strict=True):
            if problems:
                issues += [issue._replace(where=f"{file.label}{issue.where}") for issue in problems]
            if others:
                passed.update(others)
            for number, head in enumerate(its, start=1):
                position = len(entries)
                if doubt := doubt_about(file, head):
                    doubts[position] = doubt
                if head.text_file:
                    text_files[position] = head.text_file
                entries.append(_entry(file, head, number, position))
                if heads is None:
                    origins.append(head.origins)
        found(entries)
    doubtful = _left_out(entries, doubts)
    passed.update(f"{ending_of(entries[position])} ({doubts[position]})" for position in doubtful)
    if left_out := doubtful | (given_texts(entries, text_files) if text_files else set()):
        origins = [origin for position, origin in enumerate(origins) if position not in left_out]
        kept = [entry for entry in entries if entry.position not in left_out]
        entries = [entry._replace(position=position) for position, entry in enumerate(kept)]
    return Scan(tuple(entries), tuple(issues), passed, tuple(origins))


def entries_of(file: File, heads: Sequence[ArticleHead], position: int) -> Iterator[Entry]:
    """Yield the articles of a file; `position` is that of the first."""
    for number, head in enumerate(heads, start=1):
        yield _entry(file, head, number, position + number - 1)


def _left_out(entries: Sequence[Entry], doubts: Mapping[int, str]) -> set[int]:
    """Return the positions of doubtful texts in folders whose other files of that ending are for the most part posts.

    `doubts` are why each of the entries at these positions may be no article. Where there are no more than a few posts, a
    text without their form is as good an article as they are.
    """
    if not doubts:
        return set()
    kinds = [(entry.location, ending_of(entry)) for entry in entries]
    doubtful = Counter(kinds[position] for position in doubts)
    certain = Counter(kind for position, kind in enumerate(kinds) if position not in doubts)
    return {position for position in doubts if are_no_posts(doubtful[kinds[position]], certain[kinds[position]])}


def doubt_about(file: File, head: ArticleHead) -> str:
    """Return why a text may be no article; "" where the user named it itself."""
    return head.doubt if head.name or not file.is_named else ""  # of the files in an archive none is named


def are_no_posts(doubtful: int, certain: int) -> bool:
    """Tell whether the doubtful texts of a folder and an ending are left out, of which so many are certain posts."""
    return certain >= _POSTS_A_DOUBT * doubtful


def given_texts(entries: list[Entry], text_files: Mapping[int, str]) -> set[int]:
    """Give addresses the texts that other files have; return the positions of entries that have become a part of another.

    `text_files` are the names of these files, by the positions of the addresses. The address stays where its file is not
    among the entries; else the file stays, with what its record says of it.
    """
    texts: dict[tuple[Location, str], int] = {}
    for entry in entries:
        if not entry.member:
            folder, last = posixpath.split(entry.name)
            for name in (last, posixpath.splitext(last)[0]):
                for above in {folder, posixpath.dirname(folder)}:
                    texts.setdefault((entry.location, posixpath.join(above, name)), entry.position)
    taken: set[int] = set()
    gone: set[int] = set()
    for position, name in text_files.items():
        record = entries[position]
        wanted = posixpath.join(posixpath.dirname(record.name), posixpath.basename(name))
        found = texts.get((record.location, wanted))
        if found is not None and found not in taken:
            taken.add(found)
            entries[found] = _with_record(entries[found], record)
            gone.add(position)
    return gone


def _with_record(text: Entry, record: Entry) -> Entry:
    """Return an article with what a record in another file says of it."""
    return text._replace(
        key=record.key,
        title=text.title if record.title in {record.link, "untitled"} else record.title,
        link=record.link or text.link,
        published=record.published or text.published,
        archived=record.archived or text.archived,
        source=record.source or text.source,
        author=record.author or text.author,
        tag=record.tag or text.tag,
    )


def ending_of(entry: Entry) -> str:
    """Return the ending of an article's file."""
    return posixpath.splitext(entry.name)[1].lower()


def _entry(file: File, head: ArticleHead, number: int, position: int) -> Entry:
    """Return an article of a file, the `number`-th from 1."""
    location, label = file.location, file.label
    if head.name:
        location = location._replace(archives=(file.name, *head.archives))
        label = f"{label}/{'/'.join((*head.archives, head.name))}"
    if head.member:
        label = f"{label}#{number}"
    issues = tuple([Issue(code, "warning", label, message) for code, message in head.problems]) if head.problems else ()
    fields: tuple[Any, ...] = (*head[:_OF_ENTRY], issues)  # by place: by name takes twice the time
    return Entry(head.name or file.name, location, label, position, *fields)


def read_files(files: Sequence[File], form: str = "") -> Sequence[FileHeads]:
    """Return what each of some files of an input holds; `form` as in `scan`. Raises InputError as `copies_of` does."""
    return _heads(files, None, form)


def _heads(block: Sequence[File], index: HeadIndex | None, form: str) -> Sequence[FileHeads]:
    """Return what each file of a block holds, known or read now."""
    if is_remote(block[0].path):
        from epubmaker.collector.locations.copies import copies_of  # noqa: PLC0415 - 10 ms, and few inputs are at addresses

        with copies_of(block) as copy_of:
            return _heads_with(lambda number: read_file(copy_of(number), form), block, index, form)
    return _heads_with(lambda number: read_file(block[number], form), block, index, form)


def _heads_with(
    read: Callable[[int], FileHeads], block: Sequence[File], index: HeadIndex | None, form: str
) -> Sequence[FileHeads]:
    if index is None or (form and block[0].is_named):
        return [read(number) for number in range(len(block))]
    files = [(file.path, file.state or state_of(file.path)) for file in block]
    return index.heads_of(block[0].block, files, read)


def read_file(file: File, form: str = "") -> FileHeads:
    """Return what a file holds. `form` is the name of its format, "" to recognize it."""
    item = StoredItem(file.location, file.name, is_named=file.is_named, link=file.link)
    try:
        return _read_item(item, form if file.is_named else "")
    except UnreadableError as problem:
        return FileHeads(issues=(Issue(problem.code, "error", "", problem.message),))
    except NoArticleError as problem:
        return FileHeads(passed={f"{PurePosixPath(file.name).suffix.lower()} ({problem})": 1})


def _read_item(item: StoredItem, form: str = "") -> FileHeads:
    start = item.start
    if len(start) < HEAD_BYTES and not start.strip():
        raise UnreadableError("article-empty", "the file is empty")
    if not form and is_archive(item.name, start):
        if len(item.location.archives) > _MOST_DEPTH:
            raise UnreadableError("article-unreadable", "an archive in an archive in an archive: unpack it")
        return _read_archive(item)
    if not item.is_named and _is_output(start):
        return FileHeads()
    found = format_named(form) if form else recognized(item.name, start)
    if found is None:
        raise _unknown(item)
    item.most = found.max_bytes
    if item.size > found.max_bytes:
        raise UnreadableError("article-too-large", f"larger than {found.max_bytes // 1_000_000} MB")
    try:
        return FileHeads([_article_head(found, item, head) for head in found.heads(item)])
    except (UnreadableError, NoArticleError):
        raise
    except Exception as error:
        raise failure(found, error) from error


def _read_archive(item: StoredItem) -> FileHeads:
    """Return what an archive holds; a file in it that cannot be read is an issue."""
    outer = item.location
    location = outer._replace(archives=(*outer.archives, item.name))
    heads: list[ArticleHead] = []
    issues: list[Issue] = []
    passed: Counter[str] = Counter()
    members = archive_at(location).members()
    names = {member.name for member in members}
    is_web_archive = item.name.lower().endswith(".wacz") and any(name.startswith("archive/") for name in names)
    for member in sorted(members, key=lambda member: [natural(part) for part in member.name.split("/")]):
        name, where = member.name, f"/{member.name}"
        if member.refused:
            issues.append(Issue("article-outside", "warning", where, member.refused))
            continue
        if is_passed_over(name, names) or (is_web_archive and not name.startswith("archive/")):
            continue
        if not is_looked_at(name):
            if not lies_beside(name):
                passed[PurePosixPath(name).suffix.lower()] += 1
            continue
        try:
            found = _read_item(StoredItem(location, name))
        except UnreadableError as problem:
            issues.append(Issue(problem.code, "error", where, problem.message))
        except NoArticleError as problem:
            passed[f"{PurePosixPath(name).suffix.lower()} ({problem})"] += 1
        else:
            issues += [issue._replace(where=f"{where}{issue.where}") for issue in found.issues]
            passed.update(found.passed)
            for head in found.heads:
                is_nested = bool(head.name)
                archives = (name, *head.archives) if is_nested else ()
                heads.append(head._replace(name=head.name or name, archives=archives))
    return FileHeads(heads, issues, passed)


def _unknown(item: StoredItem) -> UnreadableError | NoArticleError:
    if item.is_named:
        return UnreadableError("article-unknown-format", "in no format that is read (`epubmaker formats` lists them)")
    return NoArticleError("in no format that is read")


def _article_head(found: Format, item: StoredItem, head: Head) -> ArticleHead:
    link = head.link or (None if head.member else item.link)
    link = resolve(None, link) if link else None  # a format of another package may say anything
    head = _with_possible_dates(head)
    name, sha256 = head.identity or (identity(link) if link else ""), head.sha256
    tells_it = names_article(name)
    if not sha256 and (item.location.archives or not tells_it):
        sha256 = hashlib.sha256(item.read()).hexdigest()
    if not tells_it:  # only its text tells the article from others
        name = f"{sha256} {head.title}"  # the title may come from the file's name, which the hash does not cover
    return ArticleHead(
        key=article_key(name),
        title=head.title,
        link=link,
        published=head.published,
        archived=head.archived,
        sha256=sha256,
        source=sys.intern(head.source or outlet(link)),  # a few names, each of thousands of articles
        author=sys.intern(head.author),
        tag=sys.intern(head.tag),
        text_size=head.text_size,
        text_hash=head.text_hash,
        pictures=head.pictures,
        member=head.member,
        format=found.name,
        size=head.size or item.size,
        is_link_only=head.is_link_only,
        problems=head.problems,
        text_file=head.text_file,
        doubt=head.doubt,
        origins=head.origins,
    )


def _with_possible_dates(head: Head) -> Head:
    """Return a head without dates that cannot be: at zero, or of a publication long after the archiving."""
    published, archived, problems = head.published, head.archived, head.problems
    if archived is not None and is_zero(archived):
        problems, archived = (*problems, ("article-bad-date", "the archive date is zero")), None
    if published is not None and is_zero(published):
        if published != head.archived:
            problems = (*problems, ("article-bad-date", "the publication date is zero"))
        published = archived
    elif published is not None and archived is not None and published - archived > _ZONES:
        message = f"the publication date {published:%Y-%m-%d} is after that of archiving"
        problems, published = (*problems, ("article-bad-date", message)), archived
    if problems is head.problems:
        return head
    said = dict(head.origins)
    if published is None or published is not head.published:
        said["published"] = said.get("archived", "")
    origins = tuple((name, origin) for name, origin in said.items() if origin)
    return head._replace(published=published, archived=archived, problems=problems, origins=origins)


def _is_output(start: bytes) -> bool:
    """Tell whether a file is a book or a report, of this program's or another's: not worth a word, whatever its name."""
    return is_epub(start) or _REPORT.match(start) is not None
