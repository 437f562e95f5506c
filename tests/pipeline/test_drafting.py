"""Drafts come in order and are the same in any number of processes, even if some of these die."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import pytest
from archives import write_archive, write_article
from processes import Children

from epubmaker.chapters.draft import draft
from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.model.articles import Entry, Group, Plan
from epubmaker.model.chapters import Draft
from epubmaker.model.pictures import FetchFailed, PictureRequest, PictureResult
from epubmaker.options import Options, PictureSettings
from epubmaker.order import Order
from epubmaker.pipeline.chapters import chapters
from epubmaker.pipeline.drafting import MOST_AHEAD, Drafting, drafts_in_order, work
from epubmaker.pipeline.pictures import Gather, Pictures
from epubmaker.pipeline.session import Session

MANY = 160
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
    """Return short articles, and after each ten of them a long one."""
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder, MANY)
    for number in range(10, MANY, 10):
        write_long(folder / f"{number}.txt", 300_000)
    return scan([folder]).entries


@pytest.fixture(name="expected", scope="module")
def drafts_one_by_one(entries: tuple[Entry, ...]) -> list[Draft]:
    return [draft(parse(entry)) for entry in entries]


@pytest.mark.parametrize("jobs", [1, 3])
def test_drafts_are_the_same_in_the_same_order_with_any_number_of_jobs(
    entries: tuple[Entry, ...], expected: list[Draft], jobs: int, children: Children
) -> None:
    with Drafting(jobs) as drafting:
        assert list(drafting.drafts(entries)) == expected
    assert children() == []


def test_a_child_process_that_is_killed_costs_no_draft(
    entries: tuple[Entry, ...], expected: list[Draft], children: Children
) -> None:
    with Drafting(2) as drafting:
        coming = drafting.drafts(entries)
        found = list(islice(coming, 40))
        (child,) = children()

        child.kill()

        assert [*found, *coming] == expected


def test_a_few_short_articles_start_no_process(entries: tuple[Entry, ...], children: Children) -> None:
    with Drafting(2) as drafting:
        list(islice(drafting.drafts(entries[:80]), 40))

        assert children() == []


def test_a_few_long_articles_start_processes(tmp_path: Path, children: Children) -> None:
    with Drafting(2) as drafting:
        next(drafting.drafts(long_ones(tmp_path, [MEGABYTE] * 4)))

        assert len(children()) == 1


def test_processes_end_with_the_drafting(entries: tuple[Entry, ...], children: Children) -> None:
    with Drafting(2) as drafting:
        list(islice(drafting.drafts(entries), 30))
        assert len(children()) == 1

    assert children() == []


class IdleProcess:
    """Takes batches and drafts none of them."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Entry]] = []

    def submit(self, batch: Sequence[Entry]) -> Future[list[Draft] | None]:
        self.batches.append(batch)
        return Future()

    @property
    def bytes(self) -> int:
        return sum(work(entry) for batch in self.batches for entry in batch)


def test_the_bytes_that_are_drafted_ahead_are_limited(tmp_path: Path) -> None:
    process = IdleProcess()
    drafts = drafts_in_order(long_ones(tmp_path, [3 * MEGABYTE] * 5), process.submit, processes=2)

    next(drafts)
    assert MOST_AHEAD - 3.1 * MEGABYTE < process.bytes <= MOST_AHEAD

    next(drafts)
    assert MOST_AHEAD < process.bytes <= MOST_AHEAD + 3.1 * MEGABYTE


def test_an_article_larger_than_the_limit_is_drafted_alone_and_in_this_process(tmp_path: Path) -> None:
    entries = long_ones(tmp_path, [100, 9 * MEGABYTE, 100])
    process = IdleProcess()
    drafts = drafts_in_order(entries, process.submit, processes=2)

    assert next(drafts) == draft(parse(entries[0]))
    assert process.batches == [entries[:1]]
    assert list(drafts) == [draft(parse(entry)) for entry in entries[1:]]
    assert process.batches == [entries[:1], entries[2:]]


def test_an_article_that_is_gone_has_an_issue_and_the_others_their_drafts(tmp_path: Path) -> None:
    entries = long_ones(tmp_path, [MEGABYTE] * 5)
    Path(entries[3].path).unlink()
    with Drafting(2) as drafting:
        drafts = list(drafting.drafts(entries))

    assert [[issue.code for issue in each.issues] for each in drafts] == [[], [], [], ["article-unreadable"], []]


class PicturesElsewhere(Pictures):
    """Fails for each picture at once, and lists those that were requested."""

    def __init__(self, options: Options) -> None:
        super().__init__(options, ExitStack())
        self.asked: list[PictureRequest] = []

    @contextmanager
    def fit(self, _settings: PictureSettings) -> Iterator[Gather]:
        yield self.gather

    def gather(self, request: PictureRequest) -> Future[PictureResult]:
        self.asked.append(request)
        future: Future[PictureResult] = Future()
        future.set_result(FetchFailed("http://127.0.0.1/a.jpg", "picture-missing", "not there"))
        return future


@pytest.mark.slow
def test_long_articles_are_not_all_held_until_the_first_is_finished(tmp_path: Path) -> None:
    entries = long_ones(tmp_path, [6 * MEGABYTE] * 5, '<img src="http://127.0.0.1/a.jpg">')
    options = Options((tmp_path,), jobs=1)
    pictures = PicturesElsewhere(options)
    order = Order(options, Plan((Group((), entries),)), "A title", tmp_path / "book.epub")

    with Session(options, lambda _: None) as session:
        session.pictures = pictures
        made = chapters(order, session, options.pictures)

        assert next(made).chapter.entry == entries[0]
        assert len(pictures.asked) == 4  # the first, the next, whose language it names, and two ahead
        assert [each.chapter.entry for each in made] == list(entries[1:])
