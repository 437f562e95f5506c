"""No script survives in a book: the well-known collections of cross-site scripting, in any article."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attacks import CARRIERS, FORMS, SPELLINGS, attack
from cleanbooks import AssertClean
from drafting import article, complaints, documents
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from epubmaker.chapters.draft import draft

XHTML = "{http://www.w3.org/1999/xhtml}"
ALLOWED_SCHEMES = ("http://", "https://", "mailto:", "tel:", "#")


def check_harmless(html: str) -> None:
    """Examine the final documents: elements, attributes, addresses."""
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
def test_no_address_in_any_attribute_of_any_element_runs_a_script(value: str) -> None:
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
def test_chapters_made_of_attacks_are_valid(tmp_path: Path, assert_clean: AssertClean) -> None:
    every = [attack(carrier, value) for carrier in CARRIERS for value in SPELLINGS] + FORMS
    assert complaints((draft(article(html)) for html in every), tmp_path / "attacks.epub", assert_clean) == []
