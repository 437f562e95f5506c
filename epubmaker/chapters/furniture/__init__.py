"""What a site puts around its articles: which it is, by the names in the markup and by its words, and how it goes."""
