"""Books made of a thousand articles that a grammar writes: valid, complete and without scripts.

A failure prints the smallest article that still fails.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from archives import write_article
from cleanbooks import AssertClean
from effort import effort
from grammar import PICTURES, Article, article, smallest
from lxml import etree
from openbook import FOLDER, XHTML, OpenBook
from PIL import Image
from trees import names

from epubmaker.errors import CheckError

ARTICLES = effort(150)  # in a book
SMALLER = 180  # seconds to make a failing article smaller
LINK = "https://example.org/fuzz"
FORMS = ((), ("--kepub",), ("--device", "ade"), ("--device", "kobo-6", "--picture-list"), ("--no-images",))
INACTIVE = {"http:", "https:", "mailto:", "tel:"}
ELEMENTS = names("script iframe frame object embed form input button base meta audio video use")
KEYS = names("style srcdoc action formaction srcset poster data ping background")
SIZE = re.compile(
    r"(?:width: [\d.]+e[mx]; height: [\d.]+e[mx])?(?:; )?(?:vertical-align: (?:[a-z-]+|-?[\d.]+[a-z]*))?", re.ASCII
)
CODE = re.compile(r"<(pre|code|kbd|samp)\b.*?</\1>", re.DOTALL)  # where places to break a word stay
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\ufeff\ufdd0-\ufdef\ufffe\uffff\U0001fffe\U0001ffff]")


class Bench:
    """Makes books and examines them."""

    def __init__(self, folder: Path, epubcheck: AssertClean) -> None:
        self._folder = folder
        self._epubcheck = epubcheck
        self._count = 0

    def complaints(self, articles: dict[int, Article], options: Iterable[str]) -> dict[int, list[str]]:
        """Build a book of articles, by their numbers; return what is wrong with each, and under -1 with the rest."""
        self._count += 1
        inputs, book = self._folder / f"in{self._count}", self._folder / f"{self._count}.epub"
        for number, tokens in articles.items():
            title, body = " ".join(tokens[0].split("\n")), "".join(tokens[1:]).replace("LINK/", f"{LINK}/")
            write_article(inputs / f"{number:05}.txt", title, link=f"{LINK}/{number}", body=body)
        draw_pictures(inputs)
        command = [sys.executable, "-m", "epubmaker", "build", str(inputs), "-o", str(book), "--offline", "--no-cache"]
        try:
            done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=600)
        except subprocess.TimeoutExpired as error:
            return {-1: [str(error)]}
        if done.returncode:
            return {-1: [f"exit {done.returncode}: {done.stderr[-2000:]}"]}
        return self._read(book)

    def _read(self, book: Path) -> dict[int, list[str]]:
        opened = OpenBook.read(book)
        texts = {name.removeprefix(FOLDER): data for name, data in opened.files.items() if name.endswith(".xhtml")}
        trees: dict[str, etree._Element] = {}
        found: dict[int, list[str]] = {}
        for name, data in texts.items():
            try:
                trees[name] = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
            except etree.XMLSyntaxError as error:
                found.setdefault(_number(texts, name), []).append(f"{name}: {error}")
        ids = {name: Counter(map(str, tree.xpath("//@id"))) for name, tree in trees.items()}
        for name, tree in trees.items():
            faults = [*_harmful(tree), *_dangling(name, tree, ids)]
            markup = texts[name].decode()
            faults += [f"U+{ord(each):04X}" for each in set(CONTROL.findall(markup))]
            faults += ["U+200B"] * ("\u200b" in CODE.sub("", markup))
            if faults:
                found.setdefault(_number(texts, name), []).extend(f"{name}: {fault}" for fault in faults)
        try:
            messages = self._epubcheck.results(book)[0].messages
        except CheckError as error:
            return {**found, -1: [str(error)]}
        for message in messages:
            name = (message.file or "").removeprefix(FOLDER)
            found.setdefault(_number(texts, name), []).append(str(message))
        return found


def _number(texts: dict[str, bytes], name: str) -> int:
    """Return the number of the article that a document belongs to, -1 for none."""
    first = re.sub(r"-\d+\.xhtml$", ".xhtml", name)
    header = re.search(rb'<header>.*?<a href="[^"]*/fuzz/(\d+)"', texts.get(first, b""), re.DOTALL)
    return int(header[1]) if header else -1


def _harmful(tree: etree._Element) -> Iterable[str]:
    for node in tree.iter():
        if not isinstance(node.tag, str):
            yield f"{node.tag} is no element"
            continue
        name = etree.QName(node).localname.lower()
        if name in ELEMENTS or (name == "style" and node.get("id") != "kobostylehacks"):
            yield f"<{name}>"
        for key, value in node.attrib.items():
            plain = etree.QName(key).localname.lower()
            if name == "img" and plain == "style" and SIZE.fullmatch(value):
                continue
            if plain.startswith("on") or plain in KEYS:
                yield f"<{name} {plain}={value!r}>"
            scheme = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.-]*:)", value, re.IGNORECASE)
            if plain in {"href", "src", "cite"} and scheme and (plain != "href" or scheme[1] not in INACTIVE):
                yield f"<{name} {plain}={value!r}>"


def _dangling(name: str, tree: etree._Element, ids: dict[str, Counter[str]]) -> Iterable[str]:
    yield from (f"id {each} twice" for each, count in ids[name].items() if count > 1)
    for link in tree.iter(f"{XHTML}a"):
        file, mark, fragment = link.get("href", "").partition("#")
        if ":" not in file and ((file or name) not in ids or (mark and fragment not in ids[file or name])):
            yield f"{link.get('href')} leads to nothing"


def draw_pictures(folder: Path) -> None:
    for number, name in enumerate(PICTURES):
        if name.endswith(".png"):
            Image.linear_gradient("L").resize((300 + 900 * (number % 2), 600)).save(folder / name)
    (folder / "drawing.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><path d="M0 0h9"/></svg>'
    )
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")


@pytest.mark.slow
@pytest.mark.parametrize("options", FORMS, ids=lambda flags: " ".join(flags) or "plain")
def test_books_of_articles_by_a_grammar_are_valid_whole_and_harmless(
    tmp_path: Path, seed: int, assert_clean: AssertClean, options: tuple[str, ...]
) -> None:
    bench = Bench(tmp_path, assert_clean)
    articles = {number: article(f"{seed} {' '.join(options)}", number, ARTICLES) for number in range(ARTICLES)}
    found = bench.complaints(articles, options)
    if found:
        pytest.fail(_report(bench, articles, options, found), pytrace=False)


def _report(bench: Bench, articles: dict[int, Article], options: Iterable[str], found: dict[int, list[str]]) -> str:
    lines = [f"article {number}: {fault}" for number, faults in list(found.items())[:20] for fault in faults[:3]]
    number = max(found)
    if number >= 0 and bench.complaints({number: articles[number]}, options):
        small = smallest(articles[number], lambda tokens: bool(bench.complaints({number: tokens}, options)), SMALLER)
        lines += [f"the smallest of article {number}:", repr("".join(small))]
        lines += bench.complaints({number: small}, options).get(number, [])
    return "\n".join(lines)
