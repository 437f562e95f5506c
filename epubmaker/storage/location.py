"""Where epubmaker keeps what outlives a run. A module of its own: the cache itself takes 0.1 s to import."""

from __future__ import annotations

from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Return the user's cache folder for epubmaker, where the system wants it."""
    import platformdirs  # noqa: PLC0415 - only for those who name no folder

    return Path(platformdirs.user_cache_dir("epubmaker", appauthor=False))
