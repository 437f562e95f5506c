"""Where the system keeps its fonts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["font_folders", "fonts_state"]


def font_folders() -> tuple[Path, ...]:
    """Return the folders that fonts are installed in, those of the user first where the system has them; not all exist.

    On Linux they follow the XDG Base Directory Specification, as fontconfig does.
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
    """Return what changes when a font comes or goes: the folders with the times at which their lists of files changed."""
    folders = sorted({parent for folder in font_folders() for parent, _, _ in os.walk(folder)})
    return "\n".join(f"{folder} {_changed(folder)}" for folder in folders)


def _changed(folder: str) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0
