"""EPUBCheck, run in a child process."""
