"""Drop the headings that stand above nothing, once furniture and pictures are dropped."""

from __future__ import annotations

from collections.abc import Iterable

from bs4.element import PageElement, Tag

from epubmaker.chapters.furniture.measure import MEDIA
from epubmaker.chapters.furniture.phrases import label_of, names_author
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, in_order, is_text, text_within
from epubmaker.chapters.xhtml.content import HEADINGS

__all__ = ["drop_idle_headings", "idle_headings", "shows_more_than"]

_LONGEST = 90  # bytes of a heading that is dropped with the text below it; a longer one may be a sentence
_SENTENCE_ENDS = ".?。？…"


def drop_idle_headings(root: Tag, context: PassContext) -> None:
    """Drop headings below which nothing is left of their text, and labels of furniture that was dropped."""
    if context.keep_all:
        return
    edits = Edits(root)
    idle = idle_headings(root)
    if idle and not shows_more_than(root, idle):
        return
    for tag in idle:
        text = text_within(tag, 2 * _LONGEST)
        emptied = id(tag) not in context.idle_headings and len(text.encode("utf-8", "replace")) <= _LONGEST
        if not text:
            continue
        if label_of(text) is not None or (emptied and text[-1] not in _SENTENCE_ENDS and not names_author(text)):
            edits.remove(tag)
            context.left_out["heading"] += 1
            context.left_out_characters += len(text)
    edits.apply()


def idle_headings(root: Tag) -> list[Tag]:
    """Return the headings that stand above nothing: the end, or a heading of the same or a higher level."""
    idle: list[Tag] = []
    waiting: list[Tag] = []
    for node in in_order(root):
        if isinstance(node, Tag):
            if node.name in HEADINGS:
                while waiting and waiting[-1].name >= node.name:
                    idle.append(waiting.pop())
                waiting.append(node)
            elif waiting and node.name in MEDIA:
                waiting.clear()
        elif waiting and is_text(node) and not _is_within(node, waiting[-1]):
            waiting.clear()
    return [*idle, *waiting]


def shows_more_than(root: Tag, tags: Iterable[Tag]) -> bool:
    """Return True where there is a text or a picture outside of some elements."""
    inside = {id(tag) for tag in tags}
    stack = [*root.contents]
    while stack:
        node = stack.pop()
        if is_text(node) or (isinstance(node, Tag) and node.name in MEDIA):
            return True
        if isinstance(node, Tag) and id(node) not in inside:
            stack.extend(node.contents)
    return False


def _is_within(node: PageElement, tag: Tag) -> bool:
    return any(parent is tag for parent in node.parents)
