"""Where articles lie, and the forms in which they are written."""
