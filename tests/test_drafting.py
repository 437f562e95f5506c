"""Drafts come in order and are the same, whoever makes them and whatever becomes of the helpers."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from archives import write_archive
from processes import Children

from epubmaker.chapters.draft import draft
from epubmaker.collector.scan import parse, scan
from epubmaker.drafting import drafted
from epubmaker.helpers import Helpers
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


def test_a_few_articles_start_no_process(entries: tuple[Entry, ...], children: Children) -> None:
    with Helpers(2) as helpers:
        list(islice(helpers.drafts(entries[:200], drafted), 100))

        assert children() == []


def test_articles_with_pictures_start_no_process(tmp_path: Path, children: Children) -> None:
    write_archive(tmp_path, MANY, "http://127.0.0.1")
    with Helpers(2) as helpers:
        list(islice(helpers.drafts(scan([tmp_path]).entries, drafted), 100))

        assert children() == []


def test_helpers_end_when_nobody_wants_more(entries: tuple[Entry, ...], children: Children) -> None:
    with Helpers(2) as helpers:
        list(islice(helpers.drafts(entries, drafted), 60))
        assert len(children()) == 1

    assert children() == []
