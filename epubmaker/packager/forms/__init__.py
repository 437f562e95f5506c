"""Forms of a document for reading systems that need another than EPUB's."""
