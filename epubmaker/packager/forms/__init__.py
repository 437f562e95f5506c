"""The forms of a document beside the one that any reading system takes.

kepub.py   Kobo's own
adobe.py   that for Adobe's engine and similar ones
"""

from __future__ import annotations

from epubmaker.model.chapters import DocumentForm
from epubmaker.packager.forms.adobe import simplify
from epubmaker.packager.forms.kepub import add_spans

__all__ = ["adapt"]


def adapt(content: bytes, form: DocumentForm) -> bytes:
    """Return an XHTML document in a form."""
    match form:
        case "kepub":
            return add_spans(content)
        case "adobe":
            return simplify(content)
        case _:
            return content
