"""Find out which language an article is in, from the start of its text and from what it declares."""

from __future__ import annotations

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.language import detect
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import attribute

__all__ = ["detect_language"]

_SAMPLE = 30_000  # characters that are looked at
_ENOUGH = 200  # characters beside which quotations do not count
_AT_LEAST = 5  # a fifth of the text, in no declared language, outweighs what the rest declares
_QUOTATIONS = frozenset({"blockquote", "q"})
_DECLARING = frozenset({"@lang", "@xml:lang"})


def detect_language(root: Tag, context: PassContext) -> None:
    """Set the context's language, which is that of most of the text.

    Quotations are left out where there is text beside them. So is text of elements that declare a language of their own,
    unless most of the text is of such elements: then it is as if the document declared that.
    """
    declared = context.declared
    if _DECLARING.isdisjoint(context.names):
        text = _start_of(root, quoted=False)
        if len(text) < _ENOUGH:
            text = _start_of(root, quoted=True)
    else:
        texts = _by_language(root)
        # In bytes, of which an ideograph has three.
        sizes = {language: len(text.encode("utf-8", "ignore")) for language, text in texts.items()}
        total = sum(sizes.values())
        most = next((language for language, size in sizes.items() if 2 * size > total), "")
        if _AT_LEAST * sizes.get("", 0) >= total:
            most = ""
        text, declared = texts.get(most, ""), most or declared
    context.language = detect(text, declared, title=context.title, fallback=context.fallback)


def _start_of(root: Tag, *, quoted: bool) -> str:
    """Return the start of the text, with or without quotations."""
    found: list[str] = []
    length = 0
    node = root.next_element
    while node is not None and length <= _SAMPLE:
        if isinstance(node, NavigableString):
            found.append(node)
            length += len(node)
        elif not quoted and isinstance(node, Tag) and node.name in _QUOTATIONS:
            while isinstance(node, Tag) and node.contents:
                node = node.contents[-1]
        node = node.next_element
    return " ".join(found)


def _by_language(root: Tag) -> dict[str, str]:
    """Return the start of the text by the languages that its elements declare, "" for none."""
    found: dict[str, list[str]] = {}
    length = 0
    waiting: list[tuple[PageElement, str]] = [(root, "")]
    while waiting and length <= _SAMPLE:
        node, language = waiting.pop()
        if isinstance(node, Tag):
            language = attribute(node, "lang") or attribute(node, "xml:lang") or language
            waiting += [(child, language) for child in reversed(node.contents)]
        elif text := str(node).strip():
            found.setdefault(language, []).append(text)
            length += len(text)
    return {language: " ".join(texts) for language, texts in found.items()}
