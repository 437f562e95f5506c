"""Reading styles, and what of a stylesheet may stand in a book."""
