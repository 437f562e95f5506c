from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from epubmaker.config import PictureSettings
from epubmaker.model.articles import Entry, Group, Plan
from epubmaker.volumes import cut, steps


def plan(*groups: int) -> Plan:
    """Return a plan with groups of so many articles."""
    numbers = iter(range(sum(groups)))
    return Plan(
        tuple(
            Group(
                f"g{index}",
                tuple(Entry("a", Path(), "a", n, f"k{n}", f"T{n}") for n in islice(numbers, count)),
            )
            for index, count in enumerate(groups)
        ),
        "day",
    )


def keys(volumes: tuple[Plan, ...]) -> list[list[list[str]]]:
    return [[[entry.key for entry in group.entries] for group in volume.groups] for volume in volumes]


def test_volumes_end_with_a_group() -> None:
    sizes = {f"k{number}": 100 for number in range(6)}

    assert keys(cut(plan(2, 2, 2), sizes, around=0, limit=500)) == [
        [["k0", "k1"], ["k2", "k3"]],
        [["k4", "k5"]],
    ]


def test_a_group_that_no_volume_can_hold_is_cut_between_articles() -> None:
    sizes = {f"k{number}": 100 for number in range(5)}

    assert keys(cut(plan(5), sizes, around=50, limit=300)) == [[["k0", "k1"]], [["k2", "k3"]], [["k4"]]]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_no_article_is_lost_moved_or_repeated_and_no_volume_is_too_large_that_could_be_smaller(
    groups: list[int], data: st.DataObject
) -> None:
    whole = plan(*groups)
    sizes = {entry.key: data.draw(st.integers(1, 400)) for entry in whole.entries}

    volumes = cut(whole, sizes, around=10, limit=500)

    assert [entry for volume in volumes for entry in volume.entries] == list(whole.entries)
    for volume in volumes:
        size = sum(sizes[entry.key] for entry in volume.entries)
        assert volume.entries
        assert size <= 490 or len(volume.entries) == 1


def test_each_step_makes_smaller_pictures_and_the_first_is_what_was_asked_for() -> None:
    asked = PictureSettings(1000, 2000, quality=68)

    found = list(steps(asked))

    assert found[0] == asked
    assert all(later.width <= earlier.width for earlier, later in pairwise(found))
    assert [step.quality for step in found] == [68, 68, 65, 60]
