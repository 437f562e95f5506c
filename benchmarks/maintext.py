"""What is kept of the main text of pages, beside other tools: `python -m benchmarks.maintext CACHE`.

The texts are pages of Debian's documentation packages, which nobody here wrote: python3-doc (code, tables, definitions),
debian-handbook in English, Chinese and Arabic (sidebars, notes, figures), gimp-help (pictures with captions). Their own
navigation is taken off, and they are put into the templates of web sites with all that sites put around articles, made
anew each time with the same seed. So what each tool should keep is known to the letter.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmarks.words import paragraph
from epubmaker.collector.formats.page.head import page_head
from epubmaker.collector.formats.page.text import main_text
from epubmaker.text.html import names

_SOURCES: Mapping[str, tuple[str, str, str]] = {  # package: its pages, where their text is, what in it is navigation
    "python3.11-doc": ("usr/share/doc/python3.11/html/library/*.html", "div.body", "a.headerlink, .related"),
    "debian-handbook": (
        "usr/share/doc/debian-handbook/html/[eza][nhr]-*/*.html",
        "body > div.section, body > div.chapter, body > section",
        ".docnav, #title, .toc",
    ),
    "gimp-help-en": ("usr/share/gimp/2.0/help/en/*.html", "body > div", ".navheader, .navfooter, .toc"),
}
_LEAST, _MOST = 1_500, 60_000  # characters of text in a page that is taken
_CAPTIONS = "figcaption, .figure .title, .caption"
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_BLOCKS = names(
    "address article aside blockquote br caption dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section summary table tbody td th thead tr ul"
)
_READABILITY = """
const {JSDOM} = require('jsdom'), {Readability} = require('@mozilla/readability');
const pages = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(pages.map(page => {
  const article = new Readability(new JSDOM(page).window.document).parse();
  return article ? article.content : '';
})));
"""

Tool: TypeAlias = Callable[[Sequence[str]], Iterable[str]]


class Page(NamedTuple):
    """A page as a site would serve it, and the HTML of its article alone."""

    package: str
    html: str
    article: str


class Kept(NamedTuple):
    """Shares, 0 to 1: of the words kept those of the article, of the article's words, pictures and captions those kept."""

    precision: float
    recall: float
    pictures: float | None
    captions: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Fetch the packages, make the pages, run the tools, print the table and write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.maintext", description=__doc__)
    parser.add_argument("cache", type=Path, help="the folder that benchmarks/install-peers filled, or an empty one")
    parser.add_argument("--pages", type=int, default=40, help="of each package")
    parser.add_argument("--results", type=Path, help="folder for maintext.md")
    options = parser.parse_args(arguments)
    pages = [page for package in _SOURCES for page in _pages(package, options.cache / "packages", options.pages)]
    rows = [f"{len(pages)} pages, {sum(len(page.html) for page in pages) // len(pages) // 1000} KB on average.", ""]
    rows += ["| tool | F1 | precision | recall | pictures | captions |", "|---|---|---|---|---|---|"]
    for name, tool in _tools(options.cache / "npm"):
        if tool is None:
            print(f"{name}: not installed", file=sys.stderr)
            continue
        found = zip(pages, tool([page.html for page in pages]), strict=True)
        rows.append(_row(name, [_kept(page.article, html) for page, html in found]))
    print("\n".join(rows))
    if options.results:
        (options.results / "maintext.md").write_text(_PREFACE + "\n".join(rows) + "\n", encoding="utf-8")


_PREFACE = """# The main text of pages

Pages of Debian's documentation packages in the templates of web sites, and what each tool keeps of their articles, made by
`python -m benchmarks.maintext` (see [how](../benchmarks/README.md)). Precision and recall count rows of four words, as the
field's article-extraction-benchmark does; pictures and captions are those of the article that are kept.

"""

# --- the pages ---


def _pages(package: str, folder: Path, most: int) -> Iterator[Page]:
    pattern, where, navigation = _SOURCES[package]
    root = _unpacked(package, folder)
    paths = sorted(root.glob(pattern))
    random.Random(package).shuffle(paths)
    for path in paths:
        if most == 0:
            return
        article = _article(path.read_text(encoding="utf-8", errors="replace"), where, navigation)
        if article is not None:
            yield Page(package, _wrapped(article, random.Random(path.name), path.stem), article)
            most -= 1


def _unpacked(package: str, folder: Path) -> Path:
    root = folder / package
    if not root.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "--quiet", package], cwd=folder, check=True)
        archive = next(folder.glob(f"{package}_*.deb"))
        subprocess.run(["dpkg", "-x", str(archive.resolve()), str(root.resolve())], check=True)
    return root


def _article(html: str, where: str, navigation: str) -> str | None:
    """Return the HTML of a page's text without its first heading; None for a page with too little of it or too much."""
    document = LexborHTMLParser(html)
    for node in document.css(navigation):
        node.decompose()
    found = [node for node in document.css(where) if node.text(deep=True).strip()]
    if len(found) != 1:
        return None
    heading = found[0].css_first("h1, h2, h3")
    if heading is not None:
        heading.decompose()
    size = len(" ".join(found[0].text(deep=True).split()))
    return found[0].html if _LEAST <= size <= _MOST else None


def _wrapped(article: str, rng: random.Random, title: str) -> str:
    """Return an article in one of the templates of sites."""
    parts = {
        "text": article,
        "title": title,
        "navigation": "".join(f'<li><a href="/s{n}">{_line(rng, 2)}</a></li>' for n in range(rng.randint(6, 30))),
        "related": "".join(
            f'<li><a href="/r{n}"><img src="/thumb{n}.jpg"><span>{_line(rng, 9)}</span></a></li>'
            for n in range(rng.randint(3, 9))
        ),
        "teasers": "".join(
            f'<div class="card"><h3><a href="/t{n}">{_line(rng, 7)}</a></h3><p>{_line(rng, 18)}</p></div>'
            for n in range(rng.randint(2, 6))
        ),
        "comments": "".join(
            f'<li class="comment"><b>{_line(rng, 2)}</b> <time>{n} May 2021</time><p>{_line(rng, 40)}</p></li>'
            for n in range(1, rng.randint(2, 9))
        ),
        "rights": f"<p>© 2021 {_line(rng, 3)}. All rights reserved. {_line(rng, 12)}</p>",
        "share": '<a href="#f">Share</a> <a href="#t">Tweet</a> <a href="#m">E-mail</a>',
        "letter": f"<h4>{_line(rng, 4)}</h4><p>{_line(rng, 14)}</p><form><input><button>Sign up</button></form>",
    }
    return rng.choice(_TEMPLATES).format_map(parts)


def _line(rng: random.Random, words: int) -> str:
    return " ".join(paragraph(rng, chinese=False).split()[:words])


_HEAD = "<!DOCTYPE html><html><head><meta charset=utf-8><title>{title} | The Site</title></head>"
_TEMPLATES = (
    # elements that say what they are
    f"""{_HEAD}<body><header><a href="/">The Site</a><nav><ul>{{navigation}}</ul></nav></header><main><article><header>
    <h1>{{title}}</h1><p class="byline">By Ann Lee, <time datetime="2021-05-01">1 May 2021</time></p></header>{{text}}
    <footer>{{share}}</footer></article><section class="comments"><h2>Comments</h2><ol>{{comments}}</ol></section></main>
    <aside><h2>Related</h2><ul>{{related}}</ul></aside><footer>{{rights}}</footer></body></html>""",
    # names of a content manager
    f"""{_HEAD}<body class="single"><div id="page"><div id="masthead"><ul class="menu">{{navigation}}</ul></div>
    <div id="content"><div id="primary"><div class="post hentry"><h1 class="entry-title">{{title}}</h1>
    <div class="entry-meta">Posted on May 1, 2021 by <a href="/ann" rel="author">Ann Lee</a></div>
    <div class="entry-content">{{text}}
    <div class="sharedaddy">{{share}}</div></div></div><div id="comments"><h2>Thoughts</h2><ol>{{comments}}</ol></div></div>
    <div id="secondary" class="widget-area">{{teasers}}{{letter}}</div></div><div id=colophon>{{rights}}</div></div></body>
    </html>""",
    # names that say nothing
    f"""{_HEAD}<body><div class="a1"><div class="b7">{{navigation}}</div><div class="x"><div class="y"><div class="z3">
    <h1>{{title}}</h1><div class="q">Ann Lee<span>1 May 2021</span></div></div><div class="k9">{{text}}</div>
    <div class="m2">{{share}}</div><div class="r5"><h3>More stories</h3>{{teasers}}</div></div><div class="v">{{letter}}
    <ul>{{related}}</ul></div></div><div class=w>{{rights}}</div></div></body></html>""",
    # tables, as they were
    f"""{_HEAD}<body><table width="100%"><tr><td colspan=3><ul>{{navigation}}</ul></td></tr><tr><td>{{teasers}}</td><td>
    <h1>{{title}}</h1><p><i>1 May 2021</i></p>{{text}}</td><td><ul>{{related}}</ul>{{letter}}</td></tr><tr><td colspan=3>
    {{rights}}</td></tr></table></body></html>""",
    # one form around all
    f"""{_HEAD}<body><form method=post><div class="top"><ul>{{navigation}}</ul></div><div class="col-8"><h1>{{title}}</h1>
    <p class="date">1 May 2021</p><div class="body-copy">{{text}}</div><div class="tools">{{share}}</div></div>
    <div class="col-4"><h3>Most read</h3><ul>{{related}}</ul></div><div class="bottom">{{rights}}</div></form></body>
    </html>""",
)

# --- the tools ---


def _tools(npm: Path) -> list[tuple[str, Tool | None]]:
    has_readability = shutil.which("node") and (npm / "node_modules" / "@mozilla" / "readability").exists()
    return [
        ("epubmaker", _epubmaker),
        ("trafilatura", _trafilatura),
        ("readability", _readability(npm) if has_readability else None),
        ("pandoc", _pandoc if shutil.which("pandoc") else None),
    ]


def _epubmaker(pages: Sequence[str]) -> Iterable[str]:
    return [main_text(page, page_head(page, None)).html for page in pages]


def _trafilatura(pages: Sequence[str]) -> Iterable[str]:
    return [
        trafilatura.extract(
            page, output_format="html", include_comments=False, include_images=True, include_tables=True,
            include_formatting=True,
        ) or ""
        for page in pages
    ]  # fmt: skip


def _readability(npm: Path) -> Tool:
    def run(pages: Sequence[str]) -> Iterable[str]:
        environment = {
            "NODE_PATH": str((npm / "node_modules").resolve()),
            "PATH": str(Path(shutil.which("node") or "").parent),
        }
        found = subprocess.run(
            ["node", "-e", _READABILITY],
            input=json.dumps(pages),
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        return list(json.loads(found.stdout))

    return run


def _pandoc(pages: Sequence[str]) -> Iterable[str]:
    command = ["pandoc", "--from=html", "--to=html"]
    return [subprocess.run(command, input=page, capture_output=True, text=True, check=True).stdout for page in pages]


# --- what is kept ---


def _kept(article: str, html: str) -> Kept:
    wanted, found = LexborHTMLParser(article), LexborHTMLParser(html or "<p>")
    words, other = _rows(wanted.body), _rows(found.body)
    both = (words & other).total()
    pictures, left = Counter(_pictures(wanted)), Counter(_pictures(found))
    captions = [_letters(node.text(deep=True)) for node in wanted.css(_CAPTIONS)]
    text = _letters(found.body.text(deep=True) if found.body is not None else "")
    return Kept(
        both / max(1, other.total()),
        both / max(1, words.total()),
        (pictures & left).total() / pictures.total() if pictures else None,
        sum(caption in text for caption in captions) / len(captions) if captions else None,
    )


def _rows(body: LexborNode | None) -> Counter[tuple[str, ...]]:
    """Return the rows of four words in a text; the end of a block is the end of a word."""
    words = _WORD.findall(_text(body)) if body is not None else []
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def _text(body: LexborNode) -> str:
    texts: list[str] = []
    for node in body.traverse(include_text=True):
        if node.tag == "-text":
            if node.parent is not None and node.parent.tag not in {"script", "style", "button"}:
                texts.append(node.text_content or "")
        elif node.tag in _BLOCKS:
            texts.append("\n")
    return "".join(texts)


def _pictures(document: LexborHTMLParser) -> list[str]:
    return [(node.attributes.get("src") or "").rpartition("/")[2] for node in document.css("img, graphic")]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _row(name: str, found: Sequence[Kept]) -> str:
    precision, recall = (statistics.mean(getattr(each, part) for each in found) for part in ("precision", "recall"))
    pictures, captions = (
        statistics.mean(share for each in found if (share := getattr(each, part)) is not None)
        for part in ("pictures", "captions")
    )
    f1 = 2 * precision * recall / (precision + recall)
    return f"| {name} | {f1:.3f} | {precision:.3f} | {recall:.3f} | {pictures:.3f} | {captions:.3f} |"


if __name__ == "__main__":
    main()
