"""The standfirst of an article: in the chapter's header, once, and never a part of the text."""

from __future__ import annotations

import pytest
from drafting import article, documents, markup

from epubmaker.chapters.draft import draft

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
