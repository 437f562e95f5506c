"""The tree rebuilt as valid XHTML, from an allow-list."""
