"""Makes the archives: folders of articles in the archive form, the same for the same kind and number of articles.

The peers do not read that form. They get the same articles as HTML pages, which are made before their time starts.
"""

from __future__ import annotations

import html
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from benchmarks.words import paragraph

__all__ = ["KINDS", "Archive", "Scenario", "make"]

KINDS = {
    "text": "articles of 8 KB without pictures, in Chinese and English",
    "pictures": "the same, each with one photograph, 1200 x 800 or 1600 x 1067, and its caption",
    "large": "one photograph of 4096 x 2731 an article",
    "small": "ten pictures of 320 x 213 an article",
    "long": "articles of 400 KB: sections, lists, tables, notes, links",
}
"""The kinds of archive, each with what it is."""

_PICTURES = {"text": 0, "pictures": 1, "large": 1, "small": 10, "long": 0}  # for each article
_START = datetime(2022, 1, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: a kind of archive and its number of articles."""

    kind: str
    articles: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.articles}"

    @property
    def pictures(self) -> int:
        """How many pictures the archive has."""
        return _PICTURES[self.kind] * self.articles


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive on disk: `texts` holds the articles in the archive form, `pages` the same as HTML.

    `letters` is how many letters and digits its paragraphs have, for telling how much of the text a book kept.
    """

    scenario: Scenario
    texts: Path
    pages: Path
    letters: int


def make(scenario: Scenario, folder: Path, server: str) -> Archive:
    """Write an archive whose pictures lie at `server` (without a slash at its end) into `folder`, which is made."""
    archive = Archive(scenario, folder / "texts", folder / "pages", 0)
    archive.texts.mkdir(parents=True)
    archive.pages.mkdir()
    letters = 0
    for number in range(scenario.articles):
        title, body = _article(scenario.kind, number, server)
        name = f"{number:06}"
        (archive.texts / f"{name}.txt").write_text(_head(number, title) + body, encoding="utf-8")
        (archive.pages / f"{name}.html").write_text(_page(number, title, body), encoding="utf-8")
        letters += sum(map(str.isalnum, _without_tags(body)))
    return Archive(scenario, archive.texts, archive.pages, letters)


def _head(number: int, title: str) -> str:
    moment = _START + timedelta(minutes=20 * number)
    stamp = int(moment.timestamp() * 1000)
    published = format_datetime(moment, usegmt=True)
    link = f"https://news.example.org/{moment:%Y/%m/%d}/{number}"
    return f"<!--{stamp}-->\n[{title}]({link})\n------\n\n<div><i>{published}</i></div>"


def _page(number: int, title: str, body: str) -> str:
    language = "zh" if _is_chinese(number) else "en"
    name = html.escape(title)
    head = f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{name}</title></head>'
    return f"{head}<body><article><h1>{name}</h1>{body}</article></body></html>\n"


def _is_chinese(number: int) -> bool:
    return number % 2 == 0


def _article(kind: str, number: int, server: str) -> tuple[str, str]:
    """Return title and body of an article."""
    chance = random.Random(f"{kind} {number}")
    chinese = _is_chinese(number)
    title = f"第{number}号：谈判继续，双方没有让步" if chinese else f"Number {number}: talks go on, nobody gives way"
    first = _PICTURES[kind] * number
    pictures = [f"{server}/{kind}/{first + index}" for index in range(_PICTURES[kind])]
    if kind == "long":
        return title, "".join(_section(chance, index, chinese=chinese) for index in range(60))
    parts = [f"<p>{paragraph(chance, chinese=chinese)}</p>" for _ in range(20 if chinese else 18)]
    for index, address in enumerate(pictures):
        parts.insert(index * 2, _picture(address, chance, chinese=chinese))
    parts.insert(-1, _link(number, chinese=chinese))
    return title, "".join(parts)


def _picture(address: str, chance: random.Random, *, chinese: bool) -> str:
    caption = paragraph(chance, chinese=chinese, sentences=1)
    return f'<img src="{address}" width="100%"><div><small style="color: #999;">{caption}</small></div>'


def _link(number: int, *, chinese: bool) -> str:
    words = "更多报道" if chinese else "more on this"
    return f'<p><em>(<a href="https://news.example.org/topics/{number % 50}" target="_blank">{words}</a>)</em></p>'


def _section(chance: random.Random, index: int, *, chinese: bool) -> str:
    def text(sentences: int = 1) -> str:
        return paragraph(chance, chinese=chinese, sentences=sentences)

    rows = "".join(f"<tr><td>{chance.randrange(10**6)}</td><td>{text()}</td></tr>" for _ in range(8))
    items = "".join(f"<li>{text()} <b>{chance.randrange(100)}</b></li>" for _ in range(8))
    return (
        f'<div class="section"><h2 id="s{index}">{text()}</h2><p>{text(4)}</p><div><div><p>{text(3)} '
        f'<a href="#s{index // 2}">{index // 2}</a></p></div></div><ul>{items}</ul>'
        f"<table><tr><th>n</th><th>{text()}</th></tr>{rows}</table>"
        f"<blockquote><p>{text(3)}</p></blockquote><pre><code>{text(2)}</code></pre></div>"
    )


def _without_tags(body: str) -> str:
    return "".join(part.partition(">")[2] for part in body.split("<"))
