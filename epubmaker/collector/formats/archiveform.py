"""Text files with one article: the archive form, a fragment of HTML, or plain text, in any encoding."""

from __future__ import annotations

import re
import zlib

from epubmaker.collector.formats.archive import ArchiveHead, body_of, is_stub, read_head
from epubmaker.collector.formats.encoding import decode, decode_head, is_text
from epubmaker.collector.formats.format import HEAD_BYTES, Body, Format, Head, Item, NoArticleError, UnreadableError
from epubmaker.collector.formats.frontmatter import MOST_CHARACTERS, begins, read_front_matter
from epubmaker.text.outlets import outlet
from epubmaker.text.pictureaddresses import picture_keys

__all__ = ["ArchiveForm", "encoding_problems", "text_measure", "unix_lines"]

_DATA = (".atom", ".csv", ".json", ".opml", ".rdf", ".rss", ".url", ".webloc", ".xml")
_HASHED = 5000  # bytes of a text that goes on beyond its head
_LONGEST_STUB = 2000  # characters
_SPACES = b"\t\n\v\f\r\x1c\x1d\x1e\x1f "
_OTHER_SPACE = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_MOST_PICTURED = 4_000_000  # bytes of a file that is read whole for the addresses of its pictures


# The comment and the title line, which no other format begins with; front matter may stand above them.
_FORM = re.compile(rb"(?:\xef\xbb\xbf)?(?>---\n[a-z_]+: .*?\n---\n)?\s*<!--\s*-?\d{1,20}\s*-->\s*\[", re.DOTALL)


class ArchiveForm(Format):
    """What `archive` describes, and any text that is in none of the other formats."""

    name = "archive"
    title = "the archive form, plain text, or a part of an HTML page"
    suffixes = frozenset({".htm", ".html", ".markdown", ".md", ".txt", ".xhtml"})

    def fits(self, name: str, start: bytes) -> bool:
        """Any file may be a text, but for those whose ending says that they hold data."""
        del start
        return not name.lower().endswith(_DATA)

    def is_certain(self, start: bytes) -> bool:
        """Tell whether a file begins as the archive form does for certain."""
        return _FORM.match(start) is not None

    def heads(self, item: Item) -> tuple[Head]:
        """Return the head, read from the first kilobytes where the text is in UTF-8, and the keys of all its pictures."""
        data = item.start
        text = decode_head(data)
        if text is None:
            text = decode(item.read()).text[:HEAD_BYTES]  # as much as of a UTF-8 file
        elif len(data) == HEAD_BYTES and begins(text) and read_front_matter(unix_lines(text)) is None:
            data = item.read(HEAD_BYTES + MOST_CHARACTERS)
            text = decode_head(data) or text
        if "\0" in text:
            if not is_text(text):
                raise UnreadableError("article-not-text", "not a text file")
            text = text.replace("\0", "\ufffd")
        text = unix_lines(text)
        head = read_head(text, item.name)
        if head.no_article and not item.is_named:
            raise NoArticleError(head.no_article)
        text_size, text_hash = _measured(text, head, item.size, is_whole=item.size <= len(data))
        return (
            Head(
                title=head.title,
                link=head.link,
                published=head.published,
                archived=head.archived,
                problems=head.problems,
                source=head.source or outlet(head.link),
                author=head.author,
                tag=head.tag,
                text_size=text_size,
                text_hash=text_hash,
                doubt=head.no_article,
                origins=head.origins,
                pictures=picture_keys(item.read(), head.link) if item.size <= _MOST_PICTURED else "",
            ),
        )

    def body(self, item: Item, member: str) -> Body:
        """Return what stands below the head."""
        del member
        decoded = decode(item.read())
        problems = encoding_problems(decoded.text, decoded.encoding, decoded.damaged)
        text = unix_lines(decoded.text.replace("\0", "\ufffd") if "\0" in decoded.text else decoded.text)
        html, language = body_of(text)
        return Body(html, problems, language=language)


def encoding_problems(text: str, encoding: str, damaged: int) -> tuple[tuple[str, str], ...]:
    """Return what was wrong with a text's encoding; `damaged` characters could not be read."""
    damaged += text.count("\0") if "\0" in text else 0  # `in` is quicker than `count`
    if encoding == "utf-8" and not damaged:
        return ()
    lost = f", {damaged} unreadable characters replaced" if damaged else ""
    return (("article-encoding", f"not clean UTF-8: read as {encoding}{lost}"),)


def text_measure(text: str) -> tuple[int, int]:
    """Return the size and the hash of a whole text, as `model.articles.Entry` has them."""
    encoded = _without_space(text)
    return len(encoded), zlib.crc32(encoded)


def unix_lines(text: str) -> str:
    """Return a text with newlines as line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _measured(text: str, head: ArchiveHead, size: int, *, is_whole: bool) -> tuple[int, int]:
    """Return the size and the hash of an article's text from the head of its file."""
    encoded = _without_space(text[head.body :])
    if is_whole and len(encoded) < 4 * _LONGEST_STUB:  # a character has four bytes at most
        body = encoded.decode("utf-8", "surrogatepass")
        if len(body) < _LONGEST_STUB and is_stub(body, head.title):
            return 0, 0
    length = len(encoded) if is_whole else size - len(text[: head.body].encode("utf-8", "surrogatepass"))
    # Of long articles as much as is there whatever the length of what stands above: a link takes up to 2 KB.
    return max(length, 1), zlib.crc32(encoded if is_whole else encoded[:_HASHED])


def _without_space(text: str) -> bytes:
    """Return a text without white space, in UTF-8."""
    if not text.isascii() and _OTHER_SPACE.search(text):
        return "".join(text.split()).encode("utf-8", "surrogatepass")
    # The same, without an object for each word: a fifth of the time.
    return text.encode("utf-8", "surrogatepass").translate(None, _SPACES)
