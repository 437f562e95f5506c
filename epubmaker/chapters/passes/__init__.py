"""Changes of an article's tree, each for one thing, run in order by `draft`."""
