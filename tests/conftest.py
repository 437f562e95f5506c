from __future__ import annotations

import gc
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import closing

import commandline
import pytest
from cleanbooks import AssertClean
from hypothesis import settings
from processes import Children

os.environ["TZ"] = "UTC"  # the days of a book are those of the system's time zone
# Without bytecode, each of the hundreds of processes that tests start would compile the program again, and take three times
# as long.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples in every run, so that a run fails only by a change. HYPOTHESIS_PROFILE=explore tries others, here and
# in the tests that choose by the fixture `seed`.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=40)
settings.register_profile("explore", deadline=None, max_examples=2000)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "steady")
settings.load_profile(PROFILE)


def pytest_collection_finish() -> None:
    # Hypothesis tries the constants of the modules that are there: which ones must not hang on the tests before.
    commandline.import_all()
    # The garbage collector need not look through pytest's objects of 2,000 tests: this saves a tenth of the CPU
    # time of the tests that make many objects.
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected files of the golden books")
    parser.addoption("--without-epubcheck", action="store_true", help="leave out what EPUBCheck says of books")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--without-epubcheck"):
        checked = {
            item
            for item in items
            if "assert_clean" in getattr(item, "fixturenames", ()) and "check" not in item.path.parts
        }
        config.hook.pytest_deselected(items=checked)
        items[:] = [item for item in items if item not in checked]


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def seed() -> int:
    """The seed of a test's random choices: EPUBMAKER_SEED, or 0; where a run explores, another one for each test."""
    chosen = int(os.environ.get("EPUBMAKER_SEED") or (secrets.randbits(32) if PROFILE == "explore" else 0))
    print(f"EPUBMAKER_SEED={chosen}")
    return chosen


@pytest.fixture(scope="session")
def assert_clean() -> Iterator[AssertClean]:
    """`assert_clean(book)`: EPUBCheck has no message about the book."""
    with closing(AssertClean()) as assertion:
        yield assertion


@pytest.fixture
def children() -> Children:
    """`children()`: the processes that the test has started and that still run."""
    return Children()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request leaves the machine: they all go to a proxy that is not there."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
