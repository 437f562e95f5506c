"""Trees and markup of any kind, for property tests."""

from __future__ import annotations

from bs4.element import NavigableString, Tag
from hypothesis import strategies as st


def names(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


NAMES = names(
    """
    a abbr address article aside audio b base bdi bdo big blockquote body br button canvas caption center cite code col
    colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form
    frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map
    mark marquee math menu meta meter mi mfrac mrow msup nav nobr noframes noscript object ol optgroup option output p
    param picture plaintext pre progress q rb rp rt rtc ruby s samp script section select small source span strike
    strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var
    video wbr xmp o:p my-element v:shape x
    """
)
ATTRIBUTES = names(
    """
    id name href src alt title class style lang xml:lang dir width height colspan rowspan start value type reversed
    datetime scope headers border align role epub:type aria-label aria-hidden hidden onclick @click v-if data-X target rel
    srcset poster data cite open xlink:href xmlns tabindex contenteditable
    """
)
VALUES = names(
    """
    a b #a #b #s1 s1 x.jpg /y http://example.com/z //h/ javascript:alert(1) data:text/html,x mailto:a@b.c rtl ltr auto en
    zh-CN xx-nonsense 0 1 2 -3 99999999999 100% 2026-01-02 2026-13-45 row footnote noteref doc-noteref doc-footnote bold
    font-weight:bold font-style:italic display:none color:;; text/html disc A i hidden
    """
)
_VOID = (
    "area",
    "base",
    "br",
    "col",
    "embed",
    "frame",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "param",
    "source",
    "track",
    "wbr",
)

texts = st.one_of(
    st.sampled_from(["x", " ", "\n", "中", "a b", "\xa0", "&", "<", "\u200b", "\u3000", "1", "]]>", "-->"]),
    st.text(max_size=8),
)
attributes = st.dictionaries(
    st.one_of(st.sampled_from(ATTRIBUTES), st.text(max_size=4)),
    st.one_of(st.sampled_from(VALUES), st.text(max_size=6)),
    max_size=3,
)


def _tag(name: str, given: dict[str, str], contents: list[Tag | NavigableString]) -> Tag:
    tag = Tag(name=name)
    tag.attrs = dict(given)
    for child in contents if name not in _VOID else ():
        tag.append(child)
    return tag


def _tags(children: st.SearchStrategy[Tag | NavigableString]) -> st.SearchStrategy[Tag | NavigableString]:
    return st.builds(_tag, st.sampled_from(NAMES), attributes, st.lists(children, max_size=5))


_nodes: st.SearchStrategy[Tag | NavigableString] = st.recursive(texts.map(NavigableString), _tags, max_leaves=25)

# A body element with any elements in it, nested as no parser would nest them.
trees = st.builds(_tag, st.just("body"), st.just({}), st.lists(_nodes, max_size=5))


def _opening(name: str, given: dict[str, str]) -> str:
    written = "".join(f' {key}="{value}"' for key, value in given.items())
    return f"<{name}{written}>"


# Tag soup: start and end tags in any order.
soup = st.lists(
    st.one_of(
        st.builds(_opening, st.sampled_from(NAMES), attributes),
        st.sampled_from(NAMES).map("</{}>".format),
        texts,
        st.sampled_from(
            ["<!-- c -->", "<![CDATA[x]]>", "<?xml?>", "<!DOCTYPE x>", "&nbsp;", "&#0;", "&#xFFFE;", "&bogus;"]
        ),
    ),
    max_size=40,
).map("".join)
