"""Pictures as values: what a file is, its pixels in sRGB, the size it should have, its final bytes.

Pure but for the decoders' own work: bytes and Pillow images in, bytes and Pillow images out. The collector (every
picture of an article) and the packager (the cover) both build on it.

    sniff.py      what a file is by its first bytes
    decode.py     bytes -> upright pixels in sRGB, as much of them as the file holds
    color.py     any mode, depth, profile and transparency -> opaque 8-bit sRGB
    jpegfile.py   a JPEG's segments: is it baseline, what is in it, the same without metadata
    sample.py     a sample of the pixels: drawing or photograph
    svg.py        SVG -> PNG, nothing outside the file read
    svgcost.py    what it takes to draw an SVG, seen in its markup
    memory.py     the memory that a picture takes, known before it is decoded
    fit.py        the size a picture gets on the page; long strips cut at quiet rows
    ssim.py       how alike two pictures are
    encode.py     pixels -> baseline JPEG or opaque 8-bit PNG
"""
