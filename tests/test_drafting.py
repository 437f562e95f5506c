"""Drafts come in order and are the same, whoever makes them and whatever becomes of the helpers."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import psutil
import pytest
from archives import write_archive

from epubmaker.chapters.draft import draft
from epubmaker.collector.scan import parse, scan
from epubmaker.drafting import drafts
from epubmaker.model import Draft, Entry

MANY = 400


@pytest.fixture(name="entries", scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Entry, ...]:
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder, MANY)
    return scan([folder]).entries


@pytest.fixture(name="expected", scope="module")
def drafts_one_by_one(entries: tuple[Entry, ...]) -> list[Draft]:
    return [draft(parse(entry)) for entry in entries]


def helpers() -> list[psutil.Process]:
    return psutil.Process().children()


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_drafts_are_the_same_in_the_same_order_with_any_number_of_jobs(
    entries: tuple[Entry, ...], expected: list[Draft], jobs: int
) -> None:
    assert list(drafts(entries, jobs)) == expected
    assert helpers() == []


def test_a_helper_that_is_killed_costs_no_draft(entries: tuple[Entry, ...], expected: list[Draft]) -> None:
    coming = drafts(entries, 2)
    found = list(islice(coming, 100))
    (helper,) = helpers()

    helper.kill()

    assert [*found, *coming] == expected


def test_a_few_articles_start_no_process(entries: tuple[Entry, ...]) -> None:
    coming = drafts(entries[:200], 2)

    list(islice(coming, 100))

    assert helpers() == []
    coming.close()


def test_articles_with_pictures_start_no_process(tmp_path: Path) -> None:
    write_archive(tmp_path, MANY, "http://127.0.0.1")
    coming = drafts(scan([tmp_path]).entries, 2)

    list(islice(coming, 100))

    assert helpers() == []


def test_helpers_end_when_nobody_wants_more(entries: tuple[Entry, ...]) -> None:
    coming = drafts(entries, 2)
    list(islice(coming, 60))
    assert len(helpers()) == 1

    coming.close()

    assert helpers() == []
