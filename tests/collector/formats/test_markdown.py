"""Notes and posts in Markdown as inputs of a build."""

from __future__ import annotations

import io
import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cleanbooks import AssertClean
from commandline import run
from openbook import OpenBook
from PIL import Image

from epubmaker.chapters.draft import draft
from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.model.articles import Entry
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

POST = "---\ntitle: {}\ndate: 2022-01-12\n---\n<!--1642027143000-->\n[{}](https://e.org/{})\n------\n\n<div><p>Text.</p></div>"
PAGE = """<!doctype html><html><head><title>A page</title><meta name="author" content="A. Writer">
<link rel="canonical" href="https://site.example/page"><meta property="article:published_time" content="2022-01-13">
</head><body><article><h1>A page</h1><p>{}</p></article></body></html>"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def only(path: Path) -> Entry:
    (entry,) = scan([path]).entries
    return entry


def html(folder: Path, text: str) -> str:
    """Return a note's text as HTML, without the ends of lines."""
    return parse(only(write(folder / "note.md", text))).html.replace("\n", "")


def test_a_newcomer_s_folder_gives_an_article_for_each_file(tmp_path: Path) -> None:
    write(
        tmp_path / "in/a.md", POST.format("A post", "A post", "post").replace("---\n<!", "author: B. Keeper\n---\n<!")
    )
    write(tmp_path / "in/b.html", PAGE.format("It rained all day in the harbor, and nobody went out. " * 20))
    write(tmp_path / "in/2022-01-14 c.md", "---\nauthor: [C. Noter]\n---\n# A note\n\nSome **bold** text.\n")

    done = run("build", "in", "-o", "book.epub", "--offline", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    book = OpenBook.read(tmp_path / "book.epub")
    heads = ["".join(book.tree(name).find(".//{*}header").itertext()).split("\n") for name in book.chapters]
    shown = [" ".join(" ".join(lines).split()) for lines in heads]
    assert len(shown) == 3
    for words, line in zip(
        [
            ("A post", "B. Keeper", "January 12"),
            ("A page", "A. Writer", "January 13"),
            ("A note", "C. Noter", "January 14"),
        ],
        shown,
        strict=True,
    ):
        assert all(word in line for word in words), line
    assert b"<strong>bold</strong>" in book.files[f"EPUB/{book.chapters[2]}"]


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        (
            "a.md",
            "Intro.\n\n## Lesser\n\n# The *first* `of` [its](x.md) level & `<b>` ##\n",
            "The first of its level & <b>",
        ),
        ("a.md", "## On top\n\nText\n", "On top"),
        ("a.md", "```\n# code\n```\n\n    # code\n\nTitle\n===\n", "Title"),
        ("a.markdown", "- item\n---\n\n## Below\n", "a"),
        ("2022-01-31 My day.md", "Text\n", "My day"),
        ("2022-01-31.MD", "Text\n", "2022-01-31"),
        ("a.md", "---\ntitle: Of the front matter\n---\n# Heading\n", "Of the front matter"),
        ("a.md", "[[Other]]\n---\n\nText\n", "Other"),
        ("a.md", "\ufeff# With a mark\r\n\r\nText\r\n", "With a mark"),
    ],
)
def test_the_title_is_that_of_front_matter_or_a_heading_or_the_file(
    tmp_path: Path, name: str, text: str, title: str
) -> None:
    entry = only(write(tmp_path / name, text))

    assert (entry.format, entry.title) == ("markdown", title)
    assert entry.published == (datetime(2022, 1, 31, tzinfo=UTC) if name.startswith("2022") else None)


def test_front_matter_gives_all_that_it_does_in_the_archive_form(tmp_path: Path) -> None:
    names = "author:\n  - '[[A. Writer]]'\ntags: [x, y]"
    front = f"---\ntitle: A clip\nsource: https://www.e.org/a\n{names}\ncreated: 2022-01-12\n---\n"
    entry = only(write(tmp_path / "a.md", f"{front}Text.\n"))

    assert (entry.title, entry.link, entry.author, entry.source) == (
        "A clip",
        "https://www.e.org/a",
        "A. Writer",
        "e.org",
    )
    assert entry.published == datetime(2022, 1, 12, tzinfo=UTC)
    assert parse(entry).html == "<p>Text.</p>\n"


BRIDGE = "<p>The bridge over the old harbour was opened on Friday, after four years of work.</p>"


@pytest.mark.parametrize(
    ("front", "body", "language"),
    [
        ("---\ntitle: T\nlang: pt_BR\n---\n", "Sim.", "pt-BR"),
        ("---\ntitle: T\nlanguage: 'en-gb'\n---\n", BRIDGE, "en-GB"),  # the text is in English of some region
        ('+++\ntitle = "T"\nlanguage = "de"\n+++\n', BRIDGE, "en"),  # it is not in German
        ("---\ntitle: T\nlang: [de, fr]\n---\n", "Non.", "en"),
        ("---\ntitle: T\nlang: Python 3\n---\n", "Text.", "en"),
        ("---\ntitle: T\nlang: de\n---\n", '<html lang="fr"><body><p>Non.</p></body></html>', "fr"),
    ],
)
@pytest.mark.parametrize("lines", ["", "<!--1642027143000-->\n[T](https://e.org/a)\n------\n\n"])
def test_front_matter_may_say_what_language_a_text_is_in(
    tmp_path: Path, front: str, body: str, language: str, lines: str
) -> None:
    entry = only(write(tmp_path / "a.md", front + lines + body))

    assert draft(parse(entry)).language == language


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (POST.format("T", "T", "a"), "archive"),
        ("<!--1642027143000-->\n[T](https://e.org/a)\n------\n\n**Text**", "archive"),
        ("[T](https://e.org/a)\n------\n\nText", "archive"),
        ("---\ntitle: T\ndate: 2022-01-12\n---\n<div>\n<p>**T**</p>\n</div>\n", "archive"),
        (f"---\ntitle: T\ndate: 2022-01-12\nsummary: {'x' * 9000}\n---\n<div>\n", "archive"),
        ("---\ntitle: T\ndate: 2022-01-12\n---\n<div>\n\n# T\n\n</div>\n", "markdown"),
        ("---\ntitle: T\ndate: 2022-01-12\n---\n<img src='a.png'>\n\nText\n", "markdown"),
        ("<div>\n<p>T</p>\n</div>\n", "markdown"),
        ("<!-- toc -->\n# T\n", "markdown"),
    ],
)
def test_the_archive_form_and_posts_in_html_are_no_markdown(tmp_path: Path, text: str, kind: str) -> None:
    assert only(write(tmp_path / "a.md", text)).format == kind


def test_beside_posts_of_an_archive_other_texts_are_no_articles(tmp_path: Path) -> None:
    note = write(tmp_path / "list.md", "# A list\n\n- one\n")
    write(tmp_path / "README.md", "# Read me\n")
    write(tmp_path / "CHANGELOG.zh.md", "# Changes\n")
    write(tmp_path / "draft.md", "---\ntitle: T\ndraft: true\n---\nText\n")
    for number in range(2):
        write(tmp_path / f"{number}.md", POST.format("T", "T", number))

    few = scan([tmp_path])
    write(tmp_path / "2.md", "---\ntitle: T\ndate: 2022-01-12\n---\nIn *Markdown*.\n")
    many = scan([tmp_path])
    named = scan([note, tmp_path])
    packed = scan([Path(shutil.make_archive(str(tmp_path.with_suffix(".packed")), "zip", tmp_path))])

    assert [entry.title for entry in few.entries] == ["T", "T", "A list"]
    assert [(entry.title, entry.position) for entry in many.entries] == [("T", 0), ("T", 1), ("T", 2)]
    assert many.not_read == {".md (no front matter)": 3, ".md (draft)": 1}
    assert ([entry.title for entry in packed.entries], packed.not_read) == (["T", "T", "T"], many.not_read)
    assert [entry.title for entry in named.entries] == ["A list", "T", "T", "T"]
    assert [entry.title for entry in scan([tmp_path / "README.md"]).entries] == ["Read me"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A ~~b~~ ==c *d*== %%e%% `==f==`", "<p>A <s>b</s> <mark>c <em>d</em></mark>  <code>==f==</code></p>"),
        ("%% a\n\nb %%\n\nc", "<p>c</p>"),
        ("a %% b", "<p>a %% b</p>"),
        ("| a | b |\n|---|---|\n| c | [[d\\|e]] |", '<td><a href="note:d">e</a></td>'),
        (
            "- [ ] a\n- [x] b",
            '<li><input type="checkbox" disabled>a</li><li><input type="checkbox" disabled checked>b</li>',
        ),
        ("Term\n: Meaning", "<dl><dt>Term</dt><dd>Meaning</dd></dl>"),
        ("It is $x^2 < 1$, not $5 or $6.", "<p>It is <code>x^2 &lt; 1</code>, not $5 or $6.</p>"),
        ("$$\na\n\nb\n$$", "<pre><code>ab</code></pre>"),
        (
            "> [!note]- A *title*\n> Text",
            "<blockquote><p><strong>A <em>title</em></strong></p><p>Text</p></blockquote>",
        ),
        ("> [!my-kind]\n> - a", "<blockquote><p><strong>My kind</strong></p><ul><li>a</li></ul></blockquote>"),
        ("#sea #wind/north", "<p><small>#sea #wind/north</small></p>"),
        ("Text. ^a1b2c3", '<p id="note-1ac58b4c408a">Text.</p>'),
        ("2 ^10", "<p>2 ^10</p>"),
        ("<details><summary>S</summary>\n\n*in* <b>it</b>\n\n</details>", "<p><em>in</em> <b>it</b></p></details>"),
    ],
)
def test_what_github_pandoc_and_obsidian_add_is_read(tmp_path: Path, text: str, shown: str) -> None:
    assert shown in html(tmp_path, text)


def test_a_footnote_leads_to_its_text_and_back(tmp_path: Path) -> None:
    found = html(tmp_path, "A[^1] b^[Within.]\n\n[^1]: The note.\n")

    assert '<a href="#fn1" id="fnref1">[1]</a>' in found
    assert '<li id="fn1" class="footnote-item"><p>The note. <a href="#fnref1"' in found
    assert "<p>Within. <a" in found


def test_a_link_leads_to_the_note_of_the_same_folder_if_the_book_has_it(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    write(
        tmp_path / "one/Sea/A.md", "[[b]] [[sea/c.md#x|Sea]] [[None]] [c](../C.md) [d](/Sea/D.html) [e](../../two/b.md)"
    )
    write(tmp_path / "one/Sea/c.md", "# Sea c\n\nText, and [[#^1a2b3c]] [a](a.md) [x](https://e.org/x.md)")
    write(tmp_path / "one/b.md", "# One b\n\nSee [[#On two]] and [two](#on-two).\n\n# On two\n\nText.")
    write(tmp_path / "one/C.md", "# One c\n\nText")
    write(tmp_path / "two/b.md", "# Two b\n\n[[A]] and <a href='note:b'>b</a>")
    build(Options((tmp_path / "two", tmp_path / "one"), output=tmp_path / "book.epub"))

    book = OpenBook.read(tmp_path / "book.epub")
    titles = {name: "".join(book.tree(name).find(".//{*}h1").itertext()) for name in book.chapters}
    links = {
        titles[name]: [
            (link.text, titles.get(link.get("href", ""), link.get("href")))
            for link in book.tree(name).iterfind(".//{*}section/{*}p/{*}a")
        ]
        for name in book.chapters
    }

    assert links["A"] == [("b", "One b"), ("Sea", "Sea c"), ("c", "One c")]
    assert links["Sea c"] == [("a", "A"), ("x", "https://e.org/x.md")]
    assert links["One b"] == [("On two", "#s1"), ("two", "#s1")]
    assert links["Two b"] == [("b", "Two b")]
    assert_clean(tmp_path / "book.epub")


def test_a_link_leads_to_the_heading_or_block_of_another_note(tmp_path: Path, assert_clean: AssertClean) -> None:
    write(
        tmp_path / "in/a.md",
        "# A\n\n[[b#The *Second* part|1]] [2](b.md#the-second-part) [[b#B#^our-pier|3]] [[b#^1a2b3c|4]] [[b#^row|5]]\n"
        "[[b#B|6]] [[b#None|7]] [[long#Last|8]] [[b#^2|9]]",
    )
    items = "- one\n- two ^1a2b3c\n"
    table = "| a |\n|---|\n| b |\n\n^row\n"
    write(
        tmp_path / "in/b.md",
        f"# B\n\nText.\n\n## The *Second* part\n\nA pier. ^our-pier\n\n{items}\n{table}\nx ^2\n\n## the second part\n",
    )
    lines = "A line of a very long note.\n\n" * 12_000
    write(tmp_path / "in/long.md", f"# Long\n\n{lines}## Last\n\nThe end.\n")
    book_path = tmp_path / "book.epub"
    build(Options((tmp_path / "in",), output=book_path, cache=tmp_path / "cache"))
    first = book_path.read_bytes()
    build(Options((tmp_path / "in",), output=book_path, cache=tmp_path / "cache", force=True))

    book = OpenBook.read(book_path)
    a, b, long = (name for name in book.chapters if book.tree(name).find(".//{*}h1") is not None)
    hrefs = [link.get("href", "") for link in book.tree(a).iterfind(".//{*}section/{*}p/{*}a")]
    shown = {node.get("id"): node for node in book.tree(b).iter() if node.get("id")}
    found = [shown[href.partition("#")[2]] for href in hrefs[:5]]
    assert [node.tag.rpartition("}")[2] for node in found] == ["h2", "h2", "p", "li", "table"]
    assert ["".join(node.itertext()) for node in found[:4]] == ["The Second part"] * 2 + ["A pier.", "two"]
    assert hrefs[5] == hrefs[6] == hrefs[8] == b
    last, _, place = hrefs[7].partition("#")
    assert last.startswith(long.removesuffix(".xhtml"))
    assert "".join(book.tree(last).find(f".//*[@id='{place}']").itertext()) == "Last"
    assert book_path.read_bytes() == first
    assert_clean(book_path)


@pytest.mark.parametrize("is_zipped", [False, True])
def test_an_embedded_picture_is_looked_for_beside_the_note_and_then_in_the_folder(
    tmp_path: Path, *, is_zipped: bool
) -> None:
    colors = {"in/2022/a.png": "red", "in/media/a.png": "blue", "in/media/Great b.PNG": "green", "c.png": "white"}
    for name, color in colors.items():
        write(tmp_path / name, "")
        Image.new("RGB", (200, 100), color).save(tmp_path / name)
    (tmp_path / "in/.trash").mkdir()
    shutil.copy(tmp_path / "c.png", tmp_path / "in/.trash/c.png")
    write(
        tmp_path / "in/2022/note.md", "# N\n\n![[a.png]]\n\n![[Media/great b.png|300]]\n\n![[c.png|C]] ![[../../c.png]]"
    )
    given = Path(shutil.make_archive(str(tmp_path / "in"), "zip", tmp_path / "in")) if is_zipped else tmp_path / "in"
    report = build(Options((given,), output=tmp_path / "book.epub", network=Network(offline=True)))

    book = OpenBook.read(tmp_path / "book.epub")
    (chapter,) = book.chapters
    shown = [picture.get("src", "") for picture in book.tree(chapter).iterfind(".//{*}figure//{*}img")]
    pictures = [Image.open(io.BytesIO(book.files[f"EPUB/{name}"])).convert("RGB").resize((1, 1)) for name in shown]
    bands = [picture.tobytes() for picture in pictures]
    assert [color.index(max(color)) for color in bands] == [0, 1]
    assert sorted(issue.where for issue in report.issues) == ["../../c.png", "c.png"]


@pytest.mark.parametrize(
    "mark", ["> ", "- ", "1. ", ">- ", "  - ", "[", "![", "[^1]: ", "*a ", "<div>", "> [!note]\n> "], ids=repr
)
def test_no_text_is_lost_however_deep_it_is_nested(tmp_path: Path, mark: str) -> None:
    assert "needle" in html(tmp_path, f"[^1]\n\n{mark * 3000}needle\n\nEnd\n")


def test_of_a_very_long_note_all_text_is_kept(tmp_path: Path) -> None:
    unit = "## Part\n\nIt *was* a long day.[^1]\n\n[^1]: Note\n\n"
    text = "".join(f"{unit}{'word ' * 60_000}needle{number}\n\n" for number in range(5))

    found = html(tmp_path, f"{text}last{'x' * 2_000_000}needle")

    assert all(f"needle{number}" in found for number in range(5))
    assert found.count("<em>was</em>") == 5
    assert found.endswith("needle</p>")
    assert len(set(re.findall(r'<li id="([^"]+)"', found))) > 1


def test_a_file_that_is_no_text_is_an_issue(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "").write_bytes(bytes(range(256)) * 100)

    assert [issue.code for issue in scan([tmp_path]).issues] == ["article-not-text"]


SHAPES = (
    "[",
    "![",
    "[[a|",
    "[a](",
    "^[",
    "`a``b",
    "*a **b _c ",
    "~~a ==b ",
    "$a ",
    "$$a\n\n",
    "%%a\n\n",
    "<!-- ",
    "<a b='",
    "<![CDATA[",
    "> [!a] b\n> c\n\n",
    "- [ ] a\n",
    "a\n: b\n\n",
    "[a]: /b '",
    "#a/",
    "a ^",
    "# a [[#a]]\n\n",
    "|a|b|\n|-|-|\n",
)


@pytest.mark.slow
@pytest.mark.parametrize("unit", SHAPES, ids=repr)
def test_twice_the_length_takes_about_twice_the_time(tmp_path: Path, unit: str) -> None:
    size = 20_000
    ratios: list[float] = []
    seconds = cpu_seconds(tmp_path, unit * (size // len(unit)))
    while len(ratios) < 3 and min(ratios, default=3) >= 2.5 and size < 1_000_000:  # quadratic time shows at each size
        size, before = 2 * size, seconds
        seconds = cpu_seconds(tmp_path, unit * (size // len(unit)))
        if before > 0.05:
            ratios.append(seconds / before)

    assert min(ratios, default=0) < 2.5, ratios


def cpu_seconds(folder: Path, text: str) -> float:
    path = write(folder / "note.md", text)
    start = time.process_time()
    parse(only(path))
    return time.process_time() - start
