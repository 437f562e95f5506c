"""Runs the command line: `epubmaker`, and `python -m epubmaker`.

The command line takes 0.1 s to import; a signal during that time ends the program without a traceback.
"""

from __future__ import annotations

import os

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit."""
    try:
        from epubmaker.runtime import process  # noqa: PLC0415 - see the top of this module

        process.leave_on_signals()
    except KeyboardInterrupt:
        os._exit(130)
    from epubmaker.cli import main as run  # noqa: PLC0415 - as above

    run()


if __name__ == "__main__":
    main()
