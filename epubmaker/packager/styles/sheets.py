"""The reading styles: the CSS files of `styles/`, and a user's own.

They lie at the top of a checkout (an editable install uses them there) and inside the package in a wheel. Every shipped
style builds on the one called "plain"; a user's file stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from epubmaker.devices import RENDITIONS, Engine, Rendition
from epubmaker.errors import UsageError
from epubmaker.model.articles import Issue
from epubmaker.packager.styles.css import Finding, Kind, examine

__all__ = ["Style", "load", "styles", "stylesheet"]

_PACKAGE = Path(__file__).parents[2]
_BASE = "plain"
_COMMENT = re.compile(r"/\*(.*?)\*/", re.DOTALL)
# One sheet is made of several: what they say of their encoding holds no longer, since the book is UTF-8 throughout.
_CHARSET = re.compile(r"""^@charset\s+("[^"]*"|'[^']*')\s*;[ \t]*\n?""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """A reading style: its name on the command line, what it is like in one line, and its file."""

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
        css = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        advice = f"name a file or one of: {', '.join(shipped)}"
        raise UsageError(style, "no such style or file", advice) from None
    except OSError as error:
        raise UsageError(style, f"cannot be read: {error.strerror}", "name a CSS file") from error
    except UnicodeDecodeError as error:
        raise UsageError(style, "is not UTF-8 text", "save the file as UTF-8") from error
    return _CHARSET.sub("", css)


# What each engine cannot stand is left out for it, and said for those books that may be read there.
_DROPPED: dict[Engine, frozenset[Kind]] = {
    "any": frozenset({"invalid"}),
    "adobe": frozenset({"invalid", "risky"}),
    "kindle": frozenset({"invalid", "risky", "kindle"}),
}
_SAID: dict[Engine, frozenset[Kind]] = {
    "any": frozenset({"risky", "kindle"}),
    "adobe": frozenset(),
    "kindle": frozenset(),
}
# Adobe's engine is older than HTML5 and sets what it does not know as a part of the line.
_BLOCKS = (
    "section, article, header, footer, nav, aside, main, figure, figcaption, details, summary { display: block }\n"
)


def stylesheet(
    style: str | Path, extra: Iterable[Path] = (), rendition: Rendition = RENDITIONS["plain"]
) -> tuple[str, tuple[Issue, ...]]:
    """Return the book's one stylesheet: the style, then the extra files, whose rules win where they say otherwise.

    A user's CSS goes in without what would make the book invalid, or useless on the device; the issues say what
    ("css-dropped"), and what some other readers cannot stand ("css-risky"). Raises as `load` does.
    """
    shipped = {known.name for known in styles()}
    dropped, said = _DROPPED[rendition.engine], _SAID[rendition.engine]
    sheets = [] if rendition.html5 else [_BLOCKS]
    issues: list[Issue] = []
    for source in (style, *extra):
        css = load(source)
        if source not in shipped:
            examined = examine(css, dropped)
            css = examined.css
            issues.extend(_issue("css-dropped", f, source) for f in examined.findings if f.kind in dropped)
            issues.extend(_issue("css-risky", f, source) for f in examined.findings if f.kind in said)
        sheets.append(css.rstrip() + "\n")
    return "\n".join(sheets), tuple(issues)


def _issue(code: str, finding: Finding, source: str | Path) -> Issue:
    return Issue(code, "warning", f"{source}:{finding.line}", finding.message)
