"""The reading styles: the CSS files of `styles/`, and a user's own.

`styles/` is at the top of a checkout, which an editable install uses, and inside the package in a wheel. Every shipped
style is added to the one called "plain"; a user's file is used alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from epubmaker.devices import RENDITIONS, Engine, Rendition
from epubmaker.errors import UsageError, cause_of
from epubmaker.model.articles import Issue

if TYPE_CHECKING:
    from epubmaker.packager.styles.css import Finding, Kind

__all__ = ["BookSheet", "Style", "load", "recognized", "styles", "stylesheet"]

_PACKAGE = Path(__file__).parents[2]
_MODERN = Path(__file__).with_name("modern.css")
_BASE = "plain"
_COMMENT = re.compile(r"/\*(.*?)\*/", re.DOTALL)
# The book's sheet joins several, in UTF-8, whatever the encoding that they declare.
_CHARSET = re.compile(r"""^@charset\s+("[^"]*"|'[^']*')\s*;[ \t]*\n?""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """A reading style: its name on the command line, a description of one line, and its file."""

    name: str
    description: str
    path: Path


def styles() -> tuple[Style, ...]:
    """Return the shipped styles by name. The description is the first comment of the file."""
    inside = _PACKAGE / "styles"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "styles"
    found = []
    for path in sorted(folder.glob("*.css")):
        comment = _COMMENT.search(path.read_text(encoding="utf-8"))
        found.append(Style(path.stem, " ".join(comment[1].split()) if comment else "", path))
    return tuple(found)


def load(style: str | Path) -> str:
    """Return the CSS of a shipped style, or of the user's file at that path.

    Raises `UsageError` when it is neither, or not UTF-8 text.
    """
    shipped = {known.name: known.path for known in styles()}
    if str(style) in shipped:
        names = dict.fromkeys((_BASE, str(style)))
        return "\n".join(shipped[name].read_text(encoding="utf-8") for name in names)
    path = Path(style)
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise UsageError(style, "is no file", "name a CSS file")
        css = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        advice = f"name a file or one of: {', '.join(shipped)}"
        raise UsageError(style, "no such style or file", advice) from None
    except OSError as error:
        raise UsageError(style, f"cannot be read: {cause_of(error)}", "name a CSS file") from error
    except UnicodeDecodeError as error:
        raise UsageError(style, "is not UTF-8 text", "save the file as UTF-8") from error
    return _CHARSET.sub("", css)


# The kinds of faults that are left out for an engine, and those that are reported, since other engines may show the book.
_DROPPED: dict[Engine, frozenset[Kind]] = {
    "any": frozenset({"invalid"}),
    "adobe": frozenset({"invalid", "risky"}),
    "kindle": frozenset({"invalid", "risky", "kindle"}),
}
_REPORTED: dict[Engine, frozenset[Kind]] = {
    "any": frozenset({"risky", "kindle"}),
    "adobe": frozenset(),
    "kindle": frozenset(),
}
# Adobe's engine is older than HTML5 and treats elements that it does not know as inline.
_BLOCKS = (
    "section, article, header, footer, nav, aside, main, figure, figcaption, details, summary { display: block }\n"
)


def stylesheet(
    style: str | Path, extra: Iterable[Path] = (), rendition: Rendition = RENDITIONS["plain"], *, is_kepub: bool = False
) -> tuple[str, tuple[Issue, ...]]:
    """Return the book's one stylesheet: the style, then the extra files, whose rules override it.

    For an engine that is a browser's, as that of a kepub is, a shipped style has rules that others do not know.

    Of a user's CSS, what would make the book invalid or fail on the device is left out, with an issue "css-dropped";
    what may fail on other devices has an issue "css-risky". Raises as `load` does.
    """
    from epubmaker.packager.styles.css import examine  # noqa: PLC0415 - 50 ms, which to list or load styles does without

    shipped = {known.name for known in styles()}
    dropped, reported = _DROPPED[rendition.engine], _REPORTED[rendition.engine]
    sheets = [] if rendition.html5 else [_BLOCKS]
    issues: list[Issue] = []
    for source in (style, *extra):
        css = load(source)
        if source in shipped and source == style and (is_kepub or rendition.modern):
            css = f"{css}\n{_MODERN.read_text(encoding='utf-8')}"
        if source not in shipped:
            examined = examine(css, dropped)
            css = examined.css
            issues.extend(_issue("css-dropped", f, source) for f in examined.findings if f.kind in dropped)
            issues.extend(_issue("css-risky", f, source) for f in examined.findings if f.kind in reported)
        sheets.append(css.rstrip() + "\n")
    return "\n".join(sheets), tuple(issues)


@dataclass(frozen=True, slots=True)
class BookSheet:
    """The stylesheet of a finished book, as `stylesheet` makes it of a shipped style; `extra` is a user's CSS after it."""

    style: str
    rendition: Rendition
    is_kepub: bool
    extra: str

    def in_style(self, style: str) -> str:
        """Return the stylesheet with another style in the place of its own. Raises as `load` does."""
        return stylesheet(style, (), self.rendition, is_kepub=self.is_kepub)[0] + self.extra


def recognized(css: str) -> BookSheet | None:
    """Return what the stylesheet of a finished book is; None where it is not of a shipped style, as that is now."""
    found = []
    for style in styles():
        for rendition in (RENDITIONS["plain"], RENDITIONS["adobe"]):
            for is_kepub in (False, True):  # a kepub's is that of a browser's engine
                own = stylesheet(style.name, (), rendition, is_kepub=is_kepub)[0]
                if css == own or css.startswith(f"{own}\n"):
                    found.append((len(own), BookSheet(style.name, rendition, is_kepub, css[len(own) :])))
    return max(found, key=lambda pair: pair[0])[1] if found else None  # every other style begins with the plain one


def _issue(code: str, finding: Finding, source: str | Path) -> Issue:
    return Issue(code, "warning", f"{source}:{finding.line}", finding.message)
