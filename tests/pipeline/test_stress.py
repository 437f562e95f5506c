"""Real HTML by others: the documentation packages of the system, each page as an article.

The pages come from the Debian packages python3-doc, debian-handbook (26 languages) and gimp-help-zh-cn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from cleanbooks import AssertClean
from drafting import article, complaints, markup
from lxml import etree

from epubmaker.chapters.draft import draft
from epubmaker.model.chapters import Draft, DraftSettings

PLACES = (
    ("/usr/share/doc/python3.11/html", 140),
    ("/usr/share/doc/python3.13/html", 140),
    ("/usr/share/doc/debian-handbook/html", 400),
    ("/usr/share/gimp/2.0/help/zh_CN", 300),
)
LEAST = 800
BATCH = 200
WINDOW = 4000
DEBRIS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\xad\ufeff\u2060")) | {ord("\u2011"): "-"}
UNSEEN = {"script", "style", "template", "title", "head", "svg", "select"}


def pages() -> Iterator[Path]:
    for place, most in PLACES:
        found = sorted(Path(place).rglob("*.html"))
        yield from found[:: max(1, len(found) // most)][:most]


def reference(html: str) -> str:
    """Return the text that another parser finds, in order."""
    root = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    texts: list[str] = []
    stack: list[object] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            texts.append(node)
            continue
        hidden = not isinstance(node.tag, str) or node.tag in UNSEEN or _is_hidden(node)  # type: ignore[attr-defined]
        if not hidden and node.text:  # type: ignore[attr-defined]
            texts.append(node.text)  # type: ignore[attr-defined]
        if not hidden:
            for child in reversed(list(node)):  # type: ignore[call-overload]
                stack += [child.tail or "", child]
    return " ".join(texts)


def _is_hidden(node: object) -> bool:
    given = node.attrib  # type: ignore[attr-defined]
    classes = given.get("class", "").split()
    return "hidden" in given or "headerlink" in classes or "display: none" in given.get("style", "")


def recall(wanted: str, found: str) -> tuple[int, int, str]:
    """Return how many characters of `wanted` are in `found` in the same order, their number, and the first that is not."""
    found = "".join(found.translate(DEBRIS).split())
    position = kept = total = 0
    missed = ""
    for word in wanted.translate(DEBRIS).split():
        total += len(word)
        at = found.find(word, position, position + WINDOW)
        if at >= 0:
            kept += len(word)
            position = at + len(word)
        else:
            missed = missed or f"{word} (after …{found[max(0, position - 60) : position]})"
    return kept, total, missed


def text_of(drafted: Draft) -> str:
    whole = etree.fromstring(f'<x xmlns:epub="e">{markup(drafted)}</x>', etree.XMLParser(huge_tree=True))
    return "".join(whole.itertext())


@pytest.mark.slow
def test_hundreds_of_pages_of_documentation_become_valid_chapters_with_all_of_their_text(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    every = list(pages())
    if len(every) < LEAST:
        pytest.skip("install python3-doc, debian-handbook and gimp-help-zh-cn")
    kept = total = 0
    worst: list[tuple[float, str, str]] = []
    for start in range(0, len(every), BATCH):
        drafts = []
        for path in every[start : start + BATCH]:
            html = path.read_text(encoding="utf-8", errors="replace")
            made = draft(article(html, title="", link=f"https://docs.example{path}"), DraftSettings(keep_all=True))
            good, all_of_it, missed = recall(reference(html), text_of(made))
            kept, total = kept + good, total + all_of_it
            if good < all_of_it:
                worst.append((good / all_of_it, str(path), missed))
            drafts.append(made)
        assert complaints(drafts, tmp_path / "book.epub", assert_clean) == []
    print(f"\n{len(every)} pages, recall {kept / total:.6f}", *sorted(worst)[:10], sep="\n")
    assert kept / total >= 0.9995
    assert re.sub(r"\s", "", markup(drafts[0]))
