"""The keys of the cache: the same in every process, and different whenever the book may be different."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from archives import write_archive
from checkout import ROOT
from settings import SETTINGS

from epubmaker.collector.scan import scan
from epubmaker.collector.select import select
from epubmaker.devices import DEVICES
from epubmaker.options import Options
from epubmaker.order import Order
from epubmaker.reuse.books import IRRELEVANT_TO_BYTES, book_key
from epubmaker.reuse.fingerprints import key_of

SUPPORT = ROOT / "tests" / "support"


def python(code: str, *arguments: str | Path, path: Path = SUPPORT, **environment: str) -> str:
    """Run a program in another process, with `path` first in `sys.path`; return what it prints."""
    command = [sys.executable, "-P", "-c", code, *map(str, arguments)]
    places = [path, Path(__file__).parent, SUPPORT]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places)), **environment}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=variables).stdout


def print_keys(folder: Path) -> None:
    """Print the key of a book for each device, and with each other option set, as JSON."""
    entries = scan((folder / "in",)).entries
    plain = Options((folder / "in",))
    named = {"css": (folder / "extra.css",), "cover": folder / "cover.png", "draw_cover": False}
    named |= {"max_size": 5_000_000, "new": True, "series_index": 3.5, "split_by": "month"}
    orders = {f"--device {device.name}": replace(plain, device=device) for device in DEVICES.values()}
    for name, value in {**SETTINGS, **named}.items():
        if name != "device":
            orders[name] = replace(plain, **{name: value})
    found = {}
    for name, options in orders.items():
        order = Order(options, select(entries, options), "A title", folder / "book.epub")
        found[name] = book_key(order, ["ab", "cd"], "")
    print(json.dumps(found))


def test_every_device_and_every_option_gives_a_key_of_its_own_that_is_the_same_in_every_process(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 2)
    for name in ("extra.css", "cover.png"):
        (tmp_path / name).write_text(name)

    code = "import sys; from pathlib import Path; from test_keys import print_keys; print_keys(Path(sys.argv[1]))"
    first, other = (json.loads(python(code, tmp_path, PYTHONHASHSEED=seed)) for seed in "12")

    assert other == first
    options = {option.name for option in fields(Options)} - {"device", "network", *IRRELEVANT_TO_BYTES}
    assert set(first) == options | {f"--device {name}" for name in DEVICES}, "tests/support/settings.py has the values"
    assert len(set(first.values())) == len(first)


def test_a_key_needs_values_of_known_kinds() -> None:
    assert (
        key_of(frozenset("abc"), Path("a")) == key_of(frozenset("cba"), Path("a")) != key_of(frozenset("ab"), Path("a"))
    )
    with pytest.raises(TypeError, match="object"):
        key_of(object())


@pytest.mark.parametrize(
    ("distribution", "counts"),
    [
        ("selectolax", True),
        ("Beautiful_Soup-4", False),
        ("beautifulsoup4", True),
        ("soupsieve", True),  # what Beautiful Soup uses
        ("PySocks", True),  # what Requests uses for SOCKS proxies
        ("pillow_heif", True),  # an extra of ours
        ("pytest", False),  # what tests of ours use
        ("unrelated", False),
    ],
)
def test_another_version_of_a_distribution_counts_where_a_book_may_depend_on_it(
    tmp_path: Path, distribution: str, *, counts: bool
) -> None:
    code = "from epubmaker.reuse.fingerprints import program_fingerprint as f; print(f())"
    found = []
    for version in ("99.1", "99.2"):
        folder = tmp_path / version / f"{distribution}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {distribution}\nVersion: {version}\n\nRead me.\n"
        )
        found.append(python(code, path=folder.parent))

    assert (found[0] != found[1]) is counts


def test_another_table_of_ours_makes_another_program(tmp_path: Path) -> None:
    package = shutil.copytree(ROOT / "epubmaker", tmp_path / "epubmaker", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "import sys; from epubmaker.reuse.fingerprints import program_fingerprint as f; seen = [f()]\n"
        "for name in sys.argv[1:]:\n"
        "    open(name, 'a').write('# '); f.cache_clear(); seen.append(f())\n"
        "print(len(set(seen)))"
    )
    tables = [path for path in package.rglob("*") if path.suffix in {".toml", ".txt"}]

    assert len(tables) > 1
    assert int(python(code, *tables, path=tmp_path)) == len(tables) + 1
