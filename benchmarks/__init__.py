"""Runs epubmaker side by side with what a user would run instead; see README.md."""
