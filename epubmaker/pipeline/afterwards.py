"""What follows once the books are written, each where it was asked for: shelf, copy, mail and command.

Each is tried, whatever becomes of the others, and what fails is an issue.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from epubmaker.errors import EpubmakerError, StateError
from epubmaker.model.articles import Issue
from epubmaker.model.books import BookStatus
from epubmaker.pipeline.session import Progress, Session
from epubmaker.report import Report
from epubmaker.text.timezones import UTC_NAME, today, zone_named

__all__ = ["delivered", "noted_for_mail", "on_shelf"]

_NO_MAIL = "delivery-mail"


def on_shelf(report: Report, session: Session) -> Report:
    """Put the books of a report on the shelf, where there is one; return the report with what that came to."""
    options = session.options
    if options.shelf is None or not report.books:
        return report
    from epubmaker.shelf.folder import shelve  # noqa: PLC0415 - few builds have a shelf

    session.show(Progress("shelving"))
    day = today(zone_named(options.timezone or UTC_NAME), os.environ)
    try:
        change = shelve(options.shelf, [book.path for book in report.books], options.shelf_keep, day)
    except EpubmakerError as error:
        message = f"the book is written, but not put on the shelf: {error.cause}; {error.advice}"
        return _with_failure(report, "delivery-shelf", error.subject, message)
    issues = (Issue("shelf-unreadable", "warning", each.subject, each.cause) for each in change.unreadable)
    added, removed = tuple(change.added), tuple(change.removed)
    return replace(report, shelved=added, shelf_removed=removed, issues=(*report.issues, *issues))


def noted_for_mail(report: Report, session: Session) -> Report:
    """Note that the books of a report are to be sent, where that was asked for; return it with what that came to."""
    if session.options.send_to:
        from epubmaker.delivery.mail import put_in_outbox  # noqa: PLC0415 - few builds send any

        try:
            put_in_outbox(report.books, session.options)
        except StateError as error:
            message = f"the book is written, but not sent: {error.cause}; {error.advice}"
            return _with_failure(report, _NO_MAIL, error.subject, message)
    return report


def _with_failure(report: Report, code: str, where: str, message: str) -> Report:
    return replace(report, issues=(*report.issues, Issue(code, "error", where, message)))


def delivered(report: Report, session: Session) -> Report:
    """Do with the books of a report what was asked for beyond the file; return the report with what that came to."""
    options = session.options
    if options.copy_to and report.books:
        session.show(Progress("copying"))
        report = session.so_far = _copied(report, options.copy_to)
    if options.send_to and not any(issue.code == _NO_MAIL for issue in report.issues):
        from epubmaker.delivery.mail import send_waiting  # noqa: PLC0415 - few builds send any

        session.show(Progress("sending"))
        mailed, issues = send_waiting(report.books, options)
        report = session.so_far = replace(report, mailed=mailed, issues=(*report.issues, *issues))
    if options.then is not None:
        from epubmaker.delivery.commands import run_for  # noqa: PLC0415 - few builds run one

        session.show(Progress("running the command"))
        written = [book.path for book in report.books if book.status is BookStatus.WRITTEN]
        report = replace(report, issues=(*report.issues, *run_for(written, options.then)))
    return report


def _copied(report: Report, place: Path) -> Report:
    """Copy the books of a report to a reader; return the report with what that came to."""
    from epubmaker.delivery.device import copy_books  # noqa: PLC0415 - few builds have a reader

    copies: list[Path] = []
    try:
        for copy in copy_books(place, [book.path for book in report.books]):
            copies.append(copy)  # noqa: PERF402 - those before an error stay
    except EpubmakerError as error:
        message = f"the book is made, but not copied: {error.cause}; {error.advice}"
        report = _with_failure(report, "delivery-copy", error.subject, message)
    return replace(report, copied=tuple(copies))
