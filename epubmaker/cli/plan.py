"""The command `epubmaker plan`: most flags of `build` -> a file of jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from epubmaker.cli.build import of_one_book, placed_errors, say_issues, with_defaults
from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.flags import SECTIONS, BuildCommand, Flag
from epubmaker.cli.terminal import ProgressDisplay, say, show
from epubmaker.cli.translate import options_of
from epubmaker.cli.values import FILE_OR_ADDRESS
from epubmaker.runtime import process

if TYPE_CHECKING:
    from epubmaker.model.articles import Issue

__all__ = ["plan"]

_JOBS_FILE = Flag(
    "--jobs-file",
    type=FILE_OR_ADDRESS,
    required=True,
    metavar="FILE.jsonl",
    allow_from_autoenv=False,
    help="The jobs, a line of JSON a volume.",
)
# Those of a build that need one run, and those that say what becomes of a book once it is there: named, they are refused.
_REFUSED = ("new", "state", "limit", "prune", "full_text", "check", "report", "shelf", "copy_to", "send_to", "then")
_NOT_FOR_PLANS = {
    *_REFUSED,
    "shelf_keep",
    "fail_if_warnings",
    "fail_if_empty",
    "dry_run",
    "cache",
    "no_cache",
    "refresh",
}
_FLAGS = [flag for flags in SECTIONS.values() for flag in flags]


class _PlanCommand(BuildCommand):
    """`plan`: the flags of `build` that each volume can follow, and one of its own."""

    sections: Mapping[str, Sequence[Flag]] = {
        "The plan": (_JOBS_FILE,),
        **{
            title: tuple(flag for flag in flags if flag.name not in _NOT_FOR_PLANS)
            for title, flags in SECTIONS.items()
            if title != "Mail"
        },
    }

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params += [flag for flag in _FLAGS if flag.name in _REFUSED]


# What stands in the environment for `build` holds for what is planned here.
@click.command(cls=_PlanCommand, context_settings={"auto_envvar_prefix": "EPUBMAKER_BUILD"})
@click.pass_context
def plan(context: click.Context, /, **flags: Any) -> int:
    """Plan the volumes of a large archive, for `epubmaker run`. A job is all that any machine needs to make its volume.

    \b
    epubmaker plan archive/ --split-by source/month -o 'books/{source}-{date:%Y-%m}.epub' --jobs-file jobs.jsonl
    epubmaker run jobs.jsonl
    """  # noqa: D301 - the backslash is click's mark for lines to be left as they are
    process.own()
    with one_line_errors(verbose=flags["verbose"]):
        context = of_one_book(context)
        with placed_errors(context):
            return _plan(context)


def _plan(context: click.Context) -> int:
    """Write the file of jobs, and say what came of it; return the exit status."""
    from epubmaker.jobs.plan import plan as plan_volumes
    from epubmaker.summary import counted, left_out, not_read

    flags = context.params
    jobs_file: Path | str = flags["jobs_file"]
    options = options_of(with_defaults(context, {"jobs_file"}), may_be_remote=True)
    with ProgressDisplay(quiet=flags["quiet"]) as display:
        note = _say if flags["verbose"] else lambda _: None
        found = plan_volumes(options, jobs_file, display.show, note)
    if not flags["quiet"]:
        show(f"{jobs_file}: {counted(found.jobs, 'job')}, {counted(found.articles, 'article')}")
        if found.intake.left_out:
            show(f"left out: {', '.join(left_out(found.intake, ()))}")
        if found.intake.not_read:
            show(not_read(found.intake))
        say(f"next: epubmaker run {jobs_file}")
    return 0


def _say(issue: Issue) -> None:
    say_issues([issue])
