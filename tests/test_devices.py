import re

from epubmaker.devices import DEVICES


def test_every_device_is_found_by_its_own_name() -> None:
    assert all(name == device.name for name, device in DEVICES.items())


def test_names_can_be_typed() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)?", name) for name in DEVICES)


def test_every_family_is_there() -> None:
    families = {name.split("-")[0] for name in DEVICES}
    assert {"generic", "kindle", "kobo", "pocketbook", "boox", "remarkable", "tolino", "tablet"} == families


def test_boxes_are_upright_screens_within_every_reader_s_limits() -> None:
    for device in DEVICES.values():
        assert 800 <= device.width < device.height
        assert device.width * device.height <= 5_600_000, "Apple's limit of pixels in a picture"
        assert device.max_bytes <= 5_000_000, "Amazon's limit of bytes in a picture"
