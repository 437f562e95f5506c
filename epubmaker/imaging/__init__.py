"""Pictures as values: from the bytes of any picture file to those of a JPEG or PNG for the book.

Pure but for the decoders' own work: bytes and Pillow images in, bytes and Pillow images out. The collector (every
picture of an article) and the packager (the cover) both build on it.

    sniff.py        first bytes -> the format of a file
    decode.py       bytes -> upright pixels in sRGB, as much of them as the file holds
    color.py        any mode, depth, profile and transparency -> opaque 8-bit sRGB
    jpegfile.py     the segments of a JPEG; the same file without metadata
    sample.py       a sample of the pixels: drawing or photograph
    svg.py          SVG -> PNG, from an allow-list
    svgcost.py      estimates of what it takes to draw an SVG
    svgvalues.py    variables and colors in the notations that can be drawn
    svgfonts.py     the fonts of texts in drawings
    svglabels.py    labels in HTML as text
    memory.py       estimates of the memory that a picture takes
    fit.py          the size of a picture on the page; long strips cut at quiet rows
    fonts.py        a font that has the characters of a text
    fontfolders.py  the folders of the system's fonts
    ssim.py         the structural similarity of two pictures
    encode.py       pixels -> baseline JPEG or opaque 8-bit PNG
"""
