"""Which addresses are those of videos."""

from __future__ import annotations

import pytest

from epubmaker.text.videos import video_still

STILL = "https://i.ytimg.com/vi/a1_b-C2d3E4/hqdefault.jpg"


@pytest.mark.parametrize(
    ("address", "still"),
    [
        ("https://www.youtube.com/watch?v=a1_b-C2d3E4", STILL),
        ("http://m.youtube.com/watch?app=x&v=a1_b-C2d3E4&t=9#top", STILL),
        ("https://youtu.be/a1_b-C2d3E4?si=x", STILL),
        ("https://youtube.com/shorts/a1_b-C2d3E4", STILL),
        ("https://www.youtube.com/watch?v=a1_b-C2d3E4F", ""),
        ("https://www.youtube.com/@harbor", ""),
        ("https://notyoutube.com/watch?v=a1_b-C2d3E4", ""),
        ("https://e.org/?u=https://youtu.be/a1_b-C2d3E4", ""),
        (None, ""),
    ],
)
def test_a_still_is_that_of_the_video_that_an_address_is_of(address: str | None, still: str) -> None:
    assert video_still(address) == still
