"""Brings what the user names onto this disk: standard input, and what addresses on the web answer."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from epubmaker.collector.locations.folder import Given
from epubmaker.errors import InputError, TemporaryFilesError
from epubmaker.model.articles import Issue
from epubmaker.options import STANDARD_INPUT, Options, is_address
from epubmaker.storage.scratch import spool

__all__ = ["given"]

_MOST = 500_000_000  # bytes of standard input
_BLOCK = 1 << 20


def given(options: Options, stack: ExitStack) -> tuple[list[Given], list[Issue]]:
    """Return the inputs as files and folders, in their order, and an issue for each address that does not answer.

    Files that are made for this run are removed when `stack` closes. Raises InputError when standard input cannot be read,
    and TemporaryFilesError.
    """
    addresses = list(dict.fromkeys(each for each in options.inputs if isinstance(each, str) and is_address(each)))
    answers = _answers(addresses, options, stack) if addresses else {}
    found: list[Given] = []
    issues: list[Issue] = []
    for each in options.inputs:
        if isinstance(each, Path):
            found.append(Given(each, each.as_posix()))
        elif each == STANDARD_INPUT:
            found.append(Given(_standard_input(stack.enter_context(spool())), "-", is_download=True))
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
        raise TemporaryFilesError((error.strerror or str(error)).lower()) from error
    return path


def _answers(addresses: list[str], options: Options, stack: ExitStack) -> dict[str, Path | str]:
    """Return the file with what each address answers, or why there is none."""
    # 0.15 s, which builds of files do without.
    from epubmaker.collector.cache.store import Cache  # noqa: PLC0415
    from epubmaker.collector.pictures.outcomes import Body  # noqa: PLC0415
    from epubmaker.collector.web.documents import Documents  # noqa: PLC0415

    cache = stack.enter_context(Cache(options.cache)) if options.cache else None
    documents = stack.enter_context(Documents(options.network, stack.enter_context(spool()), cache))
    with ThreadPoolExecutor(min(len(addresses), options.network.connections), "input") as threads:
        found = list(threads.map(documents.get, addresses))
    return {
        address: answer.path if isinstance(answer, Body) else answer.reason
        for address, answer in zip(addresses, found, strict=True)
    }
