"""EPUBCheck, run in one Java process."""
