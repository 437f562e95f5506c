"""Where articles lie: folders and files."""
