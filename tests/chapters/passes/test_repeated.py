"""The date and the title at the top of a body, which the header shows, are shown once."""

from datetime import UTC, datetime

import pytest
from drafting import article, body, markup

from epubmaker.chapters.draft import draft

PUBLISHED = datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC)
LINE = "<div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div>"


def test_the_date_line_goes_where_it_is_the_date_of_publication() -> None:
    assert markup(draft(article(f"\n{LINE}<p>a</p>", published=PUBLISHED))) == "<p>a</p>"
    iso = "<p>2022-01-12T23:00:21+01:00</p><p>a</p>"
    assert markup(draft(article(iso, published=PUBLISHED))) == "<p>a</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<div><i>Wed, 12 Jan 2022 22:00:22 GMT</i></div>",
        "<div>On Wed, 12 Jan 2022 22:00:21 GMT</div>",
        f"<p>a</p>{LINE}",
        "<div>Wed, 12 Jan 2022 22:00:21 GMT <b>x</b></div>",
        "<div>Wed, 99 Jan 99999 22:00:21 GMT</div>",
        "<p>Wed, 12 Jan 2022 22:00:21 GMT: what followed was a surprise</p>",
        "<p>Wed, 12 Jan 2022 22:00:21 GMT from our correspondent</p>",
    ],
)
def test_any_other_line_stays(html: str) -> None:
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
    ],
)
def test_a_repeated_title_is_shown_once(title: str, html: str) -> None:
    assert body(html, title=title) == "<p>b</p>"


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("A title", "<h1>Another title</h1><p>b</p>"),
        ("A title", f"<p>{'x' * 400}</p><h2>A title</h2>"),
        ("A title", "<p>b</p><p>A title</p>"),
        ("A title", "<h1>A title<img src=a.jpg></h1>"),
        ("", "<h1>-</h1>"),
        ("A - B", "<h2>B</h2>"),
    ],
)
def test_headings_and_lines_that_are_not_the_title_stay(title: str, html: str) -> None:
    assert body(html, title=title) == body(html, title="Something else")
