"""Serves the page and the files of a book, on loopback alone, to who knows the address (RFC 9110).

    /TOKEN/                          the page
    /TOKEN/events                    what is shown, now and with each change (server-sent events)
    /TOKEN/book.json                 the book's reading order and contents
    /TOKEN/book/EDITION/PATH         a file of the book, by its path in the container; for a document, an empty one
    /TOKEN/text/EDITION/PATH         the same as plain text, for the page, which puts it into the empty one
    /TOKEN/choose?style=S&device=D   (POST) another style or device

What keeps pages of other sites away: the token, which is random; the header Host, which must name loopback (see `Server`);
and the page's own policy.

What keeps a stranger's book in its place: of it only what its manifest names is served, with the media types from there and
no guesses at others. Its documents are in a sandbox without scripts, without forms, and without a way to the page around
them; they may load the files of the book and nothing else (Content Security Policy Level 3). What no policy holds back, as
a connection that is opened ahead of need, the page takes away before a document is shown.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import parse_qs, unquote, urlsplit

from epubmaker.preview.book import Member
from epubmaker.preview.showing import Showing
from epubmaker.runtime.webserver import Handler, Server, pieces
from epubmaker.storage.epubfile import DAMAGES

__all__ = ["PreviewServer"]

_LOOPBACK = "127.0.0.1"
_FILES = {
    "": ("page.html", "text/html; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_KINDS = ("book", "text")
_XHTML = "application/xhtml+xml"
_EMPTY = b'<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>\xc2\xa0</title></head><body/></html>'
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# In step with the frame's sandbox in page.html. A page in a new window is no part of the book.
_BOOK_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "media-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


class PreviewServer(Server):
    """A server that listens; `serve_forever` answers. Raises OSError where it cannot listen at the port; 0: a free one.

    `log` is called with a line for each answer, by the threads of the connections.
    """

    def __init__(self, showing: Showing, port: int = 0, log: Callable[[str], None] = lambda _: None) -> None:
        self.showing = showing
        self.token = secrets.token_urlsafe(16)
        super().__init__((_LOOPBACK, port), _Handler, log=log)

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://{_LOOPBACK}:{self.server_port}/{self.token}/"


class _Handler(Handler):
    """Answers the requests of one connection."""

    server: PreviewServer

    def answer(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        showing = self.server.showing
        if asked in _FILES:
            name, media_type = _FILES[asked]
            self._send(files("epubmaker.preview").joinpath(name).read_bytes(), media_type, _PAGE_POLICY)
        elif asked == "book.json":
            edition, about = showing.edition, showing.book.about
            self._send(b'{"edition": %d, "book": %b}' % (edition, about), "application/json", _PAGE_POLICY)
        elif asked == "events":
            self.close_connection = True
            self.send(HTTPStatus.OK, _HEADERS | {"Content-Type": "text/event-stream"}, None, showing.events())
        else:
            self._send_member(asked)

    def answer_other(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        if (self.command, asked) != ("POST", "choose"):
            super().answer_other()
            return
        values = parse_qs(urlsplit(self.path).query)
        style, device = (next(iter(values.get(name, ())), None) for name in ("style", "device"))
        chosen = self.server.showing.choose(style, device)
        self.send(HTTPStatus.NO_CONTENT if chosen else HTTPStatus.BAD_REQUEST, _HEADERS)

    def _asked(self) -> str | None:
        """Return what is asked for, behind the token; answer those who may not ask, and return None."""
        token, slash, asked = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not slash or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self.send(HTTPStatus.NOT_FOUND)
            return None
        return asked

    def _send(self, body: bytes, media_type: str, policy: str) -> None:
        headers = {**_HEADERS, "Content-Type": media_type, "Content-Security-Policy": policy}
        self.send(HTTPStatus.OK, headers, len(body), [body])

    def _send_member(self, asked: str) -> None:
        kind, _, path = asked.partition("/")
        _, _, path = path.partition("/")  # behind the edition, which tells the browser that a file is another one
        try:
            member = self.server.showing.book.member(unquote(path, errors="strict")) if kind in _KINDS else None
        except DAMAGES:
            member = None
        if member is None:
            self.send(HTTPStatus.NOT_FOUND, _HEADERS)
            return
        with member.file:
            if kind == "book" and self._is_document(member):
                self._send(_EMPTY, _XHTML, _BOOK_POLICY)
                return
            media_type = member.media_type if kind == "book" else "text/plain"
            headers = {**_HEADERS, "Content-Type": media_type, "Content-Security-Policy": _BOOK_POLICY}
            try:
                self.send(HTTPStatus.OK, headers, member.size, pieces(member.file, member.size))
            except DAMAGES as error:  # its head is sent: only the end of the connection tells that the rest is missing
                raise ConnectionAbortedError from error

    def _is_document(self, member: Member) -> bool:
        """Tell whether a file would be shown in a window or frame, and not be a part of such a document."""
        is_shown = self.headers.get("Sec-Fetch-Dest", "") in {"document", "iframe"}
        return member.media_type in {_XHTML, "text/html"} or (is_shown and member.media_type.endswith("xml"))
