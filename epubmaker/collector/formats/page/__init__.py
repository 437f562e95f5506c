"""HTML pages as browsers and tools save them: what they say of their article, and its main text.

Pure: nothing here reads a file or knows of an address more than the caller says. The extractor is imported with the first
main text that is asked for.
"""

from __future__ import annotations

import re

from epubmaker.collector.formats.page.head import PageHead, page_head
from epubmaker.collector.formats.page.text import MainText, main_text

__all__ = ["MainText", "PageHead", "is_page", "main_text", "page_head"]

# What may stand before a document's first tag: byte order mark, white space, an XML declaration, comments.
_START = re.compile(
    r"\ufeff?\s*+(?:<\?xml\b[^>]{0,300}>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s++html|html|head)(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)


def is_page(start: str) -> bool:
    """Tell whether a text that begins like this is a whole HTML document, not a fragment or an article's archive form."""
    return _START.match(start) is not None
