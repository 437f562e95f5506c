"""The fonts that drawings are lettered in: an installed family for each of CSS's generic ones.

The renderer draws no letter of a text whose family is not installed, and takes for the generic ones those of Windows and
macOS. It finds by itself a font for the single characters that a family lacks.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import NamedTemporaryFile
from typing import Any

from epubmaker.imaging.fonts import Face, find_face

__all__ = ["lettering"]


@contextmanager
def lettering() -> Iterator[dict[str, Any]]:
    """Yield the renderer's arguments for a drawing with text; raises OSError where there is no font at all."""
    if sys.platform in {"win32", "darwin"}:
        yield {}
        return
    families = [family for generic in ("serif", "sans-serif", "monospace") if (family := _installed(generic))]
    if len(families) == 3:
        yield _arguments(*families)
        return
    font = (find_face("Text", "en") or Face(None)).at(16)
    family = str(font.getname()[0])
    arguments = _arguments(family, family, family)
    if not isinstance(font.path, io.BytesIO):
        yield arguments
        return
    with NamedTemporaryFile(suffix=".ttf") as file:  # the font inside Pillow
        file.write(font.path.getvalue())
        file.flush()
        yield arguments | {"font_files": [file.name]}


@cache
def _installed(generic: str) -> str | None:
    """Return the family that fontconfig has for a generic one; None where that is not installed."""
    program = shutil.which("fc-match")
    if program is None:
        return None
    try:
        found = subprocess.run([program, "-f", "%{family[0]}", generic], capture_output=True, timeout=10, check=True)  # noqa: S603 - no shell
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.decode("utf-8", "replace") or None


def _arguments(serif: str, sans_serif: str, monospace: str) -> dict[str, Any]:
    return {
        "font_family": serif,  # where a drawing names none
        "serif_family": serif,
        "sans_serif_family": sans_serif,
        "monospace_family": monospace,
        "cursive_family": sans_serif,
        "fantasy_family": sans_serif,
    }
