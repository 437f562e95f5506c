"""Videos, players, frames and form controls become lines that a book can hold."""

import pytest
from drafting import body

from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.embeds import name_embeds, reduce_controls


@pytest.mark.parametrize(
    ("what", "given", "expected"),
    [
        (
            "a player is a link to the page of its video, named by its title",
            '<iframe src="https://www.youtube.com/embed/abcdefgh?x=1" title="My film"></iframe>',
            '<p><a href="https://www.youtube.com/watch?v=abcdefgh">Video: My film</a></p>',
        ),
        (
            "a lazy player without a title is named by its host",
            '<p>a</p><iframe data-src="//player.vimeo.com/video/123"></iframe>',
            '<p>a</p><p><a href="https://vimeo.com/123">Video: vimeo.com</a></p>',
        ),
        (
            "a video keeps its poster",
            "<video src=/a.mp4 poster=p.jpg>no video</video>",
            '<figure><img src="p.jpg" alt=""/></figure><p><a href="https://example.com/a.mp4">Video: example.com</a></p>',
        ),
        (
            "a sound's first source is its address",
            "<audio><source src=a.mp3><source src=b.ogg></audio>",
            '<p><a href="https://example.com/news/a.mp3">Audio: example.com</a></p>',
        ),
        (
            "a post whose text is not here is a link",
            "<blockquote class=twitter-tweet><a href='https://social.example/x/1'></a></blockquote>",
            '<p><a href="https://social.example/x/1">Embedded content: social.example</a></p>',
        ),
        (
            "and so is one that a script would have loaded",
            "<div class=fb-post data-href='https://social.example/y/posts/1'></div><div data-href='/z'></div>",
            '<p><a href="https://social.example/y/posts/1">Embedded content: social.example</a></p>',
        ),
        (
            "a script that would have put a post in its place is one too",
            (
                "<p>a</p><script src='https://telegram.org/js/telegram-widget.js?2' data-telegram-post='harbor/1'></script>"
                "<script src='https://gist.github.com/ann/1f2e.js'></script><script src='https://cdn.example/a.js'></script>"
            ),
            (
                '<p>a</p><p><a href="https://t.me/harbor/1">Embedded content: t.me</a></p>'
                '<p><a href="https://gist.github.com/ann/1f2e">Embedded content: gist.github.com</a></p>'
            ),
        ),
        (
            "a post that is here stays",
            "<blockquote><p>Hello</p><a href='https://social.example/x/1'></a></blockquote>",
            "<blockquote><p>Hello</p></blockquote>",
        ),
        (
            "white space before the text of a quotation is not all of it",
            "<blockquote>\n<div>\n  <ul>\n<li><a href='/x'>Hello</a> there</li></ul></div></blockquote>",
            '<blockquote><ul><li><a href="https://example.com/x">Hello</a> there</li></ul></blockquote>',
        ),
        ("a video without an address is named", "<video></video>", "<p>Video</p>"),
        ("an object keeps what stands for it", "<object data=a.swf><p>instead</p></object>", "<p>instead</p>"),
        (
            "other frames are embedded content",
            "<iframe src=https://maps.example.org/x></iframe>",
            '<p><a href="https://maps.example.org/x">Embedded content: maps.example.org</a></p>',
        ),
        (
            "a frame in a sentence parts it",
            "<p>a <iframe src=https://b.com/></iframe> c</p>",
            '<p>a</p><p><a href="https://b.com/">Embedded content: b.com</a></p><p>c</p>',
        ),
        (
            "advertisements and counters go",
            (
                "<p>a</p><iframe src=https://x.doubleclick.net/></iframe><iframe width=1 src=https://a.com/></iframe>"
                "<iframe src=about:blank></iframe><iframe src='javascript:alert(1)'></iframe>"
                "<iframe src='./My page_files/a.html'></iframe><iframe src='a.files/b.htm'></iframe>"
            ),
            "<p>a</p>",
        ),
        (
            "tick boxes are characters, other controls their text",
            "<p><input type=checkbox checked>a <input type=checkbox>b <button>c</button><input value=x></p>",
            "<p>☑ a ☐ b c</p>",
        ),
        (
            "the controls of forms go, and their headings stay",
            (
                "<form><h2><button>a</button></h2><p>b <select><option>x<option>y</select><textarea>z</textarea></p>"
                "<button type=submit>Send</button></form><select><option>x</select>"
            ),
            "<h2>a</h2><p>b</p>",
        ),
    ],
    ids=lambda value: value if " " in value and "<" not in value else "",
)
def test_content_that_cannot_be_embedded_becomes_a_link(what: str, given: str, expected: str) -> None:
    assert body(given) == expected, what


@pytest.mark.parametrize(
    "html", ["", "<p>a</p>", "<p><a href='https://www.youtube.com/watch?v=abcdefgh'>Video: x</a></p>"]
)
def test_a_body_without_players_stays_as_it_is(html: str) -> None:
    root = parse(html).body
    before = str(root)
    name_embeds(root, PassContext())
    reduce_controls(root, PassContext())
    assert str(root) == before
