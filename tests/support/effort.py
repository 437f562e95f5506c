"""How much the tests try that choose at random: `EPUBMAKER_EFFORT=10` tries ten times as much as a usual run."""

from __future__ import annotations

import os

__all__ = ["effort"]

_EFFORT = float(os.environ.get("EPUBMAKER_EFFORT") or 1)


def effort(count: int) -> int:
    """Return how many examples to try where a usual run tries `count`."""
    return max(1, round(count * _EFFORT))
