"""epubmaker: a folder of articles in, an e-book out that people enjoy reading.

As a library:

    from epubmaker import Options, build
    report = build(Options((Path("articles"),), output=Path("news.epub")))

Its packages and modules, from the top down. Each imports those below it, but the stages and the shelf never each other:

    __main__.py   the program's start
    cli/          the command line: flags, messages, exit statuses
    jobs/         plans of the volumes of very large archives, and what carries them out
    pipeline/     one run: joins the stages; the docstring of `pipeline.build.build` has the diagram
    reuse/        what earlier builds leave to the next
    delivery/     what is done with finished books: copies on readers, mail, commands
    preview/      a look at a book in the browser
    collector/    stage 1: inputs -> articles, and their pictures, fetched and fitted to the device
    chapters/     stage 2: an article -> XHTML
    packager/     stage 3: chapters -> the book
    shelf/        a folder of books with a catalog
    summary.py    a report in words
    report.py     what came of a build
    order.py      what one book is to be
    options.py    what is asked for
    imaging/      pictures as values
    storage/      files on disk: books, caches, states
    runtime/      this computer and its processes
    text/         text as values
    devices.py    the device profiles
    model/        the frozen types that the stages hand to each other
    errors.py     the errors that end a command
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` takes 5 ms to import, during which signals are not handled yet

if TYPE_CHECKING:
    from epubmaker.collector.formats.format import Body, Format, Head, Item, NoArticleError, UnreadableError
    from epubmaker.devices import DEVICES
    from epubmaker.errors import CheckError, EpubmakerError, InputError, OutputError, UsageError
    from epubmaker.options import Keep, MailServer, Network, Options
    from epubmaker.pipeline.build import Progress, build
    from epubmaker.report import Report

__all__ = [
    "DEVICES",
    "Body",
    "CheckError",
    "EpubmakerError",
    "Format",
    "Head",
    "InputError",
    "Item",
    "Keep",
    "MailServer",
    "Network",
    "NoArticleError",
    "Options",
    "OutputError",
    "Progress",
    "Report",
    "UnreadableError",
    "UsageError",
    "build",
]

_FORMAT = "epubmaker.collector.formats.format"
_HOMES = {
    "Body": _FORMAT,
    "CheckError": "epubmaker.errors",
    "EpubmakerError": "epubmaker.errors",
    "InputError": "epubmaker.errors",
    "OutputError": "epubmaker.errors",
    "Format": _FORMAT,
    "Head": _FORMAT,
    "Item": _FORMAT,
    "Keep": "epubmaker.options",
    "MailServer": "epubmaker.options",
    "Network": "epubmaker.options",
    "NoArticleError": _FORMAT,
    "Options": "epubmaker.options",
    "Progress": "epubmaker.pipeline.build",
    "Report": "epubmaker.report",
    "UnreadableError": _FORMAT,
    "UsageError": "epubmaker.errors",
    "build": "epubmaker.pipeline.build",
    "DEVICES": "epubmaker.devices",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is asked for: the worker processes and `--help` need none of them."""
    from importlib import import_module  # noqa: PLC0415 - as above

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")  # noqa: TRY003 - Python's own words
    return getattr(import_module(_HOMES[name]), name)
