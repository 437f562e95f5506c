"""In which format articles are written."""
