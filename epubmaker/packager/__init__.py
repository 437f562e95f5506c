"""The packager: writes a valid EPUB with a generated table of contents."""
