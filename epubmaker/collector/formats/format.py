"""What a format is: it tells its files from others, and reads the heads and the bodies of the articles in them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import BinaryIO, ClassVar, NamedTuple, Protocol

__all__ = ["HEAD_BYTES", "Body", "Format", "Head", "Item", "NoArticleError", "UnreadableError", "failure"]

HEAD_BYTES = 8192
"""The bytes of a file by which its format is told."""


class UnreadableError(Exception):
    """A file that cannot be read: an issue code (docs/report.md) and one line for people, without the file's name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def failure(form: Format, error: Exception) -> UnreadableError:
    """Return what becomes of an exception that no format should raise."""
    cause = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
    return UnreadableError("article-unreadable", f"not readable as {form.name}: {cause}")


class NoArticleError(Exception):
    """A file that is readable and holds no article; the message is why, in a few words: "layout: page"."""


class Item(Protocol):
    """One file, wherever it lies.

    `name` is its path in its folder or archive, with "/"; `size` its bytes; `start` the first `HEAD_BYTES` of them.
    `is_named`: the user named the file itself, and not a folder or an archive that holds it. `whole_page`: the user wants
    all that a page holds, and not its article alone. `link` is the address that it was got from, None where that is not
    known. `key` is the same for two items of one file as long as nobody writes to it.
    """

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def start(self) -> bytes: ...
    @property
    def is_named(self) -> bool: ...
    @property
    def link(self) -> str | None: ...
    @property
    def whole_page(self) -> bool: ...
    @property
    def key(self) -> Hashable: ...

    def read(self, most: int | None = None) -> bytes:
        """Return the bytes, at most as many as `most`. Raises UnreadableError."""

    def open(self) -> BinaryIO:
        """Return a file object that can seek, to be closed by the caller. Raises UnreadableError."""

    def beside(self, name: str, most: int) -> bytes | None:
        """Return the bytes of another file in the item's folder or below it; None without one of at most `most` bytes.

        A name that begins with "/" is one in the whole folder or archive that was given.
        """


class Head(NamedTuple):
    """What is known of one article without its text.

    title         plain text on one line, not empty
    link          an absolute http(s) address
    problems      pairs of an issue code and a message
    source        name of the site, channel or feed; this, `author` and `tag` are "" where the file does not say
    tag           the first of the tags, categories or sections that the article is filed under
    text_size, text_hash, pictures
                  those of `model.articles.Entry`; 0, 0 and "" where there is nothing but the title
    member        tells the article from others in its file
    sha256, size  hash (hexadecimal) and number of the article's own bytes; a file with one article needs neither
    doubt         why it may be no article, but a text about others, as a read-me is, or why its file is one only where
                  it is named itself; "" for most
    is_link_only  the file has no text of the article, which stands at the link
    text_file     then, the name of a file in the item's folder or one in that, with its ending or without, that may
                  have the text all the same; "" for none
    identity      names the article where its link does not, since others of its file have the same; "" for all others
    origins       pairs of a field's name and where its value stands
    """

    title: str
    link: str | None = None
    published: datetime | None = None
    archived: datetime | None = None
    problems: tuple[tuple[str, str], ...] = ()
    source: str = ""
    author: str = ""
    tag: str = ""
    text_size: int = 1
    text_hash: int = 0
    pictures: str = ""
    member: str = ""
    sha256: str | None = None
    size: int = 0
    doubt: str = ""
    is_link_only: bool = False
    text_file: str = ""
    identity: str = ""
    origins: tuple[tuple[str, str], ...] = ()


class Body(NamedTuple):
    """An article's text as HTML: a fragment, or a document with an `html` element, whose `lang` counts.

    `problems` are pairs of an issue code and a message. `sha256` is that of the article's own bytes, the same as in its
    head; a file with one article needs none. `language` is the one that the file declares beside the text, in any
    spelling, "" for none; that of a document comes first.
    """

    html: str
    problems: tuple[tuple[str, str], ...] = ()
    sha256: str | None = None
    language: str = ""


class Format(ABC):
    """A format in which articles are written.

    `name` is short and has lower-case letters, digits and hyphens. `title` is a few words for people. `suffixes` are the
    endings, in lower case with the dot, of the files that are looked at in folders and archives. Files of more than
    `max_bytes` are refused. `holds_pictures`: `picture` may return some. All methods are pure: what they return depends on
    the item's bytes and name alone.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    suffixes: ClassVar[frozenset[str]] = frozenset()
    max_bytes: ClassVar[int] = 32_000_000
    holds_pictures: ClassVar[bool] = False

    @abstractmethod
    def fits(self, name: str, start: bytes) -> bool:
        """Tell whether a file is of this format, by its name and its first `HEAD_BYTES` bytes."""

    @abstractmethod
    def heads(self, item: Item) -> Iterable[Head]:
        """Yield the heads of the articles in a file. Raises UnreadableError and NoArticleError."""

    @abstractmethod
    def body(self, item: Item, member: str) -> Body:
        """Return the text of the article whose head has this `member`. Raises UnreadableError."""

    def picture(self, item: Item, member: str, address: str) -> bytes | None:  # noqa: ARG002 - for those that hold any
        """Return a picture that the file itself holds, by its address as the article has it; None where there is none."""
        return None
