"""Give a video's post a picture."""

from __future__ import annotations

from typing import Any

from bs4.element import Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import OPTIONAL, REF, Edits, element, picture_ref, tags_within
from epubmaker.model.pictures import PictureRef

__all__ = ["show_still"]


def show_still(root: Tag, context: PassContext) -> None:
    """Put the picture at `context.still` above a text that has no picture."""
    if any(picture_ref(tag) for tag in tags_within(root)):
        return
    picture = element("img")
    attributes: dict[str, Any] = {"alt": context.title, REF: PictureRef((context.still,)), OPTIONAL: ""}
    picture.attrs = attributes
    edits = Edits(root)
    edits.fill(root, [element("figure", [picture]), *root.contents])
    edits.apply()
