"""A page of a site, with what the site puts around its article."""

from __future__ import annotations

from itertools import pairwise

__all__ = ["PAGE", "SENTENCES"]

TOWNS = ["Kano", "Lima", "Oslo", "Pune", "Rome", "Suva", "Tula", "Vigo", "York", "Zug"]
SENTENCES = [
    f"From {one} the boat went on to {other}, as it had done each summer since the harbor of {one} was built, and no one "
    f"in {other} thought that this would be the last time."
    for one, other in pairwise(TOWNS)
]
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>A title – The Site</title>
<meta property="og:site_name" content="The Site"><link rel="canonical" href="https://site.example/a">
<meta name="author" content="A. Writer"><meta property="article:published_time" content="2022-01-12T22:00:21Z">
</head><body><nav><a href="/">Home</a> <a href="/b">Another page of the site</a></nav>
<article><h1>A title</h1>{TEXT}<figure><img src="a.jpg"><figcaption>A caption</figcaption></figure></article>
<footer><p>Imprint</p></footer></body></html>"""
