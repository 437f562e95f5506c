"""Every picture of an article is found with its addresses, whatever the markup; decoration is dropped."""

from __future__ import annotations

import re

import pytest
from bs4 import Tag
from drafting import article, body
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.chapters.draft import draft
from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.pictures.find import find_pictures
from epubmaker.chapters.pictures.marks import CENTERED, DESCRIBES, SAYS
from epubmaker.chapters.tree import OPTIONAL, REF, SHOWN, WORD, picture_ref

GIF = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
MARKS = {SAYS, CENTERED, SHOWN, WORD, OPTIONAL}
PHOTO = "data:image/jpeg;base64," + "/9j4" * 200


def found(html: str) -> list[tuple[str, ...]]:
    """Return the addresses of each picture that is found in a piece of HTML."""
    return [sources for _, sources in pictures(html)]


def pictures(html: str) -> list[tuple[str, tuple[str, ...]]]:
    root = tree(html)
    result = []
    for tag in root.find_all("img"):
        assert {"alt", REF} == tag.attrs.keys() - MARKS
        ref = picture_ref(tag)
        assert ref is not None
        result.append((str(tag.attrs["alt"]), ref.sources))
    return result


def tree(html: str) -> Tag:
    root = parse(html).body
    find_pictures(root, PassContext())
    return root


EXAMPLES = {
    "a plain picture": ('<img src="a.jpg">', ["a.jpg"]),
    "spaces around and line ends inside": ('<img src="  https://x.org/a\n  b.jpg ">', ["https://x.org/ab.jpg"]),
    "spaces and Chinese characters": ('<img src="/图片/我的 照片.jpg">', ["/图片/我的 照片.jpg"]),
    "no scheme": ('<img src="//x.org/a.jpg">', ["//x.org/a.jpg"]),
    "entities, once and twice": (
        '<img src="/a?x=1&amp;y=2"><img src="/a?x=1&amp;amp;y=2">',
        ["/a?x=1&y=2", "/a?x=1&y=2"],
    ),
    "a data address": (f'<img src="{PHOTO}">', [PHOTO]),
    "an image proxy with commas": (
        '<img src="https://images.weserv.nl?url=x.org/a,b.jpg" width="100%">',
        ["https://images.weserv.nl?url=x.org/a,b.jpg"],
    ),
    "a srcset with widths": (
        '<img src="s.jpg" srcset="a.jpg 320w, b.jpg 1024w, c.jpg 1536w, d.jpg 4000w">',
        ["c.jpg", "d.jpg", "b.jpg", "a.jpg"],
    ),
    "a srcset below the target": ('<img src="s.jpg" srcset="a.jpg 480w, b.jpg 960w">', ["b.jpg", "a.jpg", "s.jpg"]),
    "a srcset with densities": (
        '<img src="s.jpg" srcset="a.jpg, b.jpg 1.5x, c.jpg 2x">',
        ["c.jpg", "b.jpg", "s.jpg", "a.jpg"],
    ),
    "a srcset with commas, spaces and no space after the comma": (
        '<img srcset="/f_auto,w_600/my pic.jpg 600w,/f_auto,w_900/my pic.jpg 900w">',
        ["/f_auto,w_900/my pic.jpg", "/f_auto,w_600/my pic.jpg"],
    ),
    "a srcset preview beside a lazy address": (
        '<img srcset="tiny.jpg 20w" data-src="real.jpg" src="s.jpg">',
        ["real.jpg", "s.jpg", "tiny.jpg"],
    ),
    "a picture with sources": (
        '<picture><source type="image/webp" srcset="a.webp 1600w"><source srcset="a.jpg 1500w"><img src="s.jpg"></picture>',
        ["a.jpg", "a.webp", "s.jpg"],
    ),
    "a picture with sources by screen, none of them dark": (
        (
            '<picture><source media="(prefers-color-scheme: dark)" srcset="dark.jpg">'
            '<source media="(min-width: 1600px)" srcset="large.jpg"><source media="(min-width: 600px)" srcset="m.jpg">'
            '<img src="s.jpg"></picture>'
        ),
        ["large.jpg", "m.jpg", "s.jpg"],
    ),
    "lazy with a placeholder": (f'<img src="{GIF}" data-src="/real">', ["/real"]),
    "lazy with a placeholder file": ('<img src="/img/blank.gif" data-original="https://x.org/a">', ["https://x.org/a"]),
    "lazy with an empty drawing": (
        (
            "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 3 2'%3E%3C/svg%3E\" "
            'data-lazy-src="a.jpg" data-lazy-srcset="b.jpg 1600w">'
        ),
        ["b.jpg", "a.jpg"],
    ),
    "lazy with a blurred preview": (f'<img src="{PHOTO}" data-src="a.jpg">', ["a.jpg", PHOTO]),
    "Zhihu": (f'<img src="{GIF}" data-actualsrc="z.jpg" data-original="o.jpg">', ["o.jpg", "z.jpg"]),
    "WeChat": ('<img data-src="https://mmbiz.qpic.cn/x/640?wx_fmt=jpeg">', ["https://mmbiz.qpic.cn/x/640?wx_fmt=jpeg"]),
    "Discuz": ('<img src="static/none.gif" file="data/a.jpg" zoomfile="data/b.jpg">', ["data/b.jpg", "data/a.jpg"]),
    "WordPress originals": (
        '<img src="a-300x200.jpg" data-orig-file="a.jpg" data-large-file="a-1024x683.jpg">',
        ["a.jpg", "a-1024x683.jpg", "a-300x200.jpg"],
    ),
    "BBC widths": (
        '<img data-src="https://ichef.bbci.co.uk/news/{width}/a.jpg" data-widths="[96,800,1536,2048]">',
        ["https://ichef.bbci.co.uk/news/1536/a.jpg"],
    ),
    "an unknown attribute": (f'<img src="{GIF}" data-my-weird-thing="/x/a.jpg?w=3" data-id="17">', ["/x/a.jpg?w=3"]),
    "flags are no addresses": ('<img src="a.jpg" data-lazy="true" data-image="42">', ["a.jpg"]),
    "noscript after a placeholder": (
        f'<img class="lazy" src="{GIF}" alt=""><noscript><img src="a.jpg" alt="A boat"></noscript>',
        ["a.jpg"],
    ),
    "noscript after a lazy picture": (
        '<div><img data-src="a.jpg"></div> <noscript><img src="b.jpg"></noscript>',
        ["b.jpg", "a.jpg"],
    ),
    "noscript before its twin": ('<p>x</p><noscript><img src="a.jpg"></noscript><img data-src="a.jpg">', ["a.jpg"]),
    "noscript alone": ('<p>x</p><noscript><img src="a.jpg"></noscript><p>y</p>', ["a.jpg"]),
    "AMP": ('<amp-img src="a.jpg"><noscript><img src="a.jpg"></noscript></amp-img>', ["a.jpg"]),
    "a poster": ('<video poster="p.jpg" src="v.mp4"></video>', ["p.jpg"]),
    "an object": ('<object data="a.svg" type="image/svg+xml"><img src="a.png"></object>', ["a.svg", "a.png"]),
    "an embed": ('<embed src="a.jpg">', ["a.jpg"]),
    "no picture in an embed": ('<embed src="a.swf"><object data="a.pdf"></object>', []),
    "a drawing around a picture": ('<svg viewBox="0 0 3 2"><image xlink:href="a.jpg"/></svg>', ["a.jpg"]),
    "a drawing": ('<svg><path d="M0 0"/><image href="a.jpg"/></svg>', ["a.jpg"]),
    "a background": ("<div style=\"background-image: url('a.jpg')\"></div>", ["a.jpg"]),
    "a background with entities": (
        '<div style="background:#fff url(&quot;a.jpg?x=1&amp;y&quot;) no-repeat"></div>',
        ["a.jpg?x=1&y"],
    ),
    "a lazy background": ('<div class="lazyload" data-bg="/a.jpg"></div>', ["/a.jpg"]),
    "a background behind text": ('<div style="background:url(a.jpg)"><p>text</p></div>', []),
    "a background behind a picture": ('<div style="background:url(b.jpg)"><img src="a.jpg"></div>', ["a.jpg"]),
    "a gradient": ('<div style="background: linear-gradient(red, blue)"></div>', []),
    "a thumbnail": ('<a href="full.jpg"><img src="thumb.jpg"></a>', ["full.jpg", "thumb.jpg"]),
    "a link to a page": ('<a href="page.html"><img src="a.jpg"></a>', ["a.jpg"]),
    "a link to a page that ends like a picture": (
        '<a href="https://en.wikipedia.org/wiki/File:A.jpg"><img src="a.jpg"></a>',
        ["a.jpg"],
    ),
    "a link with text": ('<a href="full.jpg"><img src="a.jpg"> enlarge</a>', ["a.jpg"]),
    "no address": ('<img><img src=""><img src="about:blank"><img src="javascript:x()"><img src="#">', []),
    "a part of a letter": ('<img src="cid:part1@example.org" alt="Boat">', ["cid:part1@example.org"]),
    "a template": ('<img src="{{ item.image }}">', []),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_pictures_are_found_with_their_addresses_in_order(name: str) -> None:
    html, sources = EXAMPLES[name]
    assert [source for each in found(html) for source in each] == sources


DECORATIONS = {
    "a tracking pixel": '<img src="https://x.org/t?id=3" width="1" height="1">',
    "a pixel with one side": '<img src="https://x.org/t?id=3" height="1">',
    "a pixel by style": '<img src="https://x.org/t" style="width:1px; height:1px">',
    "a known tracker": '<img src="https://pixel.wp.com/b.gif?host=x">',
    "a feed's counter": '<img src="http://feeds.feedburner.com/~r/x/~4/y">',
    "a transparent picture": f'<img src="{GIF}">',
    "an icon": '<img src="/i/print.png" width="16" height="16" alt="Print">',
    "a hidden picture": '<img src="a.jpg" style="display: none"><img src="b.jpg" hidden>',
    "an author's portrait": '<img class="avatar photo" src="a.jpg" width="96" height="96">',
    "a drawing of the page's own": '<img src="/assets/icons/arrow.svg">',
    "an icon of a newer format": '<img src="/x/icon-play.webp?v=1">',
    "an icon without an ending": '<img src="https://x.org/icons/zoom">',
    "a magnifying glass": '<img src="https://x.org/files/icon-zoom.png">',
    "a gravatar": '<img src="https://secure.gravatar.com/avatar/0?s=64">',
}


@pytest.mark.parametrize("name", DECORATIONS)
def test_a_decorative_picture_is_dropped(name: str) -> None:
    assert found(f"<p>text {DECORATIONS[name]} more</p>") == []


@pytest.mark.parametrize(
    "html",
    [
        '<img src="a.jpg" width="31" height="200">',
        '<img src="a.jpg" width="100%">',
        '<img class="latex" src="https://s0.wp.com/latex.php?latex=x" width="9" height="8" alt="x">',
        '<img class="author-avatar" src="a.jpg" width="800" height="600">',
        '<img src="/films/avatar.jpg">',
        '<img src="white-house.jpg">',
        '<img src="/saints/icon-of-nicholas.jpg">',
        '<img src="/icons/nicholas.png" width="600" height="800">',
        '<img src="/icons/nicholas.jpg">',
        '<p><img class="size-large" src="a.jpg" width="640"> text</p>',
        '<img src="a.jpg" style="-webkit-backface-visibility: hidden">',
    ],
)
def test_a_picture_with_content_stays(html: str) -> None:
    assert len(found(html)) == 1


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><img src=a-768x576.jpg></p><p>x</p><p><a href=a.jpg><img src=a-1024x768.jpg></a></p>", ["a.jpg"]),
        ("<p><img src=a-300x200.jpg></p><p><img src=a-768x576.jpg></p>", ["a-768x576.jpg"]),
        (
            "<figure><img src=a-300x200.jpg><figcaption>x</figcaption></figure><img src=a.jpg>",
            ["a-300x200.jpg", "a.jpg"],
        ),
        ("<img src=a.jpg><img src=a-300x200.jpg>", ["a.jpg", "a-300x200.jpg"]),
        ("<img src=a-300x200.jpg><img src=b.jpg>", ["a-300x200.jpg", "b.jpg"]),
        ("<img src=/p?u=a><img src=/p?u=b>", ["/p?u=a", "/p?u=b"]),
    ],
)
def test_a_smaller_copy_above_the_text_is_dropped(html: str, expected: list[str]) -> None:
    assert [sources[0] for sources in found(html)] == expected


_ZOOM = "<a data-fancybox href=large.jpg><img src=zoom.png></a>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<img src=a.jpg width=600>{_ZOOM}<figcaption>Ships</figcaption>", ["a.jpg"]),
        (f"{_ZOOM}<a href=/page><img src=a.jpg></a>", ["a.jpg"]),
        (f"<a data-fancybox href=b.jpg><img src=a.jpg width=600></a>{_ZOOM}", ["b.jpg"]),
        ("<img src=a.jpg width=600><a data-fancybox href=#v><img src=zoom.png></a>", ["a.jpg"]),
        (f"{_ZOOM}<a data-fancybox href=2.jpg><img src=2s.jpg></a>", ["large.jpg", "2.jpg"]),
        (f"{_ZOOM}<figcaption>Ships</figcaption>", ["large.jpg"]),
    ],
)
def test_a_sign_that_opens_a_viewer_is_no_picture_beside_another(html: str, expected: list[str]) -> None:
    assert [sources[0] for sources in found(f"<figure>{html}</figure>")] == expected


@pytest.mark.parametrize(
    ("html", "stands_alone"),
    [
        ("<p><img src=a.jpg width=640>Text.</p>", True),
        ("<p><img class='aligncenter size-full' src=a.jpg><noscript><img src=a.jpg></noscript>Text.</p>", True),
        ("<p> <a href=/x><img class='wp-image-12' src=a.jpg></a><br>Text.</p>", True),
        ("<p><a href=b.jpg><img width=700 src=a.jpg></a>Text.</p>", True),
        ("<p>Text <img src=a.jpg width=640> text.</p>", False),
        ("<p><img src=a.jpg width=120>Text.</p>", False),
        ("<p><img src=a.jpg>Text.</p>", False),
    ],
)
def test_a_large_picture_that_begins_a_paragraph_stands_alone(html: str, *, stands_alone: bool) -> None:
    shown = re.sub("<(?!/?figure)[^>]*>", "", body(html))
    assert ("</figure>Text." in shown) == stands_alone


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>Hi <img class="emoji" alt="😀" src="https://s.w.org/images/core/emoji/72x72/1f600.png">!</p>', "Hi 😀!"),
        ('<p>Hi <img class="emoji" src="/e/1f468-200d-1f469.svg"></p>', "Hi 👨\u200d👩"),
        ('<p>Hi <img src="https://x.org/emoji/smile.png" alt=":)" width="20" height="20"></p>', "Hi :)"),
        ('<p>Hi <img class="wp-smiley" src="/smile.gif"></p>', "Hi "),
        ('<p>好<img class="twemoji" alt="[微笑]" src="a.png"></p>', "好[微笑]"),
    ],
)
def test_an_emoji_picture_becomes_its_character(html: str, text: str) -> None:
    root = tree(html)
    assert root.get_text() == text
    assert root.find("img") is None


def test_pictures_that_are_left_out_are_counted() -> None:
    preview = f'<div><img aria-hidden="true" src="{PHOTO}" alt=""><img src="a.jpg" alt="Boat"></div>'
    html = f"<p>Text {ICON.format('Print')}{DRAWN.format('')} more</p><p><img src='c.jpg' hidden></p>{preview}"
    assert draft(article(html)).left_out.counts == (("decoration", 3), ("preview", 1))


ICON = '<img src="i.png" width="20" height="20" alt="{}">'
DRAWN = '<svg width="15" height="15" viewBox="0 0 15 15">{}<path d="M2 8l4 4 7-9"/></svg>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            f"<table><tr><td>Water<td>{ICON.format('yes')}<tr><td>Roof<td>{ICON.format('no')}</table>",
            "Water yes Roof no",
        ),
        ("<table><tr><td>Water<td><i class=m aria-label=no></i><tr><td>Roof<td>-</table>", "Water no Roof -"),
        (f"<table><tr><td>Water<td>{DRAWN.format('<title>yes</title>')}<tr><td>Roof<td>-</table>", "Water yes Roof -"),
        (f"<table><tr><td>{ICON.format('France')} France<td>1<tr><td>a<td>2</table>", "France 1 a 2"),
        (f"<p>Marks: {ICON.format('✔')}{ICON.format('✔')}</p>", "Marks: ✔✔"),
        (f"<p>{ICON.format('→')} Turn</p>", "→ Turn"),
        (f"<p>Turn left at the {ICON.format('level crossing')} sign.</p>", "Turn left at the level crossing sign."),
        ('<p>Choose <span class="icon" title="Settings"></span> first.</p>', "Choose Settings first."),
        (f"<p>Hold <kbd>{ICON.format('Ctrl')}</kbd> down.</p>", "Hold Ctrl down."),
        (f"<ul><li>{ICON.format('check mark')} Free beds</ul>", "Free beds"),
        (f"<p>The bell {ICON.format('bell')} rings.</p>", "The bell rings."),
        (f"<p>A text {ICON.format('Print')} more</p>", "A text more"),
        (f"<p>Find <a href=/x>{ICON.format('Our page')}</a> us.</p>", "Find us."),
        (f"<p>Find {ICON.format('')} us.</p>", "Find us."),
        ('<p>Find <i aria-hidden="true" title="Place"></i> us.</p>', "Find us."),
        ('<p>Find <img src="t.gif" width="1" height="1" alt="counter"> us.</p>', "Find us."),
    ],
)
def test_a_small_icon_leaves_its_text_where_less_is_said_without_it(html: str, text: str) -> None:
    assert " ".join(re.sub("<[^>]*>", " ", body(html)).split()).replace(" .", ".") == text


@pytest.mark.parametrize(
    ("attributes", "alt"),
    [
        ('alt="Ferry in the harbour"', "Ferry in the harbour"),
        ('alt="  Ferry\n in   the harbour "', "Ferry in the harbour"),
        ('alt="图：谢尔曼在布鲁塞尔"', "图：谢尔曼在布鲁塞尔"),
        ('alt="Photo of the harbour in 1905"', "Photo of the harbour in 1905"),
        ('alt="" title="A ferry"', "A ferry"),
        ('alt="image" aria-label="A ferry"', "A ferry"),
        ('alt="\\alpha_1"', "\\alpha_1"),
        ('alt="🎉"', "🎉"),
        ('alt="Obama"', "Obama"),
        ("", ""),
        ('alt="image"', ""),
        ('alt="图片"', ""),
        ('alt="图片1"', ""),
        ('alt="Photo"', ""),
        ('alt="Featured image 3"', ""),
        ('alt="IMG_2041.JPG"', ""),
        ('alt="IMG_2041"', ""),
        ('alt="DSC01234"', ""),
        ('alt="my holiday photo.jpeg"', ""),
        ('alt="934C0EE8-A524-4C76-A42B-E7D805F44DEA_r1_s_w900"', ""),
        ('alt="https://x.org/a"', ""),
        ('alt="..."', ""),
        ('alt="12"', ""),
        ('alt="photo"', ""),
        ('alt="undefined"', ""),
        ('alt="harbour-view"', ""),
        ('alt="截图.png"', ""),
    ],
)
def test_an_alt_text_describes_or_is_empty(attributes: str, alt: str) -> None:
    assert pictures(f'<img src="/x/harbour-view.jpg" {attributes}>') == [(alt, ("/x/harbour-view.jpg",))]


def test_the_alt_text_of_a_noscript_copy_is_kept() -> None:
    html = '<img data-src="a.jpg"><noscript><img src="a.jpg" alt="A boat"></noscript>'
    assert pictures(html) == [("A boat", ("a.jpg",))]


def test_a_described_picture_marks_its_description() -> None:
    root = tree('<img src="a.jpg" aria-describedby="c1 c2"><p id="c1">x</p><p>y</p><p id="c2">z</p>')
    assert [tag.get_text() for tag in root.find_all("p") if DESCRIBES in tag.attrs] == ["x", "z"]


def test_text_around_pictures_stays_in_order() -> None:
    root = tree(
        '<p>a<img src="1.jpg">b<a href="2.jpg"><img src="2s.jpg"></a>c<noscript><img src="3.jpg"></noscript>d</p>'
    )
    assert root.get_text() == "abcd"
    assert [str(tag.previous_element) for tag in root.find_all("img")][:2] == ["a", "b"]


def test_an_element_without_end_tag_keeps_the_article_that_is_in_it() -> None:
    article = "The article goes on. " * 20
    for opening in ("<amp-img src=a.jpg>", '<object data="a.jpg">', "<amp-img src=a.jpg hidden>", "<amp-img>"):
        root = tree(f"<p>Before.</p>{opening}<p>{article}</p><img src=b.jpg>")
        assert root.get_text() == f"Before.{article}"
        assert [ref.sources for ref in map(picture_ref, root.find_all("img")) if ref][-1] == ("b.jpg",)


def test_a_short_fallback_of_an_object_is_its_alt_text() -> None:
    assert pictures('<object data="a.jpg">A boat</object>') == [("A boat", ("a.jpg",))]


def test_a_video_stays_behind_its_poster() -> None:
    root = tree('<video poster="p.jpg" src="v.mp4" title="Launch"></video>')
    assert [tag.name for tag in root.find_all(name=re.compile(""))] == ["img", "video"]
    assert [tag.attrs["alt"] for tag in root.find_all("img")] == ["Launch"]


@pytest.mark.parametrize("html", ["", "<p>text</p>", "<a href='a.jpg'>x</a>", "<noscript>on</noscript>"])
def test_an_article_without_pictures_is_left_as_it_is(html: str) -> None:
    assert str(tree(html)) == str(parse(html).body)


@pytest.mark.parametrize("name", EXAMPLES)
def test_searching_twice_changes_nothing(name: str) -> None:
    root = tree(EXAMPLES[name][0])
    before = str(root)
    find_pictures(root, PassContext())
    assert str(root) == before


def test_the_first_address_is_the_smallest_of_at_least_the_target_width() -> None:
    root = parse('<img srcset="a.jpg 600w, b.jpg 1200w, c.jpg 2400w">').body
    find_pictures(root, PassContext(), target_width=600)
    ref = picture_ref(root.find_all("img")[0])
    assert ref is not None
    assert ref.sources[0] == "a.jpg"


TAGS = st.sampled_from(
    ["img", "picture", "source", "noscript", "a", "div", "video", "object", "svg", "image", "p", "amp-img"]
)
NAMES = st.sampled_from(
    ["src", "srcset", "data-src", "style", "href", "alt", "width", "class", "poster", "data", "type"]
)
VALUES = st.text(max_size=20) | st.sampled_from(
    ["a.jpg", "url(a.jpg)", "background:url(b.png)", "a.jpg 2x, b.jpg 300w", "1", "emoji", "image/png", GIF, "full.jpg"]
)


@st.composite
def markup(draw: st.DrawFn) -> str:
    pieces = []
    for tag in draw(st.lists(TAGS, max_size=12)):
        attributes = draw(st.dictionaries(NAMES, VALUES, max_size=4))
        written = "".join(f' {name}="{value.replace(chr(34), "")}"' for name, value in attributes.items())
        pieces.append(f"<{tag}{written}>" + draw(st.sampled_from(["", "text", f"</{tag}>", " "])))
    return "".join(pieces)


@given(markup())
def test_any_markup_becomes_a_sound_tree_with_uniform_pictures(html: str) -> None:
    root = tree(html)
    for tag in root.find_all("img"):
        assert {"alt", REF} == tag.attrs.keys() - MARKS
    for parent in (root, *root.find_all(name=re.compile(""))):
        assert all(node.parent is parent for node in parent.contents)
    once = str(root)
    find_pictures(root, PassContext())
    assert str(root) == once


@pytest.mark.slow
def test_thousands_of_pictures_are_found() -> None:
    html = f'<img src="{GIF}"><img src="a.jpg"> ' * 20_000 + '<noscript><img src="b.jpg"></noscript>' * 2_000
    assert len(found(html)) == 21_999


def test_of_very_many_drawings_the_first_become_pictures_and_of_the_others_the_words_stay() -> None:
    drawings = "".join(
        f"<p>Step {number}</p><svg viewBox='0 0 99 99'><foreignObject><p>Box {number}</p></foreignObject>"
        f"<rect width='9' height='{number + 1}'/></svg>"
        for number in [*range(310), 0]
    )
    made = draft(article(drawings))

    assert len(made.pictures) == 300
    text = body(drawings)
    assert text.count("<img") == 301
    assert all(f"Box {number}" in text for number in range(310))
    assert [(issue.code, issue.severity) for issue in made.issues] == [("article-drawings", "warning")]
    assert "of 10 only" in made.issues[0].message
