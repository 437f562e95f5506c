from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.model.articles import Entry, Group, Location, Plan
from epubmaker.model.chapters import Weight
from epubmaker.options import PictureSettings
from epubmaker.pipeline.volumes import Frame, cut, steps


def plan(*groups: int) -> Plan:
    """Return a plan with groups of these numbers of articles."""
    numbers = iter(range(sum(groups)))
    return Plan(
        tuple(
            Group(
                (f"g{index}",),
                tuple(Entry("a", Location(""), "a", n, f"k{n}", f"T{n}") for n in islice(numbers, count)),
            )
            for index, count in enumerate(groups)
        ),
        ("day",),
    )


def keys(volumes: tuple[Plan, ...]) -> list[list[list[str]]]:
    return [[[entry.key for entry in group.entries] for group in volume.groups] for volume in volumes]


def weights(*sizes: int) -> list[Weight]:
    return [Weight(size, {}) for size in sizes]


def test_a_volume_ends_with_a_group_where_it_is_well_filled_then() -> None:
    assert keys(cut(plan(2, 2, 2), weights(*[100] * 6), Frame(), limit=450)) == [
        [["k0", "k1"], ["k2", "k3"]],
        [["k4", "k5"]],
    ]
    assert keys(cut(plan(2, 2, 2), weights(*[100] * 6), Frame(), limit=500)) == [
        [["k0", "k1"], ["k2", "k3"], ["k4"]],
        [["k5"]],
    ]


def test_the_frame_of_a_volume_counts_against_the_limit() -> None:
    assert keys(cut(plan(5), weights(*[100] * 5), Frame(50, 10.0), limit=300)) == [
        [["k0", "k1"]],
        [["k2", "k3"]],
        [["k4"]],
    ]


def test_a_picture_is_counted_once_in_each_volume() -> None:
    shared = [Weight(10, {"a": 100}) for _ in range(20)]

    assert [len(volume.entries) for volume in cut(plan(20), shared, Frame(), limit=200)] == [10, 10]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_no_article_is_lost_moved_or_repeated_and_no_volume_is_too_large_that_could_be_smaller(
    groups: list[int], data: st.DataObject
) -> None:
    whole = plan(*groups)
    pictures = st.dictionaries(st.sampled_from("abc"), st.just(150), max_size=3)
    known = {entry: Weight(data.draw(st.integers(1, 400)), data.draw(pictures)) for entry in whole.entries}

    volumes = cut(whole, list(known.values()), Frame(10, 2.0), limit=500)

    assert [entry for volume in volumes for entry in volume.entries] == list(whole.entries)
    for volume, following in zip_longest(volumes, volumes[1:]):
        assert len(volume.entries) > 0
        assert _size(volume.entries, known) <= 500 or len(volume.entries) == 1
        if following:  # it is well filled, or the next article would not fit
            more = (*volume.entries, following.entries[0])
            assert _size(volume.entries, known) >= 0.85 * 500 or _size(more, known) > 500


def _size(entries: Sequence[Entry], known: dict[Entry, Weight]) -> int:
    pictures = {name: size for entry in entries for name, size in known[entry].pictures.items()}
    return 10 + sum(2 + known[entry].documents for entry in entries) + sum(pictures.values())


@pytest.mark.parametrize(
    ("quality", "qualities"), [(None, [None, 70, 65, 60]), (68, [68, 65, 60]), (60, [60, 60, 60]), (5, [5, 5, 5])]
)
def test_each_step_makes_smaller_pictures_and_the_first_is_what_was_asked_for(
    quality: int | None, qualities: list[int | None]
) -> None:
    asked = PictureSettings(1000, 2000, quality=quality)

    found = list(steps(asked))

    assert found[0] == asked
    assert len(set(found)) == len(found)
    assert all(later.width <= earlier.width for earlier, later in pairwise(found))
    assert [step.quality for step in found] == qualities
