"""The reading styles: the CSS files of `styles/`, and a user's own.

They lie at the top of a checkout (an editable install uses them there) and inside the package in a wheel.  Every shipped
style builds on the one called "plain"; a user's file stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from epubmaker.errors import UsageError
from epubmaker.model import Issue
from epubmaker.packager.css import Finding, examine

__all__ = ["Style", "load", "styles", "stylesheet"]

_PACKAGE = Path(__file__).parents[1]
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
    """Return the shipped styles by name.  The description is the first comment of the file."""
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


def stylesheet(style: str | Path, extra: Iterable[Path] = ()) -> tuple[str, tuple[Issue, ...]]:
    """Return the book's one stylesheet: the style, then the extra files, whose rules win where they say otherwise.

    A user's CSS goes in without what would make the book invalid; the issues say what ("css-dropped"), and what some older
    readers cannot stand ("css-risky").  Raises as `load` does.
    """
    shipped = {known.name for known in styles()}
    sheets: list[str] = []
    issues: list[Issue] = []
    for source in (style, *extra):
        css = load(source)
        if source not in shipped:
            examined = examine(css)
            css = examined.css
            issues.extend(_issue(finding, source) for finding in examined.findings if finding.kind in _CODES)
        sheets.append(css.rstrip() + "\n")
    return "\n".join(sheets), tuple(issues)


_CODES = {"invalid": "css-dropped", "risky": "css-risky"}  # taste is the user's


def _issue(finding: Finding, source: str | Path) -> Issue:
    return Issue(_CODES[finding.kind], "warning", f"{source}:{finding.line}", finding.message)
