"""Reading styles, and the check of a user's own stylesheets."""
