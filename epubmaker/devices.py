"""The device profiles: what a picture must be like for each family of readers.

The table is the data; sizes are the screens' portrait pixels (KCC's profiles, the vendors' pages and KOReader's device
tables).  A picture is fitted into the box, never enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEVICES", "Device"]


@dataclass(frozen=True, slots=True)
class Device:
    """One family of reading devices.

    `width` and `height` are the box in pixels that a picture is fitted into.  `grey` asks for grey pictures (only where
    colour is wasted for certain).  `max_bytes` bounds one picture file.
    """

    name: str
    title: str
    width: int
    height: int
    grey: bool = False
    max_bytes: int = 5_000_000


DEVICES: dict[str, Device] = {
    device.name: device
    for device in (
        Device("generic", "any reader or app", 1440, 1920),
        Device("kindle", "Kindle Paperwhite, Kindle, Colorsoft (6-7 inch)", 1272, 1696),
        Device("kindle-scribe", "Kindle Scribe (10 inch)", 1860, 2480),
        Device("kobo-6", "Kobo Clara, Nia (6 inch)", 1072, 1448),
        Device("kobo-7", "Kobo Libra (7 inch)", 1264, 1680),
        Device("kobo-10", "Kobo Elipsa (10 inch)", 1404, 1872),
        Device("tablet", "iPad and other tablets", 2048, 2732),
    )
}
