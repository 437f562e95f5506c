"""The device profiles: what a picture must be like for each family of readers.

The table is the data.  A picture is fitted into the box, never enlarged; what is larger than the box gains nothing on
that screen.  Formats are not in the table: baseline sRGB JPEG and opaque 8-bit PNG are shown by all of them, and nothing
else is.

Sources of the boxes (portrait pixels of the screens):
    Kindle, Kobo, reMarkable    the profiles of Kindle Comic Converter, image.py; Kobo's and Amazon's own pages
    PocketBook                  300 dpi models as in KOReader's device table; pixels as in the vendor's data sheets
    BOOX, Tolino                the vendors' data sheets
    tablet                      iPad Pro 12.9": 2048 x 2732, which is also Apple's limit of 5.6 megapixels a picture
Bytes: 5 MB a picture is Amazon's limit (KDP); no other is lower.
Grey: no profile asks for it.  Most families have colour models by now, a grey screen shows a colour file as well as a grey
one, and a book is read on the phone too; `--grayscale` is there for who wants smaller files.
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
        # As large as any 6 to 8 inch screen; Send to Kindle scales down to 1920 in any case.
        Device("generic", "any reader or app", 1440, 1920),
        # Kindle 11: 1072 x 1448; Paperwhite 5: 1236 x 1648; Paperwhite 6, Colorsoft: 1272 x 1696; Oasis: 1264 x 1680.
        Device("kindle", "Kindle Paperwhite, Kindle, Colorsoft (6-7 inch)", 1272, 1696),
        # Scribe 1 and 2; of 2025 on: 1986 x 2648, which scales this by 1.07.
        Device("kindle-scribe", "Kindle Scribe (10 inch)", 1860, 2480),
        Device("kobo-6", "Kobo Clara, Nia (6 inch)", 1072, 1448),
        Device("kobo-7", "Kobo Libra (7 inch)", 1264, 1680),
        Device("kobo-8", "Kobo Sage, Forma (8 inch)", 1440, 1920),
        Device("kobo-10", "Kobo Elipsa (10 inch)", 1404, 1872),
        Device("pocketbook-6", "PocketBook Verse Pro, Color, Touch HD (6 inch)", 1072, 1448),
        Device("pocketbook-7", "PocketBook Era (7 inch)", 1264, 1680),
        Device("pocketbook-10", "PocketBook InkPad 4, Color 3, Lite (8-10 inch)", 1404, 1872),
        Device("tolino-6", "Tolino Shine, Page (6 inch)", 1072, 1448),
        Device("tolino-7", "Tolino Vision (7 inch)", 1264, 1680),
        Device("tolino-8", "Tolino Epos (8 inch)", 1440, 1920),
        Device("boox-palma", "BOOX Palma (phone-sized)", 824, 1648),
        Device("boox-7", "BOOX Page, Go 7, Leaf (7 inch)", 1264, 1680),
        Device("boox-10", "BOOX Note, Go 10.3, Tab (10 inch)", 1860, 2480),
        Device("remarkable", "reMarkable 1 and 2 (10 inch)", 1404, 1872),
        Device("remarkable-pro", "reMarkable Paper Pro (12 inch)", 1620, 2160),
        Device("remarkable-move", "reMarkable Paper Pro Move (7 inch)", 954, 1696),
        Device("tablet", "iPad and other tablets", 2048, 2732),
    )
}
