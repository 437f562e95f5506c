from __future__ import annotations

import os
import random
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.errors import InputError
from epubmaker.text.naturalorder import natural

BODY = "<!--1642027143000-->\n[{title}](https://example.org/{title})\n------\n\n<p>Text of {title}</p>"


def write(path: Path, title: str = "", *, data: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(BODY.format(title=title or path.stem).encode() if data is None else data)
    return path


def titles(*inputs: Path) -> list[str]:
    return [entry.title for entry in scan(inputs).entries]


STAMP = "<!--1651500000000-->\n[A](https://e.org/)\n------\n"  # 2 May 2022, 14:00 UTC
ARCHIVED = datetime(2022, 5, 2, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "text", "published", "problems"),
    [
        ("zero.txt", f"{STAMP}<div><i>Thu, 01 Jan 1970 00:00:00 GMT</i></div>", ARCHIVED, 1),
        ("zone.txt", f"{STAMP}<div><i>Wed, 31 Dec 1969 19:00:00 -0500</i></div>", ARCHIVED, 1),
        ("day.txt", f"{STAMP}<div><i>December 31, 1969</i></div>", ARCHIVED, 1),
        ("one.txt", f"{STAMP}<div><i>Mon, 01 Jan 0001 00:00:00 GMT</i></div>", ARCHIVED, 1),
        ("east.txt", f"{STAMP}<time datetime='1970-01-01T09:00'>1970</time>", ARCHIVED, 1),
        ("one.txt", f"{STAMP}<div><i>0001-01-01T00:00:00Z</i></div>", ARCHIVED, 1),
        ("later.txt", f"{STAMP}<div><i>Fri, 06 May 2022 08:00:00 GMT</i></div>", ARCHIVED, 1),
        ("far.txt", f"{STAMP}<div><i>2038-01-19T03:14:07Z</i></div>", ARCHIVED, 1),
        ("near.txt", f"{STAMP}<div><i>2022-05-03T04:00:00+00:00</i></div>", datetime(2022, 5, 3, 4, tzinfo=UTC), 0),
        ("old.txt", f"{STAMP}<div><i>1968-07-20</i></div>", datetime(1968, 7, 20, tzinfo=UTC), 0),
        ("never.txt", "<!--0-->\n[A](https://e.org/)\n------\n<div><i>1970-01-01</i></div>", None, 1),
        ("front.md", "---\ntitle: A\ndate: 1970-01-01 01:00:00 +01:00\n---\nText", None, 1),
        (
            "page.html",
            "<html><head><meta name=date content='1970-01-01T00:00:00+0000'><title>A</title></head>",
            None,
            1,
        ),
    ],
)
def test_a_date_of_publication_that_cannot_be_does_not_count(
    name: str, text: str, published: datetime | None, problems: int, tmp_path: Path
) -> None:
    (entry,) = scan([write(tmp_path / name, data=f"{text}<p>Text of it.</p>".encode())]).entries
    assert entry.published == published
    assert [issue.code for issue in entry.issues] == ["article-bad-date"] * problems


def test_natural_order_knows_numbers_of_any_length_and_puts_the_shorter_name_first() -> None:
    names = ["a1", "a1b", "a2", "A10", "b", "9" * 5000, "10", "9", "９", ""]
    assert sorted(names, key=natural) == ["", "9", "９", "10", "9" * 5000, "a1", "a1b", "a2", "A10", "b"]


def test_a_folder_is_read_whole_in_natural_order(tmp_path: Path) -> None:
    for name in ("10.txt", "9.txt", "b/2.txt", "b/11.txt", "a.txt", "picture.png", "notes.rst"):
        write(tmp_path / name)

    assert titles(tmp_path) == ["9", "10", "a", "2", "11"]


def test_files_of_every_kind_are_read_and_what_is_no_article_is_counted_with_the_reason(tmp_path: Path) -> None:
    for name in ("1.txt", "2.md", "3.markdown", "4.html", "5.htm", "6.xhtml", "7.MD", "8.html", "8_files/frame.html"):
        write(tmp_path / name)
    page = "---\nlayout: {}\ntitle: T\ndate: 2022-01-12\n---\n"
    write(tmp_path / "README.md", data=b"# Read me")
    write(tmp_path / "about.md", data=page.format("page").encode())
    write(tmp_path / "404.html", data=page.format("page").encode())
    write(tmp_path / "a.txt", data=page.format("page").encode())
    write(tmp_path / "b.md", data=page.format(f"post\nsummary: {'x' * 20_000}").encode())
    write(tmp_path / "report.txt", data=b'{"version": 2,\n "program": "epubmaker 0.1.0",\n "found": 1}')
    write(tmp_path / "book.txt", data=b"PK\3\4" + bytes(26) + b"mimetypeapplication/epub+zip")
    write(tmp_path / "c.rst")

    found = scan([tmp_path], written=[tmp_path / "4.html", tmp_path / "c.rst"])

    assert [entry.title for entry in found.entries] == ["1", "2", "3", "5", "6", "7", "8", "T", "T"]
    assert found.issues == ()
    assert found.not_read == {
        ".html (layout: page)": 1,
        ".md (layout: page)": 1,
        ".md (no front matter)": 1,
    }
    assert titles(tmp_path / "about.md") == ["T"]


def test_the_source_is_the_name_that_the_file_gives_it_or_the_host(tmp_path: Path) -> None:
    front = "---\ntitle: T\nfrom: https://www.e.org/{0}\nauthor: A. Keeper\ntags: [ {1} ]\ncategories: [ {1} ]\n---\n"
    write(tmp_path / "a.md", data=front.format("a", "Harbour TV").encode())
    write(tmp_path / "b.md", data=front.format("b", "sea, wind").encode())
    write(tmp_path / "c.txt", data=b"Text.")

    sources = [(entry.source, entry.author) for entry in scan([tmp_path]).entries]

    assert sources == [("Harbour TV", "A. Keeper"), ("e.org", "A. Keeper"), ("", "")]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.txt", ".hidden.txt", ".git/b.txt"):
        write(tmp_path / name)

    assert titles(tmp_path) == ["a"]


def test_a_file_given_by_name_counts_whatever_its_ending(tmp_path: Path) -> None:
    assert titles(write(tmp_path / "article.html", "T")) == ["T"]


def test_a_file_reached_twice_is_one_article(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")

    assert titles(tmp_path, file, tmp_path) == ["a"]


def test_inputs_keep_the_order_they_were_given_in(tmp_path: Path) -> None:
    first, second = write(tmp_path / "z.txt"), write(tmp_path / "a.txt")

    assert titles(first, second) == ["z", "a"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_link_loops_end_and_links_that_lead_out_are_named(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret" / "private.txt")
    archive = tmp_path / "archive"
    write(archive / "a.txt")
    (archive / "loop").symlink_to(archive, target_is_directory=True)
    (archive / "self.txt").symlink_to(archive / "self.txt")
    (archive / "out.txt").symlink_to(secret)
    (archive / "outside").symlink_to(secret.parent, target_is_directory=True)
    (archive / "b.txt").symlink_to(archive / "a.txt")

    found = scan([archive])

    assert [entry.title for entry in found.entries] == ["a"]
    assert sorted((issue.code, Path(issue.where).name) for issue in found.issues) == [
        ("article-outside", "out.txt"),
        ("article-outside", "outside"),
        ("article-unreadable", "self.txt"),
    ]
    assert str(tmp_path) not in next(issue.message for issue in found.issues if issue.code == "article-unreadable")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_a_named_pipe_is_no_article_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    write(tmp_path / "a.txt")

    assert titles(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "article-empty"),
        (b" \r\n ", "article-empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "article-not-text"),
    ],
)
def test_a_file_that_is_no_article_is_an_issue(tmp_path: Path, data: bytes, code: str) -> None:
    write(tmp_path / "bad.txt", data=data)
    write(tmp_path / "good.txt")

    found = scan([tmp_path])

    assert [entry.title for entry in found.entries] == ["good"]
    assert [(issue.code, Path(issue.where).name) for issue in found.issues] == [(code, "bad.txt")]


@pytest.mark.skipif(sys.platform == "win32", reason="no such permission there")
def test_a_file_that_vanishes_or_is_locked_leaves_the_others(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone.txt")

    found = scan([tmp_path])

    assert [entry.title for entry in found.entries] == ["a"]
    assert [issue.code for issue in found.issues] == ["article-unreadable"]


def test_an_input_that_does_not_exist_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone: no such file"):
        scan([tmp_path / "gone"])


def test_a_byte_order_mark_and_dos_line_ends_make_no_difference(tmp_path: Path) -> None:
    plain = write(tmp_path / "a" / "x.txt", "T")
    dos = write(tmp_path / "b" / "x.txt", data=b"\xef\xbb\xbf" + plain.read_bytes().replace(b"\n", b"\r\n"))

    [first, second] = scan([plain, dos]).entries

    assert (first.title, first.link, first.archived) == (second.title, second.link, second.archived)
    assert parse(first).html == parse(second).html
    assert parse(second).issues == ()


def test_another_encoding_is_read_and_named(tmp_path: Path) -> None:
    text = "[美国与北约展开外交](https://example.org/a)\n------\n<p>美国及其北约盟友一致敦促俄罗斯缓和紧张局势。</p>"
    [entry] = scan([write(tmp_path / "a.txt", data=text.encode("gb18030"))]).entries

    article = parse(entry)

    assert entry.title == "美国与北约展开外交"
    assert "缓和紧张局势" in article.html
    assert [issue.code for issue in article.issues] == ["article-encoding"]


def test_a_file_that_is_gone_when_it_is_parsed_is_an_article_without_text_and_an_issue(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")
    [entry] = scan([file]).entries
    file.unlink()

    article = parse(entry)

    assert article.html == ""
    assert [issue.code for issue in article.issues] == ["article-unreadable"]


def test_an_article_without_text_is_kept_and_named(tmp_path: Path) -> None:
    [entry] = scan([write(tmp_path / "a.txt", data=b"[T](https://example.org/)\n------\n\n")]).entries

    assert [issue.code for issue in parse(entry).issues] == ["article-empty"]


def test_an_article_has_the_same_key_wherever_its_folder_lies(tmp_path: Path) -> None:
    for folder in ("one", "two/deep"):
        write(tmp_path / folder / "linked.txt")
        write(tmp_path / folder / "unlinked.txt", data=b"[T]\n---\n<p>Text</p>")

    keys = [[entry.key for entry in scan([tmp_path / folder]).entries] for folder in ("one", "two/deep")]

    assert keys[0] == keys[1]


def test_an_article_keeps_its_key_whatever_lies_beside_it(tmp_path: Path) -> None:
    texts = {
        "link": b"[T](https://e.org/a)\n---\n<p>Text</p>",
        "front page": b"[T](https://e.org/)\n---\n<p>Text</p>",
        "no link": b"[T]\n---\n<p>Text</p>",
        "no header": b"<p>Text</p>",
    }
    for number, text in enumerate(texts.values()):
        write(tmp_path / "first" / f"{number}.txt", data=text)
        write(tmp_path / "second" / f"{number}.txt", data=text.replace(b"Text", b"Other text"))

    keys = {folder: [entry.key for entry in scan([tmp_path / folder]).entries] for folder in ("first", "second")}
    for inputs in (("first", "second"), ("second", "first")):
        found = scan([tmp_path / folder for folder in inputs]).entries
        assert [entry.key for entry in found] == [key for folder in inputs for key in keys[folder]]
    assert keys["first"][0] == keys["second"][0]  # one address, one article
    assert set(keys["first"][1:]).isdisjoint(keys["second"][1:])
    assert all(key.isascii() and key.isalnum() and key == key.lower() for key in (*keys["first"], *keys["second"]))


def test_a_few_null_characters_are_replaced_and_named(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.txt", data=b"[A ti\0tle](https://e.org/)\n---\n<p>Te\0xt</p>" + b"<p>more</p>" * 900 + b"\0"
    )
    [entry] = scan([file]).entries

    article = parse(entry)

    assert entry.title == "A ti\ufffdtle"
    assert article.html.startswith("<p>Te\ufffdxt</p>")
    assert article.html.endswith("\ufffd")
    assert [(issue.code, "3 unreadable characters" in issue.message) for issue in article.issues] == [
        ("article-encoding", True)
    ]


def test_a_file_that_is_mostly_no_text_is_refused(tmp_path: Path) -> None:
    kinds = {
        "compressed": zlib.compress(random.Random(1).randbytes(20_000)),
        "padded": b"text" + b"\0" * 500 + b"text " * 400,
        "program": Path(sys.executable).read_bytes()[:50_000],
    }
    for name, data in kinds.items():
        write(tmp_path / f"{name}.txt", data=data)

    found = scan([tmp_path])

    assert found.entries == ()
    assert [issue.code for issue in found.issues] == ["article-not-text"] * len(kinds)


def test_blanks_before_the_head_are_not_an_empty_file(tmp_path: Path) -> None:
    assert len(scan([write(tmp_path / "a.txt", data=b" \n" * 5000 + b"<p>Text</p>")]).entries) == 1


@pytest.mark.parametrize(
    "space",
    ["  ", "\n", "\t", "\v", "\f", "\x1c", "\x1f", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u202f", "\u3000"],
)
@pytest.mark.parametrize("word", ["words", "Wörter", "文字"])
def test_the_hash_of_a_text_does_not_depend_on_its_white_space(word: str, space: str, tmp_path: Path) -> None:
    text = "<p>" + f"{word} " * 50 + "</p>"
    write(tmp_path / "1.txt", data=BODY.format(title="1").encode() + text.encode())
    write(tmp_path / "2.txt", data=BODY.format(title="1").encode() + text.replace(" ", space).encode())

    one, other = scan([tmp_path]).entries

    assert one.text_size > 0
    assert (one.text_size, one.text_hash) == (other.text_size, other.text_hash)
