"""Brings what the user names onto this disk: standard input, and what addresses on the web answer."""

from __future__ import annotations

import sys
from pathlib import Path

from epubmaker.collector.locations.folder import Given
from epubmaker.errors import InputError, TemporaryFilesError, cause_of
from epubmaker.model.articles import Issue
from epubmaker.options import STANDARD_INPUT, is_address, is_remote
from epubmaker.pipeline.session import Session

__all__ = ["given"]

_MOST = 500_000_000  # bytes of standard input
_BLOCK = 1 << 20


def given(session: Session) -> tuple[list[Given], list[Issue]]:
    """Return the inputs as files and folders, in their order, and an issue for each web address that does not answer.

    What lies in object storage stays there. Files that are made for this run are removed with the session.

    Raises InputError when standard input cannot be read, and TemporaryFilesError.
    """
    options = session.options
    addresses = [each for each in options.inputs if isinstance(each, str) and is_address(each)]
    answers = dict(session.documents.get_all(dict.fromkeys(addresses, True))) if addresses else {}
    found: list[Given] = []
    issues: list[Issue] = []
    for each in options.inputs:
        if isinstance(each, Path) or is_remote(each):
            found.append(Given.named(each))
        elif each == STANDARD_INPUT:
            found.append(Given(_standard_input(session.scratch), "-", is_download=True))
        elif each not in answers:
            found.append(Given(Path(each), each))
        else:
            answer = answers[each]
            if isinstance(answer, Path):
                found.append(Given(answer, each, each, is_download=True))
            else:
                issues.append(Issue("input-unreachable", "error", each, answer))
    return found, issues


def _standard_input(folder: Path) -> Path:
    path = folder / "standard input"
    try:
        with path.open("xb") as file:
            size = 0
            while block := sys.stdin.buffer.read(_BLOCK):
                size += len(block)
                if size > _MOST:
                    raise InputError("-", f"more than {_MOST // 1_000_000} MB", "save it to a file, and name that")
                file.write(block)
    except OSError as error:
        raise TemporaryFilesError(cause_of(error)) from error
    return path
