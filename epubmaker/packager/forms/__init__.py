"""Forms of a document for reading systems that need one of their own."""
