"""The content model's tables agree with EPUBCheck: every line of them, in documents made from the tables alone."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from cleanbooks import AssertClean
from minibook import write_book

from epubmaker.chapters.xhtml.content import (
    ATTRIBUTES,
    BLOCKS,
    DROPPED,
    INLINES,
    LINE_ENDS,
    RENAMED,
    ROLES,
    Holds,
    attributes,
)
from epubmaker.model.chapters import Document

JOINED = 50  # bodies in one document
# An attribute without which an element is not valid; links and runs of text in a direction are never written without.
NEEDED = {"a": ' href="http://example.com/"', "bdo": ' dir="ltr"', "time": ' datetime="2026-01-02"'}
VALUES = {
    "datetime": (
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02 03:04",
        "2026-01-02T03:04:05.678+08:00",
        "2026-01-02T03:04Z",
    ),
    "dir": ("ltr", "RTL", "auto", "x"),
    "scope": ("row", "COL", "rowgroup", "colgroup", "x"),
    "type": ("1", "a", "A", "i", "I", "disc"),
}
ANYTHING = (
    "",
    " ",
    "0",
    "1",
    "2",
    "-3",
    "+4",
    "007",
    "99999999999",
    "1000",
    "65534",
    "1.5",
    "5px",
    "x",
    '<&">',
    "2026-1-2",
)


def wrapped(name: str, inner: str, given: str = "") -> str:
    """Return an element with the parents it needs, around what it may hold."""
    block = BLOCKS.get(name)
    made = f"<{name}{given or NEEDED.get(name, '')}>{inner}</{name}>"
    if block is None:
        return f"<p>{made}</p>"
    if name == "dt":
        made += "<dd>x</dd>"
    elif name == "dd":
        made = f"<dt>x</dt>{made}"
    return wrapped(block.parent, made) if block.parent else made


def held(holder: Holds, stray: str) -> list[str]:
    """Return everything that an element may hold, each as markup."""
    if holder is Holds.PARTS:
        return ["<dt>x</dt><dd>x</dd>" if stray == "dd" else f"<{stray}></{stray}>"]
    inlines = [f"<{name}{NEEDED.get(name, '')}>x</{name}>" for name in sorted(INLINES)]
    phrasing = ["", "x", "<br/>", '<span id="x"></span>', "<ruby>x<rt>y</rt></ruby>", *inlines]
    if holder is Holds.PHRASING:
        return phrasing
    return [*phrasing, "<hr/>", *(wrapped(name, "") for name, block in BLOCKS.items() if not block.within)]


def everything() -> list[str]:
    """Return a body for each line of the tables."""
    bodies = []
    for name, block in BLOCKS.items():
        bodies += [wrapped(name, inner) for inner in held(block.holds, block.stray)]
        if block.stray:
            bodies.append(wrapped(name, held(Holds.PARTS, block.stray)[0] * 3))
    for name in INLINES:
        held_inside = [inner for inner in held(Holds.PHRASING, "") if not inner.startswith(f"<{name}")]
        bodies += [wrapped(name, inner) for inner in held_inside if name not in {"a", "dfn"} or f"<{name}" not in inner]
    for name, rules in ATTRIBUTES.items():
        for key in rules:
            for value in (*VALUES.get(key, ()), *ANYTHING):
                given = attributes(name, {key: value})
                inner = "<li>x</li>" if name == "ol" else "x"
                made = wrapped(name, inner, given)
                holder = f"<ol>{made.removeprefix('<ul>').removesuffix('</ul>')}</ol>" if name == "li" else made
                bodies.append(holder)
    for name, pairs in ROLES.items():
        for kind, role in pairs:
            given = (f' epub:type="{kind}"' if kind else "") + f' role="{role}"'
            bodies.append(wrapped(name, "x", f"{NEEDED.get(name, '')}{given}"))
    return bodies


@pytest.mark.slow
def test_epubcheck_accepts_every_line_of_the_tables(tmp_path: Path, assert_clean: AssertClean) -> None:
    page = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en"><head><title>x</title></head>'
        "<body><section>{}</section></body></html>"
    )
    bodies = [body.replace(' id="x"', f' id="x{number}"') for number, body in enumerate(everything())]
    # A line for each body; what takes time is each document.
    parts = [bodies[start : start + JOINED] for start in range(0, len(bodies), JOINED)]
    pages = [page.format("\n" + "\n".join(part)).encode() for part in parts]
    written = [Document(f"d{number}.xhtml", content) for number, content in enumerate(pages)]
    (result,) = assert_clean.results(write_book(tmp_path / "tables.epub", written))
    lines = {f"EPUB/{document.name}": document.content.decode().split("\n") for document in written}
    bad = [f"{message}: {lines.get(message.file or '', [''])[(message.line or 1) - 1]}" for message in result.messages]
    assert result.clean, "\n".join(bad)
    assert len(bodies) > 800


def test_the_tables_name_each_element_once() -> None:
    written = set(BLOCKS) | INLINES
    assert written.isdisjoint(RENAMED)
    assert written.isdisjoint(DROPPED)
    assert INLINES.isdisjoint(LINE_ENDS)
    assert {*RENAMED.values()} <= written
    assert {block.parent for block in BLOCKS.values()} | {block.stray for block in BLOCKS.values()} <= {*BLOCKS, ""}


def test_attributes_are_escaped_and_in_order() -> None:
    assert attributes("abbr", {"title": 'a<b&"c'}) == f' title="{escape("a<b&", quote=True)}&quot;c"'
    assert attributes("ol", {"type": "a", "start": "2", "onclick": "x"}) == ' start="2" type="a"'
    assert attributes("p", {"align": "center"}) == ""
