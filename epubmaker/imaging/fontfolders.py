"""The folders of the system's fonts, and whether fonts have come or gone since. Needs no Pillow."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["font_folders", "fonts_state"]


def font_folders() -> tuple[Path, ...]:
    """Return the folders in which fonts are installed; not all of them exist.

    On Linux, those of the XDG Base Directory Specification, which fontconfig follows, the user's first.
    """
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
        return Path(os.environ.get("WINDIR", "C:\\Windows")) / "Fonts", Path(local) / "Microsoft" / "Windows" / "Fonts"
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"
    own = os.environ.get("XDG_DATA_HOME") or str(home / ".local/share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return tuple(Path(folder) / "fonts" for folder in (own, *shared.split(":")) if Path(folder).is_absolute())


def fonts_state() -> str:
    """Return a text that changes when a font is added or removed: the folders and their times of modification."""
    folders = sorted({parent for folder in font_folders() for parent, _, _ in os.walk(folder)})
    return "\n".join(f"{folder} {_changed(folder)}" for folder in folders)


def _changed(folder: str) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0
