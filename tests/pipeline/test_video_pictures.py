"""`--video-pictures`: a post of a video without pictures gets the video's still, where that can be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archives import write_article
from drafting import article, markup
from openbook import OpenBook

from epubmaker.chapters.draft import draft
from epubmaker.model.chapters import DraftSettings
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

VIDEO = "https://www.youtube.com/watch?v=a1_b-C2d3E4"
STILL = "https://i.ytimg.com/vi/a1_b-C2d3E4/hqdefault.jpg"


def pictures_of(folder: Path, **options: Any) -> list[str]:
    """Build offline; return the pictures that are asked for."""
    output = folder / "book.epub"
    network = Network(offline=True)
    report = build(Options((folder / "in",), output=output, network=network, draw_cover=False, **options))
    return [record.url for record in report.pictures]


def test_only_a_video_without_pictures_has_its_still_asked_for_and_only_with_the_flag(tmp_path: Path) -> None:
    write_article(tmp_path / "in" / "a.txt", "A video", link=VIDEO, body="<div>\nHello.\n</div>")
    write_article(
        tmp_path / "in" / "b.txt", "Another", link=f"{VIDEO[:-1]}5", body='<p>Hi.</p><img src="https://e.org/b.jpg">'
    )
    write_article(tmp_path / "in" / "c.txt", "No video", link="https://e.org/c", body="<p>Text.</p>")

    assert pictures_of(tmp_path) == ["https://e.org/b.jpg"]
    assert pictures_of(tmp_path, video_pictures=True) == [STILL, "https://e.org/b.jpg"]
    assert pictures_of(tmp_path, video_pictures=True, cache=tmp_path / "cache") == [STILL, "https://e.org/b.jpg"]
    assert pictures_of(tmp_path, cache=tmp_path / "cache") == ["https://e.org/b.jpg"]


def test_the_still_stands_above_the_text_and_a_video_that_is_gone_leaves_none(tmp_path: Path) -> None:
    made = draft(article("<p>Hello.</p>", "A video", VIDEO), DraftSettings(still=STILL))
    assert markup(made) == f'<figure><img src="{STILL}" alt="A video"/></figure><p>Hello.</p>'

    write_article(tmp_path / "in" / "a.txt", "A video", link=VIDEO, body="<p>Hello.</p>")
    pictures_of(tmp_path, video_pictures=True)

    book = OpenBook.read(tmp_path / "book.epub")
    assert 'class="missing"' not in book.text(book.chapters[0])
    assert book.figures == []
