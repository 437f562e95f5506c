"""Article files: where they lie, their encodings, and the archive form."""
