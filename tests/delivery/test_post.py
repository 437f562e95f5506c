"""`--send-to`: each book arrives once, whatever the server and the network do."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import commandline
import pytest
from archives import START, write_article
from mailserver import PASSWORD, USER, MailServer, stay_in

from epubmaker import options as option_types
from epubmaker.delivery import mail
from epubmaker.delivery.outbox import Outbox
from epubmaker.options import Options
from epubmaker.pipeline.build import build as build_book
from epubmaker.report import Report

TO = "kobo@example.net"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an article; what is remembered lies there, too."""
    stay_in(tmp_path, monkeypatch)
    write(1)
    return tmp_path


def write(number: int) -> None:
    moment = START + timedelta(days=number)
    write_article(Path(f"in/{number}.txt"), f"Article {number}", link=f"https://e.org/{number}", moment=moment)


def by(server: MailServer, security: str = "starttls") -> tuple[str, ...]:
    user = () if security == "none" else ("--mail-user", USER)
    return (
        *("--mail-host", "localhost", "--mail-port", str(server.port), "--mail-security", security),
        *("--mail-from", USER, *user),
    )


def build(*flags: str, to: tuple[str, ...] = (TO,), output: str = "b.epub") -> subprocess.CompletedProcess[str]:
    named = ("in", "-o", output, "--no-cover", "--cache", "cache", "--timezone", "UTC", "--report", "r.json")
    done = commandline.here("build", *named, *flags, *(f"--send-to={each}" for each in to))
    assert "Traceback" not in done.stderr
    report = Path("r.json").read_text(encoding="utf-8") if Path("r.json").exists() else ""
    assert PASSWORD not in done.stdout + done.stderr + report
    return done


def at_once(server: MailServer, tries: int, output: str = "b.epub", split_by: str | None = None) -> Report:
    """Build a book as the command does, but without waiting between tries."""
    by_it = option_types.MailServer("localhost", server.port, user=USER, waits=(0.0,) * tries, timeout=5.0)
    options = Options(
        (Path("in"),), Path(output), draw_cover=False, timezone="UTC", send_to=(TO,), mail=by_it, split_by=split_by
    )
    return build_book(options)


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_book_arrives_byte_for_byte_and_once(security: str) -> None:
    with MailServer(security=security) as server:
        flags = by(server, security)
        assert "would send it to kobo@example.net, unless" in build(*flags, "--dry-run").stdout
        assert not server.connections

        done = build(*flags, "--title", ".Nachrichten für Zoë\nBcc: all@example.org", to=(TO, "a@example.net", TO))
        assert done.returncode == 0, done.stderr
        assert "mailed: b.epub to a@example.net; b.epub to kobo@example.net\n" in done.stdout
        assert json.loads(Path("r.json").read_text("utf-8"))["mailed"][1] == {"book": "b.epub", "to": TO}
        assert [(each.sender, each.to) for each in server.received] == [(USER, ["a@example.net"]), (USER, [TO])]
        assert {each.book for each in server.received} == {Path("b.epub").read_bytes()}
        assert server.logins == ([] if security == "none" else [(USER, PASSWORD)])

        got = server.received[0].message
        assert got["Subject"] == ".Nachrichten für Zoë Bcc: all@example.org"
        assert (got["Bcc"], got["From"], got["To"]) == (None, USER, "a@example.net")
        assert got["Date"].datetime is not None
        assert got["Message-ID"].endswith("@example.org>")
        body = got.get_body()
        assert body is not None
        assert body.get_content().splitlines()[:2] == [".Nachrichten für Zoë Bcc: all@example.org", ""]
        raw = server.received[0].raw
        assert raw.isascii()
        assert b'filename="Nachrichten fur Zoe Bcc all@example.org.epub"' in raw
        assert b"filename*=utf-8''Nachrichten%20f%C3%BCr%20Zo%C3%AB%20Bcc%20all%40example.org.epub" in raw

        assert build(*flags, "--title", ".Nachrichten für Zoë\nBcc: all@example.org").returncode == 0
        assert len(server.received) == 2
        assert build(*flags, "--title", ".Nachrichten für Zoë\nBcc: all@example.org", "--send-again").returncode == 0
        assert len(server.received) == 3


def test_a_server_that_puts_off_or_cuts_off_gets_a_mail_once() -> None:
    with MailServer() as server:
        server.replies = ["451 4.7.1 Greylisted", "421 busy"]
        server.cuts = ["before"]
        server.verdicts = ["451 4.3.0 Busy"]

        report = at_once(server, tries=4)

        assert report.exit_status == 0
        assert [each.book for each in server.received] == [Path("b.epub").read_bytes()]
        assert server.connections == 5


def test_what_is_put_off_for_too_long_is_sent_by_the_next_run_even_if_that_has_nothing_new() -> None:
    with MailServer() as server:
        server.replies = ["451 4.7.1 Greylisted"] * 2

        report = at_once(server, tries=1)
        assert report.exit_status == 6
        (issue,) = report.undelivered
        step = "the next run tries it again"
        assert issue.message == f"b.epub is not sent: the server says: 451 4.7.1 Greylisted; {step}"
        assert Path("b.epub").exists()

        done = build(*by(server), "--since", "2030")
        assert done.returncode == 0
        assert done.stdout.startswith("nothing to do: ")
        assert f"b.epub to {TO}\n" in done.stdout
        assert [each.book for each in server.received] == [Path("b.epub").read_bytes()]


def test_a_server_that_takes_one_mail_of_a_connection_gets_all_volumes_without_a_wait() -> None:
    for number in (2, 3):
        write(number)
    with MailServer(most=1) as server:
        report = at_once(server, tries=0, output="{n}.epub", split_by="1")

        assert report.exit_status == 0, report.undelivered
        assert [each.book for each in server.received] == [Path(f"{number}.epub").read_bytes() for number in (1, 2, 3)]
        assert server.connections == 3


def test_a_mail_that_may_have_arrived_is_not_sent_again_unless_asked_for() -> None:
    with MailServer() as server:
        server.cuts = ["after"]

        done = build(*by(server))
        cause = "may have arrived: the connection was cut before the server had answered"
        line = f"error: {TO}: b.epub {cause}; look whether it is there; --send-again sends it again\n"
        assert (done.returncode, done.stderr) == (6, line)
        assert build(*by(server)).returncode == 6
        assert len(server.received) == 1
        assert build(*by(server), "--send-again").returncode == 0
        assert build(*by(server)).returncode == 0
        assert [each.message["Message-ID"] for each in server.received] == [
            server.received[0].message["Message-ID"]
        ] * 2


def test_one_address_that_is_refused_does_not_keep_the_others_back() -> None:
    with MailServer() as server:
        server.replies = ["550 5.1.1 No such user"]

        done = build(*by(server), to=("a@example.net", TO))
        step = "mend that, and the next run sends it"
        said = f"error: a@example.net: b.epub is not sent: the server says: 550 5.1.1 No such user; {step}\n"
        assert (done.returncode, done.stderr) == (6, said)
        assert [each.to for each in server.received] == [[TO]]
        assert Path("b.epub").exists()

        assert build(*by(server), to=("a@example.net", TO)).returncode == 0
        assert [each.to for each in server.received] == [[TO], ["a@example.net"]]

        server.replies = ["550 5.1.1 No such user"]
        assert build(*by(server), "--title", "Two").returncode == 6
        done = build(*by(server), "--title", "Three")
        assert done.returncode == 0
        assert (
            f"note: {Path('b.epub').absolute()}: was replaced or removed before it could be sent to {TO}; "
            in done.stdout
        )
        assert len(server.received) == 3


def test_a_server_that_takes_less_says_so_and_volumes_arrive_each() -> None:
    with MailServer(limit=3_000) as server:
        done = build(*by(server))
        assert done.returncode == 6
        assert "the server takes mails of up to 3 KB, and this has " in done.stderr
        assert "; --max-size makes it smaller, or volumes" in done.stderr
    with MailServer() as server:
        server.replies = ["552 5.3.4 Message size exceeds fixed limit"]
        done = build(*by(server))
        assert "server says: 552 5.3.4 Message size exceeds fixed limit; --max-size makes it smaller" in done.stderr
        assert build(*by(server), "--since", "2030").returncode == 0  # no other run tries that again
        assert not server.received
    write(2)
    with MailServer() as server:
        assert build(*by(server), "--split-by", "1", output="{n}.epub").returncode == 0
        books = [Path("1.epub").read_bytes(), Path("2.epub").read_bytes()]
        assert [each.book for each in server.received if each.book in books] == books


def test_a_login_that_fails_repeats_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "not the pass"
    Path("secret").write_text(f"{wrong}\nmore\n", encoding="utf-8")
    Path("by-notepad").write_text(f"{wrong}\nmore\n", encoding="utf-8-sig")
    monkeypatch.delenv("EPUBMAKER_MAIL_PASSWORD")
    with MailServer() as server:
        write(2)
        for flags in (
            ("--mail-password-file", "by-notepad", "--split-by", "1"),
            ("--mail-password-command", f'"{sys.executable}" -c "print(open(\'secret\').read())"'),
        ):
            done = build(*by(server), *flags, "-v", output="{n}.epub")
            assert done.returncode == 6
            assert done.stderr.count(f"{TO}: ") == 1
            assert "the server does not take the user and the password (code 535); mend that" in done.stderr
            assert wrong not in done.stderr
        assert set(server.logins) == {(USER, wrong)}
        assert server.received == []


def test_a_certificate_that_nobody_has_signed_gets_neither_password_nor_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    for security in ("starttls", "tls"):
        with MailServer(security=security) as server:
            done = build(*by(server, security))
            assert done.returncode == 6
            assert "is not sent: the server's certificate cannot be trusted: " in done.stderr
            assert (server.logins, server.received) == ([], [])


def test_a_server_without_encryption_gets_nothing() -> None:
    with MailServer(security="none") as server:
        done = build(*by(server))
        assert "the server offers no STARTTLS; set host, port and security" in done.stderr
        assert (server.logins, server.received) == ([], [])


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (("--mail-host", "example.org", "--mail-security", "none"), "--mail-security: only a server on this computer"),
        (("--mail-from", "nobody"), "--send-to: no server is named"),
        (("--mail-host", "example.org"), "--mail-from: is missing"),
        (
            ("--mail-host", "example.org", "--mail-from", "a b@example.org"),
            "--mail-from: a b@example.org is no address",
        ),
        (("--mail-host", "example.org", "--mail-from", USER, "--send-to", "a@b\r\nRCPT TO:<c@d>"), "--send-to: a@b"),
        (("--mail-host", "example.org:25", "--mail-from", USER), "--mail-host: example.org:25 is no name of a server"),
        (("--mail-host", "tls://example.org", "--mail-from", USER), "--mail-host: tls://example.org is no name"),
        (("--output", "-"), "--send-to: is for a book that stays"),
    ],
    ids=["plain", "host", "from", "sender", "address", "port", "scheme", "stdout"],
)
def test_what_cannot_be_sent_is_known_before_the_work(flags: tuple[str, ...], line: str) -> None:
    done = commandline.here("build", "in", "--send-to", TO, *flags)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {line}")
    assert not list(Path().glob("*.epub"))


def test_settings_name_server_and_addresses_if_they_are_trusted() -> None:
    with MailServer() as server:
        table = {
            "to": ["leser@München.example"],
            "host": "localhost",
            "port": server.port,
            "user": USER,
            "security": "starttls",
        }
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        Path("epubmaker.toml").write_text(f"[mail]\n{lines}", encoding="utf-8")

        done = commandline.here("build", "in")
        assert (done.returncode, server.connections) == (2, 0)
        assert "epubmaker.toml: [mail]: to: is not for a file that nobody has named; if you trust" in done.stderr
        assert build("--config", "epubmaker.toml", to=()).returncode == 0
        assert [each.to for each in server.received] == [["leser@xn--mnchen-3ya.example"]]


def test_send_to_kindle_takes_no_more_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_MOST_KINDLE", 1_000)  # in place of 50 MB, which would take a while
    with MailServer() as server:
        done = build(*by(server), to=("me@Kindle.com", TO))

        assert "b.epub is not sent: it has " in done.stderr
        assert ", and Send to Kindle takes 1 KB a mail; --max-size makes it smaller" in done.stderr
        assert [each.to for each in server.received] == [[TO]]
        assert build(*by(server), "--since", "2030").returncode == 0  # no other run tries that again


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal that kills")
def test_a_run_that_is_killed_before_a_mail_was_passed_on_sends_it_the_next_time(folder: Path) -> None:
    with MailServer() as server:
        server.replies = ["hang"]
        flags = ["build", "in", "-o", "b.epub", "--no-cover", "--cache", "cache", "--send-to", TO, *by(server)]
        running = commandline.start(flags, cwd=folder, environment={})
        assert server.hangs.wait(60)
        running.kill()
        running.wait()
        assert Path("b.epub").exists()

        assert commandline.here(*flags).returncode == 0
        assert [each.book for each in server.received] == [Path("b.epub").read_bytes()]


def test_what_was_sent_must_be_known_before_the_work() -> None:
    Path("state/epubmaker/mail").mkdir(parents=True)
    Path("state/epubmaker/mail/outbox.db").write_bytes(b"no database, but some text" * 50)

    done = commandline.here("build", "in", "--send-to", TO, "--mail-host", "localhost", "--mail-from", USER)
    assert done.returncode == 1
    assert "outbox.db: file is not a database; mend that, or take the file away" in done.stderr
    assert not list(Path().glob("*.epub"))


def test_a_run_that_was_killed_is_made_up_for_by_the_next_one_which_doubts_what_was_under_way() -> None:
    write(2)
    with MailServer() as server:
        flags = (*by(server), "--split-by", "1", "--new", "--series", "S", "--state", "s.sqlite")
        server.replies = ["550 later"] * 2
        assert build(*flags, output="{n}.epub").returncode == 6
        with Outbox() as outbox:  # as a kill after the last line of the first mail leaves it
            outbox.note(next(iter(outbox.waiting([TO]))), "passing")

        done = build(*flags, output="{n}.epub")
        assert done.stdout.startswith("nothing to do: ")
        assert done.stdout.endswith(f"\nmailed: {Path('2.epub').absolute()} to {TO}\n")
        assert (done.returncode, done.stderr.count("1.epub may have arrived: ")) == (6, 1)
        assert build(*flags, output="{n}.epub").returncode == 0  # the user has been told
        assert [each.book for each in server.received] == [Path("2.epub").read_bytes()]
