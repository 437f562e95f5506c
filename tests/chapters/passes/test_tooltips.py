"""Notes that a page shows on pointing at a word stand in brackets after it; what says nothing new does not."""

import re

import pytest
from drafting import body

WAVED = "The guard (who waves) waved."
SWITCH = "<label for=n class=margin-toggle></label><input type=checkbox id=n>"
CSS = "<style>.tooltiptext { visibility: hidden } .tip { display: none }</style>"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('The <span class="tooltip">guard<span class="tooltiptext">who waves</span></span> waved.', WAVED),
        (f'{CSS}The <b class="tooltip">guard <i class="tooltiptext">who waves</i></b> waved.', WAVED),
        ('The <a class="has-tip">guard<span class="tip">who waves</span></a> waved.', WAVED),
        ('The <span>guard<span role="tooltip">who waves</span></span>.', "The guard (who waves)."),
        (
            "The <span class=tooltip>guard<span class=tooltip-content>(who waves)</span></span>.",
            "The guard(who waves).",
        ),
        (
            '<span class="tooltip">守卫<span class="tooltip__text">挥手的人</span></span>挥手。',
            "守卫（挥手的人）挥手。",
        ),
        ('The <span title="a small engine">pony</span>.', "The pony (a small engine)."),
        (
            'The <em data-tooltip="a &amp;lt;b&amp;gt;brake&amp;lt;/b&amp;gt; van">cabin</em>.',
            "The cabin (a brake van).",
        ),
        ('The <a href="#" class="glossary" data-content="a brake van">cabin</a>.', "The cabin (a brake van)."),
        ('A lamp<sup data-footnote="It burns oil.">12</sup>.', "A lamp12 (It burns oil.)."),
        ('A lamp<sup title="It burns oil.">1</sup>.', "A lamp1 (It burns oil.)."),
        ('A lamp<sup class="fn" title="It burns oil.">*</sup>.', "A lamp* (It burns oil.)."),
        ('A lamp<sup><a href="#" title="It burns oil.">[1]</a></sup>.', "A lamp[1] (It burns oil.)."),
        ('A lamp<sup><i data-note="Oil.">a</i> <i data-note="Coal.">b</i></sup>.', "A lampa b (Oil.) (Coal.)."),
        ('A lamp<span data-footnote="It burns oil."></span>.', "A lamp (It burns oil.)."),
        ('A lamp<a href="/oil" title="It burns oil.">1</a>.', "A lamp1."),
        ('A lamp<sup title="It burns oil."><a href="#" title="It burns oil.">1</a></sup>.', "A lamp1 (It burns oil.)."),
        (
            f"The lamp{SWITCH}<i class=sidenote>It burns <b>oil</b>.</i> is lit.",
            "The lamp (It burns oil.) is lit.",
        ),
        (
            'The lamp<label for="m">&#8853;</label><input type=checkbox id=m><span class="marginnote">Oil.</span> is lit.',
            "The lamp (Oil.) is lit.",
        ),
        ("<input type=checkbox id=more class=toggle><label for=more>More</label> The lamp.", "More The lamp."),
        ("<input type=radio name=tabs id=tab-1 checked><label for=tab-1>Map</label>", "Map"),
        # no notes
        ("<input type=checkbox> oil the gate", "☐ oil the gate"),
        ("<input type=checkbox id=t1 checked><label for=t1>oil the gate</label>", "☑ oil the gate"),
        ("<input type=checkbox id=toggle-task class=task-list-item><label for=toggle-task>oil</label>", "☐ oil"),
        ('<a href="/x" title="Opens in a new window">a link</a>', "a link"),
        ('<a href="/x"><span title="more of it">a link</span></a>', "a link"),
        ('<span title="the pony">The Pony</span>, <span title="2 May 2022">2 May</span>', "The Pony, 2 May"),
        ('<i lang="fr" title="French-language text">gare</i>', "gare"),
        ('<span title=":wave:">👋</span><abbr title="by the way">btw</abbr>', "👋btw"),
        ('<code><span title="a keyword">def</span></code>', "def"),
        ('A <span class="note">plain note</span> and a <span class="tip">tip</span>.', "A plain note and a tip."),
    ],
)
def test_a_note_on_pointing_is_in_brackets(html: str, shown: str) -> None:
    assert re.sub("<[^>]*>", "", body(f"<p>{html}</p><p>More.</p>")) == f"{shown}More."
