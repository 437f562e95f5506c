"""epubmaker: a folder of articles in, an e-book out that people enjoy reading."""
