"""What a page means survives in elements, attributes and combinations that the tests of the single parts do not have."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from drafting import article, body

from epubmaker.chapters.draft import draft
from epubmaker.chapters.render import Page, render
from epubmaker.model.chapters import PictureSlot
from epubmaker.model.pictures import FetchFailed

RTL = "direction:rtl;unicode-bidi:bidi-override"
ISOLATE = "unicode-bidi:isolate-override"

WRITTEN: Mapping[str, tuple[str, str]] = {
    "letters turned in a span": (f'<p>a <span style="{RTL}">bc</span></p>', '<p>a <bdo dir="rtl">bc</bdo></p>'),
    "letters turned in another element": (f'<p>a <b dir=rtl style="{ISOLATE}">bc</b></p>',
                                          '<p>a <b dir="rtl"><bdo dir="rtl">bc</bdo></b></p>'),
    "letters turned in each block": (f"<style>.o{{{RTL}}}</style><div class=o><p>a</p><p>b</p></div>",
                                     '<div dir="rtl"><p><bdo dir="rtl">a</bdo></p><p><bdo dir="rtl">b</bdo></p></div>'),
    "letters turned as they run anyway": (f'<p><span style="{ISOLATE}">a</span></p>', "<p>a</p>"),
    "a direction on a bdo": ('<p><bdo style="direction:rtl">a</bdo></p>', '<p><bdo dir="rtl">a</bdo></p>'),
    "a stray end in a caption": ("<figure><img src=/a.jpg><figcaption>a</p>b<p></p></figcaption></figure>",
                                 '<figure><img src="/a.jpg" alt="a b"/><figcaption>a<br/>b</figcaption></figure>'),
    "lines of code in no listing": ('<code><i style="display:block">a</i>\n<i style="display:block">  b</i></code>',
                                    "<pre><code><i>a</i>\n<i>  b</i></code></pre>"),
    "one block of code": ('<p>a <code style="display:block">b</code></p>', "<p>a</p><p><code>b</code></p>"),
    "an indented line that begins a stanza": ('<p style="white-space:pre-wrap">   a\n\n   b\n   c</p>',
                                              "<p>a</p><p>\xa0\xa0\xa0b<br/>\xa0\xa0\xa0c</p>"),
    "an indent before an element": ("<p>a<br>&nbsp;&nbsp;<b>b</b><br>&nbsp;&nbsp;<br>c<br><i>&nbsp;&nbsp;</i></p>",
                                    "<p>a<br/><b>\xa0\xa0b</b></p><p>c</p>"),
    "numbered boxes": ("<div><p><i>1</i><code>a</code></p><p><i>2</i> <code>  b</code></p></div>", "<pre>a\n  b</pre>"),
    "boxes with other numbers": ("<div><p><i>9</i> <code>a</code></p><p><i>2</i> <code>b</code></p></div>",
                                 "<p><i>9</i> <code>a</code></p><p><i>2</i> <code>b</code></p>"),
    "buttons of other elements": ('<pre>a<a class="btn" href="#">Copy</a><clipboard-copy>Copy</clipboard-copy></pre>',
                                  "<pre>a</pre>"),
    "a link that looks like a button": ('<div><pre>a</pre><a class=btn href="https://a.example/">Raw</a></div>',
                                        '<pre>a</pre><p><a href="https://a.example/">Raw</a></p>'),
    "Hebrew numbers": ('<ol style="list-style:hebrew" start=15><li>a<li>b</ol>',
                       '<ol class="unmarked" start="15"><li>טו. a</li><li>טז. b</li></ol>'),
    "Georgian numbers": ('<ol style="list-style:georgian" start=19><li>a</ol>',
                         '<ol class="unmarked" start="19"><li>ით. a</li></ol>'),
    "Armenian numbers": ('<ol style="list-style:upper-armenian" start=1954><li>a</ol>',
                         '<ol class="unmarked" start="1954"><li>ՌՋԾԴ. a</li></ol>'),
    "a number without signs": ('<ol style="list-style:hebrew" start=500><li>a</ol>',
                               '<ol class="unmarked" start="500"><li>500. a</li></ol>'),
    "ruby by style": ('<p><span style="display:ruby">字<span style="display:ruby-text">じ</span></span></p>',
                      "<p><ruby>字<rt>じ</rt></ruby></p>"),
    "ruby with one of its bases told": ("<p><ruby>漢<rb>字</rb><rt>かん</rt><rt>じ</rt></ruby></p>",
                                        "<p><ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby></p>"),
    "a note at a link that leads nowhere": ('<p><a href="#" data-toggle=tooltip title="A brake van">cabin</a></p>',
                                            "<p>cabin (A brake van)</p>"),
    "a switch in a box that opens": ("<div class=spoiler><input type=checkbox id=a><label for=a>Show</label><p>b</div>",
                                     "<p>Show</p><p>b</p>"),
    "a box to tick": ("<p><input type=checkbox id=a><label for=a>I agree</label></p>", "<p>☐ I agree</p>"),
    "a break within an address": ("<p>http://a.example/<wbr>b/<wbr>c</p>",
                                  '<p><a href="http://a.example/b/c">http://a.example/b/c</a></p>'),
    "a rating": ('<p><span role=img aria-label="3 of 5 stars"><i></i><i></i></span></p>', "<p>3 of 5 stars</p>"),
    "a label of a text": ("<p><span title='A note of it'><i>ab</i></span></p>", "<p><i>ab</i> (A note of it)</p>"),
    "a drawing of another file": ('<svg viewBox="0 0 99 99"><title>Bell</title><use href="/a.svg#b"/></svg>',
                                  '<p><a href="https://example.com/a.svg#b">Bell</a></p>'),
    "a drawing of nothing": ('<svg viewBox="0 0 99 99" aria-label="Bell"><use href="#b"/></svg>', "<p>Bell</p>"),
    "a blurred copy": ('<p><img style="filter:blur(9px)" src=/a.jpg><img src=/b.jpg></p>',
                       '<figure><img src="/b.jpg" alt=""/></figure>'),
    "two blurred pictures": ('<p><img style="filter:blur(9px)" src=/a.jpg><img style="filter:blur(9px)" src=/b.jpg></p>',
                             '<figure><img src="/a.jpg" alt=""/></figure><figure><img src="/b.jpg" alt=""/></figure>'),
    "an object of any bytes": ('<object data="data:;base64,AAAA"></object>',
                               '<figure><img src="data:;base64,AAAA" alt=""/></figure>'),
}  # fmt: skip


@pytest.mark.parametrize(("given", "written"), WRITTEN.values(), ids=WRITTEN)
def test_a_kind_of_markup_is_written_as_it_is_meant(given: str, written: str) -> None:
    assert body(given) == written


def _slots(html: str) -> list[PictureSlot]:
    return [piece for part in draft(article(html)).parts for piece in part if isinstance(piece, PictureSlot)]


@pytest.mark.parametrize(
    ("image", "alt", "word"),
    [
        ('<img src=/a.png alt="§">', "§", True),
        ('<img src=/a.png alt="鶫">', "鶫", True),
        ('<img src=/a.png alt="-">', "", False),
        ('<img src=/a.png alt="a map">', "a map", False),
        ('<ruby><img src=/a.png width=16 height=16 alt=""><rt>つぐみ</rt></ruby>', "", True),
    ],
)
def test_a_picture_of_a_character_stands_for_it(image: str, alt: str, word: bool) -> None:  # noqa: FBT001
    assert [(slot.alt, slot.word) for slot in _slots(f"<p>a {image} b</p>")] == [(alt, word)]


@pytest.mark.parametrize(("alt", "shown"), [("a map", "<p>So  is it</p>"), ("§", "<p>So § is it</p>")])
def test_a_book_without_pictures_has_the_signs_that_stand_for_words(alt: str, shown: str) -> None:
    drafted = draft(article(f'<p>So <img src=/a.png alt="{alt}"> is it</p><p>b</p>'))
    skipped = {ref: FetchFailed("/a.png", "picture-skipped", "--no-images", "skipped") for ref in drafted.pictures}
    (document,) = render(drafted, Page(article("").entry, "c"), skipped, {}).documents

    assert shown in document.content.decode()


@pytest.mark.parametrize(
    ("attributes", "width", "height"),
    [
        ('style="max-width:50px"', "50px", "None"),
        ('style="width:100%;max-width:3em"', "3em", "None"),
        ('width=400 style="max-width:50px;max-height:2ex"', "50px", "2ex"),
        ('style="width:10%"', "60px", "None"),
        ('width="10%" height="10%"', "60px", "None"),
        ('width=30 style="max-width:100%;max-height:90px"', "30px", "90px"),
    ],
)
def test_a_picture_in_a_sentence_is_no_larger_than_its_page_shows_it(attributes: str, width: str, height: str) -> None:
    (slot,) = _slots(f"<p>a <img src=/a.png {attributes}> b</p>")

    assert slot.shown is not None
    assert (str(slot.shown.width), str(slot.shown.height)) == (width, height)


@pytest.mark.parametrize(
    ("size", "style"),
    [
        ('width="2ex" height="3ex" style="vertical-align:-1ex"', "width: 2ex; height: 3ex; vertical-align: -1ex"),
        ('width="60" height="40"', "width: 60px; height: 40px"),
        ('style="width:4em"', "width: 4em"),
        ('width="400" height="200"', ""),
        ("", ""),
    ],
)
def test_a_drawing_as_large_as_letters_stays_so(size: str, style: str) -> None:
    drawn = body(f'<p>a <svg viewBox="0 0 60 40" {size}><text x="1" y="9">AB</text></svg> b</p>')

    assert drawn == (
        '<p>a <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"'
        + (f' style="{style}"' if style else "")
        + '><text x="1" y="9">AB</text></svg> b</p>'
    )


def test_of_many_rules_the_strongest_wins() -> None:
    weak = ".e{font-weight:normal;font-style:italic;font:inherit}" * 60
    sheet = (
        f"<style>.e{{text-decoration:line-through!important}}{weak}.e{{font-weight:bold;text-decoration:none}}</style>"
    )

    assert body(f"{sheet}<p>a <span class=e>b</span></p>") == "<p>a <strong><em><s>b</s></em></strong></p>"


def test_listings_by_style_may_be_in_each_other_however_deep() -> None:
    line = '<i style="display:block">1</i>'

    assert "<pre>" in body(f'<code style="display:block">{line}{line}' * 2000)


@pytest.mark.parametrize(
    ("size", "kept"), [('width="300" height="300"', True), ("", False), ('width="99" height="99"', False)]
)
def test_a_drawing_that_is_shown_large_is_no_icon_whatever_its_own_units(size: str, kept: bool) -> None:  # noqa: FBT001
    assert ("<svg" in body(f'<p>a</p><svg viewBox="0 0 24 24" {size}><path d="M0 0h9v9z"/></svg>')) is kept


@pytest.mark.parametrize(
    ("left_out", "kind"),
    [
        ("<form><input name=q><select><option>x</select></form>", {"control": 2}),
        ("<form><textarea>x</textarea><input type=hidden></form>", {"control": 1}),
        ("<iframe src='about:blank'></iframe><iframe src=/x width=1 height=1></iframe>", {"frame": 2}),
        ("<div style='background-image:url(/a.jpg)'>b</div>", {"decoration": 1}),
        ("<div style='background-image:url(/a.gif);width:1px;height:1px'></div>", {"decoration": 1}),
        ("<video poster=/a.jpg src=/b.mp4 style='display:none'></video>", {"decoration": 1}),
        ("<img src=/a.gif width=1 height=1><img src=/b.jpg hidden><img src=''>", {"decoration": 3}),
        ("<svg viewBox='0 0 9 9'><path d='M0 0h9'/></svg>", {"decoration": 1}),
        ("<script>x()</script><style>p{color:red}</style><iframe src=/a></iframe>", {}),
    ],
)
def test_each_part_that_is_left_out_is_counted_with_its_kind(left_out: str, kind: Mapping[str, int]) -> None:
    html = f"<p>A text of some words, which stands above.</p>{left_out}<p>A text of some words, which stands below.</p>"

    assert dict(draft(article(html)).left_out.counts) == kind
