"""The device profiles: what a picture and a book need to be for each family of readers.

The tables are the data; `docs/devices.md` says of each quirk where it is from, and what was tried here. A picture is
fitted into the box, never enlarged; what is larger than the box gains nothing on that screen. Formats are not in the
table: baseline sRGB JPEG and opaque 8-bit PNG are shown by all of them, and nothing else is.

Sources of the boxes (portrait pixels of the screens):
    Kindle, Kobo, reMarkable    the profiles of Kindle Comic Converter, image.py; Kobo's and Amazon's own pages
    PocketBook                  300 dpi models as in KOReader's device table; pixels as in the vendor's data sheets
    BOOX, Tolino                the vendors' data sheets
    apple, tablet               iPad Pro 12.9": 2048 x 2732, which is also Apple's limit of 5.6 megapixels a picture
    ade                         6-inch readers before 300 dpi: 758 x 1024
Pixels on an inch: 300, or as the vendors' data sheets have it; 264 are those of an iPad, 212 of an older 6-inch reader.
Bytes: 5 MB a picture is Amazon's limit (KDP) and Kobo's; no other is lower.
Gray: no profile asks for it. Most families have color models by now, a gray screen shows a color file as well as a gray
one, and a book is read on the phone too; `--grayscale` is there for those who want smaller files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["DEVICES", "RENDITIONS", "Device", "Engine", "Rendition", "SizeLimit", "device_lines"]

Engine: TypeAlias = Literal["any", "adobe", "kindle"]


class SizeLimit(NamedTuple):
    """A size of a book in bytes that the vendor sets; `why` says so, and goes into the issue `book-large`."""

    size: int
    why: str


class Rendition(NamedTuple):
    """What a family of reading systems needs of a book beyond what every book here has.

    `engine` names what shows the book where that is not a browser's engine: CSS that makes it drop the sheet or refuse
    the book is left out of a user's stylesheet. `html5` and `ruby` tell whether it knows the elements of HTML5 as
    blocks, and readings above characters; `mathml`, whether it draws formulas; `modern`, whether it is a browser's
    engine. `kepub`: Kobo's own form suits it or is wrong for it. `cover_height` is that of the drawn cover, which is
    1600 pixels wide. `ascii_name` asks for a file name that any mail server takes. `languages` holds the primary
    subtags that the vendor takes books in; empty: any. `size_limits` are about the book; `document_bytes` is the most
    that the pictures of one document should have.
    """

    name: str
    title: str
    engine: Engine = "any"
    html5: bool = True
    ruby: bool = True
    mathml: bool = True
    modern: bool = False
    kepub: Literal["possible", "better", "wrong"] = "possible"
    cover_height: int = 2560
    ascii_name: bool = False
    languages: frozenset[str] = frozenset()
    size_limits: tuple[SizeLimit, ...] = ()
    document_bytes: int | None = None

    def lines(self) -> Iterator[str]:
        """Yield, for people, a line for each way in which such a book differs from a plain one."""
        told = (
            (self.engine != "any", f"a user's CSS without what {_ENGINES[self.engine]} cannot stand"),
            (not self.html5, "a stylesheet that opens with the elements of HTML5 as blocks"),
            (not self.ruby, "readings of characters in brackets, where their author gave none"),
            (not self.mathml, "formulas as text"),
            (self.modern, "a stylesheet with what browsers' engines know beyond CSS 2.1"),
            (
                self.kepub == "better",
                "Kobo's own form (--kepub), where no --output ends in .epub alone; readings and formulas stay in it",
            ),
            (self.kepub == "wrong", "no --kepub"),
            (self.cover_height != 2560, f"a drawn cover of 1600 x {self.cover_height} pixels, the shape of the screen"),
            (self.ascii_name, "a file name of ASCII characters, unless --output gives another"),
            (bool(self.languages), "a warning for a language that the vendor does not list"),
        )
        yield from (line for holds, line in told if holds)
        for limit in self.size_limits:
            yield f"a warning for a larger book: {limit.why}"
        if self.document_bytes is not None:
            yield f"a warning for a file of an article with more than {self.document_bytes // 1_000_000} MB of pictures"


_ENGINES: dict[Engine, str] = {"any": "no engine", "adobe": "Adobe's engine", "kindle": "Amazon's converter"}

# What Amazon's KDP lists (help page G200673300, September 2022), as ISO 639-1 where there is such a code.
_KINDLE_LANGUAGES = (
    "af ar br ca co cy da de en es eu fi fr frr fy ga gd gl gsw gu gv hi is it ja kw lb ml mr nb nl nn no oc pl pt rm sco "
    "stq sv ta zh"
)

RENDITIONS: dict[str, Rendition] = {
    rendition.name: rendition
    for rendition in (
        Rendition("plain", "EPUB 3 with all that older readers need: NCX, guide, CSS 2.1, files of at most 240 KB"),
        Rendition("modern", "for reading apps with a browser's engine", modern=True),
        Rendition(
            "kindle",
            "for Send to Kindle",
            engine="kindle",
            kepub="wrong",
            ascii_name=True,
            languages=frozenset(_KINDLE_LANGUAGES.split()),
            size_limits=(
                SizeLimit(50_000_000, "Send to Kindle takes at most 50 MB by e-mail"),
                SizeLimit(200_000_000, "Send to Kindle takes at most 200 MB in the browser or the app"),
            ),
        ),
        Rendition(
            "kobo",
            "for Kobo, which shows a plain EPUB by Adobe's engine",
            engine="adobe",
            html5=False,
            ruby=False,
            mathml=False,
            kepub="better",
            cover_height=2133,
            size_limits=(SizeLimit(1_000_000_000, "Kobo recommends at most 1 GB"),),
            document_bytes=10_000_000,
        ),
        Rendition(
            "adobe",
            "for readers with Adobe's engine (RMSDK): Adobe Digital Editions, PocketBook, Tolino and many older ones",
            engine="adobe",
            html5=False,
            ruby=False,
            mathml=False,
            cover_height=2133,
        ),
        Rendition(
            "apple",
            "for Apple Books",
            modern=True,
            size_limits=(
                SizeLimit(500_000_000, "Apple recommends at most 500 MB"),
                SizeLimit(2_000_000_000, "Apple takes at most 2 GB"),
            ),
            document_bytes=10_000_000,
        ),
    )
}


class Device(NamedTuple):
    """One family of reading devices.

    `width` and `height` are the box in pixels that a picture is fitted into. `gray` asks for gray pictures (only where
    color is wasted for certain). `max_bytes` bounds one picture file. `rendition` is what its reading system
    needs of the book itself. `eink`: its screen is like paper, and so is the drawn cover. `ppi`: the pixels of its screen
    on an inch.
    """

    name: str
    title: str
    width: int
    height: int
    gray: bool = False
    max_bytes: int = 5_000_000
    rendition: Rendition = RENDITIONS["plain"]
    eink: bool = True
    ppi: int = 300


DEVICES: dict[str, Device] = {
    device.name: device
    for device in (
        # As large as any 6 to 8 inch screen; Send to Kindle scales down to 1920 in any case.
        Device("generic", "any reader or app", 1440, 1920, eink=False),
        # Kindle 11: 1072 x 1448; Paperwhite 5: 1236 x 1648; Paperwhite 6, Colorsoft: 1272 x 1696; Oasis: 1264 x 1680.
        Device("kindle", "Kindle Paperwhite, Kindle, Colorsoft (6-7 inch)", 1272, 1696, rendition=RENDITIONS["kindle"]),
        # Scribe 1 and 2; of 2025 on: 1986 x 2648, which scales this by 1.07.
        Device("kindle-scribe", "Kindle Scribe (10 inch)", 1860, 2480, rendition=RENDITIONS["kindle"]),
        Device("kobo-6", "Kobo Clara, Nia (6 inch)", 1072, 1448, rendition=RENDITIONS["kobo"]),
        Device("kobo-7", "Kobo Libra (7 inch)", 1264, 1680, rendition=RENDITIONS["kobo"]),
        Device("kobo-8", "Kobo Sage, Forma (8 inch)", 1440, 1920, rendition=RENDITIONS["kobo"]),
        Device("kobo-10", "Kobo Elipsa (10 inch)", 1404, 1872, rendition=RENDITIONS["kobo"], ppi=227),
        Device(
            "pocketbook-6", "PocketBook Verse Pro, Color, Touch HD (6 inch)", 1072, 1448, rendition=RENDITIONS["adobe"]
        ),
        Device("pocketbook-7", "PocketBook Era (7 inch)", 1264, 1680, rendition=RENDITIONS["adobe"]),
        Device(
            "pocketbook-10", "PocketBook InkPad 4, Color 3, Lite (8-10 inch)", 1404, 1872, rendition=RENDITIONS["adobe"]
        ),
        Device("tolino-6", "Tolino Shine, Page (6 inch)", 1072, 1448, rendition=RENDITIONS["adobe"]),
        Device("tolino-7", "Tolino Vision (7 inch)", 1264, 1680, rendition=RENDITIONS["adobe"]),
        Device("tolino-8", "Tolino Epos (8 inch)", 1440, 1920, rendition=RENDITIONS["adobe"]),
        Device("boox-palma", "BOOX Palma (phone-sized)", 824, 1648, rendition=RENDITIONS["modern"]),
        Device("boox-7", "BOOX Page, Go 7, Leaf (7 inch)", 1264, 1680, rendition=RENDITIONS["modern"]),
        Device("boox-10", "BOOX Note, Go 10.3, Tab (10 inch)", 1860, 2480, rendition=RENDITIONS["modern"]),
        Device("remarkable", "reMarkable 1 and 2 (10 inch)", 1404, 1872, ppi=226),
        Device("remarkable-pro", "reMarkable Paper Pro (12 inch)", 1620, 2160, ppi=229),
        Device("remarkable-move", "reMarkable Paper Pro Move (7 inch)", 954, 1696, ppi=264),
        Device(
            "ade", "Adobe Digital Editions, older 6-inch readers", 758, 1024, rendition=RENDITIONS["adobe"], ppi=212
        ),
        Device(
            "apple",
            "Apple Books on iPad, iPhone and Mac",
            2048,
            2732,
            rendition=RENDITIONS["apple"],
            eink=False,
            ppi=264,
        ),
        Device("tablet", "tablets of all makes", 2048, 2732, rendition=RENDITIONS["modern"], eink=False, ppi=264),
    )
}


def device_lines() -> Iterator[str]:
    """Yield, for people, the table of devices, then how the books of each rendition differ from plain ones."""
    for device in DEVICES.values():
        yield f"{device.name:<16} {device.width:>5} x {device.height:<5} {device.rendition.name:<7} {device.title}"
    for rendition in RENDITIONS.values():
        yield ""
        yield f"{rendition.name}: {rendition.title}"
        yield from (f"  - {line}" for line in rendition.lines())
