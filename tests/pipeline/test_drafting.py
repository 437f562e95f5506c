"""Drafts come in order and are the same, whoever makes them and whatever becomes of the helpers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

import pytest
from archives import write_archive, write_article
from processes import Children

from epubmaker.chapters.draft import draft
from epubmaker.collector.scan import parse, scan
from epubmaker.model.articles import Entry
from epubmaker.model.chapters import Chapter, Draft, PackedChapter
from epubmaker.model.pictures import FetchFailed, PictureRequest, PictureResult
from epubmaker.pipeline.batches import MOST_AHEAD, Batch, Line, work
from epubmaker.pipeline.chapters import Means, production
from epubmaker.pipeline.draft_worker import drafted
from epubmaker.pipeline.drafting import Helpers
from epubmaker.pipeline.ledger import Ledger

MANY = 400
MEGABYTE = 1_000_000


def write_long(path: Path, size: int, picture: str = "") -> Path:
    """Write an article most of which is a comment: long to read, quick to draft."""
    return write_article(path, body=f"{picture}<p>Text {path.stem}.</p><!--{'x' * size}-->")


def long_ones(folder: Path, sizes: Sequence[int], picture: str = "") -> tuple[Entry, ...]:
    """Write an article of each size."""
    for number, size in enumerate(sizes):
        write_long(folder / f"{number}.txt", size, picture)
    return scan([folder]).entries


@pytest.fixture(name="entries", scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Entry, ...]:
    """Return short articles, and after each fifty of them a long one."""
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder, MANY)
    for number in range(50, MANY, 50):
        write_long(folder / f"{number}.txt", 300_000)
    return scan([folder]).entries


@pytest.fixture(name="expected", scope="module")
def drafts_one_by_one(entries: tuple[Entry, ...]) -> list[Draft]:
    return [draft(parse(entry)) for entry in entries]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_drafts_are_the_same_in_the_same_order_with_any_number_of_jobs(
    entries: tuple[Entry, ...], expected: list[Draft], jobs: int, children: Children
) -> None:
    with Helpers(jobs) as helpers:
        assert list(helpers.drafts(entries, drafted)) == expected
    assert children() == []


def test_what_was_begun_early_is_used_for_the_same_articles_and_for_no_others(
    entries: tuple[Entry, ...], expected: list[Draft]
) -> None:
    with Helpers(2) as helpers:
        assert helpers.look(entries)
        helpers.begin(entries)
        assert list(helpers.drafts(list(entries), drafted)) == expected
        helpers.begin(entries)
        assert list(helpers.drafts(entries[10:], drafted)) == expected[10:]
        assert list(helpers.drafts(entries, drafted)) == expected


def test_a_helper_that_is_killed_costs_no_draft(
    entries: tuple[Entry, ...], expected: list[Draft], children: Children
) -> None:
    with Helpers(2) as helpers:
        coming = helpers.drafts(entries, drafted)
        found = list(islice(coming, 100))
        (helper,) = children()

        helper.kill()

        assert [*found, *coming] == expected


def test_a_few_short_articles_start_no_process(entries: tuple[Entry, ...], children: Children) -> None:
    with Helpers(2) as helpers:
        list(islice(helpers.drafts(entries[:200], drafted), 100))

        assert children() == []


def test_a_few_long_articles_start_processes(tmp_path: Path, children: Children) -> None:
    with Helpers(2) as helpers:
        next(helpers.drafts(long_ones(tmp_path, [MEGABYTE] * 4), drafted))

        assert len(children()) == 1


def test_articles_with_pictures_start_no_process(tmp_path: Path, children: Children) -> None:
    write_archive(tmp_path, 1000, "http://127.0.0.1")
    with Helpers(2) as helpers:
        list(islice(helpers.drafts(scan([tmp_path]).entries, drafted), 100))

        assert children() == []


def test_long_articles_with_a_picture_each_start_processes(tmp_path: Path, children: Children) -> None:
    entries = long_ones(tmp_path, [MEGABYTE] * 4, '<img src="http://127.0.0.1/a.jpg">')
    with Helpers(2) as helpers:
        next(helpers.drafts(entries, drafted))

        assert len(children()) == 1


def test_helpers_end_when_nobody_wants_more(entries: tuple[Entry, ...], children: Children) -> None:
    with Helpers(2) as helpers:
        list(islice(helpers.drafts(entries, drafted), 60))
        assert len(children()) == 1

    assert children() == []


class Helper:
    """Takes batches and drafts none of them."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def __call__(self, batch: Batch) -> Future[list[Draft]]:
        self.batches.append(batch)
        return Future()

    @property
    def bytes(self) -> int:
        return sum(work(entry) for batch in self.batches for entry in batch)


def test_no_more_bytes_are_drafted_ahead_than_may_be(tmp_path: Path) -> None:
    helper = Helper()
    line = Line(long_ones(tmp_path, [3 * MEGABYTE] * 5), helper, processes=2)

    assert line.fill()
    assert MOST_AHEAD - 3.1 * MEGABYTE < helper.bytes <= MOST_AHEAD

    assert line.draft_one(drafted)
    line.take()
    assert line.fill()
    assert MOST_AHEAD < helper.bytes <= MOST_AHEAD + 3.1 * MEGABYTE


def test_an_article_larger_than_that_is_alone_and_drafted_here(tmp_path: Path) -> None:
    entries = long_ones(tmp_path, [100, 9 * MEGABYTE, 100])
    helper = Helper()
    line = Line(entries, helper, processes=2)
    drafts: list[Draft] = []

    while line.fill():
        assert len(helper.batches) <= len(drafts) + 1
        assert line.draft_one(drafted)
        drafts += line.take()[1]

    assert helper.batches == [entries[:1], entries[2:]]
    assert drafts == [drafted(entry) for entry in entries]


def test_an_article_that_is_gone_is_no_obstacle(tmp_path: Path) -> None:
    entries = long_ones(tmp_path, [MEGABYTE] * 5)
    Path(entries[3].path).unlink()
    with Helpers(2) as helpers:
        drafts = list(helpers.drafts(entries, drafted))

    assert [[issue.code for issue in each.issues] for each in drafts] == [[], [], [], ["article-unreadable"], []]


def test_long_articles_are_not_all_held_until_the_first_is_finished(tmp_path: Path) -> None:
    entries = long_ones(tmp_path, [6 * MEGABYTE] * 5, '<img src="http://127.0.0.1/a.jpg">')
    asked: list[PictureRequest] = []

    def gather(request: PictureRequest) -> Future[PictureResult]:
        asked.append(request)
        future: Future[PictureResult] = Future()
        future.set_result(FetchFailed("http://127.0.0.1/a.jpg", "picture-missing", "not there"))
        return future

    def pack(chapter: Chapter) -> PackedChapter:
        return PackedChapter(chapter.entry, chapter.language, ())

    with Helpers(1) as helpers:
        means = Means(lambda: nullcontext(gather), helpers)
        made = production(entries, means, pack, Ledger())

        assert next(made).chapter.entry == entries[0]
        assert len(asked) == 3
        assert [each.chapter.entry for each in made] == list(entries[1:])
