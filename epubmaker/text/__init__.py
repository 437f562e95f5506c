"""Text as values: addresses, characters, XML escaping, words, dates and names. Pure functions, no I/O but data files."""
