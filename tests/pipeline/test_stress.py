"""Real HTML by others: the documentation packages of the system, each page as an article.

The pages come from the Debian packages python3-doc, debian-handbook (26 languages), gimp-help-zh-cn and nodejs-doc. What an
article loses of its words is printed: `pytest -m slow -s tests/pipeline/test_stress.py -k bodies`. Each run takes other
pages.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import islice, product
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from cleanbooks import AssertClean
from drafting import article, complaints, markup
from effort import effort
from lxml import etree

from epubmaker.chapters.draft import draft
from epubmaker.model.articles import Article
from epubmaker.model.chapters import Draft, DraftSettings

PLACES = {
    "python3-doc": ("/usr/share/doc/python3.[0-9][0-9]/html", effort(40)),
    "debian-handbook": ("/usr/share/doc/debian-handbook/html", effort(100)),
    "gimp-help-zh-cn": ("/usr/share/gimp/2.0/help/zh_CN", effort(80)),
}
# Of these, and of others, how many articles are read.
BODIES = {
    "/usr/share/doc/debian-handbook/html": 12,
    "/usr/share/doc/python3.[0-9][0-9]/html": 8,
    "/usr/share/gimp/2.0/help/zh_CN": 8,
    "/usr/share/doc/nodejs/api": 8,
}
MOST_LETTERS = 80_000  # of the markup of a body
LEAST_BODIES = 25
LEAST_LETTERS = 800  # of its text
LEAST = 200  # pages of a package
BATCH = 200
WINDOW, NEAR = 4000, 200  # characters in which a word is looked for, and one that may stand there by chance
SHORT = 7  # characters of a word
DEBRIS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\xad\ufeff\u2060")) | {ord("\u2011"): "-"}
MAIN = {"appendix", "chapter", "part", "preface", "section", "sect1", "sect2"}  # as DocBook names them
UNSEEN = {"script", "style", "template", "title", "head", "svg", "select", "button"}


@pytest.fixture(params=product(PLACES, range(2)), ids=lambda param: f"{param[0]}-{param[1]}")
def pages(request: pytest.FixtureRequest, seed: int) -> list[Path]:
    """Half of the pages that are tested of a package, spread over all of it; each run takes others."""
    package, half = request.param
    place, most = PLACES[package]
    found = sorted(path for folder in Path("/").glob(place[1:]) for path in folder.rglob("*.html"))
    if len(found) < LEAST:
        pytest.skip(f"install {package}")
    start = random.Random(seed).randrange(step := max(1, len(found) // most))
    return found[start::step][half:most:2]


def reference(html: str, *, main: bool = False) -> str:
    """Return the text that another parser finds, in order; with `main`, of the part that the page calls so."""
    root = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    if main:
        root = next(filter(_is_main, root.iter() if root is not None else ()), None)
    texts: list[str] = []
    stack: list[object] = [] if root is None else [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            texts.append(node)
            continue
        hidden = not isinstance(node.tag, str) or node.tag in UNSEEN or _is_hidden(node)  # type: ignore[attr-defined]
        hidden = hidden or (node.tag == "a" and "".join(node.itertext()).strip() in {"#", "¶"})  # type: ignore[attr-defined]
        if not hidden and node.text:  # type: ignore[attr-defined]
            texts.append(node.text)  # type: ignore[attr-defined]
        if not hidden:
            for child in reversed(list(node)):  # type: ignore[call-overload]
                stack += [child.tail or "", child]
    return " ".join(texts)


def _is_main(node: Element) -> bool:
    return (
        node.tag == "main"
        or node.get("role") == "main"
        or node.get("id") == "apicontent"
        or not MAIN.isdisjoint(node.get("class", "").split())
    )


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
        at = found.find(word, position, position + (WINDOW if len(word) > SHORT else NEAR))
        if at >= 0:
            kept += len(word)
            position = at + len(word)
        else:
            missed = missed or f"{word} (after …{found[max(0, position - 60) : position]})"
    return kept, total, missed


def recall_in_any_order(wanted: str, found: str) -> tuple[int, int, str]:
    """Return the same as `recall`, wherever the words stand."""
    found = "".join(found.translate(DEBRIS).split())
    words = Counter(wanted.translate(DEBRIS).split())
    missed = [word for word, count in words.items() if found.count(word) < count]
    total = sum(len(word) * count for word, count in words.items())
    return total - sum(len(word) * (words[word] - found.count(word)) for word in missed), total, " ".join(missed[:1])


def _without(standfirst: str, text: str) -> str:
    """Return a text without the standfirst, which stands in the chapter's header."""
    return re.sub(r"\s*".join(map(re.escape, "".join(standfirst.split()))), "", text, count=1)


def text_of(drafted: Draft) -> str:
    whole = etree.fromstring(f'<x xmlns:epub="e">{markup(drafted)}</x>', etree.XMLParser(huge_tree=True))
    return "".join(whole.itertext())


def page(path: Path) -> tuple[str, Article]:
    html = path.read_text(encoding="utf-8", errors="replace")
    return html, article(html, title="", link=f"https://docs.example{path}")


@pytest.mark.slow
def test_pages_of_documentation_become_valid_chapters_with_all_of_their_text(
    pages: list[Path], tmp_path: Path, assert_clean: AssertClean
) -> None:
    kept = total = 0
    worst: list[tuple[float, str, str]] = []
    for start in range(0, len(pages), BATCH):
        drafts = []
        for path in pages[start : start + BATCH]:
            html, source = page(path)
            made = draft(source, DraftSettings(keep_all=True))
            good, all_of_it, missed = recall(_without(made.standfirst, reference(html)), text_of(made))
            kept, total = kept + good, total + all_of_it
            if good < all_of_it:
                worst.append((good / all_of_it, str(path), missed))
            drafts.append(made)
        assert complaints(drafts, tmp_path / "book.epub", assert_clean) == []
    print(f"\n{len(pages)} pages, recall {kept / total:.6f}", *sorted(worst)[:10], sep="\n")
    assert kept / total >= 0.9995
    assert re.sub(r"\s", "", markup(drafts[0]))


@pytest.mark.slow
def test_what_is_left_out_around_pages_of_documentation_is_none_of_their_text(pages: list[Path]) -> None:
    kept = total = 0
    worst: list[tuple[int, str, str]] = []
    for path in pages[::2]:
        html, source = page(path)
        made = draft(source)
        wanted, found = _without(made.standfirst, reference(html, main=True)), text_of(made)
        good, all_of_it, missed = recall(wanted, found)
        if good < all_of_it:  # the table of contents before the text has the same words
            good, all_of_it, missed = recall_in_any_order(wanted, found)
        kept, total = kept + good, total + all_of_it
        if good < all_of_it:
            worst.append((all_of_it - good, str(path), missed))
    print(f"\n{len(pages[::2])} pages, recall {kept / total:.6f}", *sorted(worst)[::-1][:20], sep="\n")
    assert total
    assert kept / total >= 0.9995


def bodies() -> list[tuple[Path, str]]:
    """Return the bodies of articles, without what is around them on their pages: the same ones in each run."""
    found = []
    for place, most in BODIES.items():
        paths = sorted(path for folder in Path("/").glob(place[1:]) for path in folder.rglob("*.html"))
        random.Random(7).shuffle(paths)
        found += list(islice(((path, html) for path in paths if (html := body_of(path))), most))
    if len(found) < LEAST_BODIES:
        pytest.skip("install python3-doc, debian-handbook, gimp-help-zh-cn and nodejs-doc")
    return found


def body_of(path: Path) -> str:
    """Return the markup of the article on a page; "" where there is none, or too little of it or too much."""
    root = html5lib.parse(path.read_text(encoding="utf-8", errors="replace"), namespaceHTMLElements=False)
    node = next(filter(_is_main, root.iter()), None)
    html = "" if node is None else html5lib.serialize(node, quote_attr_values="always", omit_optional_tags=False)
    return html if len(re.sub("<[^>]*>", "", html)) >= LEAST_LETTERS and len(html) <= MOST_LETTERS else ""


@pytest.mark.slow
def test_the_bodies_of_articles_keep_their_words() -> None:
    kept, total = Counter[bool](), Counter[bool]()
    for path, html in bodies():
        text = reference(html)
        for keep_all in (True, False):
            made = draft(article(html, title="", link=f"https://docs.example{path}"), DraftSettings(keep_all=keep_all))
            wanted, found = _without(made.standfirst, text), text_of(made)
            good, all_of_it, missed = recall(wanted, found)
            # A wide table is split, or a list, which has its cells in another order.
            if good < all_of_it and "<table" in html:
                good, all_of_it, missed = recall_in_any_order(wanted, found)
            kept[keep_all] += good
            total[keep_all] += all_of_it
            if good < all_of_it:
                print(f"{path}, {keep_all=}: {all_of_it - good} characters, {missed}")
    for keep_all, characters in total.items():
        print(f"{keep_all=}: {characters} characters, recall {kept[keep_all] / characters:.6f}")
        assert kept[keep_all] / characters >= 0.9999
