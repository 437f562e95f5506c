"""A book as a mail (RFC 5322): a few words, and the book as an attachment of `application/epub+zip`.

The book is not held in memory: `frame` makes what stands around it, and `encoded` what a piece of it becomes.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, Message
from email.mime.application import MIMEApplication
from email.utils import format_datetime
from urllib.parse import quote

from epubmaker.text.naming import file_name

__all__ = ["LINE", "encoded", "encoded_size", "frame"]

LINE = 57  # bytes that a line of base64 holds

_LONGEST = 200  # characters of the subject
_LONGEST_NAME = 60  # of the file's name, which stands in one line of at most 998 bytes, with 12 bytes for a character
_POLICY = policy.SMTP.clone(refold_source="none")
_BODY = "{title}\n\nThe book is attached. It was made and sent by epubmaker.\n"


def frame(title: str, sha256: str, sender: str, address: str) -> tuple[bytes, bytes]:
    """Return what stands before and after a book in a mail from one address to another; lines are ended by CRLF.

    The same book (its hash) to the same address has the same Message-ID, so that a server that gets it twice can tell. The
    title may hold anything. The file's name is in ASCII, and as RFC 2231 writes it for programs that read that.
    """
    title = _one_line(title)[:_LONGEST] or "Book"
    mail = EmailMessage(_POLICY)
    mail["From"], mail["To"], mail["Subject"] = sender, address, title
    mail["Date"] = format_datetime(datetime.now(UTC))
    key = hashlib.sha256(f"{sha256} {address}".encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    mail.set_content(_BODY.format(title=title), cte="quoted-printable")  # ASCII, which any server takes
    mail.make_mixed()
    mail.attach(_attachment(title))  # type: ignore[arg-type]  # any Message will do
    before, _, boundary = mail.as_bytes().rpartition(b"\r\n--")
    return before, b"--" + boundary


def encoded(piece: bytes) -> bytes:
    """Return a piece of a book in base64; each but the last must have a multiple of `LINE` bytes."""
    return base64.encodebytes(piece).replace(b"\n", b"\r\n")


def encoded_size(size: int) -> int:
    """Return how many bytes a book of a size becomes."""
    return -(-size // 3) * 4 + -(-size // LINE) * 2


def _attachment(title: str) -> Message:
    """Return the attachment without what is in it."""
    part = MIMEApplication(b"", "epub+zip")
    del part["MIME-Version"]  # is for the whole mail
    plain = file_name(title[:_LONGEST_NAME], ascii_only=True).replace('"', "").replace("\\", "")
    whole = file_name(title[:_LONGEST_NAME])
    other = "" if plain == whole else f";\r\n filename*=utf-8''{quote(whole, safe='')}"
    part["Content-Disposition"] = f'attachment; filename="{plain}"{other}'
    return part


def _one_line(title: str) -> str:
    """Return a title without line ends, other control characters, and halves of surrogate pairs."""
    return " ".join("".join(each if each.isprintable() else " " for each in title).split())
