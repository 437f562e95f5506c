"""An article that its site hides for a script to show is shown; what is hidden beside a shown text is not."""

from __future__ import annotations

import pytest
from drafting import article, body

from epubmaker.chapters.draft import draft
from epubmaker.model.chapters import DraftSettings

TEXTS = (
    "The railway up the valley was closed in the autumn of 1954, and the rails were taken up in the summer after it.",
    "What is left of it is a row of bridges without a road, four stations with people living in them, and bats.",
)
TEXT = "".join(f"<p>{each}</p>" for each in TEXTS) + '<p><img src="http://a.example/b.jpg" alt="A station"></p>'
WHOLE = "".join(f"<p>{each}</p>" for each in TEXTS)


def words(html: str) -> str:
    return body(html).replace('<figure><img src="http://a.example/b.jpg" alt="A station"/></figure>', "+")


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='visibility: hidden; opacity: 0'>{}</div>",
        "<article style='display:none'>{}</article>",
        "<div hidden>{}</div>",
        "<div class='sr-only'>{}</div>",
        "<template>{}</template>",
        "<div style='display:none'><div style='visibility:hidden'>{}</div></div>",
        "<style>.story{{display:none}}</style><div class=story>{}</div>",
        "<style>.story > *{{visibility:hidden}}</style><div class=story>{}</div>",
        "<p>Loading the story</p><section style='display:none'>{}</section>",
        "<div style='display:none'>{}<span class='sr-only'>opens in a new window</span></div>",
        "<div style='display:none'>{}<script>x</script><div class=share style='display:none'>Share it</div></div>",
    ],
)
def test_an_article_that_is_hidden_is_shown_with_its_pictures(hidden: str) -> None:
    assert words(hidden.format(TEXT)).removeprefix("<p>Loading the story</p>") == f"{WHOLE}+"


@pytest.mark.parametrize(
    "attributes", ["hidden", "style='display:none'", "class=visually-hidden", "style=visibility:hidden"]
)
def test_an_article_of_which_each_paragraph_is_hidden_is_shown(attributes: str) -> None:
    assert words(TEXT.replace("<p>", f"<p {attributes}>")) == f"{WHOLE}+"
    assert words(f"<p>A line</p>{TEXT.replace('<p>', f'<p {attributes}>')}") == f"<p>A line</p>{WHOLE}+"


@pytest.mark.parametrize(
    "hidden",
    [
        f"<div hidden><p>{TEXTS[0]}</p></div>",
        "<template><p>Not yet</p></template>",
        f"<div style='display:none'>{TEXT}{TEXT}</div>",  # a copy, for another size of screen
        f"<nav style='display:none'>{TEXT.replace('1954', '1955') * 3}</nav>",
        f"<div class='modal' style='display:none'>{TEXT.replace('was', 'is') * 3}</div>",
        f"<div style='display:none'><form>{TEXT.replace('was', 'is') * 3}</form></div>",
        f"<dialog>{TEXT.replace('was', 'is') * 3}</dialog>",
        "<div style='display:none'>" + "<p><a href='/1'>Another article, with a long title</a></p>" * 20 + "</div>",
        "<span class='sr-only'>opens in a new window</span>",
    ],
)  # fmt: skip
def test_what_is_hidden_beside_a_text_stays_away(hidden: str) -> None:
    assert words(TEXT + hidden) == f"{WHOLE}+"


@pytest.mark.parametrize(
    ("hidden", "counted", "characters"),
    [
        (f"<div hidden><p>{TEXTS[0]}</p></div>", 1, len(TEXTS[0])),
        (f"<div hidden><p hidden>{TEXTS[0]}</p><p style='display:none'>{TEXTS[1]}</p></div>", 1, sum(map(len, TEXTS))),
        ("<dialog>A box</dialog><template>Not yet</template><span class=sr-only>new window</span>", 3, 22),
        ("<div hidden><img src=/a.jpg></div>", 1, 0),
        ("<div hidden> <script>x()</script></div><a class=headerlink href=#a>¶</a><script>y()</script>", 0, 0),
    ],
)
def test_hidden_parts_are_counted(hidden: str, counted: int, characters: int) -> None:
    for keep_all in (False, True):
        made = draft(article(TEXT + hidden), DraftSettings(keep_all=keep_all)).left_out

        assert (dict(made.counts).get("hidden", 0), made.characters) == (counted, characters)


@pytest.mark.parametrize(
    "question",
    [
        "<h3><button aria-controls=a>Who rang?</button></h3><div id=a hidden>{}</div>",
        "<p><a href='#a' data-toggle=collapse>Who rang?</a></p><div id=a style='display:none'>{}</div>",
        "<h3 data-bs-target='#a'>Who rang?</h3><div id=a style='display:none'>{}</div>",
        "<h3>Who rang?</h3><div class='accordion-body' style='display:none'>{}</div>",
        "<h3>Who rang?</h3><div class='read-more' hidden>{}</div>",
        "<h3><span aria-expanded=false>Who rang?</span></h3><div style='display:none'>{}</div>",
        "<ul role=tablist><li>Who rang?</li></ul><div role=tabpanel hidden>{}</div>",
        "<details><summary>Who rang?</summary>{}</details>",
    ],
)
def test_what_a_reader_opens_is_kept(question: str) -> None:
    made = words(TEXT + TEXT.replace("was", "is") + question.format("<p>The second driver rang the bell.</p>"))

    assert "Who rang?" in made
    assert "The second driver rang the bell.</p>" in made


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("<div class='faq-answer' style='display:none'>{}</div>", True),
        ("<div role=tabpanel hidden><p>{}</p></div>", True),
        ("<button aria-expanded=false>Why?</button><div hidden>{}.</div>", True),
        ("<p data-target='#w'>Why?</p><div id=w hidden><i>{}!</i></div>", True),
        ("<p data-target='#w'>Why?</p><div id=w hidden>{}</div>", False),  # as messages are
        ("<div class='faq-answer' hidden><a href='/x'>{}</a></div>", False),
    ],
)
def test_an_answer_of_one_word_is_kept(answer: str, kept: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    assert ("Never" in words(TEXT + answer.format("Never"))) is kept


def test_a_menu_that_a_control_opens_is_left_out() -> None:
    menu = "<button aria-controls=m>Menu</button><ul id=m hidden><li><a href='/a'>All of the articles</a></li></ul>"

    assert "articles" not in words(menu + TEXT)


@pytest.mark.parametrize(
    ("html", "reported"),
    [
        ("<dialog><p>A text</p></dialog>", ["article-empty"]),
        ("<script>x</script><dialog>A text</dialog><img src=a.jpg>", ["article-empty"]),
        ("<h1>Title</h1><img src=a.jpg>", []),  # the title stands in the header
        ("<p>&nbsp;</p>", []),
    ],
)
def test_an_article_of_which_no_text_is_left_is_reported(html: str, reported: list[str]) -> None:
    assert [issue.code for issue in draft(article(html)).issues] == reported
