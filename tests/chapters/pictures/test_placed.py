"""Pictures in galleries: so narrow that two fit on a page."""

from __future__ import annotations

import pytest

from epubmaker.chapters.pictures.placed import in_galleries

FIGURE = '<figure><img src="a" alt="" width="{}" height="{}"{} id="epm-p1"/><figcaption>A</figcaption></figure>'


@pytest.mark.parametrize(
    ("width", "height", "own", "shown"),
    [
        (1600, 800, "", ""),
        (1500, 1000, "", ' class="g1"'),
        (1000, 1000, ' class="s1"', ' class="g2"'),
        (800, 1000, ' class="s2"', ' class="g3"'),
        (800, 1200, ' class="s3"', ' class="g4"'),
        (120, 120, "", ""),
    ],
)
def test_figures_beside_each_other_are_narrower_than_one_alone(width: int, height: int, own: str, shown: str) -> None:
    one = FIGURE.format(width, height, own)

    assert in_galleries(f"<p>x</p>{one}{one}<p>y</p>") == f"<p>x</p>{one}{one}<p>y</p>".replace(
        own or "\0", shown
    ).replace(f'height="{height}" id', f'height="{height}"{shown} id')
    assert in_galleries(f"{one}<p>y</p>{one}") == f"{one}<p>y</p>{one}"
