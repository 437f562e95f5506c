"""What the decoders raise among themselves; `collector.shrink` and `packager.cover` turn it into a value or an error."""

from __future__ import annotations

__all__ = ["Undecodable"]


class Undecodable(Exception):  # noqa: N818 - it names the picture's state; nothing of ours is in error
    """The bytes are not a picture that can be decoded; the message is a reason for people."""
