import re

from checkout import ROOT

from epubmaker.devices import DEVICES, RENDITIONS, device_lines

DOCS = (ROOT / "docs" / "devices.md").read_text(encoding="utf-8")


def test_every_device_is_found_by_its_own_name() -> None:
    assert all(name == device.name for name, device in DEVICES.items())


def test_names_can_be_typed() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)?", name) for name in DEVICES)


def test_every_family_is_there() -> None:
    families = {name.split("-")[0] for name in DEVICES}
    assert {
        "generic",
        "kindle",
        "kobo",
        "pocketbook",
        "boox",
        "remarkable",
        "tolino",
        "ade",
        "apple",
        "tablet",
    } <= families


def test_boxes_are_upright_screens_within_every_reader_s_limits() -> None:
    for device in DEVICES.values():
        assert 758 <= device.width < device.height
        assert device.width * device.height <= 5_600_000, "Apple's limit of pixels in a picture"
        assert device.max_bytes <= 5_000_000, "Amazon's limit of bytes in a picture"


def test_every_device_is_made_a_book_for_in_a_form_that_is_listed() -> None:
    assert {device.rendition.name for device in DEVICES.values()} == set(RENDITIONS)
    assert all(name == form.name for name, form in RENDITIONS.items())


def test_the_list_shows_every_device_and_what_its_rendition_needs() -> None:
    shown = list(device_lines())

    for device in DEVICES.values():
        assert any(line.startswith(f"{device.name} ") and f" {device.rendition.name} " in line for line in shown)
    for rendition in RENDITIONS.values():
        start = shown.index(f"{rendition.name}: {rendition.title}")
        lines = list(rendition.lines())
        assert shown[start + 1 : start + 1 + len(lines)] == [f"  - {line}" for line in lines]
        assert (lines == []) is (rendition.name == "plain")


def test_the_documentation_names_every_device_and_every_quirk() -> None:
    assert all(f"`{name}`" in DOCS for name in (*DEVICES, *RENDITIONS))
    fields = set(RENDITIONS["plain"]._fields) - {"name", "title"}
    assert {field for field in fields if f"`{field}`" not in DOCS} == set()
