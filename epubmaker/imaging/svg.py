"""SVG to PNG."""

from __future__ import annotations

from epubmaker.imaging.fit import Size

__all__ = ["rasterise"]


def rasterise(data: bytes, box: Size) -> bytes:
    raise NotImplementedError
