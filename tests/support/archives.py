"""Writes articles in the archive form, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

START = datetime(2022, 1, 12, 6, 0, tzinfo=UTC)

CHINESE = (
    "美国及其北约盟友一致敦促俄罗斯缓和在乌克兰边境地区的紧张局势，并继续就军备控制等问题进行谈判。",
    "俄罗斯和北约官员星期三在布鲁塞尔举行了会议，重点讨论如何缓解边境地区的危险局势。",
    "北约秘书长说，他已经提出了与俄罗斯举行一系列会议的想法，俄罗斯则要求给与它时间，以便回复。",
)
ENGLISH = (
    "The delegates met on Wednesday to discuss how the tension along the border could be eased before the winter ends.",
    "“We are ready to listen,” the spokesman told reporters, “but we will not give up what we have agreed on.”",
    "Talks are to go on next week; both sides said that no progress had been made on the main question.",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One article as it was written, which its book must contain."""

    path: Path
    title: str
    link: str
    caption: str
    paragraphs: tuple[str, ...]


def write_article(
    path: Path,
    title: str = "A title",
    *,
    link: str = "https://example.org/a",
    body: str = "<p>Some text.</p>",
    moment: datetime = START,
    archived: datetime | None = None,
) -> Path:
    """Write one article with all lines of the form, `archived` a minute after its `moment` by default; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = int((archived or moment + timedelta(minutes=1)).timestamp() * 1000)
    published = format_datetime(moment, usegmt=True)
    head = f"<!--{stamp}-->\n[{title}]({link})\n------\n\n<div><i>{published}</i></div>"
    path.write_text(head + body, encoding="utf-8")
    return path


def write_archive(folder: Path, count: int, pictures: str | None = None) -> list[Sample]:
    """Write `count` articles, Chinese and English by turns, an hour apart; return them.

    `pictures` is the base address of a server; article 7 then begins with `<img src="{pictures}/7">` and its caption in
    small print, as the seeds do.
    """
    samples = []
    for number in range(count):
        text = CHINESE if number % 2 else ENGLISH
        paragraphs = tuple(f"{sentence} ({number}.{index})" for index, sentence in enumerate(text))
        title = f"第{number}篇：谈判继续" if number % 2 else f"Talks go on, part {number}"
        link = f"https://news.example.org/articles/{number}"
        caption = f"图{number}：会谈现场。" if number % 2 else f"Picture {number}: the delegates & their papers."
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        if pictures is not None:
            body = (
                f'<img src="{pictures}/{number}" width="100%">'
                f'<div><small style="color: #999;">{caption.replace("&", "&amp;")}</small></div>{body}'
            )
        path = folder / f"{number}.txt"
        write_article(path, title, link=link, body=body, moment=START + timedelta(hours=number))
        samples.append(Sample(path, title, link, caption, paragraphs))
    return samples
