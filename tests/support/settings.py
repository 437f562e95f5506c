"""A value for each option of a build that changes the book."""

from __future__ import annotations

from typing import Any

from epubmaker.devices import DEVICES

SETTINGS: dict[str, Any] = {
    "title": "Another",
    "authors": ("A", "B"),
    "language": "fr",
    "publisher": "P",
    "description": "D",
    "identifier": "urn:x:1",
    "device": DEVICES["kobo-6"],
    "style": "large-print",
    "css": "extra.css",
    "series": "S",
    "subjects": ("news",),
    "rights": "R",
    "cover": "cover.png",
    "draw_cover": True,
    "group_by": "source",
    "sort_by": "title",
    "reverse": True,
    "dated": "archived",
    "timezone": "Asia/Shanghai",
    "images": False,
    "video_pictures": True,
    "image_size": (100, 100),
    "image_quality": 20,
    "grayscale": True,
    "picture_list": True,
    "kepub": True,
    "drop_repeated": True,
    "keep_all": True,
    "whole_page": True,
    "min_text": 200,
}
