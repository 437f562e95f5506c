"""Measures epubmaker beside the tools that users would run instead; see README.md."""
