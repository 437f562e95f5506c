"""Compares the pictures of books with their originals: bytes and SSIM, beside calibre's and pandoc's.

    python -m benchmarks.ssim ~/.cache/epubmaker-benchmarks --results docs

A page with one picture of each kind that articles have is made into a book by each tool for the same 6" screen. Every
picture of the book is then compared with its original, both at the size at which that screen shows it, by SSIM, which is
1.000 for the same pixels. A second table has the same pictures for each device profile.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from PIL import Image, ImageDraw, ImageFont

from epubmaker.collector.pictures.shrink import shrink
from epubmaker.devices import DEVICES, Device
from epubmaker.imaging.color import flatten, plain
from epubmaker.imaging.decode import decode
from epubmaker.imaging.fit import target_size
from epubmaker.imaging.ssim import ssim
from epubmaker.model.pictures import Fetched, Picture
from epubmaker.options import PictureSettings

SCREEN = DEVICES["kobo-6"]  # calibre's profile of this screen is called kindle_pw3
_PHOTOGRAPHS = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """One picture in a book; `shown`: baseline JPEG or opaque 8-bit PNG, which every reader shows."""

    size: int
    file_format: str
    shown: bool
    similarity: float


def main() -> None:
    """Measure, print, and write `pictures.md`."""
    parser = argparse.ArgumentParser(description="Compare the pictures of books with their originals.")
    parser.add_argument("cache", type=Path, help="the folder of install-peers")
    parser.add_argument("--results", type=Path, help="folder to write pictures.md to")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        originals = dict(write_originals(arguments.cache / "photographs", folder))
        page = folder / "page.html"
        images = "".join(f'<p><img src="{name}" alt=""/></p>' for name in originals)
        page.write_text(f"<html><head><title>Pictures</title></head><body><h1>Pictures</h1>{images}</body></html>")
        books = {tool: run(page, originals) for tool, run in TOOLS.items() if run is not None}
        text = report(originals, books, by_device(originals))
    sys.stdout.write(text)
    if arguments.results:
        (arguments.results / "pictures.md").write_text(text, encoding="utf-8")


# --- the pictures ----------------------------------------------------------------------------------------------------


def write_originals(photographs: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Write one file of each kind; yields its name and path."""
    sources = sorted(photographs.glob("*.jpg"), key=lambda path: path.stat().st_size)[-_PHOTOGRAPHS:]
    if not sources:
        sys.exit(f"no photographs in {photographs}: run benchmarks/install-peers first")
    images = [Image.open(path).convert("RGB") for path in sources]
    large, wide, *others = (image for image in reversed(images))
    written: dict[str, tuple[Image.Image, dict[str, object]]] = {
        "camera.jpg": (large.resize((4000, 3000), Image.Resampling.LANCZOS), {"quality": 90}),
        "progressive.jpg": (wide, {"quality": 88, "progressive": True}),
        "print.jpg": (others[0].convert("CMYK"), {"quality": 88}),
        "photo.webp": (others[1], {"quality": 85}),
        "photo.avif": (others[2], {"quality": 70}),
        "photo.png": (others[3].resize((1200, 800), Image.Resampling.LANCZOS), {}),
        "text.png": (text_page(1440, 1920), {}),
        "chat.png": (text_page(1080, 6000), {}),
        "chart.png": (chart(1600, 1000), {}),
        "chart.gif": (chart(1200, 800).quantize(64), {}),
        "screenshot.jpg": (text_page(1600, 1200), {"quality": 85}),
    }
    for number, image in enumerate(others[4:]):
        written[f"photo{number}.jpg"] = (image.resize((1600, 1000), Image.Resampling.LANCZOS), {"quality": 85})
    for name, (image, options) in written.items():
        path = folder / name
        image.save(path, **options)  # type: ignore[arg-type]
        yield name, path


def text_page(width: int, height: int) -> Image.Image:
    """Draw text as a screenshot has it: dark, smoothed letters on white."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(26)
    words = "The quick brown fox jumps over the lazy dog while 1,234 others look on and say nothing at all. "
    for row, top in enumerate(range(20, height - 40, 42)):
        shift = row * 7 % len(words)
        draw.text((24, top), (words[shift:] + words * 3)[: width // 14], fill=(30, 30, 30 + row % 3 * 60), font=font)
    return image


def chart(width: int, height: int) -> Image.Image:
    """Draw bars with smooth edges and labels."""
    image = Image.new("RGB", (width * 2, height * 2), "white")
    draw = ImageDraw.Draw(image)
    for number in range(12):
        left, top = 100 + number * width // 7, height * 2 - 160 - number * 97 % (height + 200)
        draw.rounded_rectangle((left, top, left + width // 9, height * 2 - 100), 20, fill=(30 + number * 15, 110, 190))
        draw.text((left, height * 2 - 90), f"20{10 + number}", fill="black", font=ImageFont.load_default(48))
    return image.resize((width, height), Image.Resampling.LANCZOS)


# --- the tools -------------------------------------------------------------------------------------------------------


def _epubmaker(page: Path, originals: Mapping[str, Path]) -> dict[str, Outcome]:
    return {name: ours(path, SCREEN, page.parent) for name, path in originals.items()}


def ours(path: Path, device: Device, folder: Path) -> Outcome:
    """Fit one picture to a device, as epubmaker does."""
    settings = PictureSettings(device.width, device.height)
    data = path.read_bytes()
    made = shrink(Fetched(path.name, path, len(data), hashlib.sha256(data).hexdigest()), settings, folder)
    if not isinstance(made, Picture):
        sys.exit(f"{path.name}: {made.reason}")
    pieces = [Image.open(file.path).convert("RGB") for file in made.files]
    whole = Image.new("RGB", (pieces[0].width, sum(piece.height for piece in pieces)))
    top = 0
    for piece in pieces:
        whole.paste(piece, (0, top))
        top += piece.height
    file_format = made.files[0].media_type.removeprefix("image/").upper() + (
        f" x {len(pieces)}" if len(pieces) > 1 else ""
    )
    return Outcome(
        sum(file.size for file in made.files), file_format, shown=True, similarity=compared(data, whole, device)
    )


def _calibre(page: Path, originals: Mapping[str, Path]) -> dict[str, Outcome]:
    book = page.with_name("calibre.epub")
    options = ("--output-profile", "kindle_pw3", "--no-default-epub-cover")
    return _from_book(["ebook-convert", str(page), str(book), *options], book, originals, by_name=True)


def _pandoc(page: Path, originals: Mapping[str, Path]) -> dict[str, Outcome]:
    book = page.with_name("pandoc.epub")
    return _from_book(["pandoc", str(page), "-o", str(book)], book, originals, by_name=False)


def _from_book(
    command: Sequence[str], book: Path, originals: Mapping[str, Path], *, by_name: bool
) -> dict[str, Outcome]:
    """Run a tool and find each picture in its book: by its name, or as pandoc numbers them."""
    environment = {**os.environ, "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox"}  # calibre's engine refuses root without
    subprocess.run(command, check=True, capture_output=True, cwd=book.parent, env=environment)
    with ZipFile(book) as archive:
        entries = {PurePosixPath(entry): archive.read(entry) for entry in archive.namelist()}
    outcomes = {}
    for number, (name, original) in enumerate(originals.items()):
        data = next(
            data
            for entry, data in entries.items()
            if (entry.name == name if by_name else entry.stem == f"file{number}")
        )
        outcomes[name] = judged(data, original.read_bytes())
    return outcomes


def judged(data: bytes, original: bytes) -> Outcome:
    """Examine a picture file of a book."""
    with Image.open(BytesIO(data)) as image:
        file_format = str(image.format)
        baseline = file_format == "JPEG" and image.mode in {"L", "RGB"} and not image.info.get("progressive")
        opaque = file_format == "PNG" and not image.has_transparency_data
        pixels = decode(data, (SCREEN.width, SCREEN.height)).image
    return Outcome(len(data), file_format, shown=baseline or opaque, similarity=compared(original, pixels, SCREEN))


def compared(original: bytes, made: Image.Image, device: Device) -> float:
    """Return the similarity at the size at which the device shows the picture."""
    with Image.open(BytesIO(original)) as opened:
        whole = flatten(plain(opened)).convert("RGB")
    size = target_size(whole.size, (device.width, device.height))
    reference = whole.resize(size, Image.Resampling.LANCZOS)
    return ssim(reference, made.convert("RGB").resize(size, Image.Resampling.LANCZOS))


Run = Callable[[Path, Mapping[str, Path]], dict[str, Outcome]]
TOOLS: dict[str, Run | None] = {
    "epubmaker": _epubmaker,
    "calibre": _calibre if shutil.which("ebook-convert") else None,
    "pandoc": _pandoc if shutil.which("pandoc") else None,
}


# --- the tables ------------------------------------------------------------------------------------------------------


def by_device(originals: Mapping[str, Path]) -> dict[str, list[Outcome]]:
    """Fit all pictures to each profile; profiles with the same box share a line."""
    boxes: dict[tuple[int, int], list[Device]] = {}
    for device in DEVICES.values():
        boxes.setdefault((device.width, device.height), []).append(device)
    with tempfile.TemporaryDirectory() as name:
        return {
            f"{', '.join(device.name for device in devices)} | {width} x {height}": [
                ours(path, devices[0], Path(name)) for path in originals.values()
            ]
            for (width, height), devices in boxes.items()
        }


def report(
    originals: Mapping[str, Path], books: Mapping[str, dict[str, Outcome]], devices: Mapping[str, list[Outcome]]
) -> str:
    """Return the two tables in Markdown."""
    lines = ["# Pictures: bytes and SSIM", "", *(__doc__ or "").strip().splitlines()[4:], ""]
    lines += [f"Screen: {SCREEN.width} x {SCREEN.height}. *Italic*: a file that not every reader shows.", ""]
    lines += ["| picture | original | " + " | ".join(books) + " |", "|---|---:|" + "---:|" * len(books)]
    for name, path in originals.items():
        cells = [_cell(book[name]) for book in books.values()]
        lines.append(f"| {name} | {path.stat().st_size / 1000:,.0f} kB | " + " | ".join(cells) + " |")
    total = sum(path.stat().st_size for path in originals.values())
    sums = [_summed(list(book.values())) for book in books.values()]
    lines += [f"| **all** | {total / 1000:,.0f} kB | " + " | ".join(sums) + " |", ""]
    lines += ["| profiles | box | all pictures, mean SSIM |", "|---|---|---:|"]
    lines += [f"| {name} | {_summed(outcomes)} |" for name, outcomes in devices.items()]
    return "\n".join(lines) + "\n"


def _cell(outcome: Outcome) -> str:
    text = f"{outcome.file_format} {outcome.size / 1000:,.0f} kB, {outcome.similarity:.3f}"
    return text if outcome.shown else f"*{text}*"


def _summed(outcomes: Sequence[Outcome]) -> str:
    mean = sum(outcome.similarity for outcome in outcomes) / len(outcomes)
    return f"{sum(outcome.size for outcome in outcomes) / 1000:,.0f} kB, {mean:.4f}"


if __name__ == "__main__":
    main()
