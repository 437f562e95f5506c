"""`plan` and `run` with all files in object storage: the same books as of files here."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import commandline
import pytest
from archives import write_article
from objectstore import CuttingProxy, at, object_storage

SPLIT = ("--split-by", "month", "--offline", "--no-cover", "-j1")


@pytest.mark.slow
def test_volumes_of_articles_in_object_storage_are_put_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for number in range(0, 40, 3):
        moment = datetime(2022, 1, 12, tzinfo=UTC) + timedelta(days=number)
        body = "<p>A line or two that nobody has told before.</p>" * (1 + number % 3) + f"<p>{number}</p>"
        write_article(
            Path("in", f"{number}.txt"), f"Day {number}", link=f"https://a.org/{number}", body=body, moment=moment
        )
    commandline.here("plan", "in", *SPLIT, "-o", "books/{source}/{date:%Y-%m}.epub", "--jobs-file", "jobs.jsonl")
    assert commandline.here("run", "jobs.jsonl", "--no-cache", "-j1").returncode == 0
    books = {path.as_posix(): path.read_bytes() for path in Path("books").rglob("*.epub")}
    assert len(books) == 2

    with object_storage() as storage:
        for path in Path("in").iterdir():
            storage.pipe_file(f"bucket/in/{path.name}", path.read_bytes())
        output = ("-o", "s3://bucket/books/{source}/{date:%Y-%m}.epub", "--jobs-file", "s3://bucket/jobs/all.jsonl")
        planned = commandline.here("plan", "s3://bucket/in", *SPLIT, *output)
        assert planned.stdout.startswith("s3://bucket/jobs/all.jsonl: 2 jobs, 14 articles"), planned.stderr

        run = ("run", "s3://bucket/jobs/all.jsonl", "--no-cache", "-j1", "--reports", "s3://bucket/reports")
        port = int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])
        with CuttingProxy(port, 6_000) as proxy, at(proxy.port):  # enough for all but the books
            cut = commandline.here(*run)
        assert cut.returncode == 1
        assert f"error: s3://bucket/{min(books)}: " in cut.stderr
        assert not storage.find("bucket/books")

        assert commandline.here(*run).stdout.startswith("2 volumes: 2 written; 14 articles")
        assert {name: storage.cat_file(f"bucket/{name}") for name in books} == books
        assert commandline.here(*run).stdout.startswith("2 volumes: 2 there already")
        storage.rm_file(f"bucket/{min(books)}")
        assert commandline.here(*run).stdout.startswith("2 volumes: 1 written, 1 there already")

        assert {name: storage.cat_file(f"bucket/{name}") for name in books} == books
        reports = [json.loads(storage.cat_file(name)) for name in storage.find("bucket/reports")]
        assert [[book["path"] for book in report["books"]] for report in reports] == [
            [name.removeprefix("books/")] for name in sorted(books)
        ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all.done.jsonl",
        "books",
        "in",
        "jobs.done.jsonl",
        "jobs.jsonl",
    ]
