"""The cover: a picture, drawn or given."""
