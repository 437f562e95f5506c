"""What services for reading later export, apart from bookmarks in HTML: tables in CSV, and records in JSON."""
