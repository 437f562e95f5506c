"""`--max-size`: the limit holds, or the report says that it does not; no article is lost, and no book is made twice."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from effort import effort
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openbook import OpenBook
from pictures import jpeg

from epubmaker.errors import UsageError
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import Progress, build
from epubmaker.report import Report
from epubmaker.summary import summary

OFFLINE = Network(offline=True)


@dataclass(frozen=True, slots=True)
class Archive:
    """Articles with a number of random words, and pictures of given widths; hours between articles."""

    articles: tuple[tuple[int, tuple[int, ...]], ...]
    pictures: tuple[int, ...] = ()
    hours: int = 7

    def write(self, folder: Path) -> Path:
        for number, width in enumerate(self.pictures):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.jpg").write_bytes(jpeg(width, width * 3 // 4, seed=number))
        for number, (words, pictures) in enumerate(self.articles):
            text = random.Random(number)
            body = f"<p>{' '.join(f'{text.getrandbits(32):x}' for _ in range(words))}</p>"
            body += "".join(f'<img src="{picture}.jpg">' for picture in pictures if picture < len(self.pictures))
            body += f'<p><a href="https://example.org/{(number + 5) % len(self.articles)}">Read on.</a></p>'
            moment = START + timedelta(hours=self.hours * number)
            link = f"https://example.org/{number}"
            write_article(folder / f"{number}.txt", f"Title {number}", link=link, body=body, moment=moment)
        return folder


def archives() -> st.SearchStrategy[Archive]:
    article = st.tuples(st.integers(10, 3000), st.lists(st.integers(0, 3), max_size=3, unique=True).map(tuple))
    return st.builds(
        Archive,
        st.lists(article, min_size=1, max_size=12).map(tuple),
        st.lists(st.sampled_from((120, 500, 1000)), max_size=4).map(tuple),
        st.sampled_from((1, 7, 30)),
    )


def make(archive: Archive, folder: Path, limit: int | None = None, **fields: Any) -> tuple[Report, list[int]]:
    """Build; return the report, and how many articles each book that was begun came to hold."""
    inputs = folder / "in"
    if not inputs.exists():
        archive.write(inputs)
    begun: list[int] = []

    def show(progress: Progress) -> None:
        if progress.phase == "articles":
            begun[-1:] = [*begun[-1:], progress.done] if progress.done == 1 else [progress.done]

    changes = {"output": folder / "book.epub", "cache": folder / "cache", "draw_cover": False, **fields}
    options = Options((inputs,), network=OFFLINE, jobs=1, title="T", max_size=limit, **changes)
    return build(options, show), begun


def named(report: Report) -> set[str]:
    return {issue.where for issue in report.issues if issue.code == "size-exceeded"}


def titles(report: Report) -> list[str]:
    books = [OpenBook.read(book.path) for book in report.books]
    return [title for book in books for title, _ in book.nav if title.startswith("Title ")]


def least_said(error: UsageError) -> int:
    """Return the bytes that cover and contents take, by the error that says so."""
    return int("".join(filter(str.isdecimal, error.cause.partition("bytes")[0])))


def check(archive: Archive, share: float, folder: Path, *, cover: bool) -> Report | None:
    whole, _ = make(archive, folder, draw_cover=cover)
    limit = max(1, int(whole.books[0].size * share))

    try:
        report, _ = make(archive, folder, limit, draw_cover=cover)
    except UsageError as error:
        least = least_said(error)
        report = None
    if report is None:
        assert least > limit
        return None

    assert {str(book.path) for book in report.books if book.size > limit} == named(report)
    assert titles(report) == [f"Title {number}" for number in range(len(archive.articles))]
    made = [book.path.read_bytes() for book in report.books]
    again, _ = make(archive, folder, limit, draw_cover=cover, cache=None)
    assert [book.path.read_bytes() for book in again.books] == made
    assert again.issues == report.issues
    return report


@pytest.mark.slow
def test_volumes_hold_every_article_once_in_order_and_are_the_same_from_nothing(tmp_path: Path) -> None:
    archive = Archive(((900, (0, 1)), (2500, ()), (300, (1,)), (40, (0,)), (700, ()), (1200, (1,))), (500, 300))

    report = check(archive, 0.4, tmp_path, cover=False)

    assert report
    assert len(report.books) > 2


@pytest.mark.slow
@settings(max_examples=effort(8), suppress_health_check=[HealthCheck.too_slow])
@given(archive=archives(), share=st.floats(0.02, 1.1), cover=st.booleans())
def test_each_volume_is_valid_and_keeps_within_any_limit_or_is_named(
    tmp_path_factory: pytest.TempPathFactory, assert_clean: AssertClean, archive: Archive, share: float, *, cover: bool
) -> None:
    report = check(archive, share, tmp_path_factory.mktemp("sizes"), cover=cover)

    if report:
        assert_clean(*(book.path for book in report.books))


@pytest.mark.slow
def test_volumes_are_well_filled(tmp_path: Path) -> None:
    archive = Archive(tuple((600 + 100 * (n % 7), (n % 4,)) for n in range(100)), (120, 120, 120, 120))
    whole, _ = make(archive, tmp_path, draw_cover=True)
    limit = whole.books[0].size // 2

    report, _ = make(archive, tmp_path, limit, image_quality=60, draw_cover=True)

    *full, _ = report.books
    assert len(full) > 1
    assert all(0.85 * limit <= book.size <= limit for book in full)
    assert all(book.pictures == 4 for book in full)  # once in each, though twenty articles show them


def test_an_article_that_alone_is_larger_than_the_limit_is_named(tmp_path: Path) -> None:
    archive = Archive(((100, ()), (5000, ()), (100, ())))

    report, _ = make(archive, tmp_path, 15_000)

    assert [book.articles for book in report.books] == [1, 1, 1]
    [issue] = [issue for issue in report.issues if issue.code == "size-exceeded"]
    assert issue.where == str(report.books[1].path)
    size = f"{report.books[1].size:,} bytes are more than the 15,000 of --max-size"
    assert issue.message.startswith(f"{size}: its only article, {report.articles[1].source}, takes ")
    assert f"note: {issue.where}: {issue.message}" in summary(report)


@pytest.mark.parametrize("cover", [False, True])
def test_a_limit_below_what_cover_and_contents_take_is_wrong_usage_and_says_how_much_that_is(
    tmp_path: Path, *, cover: bool
) -> None:
    archive = Archive(((3000, ()),) * 3)  # more bytes than the covers of volumes differ by
    with pytest.raises(UsageError) as caught:
        make(archive, tmp_path, 4000, draw_cover=cover)

    what = "cover, contents and other pages" if cover else "contents and other pages"
    assert caught.value.cause.startswith(f"{what} alone take ")
    assert caught.value.advice == ("give more, or --no-cover" if cover else "give more")
    assert not list(tmp_path.glob("*.epub"))

    least = least_said(caught.value)
    assert len(make(archive, tmp_path, least + 20_000, draw_cover=cover)[0].books) == 3
    with pytest.raises(UsageError):
        make(archive, tmp_path, least - 1, draw_cover=cover)


@pytest.mark.slow
def test_no_settings_are_tried_twice_and_no_try_goes_on_beyond_the_limit(tmp_path: Path) -> None:
    archive = Archive(tuple((100, (n,)) for n in range(20)), (1000,) * 20)
    whole, _ = make(archive, tmp_path, image_quality=60)
    limit = whole.books[0].size // 3

    report, begun = make(archive, tmp_path, limit, image_quality=60)

    # Two tries are given up, the third weighs the book, which is then cut.
    volumes = [book.articles for book in report.books]
    first, second, *others = begun
    assert 0 < first <= second < 20
    assert others == [20, *volumes]


def test_texts_that_are_too_large_without_pictures_are_tried_once(tmp_path: Path) -> None:
    archive = Archive(tuple((500, ()) for _ in range(20)))
    whole, _ = make(archive, tmp_path)

    report, begun = make(archive, tmp_path, whole.books[0].size // 3)

    assert begun[1:] == [20, *(book.articles for book in report.books)]
    assert [issue.code for issue in report.issues] == ["size-volumes"]


def test_the_cover_is_lowered_with_the_pictures(tmp_path: Path) -> None:
    archive = Archive(((100, (0,)),), (1000,))
    whole, _ = make(archive, tmp_path, draw_cover=True)

    report, _ = make(archive, tmp_path, whole.books[0].size * 3 // 4, draw_cover=True)

    assert [issue.code for issue in report.issues] == ["size-lowered"]


def test_volumes_that_were_ten_or_more_sort_by_their_names(tmp_path: Path) -> None:
    report, _ = make(Archive(tuple((500, ()) for _ in range(12))), tmp_path, 10_000, output=tmp_path / "v-{n}.epub")

    names = [book.path.name for book in report.books]
    assert names == [f"v-{number:02}.epub" for number in range(1, 13)]
    assert sorted(path.name for path in tmp_path.glob("*.epub")) == names
    assert all(earlier.path.name < later.path.name for earlier, later in pairwise(report.books))
