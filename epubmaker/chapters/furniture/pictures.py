"""Drop the pictures that a site puts into one article after the other: banners, signs, advertisements of itself."""

from __future__ import annotations

from bs4.element import Tag

from epubmaker.chapters.furniture.headings import shows_more_than
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, in_order, is_text, picture_ref, tags_within
from epubmaker.text.pictureaddresses import picture_key

__all__ = ["drop_repeated_pictures"]


def drop_repeated_pictures(root: Tag, context: PassContext) -> None:
    """Remove the figures without a caption of which every picture is one of `context.repeated_pictures`, and count them.

    A picture in a line of text or in a table stays, and so do all where nothing else would be left.
    """
    figures = [
        tag
        for tag in tags_within(root)
        if tag.name == "figure"
        and _repeats(tag, context)
        and not any(is_text(node) for node in in_order(tag))
        and not any(above.name == "table" for above in tag.parents)
    ]
    if not figures or not shows_more_than(root, figures):
        return
    edits = Edits(root)
    for figure in figures:
        edits.remove(figure)
    context.left_out["picture"] += len(figures)
    edits.apply()


def _repeats(figure: Tag, context: PassContext) -> bool:
    """Tell whether a figure holds pictures that repeat, and no others; of each, all its addresses must be known."""
    refs = [ref for tag in tags_within(figure) if (ref := picture_ref(tag)) is not None]
    keys = {picture_key(source, context.address) for ref in refs for source in ref.sources}
    return bool(refs) and keys <= context.repeated_pictures
