"""What styles say is read as browsers read it: of an element's own style, and of the sheets in the article."""

import pytest
from drafting import body


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE",
        "color: rgb(1, 2, 3); display: none",
        "/* a */ display: /* b */ none",
        "disp\\6c ay: none",
        "display: block; display: none",
        "display: none; display: nonsense",
        "display: none !important; display: block",
        "background: url(data:image/gif;base64,R0;x); display: none",
        "font-family: 'a;b'; display: none",
        "nonsense; display: none",
        "visibility: hidden",
        "visibility: collapse",
    ],
)
def test_a_style_hides_an_element(style: str) -> None:
    assert body(f'<p>a</p><p style="{style}">x</p><p>b</p>') == "<p>a</p><p>b</p>"


@pytest.mark.parametrize(
    "style",
    [
        "displayed: none",
        "display: none; display: block",
        "display: none; display: block !important",
        "x-display: none",
        "font-family: 'display: none'",
        "--display: none",
        "display: nonee",
        "/* display: none */",
        "display",
        ";;:none;",
    ],
)
def test_a_style_does_not_hide_an_element(style: str) -> None:
    assert body(f'<p>a</p><p style="{style}">x</p>') == "<p>a</p><p>x</p>"


@pytest.mark.parametrize(
    "sheet",
    [
        "p.x{display:none}",
        "P.x{display:none}",
        "#i{display:none}",
        ".y .x{display:none}",
        ".y > .x{display:none}",
        "h2 + .x{display:none}",
        "h2 ~ .x{display:none}",
        "body div p.x{display:none}",
        "html > body .x{display:none}",
        "[data-a]{display:none}",
        '[data-a="B c"]{display:none}',
        "[data-a~=c]{display:none}",
        "[data-a^=B]{display:none}",
        "[data-a*=' ' i]{display:none}",
        "p:not(.z):not([lang]){display:none}",
        "q, .x, q::before{display:none}",
        "a:hover, .x{display:none}",
        ".x{display:none} p{display:block}",
        ".x{display:none!important} #i{display:block}",
        ".x{display:block} .x{display:none}",
        "@media screen{.x{display:none}}",
        "@media (min-width: 40em) and (max-width: 1400px){.x{display:none}}",
        "@supports (display: grid){@media all{.x{display:none}}}",
        "<!-- .x{display:none} -->",
        "@import 'a.css'; .x{color:red; display:none}",
    ],
)
def test_a_sheet_hides_an_element(sheet: str) -> None:
    page = '<div class=y><h2>a</h2><p class="w x" id=i data-a="B c">x</p><p class=z lang=en>b</p></div>'

    assert body(page) == "<h2>a</h2><p>x</p><p>b</p>"
    assert body(f"<style>{sheet}</style>{page}") == "<h2>a</h2><p>b</p>"
    assert body(f"<html><head><style>{sheet}</style></head><body>{page}</body></html>") == "<h2>a</h2><p>b</p>"


@pytest.mark.parametrize(
    "sheet",
    [
        ".X{display:none}",
        ".x > .y{display:none}",
        ".x .w{display:none}",
        "p + .x{display:none}",
        "} .x{display:none}",
        ".x:hover, .x::after, .x:empty{display:none}",
        "p:not(.x){display:none}",
        "@media print{.x{display:none}}",
        "@media (max-width: 600px){.x{display:none}}",
        "@media (prefers-color-scheme: dark){.x{display:none}}",
        ".x{display:none} .w.x{display:inherit; display:block}",
        ".x{display:none} #i{display:block}",
        "p{display:none} [id]{display:block}",
        "@keyframes a{from{display:none}}",
    ],
)
def test_a_sheet_hides_nothing(sheet: str) -> None:
    page = '<div class=y><h2>a</h2><p class="w x" id=i>x</p></div>'

    assert body(f"<style>{sheet}</style>{page}") == "<h2>a</h2><p>x</p>"


@pytest.mark.parametrize("attributes", ["media=print", 'type="text/less"', 'media="(max-width: 400px)"'])
def test_a_sheet_for_something_else_has_no_effect(attributes: str) -> None:
    assert body(f"<style {attributes}>p{{display:none}}</style><p>x</p>") == "<p>x</p>"


def test_an_elements_own_style_is_stronger_than_a_sheet_unless_that_is_important() -> None:
    page = '<p style="display:block">x</p><p style="display:block!important">y</p><p>z</p>'

    assert body(f"<style>p{{display:none}}</style>{page}<div>w</div>") == "<p>x</p><p>y</p><p>w</p>"
    assert body(f"<style>p{{display:none!important}}</style>{page}<div>w</div>") == "<p>y</p><p>w</p>"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("font-weight: BOLD", "<strong>x</strong>"),
        ("font-weight: 700", "<strong>x</strong>"),
        ("font-weight: 500", "x"),
        ("font-weight: normal", "x"),
        ("font: italic bold 12px/1.5 Georgia, serif", "<strong><em>x</em></strong>"),
        ("font-style: oblique 10deg", "<em>x</em>"),
        ("text-decoration: line-through red", "<s>x</s>"),
        ("text-decoration-line: underline line-through", "<s>x</s>"),
        ("vertical-align: super", "<sup>x</sup>"),
        ("vertical-align: sub", "<sub>x</sub>"),
        ("font-weight: bold; font-weight: inherit", "<strong>x</strong>"),
        ("font-weight: bold; font: 12px serif", "x"),
    ],
)
def test_emphasis_by_style_is_kept(style: str, expected: str) -> None:
    assert body(f'<p>a <span style="{style}">x</span> b</p>') == f"<p>a {expected} b</p>"
    assert body(f"<style>.e{{{style}}}</style><p>a <span class=e>x</span> b</p>") == f"<p>a {expected} b</p>"


@pytest.mark.slow
def test_a_sheet_without_end_and_selectors_for_every_depth_take_time_that_only_grows_with_the_page() -> None:
    tangled = " ".join(["div"] * 40) + " u{display:none}"
    many = "".join(f".a{number} div, div > .b{number}, div ~ p.c{number}{{display:none}}" for number in range(20_000))
    page = "<div>" * 100 + "<p>x</p>" * 2000 + "</div>" * 100

    assert body(f"<style>{tangled}{many}</style>{page}").count("<p>x</p>") == 2000
    assert body(f"<style>{'(' * 50_000}</style><p>x</p>") == "<p>x</p>"
    assert body(f'<p style="{"width:calc(" * 5000}">x</p>') == "<p>x</p>"
