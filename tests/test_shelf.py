from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from epubmaker.shelf import Shelf

ANY = st.text(st.characters())  # lone surrogates too: an address may hold one


@given(st.lists(st.tuples(ANY, st.integers() | ANY)))
def test_it_holds_what_a_dictionary_would(items: list[tuple[str, int | str]]) -> None:
    with closing(Shelf[int | str]()) as shelf:
        for name, value in items:
            shelf.put(name, value)
        for name, value in dict(items).items():
            assert name in shelf
            assert shelf.get(name) == value
        assert "no such name" not in shelf
        assert shelf.get("no such name") is None


def test_values_come_in_the_order_in_which_they_were_put_there() -> None:
    with closing(Shelf[int]()) as shelf:
        for number in range(3000):
            shelf.put(f"{number * 7919 % 3000}", number)
        assert list(shelf.values()) == list(range(3000))


def test_of_what_is_larger_than_its_memory_nothing_is_lost() -> None:
    with closing(Shelf[bytes]()) as shelf:
        for number in range(100):
            shelf.put(str(number), bytes([number]) * 100_000)
        assert list(shelf.values()) == [bytes([number]) * 100_000 for number in range(100)]
