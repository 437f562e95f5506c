"""Tells whole HTML documents from other texts, by their beginning."""

from __future__ import annotations

import re

__all__ = ["is_page"]

# What may stand before a document's first tag: byte order mark, white space, an XML declaration, comments.
_START = re.compile(
    r"\ufeff?\s*+(?:<\?xml\b[^>]{0,300}>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s++html|html|head)(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)


def is_page(start: str) -> bool:
    """Tell whether a text that begins like this is a whole HTML document, not a fragment or an article's archive form."""
    return _START.match(start) is not None
