"""Processes: settings of one's own, and what is imported into it."""
