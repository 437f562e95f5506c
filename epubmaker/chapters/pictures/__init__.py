"""The pictures of an article: found, named, and told from decoration."""
