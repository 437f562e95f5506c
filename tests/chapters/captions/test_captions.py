"""Captions become figures, whatever markup a site uses for them; ordinary paragraphs never do."""
# ruff: noqa: E501 - markup is easier to read on one line

from __future__ import annotations

import re

import pytest
from bs4.element import Tag
from checkout import ROOT
from effort import effort
from hypothesis import given, settings
from hypothesis import strategies as st

from epubmaker.chapters.captions.join import join_captions
from epubmaker.chapters.captions.patterns import PATTERNS, CaptionPattern, Shown, recognize
from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.pictures.find import find_pictures
from epubmaker.chapters.tree import REF, picture_ref, walk
from epubmaker.chapters.xhtml.content import CLASSES


def tree(html: str) -> Tag:
    root = parse(html).body
    find_pictures(root, PassContext())
    join_captions(root, PassContext())
    return root


def outline(root: Tag) -> str:
    """Return the markup of a tree, with the first address of each picture as its `src`."""
    for tag in root.find_all("img"):
        ref = picture_ref(tag)
        assert ref is not None
        alt = {"alt": str(tag.attrs["alt"])} if tag.attrs["alt"] else {}
        tag.attrs = {"src": ref.sources[0], **alt}
    written = "".join(map(str, root.contents)).replace("</img>", "").replace("/>", ">")
    return re.sub(r"\s+", " ", written)


def joined(html: str) -> str:
    return outline(tree(html))


IMG = '<img src="a.jpg" alt="Boat">'
FIGURE = f"<figure>{IMG}<figcaption>A caption.</figcaption></figure>"

# What each example shows: the article's markup, and what it becomes. Each pattern has an example of its name.
EXAMPLES = {
    "caption before two pictures": (
        "<p class=caption>A caption.<img src=a.jpg alt=Boat><img src=b.jpg></p>",
        (
            f'<p><figure>{IMG}</figure><figure><img src="b.jpg" alt="A caption."><figcaption>A caption.</figcaption>'
            "</figure></p>"
        ),
    ),
    "figure": ("<figure><img src=a.jpg alt=Boat><figcaption>A caption.</figcaption></figure>", FIGURE),
    "figcaption first": ("<figure><figcaption>A caption.</figcaption><img src=a.jpg alt=Boat></figure>", FIGURE),
    "figcaption that is a credit": (
        "<figure><img src=a.jpg alt=Boat><figcaption class=credit><p>A name.</p></figcaption></figure>",
        f'<figure>{IMG}<figcaption><span class="credit">A name.</span></figcaption></figure>',
    ),
    "figcaption that is a credit, without a figure": (
        "<img src=a.jpg alt=Boat><figcaption class=photo-credit>A name</figcaption>",
        f'<figure>{IMG}<figcaption><span class="credit">A name</span></figcaption></figure>',
    ),
    "figure full of boxes": (
        (
            "<figure class=x><div><div style=y><picture><source srcset=b.webp><img src=a.jpg alt=Boat></picture></div>"
            "<button>Enlarge</button></div><figcaption><div><p>A caption.</p></div></figcaption></figure>"
        ),
        '<figure><img src="b.webp" alt="Boat"><figcaption>A caption.</figcaption></figure>',
    ),
    "figure with a link": (
        '<figure><a href="/page"><img src=a.jpg alt=Boat></a><figcaption>A caption.</figcaption></figure>',
        '<figure><a href="/page"><img src="a.jpg" alt="Boat"></a><figcaption>A caption.</figcaption></figure>',
    ),
    "figure with a caption class": (
        "<figure><img src=a.jpg alt=Boat><div class=image-caption>A caption.</div></figure>",
        FIGURE,
    ),
    "figure followed by its caption": (
        "<figure><img src=a.jpg alt=Boat></figure><p class=caption>A caption.</p>",
        FIGURE,
    ),
    "archive form": ('<img src=a.jpg alt=Boat><div><small style="color: #999;">A caption.</small></div>', FIGURE),
    "archive form in paragraphs": ("<p><img src=a.jpg alt=Boat></p><p><small>A caption.</small></p>", FIGURE),
    "WordPress": (
        (
            '<div id="attachment_9" class="wp-caption alignnone"><img src=a.jpg alt=Boat>'
            '<p id="caption-attachment-9" class="wp-caption-text">A caption.</p></div>'
        ),
        f'<div class="wp-caption alignnone" id="attachment_9">{FIGURE}</div>',
    ),
    "WordPress shortcode": ('[caption id="x" width="9"]<img src=a.jpg alt=Boat> A caption.[/caption]', FIGURE),
    "WordPress shortcode, older": (
        '<p>[caption id="x" caption="A caption."]<a href="/page"><img src=a.jpg alt=Boat></a>[/caption]</p>',
        '<p><figure><a href="/page"><img src="a.jpg" alt="Boat"></a><figcaption>A caption.</figcaption></figure></p>',
    ),
    "WordPress gallery of old": (
        (
            '<dl class="gallery-item"><dt class="gallery-icon"><a href="/page"><img src=a.jpg alt=Boat></a></dt>'
            '<dd class="wp-caption-text gallery-caption">A caption.</dd></dl>'
        ),
        (
            '<div class="gallery-item"><figure><a href="/page"><img src="a.jpg" alt="Boat"></a>'
            "<figcaption>A caption.</figcaption></figure></div>"
        ),
    ),
    "Medium": (
        (
            '<figure class="mf mg"><div class="pw-multi"><div role="button"><div><picture><source srcset="a.jpg 1400w">'
            '<img alt="Boat" src="a.jpg"></picture></div></div></div><figcaption class="nb nc" data-selectable-paragraph="">'
            "A caption.</figcaption></figure>"
        ),
        FIGURE,
    ),
    "Substack": (
        (
            '<div class="captioned-image-container"><figure><a class="image-link" target="_blank" href="a.jpg">'
            '<div class="image2-inset"><picture><source srcset="a.jpg 1456w"><img src="a.jpg" alt="Boat"></picture><div>'
            '</div></div></a><figcaption class="image-caption">A caption.</figcaption></figure></div>'
        ),
        f'<div class="captioned-image-container">{FIGURE}</div>',
    ),
    "Guardian": (
        (
            '<figure id="f" data-spacefinder-role="inline"><div><picture><source srcset="a.jpg"><img alt="Boat" src="a.jpg">'
            '</picture></div><figcaption class="dcr-1"><span class="dcr-2"><svg><path d="M0"/></svg></span>'
            '<span class="dcr-3">A caption.</span> Photograph: Jane Doe/Getty Images</figcaption></figure>'
        ),
        (
            '<figure id="f"><img src="a.jpg" alt="Boat"><figcaption><span>A caption.</span> '
            '<span class="credit">Photograph: Jane Doe/Getty Images</span></figcaption></figure>'
        ),
    ),
    "BBC": (
        (
            '<figure><div><span><img src="a.jpg" alt="Boat"><span role="text"><span class="visually-hidden">Image source, '
            '</span>Getty Images</span></span></div><figcaption><span class="visually-hidden">Image caption, </span>'
            "<p>A caption.</p></figcaption></figure>"
        ),
        f'<figure>{IMG}<figcaption>A caption. <span class="credit">Getty Images</span></figcaption></figure>',
    ),
    "NYT": (
        (
            '<figure class="img-sz-large"><div data-testid="photoviewer-children"><picture><img alt="Boat" src="a.jpg"></picture>'
            '</div><figcaption data-testid="photoviewer-children-caption"><span class="css-1">A caption.</span>'
            '<span class="css-2"><span class="css-3">Credit...</span><span>Jane Doe for The New York Times</span></span>'
            "</figcaption></figure>"
        ),
        (
            '<figure><img src="a.jpg" alt="Boat"><figcaption><span>A caption.</span> '
            '<span class="credit">Jane Doe for The New York Times</span>'
            "</figcaption></figure>"
        ),
    ),
    "NPR": (
        (
            '<div class="bucketwrap image large"><div class="imagewrap"><img src="a.jpg" alt="Boat"></div>'
            '<div class="credit-caption"><div class="caption-wrap"><div class="caption"><p>A caption.</p></div>'
            '<span class="credit">Jane Doe/NPR</span></div></div></div>'
        ),
        (
            '<div><figure><img src="a.jpg" alt="Boat"><figcaption><div class="caption"><p>A caption.</p></div>'
            ' <span class="credit">Jane Doe/NPR</span></figcaption></figure></div>'
        ),
    ),
    "Wikipedia thumb": (
        (
            '<div class="thumb tright"><div class="thumbinner"><a href="/wiki/File:A.jpg" class="image"><img src="a.jpg" alt="Boat">'
            '</a> <div class="thumbcaption"><div class="magnify"><a href="/wiki/File:A.jpg"></a></div>A caption.</div></div></div>'
        ),
        (
            '<div class="thumb tright"><div class="thumbinner"><figure><a class="image" href="/wiki/File:A.jpg"><img src="a.jpg" '
            'alt="Boat"></a><figcaption>A caption.</figcaption></figure> </div></div>'
        ),
    ),
    "Wikipedia gallery": (
        (
            '<ul class="gallery"><li class="gallerybox"><div><div class="thumb"><div><a href="/wiki/File:A.jpg">'
            '<img src="a.jpg" alt="Boat"></a></div></div><div class="gallerytext"><p>A caption.</p></div></div></li></ul>'
        ),
        (
            '<div class="gallery"><div class="gallerybox"><div><figure><a href="/wiki/File:A.jpg"><img src="a.jpg" alt="Boat"></a>'
            "<figcaption>A caption.</figcaption></figure></div></div></div>"
        ),
    ),
    "Blogger": (
        (
            '<table class="tr-caption-container"><tbody><tr><td><a href="/page"><img src="a.jpg" alt="Boat"></a></td></tr>'
            '<tr><td class="tr-caption">A caption.</td></tr></tbody></table>'
        ),
        '<figure><a href="/page"><img src="a.jpg" alt="Boat"></a><figcaption>A caption.</figcaption></figure>',
    ),
    "figcaption without figure": ("<p><img src=a.jpg alt=Boat></p><figcaption>A caption.</figcaption>", FIGURE),
    "caption class": (
        '<div class="media"><div class="pic"><p><img src="a.jpg" alt="Boat"></p></div><div class="photo-desc">A caption.</div></div>',
        f"<div>{FIGURE}</div>",
    ),
    "caption class on a heading": (
        '<p><img src="a.jpg" alt="Boat"></p><h5 class="photo-caption">A caption.</h5>',
        FIGURE,
    ),
    "caption class on an inline element": (
        '<p><img src="a.jpg" alt="Boat"><span class="caption">A caption.</span></p>',
        f"<p>{FIGURE}</p>",
    ),
    "emphasized line": (
        "<p><img src=a.jpg alt=Boat></p><p><em>A caption.</em></p><p>Text.</p>",
        f"{FIGURE}<p>Text.</p>",
    ),
    "emphasized line of Markdown": ("<p><img src=a.jpg alt=Boat>\n<em>A caption.</em></p>", f"<p>{FIGURE} </p>"),
    "emphasized line after a break": (
        "<p><img src=a.jpg alt=Boat><br><i>A caption.</i></p><p>Text.</p>",
        f"<p>{FIGURE}<br></br></p><p>Text.</p>",
    ),
    "aria-describedby": (
        '<p><img src="a.jpg" alt="Boat" aria-describedby="c"></p><div id="c">A caption.</div>',
        FIGURE,
    ),
    "small print": (
        (
            '<p style="text-align:center"><img src=a.jpg alt=Boat></p><p style="text-align:center;font-size:12px">A caption.</p>'
            '<p style="font-size:16px">Text.</p>'
        ),
        f'{FIGURE}<p style="font-size:16px">Text.</p>',
    ),
    "gray and centered": (
        '<p><img src=a.jpg alt=Boat></p><p style="text-align: center; color: rgb(136, 136, 136);">A caption.</p><p>Text.</p>',
        f"{FIGURE}<p>Text.</p>",
    ),
    "credit class": (
        '<div><img src=a.jpg alt=Boat></div><div class="caption">A caption.</div><div class="photo-credit">Jane Doe</div>',
        f'<figure>{IMG}<figcaption>A caption. <span class="credit">Jane Doe</span></figcaption></figure>',
    ),
    "credit before the caption": (
        '<div><img src=a.jpg alt=Boat></div><div class="image-credit">Jane Doe</div><div class="caption">A caption.</div>',
        f'<figure>{IMG}<figcaption>A caption. <span class="credit">Jane Doe</span></figcaption></figure>',
    ),
    "credit words": (
        "<p><img src=a.jpg alt=Boat></p><p>Photo: Jane Doe</p><p>Text.</p>",
        f'<figure>{IMG}<figcaption><span class="credit">Photo: Jane Doe</span></figcaption></figure><p>Text.</p>',
    ),
    "Chinese credit": (
        "<p><img src=a.jpg alt=Boat></p><p>（图源：新华社）</p><p>正文。</p>",
        f'<figure>{IMG}<figcaption><span class="credit">（图源：新华社）</span></figcaption></figure><p>正文。</p>',
    ),
    "opening sign": (
        "<p><img src=a.jpg alt=Boat></p><p>▲图为港口。</p><p>正文。</p>",
        f"<figure>{IMG}<figcaption>▲图为港口。</figcaption></figure><p>正文。</p>",
    ),
    "opening sign after a break": (
        "<p><img src=a.jpg alt=Boat><br>▲图为港口。</p>",
        f"<p><figure>{IMG}<figcaption>▲图为港口。</figcaption></figure><br></br></p>",
    ),
    "numbered": (
        "<p><img src=a.jpg alt=Boat></p><p>Figure 2: A caption.</p><p>Text.</p>",
        f"<figure>{IMG}<figcaption>Figure 2: A caption.</figcaption></figure><p>Text.</p>",
    ),
    "two pictures, one caption": (
        "<p><img src=a.jpg alt=Boat><img src=b.jpg alt=Ship></p><p class=caption>A caption.</p>",
        f'<figure>{IMG}<img src="b.jpg" alt="Ship"><figcaption>A caption.</figcaption></figure>',
    ),
    "definition": (
        "<dl><dt><img src=a.jpg alt=Boat></dt><dd>A caption.</dd></dl>",
        f"<div>{FIGURE}</div>",
    ),
    "description": (
        (
            '<div><p><img src="a.jpg" alt="A boat leaves the harbour at noon"></p></div>'
            "<div>A boat leaves the harbour at noon. (Jane Doe)</div><p>Text.</p>"
        ),
        (
            '<figure><img src="a.jpg" alt="A boat leaves the harbour at noon"><figcaption>A boat leaves the harbour at noon. '
            "(Jane Doe)</figcaption></figure><p>Text.</p>"
        ),
    ),
    "description in the title": (
        '<p><img src="a.jpg" alt="Boat" title="The ferry in the harbour"></p><p>The ferry in the harbour</p>',
        f"<figure>{IMG}<figcaption>The ferry in the harbour</figcaption></figure>",
    ),
    "description in a heading": (
        (
            '<p><img src="a.jpg" alt="The ferry leaves the harbour at noon, as on each day"></p>'
            "<h6>The ferry leaves the harbour at noon, as on each day.</h6>"
        ),
        (
            '<figure><img src="a.jpg" alt="The ferry leaves the harbour at noon, as on each day"><figcaption>'
            "The ferry leaves the harbour at noon, as on each day.</figcaption></figure>"
        ),
    ),
    "description in the link": (
        (
            '<p><a href="a.jpg" data-caption="The &lt;b&gt;ferry&lt;/b&gt;, by Jane Doe"><img src="b.jpg" alt="Boat"></a></p>'
            "<p>The ferry, by Jane Doe</p>"
        ),
        f"<figure>{IMG}<figcaption>The ferry, by Jane Doe</figcaption></figure>",
    ),
    "credit ending": (
        "<p><img src=a.jpg alt=Boat></p><p>Jane Doe / Getty Images</p><p>Text.</p>",
        f'<figure>{IMG}<figcaption><span class="credit">Jane Doe / Getty Images</span></figcaption></figure><p>Text.</p>',
    ),
    "centered line": (
        (
            '<p><a href="/page"><img class="aligncenter" src="a.jpg" alt="Boat"></a></p>'
            '<p style="text-align: center;">The family at home (handed out by the family)</p><p>Text.</p>'
        ),
        (
            '<figure><a href="/page"><img src="a.jpg" alt="Boat"></a><figcaption>The family at home (handed out by the family)'
            "</figcaption></figure><p>Text.</p>"
        ),
    ),
    "centered line in the picture's own box": (
        '<div align="center"><img src="a.jpg" alt="Boat"><br>The family at home</div><p>Text.</p>',
        (
            '<div align="center"><figure><img src="a.jpg" alt="Boat"><figcaption>The family at home</figcaption></figure>'
            "<br></br></div><p>Text.</p>"
        ),
    ),
    "list of one item": (
        "<figure><img src=a.jpg alt=Boat></figure><ul><li>A caption.</li></ul>",
        FIGURE,
    ),
    "figcaption in a figure after the picture": (
        "<div><div><img src=a.jpg alt=Boat></div></div><div><figure><figcaption><p>A caption.</p></figcaption></figure></div>",
        FIGURE,
    ),
    "figcaption in a box beside its figure": (
        "<div><figure><img src=a.jpg alt=Boat></figure><div><figcaption>A caption.</figcaption></div></div>",
        f"<div>{FIGURE}</div>",
    ),
    "credit and caption in boxes": (
        (
            "<div><div><img src=a.jpg alt=Boat></div></div><div><div class=photo-credit>(Jane Doe)</div></div>"
            "<div><div class=photo-caption><p>A caption.</p></div></div>"
        ),
        f'<figure>{IMG}<figcaption>A caption. <span class="credit">(Jane Doe)</span></figcaption></figure>',
    ),
    "text in a figure": (
        "<figure><img src=a.jpg alt=Boat><p>A caption.</p></figure>",
        FIGURE,
    ),
    "box": (
        "<div><div><img src=a.jpg alt=Boat></div><p>A caption.</p></div><p>The article goes on with some words.</p>",
        f"<div>{FIGURE}</div><p>The article goes on with some words.</p>",
    ),
    "box with a figure": (
        (
            "<div><figure><img src=a.jpg alt=Boat></figure><p><span>A caption.</span> <span><em>Source:</em> Supplied</span></p>"
            "</div><p>The article goes on with some words, and then with some more.</p>"
        ),
        (
            f'<div><figure>{IMG}<figcaption><span>A caption.</span> <span class="credit"><em>Source:</em> Supplied</span>'
            "</figcaption></figure></div><p>The article goes on with some words, and then with some more.</p>"
        ),
    ),
    "box with a credit": (
        (
            "<div><p><img src=a.jpg alt=Boat></p><p><span>Reuters</span></p><p>A caption.</p></div>"
            "<p>The article goes on with some words.</p>"
        ),
        (
            f'<div><figure>{IMG}<figcaption>A caption. <span class="credit">Reuters</span></figcaption></figure></div>'
            "<p>The article goes on with some words.</p>"
        ),
    ),
    "box for a picture": (
        "<div class=article-image><img src=a.jpg alt=Boat>A caption that has no element.</div>",
        f"<div><figure>{IMG}<figcaption>A caption that has no element.</figcaption></figure></div>",
    ),
    "box for a picture, caption first": (
        "<div class=figure><p><b>Figure 1. A caption.</b></p><div><img src=a.jpg alt=Boat></div></div>",
        f"<div><figure>{IMG}<figcaption>Figure 1. A caption.</figcaption></figure></div>",
    ),
    "slides": (
        (
            "<ul class=swiper-wrapper><li class=swiper-slide><img src=a.jpg alt=Boat><div>A caption.</div></li>"
            "<li class=swiper-slide><img src=b.jpg alt=Ship><div>Another.</div></li></ul>"
        ),
        (
            f'<div><div>{FIGURE}</div><div><figure><img src="b.jpg" alt="Ship"><figcaption>Another.</figcaption></figure></div>'
            "</div>"
        ),
    ),
    "line in a paragraph": (
        (
            "<p><a href=/page><img src=a.jpg alt=Boat></a><br><span>The ferry in the harbour. (Jane Doe/AFP)</span></p>"
            "<p>The article goes on with some words, and more of them.</p>"
        ),
        (
            f'<p><figure><a href="/page">{IMG}</a><figcaption>The ferry in the harbour. <span class="credit">Jane Doe/AFP</span></figcaption></figure>'
            "<br></br></p><p>The article goes on with some words, and more of them.</p>"
        ),
    ),
    "table of a picture": (
        (
            "<table><tr><td><img src=a.jpg alt=Boat></td></tr><tr><td><span style='font-size:8pt'><b>A caption.</b></span></td></tr>"
            "</table>"
        ),
        FIGURE,
    ),
    "table of a figure": (
        (
            "<table><tr><td><div><figure><img src=a.jpg alt=Boat></figure></div></td></tr>"
            "<tr><td><p>A caption.</p><div><p>AFP/GETTY IMAGES</p></div></td></tr></table>"
        ),
        (
            f'<figure>{IMG}<figcaption><p>A caption.</p> <span class="credit">AFP/GETTY IMAGES</span></figcaption></figure>'
        ),
    ),
    "credited line": (
        (
            "<div><a href=/page><img src=a.jpg alt=Boat></a></div>"
            "<div><span>The ferry leaves the harbour. (Jane Doe/AFP via Getty Images)</span></div><p>Text.</p>"
        ),
        (
            f'<figure><a href="/page">{IMG}</a><figcaption>The ferry leaves the harbour. <span class="credit">Jane Doe/AFP via Getty Images</span>'
            "</figcaption></figure><p>Text.</p>"
        ),
    ),
    "emphasized line between breaks": (
        "<img src=a.jpg alt=Boat><br><i>A caption.</i><br><br>Text that goes on.",
        f"{FIGURE}<br></br><br></br><br></br>Text that goes on.",
    ),
    "gallery of pictures and texts in turns": (
        (
            "<div class=gallery><figure><img src=a.jpg alt=Boat></figure><p>A caption.</p>"
            "<figure><img src=b.jpg alt=Ship></figure><p>Another.</p></div>"
        ),
        f'<div>{FIGURE}<figure><img src="b.jpg" alt="Ship"><figcaption>Another.</figcaption></figure></div>',
    ),
    "frame beside the text": (
        (
            '<div style="float: right; width: 250px"><img src=a.jpg alt=Boat>A caption.</div>'
            "<p>The article goes on with some words, and more of them.</p>"
        ),
        f"<div>{FIGURE}</div><p>The article goes on with some words, and more of them.</p>",
    ),
    "line in a centered paragraph": (
        (
            "<p class=f_center><img src=a.jpg alt=Boat><br>The ferry leaves the harbour.</p>"
            "<p>The article goes on with some words, and more of them.</p>"
        ),
        (
            f"<p><figure>{IMG}<figcaption>The ferry leaves the harbour.</figcaption></figure><br></br></p>"
            "<p>The article goes on with some words, and more of them.</p>"
        ),
    ),
    "caption on lines of its own": (
        "<figure><img src=a.jpg alt=Boat><figcaption>\n      \n      <p>\n   A caption.</p>\n   </figcaption></figure>",
        FIGURE,
    ),
    "caption of two lines": (
        "<figure><img src=a.jpg alt=Boat><figcaption><br>A boat.<br>A ferry.<br>Photo: Jane Doe<br></figcaption></figure>",
        (
            f"<figure>{IMG}<figcaption>A boat.<br></br>A ferry.<br></br>"
            '<span class="credit">Photo: Jane Doe</span></figcaption></figure>'
        ),
    ),
    "label of the picture": (
        "<figure><p>Photo</p><img src=a.jpg alt=Boat><figcaption><span>Image caption</span> A caption.</figcaption></figure>",
        FIGURE,
    ),
    "table of pictures": (
        (
            "<table><tr><td><img src=a.jpg alt=Boat></td><td><img src=b.jpg alt=Ship></td></tr>"
            "<tr><td>A caption.</td><td>Another.</td></tr></table>"
        ),
        f'{FIGURE}<figure><img src="b.jpg" alt="Ship"><figcaption>Another.</figcaption></figure>',
    ),
    "table of pictures with one caption": (
        (
            "<table><tr><td><img src=a.jpg alt=Boat></td><td><img src=b.jpg alt=Ship></td></tr>"
            "<tr><td colspan=2>A caption.</td></tr></table>"
        ),
        f'<figure>{IMG}<img src="b.jpg" alt="Ship"><figcaption>A caption.</figcaption></figure>',
    ),
    "table with a caption": (
        "<table><caption>A caption.</caption><tr><td><img src=a.jpg alt=Boat></td></tr></table>",
        FIGURE,
    ),
    "label of hashed class": (
        (
            '<figure><div><img src=a.jpg alt=Boat><p role=text><span class=x1>图像来源，</span><span lang="en-GB">Reuters</span></p>'
            "</div><figcaption><span class=x1>图像加注文字，</span><p>港口的渡轮。</p></figcaption></figure>"
        ),
        (f'<figure>{IMG}<figcaption>港口的渡轮。 <span class="credit">Reuters</span></figcaption></figure>'),
    ),
    "label in the text": (
        "<figure><img src=a.jpg alt=Boat><figcaption>Image caption, A caption.</figcaption></figure>",
        FIGURE,
    ),
    "cited name": (
        "<figure><img src=a.jpg alt=Boat><figcaption><span>A caption.</span><cite>Jane Doe</cite></figcaption></figure>",
        f'<figure>{IMG}<figcaption><span>A caption.</span> <span class="credit">Jane Doe</span></figcaption></figure>',
    ),
    "gallery block": (
        (
            "<figure class=wp-block-gallery><figure><img src=a.jpg alt=Boat><figcaption>A caption.</figcaption></figure>"
            "<figure><img src=b.jpg alt=Ship></figure></figure>"
        ),
        f'<div class="wp-block-gallery">{FIGURE}<figure><img src="b.jpg" alt="Ship"></figure></div>',
    ),
    "gallery block with a caption": (
        "<figure><figure><img src=a.jpg alt=Boat></figure><figcaption>All.</figcaption></figure>",
        f"<figure><figure>{IMG}</figure><figcaption>All.</figcaption></figure>",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_picture_and_its_caption_become_one_figure(name: str) -> None:
    html, expected = EXAMPLES[name]

    assert _plain(joined(html)) == _plain(expected)


def _plain(markup: str) -> str:
    """Return markup without the attributes that only the page's own styles need."""
    markup = re.sub(r'(src="[^"]*") (alt="[^"]*")', r"\2 \1", markup)
    return re.sub(r' (?!class="credit")(?:class|style|id|data-[\w-]+|target|:set-as)="[^"]*"', "", markup)


@pytest.mark.parametrize(
    ("said", "caption", "credit"),
    [
        ("The path. (Photograph: Max Mustermann)", "The path.", "Photograph: Max Mustermann"),
        ("磨坊上方的树林，10月。（摄影／李明，新华社）", "磨坊上方的树林，10月。", "摄影／李明，新华社"),
        ("记号，1838年。图：马克斯·穆斯特曼", "记号，1838年。", "图：马克斯·穆斯特曼"),
        ("一艘船。新华社记者 李明 摄", "一艘船。", "新华社记者 李明 摄"),
        (
            "Level at the bridge, 2010–2020. Source: Water Board",
            "Level at the bridge, 2010–2020.",
            "Source: Water Board",
        ),
        ("A ferry in Kiel. REUTERS/Jane Doe", "A ferry in Kiel.", "REUTERS/Jane Doe"),
        ("A ferry in Kiel AP Photo/Jane Doe", "A ferry in Kiel", "AP Photo/Jane Doe"),
        ("Ein Schiff. Foto: Jan Maier", "Ein Schiff.", "Foto: Jan Maier"),
        ("A ferry. CreditCreditJane Doe for The Times", "A ferry.", "Jane Doe for The Times"),
        ("A ferry.CreditCredit Jane Doe for The Times", "A ferry.", "Jane Doe for The Times"),
        ("A ferry. Credit...Jane Doe for The Times", "A ferry.", "Jane Doe for The Times"),
        ("A ferry.<span>Credit</span><span>Credit</span><span>Jane Doe/AFP</span>", "A ferry.", "Jane Doe/AFP"),
        ("A ferry. <i class='credit'><span>Credit</span><span>Credit Jane Doe</span></i>", "A ferry.", "Jane Doe"),
        ("A man (right) and a woman (left)", "A man (right) and a woman (left)", ""),
        ("The White House (1990)", "The White House (1990)", ""),
        ("Photo: Ann", "Photo: Ann", ""),
        ("(Photo: Ann)", "(Photo: Ann)", ""),
    ],
)
def test_a_credit_at_the_end_of_a_caption_is_parted_from_it(said: str, caption: str, credit: str) -> None:
    made = joined(f"<figure><img src=a.jpg alt=Boat><figcaption>{said}</figcaption></figure>")

    parted = f' <span class="credit">{credit}</span>' if credit else ""
    assert _plain(made) == _plain(f"<figure>{IMG}<figcaption>{caption}{parted}</figcaption></figure>")


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_each_pattern_is_recognized_in_the_example_of_its_name(pattern: CaptionPattern) -> None:
    root = parse(EXAMPLES[pattern.name][0]).body
    find_pictures(root, PassContext())

    shown = [Shown(image, unit) for image in root.find_all("img") for unit in (image, *image.parents)]
    assert pattern in [recognize(node, node.next_sibling, each) for node in walk(root) for each in shown]


@pytest.mark.parametrize("name", EXAMPLES)
def test_joining_twice_changes_nothing(name: str) -> None:
    root = tree(EXAMPLES[name][0])
    once = str(root)
    join_captions(root, PassContext())
    assert str(root) == once


def test_the_seed_has_one_figure_with_its_caption() -> None:
    seed = next((ROOT / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")
    root = tree(seed.split("------", 1)[1])
    [figure] = root.find_all("figure")
    caption = figure.contents[-1]
    assert caption.get_text().startswith("2022年1月12日，从左二起，美国副国务卿谢尔曼")
    assert [tag.attrs["alt"] for tag in figure.find_all("img")] == [caption.get_text()]
    assert root.find("small") is None


NO_CAPTIONS = {
    "an ordinary paragraph": "<p><img src=a.jpg></p><p>An ordinary paragraph.</p>",
    "a bold line": "<p><img src=a.jpg></p><p><strong>A heading, really</strong></p><p>Text.</p>",
    "a heading": "<p><img src=a.jpg></p><h2 class=caption>Captions</h2>",
    "emphasis within a paragraph": "<p><img src=a.jpg></p><p><em>Some</em> words.</p>",
    "emphasis that goes on": "<p><img src=a.jpg></p><p><em>First line.</em></p><p><em>Second line.</em></p>",
    "emphasis that leads on": "<p><img src=a.jpg></p><p><em>This is how it went:</em></p><p>Text.</p>",
    "an emphasised note": "<p><img src=a.jpg></p><p><em>Editor's note: this was changed.</em></p>",
    "an emphasised closing line": "<p><img src=a.jpg></p><p><em>(美国之音记者汉纳斯对本文亦有贡献。)</em></p>",
    "a long emphasised paragraph": f"<p><img src=a.jpg></p><p><em>{'Words and more words. ' * 20}</em></p>",
    "two emphasized lines": "<p><img src=a.jpg></p><p><em>Roses are red<br>violets are blue</em></p>",
    "emphasis in the same line": "<p>Press <img src=a.jpg> <em>twice</em></p>",
    "text in the same line": "<p><img src=a.jpg> <em>Lorem</em> ipsum dolor.</p>",
    "an article in small print": '<p><img src=a.jpg></p><p style="font-size:12px">One.</p><p style="font-size:12px">Two.</p>',
    "an article in ordinary print": '<p><img src=a.jpg></p><p style="font-size:15px">One.</p><p>Two.</p>',
    "centred text": '<p><img src=a.jpg></p><p style="text-align:center">The end</p>',
    "a quotation": "<p><img src=a.jpg></p><blockquote><p><em>To be or not to be.</em></p></blockquote>",
    "a list": "<p><img src=a.jpg></p><ul class=caption><li>One</li></ul>",
    "a class that only sounds like it": "<p><img src=a.jpg></p><div class='closed-captions'>Captions: on</div>",
    "a box with a class, whole article inside": f"<p><img src=a.jpg></p><div class=caption>{'<p>Text text.</p>' * 200}</div>",
    "a credit card": "<p><img src=a.jpg></p><p class='credit-card-offer'>Save now</p>",
    "a sentence that begins with figure": "<p><img src=a.jpg></p><p>Figure 1 shows that it works.</p>",
    "a sentence that begins with source": "<p><img src=a.jpg></p><p>Source code is text.</p>",
    "a sentence that begins with photo": "<p><img src=a.jpg></p><p>Photography is art: it is.</p>",
    "a box with a paragraph of its article": f"<div><p><img src=a.jpg></p><p>{'Words and more words. ' * 15}</p></div><p>{'Text. ' * 90}</p>",
    "a box with several paragraphs": f"<div><p><img src=a.jpg></p>{'<p>A short paragraph.</p>' * 4}</div><p>{'Text. ' * 90}</p>",
    "a box that is the article": "<div><p><img src=a.jpg></p><p>The whole article, in one line.</p></div>",
    "a box that ends the article": "<p>The text of the article.</p><div><img src=a.jpg><p>Jane Doe writes about the sea.</p></div>",
    "a box of a teaser": "<div><a href=x><img src=a.jpg></a><p><a href=x>Another article</a></p></div><p>Text of the article.</p>",
    "a box below a heading": f"<h2>One</h2><div><img src=a.jpg><p>It is fine.</p></div><h2>Two</h2><p>{'Text. ' * 20}</p>",
    "a row of two columns": f"<div class=row><div><img src=a.jpg></div><div><p>Beside it.</p></div></div><p>{'Text. ' * 20}</p>",
    "a cell with a blurb": f"<table><tr><td><img src=a.jpg><p>{'Word ' * 40}</p></td><td>x</td></tr></table><p>{'Text. ' * 90}</p>",
    "a definition": f"<dl><dt>Boat</dt><dd><p><img src=a.jpg></p><p>It floats.</p></dd></dl><p>{'Text. ' * 20}</p>",
    "a box with a heading": "<div><img src=a.jpg><h3>Part one</h3></div><p>Text of the article, which goes on.</p>",
    "a box by the class of a teaser": "<div class=teaser-image><img src=a.jpg><p>Elsewhere</p></div><p>Text of the article, which goes on.</p>",
    "a line of a paragraph after a break": f"<p><img src=a.jpg><br>A sentence that begins a paragraph.</p><p>{'Text. ' * 30}</p>",
    "a table of data": "<table><tr><td><img src=a.jpg></td><td>12</td></tr><tr><td>Boats</td><td>13</td></tr></table>",
    "a table of numbers": "<table><tr><td><img src=a.jpg></td></tr><tr><td>12.5</td></tr></table>",
    "a table with an article": f"<table><tr><td><img src=a.jpg></td></tr><tr><td>{'Words and more words. ' * 40}</td></tr></table>",
    "a list of points": "<figure><img src=a.jpg></figure><ul><li>One</li><li>Two</li></ul>",
    "a centred line after a picture at the left": "<p><img src=a.jpg></p><p align=center>The end</p>",
    "a centred sentence": "<p align=center><img src=a.jpg></p><p align=center>This is how it went.</p>",
    "a centred heading": "<p align=center><img src=a.jpg></p><p align=center><b>Part one</b></p><p>Text.</p>",
    "a heading that the picture is called after": '<p><img src=a.jpg alt="The harbour"></p><p><b>The harbour</b></p><p>Text.</p>',
    "a paragraph that begins as the picture is called": f"<p><img src=a.jpg alt='The harbour'></p><p>The harbour is large. {'And so on. ' * 9}</p>",
    "a link that the picture is called after": "<p><img src=a.jpg alt='More about harbours'></p><p><a href=x>More about harbours</a></p>",
    "a caption before the picture": "<p class=caption>Old caption</p><p><img src=a.jpg></p>",
    "a caption two paragraphs later": "<p><img src=a.jpg></p><p>Text.</p><p class=caption>Not its own</p>",
}


@pytest.mark.parametrize("name", NO_CAPTIONS)
def test_nothing_else_becomes_a_caption(name: str) -> None:
    assert tree(NO_CAPTIONS[name]).find("figcaption") is None


WORDS = st.text("abcdefg ,.;!?\"'()北京的报道，。：▽ÀЖа", min_size=1, max_size=120).filter(str.strip)
MARKS = st.sampled_from(
    ["{}", "{} <em>{}</em>", "<b>{}</b> {}", "{} <a href='#'>{}</a>", "<small>{}</small> {}", "{} <i>{}</i>."]
)
AROUND = st.sampled_from(
    ["<p>{}</p>", "<div>{}</div>", "<div><p>{}</p></div>", "<p class='text'>{}</p>", "<p><span>{}</span></p>"]
)
SHOWN = st.sampled_from(
    [
        "<p><img src=a.jpg></p>",
        "<img src=a.jpg>",
        "<div><a href=x><img src=a.jpg></a></div>",
        "<figure><img src=a.jpg></figure>",
    ]
)


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    mark = draw(MARKS)
    text = mark.format(*(f"x{draw(WORDS)}" for _ in range(mark.count("{}"))))
    return draw(AROUND).format(text)


@given(st.lists(st.tuples(SHOWN, paragraphs()), min_size=1, max_size=4))
def test_no_ordinary_paragraph_is_ever_taken_for_a_caption(article: list[tuple[str, str]]) -> None:
    html = "".join(picture + paragraph for picture, paragraph in article)
    root = tree(html)
    assert root.find("figcaption") is None
    assert root.get_text() == parse(html).body.get_text()


PIECES = st.sampled_from(
    [
        *("<img src=a.jpg>", "<img src=a.jpg alt=Boat>", "text ", "<br>", "<p>", "</p>", "<div>", "</div>", "<figure>"),
        *("</figure>", "<figcaption>", "</figcaption>", "<small>", "</small>", "<em>", "</em>", "<a href=x>", "</a>"),
        *(
            "<p class=caption>",
            "<span class=credit>",
            "</span>",
            "Photo: AP",
            "[caption]",
            "[/caption]",
            "<li>",
            "<td>",
        ),
        *("<table class=tr-caption-container>", "<td class=tr-caption>", "</table>", "<video poster=p.jpg></video>"),
        *(
            "<img src=a.jpg alt='A boat at sea' class=aligncenter>",
            "<p>A boat at sea</p>",
            "<p align=center>x y",
            "<div class=image>",
        ),
        *(
            "<table>",
            "<tr>",
            "<td>A caption",
            "<caption>",
            "Jane / AFP",
            "<b>",
            "</b>",
            "<ul class=gallery>",
            "<span>",
            "</tr>",
        ),
        *("<ul>", "</ul>", "<dl>", "<dt>", "<dd class=caption>", "</dl>", "<h2>", "</h2>", "▲ x", "\n", "<section>"),
    ]
)


@settings(max_examples=effort(150))
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_markup_keeps_its_text_and_pictures_and_joining_twice_changes_nothing(html: str) -> None:
    before = parse(html).body
    find_pictures(before, PassContext())
    root = tree(html)
    shortcodes = str.maketrans("", "", " \n")
    words = [re.sub(r"\[/?caption\]", "", tag.get_text()).translate(shortcodes) for tag in (before, root)]
    assert sorted(words[0]) == sorted(re.sub(r"\[/?caption\]", "", words[1]))
    assert len(before.find_all("img")) == len(root.find_all("img"))
    for figure in root.find_all("figure"):
        names = [child.name if isinstance(child, Tag) else "text" for child in figure.contents]
        if figure.find("img") is not None:
            assert "figcaption" not in names[:-1]
    once = str(root)
    join_captions(root, PassContext())
    assert str(root) == once


def test_the_articles_title_is_no_caption_even_where_the_alt_text_repeats_it() -> None:
    root = parse('<img src=a.jpg alt="The ferry sails again"><p>The ferry sails again</p>').body
    find_pictures(root, PassContext())
    join_captions(root, PassContext(title="The ferry sails again"))
    assert root.find("figcaption") is None


def test_no_attribute_of_the_search_for_pictures_stays() -> None:
    root = tree('<p><img class=aligncenter src=a.jpg alt="Boat" title="Ferry"></p>')
    assert [set(tag.attrs) for tag in root.find_all("img")] == [{"alt", REF}]


def test_a_name_on_a_picture_is_its_credit_and_a_button_is_dropped() -> None:
    html = "<figure><div><img src=a.jpg><button>Enlarge</button><span>Getty</span></div><figcaption>Boats.</figcaption></figure>"
    assert joined(html).endswith('<figcaption>Boats. <span class="credit">Getty</span></figcaption></figure>')


def test_alt_texts_come_from_captions_and_not_from_credits() -> None:
    root = tree("<figure><img src=a.jpg><figcaption>A ferry. <span class=credit>Jane Doe</span></figcaption></figure>")
    assert [tag.attrs["alt"] for tag in root.find_all("img")] == ["A ferry."]


def test_a_long_caption_gives_an_alt_text_that_ends_with_a_sentence() -> None:
    caption = "The ferry leaves the harbour at noon. " + "It then goes on and on for hours. " * 8
    root = tree(f"<figure><img src=a.jpg><figcaption>{caption}</figcaption></figure>")
    [alt] = [str(tag.attrs["alt"]) for tag in root.find_all("img")]
    assert len(alt) <= 140
    assert alt.endswith("hours.")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Text.</p><img src=a.jpg><p>More.</p>", '<p>Text.</p><figure><img src="a.jpg"></figure><p>More.</p>'),
        ("<p><a href=x><img src=a.jpg></a></p>", '<figure><a href="x"><img src="a.jpg"></a></figure>'),
        (
            "<p><img src=a.jpg><img src=b.jpg></p>",
            '<figure><img src="a.jpg"></figure><figure><img src="b.jpg"></figure>',
        ),
        ("Text<br><img src=a.jpg><br>more", 'Text<br></br><figure><img src="a.jpg"></figure><br></br>more'),
        ("<p>The sign <img src=a.jpg> means stop.</p>", '<p>The sign <img src="a.jpg"> means stop.</p>'),
        ("<p><img src=a.jpg> begins a line.</p>", '<p><img src="a.jpg"> begins a line.</p>'),
        ("<h2><img src=a.jpg></h2>", '<h2><img src="a.jpg"></h2>'),
    ],
)
def test_a_picture_without_caption_is_a_figure_where_it_stands_alone_on_its_line(html: str, expected: str) -> None:
    assert joined(html) == expected


@pytest.mark.parametrize(
    "html", ["", "<p>text</p>", "<figure><pre>code</pre><figcaption>x</figcaption></figure>", "<p class=caption>x</p>"]
)
def test_an_article_without_pictures_is_left_as_it_is(html: str) -> None:
    assert str(tree(html)) == str(parse(html).body)


def test_other_content_moves_out_of_a_figure_in_order() -> None:
    html = "<figure><img src=a.jpg><p>First.</p><p>Second.</p><figcaption>Third.</figcaption><p>Fourth.</p></figure>"
    root = tree(html)
    assert root.get_text() == "First.Second.Third.Fourth."
    [figure] = root.find_all("figure")
    assert figure.get_text() == "Third."


def test_the_classes_of_captions_are_known_to_the_serializer() -> None:
    assert frozenset({"credit"}) == CLASSES


@pytest.mark.slow
def test_thousands_of_captions_are_joined() -> None:
    html = (
        "<img src=a.jpg><div><small>x</small></div>[caption]<img src=b.jpg>" * 5_000
        + "<p>"
        + "<img src=c.jpg>" * 10_000
    )
    assert len(tree(html).find_all("figcaption")) == 5_000
