"""Articles of one shape and any size: repeated, nested, unclosed or long content. Each is a function of one number.

The larger the number, the longer the article, in proportion. `test_scaling.py` takes each of them at two sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from epubmaker.chapters.xhtml.content import ATTRIBUTES, BLOCKS, INLINES

__all__ = ["SHAPES", "Shape", "head"]

Shape: TypeAlias = Callable[[int], str | bytes | list[str]]
"""From a size to one article, as text or bytes, or to several."""


def head(title: str = "A title", link: str = "https://news.example/1") -> str:
    """Return the lines above an article's body."""
    return f"[{title}]({link})\n------\n\n"


def body(html: Callable[[int], str]) -> Shape:
    """Return the shape of an article with an ordinary head and the body that `html` makes."""
    return lambda n: head() + html(n)


def repeated(part: str, before: str = "", after: str = "") -> Shape:
    """Return the shape of a body of one repeated text; "%d" in it is the number of the repetition."""
    if "%d" not in part:
        return body(lambda n: f"{before}{part * n}{after}")
    return body(lambda n: before + "".join([part.replace("%d", str(number)) for number in range(n)]) + after)


def nested(start: str, end: str) -> Shape:
    """Return the shape of a body of elements in each other."""
    return body(lambda n: f"{start * n}word{end * n}")


def _elements() -> dict[str, Shape]:
    """Return each element of the content model: each repeated, and each block with a thousand inline elements in it."""
    shapes: dict[str, Shape] = {}
    for name in sorted((*BLOCKS, *INLINES)):
        shapes[f"{name}, repeated"] = repeated(f"<{name}>word %d</{name}> ")
    for name in sorted(BLOCKS):
        shapes[f"{name} of inline elements"] = repeated("<b>word</b> <i>x</i>", f"<{name}>", f"</{name}>")
    return shapes


def _attributes() -> dict[str, Shape]:
    """Return each attribute that is read, with a long value that is nearly of every kind."""
    read = {(name, key) for name, keys in ATTRIBUTES.items() for key in keys}
    read |= {("p", key) for key in ("style", "class", "id", "lang")} | {("a", "href"), ("a", "name")}
    read |= {("img", key) for key in ("src", "srcset", "alt", "title", "data-src", "class")} | {("source", "media")}
    return {
        f"{name} with a long {key}": repeated(
            "/a-10.jpg 2w, font-weight : url(  {width}%7B &amp; ", f'<p><{name} src="b.jpg" {key}="', f'">x</{name}>'
        )
        for name, key in sorted(read)
    }


SHAPES: Mapping[str, Shape] = {
    **_elements(),
    **_attributes(),
    # --- never closed, nested ---
    "blocks never closed": repeated("<div>word "),
    "inline elements never closed": repeated("<p><b>word<i>x<font color=%d>y"),
    "lists in lists": nested("<ul><li>x", "</li></ul>"),
    "lists in lists, never closed": repeated("<ol><li>x"),
    "definition lists in definition lists": nested("<dl><dt>a</dt><dd>", "</dd></dl>"),
    "definition lists in definition lists, shallow": repeated(f"{'<dl><dt>a<dd>' * 30}word{'</dd></dl>' * 30}"),
    "definition lists with long ones in them": repeated(
        "<dt>a</dt><dd>b</dd>", "<dl><dt>a</dt><dd>" * 400, "</dd></dl>" * 400
    ),
    "quotations in quotations": nested("<blockquote>x", "</blockquote>"),
    "tables in tables": nested("<table><tr><td>x", "</td></tr></table>"),
    "tables in tables, side by side": repeated("<table><tr><td>a<table><tr><td>b</table></table>"),
    "cells of tables with tables in them": repeated("<td>x", "<table><tr><td>" * 100),
    "end tags alone": repeated("</div></p></b></table></a>word "),
    "elements that nobody knows": repeated("<x-%d>word</x-%d>"),
    "tags without an end": repeated("<p "),
    "angle brackets": repeated("< "),
    "quotes in tags": repeated("<p title='"),
    "comments": repeated("<!-- x -->word "),
    "comments never closed": repeated("<!--"),
    "declarations never closed": repeated("<!"),
    "instructions never closed": repeated("<?x "),
    "CDATA never closed": repeated("<![CDATA["),
    "a long comment": repeated("- ", "<!--", "-->"),
    "scripts never closed": repeated("<script>"),
    "styles never closed": repeated("<style>"),
    "titles never closed": repeated("<title>"),
    "text areas never closed": repeated("<textarea>"),
    "templates": repeated("<template><p>x</template>"),
    "noscripts": repeated("<noscript><img src=%d.jpg></noscript>word"),
    "noscripts with placeholders": repeated("<img src=blank.gif data-src=%d.jpg><noscript><img src=%d.jpg></noscript>"),
    "many attributes": body(lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n)) + ">x</p>"),
    "many bodies": repeated("<body a%d=1>x"),
    "framesets": repeated("<frameset><frame>"),
    # --- text ---
    "words": repeated("word "),
    "one word": repeated("w"),
    "blanks": repeated(" "),
    "line ends": repeated("\n"),
    "plain lines": lambda n: head() + "a line\n" * n,
    "plain paragraphs": lambda n: head() + "a line\n\n" * n,
    "plain blanks and line ends": lambda n: head() + "\n \t" * n + "x",
    "plain rules": lambda n: head() + "=" * n,
    "plain rules and words": lambda n: head() + "word ======= " * n,
    "plain addresses": lambda n: head() + "http" * n + "http://" * n + "http://a" * n,
    "plain addresses with rules": lambda n: head() + "www.a.b=====" * n + "http://a.b-----" * n,
    "plain addresses with labels": lambda n: head() + "日記：https://a.example/b" * n,
    "plain addresses with brackets": lambda n: head() + "https://a.example/" + "(" * n + ")" * 2 * n,
    "plain mail addresses": lambda n: head() + "a" * n + "@" + "a." * n + "@" * n + "a@b" * n,
    "plain time stamps": lambda n: head() + "0:00 a 0:01 b 0:02 c" * n,
    "plain digits and colons": lambda n: head() + "1:" * n + "00:" * n + ":" * n,
    "plain time stamps and addresses": lambda n: (
        head() + "0:00 a 0:01 b 0:02 c：http://a.example/ d：http://b.example/ " * n
    ),
    "plain hashtags": lambda n: head() + "word" + "#tag" * n,
    "plain number signs": lambda n: head() + "word" + "# " * n + "#" * n,
    "plain sentences": lambda n: head() + ". " * n + "!" * n + "。  " * n + "\nx",
    "plain wrapped lines": lambda n: head() + f"{'word ' * 14}\n" * n,
    "plain lines with tags": lambda n: head() + "<b>a</b>\n\n" * n,
    "addresses in a paragraph": repeated("http://a.example/%d www.a.example a@b.example ", "<p>"),
    "divisions around plain text": body(lambda n: "<div>" * n + "word" + " </div>" * n),
    "ideographs and line ends": repeated("中\n"),
    "pretty-printed ideographs": repeated("<b>\n 中\n </b>\n ，", "<p>"),
    "pretty-printed words": repeated("<b>\n word\n </b>\n , (\n", "<p>"),
    "ideographs and blanks": repeated(" \n", "<p>中", "x"),
    "joiners": repeated("\u200d\u200c"),
    "control characters": repeated("\x01\x0b\x7f"),
    "null characters": repeated("word\0 "),
    "entities": repeated("&amp;&lt;&nbsp;&#8205;"),
    "entities never closed": repeated("&amp"),
    "characters that nobody knows": repeated("&#x110000;&bogus;"),
    "ampersands": repeated("&"),
    "shortcodes": repeated("[caption id=%d]"),
    "shortcodes never closed": repeated("["),
    "line breaks": repeated("<br>"),
    "lines with breaks": repeated("word<br>"),
    "a list item of lines with breaks": repeated("word<br>", "<ul><li>"),
    "rules": repeated("<hr>"),
    "word breaks": repeated("word<wbr>"),
    "soft hyphens": repeated("word\xad"),
    # --- blocks ---
    "cells in one row": repeated("<td>x</td>", "<table><tr>"),
    "cells in two rows": body(lambda n: f"<table>{('<tr>' + '<td>x</td>' * n + '</tr>') * 2}</table>"),
    "rows": repeated("<tr><td>a<td>b<td>c", "<table>"),
    "wide rows": repeated("<tr>" + "<td>word of a cell" * 12, "<table>"),
    "empty cells": repeated("<td></td>", "<table><tr>"),
    "empty header cells": repeated("<tr><th><td>x", "<table>"),
    "table captions": repeated("<caption>x</caption>", "<table>"),
    "row groups": repeated("<tbody><tr><td>x</tbody>", "<table>"),
    "columns": repeated("<col span=1000>", "<table>"),
    "cells with spans": repeated("<tr><td colspan=1000 rowspan=65534>x", "<table>"),
    "terms": repeated("<dt>a<dd>b", "<dl>"),
    "terms in divisions": repeated("<div><dt>a<dd>b</div>", "<dl>"),
    "items with numbers": repeated("<li value=%d>x", "<ol>"),
    "headings of all levels": repeated("<h1>a</h1><h6>b</h6><h3>c</h3>"),
    "headings in headings": repeated("<h1>"),
    "empty paragraphs": repeated("<p></p>"),
    "empty divisions": repeated("<div></div>"),
    "divisions in an item": repeated("<div>x</div>", "<ul><li>"),
    "empty divisions in an item": repeated("<div></div>", "<ul><li>"),
    "declared languages": repeated("<p lang=fr>x</p><p lang=de dir=rtl>y</p>"),
    "styled text": repeated("<span style='font-weight:bold'>x</span><p style='font-style:italic'>y</p>"),
    "preformatted lines": repeated("word\n", "<pre>"),
    "code in code": nested("<code style='display:block'><i style='display:block'>a</i>b", "</code>"),
    "divisions in preformatted text": repeated("<div>x</div>", "<pre>"),
    "details": repeated("<details><summary>a</summary>b</details>"),
    "forms": repeated("<form><input type=checkbox>a<select><option>x</select><textarea>y</textarea></form>"),
    "tick boxes": repeated("<li><input type=checkbox checked>a</li>"),
    "ruby": repeated("<rb>x<rt>y", "<ruby>", "</ruby>"),
    "rubies": repeated("<ruby>x<rp>(</rp><rt>y</rt><rp>)</rp></ruby>"),
    "formulas": repeated("<math><mi>x</mi><mo>+</mo></math>"),
    "one formula": repeated("<mi>x</mi>", "<math>", "</math>"),
    "formulas in formulas": nested("<math><mrow>", "</mrow></math>"),
    "drawings": repeated("<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>"),
    "one drawing": repeated("<path d='M0 0L1 1'/>", "<svg viewBox='0 0 9 9'>", "</svg>"),
    "groups in drawings": nested("<svg><g>", "</g></svg>"),
    # --- links and notes ---
    "links": repeated("<a href='/%d'>word</a> "),
    "links to one id": repeated("<a href=#x>word</a>", "<p id=x>y</p>"),
    "links to ids": repeated("<a href=#i%d>word</a><p id=i%d>x</p>"),
    "links to what is not there": repeated("<a href=#i%d>word</a>"),
    "ids of empty elements": repeated("<a href=#i%d>x</a><b id=i%d></b>"),
    "links in links": repeated("<a href=/%d><p>x"),
    "notes": body(
        lambda n: (
            "".join(f"<p>x<sup><a id=r{i} href=#n{i}>{i}</a></sup>" for i in range(n))
            + "<ol>"
            + "".join(f"<li id=n{i}>word <a href=#r{i}>back</a>" for i in range(n))
        )
    ),
    "references to one note": repeated("x<sup><a href=#n>1</a></sup>", "<p>", "<p id=n>1 a note</p>"),
    "many ways back from one note": body(
        lambda n: (
            "".join(f"<p>x<sup><a id=r{i} href=#n>1</a></sup>" for i in range(n))
            + "<p id=n>1 "
            + "".join(f"<a href=#r{i}>{i}</a>" for i in range(n))
        )
    ),
    "references to targets in one note": body(
        lambda n: (
            "<sup>"
            + "".join(f"<a href=#n{i}>{i}</a>" for i in range(n))
            + "</sup><p>"
            + "".join(f"<a id=n{i}></a>" for i in range(n))
            + "a note"
        )
    ),
    # --- furniture ---
    "share bars": repeated("<p>word</p><div class=share-bar><a href=/x>Tweet</a></div>"),
    "bylines in one line": repeated("<span class=byline>word</span> ", "<p>", "a text of its own</p>"),
    "bylines in inline elements": repeated("<b><span class=byline>word</span></b>", "<p>", "</p>"),
    "bylines in each other": nested("<div class=byline>", "</div>"),
    "labels": repeated("<p>Related</p>"),
    "labels that are links": repeated("<p><a href=/%d>Related</a></p>"),
    "labels in boxes": nested("<div>", "</div>"),
    "labels in each other": body(lambda n: "<div>Related" * n),
    "lists below labels": repeated("<h3>Related</h3><ul><li><a href=/%d>word</a></li></ul>"),
    "related articles": repeated("<li class=related><a href=/%d>word</a></li>", "<p>word</p><ul>", "</ul>"),
    "comments of readers": repeated(
        "<li class=comment id=comment-%d><p>word</p></li>", "<ol class=commentlist>", "</ol>"
    ),
    "empty elements at the end": repeated("<p></p>", "<p>word</p>", "<p>© 2022</p>"),
    "rules at the end": repeated("<hr>", "<p>word</p><p class=share-bar>Tweet</p>"),
    "copyright notices": repeated("<p>© 2022 All rights reserved.</p>"),
    "names of many words": body(lambda n: f"<p class='{'share-' * n}'>x</p>"),
    "many names": body(lambda n: f"<p class='{'share ' * n}'>x</p>"),
    "headings above nothing": repeated("<h2>word</h2><div class=share-bar>Tweet</div>"),
    "links that touch": repeated("<a href=/%d>word</a>", "<div>", "</div>"),
    "quotations without text": repeated("<blockquote><a href=/%d></a></blockquote>"),
    "large pictures in one paragraph": repeated("<img src=%d.jpg width=640>", "<p>", "word</p>"),
    "large pictures that begin paragraphs": repeated("<p><img src=%d.jpg width=640>word</p>"),
    # --- pictures ---
    "pictures": repeated("<img src=%d.jpg>"),
    "pictures in paragraphs": repeated("<p><img src=%d.jpg></p>"),
    "pictures in one paragraph": repeated("<img src=%d.jpg><br>", "<p>"),
    "pictures in links": repeated("<a href=/%d><img src=%d.jpg></a>"),
    "pictures in one link": repeated("<img src=%d.jpg alt=x>", "<p><a href=/x>"),
    "icons with a text in one line": repeated("w <i title='yes %d'></i> ", "<p>"),
    "a caption of lines": repeated("a</p>", "<figure><img src=a.jpg><figcaption>", "</figcaption></figure>"),
    "pictures that decorate": repeated("<img src=%d.gif width=1 height=1>"),
    "figures": repeated("<figure><img src=%d.jpg><figcaption>word</figcaption></figure>"),
    "pictures in one figure": repeated("<img src=%d.jpg><figcaption>word</figcaption>", "<figure>"),
    "figures in figures": nested("<figure><img src=a.jpg>", "</figure>"),
    "captions in small print": repeated("<img src=%d.jpg><div><small>a caption</small></div>"),
    "captions after pictures": repeated("<p><img src=%d.jpg></p><p>Photo: somebody</p>"),
    "captions in tables": repeated("<table><tr><td><img src=%d.jpg></td></tr><tr><td>a caption</td></tr></table>"),
    "captions in boxes": repeated("<div><p><img src=%d.jpg></p><p>a caption</p></div><p>word word word</p>"),
    "pictures and texts in one box": repeated("<img src=%d.jpg><p>word</p>", "<div class=image>", "</div>"),
    "pictures in one box": repeated("<img src=%d.jpg>", "<div class=image>", "<p>a caption</p></div>"),
    "boxes in boxes around a caption": nested("<div><img src=a.jpg>", "<p>word</p></div>"),
    "pictures called what follows": repeated("<p><img src=%d.jpg alt='a boat at sea'></p><p>A boat at sea (AP)</p>"),
    "centered pictures and lines": repeated("<p align=center><img src=%d.jpg></p><p align=center>a boat</p><p>x</p>"),
    "figures in one table": repeated(
        "<tr><td><figure><img src=%d.jpg></figure></td></tr><tr><td>word</td></tr>", "<table>"
    ),
    "pictures in one row": body(
        lambda n: f"<table><tr>{'<td><img src=a.jpg></td>' * n}</tr><tr>{'<td>word</td>' * n}</tr></table>"
    ),
    "galleries": repeated("<li><img src=%d.jpg><div>a caption</div></li>", "<ul class=gallery>", "</ul>"),
    "lists of one item": repeated("<figure><img src=%d.jpg></figure><ul><li>a caption</li></ul>"),
    "sources of one picture": repeated("<source srcset='%d.jpg 2x'>", "<picture>", "<img src=a.jpg></picture>"),
    "sources and pictures in turns": repeated("<source srcset='%d.jpg 2x'><img src=%d.jpg>", "<picture>"),
    "pictures of sources": repeated("<picture><source srcset=%d.webp><img src=%d.jpg></picture>"),
    "candidates of one picture": repeated("%d.jpg %dw, ", "<img src=a.jpg srcset='", "'>"),
    "candidates without a width": repeated("a%d.jpg, ", "<img srcset='", "'>"),
    "pictures in objects": repeated("<object data=a.jpg><img src=%d.jpg></object>"),
    "objects in objects": repeated("<object data=a.jpg type=image/jpeg>"),
    "pictures never closed": repeated("<amp-img src=%d.jpg>word"),
    "backgrounds": repeated("<div style='background-image:url(%d.jpg)'></div>"),
    "backgrounds in each other": nested("<div style='background-image:url(a.jpg)'>", "</div>"),
    "drawings of pictures": repeated("<svg><image href=%d.jpg /></svg>"),
    "described pictures": repeated("<img src=%d.jpg aria-describedby=d%d><p id=d%d>word</p>"),
    "posters": repeated("<video poster=%d.jpg><source src=a.mp4>word</video>"),
    "image maps": repeated("<area href=/%d>", "<img src=a.jpg usemap=#m><map name=m>"),
    "data addresses": repeated("A", "<img src='data:image/png;base64,", "'>"),
    "players": repeated("<iframe src=https://www.youtube.com/embed/%d></iframe>"),
    # --- heads ---
    "a long title": lambda n: head(title="word " * n) + "<p>x",
    "a long title of brackets": lambda n: head(title="[" * n) + "<p>x",
    "a long title of tags": lambda n: head(title="<b" * n) + "<p>x",
    "a long title of comments": lambda n: head(title="<!--" * n) + "<p>x",
    "a long title of entities": lambda n: head(title="&amp;#38;" * n) + "<p>x",
    "a long title of separators": lambda n: head(title="a | - " * n) + "<p>x",
    "a long link": lambda n: head(link="https://a.example/" + "a/../%41?&" * n) + "<p>x",
    "a long host": lambda n: head(link="https://" + "a." * n + "example/") + "<p>x",
    "a long rule": lambda n: "[t](https://a.example/)\n" + "-" * n + "\n<p>x",
    "blanks before the head": lambda n: " \n" * n + head() + "<p>x",
    "blanks after the title": lambda n: "[t](https://a.example/)" + " " * n + "x\n<p>x",
    "headings in the place of a title": lambda n: "<h1>" * n,
    "headings in UTF-16": lambda n: ("<h1>" * n).encode("utf-16"),
    "comments in UTF-16": lambda n: ("<!--" * n).encode("utf-16"),
    "headings in another encoding": lambda n: "<h1>é".encode("cp1252") * n,
    "declarations of an encoding": lambda n: b"<meta charset=x>\xe9" * n,
    "UTF-16 without a mark": lambda n: ("<p>word " * n).encode("utf-16-le"),
    "Chinese in GB 18030": lambda n: (head() + "中文的一句话。" * n).encode("gb18030"),
    "damaged UTF-8": lambda n: ("中文的一句话。" * 9).encode() * n + b"\xe4\xb8",
    "carriage returns": lambda n: head() + "a\r\r\n" * n,
    "a long date line": lambda n: head() + "<div><i>" + "Wed, " * n + "</i></div>",
    # --- many articles ---
    "articles with one link": lambda n: [f"{head()}<p>{number}" for number in range(n)],
    "articles with one title": lambda n: [f"{head(link=f'https://a.example/{number}')}<p>x" for number in range(n)],
    "articles without a link": lambda n: [f"[title]\n---\n<p>{number}" for number in range(n)],
    "articles of one date": lambda n: [
        f"<!--1642027143000-->\n{head(link=f'https://a.example/{number}')}<p>x" for number in range(n)
    ],
}
