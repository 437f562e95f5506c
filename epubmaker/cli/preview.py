"""The command `epubmaker preview`: shows a book, or what inputs become, in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from epubmaker.cli.build import of_one_book, placed_errors, say_issues, with_defaults
from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.flags import SECTIONS, BuildCommand, Flag
from epubmaker.cli.terminal import ProgressDisplay, say, show
from epubmaker.cli.translate import options_of
from epubmaker.devices import DEVICES
from epubmaker.errors import EpubmakerError, InputError, UsageError, cause_of
from epubmaker.options import STANDARD_INPUT, Options
from epubmaker.runtime import process

if TYPE_CHECKING:
    from epubmaker.preview.book import ShownBook
    from epubmaker.preview.server import PreviewServer
    from epubmaker.preview.showing import Choice, Showing

__all__ = ["preview"]

_OWN = (
    Flag(
        "--port",
        type=click.IntRange(0, 65535),
        metavar="N",
        allow_from_autoenv=False,
        help="Where to listen; default: a free one.",
    ),
    Flag("--no-browser", is_flag=True, allow_from_autoenv=False, help="Say the address, and open no browser."),
)
_KEPT = {"jobs", "verbose", "quiet"}  # of the last section: the others say where a book goes
# Nothing is remembered, and one book is shown.
_NOT_FOR_A_LOOK = {"new", "state", "split_by", "prune", "max_size", "max_missing"}
_OF_A_BOOK = {"inputs", "style", "device", "no_config", "verbose", "quiet", *(flag.name for flag in _OWN)}


class _PreviewCommand(BuildCommand):
    """`preview`: the flags of `build` that change what a book looks like or has in it, and those of its own."""

    sections: Mapping[str, Sequence[Flag]] = {
        "The preview": _OWN,
        **{
            title: tuple(
                flag
                for flag in flags
                if flag.name not in _NOT_FOR_A_LOOK and (title != "Output and messages" or flag.name in _KEPT)
            )
            for title, flags in SECTIONS.items()
            if title != "Mail"
        },
    }


# What stands in the environment for `build` holds for what is made here.
@click.command(cls=_PreviewCommand, context_settings={"auto_envvar_prefix": "EPUBMAKER_BUILD"})
@click.pass_context
def preview(context: click.Context, /, **flags: Any) -> None:
    """Look at a book, or at what inputs become, in the browser. It is shown again whenever a source changes.

    \b
    epubmaker preview news.epub
    epubmaker preview ~/news --style magazine --device kobo-6
    """  # noqa: D301 - the backslash is click's mark for lines to be left as they are
    process.own()
    with one_line_errors(verbose=flags["verbose"]):
        source = _Finished(context) if _is_finished(flags["inputs"]) else _Inputs(context)
        _preview(source, flags)


def _preview(source: _Source, flags: dict[str, Any]) -> None:
    """Show what a source makes until a signal comes."""
    from threading import Thread

    from epubmaker.preview.showing import Choice, Showing
    from epubmaker.preview.watch import Watch
    from epubmaker.storage.scratch import spool

    watch = Watch(source.files, source.passed_over)
    with spool() as folder, ExitStack() as stack:
        before = watch.state()
        choice = Choice(source.style, source.device)
        book = source.make(choice, _room(folder))
        if source.style and (fixed := source.fixed(book)):
            book.close()
            raise UsageError("--style", fixed, "leave it out")
        showing = Showing(book, choice, source.fixed(book))
        stack.callback(lambda: showing.book.close())  # noqa: PLW0108 - that of the end, which is another one
        server = stack.enter_context(_listening(showing, flags))
        Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)
        show(f"{book.title}: {server.address} (Ctrl-C ends)")
        if not flags["no_browser"]:
            import webbrowser

            Thread(target=webbrowser.open, args=[server.address], daemon=True).start()  # some wait for its end
        with suppress(KeyboardInterrupt):
            while True:
                watch.wait(before, partial(showing.wait_for_choice, source.kind(choice), source.kind))
                before, choice = watch.state(), showing.choice
                _show_again(source, showing, choice, _room(folder))


def _show_again(source: _Source, showing: Showing, choice: Choice, room: Path) -> None:
    """Make the book again and show it; where that fails, the last one stays."""
    import shutil

    showing.begin()
    try:
        book = source.make(choice, room)
    except EpubmakerError as error:
        showing.fail(str(error))
        say(f"error: {error}")
        shutil.rmtree(room, ignore_errors=True)
        return
    last = showing.book
    showing.show(book, source.fixed(book))
    last.close()
    shutil.rmtree(last.path.parent, ignore_errors=True)


def _room(folder: Path) -> Path:
    """Make a folder for a book: the last one is open, which some systems do not let be replaced."""
    import tempfile

    return Path(tempfile.mkdtemp(dir=folder))


def _listening(showing: Showing, flags: dict[str, Any]) -> PreviewServer:
    from epubmaker.preview.server import PreviewServer

    port = flags["port"] or 0
    try:
        return PreviewServer(showing, port, say if flags["verbose"] else lambda _: None)
    except OSError as error:
        cause = f"cannot be listened at: {cause_of(error)}"
        place = f"port {port}"
        raise EpubmakerError(place, cause, "choose another with --port") from error


class _Source:
    """What is looked at: a book, or what a build makes of inputs.

    `files` are watched, but not the folders `passed_over`. `style` and `device` are those to begin with; "" is the book's
    own style.
    """

    files: Sequence[Path]
    passed_over: Sequence[Path] = ()
    style: str
    device: str

    def make(self, choice: Choice, room: Path) -> ShownBook:
        """Return the book, made in a folder. Raises EpubmakerError."""
        raise NotImplementedError

    def kind(self, choice: Choice) -> object:
        """Return what the book depends on of a choice."""
        return choice

    def fixed(self, _book: ShownBook) -> str:
        """Return why the style of the book cannot be changed; "" where it can."""
        return ""


# --- a finished book -------------------------------------------------------------------------------------------------


def _is_finished(inputs: Sequence[Path | str]) -> bool:
    from epubmaker.cli.bookfile import is_book

    if len(inputs) != 1 or not isinstance(inputs[0], Path):
        return False
    return is_book(inputs[0]) or (inputs[0].suffix.lower() == ".epub" and inputs[0].is_file())


class _Finished(_Source):
    """A finished book. A device changes the size of its page alone; a style can be another where its own is one of ours."""

    def __init__(self, context: click.Context) -> None:
        flags = context.params
        given = {name for name in flags if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
        for name in sorted(given - _OF_A_BOOK):
            raise UsageError(
                f"--{name.replace('_', '-')}", "is for inputs, and this is a finished book", "leave it out"
            )
        self._path: Path = flags["inputs"][0]
        self.style: str = flags["style"] if "style" in given else ""
        self.device: str = flags["device"] if "device" in given else Options(()).device.name
        self.files = (self._path, *([Path(self.style)] if self.style else []))

    def make(self, choice: Choice, room: Path) -> ShownBook:
        import shutil

        from epubmaker.preview.book import ShownBook

        copy = room / self._path.name  # others may replace the book meanwhile
        try:
            shutil.copyfile(self._path, copy)
        except OSError as error:
            cause = f"cannot be read: {cause_of(error)}"
            raise InputError(self._path, cause, "name another book") from error
        try:
            book = ShownBook(copy)
        except InputError as error:
            raise InputError(self._path, error.cause, error.advice) from error
        if choice.style:
            book.restyle(choice.style)
        return book

    def kind(self, choice: Choice) -> object:
        return choice.style

    def fixed(self, book: ShownBook) -> str:
        return "" if book.sheet else "the style of this finished book is none of epubmaker's, and stays"


# --- inputs ----------------------------------------------------------------------------------------------------------


class _Inputs(_Source):
    """What a build makes of inputs."""

    def __init__(self, context: click.Context) -> None:
        from epubmaker.packager.styles.sheets import styles

        context = of_one_book(context)
        self._flags = context.params
        self._said: tuple[str, ...] = ()
        with placed_errors(context):
            self._options = options = _options(context)
        self.style, self.device = options.style, options.device.name
        self.passed_over = (options.cache,) if options.cache else ()
        own = (*options.inputs, *options.css, Path(options.style), *filter(None, [options.cover]))
        self.files = (*(path for path in own if isinstance(path, Path)), *(style.path for style in styles()))

    def make(self, choice: Choice, room: Path) -> ShownBook:
        from epubmaker.pipeline.build import build as build_book
        from epubmaker.preview.book import ShownBook
        from epubmaker.summary import summary

        device = DEVICES[choice.device]
        options = replace(self._options, style=choice.style, device=device, output=room, make_folder=True)
        with ProgressDisplay(quiet=self._flags["quiet"]) as display:
            report = build_book(options, display.show)
        if self._flags["verbose"]:
            say_issues(report.issues)
        if not report.books:
            raise InputError(", ".join(map(str, options.inputs)), "no article is left to be shown", "ask for others")
        lines = tuple(islice(summary(report), len(report.books), None))  # without the temporary path
        if not self._flags["quiet"] and lines != self._said:
            for line in lines:
                say(line)
        self._said = lines
        return ShownBook(report.books[0].path)


def _options(context: click.Context) -> Options:
    """Return the options of a build that goes nowhere else. Raises UsageError."""
    options = options_of(with_defaults(context, {flag.name for flag in _OWN}))
    if STANDARD_INPUT in options.inputs:
        raise UsageError("-", "standard input can be read once alone", "name a file")
    return options
