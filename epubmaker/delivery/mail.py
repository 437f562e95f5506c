"""Sends books by mail: SMTP (RFC 5321) with TLS, tried again where it may help, each book once to each address.

A server that answers with a code of 4xx, or not at all, is asked again after each of `MailServer.waits`: "greylisting"
servers refuse the first try of strangers for some minutes. Codes of 5xx, a wrong certificate and a wrong password are for
the user to mend.

The last line of a mail, ".", makes the server take it. Where the connection is cut between that and the server's answer,
nobody knows whether it did. Such a mail is not sent again by itself: a book that comes twice, each night, is worse than one
that somebody has to ask for. The user is told, and `send_again` sends it.

The password is in no message: what a server says to a login is not shown, as it may repeat it.
"""

from __future__ import annotations

import hashlib
import os
import re
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO, NamedTuple

from epubmaker.delivery.commands import check_command, output_of
from epubmaker.delivery.letter import LINE, encoded, encoded_size, frame
from epubmaker.delivery.outbox import Outbox, Waiting
from epubmaker.errors import EpubmakerError, StateError, UsageError, cause_of
from epubmaker.model.articles import Issue
from epubmaker.model.books import Book
from epubmaker.options import MailServer, Options
from epubmaker.report import Mailed, human_size
from epubmaker.text.addresses import ascii_host

__all__ = ["check_mail", "put_in_outbox", "send_waiting"]

PASSWORD = "EPUBMAKER_MAIL_PASSWORD"  # noqa: S105 - the variable's name

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_HOST = re.compile(r"[^\s/:@]+|[0-9A-Fa-f:.]+(%\w+)?")  # a name, or an address of IPv6
_TOO_LARGE = re.compile(r"5\.(2\.3|3\.4)\b")  # for the mailbox, or for the server (RFC 3463)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_KINDLE = ("kindle.com", "free.kindle.com", "kindle.cn")
_MOST_KINDLE = 50_000_000  # bytes of what is attached to a mail; the 25 files of a mail are no matter with one in each
_PIECE = LINE << 10  # bytes
_LAST = 600.0  # seconds to wait for the answer to the last line (RFC 5321, 4.5.3.2.6)
_LONGEST_PASSWORD = 1_000
_NAME = "[127.0.0.1]"  # by which mail programs greet a server that need not know the computer's name

_SMALLER = "--max-size makes it smaller, or volumes"
_LATER = "the next run tries it again"
_MEND = "mend that, and the next run sends it"
_AS_THE_PROVIDER = "set host, port and security as the provider says"
_DOUBT = "look whether it is there; --send-again sends it again"


class _Failure(Exception):  # noqa: N818 - caught here
    """What to do about a mail that was not sent, and why it was not. After `_LATER`, it is tried again."""

    def __init__(self, step: str, cause: str) -> None:
        super().__init__(step, cause)
        self.step, self.cause = step, cause


class Sending(NamedTuple):
    """What came of it: the books that were sent, and an issue for each that was not."""

    mailed: tuple[Mailed, ...]
    issues: tuple[Issue, ...]


def check_mail(options: Options) -> None:
    """Raise UsageError for an address or settings of a server that cannot be used, and StateError as `Outbox`."""
    server = options.mail
    for address in options.send_to:
        _check_address("--send-to", address)
    if not server.host:
        raise UsageError("--send-to", "no server is named to send mail by", "name it with --mail-host")
    if not _HOST.fullmatch(server.host):
        step = "write it like smtp.example.org; --mail-port has the port"
        raise UsageError("--mail-host", f"{server.host} is no name of a server", step)
    if server.security == "none" and server.host not in _LOOPBACK:
        raise UsageError(
            "--mail-security", "only a server on this computer is sent to in plain text", "use starttls or tls"
        )
    if sender := server.sender or server.user:
        _check_address("--mail-from", sender)
    else:
        raise UsageError("--mail-from", "is missing", "name the address that the mail comes from")
    if server.password_command is not None:
        check_command("--mail-password-command", server.password_command)
    has_password = os.environ.get(PASSWORD) or server.password_command or server.password_file
    if server.user and not has_password:
        step = f"set {PASSWORD}, --mail-password-file or --mail-password-command"
        raise UsageError("--mail-user", "has no password", step)


def _check_address(flag: str, address: str) -> None:
    if not _ADDRESS.fullmatch(_key(address)):
        step = "write it like name@example.org, in ASCII before the @"
        raise UsageError(flag, f"{address} is no address of mail", step)


def put_in_outbox(books: Sequence[Book], options: Options) -> None:
    """Note that books are to be sent, so that a later run sends what this one does not. Raises StateError."""
    with Outbox() as outbox:
        letters = [
            Waiting(book.sha256, _key(address), book.path.absolute(), book.title)
            for book in books
            for address in options.send_to
        ]
        outbox.put(letters, again=options.send_again)


def send_waiting(books: Sequence[Book], options: Options) -> Sending:
    """Send what waits for the addresses of the options: `books`, and what earlier runs have left."""
    try:
        with Outbox() as outbox, outbox.alone():
            return _Post(options.mail, outbox).sending([*map(_key, options.send_to)], books)
    except StateError as error:
        return Sending((), (Issue("delivery-mail", "error", error.subject, f"{error.cause}; {error.advice}"),))


def _key(address: str) -> str:
    """Return an address as servers know it: with its domain in ASCII, and in lower case."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.lower() if domain.isascii() else ascii_host(domain)}"


class _Post:
    """Sends what waits in an outbox by a server."""

    def __init__(self, server: MailServer, outbox: Outbox) -> None:
        self._server, self._outbox = server, outbox
        self._sender = _key(server.sender or server.user or "")

    def sending(self, addresses: Sequence[str], books: Sequence[Book]) -> Sending:
        named = {book.path.absolute(): book.path for book in books}
        doubtful = self._outbox.doubtful(addresses, [book.sha256 for book in books])
        left = self._outbox.waiting(addresses)
        waiting = [each for each in left if _is_there(each)]
        gone = [each for each in left if each not in waiting]
        failed = self._sent(waiting)
        for each in doubtful:
            self._outbox.note(each, "unknown")
            failed[each] = _Failure(_DOUBT, "may have arrived: an earlier run was cut off as it sent it")
        # For a smaller one, another book would have to be made, which is put into the outbox then.
        for each in (*gone, *(each for each, failure in failed.items() if failure.step == _SMALLER)):
            self._outbox.drop(each)
        mailed = [each for each in waiting if each not in failed]
        not_sent = [(each._replace(path=named.get(each.path, each.path)), why) for each, why in failed.items()]
        return Sending(
            tuple(Mailed(named.get(each.path, each.path), each.address) for each in mailed),
            (*map(_gone, gone), *_issues(not_sent)),
        )

    def _sent(self, waiting: Sequence[Waiting]) -> dict[Waiting, _Failure]:
        """Send what waits; return what was not sent, with why."""
        if not waiting:
            return {}
        try:
            password = _password(self._server) if self._server.user else None
        except _Failure as failure:
            return dict.fromkeys(waiting, failure)
        failed: dict[Waiting, _Failure] = {}
        left, waits = list(waiting), iter(self._server.waits)
        while left:
            failed.update(now := self._attempt(left, password))
            for each in left:
                if each not in now:
                    failed.pop(each, None)
            before, left = len(left), [each for each, failure in now.items() if failure.step == _LATER]
            if len(left) == before:  # else it may be that the server takes but some mails of a connection
                wait = next(waits, None)
                if wait is None:
                    break
                time.sleep(wait)
        return failed

    def _attempt(self, letters: Sequence[Waiting], password: str | None) -> dict[Waiting, _Failure]:
        """Send letters over one connection; return those that were not sent, with why."""
        failed: dict[Waiting, _Failure] = {}
        try:
            with _connected(self._server, password) as smtp:
                for each in letters:
                    try:
                        self._pass(each, smtp)
                    except _Failure as failure:
                        failed[each] = failure
        except _Failure as failure:
            return dict.fromkeys(letters, failure)
        return failed

    def _pass(self, each: Waiting, smtp: smtplib.SMTP) -> None:
        """Give a letter to a server. Raises _Failure."""
        with _failures(), _opened(each) as (book, bare):
            smtp.rset()
            before, after = frame(each.title, each.sha256, self._sender, each.address)
            size = len(before) + encoded_size(bare) + len(after)
            announced = smtp.esmtp_features.get("size", "")
            most = int(announced) if re.fullmatch(r"[0-9]{1,18}", announced) else 0
            if 0 < most < size:
                cause = f"the server takes mails of up to {human_size(most)}, and this has {human_size(size)}"
                raise _Failure(_SMALLER, cause)
            _expect(smtp.mail(self._sender, [f"SIZE={size}"] if smtp.has_extn("size") else []))
            _expect(smtp.rcpt(each.address))
            _expect(smtp.docmd("DATA"), 3)
            smtp.send(_without_end(before))
            digest = hashlib.sha256()
            while piece := book.read(_PIECE):
                digest.update(piece)
                smtp.send(encoded(piece))
            smtp.send(_without_end(after))
            if digest.hexdigest() != each.sha256:
                smtp.close()  # what was not ended is no mail
                raise _Failure(_LATER, "it was changed meanwhile")
            # Before the end, a server that is there has nothing to say.
            if smtp.sock is None or select.select([smtp.sock], [], [], 0)[0]:
                raise smtplib.SMTPServerDisconnected
            self._outbox.note(each, "passing")
        try:
            if smtp.sock:
                smtp.sock.settimeout(_LAST)
            smtp.send(".\r\n")
            reply = smtp.getreply()
        except (OSError, smtplib.SMTPException):
            reply = -1, b""
        if reply[0] < 200:  # no answer, or none of SMTP's
            self._outbox.note(each, "unknown")
            smtp.close()
            raise _Failure(_DOUBT, "may have arrived: the connection was cut before the server had answered")
        self._outbox.note(each, "sent" if reply[0] < 300 else "waiting")
        with _failures():
            _expect(reply)
        if smtp.sock:
            smtp.sock.settimeout(self._server.timeout)


def _is_there(each: Waiting) -> bool:
    """Tell whether a book is still what it was when it was to be sent."""
    try:
        with each.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == each.sha256
    except OSError:
        return False


def _gone(each: Waiting) -> Issue:
    message = f"was replaced or removed before it could be sent to {each.address}; give each book a name of its own"
    return Issue("mail-replaced", "warning", str(each.path), message)


def _issues(failed: Iterable[tuple[Waiting, _Failure]]) -> Iterator[Issue]:
    """Yield an issue for each book and address, but only one for what keeps several of them back."""
    by_cause: dict[tuple[str, str], list[Waiting]] = {}
    for each, failure in failed:
        by_cause.setdefault((failure.cause, failure.step), []).append(each)
    for (cause, step), letters in by_cause.items():
        first, more = letters[0], len(letters) - 1
        what = f"{first.path}{f' and {more:,} more' if more else ''}"
        verb = "" if step == _DOUBT else f"{'are' if more else 'is'} not sent: "
        where = ", ".join(dict.fromkeys(each.address for each in letters))
        yield Issue("delivery-mail", "error", where, f"{what} {verb}{cause}; {step}")


@contextmanager
def _opened(each: Waiting) -> Iterator[tuple[BinaryIO, int]]:
    """Yield a book and its size in bytes. Raises _Failure for one that cannot be read, or is too large to be sent."""
    try:
        book = each.path.open("rb")
    except OSError as error:
        raise _Failure(_MEND, f"it cannot be read: {cause_of(error)}") from None
    with book:
        size = os.fstat(book.fileno()).st_size
        if each.address.rpartition("@")[2] in _KINDLE and size > _MOST_KINDLE:
            cause = f"it has {human_size(size)}, and Send to Kindle takes {human_size(_MOST_KINDLE)} a mail"
            raise _Failure(_SMALLER, cause)
        yield book, size


def _without_end(text: bytes) -> bytes:
    """Return lines of a mail so that none of them is its end: "." alone."""
    return re.sub(rb"(?m)^\.", b"..", text)


def _password(server: MailServer) -> str:
    """Return the password: from the environment, else a command's first line, else a file's. Raises _Failure."""
    text = os.environ.get(PASSWORD)
    if not text and server.password_command:
        try:
            text = output_of(server.password_command)
        except EpubmakerError as error:
            raise _Failure(_MEND, f"{error.cause} ({error.subject})") from None
    elif not text and server.password_file:
        try:
            with server.password_file.open(encoding="utf-8-sig") as file:
                text = file.read(_LONGEST_PASSWORD)
        except (OSError, UnicodeError) as error:
            cause = getattr(error, "strerror", None) or "is no text"
            raise _Failure(_MEND, f"{server.password_file}: {cause.lower()}") from None
    line = (text or "").partition("\n")[0].rstrip("\r")
    if not line:
        raise _Failure(_MEND, "the password is empty")
    if not (line.isascii() and (server.user or "").isascii()):
        raise _Failure(_MEND, "the user and the password must be in ASCII, for a login by SMTP")
    return line


# --- SMTP ------------------------------------------------------------------------------------------------------------


@contextmanager
def _connected(server: MailServer, password: str | None) -> Iterator[smtplib.SMTP]:
    """Yield a connection that is encrypted, if not to this computer, and logged in. Raises _Failure."""
    smtp: smtplib.SMTP | None = None
    host, port = server.host or "", server.port or _PORTS[server.security]
    with _failures():
        try:
            context = ssl.create_default_context()  # checks the certificate and the host's name
            if server.security == "tls":
                smtp = smtplib.SMTP_SSL(host, port, _NAME, timeout=server.timeout, context=context)
            else:
                smtp = smtplib.SMTP(host, port, _NAME, timeout=server.timeout)
            smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                _encrypt(smtp, context)
            if password is not None:
                _log_in(smtp, server.user or "", password)
        except BaseException:
            if smtp:
                smtp.close()
            raise
    try:
        yield smtp
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()
    finally:
        smtp.close()  # without a farewell after an interrupt: the server may be what is waited for


def _encrypt(smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
    if not smtp.has_extn("starttls"):
        raise _Failure(_AS_THE_PROVIDER, "the server offers no STARTTLS")
    smtp.starttls(context=context)
    smtp.ehlo()


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    if not smtp.has_extn("auth"):
        raise _Failure(_AS_THE_PROVIDER, "the server takes no login")
    try:
        smtp.login(user, password)
    except smtplib.SMTPResponseException as error:
        cause = f"the server does not take the user and the password (code {error.smtp_code})"
        raise _Failure(_step_after(error.smtp_code), cause) from None
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException:
        raise _Failure(_MEND, "the server takes no login that is known here") from None


def _step_after(code: int, text: str = "") -> str:
    if _TOO_LARGE.match(text):
        return _SMALLER
    return _LATER if 400 <= code < 500 else _MEND


def _expect(reply: tuple[int, bytes], kind: int = 2) -> None:
    """Raise SMTPResponseException for a reply of another kind, which its first digit tells (RFC 5321, 4.2.1)."""
    if reply[0] // 100 != kind:
        raise smtplib.SMTPResponseException(*reply)


@contextmanager
def _failures() -> Iterator[None]:
    """Turn the errors of a conversation into _Failure."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise _Failure(_MEND, f"the server's certificate cannot be trusted: {error.verify_message}") from None
    except ssl.SSLError as error:
        cause = f"TLS fails: {(error.reason or str(error)).lower().replace('_', ' ')}"
        raise _Failure(_AS_THE_PROVIDER, cause) from None
    except smtplib.SMTPResponseException as error:
        raw = error.smtp_error
        text = " ".join((raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw).split())[:200]
        raise _Failure(_step_after(error.smtp_code, text), f"the server says: {error.smtp_code} {text}") from None
    except smtplib.SMTPServerDisconnected:
        raise _Failure(_LATER, "the connection was cut") from None
    except smtplib.SMTPException as error:
        raise _Failure(_MEND, str(error)) from None
    except socket.gaierror as error:
        step = _MEND if error.errno == socket.EAI_NONAME else _LATER
        raise _Failure(step, "the server's name is not known") from None
    except OSError as error:
        cause = f"the server cannot be reached: {cause_of(error)}"
        raise _Failure(_LATER, cause) from None
