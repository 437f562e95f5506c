import subprocess
import sys
from contextlib import closing

import pytest
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


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_an_error_of_one_line_and_no_loss_that_nobody_sees() -> None:
    program = """
import resource
from epubmaker.errors import OutputError
from epubmaker.shelf import Shelf
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
shelf = Shelf()
try:
    for number in range(100):
        shelf.put(str(number), bytes(100_000))
    print("no error")
except OutputError as error:
    print(error)
shelf.close()
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert answer.startswith("temporary files: ")
    assert answer.endswith("; set TMPDIR to a folder with room for them\n")
