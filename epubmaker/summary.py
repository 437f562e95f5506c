"""The summary of a build, and hints at what may be done better: a few lines for people.

Everything that is not in the book is counted, with the reason and, if there is one, the next step. Issue codes are only in
the report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from epubmaker.model.articles import Issue
from epubmaker.model.books import MANY_ARTICLES, Book
from epubmaker.report import Intake, PictureRecord, Report, human_size
from epubmaker.text.addresses import site

__all__ = ["counted", "hints", "left_out", "not_read", "summary"]

_MOST_REASONS = 3
_MUCH = 500  # characters of one page
_MOST_NOTES = 5  # of one kind
_MOST_FINDINGS = 10  # of EPUBCheck's

_LEFT_OUT = {  # one, several
    "duplicate": ("duplicate", "duplicates"),
    "link-only": ("address without a text", "addresses without a text"),
    "known": ("in an earlier book", "in earlier books"),
    "undated": ("without a date", "without a date"),
    "other-day": ("of another day", "of other days"),
    "other-source": ("of another source", "of other sources"),
    "no-match": ("without a match", "without a match"),
    "excluded": ("excluded", "excluded"),
    "beyond-limit": ("beyond --limit", "beyond --limit"),
    "unreadable": ("unreadable", "unreadable"),
    "outside": ("link that leads out of its folder", "links that lead out of their folders"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)
_NOT_WHOLE = {  # in the book, but incomplete
    "article-cut": ("article cut short", "articles cut short"),
    "article-drawings": ("article without some of its drawings", "articles without some of their drawings"),
    "article-empty": ("article without text", "articles without text"),
    "article-unreadable": ("article that could not be read", "articles that could not be read"),
    "picture-truncated": ("picture cut off", "pictures cut off"),
}
_NEVER_KEPT = ("control", "decoration", "frame", "hidden", "preview")  # not even with --keep-all
# Issues with one article, picture or host are counted, and listed by --verbose, and what is not delivered is an error of
# its own; all others are printed in full.
_COUNTED = ("article-", "input-", "picture-", "document-", "host-", "check", "delivery-")
_STATUS = {
    "401": "not allowed",
    "403": "not allowed",
    "404": "not found",
    "408": "timed out",
    "410": "gone for good",
    "429": "too many requests",
    "451": "not allowed by law",
}
_AGAIN = "--refresh asks again"
_STEPS = {  # by the kind of a failure, or its code
    "network": _AGAIN,
    "given-up": _AGAIN,
    "offline": "a build without --offline asks for them",
    "deadline": "the next build goes on, or give a longer --deadline",
    "private": "--allow-private-network asks for them",
    "picture-missing": _AGAIN,
    "picture-not-a-picture": _AGAIN,
    "picture-outside": "name a folder that holds them as the input",
}


def summary(report: Report) -> Iterator[str]:
    """Yield the lines: each book, its contents, what was left out and why, then notes on the whole run."""
    for book in report.books:
        unchanged = " (unchanged)" if book.status == "unchanged" else ""
        several = f" ({counted(book.articles, 'article')}, {human_size(book.size)})" if len(report.books) > 1 else ""
        yield f"{book.path}{unchanged}: {_titled(book, report)}{several}"
    if report.books:
        yield _contents(report)
    else:
        yield _nothing(report)
        yield from _mailed(report)
        return
    in_books = {record.source for record in report.articles}
    if report.intake.left_out:
        others = [issue for issue in report.issues if issue.where not in in_books]
        yield f"left out: {', '.join(left_out(report.intake, others))}"
    if report.intake.not_read:
        yield not_read(report.intake)
    yield from _volumes(report)
    yield from _copies(report)
    yield from _mailed(report)
    yield from _furniture(report)
    yield from _missing(report)
    yield from _not_whole(issue for issue in report.issues if issue.severity == "warning" or issue.where in in_books)
    yield from _repeated(report)
    yield from _notes(report.issues)
    if report.checked:
        yield from _findings(report.issues)


def _titled(book: Book, report: Report) -> str:
    """Return a book's title and its days in words, in place of those at the end of a default title.

    The titles of several books tell them apart already.
    """
    days = sorted({record.published.date() for record in report.articles if record.published})
    if len(report.books) > 1 or not days:
        return book.title
    first, last = days[0], days[-1]
    title = book.title
    for length in (len("2022-01-12"), len("2022-01"), len("2022")):
        written = dict.fromkeys((first.isoformat()[:length], last.isoformat()[:length]))
        title = title.removesuffix(" – ".join(written)).rstrip()
    return ", ".join(filter(None, (title, _days(first, last))))


def _days(first: date, last: date) -> str:
    """Return days in words, saying once what they share: "12 – 18 January 2022"."""
    end = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    start = [str(first.day), _MONTHS[first.month - 1], str(first.year)]
    shared = 1 if first.replace(day=1) == last.replace(day=1) else 2 if first.year == last.year else 3
    return f"{' '.join(start[:shared])} – {end}"


def hints(report: Report) -> Iterator[str]:
    """Yield advice on books that are well as they are: on what sources repeat, and on books with very many articles."""
    if report.repeating:
        names = _some(report.repeating)
        yield f"hint: more than half of the text repeats from article to article: {names}; --drop-repeated leaves it out"
    yield from (_too_long(book) for book in report.books if book.articles > MANY_ARTICLES)


def _too_long(book: Book) -> str:
    size = max(1, book.size * MANY_ARTICLES // book.articles // 10**6)
    slow = f"{book.articles:,} articles, with which many readers are slow; several books are quicker"
    advice = f"make volumes with --split-by year, or with --max-size {size}MB"
    return f"hint: {book.path}: {slow}: {advice}"


def left_out(intake: Intake, issues: Sequence[Issue]) -> Iterator[str]:
    """Yield the number of articles left out for each reason; name those that cannot be read, with the cause."""
    for reason, count in intake.left_out.items():
        named = ""
        if reason == "unreadable":
            errors = [f"{issue.where}: {issue.message}" for issue in issues if _is_unreadable(issue)]
            named = f" ({_some(errors)})" if errors else ""
        elif reason == "link-only" and not any(issue.code == "article-unreachable" for issue in issues):
            named = f" (--full-text fetches {'them' if count > 1 else 'it'})"
        yield f"{count:,} {_LEFT_OUT[reason][count > 1]}{named}"


def not_read(intake: Intake) -> str:
    """Return a line about the files of other kinds."""
    most = sorted(intake.not_read.items(), key=lambda pair: (-pair[1], pair[0]))
    counts = [f"{count:,} {ending or 'without an ending'}" for ending, count in most]
    return f"files not read: {', '.join(counts)}"


def _is_unreadable(issue: Issue) -> bool:
    return issue.severity == "error" and issue.code.startswith(("article-", "input-"))


def _contents(report: Report) -> str:
    articles = sum(book.articles for book in report.books)
    embedded = sum(picture.status == "embedded" for picture in report.pictures)
    missing = sum(picture.status == "missing" for picture in report.pictures)
    parts = [_share(articles, max(articles, report.intake.found), "article")]
    if embedded or missing:
        parts.append(_share(embedded, embedded + missing, "picture"))
    return ", ".join([*parts, human_size(sum(book.size for book in report.books))])


def _nothing(report: Report) -> str:
    if not report.intake.found:
        return "nothing to do: there is no article"
    reasons = ", ".join(left_out(report.intake, report.issues))
    return f"nothing to do: none is left of {counted(report.intake.found, 'article')}: {reasons}"


def _volumes(report: Report) -> Iterator[str]:
    """Yield lines about the volumes of earlier runs that this one does not make."""
    if report.volumes_left:
        step = f"--prune removes {'it' if len(report.volumes_left) == 1 else 'them'}"
        yield f"no longer made: {_some(list(map(str, report.volumes_left)))}; {step}"
    if report.volumes_removed:
        yield f"removed, as no longer made: {_some(list(map(str, report.volumes_removed)))}"


def _copies(report: Report) -> Iterator[str]:
    """Yield lines about the copies of the books."""
    if report.shelved:
        yield f"on the shelf: {_some(list(map(str, report.shelved)))}"
    if report.shelf_removed:
        yield f"removed from the shelf: {_some(list(map(str, report.shelf_removed)))}"
    if report.copied:
        yield f"on the reader: {_some(list(map(str, report.copied)))}"


def _mailed(report: Report) -> Iterator[str]:
    """Yield a line about the mail that was sent."""
    if report.mailed:
        yield f"mailed: {_some([f'{book} to {to}' for book, to in report.mailed])}"


def _furniture(report: Report) -> Iterator[str]:
    """Yield a line about what stood around the articles, where much of a page or a picture was left out."""
    if any(article.left_out_characters >= _MUCH or "picture" in article.left_out for article in report.articles):
        counts: Counter[str] = Counter()
        for article in report.articles:
            counts.update(article.left_out)
        kinds = ", ".join(f"{count:,} × {kind}" for kind, count in counts.most_common())
        never = [kind for kind in _NEVER_KEPT if kind in counts]
        step = f"all but {' and '.join(never)}" if never else "it"
        kept = f"; --keep-all leaves {step} in" if len(counts) > len(never) else ""
        yield f"left out around articles: {kinds}{kept}"


def _missing(report: Report) -> Iterator[str]:
    """Yield a line about the missing pictures: the causes, the hosts and the next steps."""
    missing = [record for record in report.pictures if record.status == "missing"]
    if not missing:
        return
    reasons = Counter(_reason(record) for record in missing)
    shown = [f"{count:,} × {reason}" for reason, count in reasons.most_common(_MOST_REASONS)]
    others = reasons.total() - sum(count for _, count in reasons.most_common(_MOST_REASONS))
    if others:
        shown.append(f"{others:,} for other reasons")
    steps = dict.fromkeys(filter(None, map(_step, missing)))
    yield "; ".join([f"pictures missing: {', '.join(shown)}", *steps])


def _reason(record: PictureRecord) -> str:
    reason = (record.reason or "unknown").replace(" (asked not long ago)", "")
    words = re.sub(r"HTTP (\d+)", lambda found: _STATUS.get(found[1]) or _class(found[1]), reason)
    host = site(record.url)
    return f"{words} ({host})" if host else words


def _class(status: str) -> str:
    return f"the server has trouble, {status}" if status.startswith("5") else f"the server answered {status}"


def _step(record: PictureRecord) -> str | None:
    step = _STEPS.get(record.kind or record.code or "")
    return None if step == _AGAIN and site(record.url) is None else step  # there is nobody to ask for a local file


def _not_whole(issues: Iterable[Issue]) -> Iterator[str]:
    found = [issue for issue in issues if issue.code in _NOT_WHOLE or _is_unreadable(issue)]
    counts = Counter(issue.code if issue.code in _NOT_WHOLE else "article-unreadable" for issue in found)
    if found:
        kinds = [f"{counts[code]:,} {words[counts[code] > 1]}" for code, words in _NOT_WHOLE.items() if counts[code]]
        yield f"not whole: {', '.join(kinds)} ({_some([issue.where for issue in found])})"


def _repeated(report: Report) -> Iterator[str]:
    """Yield a line about the text that sources repeat and that was dropped."""
    dropped = [record.dropped for record in report.articles if record.dropped]
    if dropped:
        yield f"repeated text dropped: {sum(dropped):,} characters in {counted(len(dropped), 'article')}"


def _notes(issues: Iterable[Issue]) -> Iterator[str]:
    """Yield issues with the whole book or the whole run, a few of each kind."""
    by_code: dict[str, list[Issue]] = {}
    for issue in issues:
        if not issue.code.startswith(_COUNTED):
            by_code.setdefault(issue.code, []).append(issue)
    for found in by_code.values():
        yield from (f"note: {issue.where}: {issue.message}" for issue in found[:_MOST_NOTES])
        if len(found) > _MOST_NOTES:
            yield f"note: {len(found) - _MOST_NOTES:,} more of this kind, which --verbose tells"


def _findings(issues: Iterable[Issue]) -> Iterator[str]:
    """Yield the findings of EPUBCheck."""
    found = [issue for issue in issues if issue.code == "check"]
    yield from (f"EPUBCheck: {issue.where}: {issue.message}" for issue in found[:_MOST_FINDINGS])
    if len(found) > _MOST_FINDINGS:
        yield f"EPUBCheck: {len(found) - _MOST_FINDINGS:,} findings more"
    if not found:
        yield "EPUBCheck: no findings"


def _share(number: int, of: int, noun: str) -> str:
    return counted(number, noun) if number == of else f"{number:,} of {counted(of, noun)}"


def counted(number: int, noun: str) -> str:
    """Return a number of things, by the noun for one: "1 book", "2,000 books"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _some(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_REASONS
    return "; ".join([*texts[:_MOST_REASONS], *([f"and {more:,} more"] if more > 0 else [])])
