"""epubmaker: a folder of articles in, an e-book out that people enjoy reading.

As a library:

    from epubmaker import Options, make_book
    report = make_book(Options((Path("articles"),), output=Path("news.epub")))
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` takes 5 ms to import, during which signals are not handled yet

if TYPE_CHECKING:
    from epubmaker.collector.formats.format import Body, Format, Head, Item, NoArticleError, UnreadableError
    from epubmaker.errors import EpubmakerError
    from epubmaker.options import Network, Options
    from epubmaker.pipeline.build import Progress
    from epubmaker.pipeline.build import build as make_book
    from epubmaker.report import Report

__all__ = [
    "Body",
    "EpubmakerError",
    "Format",
    "Head",
    "Item",
    "Network",
    "NoArticleError",
    "Options",
    "Progress",
    "Report",
    "UnreadableError",
    "make_book",
]

_FORMAT = "epubmaker.collector.formats.format"
_HOMES = {
    "Body": _FORMAT,
    "EpubmakerError": "epubmaker.errors",
    "Format": _FORMAT,
    "Head": _FORMAT,
    "Item": _FORMAT,
    "Network": "epubmaker.options",
    "NoArticleError": _FORMAT,
    "Options": "epubmaker.options",
    "Progress": "epubmaker.pipeline.build",
    "Report": "epubmaker.report",
    "UnreadableError": _FORMAT,
    "make_book": "epubmaker.pipeline.build",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is asked for: the worker processes and `--help` need none of them."""
    from importlib import import_module  # noqa: PLC0415 - as above

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")  # noqa: TRY003 - Python's own words
    # Not called `build`, which is the module's name: importing that would take its place here.
    return getattr(import_module(_HOMES[name]), "build" if name == "make_book" else name)
