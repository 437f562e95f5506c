"""Nothing that runs, calls or hides: the forms of the well-known collections of cross-site scripting, in any article."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from drafting import article, complaints, documents
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from epubmaker.chapters.draft import draft

XHTML = "{http://www.w3.org/1999/xhtml}"
RUN = "alert(1)"
SPELLINGS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\rscript:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)",
    "&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058;alert(1)",
    "jav&#x09;ascript:alert(1)",
    "jav&#x0A;ascript:alert(1)",
    "jav\0ascript:alert(1)",
    "vbscript:msgbox(1)",
    "livescript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "file:///etc/passwd",
    "jar:http://evil.example/x!/y",
    "blob:http://evil.example/x",
]
CARRIERS = [
    '<a href="{}">x</a>',
    "<a xlink:href='{}'>x</a>",
    '<img src="{}">',
    '<img src=x onerror="{}">',
    '<img lowsrc="{}" dynsrc="{}" srcset="{} 2x">',
    '<iframe src="{}"></iframe>',
    '<frameset><frame src="{}"></frameset>',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<applet code="{}"></applet>',
    '<form action="{}"><input type=image src="{}"><button formaction="{}">x</button></form>',
    '<body background="{}" onload="{}">x',
    '<table background="{}"><td background="{}">x</table>',
    '<link rel=stylesheet href="{}">',
    '<meta http-equiv=refresh content="0;url={}">',
    '<base href="{}"><a href="x">x</a>',
    '<div style="background:url({})">x</div>',
    '<div style="width:expression({});behavior:url({});-moz-binding:url({})">x</div>',
    "<style>@import '{}'; li {{list-style-image: url('{}')}}</style>x",
    '<svg onload="{}"><a xlink:href="{}"><text>x</text></a></svg>',
    '<svg viewBox="0 0 99 99"><rect width=9 height=9 fill="url({})" onclick="{}"/><text x=1>x</text><set to="{}"/></svg>',
    '<svg><image href="{}"/><use xlink:href="{}"/><foreignObject><iframe src="{}"/></foreignObject></svg>',
    '<math href="{}"><mi xlink:href="{}" href="{}">x</mi><maction actiontype="statusline#{}">y</maction></math>',
    '<video src="{}" poster="{}" onerror="{}"><source src="{}"></video>',
    '<audio src="{}"></audio>',
    '<bgsound src="{}"><layer src="{}"></layer><ilayer src="{}"></ilayer>',
    '<details open ontoggle="{}">x</details>',
    '<isindex action="{}" prompt=x>',
    '<marquee onstart="{}">x</marquee>',
    '<blockquote cite="{}">x</blockquote><q cite="{}">y</q><ins cite="{}">z</ins>',
    '<xml src="{}" id=x></xml><div datasrc="#x" datafld="{}"></div>',
    '<a ping="{}" href="http://example.com/">x</a>',
]
FORMS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=http://evil.example/x.js></SCRIPT>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '"><script>alert(1)</script>',
    "<img src=x onerror=alert(1)//",
    "<img/src=x/onerror=alert(1)>",
    "<img \x00src=x onerror\x0b=alert(1)>",
    '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><p>&e;</p>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<textarea><script>alert(1)</script></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<p onclick = alert(1) onMouseOver\n=\nalert(1) @click=alert(1) :onclick=alert(1) on=x>x</p>",
    "\u2028<script\u2029>alert(1)</script>",
    '<a href="http://example.com/"onclick=alert(1)>x</a>',
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    '<div style="display:none"><iframe src=http://evil.example></iframe>hidden</div>',
]
ALLOWED_SCHEMES = ("http://", "https://", "mailto:", "tel:", "#")


def attack(carrier: str, value: str) -> str:
    return carrier.replace("{{", "{").replace("}}", "}").replace("{}", value.replace('"', "&quot;"))


def check_harmless(html: str) -> None:
    """Look at the final documents as a reader's engine would: elements, attributes, addresses."""
    for document in documents(draft(article(html)), "c"):
        root = etree.fromstring(document.content, etree.XMLParser(resolve_entities=False, no_network=True))
        assert b"<!ENTITY" not in document.content
        for node in root.iter():
            assert isinstance(node.tag, str), "no comments, no processing instructions"
            name = etree.QName(node).localname.lower()
            assert name not in {
                "script",
                "style",
                "iframe",
                "frame",
                "object",
                "embed",
                "form",
                "base",
                "meta",
                "audio",
                "video",
            }
            if name == "link":
                assert node.get("href") == "style.css"
                continue
            for key, value in node.attrib.items():
                plain = etree.QName(key).localname.lower()
                assert not plain.startswith("on")
                assert plain not in {
                    "style",
                    "srcdoc",
                    "action",
                    "formaction",
                    "background",
                    "srcset",
                    "poster",
                    "data",
                    "ping",
                }
                if plain == "href":
                    assert value.startswith(ALLOWED_SCHEMES) or value == "nav.xhtml"
                if plain in {"src", "cite"}:
                    assert not re.match(r"\s*[a-z]+:", value, re.IGNORECASE)
                assert "url(" not in value


@pytest.mark.parametrize("value", SPELLINGS)
def test_no_address_runs_in_any_attribute_of_any_element(value: str) -> None:
    for carrier in CARRIERS:
        check_harmless(attack(carrier, value))


@pytest.mark.parametrize("html", FORMS)
def test_no_form_of_script_survives(html: str) -> None:
    check_harmless(html)
    check_harmless(f"<p>a</p><div>{html}</div>")


def test_remote_resources_become_links_or_pictures_to_fetch_and_nothing_else() -> None:
    for carrier in CARRIERS:
        check_harmless(attack(carrier, "http://evil.example/x"))
        check_harmless(attack(carrier, "//evil.example/x.svg"))


def test_an_external_entity_is_text() -> None:
    (document,) = documents(draft(article("<!DOCTYPE p [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><p>&e;</p>")), "c")
    assert b"&amp;e;" in document.content


@settings(deadline=None)
@given(st.lists(st.sampled_from([*FORMS, *(attack(carrier, SPELLINGS[0]) for carrier in CARRIERS)]), max_size=6))
def test_attacks_do_not_help_each_other(parts: list[str]) -> None:
    check_harmless("".join(parts))


@pytest.mark.slow
def test_what_is_left_of_every_attack_is_valid(tmp_path: Path) -> None:
    every = [attack(carrier, value) for carrier in CARRIERS for value in SPELLINGS] + FORMS
    assert complaints((draft(article(html)) for html in every), tmp_path / "attacks.epub") == []
