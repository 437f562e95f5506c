"""One book of every odd kind of mark-up that the web has is valid for each kind of device, and its report tells all."""
# ruff: noqa: E501 - markup is easier to read on one line

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from archives import write_article
from cleanbooks import AssertClean
from openbook import OpenBook
from pictures import encoded, jpeg
from PIL import Image

from epubmaker.devices import DEVICES
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

_INLINE_MATH = "<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>G</mi></math>"
_GLYPH = "<path id=g d='M100 0V600H200V0z'/>"

KINDS = {
    "hidden whole": '<div style="visibility:hidden;opacity:0"><p>The ferry ran until noon.</p><p><img src="a.jpg" alt="Pier"></p></div>',
    "names of stand-ins": '<p><img src="slate-grey.jpg" alt="Roofs"><img src="blank.png" srcset="map-blank.png 2x"></p>',
    "another language": '<p>He wrote it down at once.</p><blockquote lang="ar">كانت السفينة تبحر كل صباح.</blockquote>',
    "a drawing with a sheet": (
        '<svg viewBox="0 0 99 50"><style>.a{fill:#e07a5f}</style><rect class="a" width="9" height="9"/>'
        '<foreignObject width="40" height="20"><div xmlns="http://www.w3.org/1999/xhtml">Low tide</div></foreignObject>'
        '<defs><circle id="lamp" r="9"/></defs><use href="#lamp" x="20" y="20"/></svg>'
    ),
    "a drawing with a gradient": (
        '<svg viewBox="0 0 99 50"><linearGradient id="r"><stop offset="1" stop-color="red"/></linearGradient>'
        '<rect width="9" height="9" fill="url(#r)" style="fill:var(--x, #c1121f)"/></svg>'
    ),
    "places that are empty": (
        '<p><a href="#a">a</a> <a href="#b">b</a> <a href="#c">c</a> <a href="#d">d</a> <a href="#e">e</a></p><p id="a"></p>'
        '<p>Pier.</p><hr id="b"><p>Quay.</p><blockquote id="c"></blockquote><ul><li>Mole.<li id="d"></ul><p>Dock.</p><table id="e"></table>'
    ),
    "icons": '<table><tr><td><i class="icon" title="Yes"></i></td><td><img src="tick.png" alt="✓" width="9"></td></tr></table>',
    "pictures that are gone": '<p>The <img src="gone.png" alt="x²"> of it.</p><img src="away.jpg" alt="A storm">',
    "data without a type": '<p>One.</p><img src="data:;base64,R0lGODlhAQABAAAAACw="><img src="data:text/plain,x" alt="none">',
    "no referrer": '<p>Two.</p><img referrerpolicy="no-referrer" src="https://example.org/p.jpg" alt="Gull">',
    "stray ends": "<div>First</p>Second<p></p>Third<ul><li>Rope</p>Tar</li></ul></div>",
    "blocks by style": '<p>Fares:<span style="display:block">a penny</span><b style="display: block">two</b> or on foot</p>',
    "lines by style": '<pre><code><span style="display:block">for x:</span><span style="display:block">  go</span></code></pre>',
    "white space by style": '<div style="white-space:pre-wrap">The bell,\n  the light,\n\nand fog.</div>',
    "no-break indents": "<p><code>if fog<br>&nbsp;&nbsp;ring</code></p>",
    "line numbers": '<table><tr><td class="gutter"><pre>1\n2</pre></td><td class="code"><pre>ring\n  wait</pre></td></tr></table>',
    "a button": "<pre><code>ring --all</code><button>Copy</button></pre>",
    "formulas twice": (
        f'<p>So <span class="MathJax"><span class="math" aria-hidden="true">G</span><span class="MJX_Assistive_MathML">{_INLINE_MATH}'
        '</span></span><script type="math/tex">G</script> it is.</p>'
    ),
    "formulas drawn": (
        f'<p>So <mjx-container aria-label="a half"><svg width="2ex" height="2ex" viewBox="0 -700 800 900"><defs>{_GLYPH}</defs>'
        '<use xlink:href="#g"></use></svg></mjx-container> it is.</p>'
    ),
    "pictures in a line": '<p>So <img src="tick.png" style="width:3ex" alt="x"> it <img src="a.jpg" width="20" alt="y"> is.</p>',
    "a list in a list": '<ol><li>Gates</li><ol type="a"><li>low</li></ol><li>Bells</li></ol><ul><ul><li>deep</ul></ul>',
    "marks by style": '<ol style="list-style-type:lower-alpha"><li>Ring</ol><ol style="list-style:none"><li>1. Wait</ol>',
    "odd ruby": (
        '<p><ruby><img src="tick.png" alt="鶫"><rt>つぐみ</rt></ruby>と<ruby>駅<rt>えき</rt>長</ruby>と<ruby><rt>ゆき</rt>雪</ruby>と<ruby><rb>鉄</rb>'
        "<rb>道</rb><rt>てつ</rt><rt>どう</rt></ruby>と<ruby><rbc><rb>終</rb></rbc><rtc><rt>しゅう</rt></rtc><rtc><rt>end</rt></rtc></ruby>。</p>"
    ),
    "direction by style": '<p>He said:</p><p style="direction:rtl">הספינה (1954).</p>',
    "tooltips": (
        '<p>The <span class="tooltip">mate<span class="tooltiptext">who steers</span></span> and the <span title="a rope">painter</span>'
        '<label for="n"></label><input type="checkbox" id="n"><span class="sidenote">Of hemp.</span>.</p><input type="checkbox"> coil it'
    ),
    "parts and notes": (
        '<p id="top"><a href="#one">1</a> <a href="#two">2</a></p><div id="one">A. <a href="#top">up</a></div><p id="two">2. B <a href="#top">up</a></p>'
        '<p>End<sup id="r"><a href="#n">1</a></sup> and<a id="f-1" href="https://x.example/#g-1">2</a></p><p id="n">1. Note. <a href="#r">back</a></p>'
        '<div><a id="g-1" href="https://x.example/#f-1">2</a><p>Another.</p></div>'
    ),
    "cdata": "<![CDATA[<p>In a wrapper.</p>]]>",
    "a long paragraph": f"<p>{'harbor lights ' * 16_000}</p><pre>{'ring the bell' + chr(10)}</pre>",
    "a long list": f"<ol reversed><li value=9000>one{'<li>The tide comes in and goes out, as it always has done.' * 4000}</ol>",
    "a preview": '<div><img aria-hidden="true" alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><img src="a.jpg" alt="Dawn"></div>',
}  # fmt: skip
TITLES = {"titles": "A <br>line &amp;amp;#8217;tis", "zero": "At zero"}


def write_kinds(folder: Path) -> None:
    for number, (name, html) in enumerate(KINDS.items()):
        link = f"https://example.org/{number}"
        write_article(
            folder / f"{number:02}.txt", name, link=link, body=f"<p>About {name}.</p>{html}<p>That is all of it.</p>"
        )
    for name, title in TITLES.items():
        path = write_article(folder / f"{name}.txt", title, link=f"https://example.org/{name}")
        text = path.read_text("utf-8")
        path.write_text(text.replace("Wed, 12 Jan 2022", "Thu, 01 Jan 1970") if name == "zero" else text, "utf-8")
    for name in ("a.jpg", "slate-grey.jpg"):
        (folder / name).write_bytes(jpeg(320, 240))
    for name, size in {"map-blank.png": (300, 200), "blank.png": (300, 200), "tick.png": (15, 15)}.items():
        (folder / name).write_bytes(encoded(Image.linear_gradient("L").resize(size), "PNG"))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["plain", "modern", "adobe", "kepub"])  # those of all devices
def test_a_book_of_every_kind_is_valid_for_each_device(form: str, tmp_path: Path, assert_clean: AssertClean) -> None:
    write_kinds(tmp_path / "in")
    device = next((each for each in DEVICES.values() if each.rendition.name == form), DEVICES["generic"])
    kepub = form == "kepub"
    output = tmp_path / ("b.kepub.epub" if kepub else "b.epub")
    report = build(
        Options((tmp_path / "in",), output, device=device, network=Network(offline=True), kepub=kepub, draw_cover=False)
    )
    assert_clean(*(book.path for book in report.books))

    every = len(KINDS) + len(TITLES)
    assert len(report.articles) == every
    counted = Counter(issue.code for issue in report.issues)
    assert counted["article-bad-date"] == 1
    assert not counted.keys() & {"article-empty", "article-unreadable", "check"}
    for picture in report.pictures:
        assert picture.status == "embedded" or picture.reason, picture
    text = b"".join(OpenBook.read(report.books[0].path).files.values()).decode("utf-8", "replace")
    assert "A line ’tis" in text
    assert "]]>" not in text.replace("]]></", "")
