"""A mail server on loopback (aiosmtpd) with TLS, which refuses or is cut off as a test says."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import warnings
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from webserver import CERTIFICATE

__all__ = ["PASSWORD", "USER", "MailServer", "Received", "stay_in"]

USER, PASSWORD = "reader@example.org", "s3cret pass+word/="


def stay_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder the current one, which also holds what is remembered; trust the server, and know its password."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("EPUBMAKER_MAIL_PASSWORD", PASSWORD)


class Received(NamedTuple):
    """A mail that the server has taken: from whom, to whom, and what."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def book(self) -> bytes:
        """The one attachment."""
        (part,) = self.message.iter_attachments()
        assert part.get_content_type() == "application/epub+zip"
        return bytes(part.get_content())


def _cut(server: SMTP) -> None:
    assert server.transport
    server.transport.close()


class _Server(SMTP):
    """Cuts the connection where it is told to; `taken` are its mails."""

    taken = 0

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        owner: MailServer = self.event_handler
        if owner.cuts and owner.cuts[0] == "before":
            owner.cuts.pop(0)
            _cut(self)
            return
        await super().smtp_DATA(arg)


class MailServer(Controller):
    """Serves from the beginning of a `with` block to its end.

    `replies` are given to the next recipients in place of "250"; "hang" is none, and sets `hangs`. `verdicts` are refusals
    of the next mails, given after their last lines. `cuts` says where the next connections end: "before" the text of one,
    or "after" all of it, which is then kept. `connections` counts them, `logins` are what was tried. A connection may bring
    `most` mails.
    """

    def __init__(self, *, security: str = "starttls", limit: int = 33_554_432, most: int = 1_000) -> None:
        self.most = most
        self.replies: list[str] = []
        self.verdicts: list[str] = []
        self.cuts: list[str] = []
        self.received: list[Received] = []
        self.logins: list[tuple[str, str]] = []
        self.connections = 0
        self.hangs = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._security, self._context, self._limit = security, context, limit
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        super().__init__(self, hostname="127.0.0.1", port=port, ssl_context=context if security == "tls" else None)

    def factory(self) -> SMTP:
        self.connections += 1
        is_starttls = self._security == "starttls"
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # aiosmtpd does not see that a login is safe where all is TLS from the start
            return _Server(
                self,
                data_size_limit=self._limit,
                hostname="localhost",
                tls_context=self._context if is_starttls else None,
                require_starttls=is_starttls,
                auth_required=self._security != "none",
                auth_require_tls=is_starttls,
                authenticator=self._authenticate,
            )

    def _authenticate(
        self, _server: object, _session: Session, _envelope: Envelope, _kind: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        login = data.login.decode(), data.password.decode()
        self.logins.append(login)
        if login == (USER, PASSWORD):
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 {login} is wrong")

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if isinstance(server, _Server) and server.taken == self.most:
            return "421 4.7.0 Too many mails"
        reply = self.replies.pop(0) if self.replies else "250 OK"
        if reply == "hang":
            self.hangs.set()
            await asyncio.Event().wait()
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        if self.verdicts:
            return self.verdicts.pop(0)
        if isinstance(server, _Server):
            server.taken += 1
        self.received.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content))
        if self.cuts and self.cuts[0] == "after":
            self.cuts.pop(0)
            _cut(server)
        return "250 OK"

    def __enter__(self) -> Self:
        self.start()
        self.connections = 0  # without the one by which the controller sees that it is there
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
