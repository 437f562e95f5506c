"""The titles of volumes, in the book's language. Pure."""

from __future__ import annotations

from epubmaker.model.books import Volume
from epubmaker.text.dates import format_period
from epubmaker.text.naming import sort_title
from epubmaker.text.words import words

__all__ = ["volume_sort_title", "volume_title"]


def volume_title(title: str, volume: Volume, language: str) -> str:
    """Return the title of a volume in a BCP 47 language: "News: January 2022", "News (2/7)".

    A volume of a source needs no title beside that; of others, one without a title is called "News".
    """
    own = words(language)
    if volume.source is None:
        title = title or own["news"]
    labels = [volume.source or own["other"]] if volume.source is not None else []
    if volume.period is not None:
        labels.append(format_period(volume.period, language) if volume.period else own["undated"])
    label = " · ".join(labels)
    title = own["labeled"].format(label=title, text=label) if title and label else title or label
    return title + "".join(f" ({number}/{count})" for number, count in volume.numbers)


def volume_sort_title(title: str, volume: Volume, language: str) -> str:
    """Return the form of a volume's title that libraries sort by: "News 2022-01", "News 02"."""
    numbers = (str(number).zfill(len(str(count))) for number, count in volume.numbers)
    named = title if title or volume.source is not None else words(language)["news"]
    return " ".join(filter(None, (sort_title(named, language) or named, volume.source, volume.period, *numbers)))
