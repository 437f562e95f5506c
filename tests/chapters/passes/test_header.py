"""The standfirst of an article: in the chapter's header, once, and never a part of the text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from drafting import article, documents, markup

from epubmaker.chapters.draft import draft
from epubmaker.chapters.render import Page, render
from epubmaker.model.chapters import Draft
from epubmaker.model.pictures import Picture, PictureFile

TEXT = (
    "<p>The mill stands where the river bends, and it has turned for three hundred years whenever there was water.</p>"
)
SAID = "For three centuries the stones turned; then they did not."


@pytest.mark.parametrize(
    "html",
    [
        f"<p class=standfirst>{SAID}</p>{TEXT}",
        f"<h2 class='article__dek'><em>{SAID}</em></h2>{TEXT}",
        f"<div class='post-subtitle'><p>{SAID}</p></div>{TEXT}",
        f"<p itemprop=alternativeHeadline>{SAID}</p>{TEXT}",
        f"<h1>Title</h1><p>Culture</p><p class=chapô>{SAID}</p><figure><img src=a.jpg></figure>{TEXT}",
        f"<figure><img src=a.jpg><figcaption>The mill</figcaption></figure><h3 class=subhead>{SAID}</h3>{TEXT}",
        f"<h2>{SAID}</h2>{TEXT}",
    ],
)
def test_it_stands_in_the_header_alone(html: str) -> None:
    made = draft(article(html))
    (document,) = documents(made, "c")

    assert made.standfirst == made.excerpt == SAID
    assert SAID not in markup(made)
    assert "The mill stands where" in markup(made)
    assert f'</h1>\n<p class="standfirst">{SAID}</p>'.encode() in document.content


@pytest.mark.parametrize(
    "html",
    [
        f"<p class=standfirst>{SAID}</p>",  # nothing else
        f"<p class=standfirst>{SAID} <a href=/a>More</a></p>{TEXT}",
        f"{TEXT}<p class=subhead>{SAID}</p>",
        f"{TEXT}<h2>{SAID}</h2>{TEXT}",
        f"<h2>The mill</h2><p>{SAID}</p>{TEXT}",
        f"<p>It was.</p><h2>{SAID}</h2>{TEXT}",
        f"<p>{SAID}</p>{TEXT}",
        f"<div class=subtitle><p>{SAID}</p><p>{SAID}</p></div>{TEXT}",
        f"<ul class=dek><li>{SAID}</li></ul>{TEXT}",
    ],
)
def test_what_may_be_a_part_of_the_text_stays_there(html: str) -> None:
    made = draft(article(html))

    assert made.standfirst == ""
    assert SAID in markup(made)


def test_a_chapter_without_one_has_no_line_for_it() -> None:
    (document,) = documents(draft(article(TEXT)), "c")

    assert b"standfirst" not in document.content


@pytest.mark.parametrize(
    "html",
    [
        f"<p class=kicker>The Long Read</p><h1>Title</h1><p class=standfirst>{SAID}</p>{TEXT}",
        f"<div class='c-eyebrow'><a href=/long>The Long Read</a></div><h1>Title</h1>{TEXT}",
        f"<header><span class=dachzeile>The Long Read</span><h1>Title</h1></header>{TEXT}",
    ],
)
def test_a_kicker_stands_above_the_title(html: str) -> None:
    made = draft(article(html))
    (document,) = documents(made, "c")

    assert made.kicker == "The Long Read"
    assert "The Long Read" not in markup(made)
    assert b'<header>\n<p class="kicker">The Long Read</p>\n<h1' in document.content


@pytest.mark.parametrize(
    "html",
    [
        "<p class=kicker>The Long Read</p>",  # nothing else
        f"{TEXT}{TEXT}<p class=kicker>The Long Read</p>{TEXT}",
        f"<p class=kicker>{SAID} {SAID}</p>{TEXT}",
    ],
)
def test_a_text_that_is_called_a_kicker_stays_there(html: str) -> None:
    assert draft(article(html)).kicker == ""


def test_a_date_below_the_standfirst_is_in_the_header_alone() -> None:
    html = f"<h1>Title</h1><p class=standfirst>{SAID} {SAID}</p><time datetime=2022-01-12>January 12, 2022</time>{TEXT}"

    assert "2022" not in markup(draft(article(html, published=datetime(2022, 1, 12, tzinfo=UTC))))


PICTURE = "<figure><img src=a.jpg><figcaption>The mill</figcaption></figure>"


def with_picture(made: Draft, width: int, height: int) -> str:
    """Return a chapter with a picture of a size."""
    (ref,) = made.pictures
    file = PictureFile(Path("a.jpg"), "images/a.jpg", "image/jpeg", width, height, 1000, "aa")
    (document,) = render(
        made, Page(article("").entry, "c"), {ref: Picture("https://e.org/a.jpg", (file,), 1000)}, {}
    ).documents
    return document.content.decode()


@pytest.mark.parametrize(("size", "leads"), [((1200, 800), True), ((800, 1200), False), ((120, 80), False)])
def test_a_wide_picture_below_a_standfirst_leads(size: tuple[int, int], leads: bool) -> None:  # noqa: FBT001
    content = with_picture(draft(article(f"<p class=standfirst>{SAID}</p>{PICTURE}{TEXT}")), *size)

    assert (content.index("<figure") < content.index("<header>")) is leads
    assert ('<figure class="lead">' in content) is leads
    assert content.count("<img") == 1


def test_a_picture_without_a_standfirst_follows_the_title() -> None:
    content = with_picture(draft(article(f"{PICTURE}{TEXT}")), 1200, 800)

    assert content.index("<header>") < content.index("<figure")
