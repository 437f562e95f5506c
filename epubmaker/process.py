"""What may be done to a process that nobody else shares: the command line's own, and its helpers'."""

from __future__ import annotations

import gc

__all__ = ["claim", "is_claimed", "settle"]

_ours = False


def claim() -> None:
    """Say that nobody else uses this process.

    Until `settle`, no garbage is collected: next to nothing becomes any while modules are imported and articles found.
    """
    global _ours  # noqa: PLW0603 - it is about the process as a whole
    _ours = True
    gc.disable()


def is_claimed() -> bool:
    """Return whether `claim` was called."""
    return _ours


def settle() -> None:
    """Leave what exists now out of garbage collections, if the process is ours: what was imported stays to the end.

    Articles are trees whose nodes know each other, so that collections come often, and each looked at all modules again.
    """
    if _ours:
        gc.freeze()
        gc.enable()
