"""The cache of earlier builds: heads, outlines, chapters and books that need not be made again.

    kept      saves                              key, and guard
    head      reading the head of a file         the file's path; guard: the program, the file's size, inode and times of
                                                 change, which lie at least two seconds before the read
    outline   drafting an article to know its    the program, the SHA-256 of the file, the title, link and dates
              pictures and links
    chapter   parsing, cleaning, rendering and   the outline's key, the file names of the chapter and its neighbors, the
              deflating an article               result of each picture, the links into the book, the document form
    book      everything                         the book's path; guard: the program, each option that changes bytes, the
                                                 files that options name, the installed fonts, SOURCE_DATE_EPOCH, the plan,
                                                 the SHA-256 of each article, of each local picture and of the book; and
                                                 no answer about a picture has expired

    volume    nothing: it tells which files are volumes of earlier runs, for `--prune`

    fingerprints.py   keys: hashes of the program, of files and of values
    store.py          the rows
    heads.py          heads, and the hashes of whole files
    chapters.py       outlines and chapters
    books.py          books
    volumes.py        volumes
    buildcache.py     all of these, as a run uses them

Pictures have their own cache, `collector.cache`. "The program" is `fingerprints.program_fingerprint`. Keys are hashes of
canonical JSON, the same in every process.

They are in one SQLite file in the cache folder, as JSON and deflated bytes; nothing in it is ever executed. Each row has a
checksum, and its values are checked before they are used (see `storage`). A store that cannot be used becomes an issue, and
the build takes longer.
"""
