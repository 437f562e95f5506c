"""The addresses of videos. Pure."""

from __future__ import annotations

import re

__all__ = ["video_still"]

_YOUTUBE = re.compile(
    r"https?://(?:youtu\.be/|(?:(?:www|m|music)\.)?youtube(?:-nocookie)?\.com/"
    r"(?:watch/?\?(?:[^#]*&)?v=|(?:shorts|live|embed|v)/))(?P<video>[A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])"
)


def video_still(address: str | None) -> str:
    """Return the address of the still picture that YouTube has of a video, "" where an address is not that of one."""
    found = _YOUTUBE.match(address) if address else None
    return f"https://i.ytimg.com/vi/{found['video']}/hqdefault.jpg" if found else ""
