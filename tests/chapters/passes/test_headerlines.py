"""The date and the title at the top of a body, which the header shows, are shown once."""

from datetime import UTC, datetime

import pytest
from drafting import article, body, markup

from epubmaker.chapters.draft import draft

PUBLISHED = datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC)
LINE = "<div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div>"


def test_a_line_with_the_date_of_publication_is_dropped() -> None:
    assert markup(draft(article(f"\n{LINE}<p>a</p>", published=PUBLISHED))) == "<p>a</p>"
    iso = "<p>2022-01-12T23:00:21+01:00</p><p>a</p>"
    assert markup(draft(article(iso, published=PUBLISHED))) == "<p>a</p>"


@pytest.mark.parametrize(
    "line",
    [
        "<div>\n<div><i>Wed, 12 Jan 2022 20:00:00 GMT</i></div></div>",
        "<div><i><br>2022-01-12T22:14:39.692Z</i></div>",
        "<div>12/01/2022 - 14:51</div>",
        "<div>01/12/2022</div>",
        '<div class="time">1-12</div>',
        "<p>2022年1月13日</p>",
        "<p>Mittwoch, 12. Januar 2022, 09:30 Uhr</p>",
        "<p>12 января 2022 г.</p>",
        '<div><time datetime="2022-01-12">1 hour ago</time></div>',
        "<header><span>2022-01-12 08:00</span></header>",
        '<time datetime="2022-01-12 02:08:38">Jan. 12, 2022</time>',
    ],
)
def test_a_line_above_the_text_with_the_headers_day_is_dropped(line: str) -> None:
    for above in ("", "<div>Opinion</div>", "<address>By A. Keeper</address>"):
        html = f"<div>{above}{line}<p>A text.</p></div>"
        assert markup(draft(article(html, published=PUBLISHED))) == body(f"{above}<p>A text.</p>")


@pytest.mark.parametrize(
    "html",
    [
        "<div><i>Sat, 15 Jan 2022 22:00:21 GMT</i></div>",
        "<div>13/14/2022</div>",
        "<div>1-16</div>",
        "<p>Paris, 12 janvier 2022</p>",
        "<time datetime='2022-01-20'>an hour ago</time>",
        "<p>The first flood was on <time datetime='2022-01-12'>Wednesday</time> and",
        "<div>On Wed, 12 Jan 2022 22:00:21 GMT</div>",
        f"<p>A text.</p>{LINE}",
        f"<p>{'A longer text ' * 6}</p>{LINE}",
        "<div>Wed, 12 Jan 2022 22:00:21 GMT <b>x</b></div>",
        "<div>Wed, 99 Jan 99999 22:00:21 GMT</div>",
        "<p>Wed, 12 Jan 2022 22:00:21 GMT: what followed was a surprise</p>",
        "<p>Wed, 12 Jan 2022 22:00:21 GMT from our correspondent</p>",
    ],
)
def test_a_line_with_more_than_that_date_stays(html: str) -> None:
    assert markup(draft(article(html, published=PUBLISHED))) == body(html)


def test_without_a_date_of_publication_the_line_stays() -> None:
    assert "12 Jan" in markup(draft(article(LINE)))


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("A short title", "<h1>A short title</h1><p>b</p>"),
        ("A short title", "<header><h2>A <em>short</em>\n title!</h2></header><p>b</p>"),
        ("A short title - Some News", "<h1>A short title</h1><p>b</p>"),
        ("A short title", "<p>A short title</p><p>b</p>"),
        ("“标题”", "<h1>标题</h1><p>b</p>"),
        ("A short title", "<h1>A short title</h1><div><strong>A short title</strong></div><p>b</p>"),
        ("A short title", "<div><b>A short title</b><br>\n<p>b</p></div>"),
        ("A short title", "<div><div>A short title</div></div><p>b</p>"),
        ("A short title", "<h1>A short title | Example.com</h1><p>b</p>"),
    ],
)
def test_a_repeated_title_is_shown_once(title: str, html: str) -> None:
    assert body(html, title=title) == "<p>b</p>"


@pytest.mark.parametrize("sign", ["|", "｜", "_", " - ", " – ", " — ", " · ", " • ", " : ", " » "])
def test_a_title_repeated_without_the_name_of_its_site_is_shown_once(sign: str) -> None:
    assert body("<h1>A short title</h1><p>b</p>", title=f"A short title{sign}Some News") == "<p>b</p>"


@pytest.mark.parametrize(
    "line", ['<p class="title">A short title</p>', "<h2>A short title</h2>", "<b>A short title</b>"]
)
def test_a_repeated_title_below_a_picture_and_a_byline_is_shown_once(line: str) -> None:
    caption = "A caption of a few words that says what is to be seen."
    above = f'<figure><img src="a.jpg"><figcaption>{caption}</figcaption></figure><div>Column</div><p>A. Keeper</p>'
    html = f"<div>{above}<div>{line}</div><p>The text begins here.</p></div>"

    assert body(html, title="A short title") == body(html.replace(line, ""), title="")


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("A title", "<h1>Another title</h1><p>b</p>"),
        ("A title", f"<p>{'x' * 400}</p><h2>A title</h2>"),
        ("A title", "<p>A text.</p><p>A title</p>"),
        ("A title", "<div><strong>A title</strong> was given to her</div>"),
        ("A title", "<p>A title</p>"),
        ("A title", "<h2>A title - and more</h2>"),
        ("A title", "<h1>A title<img src=a.jpg></h1>"),
        ("", "<h1>-</h1>"),
        ("A - B", "<h2>B</h2>"),
    ],
)
def test_headings_and_lines_other_than_the_title_stay(title: str, html: str) -> None:
    assert body(html, title=title) == body(html, title="Something else")
