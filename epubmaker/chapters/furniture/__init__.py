"""What a site puts around its articles: found by its names in the markup, its shape, place and words, and dropped."""
