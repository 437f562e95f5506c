"""Hidden elements are removed; visible ones stay."""

import pytest
from drafting import body

from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.hidden import drop_hidden


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<template>x</template>",
        "<!-- x -->",
        "<title>x</title>",
        "<div hidden>x</div>",
        '<div style="color:red; DISPLAY : none">x</div>',
        '<p style="visibility:hidden">x</p>',
        '<span class="a sr-only">x</span>',
        '<span class="screen-reader-text">x</span>',
        '<span class="v6-visually-hidden">x</span>',
        '<span class="a Button_visuallyHidden__x1Y2z">x</span>',
        '<a class="visually-hidden-focusable" href="#a">x</a>',
        '<span class="katex-html">x</span>',
        '<h2 class="element-invisible">x</h2>',
        '<a class="headerlink" href="#a">¶</a>',
        "<noframes>x</noframes>",
        "<datalist><option>x</datalist>",
        "<svg><style>x</style><script>x</script></svg>",
    ],
)
def test_hidden_elements_are_dropped(hidden: str) -> None:
    assert body(f"<p>a</p>{hidden}<p>b</p>") == "<p>a</p><p>b</p>"


@pytest.mark.parametrize(
    "seen",
    [
        "<noscript>x</noscript>",
        '<div hidden="until-found" style="display:block">x</div>',
        '<div style="displayed:none">x</div>',
        '<span class="not-sr-only">x</span>',
        '<span class="a is-not-visually-hidden">x</span>',
        '<span class="sr-only-not">x</span>',
        '<a class="anchor" href="#a">x</a>',
        "<details>x</details>",
        "<dialog open>x</dialog>",
        '<b aria-hidden="true">x</b>',
        '<script type="math/tex; mode=display">x^2</script>',
    ],
)
def test_visible_elements_stay(seen: str) -> None:
    assert "x" in body(f"<p>a</p>{seen}")


@pytest.mark.parametrize("html", ["", "<p>a</p>", "<p class=b style='color:red'>a</p>"])
def test_a_body_with_nothing_hidden_stays_as_it_is(html: str) -> None:
    root = parse(html).body
    before = str(root)
    drop_hidden(root, PassContext())
    assert str(root) == before
