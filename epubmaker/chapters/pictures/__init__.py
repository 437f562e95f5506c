"""The pictures of an article: where they are, where their files lie, what they show, and which only decorate."""
