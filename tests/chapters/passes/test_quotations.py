"""The language and the direction of an article are those of most of its text, not of what it quotes."""

import pytest
from drafting import article

from epubmaker.chapters.draft import draft

ENGLISH = (
    "<p>The railway up the valley was closed in the autumn, and the rails were taken up in the summer after it.</p>"
)
ITALIAN = "<p>Il treno saliva piano, e dal finestrino si vedevano gli orti, poi i castagni, e mia madre taceva.</p>"
ARABIC = (
    "<p>كان القطار يصعد ببطء، ومن النافذة كانت ترى البساتين ثم أشجار الكستناء ثم الثلج، وكانت أمي لا تقول شيئا.</p>"
)
CHINESE = "<p>火车慢慢地往山上开，从窗户里可以看见菜园，然后是栗子树，然后是雪，母亲什么也不说。</p>"


@pytest.mark.parametrize("quoted", [ITALIAN, ARABIC, CHINESE], ids=["Italian", "Arabic", "Chinese"])
@pytest.mark.parametrize(
    "text",
    [
        "{q}{e}{e}{e}{e}",
        "<blockquote>{q}{q}{q}</blockquote>{e}{e}",
        "{e}{e}<blockquote>{q}{q}</blockquote>{e}{e}<blockquote>{q}{q}</blockquote>{e}",
        "<div lang=xx>{q}{q}{q}</div>{e}{e}",
        "<blockquote>" + "{q}" * 30 + "</blockquote>" + "{e}" * 8,
    ],
)
@pytest.mark.parametrize("declared", ["", "<html lang=en-GB><body>"])
def test_an_article_is_in_the_language_of_most_of_its_text(text: str, quoted: str, declared: str) -> None:
    own = {ITALIAN: "it", ARABIC: "ar", CHINESE: "zh"}[quoted]
    html = declared + text.format(e=ENGLISH, q=quoted).replace("lang=xx", f"lang={own}")

    made = draft(article(html, title="1954"))

    assert (made.language, made.direction) == ("en-GB" if declared else "en", "ltr")


def test_the_declared_language_wins_between_two_that_fit() -> None:
    text = ITALIAN * 10 + ENGLISH * 12

    assert draft(article(f"<html lang=en><body>{text}", title="1954")).language == "en"
    assert draft(article(f"<html lang=it><body>{text}", title="1954")).language == "it"
    assert draft(article(f"<html lang=de><body>{ENGLISH * 9}", title="1954")).language == "en"


def test_an_article_that_is_a_quotation_has_its_language() -> None:
    made = draft(article(f"<blockquote>{ARABIC * 3}</blockquote>", title="1954"))

    assert (made.language, made.direction) == ("ar", "rtl")
