"""What is found in stylesheets, and what is left of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cleanbooks import AssertClean
from hypothesis import given
from hypothesis import strategies as st
from minibook import write_book

from epubmaker.packager.styles.css import examine
from epubmaker.packager.styles.sheets import load, styles

# Each is refused by EPUBCheck as it stands; what is left must pass.
INVALID = {
    "p { color: red;; *zoom: 1; margin: 0 }": "p { color: red; margin: 0; }",
    "// comment\np { margin: 0 }": "",
    "p { margin: 0 } } q { margin: 0 }": "p { margin: 0; }",
    "p { & a { margin: 0 } margin: 1em }": "p { margin: 1em; }",
    "p { background: url(); margin: 0 }": "p { margin: 0; }",
    "p { background: url(https://example.org/a.png) }": "",
    'p { background: url("a.png"); margin: 0 }': "p { margin: 0; }",
    "@import 'https://example.org/a.css';\np { margin: 0 }": "p { margin: 0; }",
    "@font-face { }": "",
    "@font-face { font-family: x; src: url(x.woff) }": "",
    "p { direction: rtl; unicode-bidi: embed; margin: 0 }": "p { margin: 0; }",
    'p { content: "a\nb"; margin: 0 }': "",
    "p { margin:; padding: 0 }": "p { padding: 0; }",
    "p > { margin: 0 } > p { margin: 0 } p,, q { margin: 0 } 1a { margin: 0 }": "",
    "p { margin: (((0 }": "",
    "p { color: red ! margin: 0 }": "",
}
REPAIRED = {
    "p { margin: 0": "p { margin: 0; }",
    "<!-- p { margin: 0 } -->": "p { margin: 0; }",
    "@media screen { p { margin: 0;; } @media print { } }": "@media screen { p { margin: 0; } }",
}
RISKY = [
    "p { width: calc(1em + 1px) }",
    "p { width: min(1em, 2em) }",
    "p { --x: 1 }",
    "p { margin: var(--x) }",
    "p { height: 100vh }",
    "p { margin: 1rem }",
    "p { display: flex }",
    "p { opacity: 0.5 }",
    "@media (min-width: 30em) { p { margin: 0 } }",
    "@supports (display: grid) { p { margin: 0 } }",
    "section:has(img) { margin: 0 }",
    ":is(h1, h2) em { margin: 0 }",
    "p:where(.a) { margin: 0 }",
    "img { object-fit: contain; aspect-ratio: 3 / 4 }",
    "div { grid-area: a }",
    "p { animation: x 1s }",
    "p { writing-mode: vertical-rl }",
]
TASTE = [
    "p { color: #333 }",
    "p { background-color: white }",
    "p { border: 1px solid; border-color: red }",
    "h1 { font-family: Georgia, serif }",
    "h1 { font-size: 12pt }",
    "body { line-height: 1.5 }",
    "p { font-size: 1.1em }",
]


@pytest.mark.parametrize("style", [style.name for style in styles()])
def test_no_shipped_style_has_findings(style: str) -> None:
    findings = examine(load(style)).findings
    if style == "large-print":  # larger letters are what it is for
        findings = tuple(finding for finding in findings if "of the whole text" not in finding.message)

    assert findings == ()


@pytest.mark.parametrize("css", RISKY)
def test_rules_that_older_engines_reject_are_kept_and_reported(css: str) -> None:
    examined = examine(css)

    assert examined.css
    assert {finding.kind for finding in examined.findings} == {"risky"}


@pytest.mark.parametrize("css", RISKY)
def test_rules_that_older_engines_reject_are_left_out_on_request(css: str) -> None:
    examined = examine(f"{css} q {{ margin: 0 }}", {"risky"})

    assert examined.css == "q { margin: 0; }\n"
    assert {finding.kind for finding in examined.findings} == {"risky"}


@pytest.mark.parametrize("css", TASTE)
def test_rules_that_override_the_readers_settings_are_findings_of_their_own_kind(css: str) -> None:
    assert {finding.kind for finding in examine(css).findings} == {"taste"}


@pytest.mark.parametrize("css", INVALID)
def test_rules_that_no_epub_may_hold_are_left_out_and_reported(css: str) -> None:
    examined = examine(css)

    assert examined.css == (INVALID[css] + "\n" if INVALID[css] else "")
    assert any(finding.kind == "invalid" for finding in examined.findings)


@pytest.mark.parametrize("css", REPAIRED)
def test_rules_that_can_be_repaired_are_repaired(css: str) -> None:
    assert examine(css).css == REPAIRED[css] + "\n"


def test_a_finding_has_its_line() -> None:
    findings = examine("p { margin: 0 }\n\nq { direction: rtl;\n color: red }").findings

    assert [(finding.kind, finding.line) for finding in findings] == [("invalid", 3), ("taste", 4)]


@given(st.text() | st.text("p{}()[];:@!\"'\\/*-#<>&.,|~ \n\tua0") | st.just("p{a:" + "(" * 5000))
def test_any_text_ends_and_is_settled_after_one_pass(css: str) -> None:
    once = examine(css)
    twice = examine(once.css)

    assert twice.css == once.css
    assert "invalid" not in {finding.kind for finding in twice.findings}


@pytest.mark.slow
def test_the_rules_that_stay_pass_epubcheck(tmp_path: Path, assert_clean: AssertClean) -> None:
    sheets = {f"{n}.css": examine(css).css for n, css in enumerate([*INVALID, *REPAIRED, *RISKY, *TASTE])}
    sheets |= {f"{style.name}.css": load(style.name) for style in styles()}

    (result,) = assert_clean.results(write_book(tmp_path / "b.epub", [], styles=sheets))

    assert [message for message in result.messages if (message.file or "").endswith(".css")] == []
