"""The chapter builder: turns each article into XHTML with captions."""
