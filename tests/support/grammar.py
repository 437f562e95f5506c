"""Articles by a grammar of HTML: every element and attribute that a chapter may have, and hostile markup.

An article is a list of tokens: its title, then tags and texts. So one that fails can be made smaller token by token. The
same seed and number give the same article. Every fourth is dense: lists, terms, tables, figures, ruby and notes in each
other, with the attributes that change what is written, and now and then a part where it does not belong.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from html import escape

from attacks import CARRIERS, FORMS, SPELLINGS, attack
from trees import ATTRIBUTES, NAMES, VALUES, names

from epubmaker.chapters.xhtml.content import ATTRIBUTES as HELD
from epubmaker.chapters.xhtml.content import BLOCKS, INLINES, ROLES

__all__ = ["PICTURES", "Article", "article", "smallest"]

Article = list[str]

PICTURES = names("wide.png tall.png small.png drawing.svg broken.jpg missing.jpg")

_IDS = names("t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 s1 s2 epm-title epm-p1 top 中 %41")
_IDS += ("", "a b", "x\x0b", '">')
_TEXTS = [
    *(
        "word",
        "Some words, and more of them.",
        "Title",
        "中文",
        "日本\n語",
        "نص عربي",
        "\u3000字",
        "1",
        "*",
        "[caption]x[/caption]",
    ),
    *(
        " ",
        "\n",
        "\n\n",
        "\t",
        "\xa0",
        '"',
        "'",
        "{}",
        "%",
        "\\",
        "=",
        "/",
        "&",
        "&amp;",
        "<",
        "&lt;b&gt;",
        "]]>",
        "-->",
    ),
    *("[caption]x[/caption]", "<!-- c -->", "<![CDATA[x]]>", "<?php x ?>", "<!DOCTYPE x>"),
    *("&bogus;", "&nbsp;", "&#0;", "&#xFFFE;", "&#x1FFFF;", "&#11;", "&#xD800;", "&#128;"),
    *("\x00", "\x01", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\x9f", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe"),
    *("so\xadft", "\u2028", "\u200b", "\u200d", "\ufeff", "\u202e", "\u2011", "👩\u200d👧", "e\u0301"),
    "A long paragraph of an ordinary article, in which nothing happens for a while. " * 4,
]
_VALUES = [
    *(*VALUES, *(f"#{name}" for name in _IDS)),
    *("", " ", "x", "0", "7", "-1", "1e9", "100%", "true", "none", "auto", "ar", "zh-TW", "x-y", "text/html"),
    *("a\x0bb", "\ufffe", "\xad", "<b>", "&quot;", "'", '"', "M0 0L9 9", "0 0 99 99", "#fff", "url(http://e.com/x)"),
    *("font-weight:bold", "display:none", "vertical-align:super", "background:url(javascript:alert(1))"),
    *("javascript:alert(1)", "expression(alert(1))"),
]
_KEYS = (*ATTRIBUTES, *names("onload onerror onclick ontoggle srcdoc action formaction ping background"))
_LINKS = names(
    "http://e.com/ https://e.com/a?b&c=d#e //e.com /x x.html ?q mailto:a@b.c tel:1 http://xn--a/ http://[::1]/ http://a_b/ "
    "http://a..b/ http://u:p@e.com:8/ HTTP://E.com/%zz file:///etc/passwd javascript:alert(1) data:text/html,x"
)
_MATH = names(
    "mi mn mo ms mtext mspace mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mfenced "
    "menclose mstyle mpadded mphantom merror semantics annotation annotation-xml maction mglyph ci apply"
)
_SVG = names(
    "g a text tspan rect circle ellipse line path polygon polyline title desc defs use image style script foreignObject"
)
_FOREIGN_KEYS = names(
    "x y x1 y1 x2 y2 cx cy r rx ry dx dy d points width height viewBox transform fill stroke fill-opacity fill-rule "
    "opacity stroke-width stroke-dasharray stroke-linecap stroke-linejoin font-size font-style font-weight text- "
    "anchor style accent accentunder columnalign displaystyle fence linethickness lspace mathvariant notation rspace "
    "stretchy open close separators display encoding alttext aria-label href xlink:href"
)
_FOREIGN_VALUES = [
    *names(
        "0 1 -1 .5 1.5 100 1e3 12px 50% 2em thin red none inherit currentColor #ff0000 url(#t1) bold 700 italic middle"
    ),
    *names("round evenodd true false center box radical script block application/x-tex ( ) | , &lt;"),
    *("M0 0L9 9", "M 1e9,-3 z", "m0 0", "L1 1", "0 0 9 9", "1,2 3,4", "1 2 3", "translate(1)", "rotate(1 2 3)scale(2)"),
    *("fill:red;stroke:url(#a)", "font-size:9px", "left right", "matrix(1)", "5,5", "", " ", "a\x0bb"),
]
_DENSE_TEXTS = ["word", "字", "1", " "]
_DENSE_VALUES = {
    "lang": names("en fr zh ar x-y"),
    "dir": names("ltr rtl auto"),
    "id": names("t0 t1 t2 t3 s1"),
    "class": ("caption", "credit", "wp-caption", "photo-credit caption", "sr-only", "footnotes", "gallery"),
    "style": ("font-weight:bold", "font-style:italic", "display:none", "vertical-align:super"),
}
_PARTS = names(
    "li dt dd td th tr tbody thead tfoot caption figcaption rt rp rb summary div p section blockquote pre hr br"
)
_FORMS = names("form input button select option optgroup textarea label fieldset legend datalist output meter progress")
_ANCHORED = names("a a a span p div b li td br hr img input")


def article(seed: str, number: int, count: int) -> Article:
    """Return one of `count` articles; links between them are written as `LINK/number`."""
    return _Writer(random.Random(f"{seed}/{number}"), number, count).article()


def smallest(tokens: Article, fails: Callable[[Article], bool], seconds: float) -> Article:
    """Return a failing article without the tokens that its failure does not need, as far as `seconds` allow."""
    end = time.monotonic() + seconds
    size = max(1, len(tokens) // 2)
    while size:
        start = 1
        while start < len(tokens) and time.monotonic() < end:
            fewer = tokens[:start] + tokens[start + size :]
            if fails(fewer):
                tokens = fewer
            else:
                start += size
        size //= 2
    return tokens


class _Writer:
    def __init__(self, rnd: random.Random, number: int, count: int) -> None:
        self._rnd = rnd
        self._number = number
        self._count = count
        self._dense = number % 4 == 0
        self._texts = _DENSE_TEXTS if self._dense else _TEXTS
        self._left = 60 if self._dense else rnd.choice([3, 10, 30])  # elements
        structures: list[Callable[[int], Article]] = [self._table, self._list, self._terms, self._figure, self._ruby]
        inlines = [self._picture, self._link, self._link, self._anchor, self._math, self._svg]
        others = [self._form, self._note, self._attack, self._heading, self._stray]
        self._forms = structures + ([self._note, self._part] if self._dense else [self._any] * 6 + inlines + others)

    def article(self) -> Article:
        tokens: Article = []
        while self._left > 0:
            tokens += self._node(8 if self._dense else 5)
        if self._rnd.random() < 0.004:  # long enough for several files
            paragraph = f"<p>{_TEXTS[-1] * 20}</p>"
            for _ in range(self._rnd.randint(40, 80)):
                tokens.insert(self._rnd.randrange(len(tokens) + 1), paragraph)
        if self._rnd.random() < 0.1:
            self._rnd.shuffle(tokens)  # tags and texts in any order
        return [self._rnd.choice(["Title", "".join(self._rnd.choices(_TEXTS[:-1], k=3))]), *tokens]

    def _node(self, depth: int) -> Article:
        if depth <= 0 or self._rnd.random() < 0.3:
            return [self._rnd.choice(self._texts)]
        self._left -= 1
        return self._rnd.choice(self._forms)(depth)

    def _nodes(self, depth: int, most: int = 4) -> Article:
        return [token for _ in range(self._rnd.randint(0, most)) for token in self._node(depth - 1)]

    def _element(self, name: str, inner: Sequence[str], /, **given: str) -> Article:
        attributes = {**given, **(self._dense_attributes() if self._dense else self._attributes(name))}
        if name in ROLES and self._rnd.random() < 0.5:
            attributes["epub:type"], attributes["role"] = self._rnd.choice(sorted(ROLES[name]))
        written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        end = [] if self._rnd.random() < 0.05 else [f"</{name}>"]
        return [f"<{name}{written}>", *inner, *end]

    def _attributes(self, name: str) -> dict[str, str]:
        attributes = {key: self._rnd.choice(_VALUES) for key in HELD.get(name, ()) if self._rnd.random() < 0.5}
        while self._rnd.random() < 0.3:
            attributes[self._rnd.choice(_KEYS)] = self._rnd.choice(_VALUES)
        if self._rnd.random() < 0.2:
            attributes["id"] = self._rnd.choice(_IDS)
        return attributes

    def _dense_attributes(self) -> dict[str, str]:
        return {key: self._rnd.choice(values) for key, values in _DENSE_VALUES.items() if self._rnd.random() < 0.1}

    def _part(self, depth: int) -> Article:
        """Return a part of something, wherever it stands."""
        return self._element(self._rnd.choice(_PARTS), self._nodes(depth))

    def _child(self, name: str, depth: int) -> Article:
        """Return the element that belongs here, seldom another one."""
        return self._element(name, self._nodes(depth, 3)) if self._rnd.random() < 0.9 else self._node(depth - 1)

    def _any(self, depth: int) -> Article:
        name = self._rnd.choice(
            [self._rnd.choice(NAMES), self._rnd.choice(sorted(BLOCKS)), self._rnd.choice(sorted(INLINES))]
        )
        return self._element(name, self._nodes(depth))

    def _heading(self, depth: int) -> Article:
        return self._element(f"h{self._rnd.randint(1, 6)}", self._nodes(depth, 2))

    def _link(self, depth: int) -> Article:
        place = self._rnd.choice(["", f"#{self._rnd.choice(_IDS)}"])
        own, other = (f"LINK/{number}" for number in (self._number, self._rnd.randrange(self._count)))
        href = self._rnd.choice(
            [f"#{self._rnd.choice(_IDS)}"] * 4 + [own + place, other + place, self._rnd.choice(_LINKS)]
        )
        return self._element("a", self._nodes(depth, 2), href=href)

    def _anchor(self, depth: int) -> Article:
        name = self._rnd.choice(
            ["a", "span", "p", "div", "b", "li", "td", "br", "hr", "img", "input", self._rnd.choice(NAMES)]
        )
        key = self._rnd.choice(["id", "name"]) if name == "a" else "id"
        return self._element(name, self._nodes(depth, 1), **{key: self._rnd.choice(_IDS)})

    def _picture(self, _: int) -> Article:
        source = self._rnd.choice(PICTURES)
        given = {"src": source} if self._rnd.random() < 0.8 else {"srcset": f"{source} 2x", "data-src": source}
        return self._element("img", [], **given, alt=self._rnd.choice(_TEXTS))

    def _figure(self, depth: int) -> Article:
        caption = self._element(self._rnd.choice(["figcaption", "small", "p"]), self._nodes(depth, 2))
        inner = self._rnd.choice(
            [self._picture(depth), self._element("a", self._picture(depth), href="/x"), self._nodes(depth)]
        )
        return self._element(self._rnd.choice(["figure", "div"]), [*inner, *caption])

    def _table(self, depth: int) -> Article:
        rows: Article = self._element("caption", self._nodes(depth, 1)) if self._rnd.random() < 0.3 else []
        for _ in range(self._rnd.randint(0, 3)):
            count = self._rnd.choice([1, 2, 3, 12])
            cells = [
                self._element(self._rnd.choice(["td", "td", "th"]), self._nodes(depth - 1, 2)) for _ in range(count)
            ]
            rows += self._element("tr", [token for cell in cells for token in cell])
        part = self._rnd.choice(["tbody", "thead", "tfoot", ""])
        return self._element("table", self._element(part, rows) if part else rows)

    def _list(self, depth: int) -> Article:
        items = [self._child("li", depth) for _ in range(self._rnd.randint(0, 3))]
        return self._element(self._rnd.choice(["ul", "ol", "menu"]), [token for item in items for token in item])

    def _terms(self, depth: int) -> Article:
        inner: Article = []
        for _ in range(self._rnd.randint(0, 2)):
            parts = self._rnd.choice([("dt", "dd")] * 4 + [("dt", "dt", "dd"), ("dd",), ("dt",)])
            group = [token for name in parts for token in self._child(name, depth)]
            inner += self._element("div", group) if self._rnd.random() < 0.3 else group
        return self._element("dl", inner)

    def _ruby(self, depth: int) -> Article:
        inner: Article = []
        for _ in range(self._rnd.randint(1, 3)):
            inner += [self._rnd.choice(["漢", "字", *self._nodes(depth, 1)])]
            inner += self._element(self._rnd.choice(["rt", "rt", "rp", "rb", "rtc"]), self._nodes(depth, 1))
        return self._element("ruby", inner)

    def _foreign(self, name: str, inside: Sequence[str], depth: int) -> Article:
        inner = [
            token
            for _ in range(self._rnd.randint(0, 3))
            for token in (
                [self._rnd.choice(_TEXTS)]
                if depth <= 0 or self._rnd.random() < 0.3
                else self._foreign(self._rnd.choice(inside), inside, depth - 1)
            )
        ]
        keys = self._rnd.choices(_FOREIGN_KEYS, k=self._rnd.choice([0, 2, 8]))
        return self._element(name, inner, **{key: self._rnd.choice(_FOREIGN_VALUES) for key in keys})

    def _math(self, depth: int) -> Article:
        given = {"alttext": self._rnd.choice(_TEXTS)} if self._rnd.random() < 0.3 else {}
        inner = [token for _ in range(2) for token in self._foreign(self._rnd.choice(_MATH), _MATH, depth)]
        return self._element("math", inner, **given)

    def _svg(self, depth: int) -> Article:
        inner = [token for _ in range(2) for token in self._foreign(self._rnd.choice(_SVG), _SVG, depth)]
        return self._element("svg", [*inner, "<rect width='9' height='9'/>"], viewBox="0 0 99 99")

    def _form(self, depth: int) -> Article:
        inner = [token for _ in range(3) for token in self._element(self._rnd.choice(_FORMS), self._nodes(depth, 1))]
        return self._element("form", inner, action=self._rnd.choice(SPELLINGS), method="post")

    def _note(self, depth: int) -> Article:
        place = self._rnd.choice(_IDS)
        link = self._element("sup", self._element("a", ["1"], href=f"#{place}", id=f"{place}r"))
        return [*link, *self._element("p", [f"<a href='#{escape(place)}r'>1</a>", *self._nodes(depth, 2)], id=place)]

    def _attack(self, _: int) -> Article:
        carried = attack(self._rnd.choice(CARRIERS), self._rnd.choice(SPELLINGS))
        return [self._rnd.choice([self._rnd.choice(FORMS), carried])]

    def _stray(self, _: int) -> Article:
        return [self._rnd.choice([f"</{self._rnd.choice(NAMES)}>", f"<{self._rnd.choice(NAMES)}>"])]
