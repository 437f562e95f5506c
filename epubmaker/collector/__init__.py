"""The collector: finds and reads the articles, fetches their pictures and fits them to the device."""
