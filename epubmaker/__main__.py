"""Runs the command line: `python -m epubmaker`."""

from epubmaker.cli import main

if __name__ == "__main__":
    main()
