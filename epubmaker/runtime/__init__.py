"""Processes: signals of this one, and child processes that work for it."""
